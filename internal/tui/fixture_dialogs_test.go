package tui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/show"
)

// Activity is that of ux.md 9.5.
func (d *fakeDesk) Activity(context.Context, time.Time) ([]Activity, error) {
	d.Lock()
	defer d.Unlock()
	return slices.Clone(d.done), d.err
}

// Export names a file.
func (d *fakeDesk) Export(_ context.Context, all []Activity) (string, error) {
	d.Lock()
	defer d.Unlock()
	d.exported = all
	return "shopctl-activity-20261120-104102.json", nil
}

func fixtureActivity() []Activity {
	ago := func(d time.Duration) time.Time { return fixtureNow.Add(-d) }
	done := Note{show.Good, "done"}
	return []Activity{
		{At: ago(3 * time.Minute), Who: "@takuya", What: "promote v129  (3 commits)", Targets: []string{"tier-1"}, Result: Note{show.Busy, "rolling out"}, Took: "2m41s", Commit: "4e1d9aa000", Tier: "tier-1", Release: "v129"},
		{At: ago(29 * time.Minute), Who: "@ryu", What: "shop add momiji", Targets: []string{"tier-1"}, Result: done, Commit: "5e1d9aa000"},
		{At: ago(38 * time.Minute), Who: "@mika", What: "maintenance on kome-net", Reason: "在庫の点検", Targets: []string{"tier-1"}, Result: done, Commit: "6e1d9aa000"},
		{At: ago(70 * time.Minute), Who: "ci", What: "promote v128", Targets: []string{"tier-1"}, Result: Note{show.Good, "healthy"}, Took: "5m12s", Commit: "7e1d9aa000", Tier: "tier-1", Release: "v128"},
		{At: ago(20 * time.Hour), Who: "controller", What: "reconcile", Targets: []string{"tier-0", "tier-1", "tier-2"}, Result: done, Commit: "8e1d9aa000"},
		{At: ago(30 * time.Hour), Who: "花子", What: "tiers/tier-2.yaml", Targets: []string{"main"}, Result: Note{show.Warn, "by hand"}, Commit: "9e1d9aa000"},
	}
}

// Complete knows the tiers, and what begins with them.
func (d *fakeDesk) Complete(_ context.Context, words []string) (all []Word) {
	for _, t := range d.board.Tiers {
		if strings.HasPrefix(string(t.Name), words[len(words)-1]) {
			all = append(all, Word{Text: string(t.Name)})
		}
	}
	return all
}

// Closing takes 30m and 03:00, and knows one range that is none.
func (d *fakeDesk) Closing(_ context.Context, args []string) (Closing, error) {
	if slices.Contains(args, "nonsense") {
		return Closing{}, errors.New(`"nonsense" is no range of addresses`)
	}
	switch args[slices.Index(args, "--until")+1] {
	case "30m":
		return Closing{Until: fixtureNow.Add(30 * time.Minute), ByItself: true}, nil
	case "03:00":
		return Closing{Until: time.Date(2026, 11, 21, 3, 0, 0, 0, tokyo), ByItself: true}, nil
	}
	return Closing{}, errors.New(`"09:00 yesterday" is over`)
}
