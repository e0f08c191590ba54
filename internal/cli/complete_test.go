package cli

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/completions"
)

// The values come from hooks, which may fail in any way without a word.
func TestCompleteValues(t *testing.T) {
	ran := false
	root := practice(func(context.Context, *Call) error { ran = true; return nil })
	promote := root.sub("promote")
	promote.Args[0].Complete = func(context.Context, *Call, string) []Candidate {
		return []Candidate{{"tier-1", "v128\tand more"}, {"tier-2", ""}, {"shop", ""}}
	}
	promote.Flags[0].Complete = func(context.Context, *Call, string) []Candidate { panic("no cache") }
	for _, c := range []struct{ line, want string }{
		{"promote ti", "tier-1\tv128 and more\ntier-2\n"},
		{"promote --dry-run ti", "tier-1\tv128 and more\ntier-2\n"},
		{"promote tier-1 ti", ""},
		{"promote --to ti", ""},
		{"promote --to=ti", ""},
		{"promote -- ti", "tier-1\tv128 and more\ntier-2\n"},
		{"promote -n --ye", "--yes\tanswer yes\n"},
		{"status --json=version,go", "--json=version,go\n"},
		{"releases sh", "show\n"},
	} {
		var out, err strings.Builder
		env := &Env{
			Args: append([]string{completeWord, "--"}, strings.Fields(c.line)...), Stdout: &out, Stderr: &err,
			Stdin: strings.NewReader("y\n"), Dir: t.TempDir(), Getenv: func(string) string { return "" },
			Now: stageNow,
		}
		complete(context.Background(), root, env)
		if out.String() != c.want || err.String() != "" {
			t.Errorf("%s: %q, stderr %q, want %q", c.line, out.String(), err.String(), c.want)
		}
	}
	if ran {
		t.Error("an action ran")
	}
}

// bash splits words at = and :, shopctl does not; what is typed is never evaluated.
func TestBashScript(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash here")
	}
	dir := t.TempDir()
	fake := "#!/bin/sh\nshift 2\nfor w in \"$@\"; do printf '<%s>' \"$w\" >>\"$SEEN\"; done\nfor w in \"$@\"; do last=$w; done\nprintf '%s\\tabout\\n' \"${last}x\"\n"
	for name, content := range map[string]string{"shopctl": fake, "script": completions.Script("bash")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ words, line, seen, reply string }{
		{`shopctl promote ti`, `shopctl promote ti`, `<promote><ti>`, `tix`},
		{`shopctl promote ''`, `shopctl promote `, `<promote><>`, `x`},
		{`shopctl promote --to = ti`, `shopctl promote --to=ti`, `<promote><--to=ti>`, `tix`},
		{`shopctl promote --to =`, `shopctl promote --to=`, `<promote><--to=>`, `x`},
		{`shopctl reject tier-1 : v1`, `shopctl reject tier-1:v1`, `<reject><tier-1:v1>`, `v1x`},
		{`shopctl promote '$(touch evil)'`, `shopctl promote $(touch evil)`, `<promote><$(touch evil)>`, `$(touch evil)x`},
	} {
		seen := filepath.Join(dir, "seen")
		os.Remove(seen)
		command := exec.Command(bash, "--norc", "-c", `. "$1"; COMP_WORDS=(`+c.words+`); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); COMP_LINE=$2; COMP_POINT=${#2}; _shopctl; printf '%s\n' "${COMPREPLY[@]}"`,
			"bash", filepath.Join(dir, "script"), c.line)
		command.Env = []string{"PATH=" + dir + ":" + os.Getenv("PATH"), "SEEN=" + seen}
		command.Dir = dir
		out, err := command.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", c.line, err, out)
		}
		got, _ := os.ReadFile(seen)
		if string(got) != c.seen || string(out) != c.reply+"\n" {
			t.Errorf("%s: shopctl got %s, want %s; reply %q, want %q", c.line, got, c.seen, out, c.reply)
		}
		if _, err := os.Stat(filepath.Join(dir, "evil")); err == nil {
			t.Fatal("what was typed was run")
		}
	}
}
