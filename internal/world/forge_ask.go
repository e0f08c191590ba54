package world

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

// askAgain is after how many looks a thing is asked for once more that people
// or machines may have changed: looks are seconds apart, these are minutes.
const askAgain = 8

// heard is what this run has heard from the forge. A commit's results are read
// once and kept when nothing is left to come: a fast-forward keeps the commit,
// so one reading serves every tier of a promotion.
type heard struct {
	mu     sync.Mutex
	looks  int
	checks map[shop.CheckedCommit]heardChecks
	pulls  map[shop.Tier]heardPulls

	silent  string
	spent   bool
	retryAt time.Time
	silence int // look at which it was silent
}

type heardChecks struct {
	shop.CommitChecks
	at      int
	settled bool
}

type heardPulls struct {
	shop.Pulls
	at      int
	release shop.Release // whose reviews were read
	standby bool         // read before anybody stood in front of the tier
}

// question is one tier that a release wants to enter, or has entered.
type question struct {
	tier    shop.TierState
	release shop.Release
	arrived bool // the tier runs it
	next    bool // nothing stands between the release and this tier
}

// askForge asks what the gates of a goal need to know. A forge that does not
// answer is no error: it is what was observed.
func (w *World) askForge(ctx context.Context, g shop.Goal, have *shop.State) error {
	if w.Forge == nil {
		return nil
	}
	have.Forge = shop.Forge{There: true, Checks: map[shop.CheckedCommit]shop.CommitChecks{}, Pulls: map[shop.Tier]shop.Pulls{}}
	h := &w.heard
	h.mu.Lock()
	h.looks++
	h.mu.Unlock()
	asked := questions(g, *have)
	group, gctx := errgroup.WithContext(ctx)
	if !h.quiet(w.Now()) {
		for _, q := range w.toAsk(*have, asked) {
			group.Go(func() error { return w.ask(gctx, q) })
		}
	}
	err := group.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	have.Forge.Silent, have.Forge.Spent, have.Forge.RetryAt = h.silent, h.spent, h.retryAt
	for _, q := range asked {
		for _, at := range plan.CheckedFor(q.tier, q.release) {
			if c, known := h.checks[at]; known {
				have.Forge.Checks[at] = c.CommitChecks
			}
		}
		if p, known := h.pulls[q.tier.Spec.Name]; known && (q.arrived || p.release == q.release) {
			have.Forge.Pulls[q.tier.Spec.Name] = p.Pulls
		}
	}
	return err
}

// questions says which tiers a goal asks about, with which release.
func questions(g shop.Goal, have shop.State) (asked []question) {
	switch g := g.(type) {
	case shop.Promote:
		if g.Release.IsZero() {
			var err error
			if g.Release, _, err = plan.Choose(have, g); err != nil {
				return nil
			}
		}
		next := true
		for n := g.From.Number() + 1; n > 0 && n <= g.To.Number() && n < len(have.Tiers); n++ {
			t := have.Tiers[n]
			q := question{tier: t, release: g.Release, arrived: t.Runs == g.Release || have.Within(g.Release, t.Runs)}
			q.next = next && !q.arrived
			next = next && q.arrived
			asked = append(asked, q)
		}
	case shop.Await:
		below, upper := g.Tier.Below()
		t, known := have.Tier(g.Tier)
		if g.For != shop.ForOpen || !upper || !known {
			return nil
		}
		b, _ := have.Tier(below)
		return []question{{tier: t, release: b.Runs, arrived: t.Runs == b.Runs, next: true}}
	case shop.Look:
		return waiting(have)
	}
	return asked
}

// waiting is what waits in front of each tier: that is what people look at.
func waiting(have shop.State) (asked []question) {
	for n := 1; n < len(have.Tiers); n++ {
		below, t := have.Tiers[n-1], have.Tiers[n]
		if below.Runs.IsZero() || below.Runs == t.Runs {
			continue
		}
		asked = append(asked, question{tier: t, release: below.Runs, next: true})
	}
	return asked
}

// inquiry is one thing that is about to be asked.
type inquiry struct {
	checks *shop.CheckedCommit
	pulls  *question
	wanted *shop.Checks
	pushed bool // the branch holds the release already
}

// toAsk leaves out what is known.
func (w *World) toAsk(have shop.State, asked []question) (list []inquiry) {
	h := &w.heard
	h.mu.Lock()
	defer h.mu.Unlock()
	seen := map[shop.CheckedCommit]bool{}
	for _, q := range asked {
		spec := q.tier.Spec
		if !q.arrived {
			for _, at := range plan.CheckedFor(q.tier, q.release) {
				known, before := h.checks[at]
				if due := !before || !known.settled && q.next && h.looks-known.at >= askAgain; due && !seen[at] {
					seen[at] = true
					list = append(list, inquiry{checks: &at, wanted: spec.Gates.Checks})
				}
			}
		}
		if spec.Review != "required" {
			continue
		}
		known, before := h.pulls[spec.Name]
		due := !before || !q.arrived && known.release != q.release ||
			q.next && (known.standby || h.looks-known.at >= askAgain)
		if due {
			list = append(list, inquiry{pulls: &q, pushed: !q.arrived && pushed(have, q)})
		}
	}
	return list
}

// pushed reports whether the branch that a pull request goes to holds its
// commit: it is not among the open ones any more.
func pushed(have shop.State, q question) bool {
	repo := plan.ReviewedIn(q.tier, q.release)
	tip, commit := q.tier.App, q.release.App
	if repo == shop.ConfigurationRepository {
		tip, commit = q.tier.Configuration, q.release.Configuration
	}
	return have.Graph.Contains(repo, commit, tip)
}

