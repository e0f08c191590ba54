package plan

import (
	"slices"
	"strings"

	"github.com/shopctl/shopctl/internal/shop"
)

// The causes of the checks gate, and of every gate that the forge answers for.
const (
	ForgeSilent    Cause = "forge-silent"
	ForgeSpent     Cause = "forge-spent"
	NotAsked       Cause = "not-asked"
	ChecksUnknown  Cause = "checks-unknown"
	ChecksPassed   Cause = "checks-passed"
	NoChecks       Cause = "no-checks"
	CheckIsRed     Cause = "check-failed"
	CheckIsPending Cause = "check-pending"
	CheckIsMissing Cause = "check-missing"
)

// checksGates judge the checks on the commits of a release: one gate when all
// is well, else one for each check that is not. The configuration's are asked
// for only when its commit moves; a context that the Tier file names has to be
// green wherever it is reported, and reported somewhere.
func checksGates(have shop.State, t shop.TierState, r shop.Release) []Gate {
	wanted := t.Spec.Gates.Checks
	if !have.Forge.There || wanted != nil && !wanted.All && len(wanted.Contexts) == 0 {
		return nil
	}
	g := Gate{Name: "checks", Tier: t.Spec.Name, Release: r}
	var found []Gate
	for _, at := range CheckedFor(t, r) {
		checks, asked := have.Forge.ChecksOf(at.Repository, at.Commit)
		if shut, unknown := unheard(have, g, asked, checks.Unknown, ChecksUnknown); unknown {
			shut.Repository = at.Repository
			return []Gate{shut}
		}
		for _, c := range checks.All {
			if isWanted(wanted, c.Name) {
				found = append(found, checkGate(g, at.Repository, c))
			}
		}
	}
	found = append(found, missing(g, wanted, found)...)
	if closed := Closed(found); len(closed) > 0 {
		return closed
	}
	g.Ready, g.Of = len(found), len(found)
	if g.Status, g.Because = Open, ChecksPassed; len(found) == 0 {
		g.Status, g.Because = Unchecked, NoChecks
	}
	return []Gate{g}
}

// CheckedFor lists the commits whose checks count when a release enters a tier.
func CheckedFor(t shop.TierState, r shop.Release) []shop.CheckedCommit {
	at := []shop.CheckedCommit{{Repository: shop.AppRepository, Commit: r.App}}
	if r.Configuration != "" && r.Configuration != t.Runs.Configuration {
		at = append(at, shop.CheckedCommit{Repository: shop.ConfigurationRepository, Commit: r.Configuration})
	}
	return at
}

// unheard is a gate that is shut because the forge has not answered for it.
func unheard(have shop.State, g Gate, asked bool, unknown string, because Cause) (Gate, bool) {
	g.Status = Unavailable
	switch {
	case have.Forge.Silent != "" && (!asked || unknown != ""):
		g.Because, g.Reason, g.OpensAt = ForgeSilent, have.Forge.Silent, have.Forge.RetryAt
		if have.Forge.Spent {
			g.Because = ForgeSpent
		}
	case !asked:
		g.Because = NotAsked
	case unknown != "":
		g.Because, g.Reason = because, unknown
	default:
		return g, false
	}
	return g, true
}

// isWanted reports whether a check counts; contexts are compared without case.
func isWanted(wanted *shop.Checks, name string) bool {
	return wanted == nil || wanted.All || slices.ContainsFunc(wanted.Contexts, func(c string) bool { return strings.EqualFold(c, name) })
}

func checkGate(g Gate, repo shop.Repository, c shop.Check) Gate {
	g.Repository, g.Check, g.Reason, g.Address = repo, c.Name, c.Text, c.URL
	switch c.State {
	case shop.CheckPassed:
		g.Status, g.Because = Open, ChecksPassed
	case shop.CheckFailed:
		g.Status, g.Because = Refused, CheckIsRed
	default:
		g.Status, g.Because = Pending, CheckIsPending
	}
	return g
}

// missing names the contexts that nobody has reported. They may never come:
// the time limit of the run is the limit of waiting for them.
func missing(g Gate, wanted *shop.Checks, found []Gate) (gates []Gate) {
	if wanted == nil || wanted.All {
		return nil
	}
	for _, c := range wanted.Contexts {
		if !slices.ContainsFunc(found, func(f Gate) bool { return strings.EqualFold(f.Check, c) }) {
			g.Check, g.Status, g.Because = c, Pending, CheckIsMissing
			gates = append(gates, g)
		}
	}
	return gates
}
