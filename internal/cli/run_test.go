package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/show"
)

// played is what a run said and how it ended.
type played struct {
	out, err string
	exit     int
}

func stageNow() time.Time { return time.Date(2026, 11, 20, 1, 41, 2, 0, time.UTC) }

type stage struct {
	in       string
	env      map[string]string
	terminal Terminal
	home     string
}

// play runs a line on the practice tree.
func (s stage) play(t *testing.T, run func(context.Context, *Call) error, argv ...string) played {
	t.Helper()
	return s.playWith(t, context.Background(), run, argv...)
}

func (s stage) playWith(t *testing.T, ctx context.Context, run func(context.Context, *Call) error, argv ...string) played {
	t.Helper()
	if s.home == "" {
		s.home = t.TempDir()
	}
	var out, err bytes.Buffer
	env := &Env{
		Args: argv, Stdin: strings.NewReader(s.in), Stdout: &out, Stderr: &err, Dir: s.home, Terminal: s.terminal,
		Getenv: func(k string) string {
			if k == "HOME" {
				return s.home
			}
			return s.env[k]
		},
		Now: stageNow,
	}
	c := newCall(env, practice(run))
	exit := c.finish(ctx, c.run(ctx))
	return played{out.String(), err.String(), exit}
}

func TestFailLooksLikeThis(t *testing.T) {
	run := func(context.Context, *Call) error {
		return &Fail{
			Code: Frozen, Message: "tier-2 is frozen until 11-21 10:00 JST",
			Reasons: []string{"takuya froze it yesterday 18:02: \"Black\x1b[31m Friday\""},
			Hints: []Hint{
				{Text: "wait for it", Command: "shopctl promote tier-2"},
				{Text: "lift it", Command: "shopctl tier list", Note: "needs push rights"},
				{Text: "not there", Command: "shopctl maintenance status"},
			},
		}
	}
	want := `error: tier-2 is frozen until 11-21 10:00 JST

  takuya froze it yesterday 18:02: "Black Friday"

hint: wait for it   shopctl promote tier-2
      or lift it    shopctl tier list   (needs push rights)
SHOP-6002  (shopctl explain SHOP-6002)                                    exit 6
`
	got := stage{}.play(t, run, "status")
	if d := cmp.Diff(played{"", want, 6}, got, cmp.AllowUnexported(played{})); d != "" {
		t.Error(d)
	}
	got = stage{}.play(t, run, "status", "--json")
	const object = `{"error":{"code":"SHOP-6002","message":"tier-2 is frozen until 11-21 10:00 JST","reasons":[`
	if !strings.HasPrefix(got.err, object) || got.out != "" || strings.Count(got.err, "\n") != 1 {
		t.Errorf("JSON: %+v", got)
	}
	got = stage{env: map[string]string{"GITHUB_ACTIONS": "true"}}.play(t, run, "status")
	if !strings.Contains(got.err, "\n::error title=SHOP-6002::tier-2 is frozen until 11-21 10:00 JST%0A") {
		t.Errorf("Actions: %+v", got)
	}
}

func TestRefusedLinesRunNothing(t *testing.T) {
	for _, argv := range [][]string{
		{"promote", "tier-1", "--dryrun"}, {"promote", "tier-1", "tier-2"}, {"promote", "--to"}, {"promote", "--timeout=x"}, {"releases", "show"},
	} {
		ran := false
		got := stage{}.play(t, func(context.Context, *Call) error { ran = true; return nil }, argv...)
		if ran || got.exit != ExitUsage || got.out != "" {
			t.Errorf("%q: ran %v, %+v", argv, ran, got)
		}
	}
}

func TestSeveralTargets(t *testing.T) {
	got := stage{}.play(t, func(context.Context, *Call) error {
		return errors.Join(&Fail{Code: Soaking, Message: "one"}, fmt.Errorf("status: %w", &Fail{Code: Frozen, Message: "two"}), Exit(ExitChanges))
	}, "status")
	if got.exit != 6 || !strings.Contains(got.err, "error: one\n") || !strings.Contains(got.err, "error: two\n") {
		t.Errorf("%+v", got)
	}
	if got := (stage{}).play(t, func(context.Context, *Call) error { return Exit(ExitChanges) }, "status"); got != (played{exit: 10}) {
		t.Errorf("an exit code has no words: %+v", got)
	}
}