func (w *World) ask(ctx context.Context, i inquiry) error {
	if i.checks != nil {
		return w.askChecks(ctx, *i.checks, i.wanted)
	}
	return w.askPulls(ctx, *i.pulls, i.pushed)
}

func (w *World) askChecks(ctx context.Context, at shop.CheckedCommit, wanted *shop.Checks) error {
	all, err := w.Forge.Checks(ctx, at.Repository, at.Commit)
	unknown, err := w.heard.excuse(w.Now(), err)
	if err != nil || unknown.silent {
		return err
	}
	c := heardChecks{CommitChecks: shop.CommitChecks{Unknown: unknown.why, Gates: map[shop.Tier]shop.GateStatus{}}}
	for _, check := range all {
		if tier, ours := shop.GateTier(check.Name); ours {
			c.Gates[tier] = publishedAs(tier, check)
			continue
		}
		c.All = append(c.All, check)
	}
	c.settled = unknown.why == "" && settled(c.All, wanted)
	h := &w.heard
	h.mu.Lock()
	defer h.mu.Unlock()
	c.at = h.looks
	h.checks[at] = c
	return nil
}

func publishedAs(tier shop.Tier, c shop.Check) shop.GateStatus {
	states := map[shop.CheckState]shop.GateState{shop.CheckPassed: shop.GateOpen, shop.CheckFailed: shop.GateShut, shop.CheckPending: shop.GateWaiting}
	return shop.GateStatus{Tier: tier, State: states[c.State], Text: c.Text, URL: c.URL}
}

// settled reports whether nothing more is to come.
func settled(all []shop.Check, wanted *shop.Checks) bool {
	for _, c := range all {
		if c.State == shop.CheckPending {
			return false
		}
	}
	return wanted == nil || !slices.ContainsFunc(wanted.Contexts, func(name string) bool {
		return !slices.ContainsFunc(all, func(c shop.Check) bool { return strings.EqualFold(c.Name, name) })
	})
}

// askPulls reads the open pull requests of a tier, and the reviews of the one
// that is about the release.
func (w *World) askPulls(ctx context.Context, q question, pushed bool) error {
	tier := q.tier.Spec.Name
	repo := plan.ReviewedIn(q.tier, q.release)
	query := PullQuery{Base: string(tier)}
	if pushed {
		query.Head = shop.HeadBranch(tier, q.release)
	}
	found := heardPulls{release: q.release, standby: !q.next}
	all, err := w.Forge.Pulls(ctx, repo, query)
	if err == nil {
		found.All = slices.DeleteFunc(all, func(p shop.PullRequest) bool { return !shop.IsHeadBranch(p.Branch, tier) })
		if pull, ok := found.Proposed(tier, q.release); ok && !q.arrived {
			var reviews []shop.Review
			if reviews, err = w.Forge.Reviews(ctx, repo, pull.Number); err == nil {
				found.review(pull.Number, reviews)
			}
		}
	}
	unknown, err := w.heard.excuse(w.Now(), err)
	if err != nil || unknown.silent {
		return err
	}
	found.Unknown = unknown.why
	h := &w.heard
	h.mu.Lock()
	defer h.mu.Unlock()
	found.at = h.looks
	h.pulls[tier] = found
	return nil
}

func (p *heardPulls) review(number int, reviews []shop.Review) {
	for i := range p.All {
		if p.All[i].Number == number {
			p.All[i].Reviews = reviews
		}
	}
}

// excused is an error that is an answer too.
type excused struct {
	silent bool   // it may be over at the next look
	why    string // it will not be over
}

// excuse takes the errors that are part of what is observed. Only a login that
// is wrong ends a look.
func (h *heard) excuse(now time.Time, err error) (excused, error) {
	var f *shop.Fault
	var passing *apply.AgainError
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case err == nil:
		h.silent, h.retryAt = "", time.Time{}
		return excused{}, nil
	case !errors.As(err, &f) || f.Kind == shop.ForgeLogin:
		return excused{}, err
	case errors.As(err, &passing):
		h.silent, h.spent, h.retryAt, h.silence = f.Text, f.Kind == shop.ForgeLimit, time.Time{}, h.looks
		if passing.After > shortSilence {
			h.retryAt = now.Add(passing.After)
		}
		return excused{silent: true}, nil
	}
	return excused{why: f.Text}, nil
}

// shortSilence is what needs no time of day to be told.
const shortSilence = 5 * time.Second

// quiet reports whether the forge is to be left alone: it said until when, or
// it was silent a moment ago.
func (h *heard) quiet(now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.silent == "" {
		return false
	}
	if !h.retryAt.IsZero() {
		return now.Before(h.retryAt)
	}
	return h.looks-h.silence < 2
}

// published notes what was just set, so that it is not set again.
func (h *heard) published(at shop.CheckedCommit, s shop.GateStatus) {
	h.mu.Lock()
	defer h.mu.Unlock()
	c := h.checks[at]
	if c.Gates == nil {
		return // nobody has read the rest of it
	}
	c.Gates = maps.Clone(c.Gates) // a State may hold the old one
	c.Gates[s.Tier] = s
	h.checks[at] = c
}

// says is what shopctl is known to have published on a commit.
func (h *heard) says(at shop.CheckedCommit, tier shop.Tier) (shop.GateStatus, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s, known := h.checks[at].Gates[tier]
	return s, known
}

// saw notes a pull request as it was just answered.
func (h *heard) saw(tier shop.Tier, pull shop.PullRequest) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p, known := h.pulls[tier]
	if !known {
		return
	}
	p.All = slices.DeleteFunc(slices.Clone(p.All), func(o shop.PullRequest) bool {
		return o.Repository == pull.Repository && o.Number == pull.Number
	})
	p.All = append(p.All, pull)
	h.pulls[tier] = p
}
