package plan

import (
	"fmt"

	"github.com/shopctl/shopctl/internal/shop"
)

// promote goes hop by hop: what the tier below carried and proved moves up, the
// app repository first and the system repository last.
func promote(g shop.Promote, have shop.State) ([]Op, error) {
	if _, err := unedited(have, g.To); err != nil {
		return nil, err
	}
	if g.To.Number() == 0 {
		return nil, &Stop{Why: LowestTier, Tier: g.To}
	}
	var ops []Op
	for n := g.From.Number() + 1; n <= g.To.Number(); n++ {
		hop, err := hop(g, have, shop.TierAt(n))
		if err != nil {
			return nil, err
		}
		ops = append(ops, hop...)
	}
	return ops, nil
}

// hop brings the release into one tier.
func hop(g shop.Promote, have shop.State, tier shop.Tier) ([]Op, error) {
	t, err := unedited(have, tier)
	if err != nil {
		return nil, err
	}
	r := g.Release
	last := tier == g.To
	hand := handStep(g.Sync)
	if t.Runs == r || have.Within(r, t.Runs) {
		ops := refreshed(have, t)
		if last && g.Unpin && t.Spec.Pin != nil {
			if t.Mine {
				return nil, &Stop{Why: Superseded, Tier: tier, Release: r, By: t.Spec.Pin.By}
			}
			ops = []Op{lifted(have, t, fmt.Sprintf("%s: promote %s", tier, named(t, r)), g.Reason)}
		}
		if last && g.NoWait {
			return append(append(ops, nudge(have, t, len(ops) > 0)...), concluded(have, t)...), nil
		}
		if !last && t.Runs != r {
			return append(ops, concluded(have, t)...), nil
		}
		wait, err := arrival(have, t, r, hand, g.Grace)
		return append(append(ops, wait...), concluded(have, t)...), err
	}
	if t.Mine {
		return nil, &Stop{Why: Superseded, Tier: tier, Release: r, By: latest(t).By}
	}
	var ops []Op
	gates := Skip(t.Spec, Gates(have, tier, r, g.Unpin && last), g.Skip)
	if closed := Closed(gates); len(closed) > 0 {
		if err := skipped(have, tier, r); err != nil && tier.Number() == g.From.Number()+1 {
			return nil, err
		}
		ops = append(ops, publication(have, t, r, gates)...)
		ops = append(ops, proposal(t, r, gates)...)
		ops = append(ops, AwaitGates{Tier: tier, Release: r, Gates: gates})
	}
	moves, err := moves(have, t, r)
	if err != nil {
		return nil, err
	}
	for i, op := range moves {
		move := op.(MoveBranch)
		move.Release, move.Gates = r, gates
		moves[i] = move
	}
	ops = append(ops, moves...)
	below, _ := tier.Below()
	b, _ := have.Tier(below)
	w := write(have, t, r)
	w.Gates, w.Below = gates, b.System
	w.App, w.Configuration = ahead(have, shop.AppRepository, t.App, r.App), ahead(have, shop.ConfigurationRepository, t.Configuration, r.Configuration)
	sys := WriteSystem{Tiers: []TierWrite{w}, Title: fmt.Sprintf("%s: promote %s", tier, named(t, r)), Reason: g.Reason, Main: have.Main, Risks: append(shop.RisksOf(g.Risks, tier), skipRisks(gates)...)}
	if g.To.Number()-g.From.Number() > 1 {
		sys.Goal = g.To
	}
	if last && g.Unpin && t.Spec.Pin != nil {
		sys.Edits = []shop.Edit{{Kind: shop.KindTier, Name: string(tier), Field: "pin"}}
		sys.Lifts = t.Spec.Pin.Release
	}
	ops = append(ops, sys)
	if last && g.NoWait {
		return append(append(ops, nudge(have, t, true)...), concludes(have, t, r)...), nil
	}
	wait, err := arrival(have, t, r, hand, g.Grace)
	return append(append(ops, wait...), concludes(have, t, r)...), err
}

