package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/internal/rehearsal"
	"github.com/shopctl/shopctl/internal/show"
)

// faultsResult are the faults that can be practised on.
type faultsResult struct {
	Faults []faultJSON `json:"faults"`
}

type faultJSON struct {
	Name   string `json:"name"`
	About  string `json:"about"`
	Tier   bool   `json:"tier"`   // NAME:TIER aims it at one tier
	Broken bool   `json:"broken"` // it is broken now
}

// mends is the word that mends everything.
const mends = "none"

// breakDemo breaks something in the demo, or mends everything.
func breakDemo(ctx context.Context, c *Call) error {
	word := c.Arg(0)
	if c.Is("list") {
		var on []rehearsal.Fault
		if state, err := c.demoState(ctx); err == nil {
			on = state.Faults
		}
		return c.showFaults(on, c.faultTable(on))
	}
	list := []Hint{{Text: c.Text.Demo.List, Command: "shopctl demo break --list"}}
	if word == "" {
		return &Fail{Code: MissingArgument, Message: c.Text.Demo.NeedsFault, Hints: list}
	}
	if _, err := rehearsal.ParseFault(word); err != nil && word != mends {
		name, rest, aimed := strings.Cut(word, ":")
		f := &Fail{Code: BadValue, Message: c.Text.Demo.NoFault(word), Hints: list}
		if g := guesses(c.Text, name, append(faultKindNames(), mends), func(guess string) string {
			if aimed {
				guess += ":" + rest
			}
			return c.instead(word, guess)
		}); len(g) > 0 {
			f.Hints = g
		}
		return f
	}
	world, err := c.demoThatRuns(ctx)
	if err != nil {
		return err
	}
	state, err := world.Break(ctx, word)
	if err != nil {
		return err
	}
	return c.showFaults(state.Faults, func(p show.Page) {
		if word == mends {
			p.Line(c.Text.Demo.Mended)
			return
		}
		p.Line(c.Text.Demo.IsBroken(word, aboutFault(word)))
		p.Line("  ", c.Text.Demo.Mend, "  shopctl demo break ", mends)
	})
}

func (c *Call) showFaults(on []rehearsal.Fault, human func(show.Page)) error {
	v := faultsResult{Faults: []faultJSON{}}
	var rows [][]string
	for _, k := range rehearsal.FaultKinds() {
		f := faultJSON{Name: k.Name, About: k.Line, Tier: k.Tier, Broken: slices.ContainsFunc(on, func(f rehearsal.Fault) bool { return f.Name == k.Name })}
		v.Faults = append(v.Faults, f)
		state := ""
		if f.Broken {
			state = "broken"
		}
		rows = append(rows, []string{f.Name, state, f.About})
	}
	return c.Show(Result{Value: v, Rows: rows, Human: human})
}

func (c *Call) faultTable(on []rehearsal.Fault) func(show.Page) {
	return func(p show.Page) {
		t := show.Table{Columns: []show.Column{{Head: c.Text.Demo.Fault}, {Head: c.Text.Demo.Is}, {Head: c.Text.Demo.About, Flex: true}}}
		for _, k := range rehearsal.FaultKinds() {
			is := "-"
			if slices.ContainsFunc(on, func(f rehearsal.Fault) bool { return f.Name == k.Name }) {
				is = p.Mark(show.Warn, c.Text.Demo.On)
			}
			t.Rows = append(t.Rows, []string{k.Name, is, k.Line})
		}
		p.Table(t)
	}
}

func aboutFault(word string) string {
	name, _, _ := strings.Cut(word, ":")
	for _, k := range rehearsal.FaultKinds() {
		if k.Name == name {
			return k.Line
		}
	}
	return ""
}

func faultKindNames() (names []string) {
	for _, k := range rehearsal.FaultKinds() {
		names = append(names, k.Name)
	}
	return names
}

func faultNames(faults []rehearsal.Fault) []string {
	names := []string{}
	for _, f := range faults {
		names = append(names, f.String())
	}
	return names
}

func completeFaults(context.Context, *Call, string) []Candidate {
	all := []Candidate{{Word: mends}}
	for _, k := range rehearsal.FaultKinds() {
		all = append(all, Candidate{k.Name, k.Line})
	}
	return all
}
