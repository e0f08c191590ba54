package rehearsal

import (
	"regexp"
	"slices"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// ends finds the times at which something in the intent ends by itself: a
// maintenance or a freeze. Trees that it has seen it does not read again.
type ends struct {
	known map[git.ID][]time.Time // by tree or blob
}

var until = regexp.MustCompile(`(?m)^\s+until: ["']?([^\s"']+)`)

// of are the ends in an entry of a tree.
func (e *ends) of(repo git.Objects, entry git.Entry) ([]time.Time, error) {
	if times, ok := e.known[entry.ID]; ok {
		return times, nil
	}
	var times []time.Time
	switch entry.Mode {
	case git.ModeTree:
		entries, err := repo.Tree(entry.ID)
		if err != nil {
			return nil, err
		}
		for _, inner := range entries {
			more, err := e.of(repo, inner)
			if err != nil {
				return nil, err
			}
			times = append(times, more...)
		}
	case git.ModeFile:
		data, err := repo.Blob(entry.ID)
		if err != nil {
			return nil, err
		}
		for _, m := range until.FindAllSubmatch(data, -1) {
			if t, err := time.Parse(time.RFC3339, string(m[1])); err == nil {
				times = append(times, t)
			}
		}
	}
	e.known[entry.ID] = times
	return times, nil
}

// after is the next end after a moment; zero when nothing ends.
func (e *ends) after(repo Repository, now time.Time) (time.Time, error) {
	refs, err := repo.Refs()
	if err != nil {
		return time.Time{}, err
	}
	c, err := repo.Commit(refs.Tips[shop.MainBranch])
	if err != nil {
		return time.Time{}, err
	}
	times, err := e.of(repo, git.Entry{Mode: git.ModeTree, ID: c.Tree})
	if err != nil {
		return time.Time{}, err
	}
	times = slices.DeleteFunc(slices.Clone(times), func(t time.Time) bool { return !t.After(now) })
	if len(times) == 0 {
		return time.Time{}, nil
	}
	return slices.MinFunc(times, time.Time.Compare), nil
}

// endStep is how often the world looks whether something has ended. Main is
// read only then, and only where it changed.
const endStep = 250 * time.Millisecond

// watchEnds reconciles whenever a maintenance ends, until the world ends.
func (w *World) watchEnds() {
	e := ends{known: map[git.ID][]time.Time{}}
	tick := time.NewTicker(endStep)
	defer tick.Stop()
	var next time.Time
	for {
		now := w.clock.Now()
		if !next.IsZero() && !now.Before(next) {
			w.logf("something in the intent has ended: %s", next.Format(time.RFC3339))
			w.runner.poke()
		}
		var err error
		if next, err = e.after(w.bare[systemGit], now); err != nil {
			w.logf("look what ends: %v", err)
		}
		select {
		case <-w.ended:
			return
		case <-tick.C:
		}
	}
}
