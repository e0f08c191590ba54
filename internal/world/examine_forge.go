package world

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/internal/shop"
)

const subjectForge = "forge"

// examineForge looks at who we are there, at how the repositories are set up,
// and at the rules of every branch: who can write it, who can go round its
// gate, what is missing, and what refuses a promotion.
func (w *World) examineForge(ctx context.Context, f *findings, tiers []shop.TierState) {
	if w.Forge == nil || !w.examineAccount(ctx, f) || len(tiers) == 0 {
		return
	}
	lacking := 0
	for _, repo := range []shop.Repository{shop.AppRepository, shop.ConfigurationRepository, shop.SystemRepository} {
		if w.Repositories[repo] == nil {
			continue
		}
		home, ok := w.examineHome(ctx, f, repo)
		if !ok {
			continue
		}
		branches := []string{}
		if repo == shop.SystemRepository {
			branches = append(branches, strings.TrimPrefix(shop.MainBranch, "refs/heads/"))
		}
		for _, t := range tiers {
			branches = append(branches, string(t.Spec.Name))
		}
		for _, branch := range branches {
			if w.examineBranch(ctx, f, repo, home, branch) {
				lacking++
			}
		}
	}
	if lacking > 0 {
		f.add(shop.Warning, subjectForge, "rules-missing", "n", strconv.Itoa(lacking))
	}
}

func (w *World) examineAccount(ctx context.Context, f *findings) (reached bool) {
	who, err := w.Forge.Who(ctx)
	if err != nil {
		kind, facts := faultFacts(err)
		f.add(shop.Bad, subjectForge, kind, facts...)
		return false
	}
	f.add(shop.Good, subjectForge, "forge", "login", who.Login, "kind", who.Kind)
	if who.Wide {
		f.add(shop.Warning, subjectForge, "forge-wide", "login", who.Login)
	}
	if who.Robot {
		f.add(shop.Warning, subjectForge, "forge-robot", "login", who.Login)
	}
	return true
}

func (w *World) examineHome(ctx context.Context, f *findings, repo shop.Repository) (Home, bool) {
	home, err := w.Forge.Home(ctx, repo)
	if err != nil {
		kind, facts := faultFacts(err)
		f.add(shop.Bad, string(repo), kind, facts...)
		return home, false
	}
	if !home.MayPush {
		f.add(shop.Warning, string(repo), "forge-read-only", "name", home.Name)
	}
	if repo != shop.SystemRepository && home.MergeCommits == Off {
		f.add(shop.Warning, string(repo), "no-merge-commits", "name", home.Name)
	}
	return home, true
}

// What a branch can lack.
const (
	lacksGate     = "gate"     // the status of its tier is not required
	lacksUpdate   = "update"   // everybody who may write may move it
	lacksForce    = "force"    // it can be rewound
	lacksDeletion = "deletion" // it can be deleted
)

// What in the rules of a branch refuses a promotion.
const (
	refusesPull   = "pull-request"
	refusesLinear = "linear"
	refusesSigned = "signed"
	refusesStatus = "status" // another than the gate's
	refusesOthers = "others" // rules that shopctl knows nothing of
)

// examineBranch is one line for each branch: who can write it, who can go round
// its gate, and what is missing. What the token may not see is unknown, never
// absent. lacks reports whether a rule is missing.
func (w *World) examineBranch(ctx context.Context, f *findings, repo shop.Repository, home Home, branch string) (lacks bool) {
	rules, err := w.Forge.Rules(ctx, repo, branch)
	if err != nil {
		kind, facts := faultFacts(err)
		f.add(shop.Warning, string(repo), "rules-unknown", append(facts, "branch", branch, "kind", kind)...)
		return false
	}
	if rules.Impossible {
		f.add(shop.Warning, string(repo), "rules-impossible", "branch", branch, "name", home.Name)
		return false
	}
	b := judgeBranch(repo, branch, rules)
	status := shop.Good
	if len(b.lacks) > 0 || len(b.refuses) > 0 || b.round != "" || home.DeletesHeads == On && slices.Contains(b.lacks, lacksDeletion) {
		status = shop.Warning
	}
	if slices.Contains(b.refuses, refusesPull) {
		status = shop.Bad
	}
	f.add(status, string(repo), "rules", "name", home.Name, "branch", branch, "writers", b.writers, "round", b.round, "gated", yes(b.gated), "byHand", yes(b.byHand),
		"lacks", strings.Join(b.lacks, " "), "refuses", strings.Join(b.refuses, " "), "what", strings.Join(b.what, ", "),
		"unknown", strings.Join(rules.Unknown, "; "), "deletesHeads", yes(home.DeletesHeads == On))
	return len(b.lacks) > 0
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return ""
}

