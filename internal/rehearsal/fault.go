package rehearsal

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
)

// FaultKind is something that can be broken, for practice.
type FaultKind struct {
	Name string
	Line string // what it does, in one line
	Tier bool   // it may be aimed at a tier

	quirk string // of the forge
}

// FaultKinds are all faults. Those with a tier strike every tier above tier-0
// unless they are aimed at one.
func FaultKinds() []FaultKind {
	return []FaultKind{
		{"crash-loop", "the next release that was never there crashes: web exits with 1", true, ""},
		{"slow-rollout", "the next rollouts take ten minutes", true, ""},
		{"sync-failed", "the next sync operations fail, the cluster keeps what it has", true, ""},
		{"out-of-sync", "somebody changed the cluster by hand: Argo CD says OutOfSync", true, ""},
		{"comparison-error", "Argo CD cannot build the manifests: sync is Unknown", true, ""},
		{"flapping", "the ShopSets are healthy and degraded in turn, three seconds each", true, ""},
		{"missing", "somebody deleted the ShopSets' resources", true, ""},
		{"route-refused", "the gateway does not take the routes that come or change next", true, ""},
		{"argocd-down", "Argo CD answers 503", false, ""},
		{"argocd-gone", "Argo CD drops every connection", false, ""},
		{"argocd-stale", "Argo CD does not look at git any more", false, ""},
		{"git-down", "the git server answers 503", false, ""},
		{"git-slow", "every answer of the git server takes two seconds longer", false, ""},
		{"red-checks", "the checks of what is pushed or merged next fail", false, ""},
		{"forge-down", "the forge answers 502 with a page of HTML", false, "bad-gateway"},
		{"forge-limit", "the forge's secondary rate limit is reached", false, "secondary-limit"},
		{"forge-stale", "the forge shows what was just written one read later", false, "stale"},
		{"forge-unmerged", "the forge never sees that a push has merged a pull request", false, "merged-never"},
	}
}

// Fault is something broken at a time.
type Fault struct {
	Name string    `json:"name"`
	Tier shop.Tier `json:"tier,omitempty"` // empty: every tier above tier-0
	At   time.Time `json:"at"`
}

// ParseFault reads "crash-loop" or, aimed at a tier, "crash-loop:tier-2".
func ParseFault(s string) (Fault, error) {
	name, tier, aimed := strings.Cut(s, ":")
	kinds := FaultKinds()
	i := slices.IndexFunc(kinds, func(k FaultKind) bool { return k.Name == name })
	if i < 0 {
		return Fault{}, fmt.Errorf("%q is no fault", s)
	}
	f := Fault{Name: name}
	if !aimed {
		return f, nil
	}
	if !kinds[i].Tier {
		return Fault{}, fmt.Errorf("%q cannot be aimed at a tier", name)
	}
	t, err := shop.ParseTier(tier)
	f.Tier = t
	return f, err
}

// String is the form that ParseFault reads.
func (f Fault) String() string {
	if f.Tier != "" {
		return f.Name + ":" + string(f.Tier)
	}
	return f.Name
}

// strikes reports whether the fault concerns the ShopSets of a tier.
func (f Fault) strikes(t shop.Tier) bool {
	if f.Tier != "" {
		return f.Tier == t
	}
	return t.Number() > 0
}

// crashMessage is what the sample application says when it cannot start.
const crashMessage = `web exits with 1 after 3s: KeyError: key not found: "STRIPE_WEBHOOK"`

const (
	failedMessage = `one or more objects failed to apply, reason: Deployment.apps "web" is invalid: ` +
		`spec.template.spec.containers[0].resources.requests: Invalid value: "8Gi": must be less than or equal to memory limit of 4Gi`
	comparisonMessage = "Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = " +
		"kustomize build failed exit status 1: Error: accumulating components: unknown field \"replica\""
	flappingMessage = "web answers 503 on /up: could not connect to the database"
	flappingPeriod  = 3 * time.Second
	slowRollout     = 10 * time.Minute
)

// strikeOperation changes an operation that is being planned.
func strikeOperation(l life, o *operation, faults []Fault, tier shop.Tier) {
	for _, f := range faults {
		if !f.strikes(tier) {
			continue
		}
		switch f.Name {
		case "crash-loop":
			o.Crash = o.Crash || o.Rolls && l.firstNewSince(f.At, o.Target.Pair)
		case "slow-rollout":
			if o.Rolls {
				o.Ready = o.Compared.Add(slowRollout)
			}
		case "sync-failed":
			if o.Target.Pods {
				o.Failed, o.Rolls, o.Ready = failedMessage, false, o.Compared
			}
		}
	}
}

// firstNewSince reports whether gitlinks are the first ones since a time that
// the Application had never run: those that a crash-loop strikes. What ran
// before starts well, so a rollback helps.
func (l life) firstNewSince(at time.Time, pair string) bool {
	victim, known := "", map[string]bool{}
	for _, o := range l.Ops {
		if o.Target.Pair == "" {
			continue
		}
		if !known[o.Target.Pair] && !o.Started.Before(at) && victim == "" {
			victim = o.Target.Pair
		}
		known[o.Target.Pair] = true
	}
	return pair == victim || victim == "" && !known[pair]
}

// strikeView changes how a ShopSet looks while a fault lasts.
func strikeView(v *view, faults []Fault, tier shop.Tier, now time.Time) {
	for _, f := range faults {
		if !f.strikes(tier) || v.Operations == 0 {
			continue
		}
		switch f.Name {
		case "out-of-sync":
			v.Sync = "OutOfSync"
		case "comparison-error":
			v.Sync, v.Revision, v.Condition = "Unknown", "", comparisonMessage
		case "missing":
			v.Sync, v.Health, v.Since, v.Message = "OutOfSync", "Missing", f.At, ""
		case "flapping":
			n := now.Sub(f.At) / flappingPeriod
			v.Health, v.Since, v.Message = "Healthy", f.At.Add(n*flappingPeriod), ""
			if n%2 == 0 {
				v.Health, v.Message = "Degraded", flappingMessage
			}
		}
	}
}

// mended is the life after the faults are gone: what crashed starts at last,
// what was slow goes on at its usual speed, what failed is tried again.
func (l life) mended(now time.Time, seed uint64, name string) life {
	if len(l.Ops) == 0 {
		return l
	}
	l = l.clone()
	o := &l.Ops[len(l.Ops)-1]
	switch {
	case o.Failed != "":
		return l.synced(now, o.Target, seed, name, o.By)
	case o.Crash || o.Rolls && o.Ready.Sub(o.Compared) >= slowRollout && o.Ready.After(now):
		start := now
		if o.Compared.After(now) {
			start = o.Compared
		}
		o.Crash, o.Ready = false, start.Add(between(seed, name+"mended", 400*time.Millisecond, 1400*time.Millisecond))
	}
	return l
}
