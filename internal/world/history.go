package world

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// brought is one commit of a tier branch that changed its release.
type brought struct {
	Commit   shop.CommitID
	Release  shop.Release
	At       time.Time
	By       string
	Reason   string        `json:",omitempty"`
	Goal     shop.Tier     `json:",omitempty"`
	Risks    []string      `json:",omitempty"`
	ByHand   bool          `json:",omitempty"`
	Replaced *shop.Carried `json:",omitempty"` // what was last seen of the release before
}

// line is the history of a tier branch, oldest first, up to a tip.
type line struct {
	Tip   shop.CommitID
	Steps []brought
}

// histories keeps the lines of tier branches: a look then walks only what is
// new. What lies in its folder can be worked out again; a file that cannot be
// read is as good as none.
type histories struct {
	dir   string
	mu    sync.Mutex
	lines map[shop.Tier]line
}

// carried is what a tier branch carried, newest first, [0] being what it
// carries at tip.
func (h *histories) carried(o git.Objects, tier shop.Tier, tip git.ID) ([]shop.Carried, error) {
	if tip.IsZero() {
		return nil, nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	l, known := h.lines[tier]
	if !known {
		l = h.load(tier)
	}
	if l.Tip != commitID(tip) {
		var err error
		if l, err = extend(o, l, tip); err != nil {
			return nil, err
		}
		h.save(tier, l)
	}
	if h.lines == nil {
		h.lines = map[shop.Tier]line{}
	}
	h.lines[tier] = l
	return l.carried(), nil
}

// extend walks from tip back to what the line knows, or to the beginning.
func extend(o git.Objects, l line, tip git.ID) (line, error) {
	var fresh []git.Commit
	joined := false
	err := git.FirstParents(o, tip, func(c git.Commit) error {
		if commitID(c.ID) == l.Tip {
			joined = true
			return git.ErrStop
		}
		fresh = append(fresh, c)
		return nil
	})
	if err != nil {
		return l, err
	}
	if !joined {
		l = line{}
	}
	next := line{Tip: commitID(tip), Steps: l.Steps[:len(l.Steps):len(l.Steps)]}
	for i := len(fresh) - 1; i >= 0; i-- {
		r, err := gitlinks(o, fresh[i].Tree)
		if err != nil {
			return l, err
		}
		if n := len(next.Steps); n > 0 && next.Steps[n-1].Release == r {
			continue
		}
		next.Steps = append(next.Steps, step(fresh[i], r))
	}
	return next, nil
}

func step(c git.Commit, r shop.Release) brought {
	t, ok := shop.ParseTrailers(c.Message)
	b := brought{Commit: commitID(c.ID), Release: r, At: c.Committer.When.UTC(), By: t.Actor, Goal: t.Goal, Risks: t.Risks, Replaced: t.Replaced, Reason: shop.ReasonOf(c.Message)}
	if b.ByHand = !ok; b.ByHand {
		b.By = c.Author.Name + " <" + c.Author.Email + ">"
	}
	return b
}

// gitlinks is the release that the root of a system tree names.
func gitlinks(o git.Objects, tree git.ID) (r shop.Release, err error) {
	entries, err := o.Tree(tree)
	for _, e := range entries {
		switch {
		case e.Mode != git.ModeGitlink:
		case e.Name == "base":
			r.App = commitID(e.ID)
		case e.Name == "config":
			r.Configuration = commitID(e.ID)
		}
	}
	return r, err
}

// carried numbers the steps: a release gets its number when it comes first,
// and keeps it when the tier goes back to it.
func (l line) carried() []shop.Carried {
	numbers := map[shop.Release]int{}
	out := make([]shop.Carried, len(l.Steps))
	for i, s := range l.Steps {
		if _, known := numbers[s.Release]; !known {
			numbers[s.Release] = len(numbers) + 1
		}
		c := shop.Carried{Number: numbers[s.Release], Release: s.Release, System: s.Commit, At: s.At, By: s.By, Reason: s.Reason, Goal: s.Goal, Risks: s.Risks, ByHand: s.ByHand, Health: shop.UnknownHealth}
		if i+1 < len(l.Steps) {
			next := l.Steps[i+1]
			c.Until = next.At
			if next.Replaced != nil && next.Replaced.Release == s.Release {
				c.Health, c.HealthySince = next.Replaced.Health, next.Replaced.HealthySince
			}
		}
		out[len(out)-1-i] = c
	}
	return out
}

func (h *histories) file(tier shop.Tier) string {
	return filepath.Join(h.dir, "history-"+string(tier)+".json")
}

func (h *histories) load(tier shop.Tier) (l line) {
	if h.dir == "" {
		return line{}
	}
	data, err := os.ReadFile(h.file(tier))
	if err != nil || json.Unmarshal(data, &l) != nil {
		return line{}
	}
	return l
}

// save is best effort: without it the next run walks again.
func (h *histories) save(tier shop.Tier, l line) {
	if h.dir == "" {
		return
	}
	data, err := json.Marshal(l)
	if err != nil {
		return
	}
	writeAtomically(h.file(tier), data)
}

// writeAtomically replaces a cache file, or leaves the old one.
func writeAtomically(name string, data []byte) {
	if os.MkdirAll(filepath.Dir(name), 0o700) != nil {
		return
	}
	tmp, err := os.CreateTemp(filepath.Dir(name), ".tmp-*")
	if err != nil {
		return
	}
	git.HalfWritten(tmp, name, data)
	_, err = tmp.Write(data)
	git.WritePoint("before-rename", name)
	if cerr := tmp.Close(); err != nil || cerr != nil || os.Rename(tmp.Name(), name) != nil {
		os.Remove(tmp.Name())
	}
}
