package cli

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/tui"
)

func lineCall(t *testing.T, args ...string) *Call {
	t.Helper()
	var out strings.Builder
	return newCall(&Env{
		Args: args, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Dir: t.TempDir(), Getenv: func(string) string { return "" },
		Now: stageNow, Zone: time.UTC,
	}, tree())
}

// A line that the board reads changes nothing, whoever wrote it.
func TestABoardReadsOnlyWhatLooks(t *testing.T) {
	for _, c := range []struct {
		line string
		want Code // empty: it may be read
	}{
		{"status tier-1", ""},
		{"doctor", ""},
		{"render tier-1 --check", ""},
		{"promote tier-1 --dry-run", ""},
		{"-n promote tier-1 --show-commands", ""},
		{"promote --help", ""},
		{"frobnicate", ""}, // its own error tells more
		{"promote tier-1", NeedsAnswer},
		{"promote tier-1 --yes", NeedsAnswer},
		{"tier freeze tier-1 --until 18:00 -m x", NeedsAnswer},
		{"maintenance off --shop momiji", NeedsAnswer},
		{"status -w", NeedsTerminal},
		{"activity --follow --since 2d", NeedsTerminal},
		{"render tier-1 --out there", NeedsTerminal},
		{"doctor --fix", NeedsTerminal},
		{"ui", NeedsTerminal},
		{"init", NeedsTerminal},
		{"demo advance 30m", NeedsTerminal},
		{"auth login", NeedsTerminal},
		{"settings set lang ja", NeedsTerminal},
		{"completion bash", NeedsTerminal},
	} {
		err := lineCall(t, strings.Fields(c.line)...).looksOnly()
		var f *Fail
		if errors.As(err, &f); c.want == "" && err != nil || c.want != "" && (f == nil || f.Code != c.want) {
			t.Errorf("%s: %v, want %s", c.line, err, c.want)
		}
	}
}

// The palette has every command that can be typed, with its help.
func TestThePaletteHasTheTree(t *testing.T) {
	all := boardCommands(i18n.For(i18n.English))
	n := 0
	tree().walk(func(c *Command) {
		if c.Run == nil {
			return
		}
		n++
		words := strings.TrimPrefix(c.path(), "shopctl ")
		if !slices.ContainsFunc(all, func(b tui.Command) bool {
			return b.Words == words && b.Line != "" && b.Mutates == c.Mutates && b.Shell == c.Shell
		}) {
			t.Errorf("%s is missing, or is another", words)
		}
	})
	if n != len(all) {
		t.Errorf("%d commands, %d in the palette", n, len(all))
	}
}

// An export is what activity --json prints, in a file that was not there.
func TestExportNeverWritesOver(t *testing.T) {
	d := &desk{c: lineCall(t, "ui")}
	rows := []tui.Activity{{Source: activityJSON{By: "花子", What: "shop add kiku", Targets: []string{"tier-1"}, Commit: shop.CommitID("abc")}}}
	file, err := d.Export(t.Context(), rows)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		Kind       string
		Activities []struct{ By, What string }
	}
	if err := json.Unmarshal(data, &v); err != nil || v.Kind != "Activity" || len(v.Activities) != 1 || v.Activities[0].By != "花子" {
		t.Errorf("%v %+v\n%s", err, v, data)
	}
	if filepath.Dir(file) != d.c.Env.Dir {
		t.Errorf("it lies in %s", file)
	}
	if _, err := d.Export(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Errorf("again: %v", err)
	}
	if again, _ := os.ReadFile(file); string(again) != string(data) {
		t.Error("it was written over")
	}
}