// branchFacts is how a branch is bound.
type branchFacts struct {
	writers string   // who may move it; empty: everybody who may write to the repository
	round   string   // who can go round the gate; empty: nobody
	gated   bool     // a gate is required here and nobody, or only round, can go round
	byHand  bool     // everybody who may write can also set the status by hand
	lacks   []string // of lacks…
	refuses []string // of refuses…
	what    []string // names for them
}

const alsoExempt = ", if they are also "

// nobodyKnows stands for a list that the token may not see.
const nobodyKnows = "?"

func judgeBranch(repo shop.Repository, branch string, rules BranchRules) (b branchFacts) {
	tier := shop.Tier(branch)
	gated := repo != shop.SystemRepository && tier.Number() > 0
	restricted := repo == shop.SystemRepository && tier.Number() >= 0 || gated
	has := map[string]bool{}
	rounds := []string{}
	for _, s := range rules.Sets {
		has[lacksForce] = has[lacksForce] || s.Force
		has[lacksDeletion] = has[lacksDeletion] || s.Deletion
		if s.Update {
			has[lacksUpdate] = true
			b.writers = join(append(slices.Clone(s.Writers), exempted(s)...))
		}
		for _, c := range s.Contexts {
			if t, ours := shop.GateTier(c.Name); ours && t == tier && gated {
				has[lacksGate] = true
				b.byHand = b.byHand || !c.Bound
				rounds = append(rounds, join(exempted(s)))
			} else if gated && !s.Mine {
				b.refuse(refusesStatus, c.Name)
			}
		}
		switch {
		case s.Mine:
		case restricted:
			b.note(s)
		case s.Linear && tier.Number() == 0:
			b.refuse(refusesLinear, "") // nothing comes back by a merge
		}
	}
	if b.gated = has[lacksGate]; b.gated && !slices.Contains(rounds, "") {
		b.round = strings.Join(rounds, alsoExempt) // each set has to be gone round
	}
	for _, need := range []struct {
		what   string
		wanted bool
	}{{lacksGate, gated}, {lacksUpdate, restricted}, {lacksForce, restricted || repo == shop.SystemRepository}, {lacksDeletion, restricted}} {
		if need.wanted && !has[need.what] {
			b.lacks = append(b.lacks, need.what)
		}
	}
	return b
}

// note keeps what refuses a fast-forward push.
func (b *branchFacts) note(s RuleSet) {
	if s.Pull {
		b.refuse(refusesPull, "")
	}
	if s.Linear {
		b.refuse(refusesLinear, "")
	}
	if s.Signed {
		b.refuse(refusesSigned, "")
	}
	for _, other := range s.Others {
		b.refuse(refusesOthers, other)
	}
}

func (b *branchFacts) refuse(why, name string) {
	if !slices.Contains(b.refuses, why) {
		b.refuses = append(b.refuses, why)
	}
	if name != "" && !slices.Contains(b.what, name) {
		b.what = append(b.what, name)
	}
}

// exempted lists who can go round a set.
func exempted(s RuleSet) []string {
	if !s.BypassSeen {
		return []string{nobodyKnows}
	}
	return s.Bypass
}

func join(names []string) string { return strings.Join(names, ", ") }
