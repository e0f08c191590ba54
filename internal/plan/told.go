package plan

import (
	"fmt"
	"slices"

	"github.com/shopctl/shopctl/internal/shop"
)

// told is what the forge is told of closed gates: in English, the reason first,
// as long as the forge takes. It names what holds the release and no figure
// that changes from one look to the next, so that it is said once.
func told(gates []Gate) (shop.GateState, string) {
	closed := Closed(gates)
	shut := slices.IndexFunc(closed, func(g Gate) bool { return tellsShut(g) })
	if shut < 0 {
		for _, g := range closed {
			if g.Status != Pending {
				return shop.GateWaiting, cut(reason(g))
			}
		}
		if len(closed) == 0 {
			return shop.GateWaiting, "not entered yet"
		}
		return shop.GateWaiting, cut(reason(last(closed)))
	}
	return shop.GateShut, cut(reason(closed[shut]))
}

// tellsShut: a freeze, a rejected release, a failed check. All else waits.
func tellsShut(g Gate) bool {
	return g.Because == IsFrozen || g.Status == Refused
}

// last is the gate that opens last of those that open by themselves.
func last(closed []Gate) Gate {
	return slices.MaxFunc(closed, func(a, b Gate) int { return a.OpensAt.Compare(b.OpensAt) })
}

func reason(g Gate) string {
	var text string
	switch g.Because {
	case IsFrozen:
		text = worded("frozen", g)
	case IsPinned, BelowPinned:
		text = worded(fmt.Sprintf("%s is pinned", g.Tier), g)
	case IsRejected:
		text = worded("the release was rejected", g)
	case Soaking, SoakNotBegun:
		text = fmt.Sprintf("soaks on %s", g.Tier)
	case NotProposed, NotApproved:
		text = "waits for an approval"
	case ChangesAsked:
		text = fmt.Sprintf("%s asks for changes", g.By)
	case CheckIsRed:
		text = fmt.Sprintf("%s failed", g.Check)
	case CheckIsPending, CheckIsMissing:
		text = fmt.Sprintf("waits for the check %s", g.Check)
	case NotVerified:
		text = fmt.Sprintf("nobody has verified it on %s", g.Tier)
	case VerifiedBad:
		text = worded(fmt.Sprintf("found bad on %s", g.Tier), g)
	case RollingOut:
		text = fmt.Sprintf("%s still rolls it out", g.Tier)
	case OutsideWindow:
		text = "outside its hours"
	case GateShuts:
		text = fmt.Sprintf("%s says no", g.Name)
	case GateMute, GateNotSet, GateNotAsked:
		text = fmt.Sprintf("%s has not answered", g.Name)
	default:
		text = fmt.Sprintf("%s: %s", g.Name, g.Because)
	}
	if !g.OpensAt.IsZero() {
		text += ", opens " + g.OpensAt.UTC().Format("2006-01-02 15:04 MST")
	}
	return text
}

// worded puts a person's own words first.
func worded(what string, g Gate) string {
	if g.By != "" {
		what += " by " + g.By
	}
	if g.Reason != "" {
		what = g.Reason + ": " + what
	}
	return what
}

func cut(text string) string {
	r := []rune(text)
	if len(r) <= shop.MaxGateText {
		return text
	}
	return string(r[:shop.MaxGateText-1]) + "…"
}