// refreshed brings a tier in line that carries the release already while its
// files lag behind the intent.
func refreshed(have shop.State, t shop.TierState) []Op {
	if !t.Stale {
		return nil
	}
	return []Op{WriteSystem{Tiers: []TierWrite{write(have, t, t.Runs)}, Title: fmt.Sprintf("%s: follow the intent", t.Spec.Name), Main: have.Main}}
}

// lifted takes the pin away from a tier that carries what it shall already, or
// something newer: nothing enters, and nothing goes back.
func lifted(have shop.State, t shop.TierState, title, reason string) Op {
	return WriteSystem{
		Edits: []shop.Edit{{Kind: shop.KindTier, Name: string(t.Spec.Name), Field: "pin"}},
		Tiers: []TierWrite{write(have, t, t.Runs)},
		Lifts: t.Spec.Pin.Release,
		Title: title, Reason: reason, Main: have.Main,
	}
}

// moves fast-forwards the branches that do not have the release yet.
func moves(have shop.State, t shop.TierState, r shop.Release) (ops []Op, err error) {
	for _, b := range []struct {
		repo     shop.Repository
		tip, new shop.CommitID
	}{{shop.AppRepository, t.App, r.App}, {shop.ConfigurationRepository, t.Configuration, r.Configuration}} {
		switch {
		case b.new == "" || have.Graph.Contains(b.repo, b.new, b.tip):
		case b.tip != "" && !have.Graph.Contains(b.repo, b.tip, b.new):
			return nil, &Stop{Why: Diverged, Tier: t.Spec.Name, Repository: b.repo, Commit: b.tip, Release: r}
		default:
			ops = append(ops, MoveBranch{Repository: b.repo, Tier: t.Spec.Name, To: b.new, From: b.tip})
		}
	}
	return ops, nil
}

// ahead is the tip that a branch has after a fast-forward to an id, or the tip
// it has if that is further.
func ahead(have shop.State, repo shop.Repository, tip, to shop.CommitID) shop.CommitID {
	if to == "" || tip != "" && have.Graph.Contains(repo, to, tip) {
		return tip
	}
	return to
}

// skipped says whether the release never was on the tier below.
func skipped(have shop.State, tier shop.Tier, r shop.Release) error {
	below, _ := tier.Below()
	b, _ := have.Tier(below)
	if _, carried := evidence(b, r); b.Runs == r || carried {
		return nil
	}
	return &Stop{Why: TierSkipped, Tier: tier, Release: r}
}

func latest(t shop.TierState) shop.Carried {
	if len(t.History) == 0 {
		return shop.Carried{}
	}
	return t.History[0]
}

// Choose settles which release a promotion takes when none is named: with one
// hop what the tier below runs; over several, the release that an earlier run
// of the same promotion began with, else what the lowest tier of it runs.
// newer names a release that the lowest tier runs and that is not taken.
func Choose(have shop.State, g shop.Promote) (r shop.Release, newer shop.Release, err error) {
	if _, err := tierFor(have, g.To); err != nil {
		return r, newer, err
	}
	from, ok := have.Tier(g.From)
	if !ok {
		return r, newer, &Stop{Why: UnknownTier, Tier: g.From}
	}
	to, _ := have.Tier(g.To)
	for n := g.To.Number() - 1; n > g.From.Number(); n-- {
		t := have.Tiers[n]
		c := latest(t)
		if c.Goal != "" && c.Goal.Number() >= g.To.Number() && !have.Within(c.Release, to.Runs) {
			if from.Runs != c.Release && have.Within(c.Release, from.Runs) {
				newer = from.Runs
			}
			return c.Release, newer, nil
		}
	}
	return from.Runs, newer, nil
}

// named is a release as a commit's first line calls it: the number that it has
// on the tier, or gets there, and its short commit.
func named(t shop.TierState, r shop.Release) string {
	newest := 0
	for _, c := range t.History {
		if c.Release == r {
			return fmt.Sprintf("v%d (%s)", c.Number, r.Short())
		}
		newest = max(newest, c.Number)
	}
	return fmt.Sprintf("v%d (%s)", newest+1, r.Short())
}
