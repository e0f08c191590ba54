package forge

import (
	"maps"
	"slices"
	"time"
)

// Past is a change that came before: a pull request that was merged, with its
// checks.
type Past struct {
	Number                    int // 0: there was none, only the commit
	Title, Author, Head, Base string
	Commit, Before            string // what the merge made, and what the base was
	At                        time.Time
	Checks                    map[string]string // states by name
}

// Recall adds what came before.
func (f *Forge) Recall(repository string, past ...Past) error {
	return f.as("", repository, func(c *call) error {
		for _, p := range past {
			for _, name := range slices.Sorted(maps.Keys(p.Checks)) {
				c.ran(p.Commit, name, p.Checks[name], p.At)
			}
			if p.Number == 0 {
				continue
			}
			c.repo.Pulls = append(c.repo.Pulls, &pull{
				Number: p.Number, ID: c.id(), Title: p.Title, Author: p.Author, State: "closed", Head: p.Head, Base: p.Base, HeadSHA: p.Commit, BaseSHA: p.Before,
				Created: p.At.Add(-time.Hour), Updated: p.At, Closed: p.At, Merged: p.At, MergedBy: p.Author, MergedAs: p.Commit,
			})
		}
		return nil
	})
}

// Next is the number of a repository's next pull request.
func (f *Forge) Next(repository string) (n int, err error) {
	return n, f.as("", repository, func(c *call) error {
		n = c.repo.next()
		return nil
	})
}
