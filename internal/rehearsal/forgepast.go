package rehearsal

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/rehearsal/forge"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// The checks that run on each commit of the demo's app and configuration.
var demoChecks = []string{"lint", "test"}

var numbered = regexp.MustCompile(`^(.*) \(#(\d+)\)$`)

// recallHistory tells a new open forge of the pull requests and checks behind
// the commits that the repositories begin with.
func (w *World) recallHistory() error {
	for _, name := range []string{appGit, configurationGit} {
		repo := w.bare[name]
		refs, err := repo.Refs()
		if err != nil {
			return err
		}
		var past []forge.Past
		for id := refs.Tips[shop.TierAt(0).Branch()]; ; {
			c, err := repo.Commit(id)
			if err != nil {
				return err
			}
			past = append(past, pastOf(c))
			if len(c.Parents) == 0 {
				break
			}
			id = c.Parents[0]
		}
		slices.Reverse(past)
		if err := w.forge.Recall(strings.TrimSuffix(name, ".git"), past...); err != nil {
			return err
		}
	}
	return nil
}

// pastOf is what a commit of the sample came with: its subject says.
func pastOf(c git.Commit) forge.Past {
	subject, _, _ := strings.Cut(c.Message, "\n")
	p := forge.Past{Commit: c.ID.String(), Before: c.ID.String(), At: c.Author.When, Checks: map[string]string{}, Base: string(shop.TierAt(0)), Author: loginOf(c.Author.Name)}
	if len(c.Parents) > 0 {
		p.Before = c.Parents[0].String()
	}
	if m := numbered.FindStringSubmatch(subject); m != nil {
		p.Title = m[1]
		p.Number, _ = strconv.Atoi(m[2])
		p.Head = fmt.Sprintf("change-%s", m[2])
	}
	for _, name := range demoChecks {
		p.Checks[name] = "success"
	}
	return p
}

// loginOf is the login of a person of the sample.
func loginOf(name string) string {
	if name == people["renovate"].name {
		return renovateBot
	}
	return strings.ToLower(name)
}

// recallMerge tells an open forge of a pull request that a person has merged.
func (w *World) recallMerge(c Change, number int, id shop.CommitID, old git.ID, at time.Time) error {
	if w.forge == nil || w.options.Forge != OpenForge {
		return nil
	}
	p := forge.Past{
		Number: number, Title: c.Subject, Author: loginOf(c.Name), Head: fmt.Sprintf("change-%d", number), Base: string(shop.TierAt(0)),
		Commit: string(id), Before: old.String(), At: at,
	}
	if m := numbered.FindStringSubmatch(c.Subject); m != nil {
		p.Title = m[1]
	}
	return w.forge.Recall(string(c.Repository), p)
}

// runChecks is the demo's CI: what people push to the app or the configuration
// is checked at once. It is green, unless that is broken for practice.
func (w *World) runChecks(p GitPush) {
	if w.forge == nil || w.options.Forge != OpenForge || p.Repository == systemGit {
		return
	}
	state := "success"
	if slices.ContainsFunc(w.argo.Faults(), func(f Fault) bool { return f.Name == "red-checks" }) {
		state = "failure"
	}
	for _, m := range p.Moved {
		tier, err := shop.ParseTier(strings.TrimPrefix(m.Ref, "refs/heads/"))
		if !strings.HasPrefix(m.Ref, "refs/heads/") || err == nil && tier.Number() > 0 || strings.Trim(m.New, "0") == "" {
			continue // a promotion brings nothing new
		}
		if err := w.forge.Check(strings.TrimSuffix(p.Repository, ".git"), m.New, state, demoChecks...); err != nil {
			w.logf("%v", err)
		}
	}
}

// nextPull is the number of the next change that is merged.
func (w *World) nextPull(repository shop.Repository, n int) int {
	if w.forge != nil && w.options.Forge == OpenForge {
		if next, err := w.forge.Next(string(repository)); err == nil {
			return next
		}
	}
	return 483 + n
}
