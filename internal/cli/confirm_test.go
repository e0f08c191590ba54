package cli

import (
	"context"
	"strings"
	"testing"
)

func TestConfirm(t *testing.T) {
	tty := Terminal{In: true, Out: true, Err: true, Width: 80}
	ask := Confirmation{Level: LevelAsk, Question: "Go back?"}
	name := Confirmation{Level: LevelName, Name: "tier-2"}
	hand := Confirmation{Level: LevelName, Name: "tier-2", Hand: true}
	risk := Confirmation{Level: LevelAsk, Question: "?", Name: "tier-2", Risks: []string{"irreversible-migration"}}
	for _, c := range []struct {
		name     string
		q        Confirmation
		line     string
		typed    string
		terminal Terminal
		exit     int
		says     string
	}{
		{"nothing to ask", Confirmation{}, "", "", Terminal{}, 0, ""},
		{"yes", ask, "", "y\n", tty, 0, "Go back? [y/N] "},
		{"Yes", ask, "", "Yes\n", tty, 0, ""},
		{"no", ask, "", "n\n", tty, 3, "SHOP-3001"},
		{"enter is no", ask, "", "\n", tty, 3, ""},
		{"end of input is no", ask, "", "", tty, 3, ""},
		{"--yes", ask, "--yes", "", Terminal{}, 0, ""},
		{"--yes=false", ask, "--yes=false", "n\n", tty, 3, ""},
		{"--confirm answers a question too", ask, "--confirm=tier-1", "", Terminal{}, 0, ""},
		{"pipe", ask, "", "y\n", Terminal{}, 2, "shopctl promote tier-2 --yes\n"},
		{"half a terminal", ask, "", "y\n", Terminal{Out: true, Err: true}, 2, "SHOP-2007"},
		{"--no-input", ask, "--no-input", "y\n", tty, 2, "shopctl promote tier-2 --no-input --yes\n"},

		{"name", name, "", "tier-2\n", tty, 0, "Type the name to go on [tier-2], or Ctrl-C: "},
		{"blanks", name, "", "  tier-2 \n", tty, 0, ""},
		{"wrong name", name, "", "tier-1\n", tty, 3, "SHOP-3002"},
		{"y is no name", name, "", "y\n", tty, 3, ""},
		{"--confirm", name, "--confirm=tier-2", "", Terminal{}, 0, ""},
		{"wrong --confirm", name, "--confirm=tier-1", "", Terminal{}, 3, "SHOP-3002"},
		{"--yes is not enough", name, "--yes", "", Terminal{}, 2, "shopctl promote tier-2 --confirm=tier-2\n"},
		{"--yes is not enough on a terminal", name, "-y", "tier-2\n", tty, 2, "SHOP-2013"},
		{"name in a pipe", name, "", "tier-2\n", Terminal{}, 2, "shopctl promote tier-2 --confirm=tier-2\n"},

		{"hand step, line about it", hand, "--confirm=tier-2", "", tty, 0, ""},
		{"hand step, line about a shop", hand, "--confirm=bunko", "tier-2\n", tty, 0, "Type the name to go on [tier-2], or Ctrl-C: "},
		{"hand step, line about a shop, wrong name", hand, "--confirm=bunko", "bunko\n", tty, 3, "SHOP-3002"},

		{"risk", risk, "-m why", "tier-2\n", tty, 0, "  risk: irreversible-migration\n"},
		{"risk asks why", risk, "", "tier-2\nbecause\n", tty, 0, "Reason, kept in the commit: "},
		{"risk without why", risk, "", "tier-2\n\n", tty, 2, "SHOP-2019"},
		{"risk in a pipe", risk, "", "", Terminal{}, 2, `--confirm=tier-2 --accept-risk=irreversible-migration -m "…"`},
		{"risk not accepted", risk, "--confirm=tier-2", "", Terminal{}, 7, "SHOP-7006"},
		{"other risk accepted", risk, "--confirm=tier-2 --accept-risk=skip-soak -m x", "", Terminal{}, 7, "SHOP-7006"},
		{"risk accepted without why", risk, "--confirm=tier-2 --accept-risk=irreversible-migration", "", Terminal{}, 2, "SHOP-2019"},
		{"risk accepted", risk, "--confirm=tier-2 --accept-risk=irreversible-migration -m x", "", Terminal{}, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			went := false
			got := stage{in: c.typed, terminal: c.terminal}.play(t, func(ctx context.Context, call *Call) error {
				if err := call.Confirm(ctx, c.q); err != nil {
					return err
				}
				went = true
				if len(c.q.Risks) > 0 && call.Reason() == "" {
					t.Error("a risk was taken without a reason")
				}
				return nil
			}, append([]string{"promote", "tier-2"}, strings.Fields(c.line)...)...)
			if got.exit != c.exit || went != (c.exit == 0) || !strings.Contains(got.err, c.says) {
				t.Errorf("went on: %v, %+v, want exit %d and %q", went, got, c.exit, c.says)
			}
		})
	}
}

func TestConfirmShowsDetails(t *testing.T) {
	shown := 0
	got := stage{in: "d\ntier-2\n", terminal: Terminal{In: true, Err: true}}.play(t, func(ctx context.Context, c *Call) error {
		return c.Confirm(ctx, Confirmation{Level: LevelName, Name: "tier-2", Details: func() { shown++ }})
	}, "promote")
	if got.exit != 0 || shown != 1 || strings.Count(got.err, "d for the full diff") != 2 {
		t.Errorf("shown %d times: %+v", shown, got)
	}
}

func TestChoose(t *testing.T) {
	picked := -1
	got := stage{in: "x\n9\n2\n", terminal: Terminal{In: true, Err: true}}.play(t, func(ctx context.Context, c *Call) (err error) {
		picked, err = c.Choose(ctx, "Which tier?", []string{"tier-1", "tier-2"})
		return err
	}, "promote")
	if got.exit != 0 || picked != 1 || strings.Count(got.err, "Please type a number from 1 to 2.") != 2 {
		t.Errorf("picked %d: %+v", picked, got)
	}
}

// The prompt does not hold up Ctrl-C.
func TestAskIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(Interrupted{Exit: ExitInterrupt})
	blocked := make(chan struct{})
	defer close(blocked)
	got := stage{terminal: Terminal{In: true, Err: true}}.playWith(t, ctx, func(ctx context.Context, c *Call) error {
		c.Env.Stdin = never(blocked)
		return c.Confirm(ctx, Confirmation{Level: LevelAsk, Question: "Go on?"})
	}, "promote")
	if got.exit != 130 {
		t.Errorf("%+v", got)
	}
}

type never chan struct{}

func (n never) Read([]byte) (int, error) { <-n; return 0, context.Canceled }