// A panic is a defect of ours: no stack on the screen, all of it in the log file.
func TestPanic(t *testing.T) {
	s := stage{home: t.TempDir(), env: map[string]string{"GH_TOKEN": "ghp_secret"}}
	got := s.play(t, func(context.Context, *Call) error { panic("ghp_secret https://u:p@host") }, "status")
	log := filepath.Join(s.home, ".local", "state", "shopctl", "shopctl.log")
	if got.exit != 1 || strings.Contains(got.err, "goroutine") || !strings.Contains(got.err, "SHOP-1002") || !strings.Contains(got.err, log) {
		t.Errorf("%+v", got)
	}
	content, err := os.ReadFile(log)
	if err != nil || !bytes.Contains(content, []byte("run_test.go")) || !bytes.Contains(content, []byte("panic: *** https://***@host")) {
		t.Errorf("log %v: %s", err, content)
	}
}

func TestRawErrorsGoToTheLog(t *testing.T) {
	s := stage{home: t.TempDir()}
	run := func(context.Context, *Call) error {
		return &Fail{Code: ArgoCDUnreachable, Message: "Argo CD does not answer", Cause: errors.New("dial tcp: i/o timeout")}
	}
	if got := s.play(t, run, "status"); got.exit != 11 || strings.Contains(got.err, "dial tcp") || strings.Contains(got.err, "shopctl.log") {
		t.Errorf("%+v", got)
	}
	if got := s.play(t, run, "status", "-v"); !strings.Contains(got.err, "shopctl.log") {
		t.Errorf("--verbose names the log file: %+v", got)
	}
	if got := s.play(t, run, "status", "--debug"); !strings.Contains(got.err, "debug: 2026-11-20T01:41:02.000Z shopctl status --debug: SHOP-B002 Argo CD does not answer: dial tcp: i/o timeout\n") {
		t.Errorf("--debug: %+v", got)
	}
	if got := s.play(t, func(context.Context, *Call) error { return context.DeadlineExceeded }, "status"); got.exit != 8 || strings.Contains(got.err, "deadline") {
		t.Errorf("%+v", got)
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	got := stage{}.playWith(t, ctx, func(ctx context.Context, _ *Call) error {
		cancel(Interrupted{Exit: ExitTerminated})
		return fmt.Errorf("watch: %w", ctx.Err())
	}, "status")
	if got != (played{exit: 143}) {
		t.Errorf("%+v", got)
	}
}

func TestShowForms(t *testing.T) {
	run := func(_ context.Context, c *Call) error {
		return c.Show(Result{
			Value: versionResult{Version: "v1"}, Rows: [][]string{{"v1", "44702"}},
			Human: func(p show.Page) { p.Line("version v1") },
		})
	}
	for _, c := range []struct {
		name     string
		terminal Terminal
		argv     []string
		want     string
	}{
		{"pipe", Terminal{}, nil, "v1\t44702\n"},
		{"terminal", Terminal{Out: true, Width: 80}, nil, "version v1\n"},
		{"json", Terminal{Out: true}, []string{"--json=version", "--jq", ".version"}, "v1\n"},
		{"jq alone", Terminal{}, []string{"--jq=.kind"}, "Status\n"},
		{"fields", Terminal{}, []string{"--json="}, "version\ncommit\ntime\nmodified\ngo\nplatform\n"},
		{"aloud", Terminal{}, []string{"--accessible"}, "version v1\n"},
	} {
		if got := (stage{terminal: c.terminal}).play(t, run, append([]string{"status"}, c.argv...)...); got != (played{out: c.want}) {
			t.Errorf("%s: %+v, want %q", c.name, got, c.want)
		}
	}
	ran := false
	stage{}.play(t, func(context.Context, *Call) error { ran = true; return nil }, "status", "--json=nope")
	if ran {
		t.Error("a wrong field is refused before anything runs")
	}
}

func TestActionsFiles(t *testing.T) {
	dir := t.TempDir()
	s := stage{env: map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": filepath.Join(dir, "out"), "GITHUB_STEP_SUMMARY": filepath.Join(dir, "summary")}}
	run := func(_ context.Context, c *Call) error {
		c.Output("release", "v129")
		c.Output("result", "ok")
		c.Summary("| a |\n")
		return nil
	}
	s.play(t, run, "status")
	s.play(t, run, "status", "--ci=none")
	for name, want := range map[string]string{"out": "release=v129\nresult=ok\n", "summary": "| a |\n"} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}
