package forge

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

var errNoPull = errors.New("no such pull request")

// as is a call that a person makes without the network.
func (f *Forge) as(login, repository string, do func(*call) error) error {
	return f.act(func(now time.Time) error {
		r, err := f.find(repository)
		if err != nil {
			return err
		}
		who, known := f.person(login)
		if login != "" && !known {
			return fmt.Errorf("%q has no account", login)
		}
		f.dirty = true
		if err := f.follow(r, login); err != nil {
			return err
		}
		return do(&call{Forge: f, repo: r, who: who, token: Token{Login: login}, now: now})
	})
}

// Pull is a pull request as a person sees it.
type Pull struct {
	Number                          int
	Title, Body, Author, Head, Base string
	HeadSHA, MergedAs               string
	Open, Merged                    bool
	Labels, Reviewers               []string
	Comments                        []string
	Approvals                       int
}

// Pulls are all pull requests of a repository, as they are.
func (f *Forge) Pulls(repository string) (all []Pull, err error) {
	return all, f.as("", repository, func(c *call) error {
		for _, p := range c.repo.Pulls {
			c.settle(p)
			one := Pull{
				Number: p.Number, Title: p.Title, Body: p.Body, Author: p.Author, Head: p.Head, Base: p.Base, HeadSHA: p.HeadSHA, MergedAs: p.MergedAs,
				Open: p.State == "open", Merged: p.merged(), Labels: slices.Clone(p.Labels), Reviewers: slices.Clone(p.Reviewers), Approvals: c.approvals(p),
			}
			for _, x := range c.repo.Comments {
				if x.Pull == p.Number {
					one.Comments = append(one.Comments, x.By+": "+x.Body)
				}
			}
			all = append(all, one)
		}
		return nil
	})
}

// Verdicts of a reviewer.
const (
	Approves         = "APPROVED"
	WantsChanges     = "CHANGES_REQUESTED"
	OnlyComments     = "COMMENTED"
	latestPull   int = 0
)

// Review lets a person say something of a pull request; 0 is the newest open one.
func (f *Forge) Review(repository string, number int, login, verdict string) error {
	return f.as(login, repository, func(c *call) error {
		p := c.repo.pull(number)
		if number == 0 {
			p = c.repo.newestOpen()
		}
		if p == nil {
			return fmt.Errorf("%s #%d: %w", repository, number, errNoPull)
		}
		if p.Author == login && verdict != OnlyComments {
			return words("Can not approve your own pull request")
		}
		c.reviewed(p, review{By: login, State: verdict})
		return nil
	})
}

func (r *repository) newestOpen() *pull {
	for _, p := range slices.Backward(r.Pulls) {
		if p.State == "open" {
			return p
		}
	}
	return nil
}

// SetCheck reports a check run on a commit, as an App does: its state is success,
// failure, neutral, skipped, cancelled, timed_out, action_required, pending or
// queued. The commit is an id or a branch.
func (f *Forge) SetCheck(repository, commit, name, state string) error {
	return f.as("", repository, func(c *call) error {
		id := c.repo.commitAt(commit)
		if id == "" {
			return fmt.Errorf("no commit %q in %s", commit, repository)
		}
		c.ran(id, name, state, c.now)
		c.settleAll()
		return nil
	})
}

// Check lets checks run on a commit that has none yet.
func (f *Forge) Check(repository, commit, state string, names ...string) error {
	return f.as("", repository, func(c *call) error {
		if len(c.repo.runsOf(commit)) > 0 {
			return nil
		}
		for _, name := range names {
			c.ran(commit, name, state, c.now)
		}
		c.settleAll()
		return nil
	})
}

// ran adds a check run in a state.
func (c *call) ran(commit, name, state string, at time.Time) {
	x := run{ID: c.id(), Commit: commit, Name: name, Status: "completed", Conclusion: state, App: ActionsApp, Started: at, Ended: at}
	switch state {
	case "pending", "in_progress":
		x.Status, x.Conclusion, x.Ended = "in_progress", "", time.Time{}
	case "queued":
		x.Status, x.Conclusion, x.Ended = "queued", "", time.Time{}
	}
	c.id() // of its suite
	c.repo.Runs = append(c.repo.Runs, x)
}

// SetStatus posts a commit status as somebody.
func (f *Forge) SetStatus(repository, commit, name, state, login string) error {
	return f.as(login, repository, func(c *call) error {
		id := c.repo.commitAt(commit)
		if id == "" {
			return fmt.Errorf("no commit %q in %s", commit, repository)
		}
		c.told(status{Commit: id, State: state, Context: name, By: login})
		c.settleAll()
		return nil
	})
}

// Statuses are the newest states of each context of a commit.
func (f *Forge) Statuses(repository, commit string) (states map[string]string, err error) {
	states = map[string]string{}
	return states, f.as("", repository, func(c *call) error {
		for _, s := range c.repo.latest(c.repo.commitAt(commit)) {
			states[s.Context] = s.State
		}
		return nil
	})
}

func (c *call) settleAll() {
	for _, p := range c.repo.Pulls {
		c.settle(p)
	}
}

// Rule adds a ruleset, or replaces the one with its name.
func (f *Forge) Rule(repository string, s Ruleset) error {
	return f.as("", repository, func(c *call) error {
		s.ID = c.id()
		if s.Enforcement == "" {
			s.Enforcement = "active"
		}
		c.repo.Rulesets = append(slices.DeleteFunc(c.repo.Rulesets, func(o Ruleset) bool { return o.Name == s.Name }), s)
		return nil
	})
}

// Protect gives a branch a classic protection.
func (f *Forge) Protect(repository, branch string, p Classic) error {
	return f.as("", repository, func(c *call) error {
		if c.repo.Protection == nil {
			c.repo.Protection = map[string]Classic{}
		}
		c.repo.Protection[branch] = p
		return nil
	})
}

// Unprotect takes all rules of a repository away.
func (f *Forge) Unprotect(repository string) error {
	return f.as("", repository, func(c *call) error {
		c.repo.Protection, c.repo.Rulesets = nil, nil
		return nil
	})
}

// Set changes the settings of a repository.
func (f *Forge) Set(repository string, s Settings) error {
	return f.as("", repository, func(c *call) error {
		c.repo.Settings = s
		return nil
	})
}

// Hide makes a repository private.
func (f *Forge) Hide(repository string) error {
	return f.as("", repository, func(c *call) error {
		c.repo.Private = true
		return nil
	})
}
