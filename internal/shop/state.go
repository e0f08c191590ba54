package shop

import "time"

// Health is the health of a running application, in Argo CD's words.
type Health string

// The healths that Argo CD knows. What is not known is Unknown, never Healthy.
const (
	Healthy       Health = "Healthy"
	Progressing   Health = "Progressing"
	Degraded      Health = "Degraded"
	Suspended     Health = "Suspended"
	Missing       Health = "Missing"
	UnknownHealth Health = "Unknown"
)

// Sync tells whether the cluster has what git asks for, in Argo CD's words.
type Sync string

// The sync states that Argo CD knows.
const (
	Synced      Sync = "Synced"
	OutOfSync   Sync = "OutOfSync"
	UnknownSync Sync = "Unknown"
)

// Phase is how far the last sync operation came; empty when there was none.
type Phase string

// The phases that Argo CD knows.
const (
	Running     Phase = "Running"
	Terminating Phase = "Terminating"
	Failed      Phase = "Failed"
	Errored     Phase = "Error"
	Succeeded   Phase = "Succeeded"
)

// Graph answers questions about commits. Commits never change, so asking is as
// pure as reading a table.
type Graph interface {
	// Contains reports whether descendant is ancestor, or has it in its
	// history. An id that cannot be found is contained by nothing.
	Contains(repo Repository, ancestor, descendant CommitID) bool
}

// State is everything that was observed for a goal at one moment, the clock
// included. Two looks never share a State.
type State struct {
	Now    time.Time
	System string   // the system's name
	Main   CommitID // tip of system@main; the intent below was read there
	List   string   // names the list of all shops there: equal names, equal lists
	Policy Policy
	Tiers  []TierState // lowest first, no gaps
	ArgoCD ArgoCD
	Graph  Graph
	// HasConfiguration tells whether the system has a configuration repository.
	HasConfiguration bool
	// Found is filled for the goals Init and AddTier alone.
	Found Found
	// Fleet is filled for the goals about shops and ShopSets, and for Reconcile
	// as far as moves have to be finished.
	Fleet Fleet
	// Change is filled for the goals ProposeChange and MergeChange alone.
	Change ChangeState
	Forge  Forge
	Asked  Asked
	// Closed is what is closed, filled for the goals Promote, Reconcile, Close, Open and a
	// Look that asks for it.
	Closed []Closed
	// Scene is filled for the goals Close and Open.
	Scene Scene
}

// ArgoCD tells what could be learnt from Argo CD.
type ArgoCD struct {
	None   bool      // the system has none: everything there is unknown
	Silent string    // why it did not answer; empty when it did
	Asked  time.Time // when
}

// TierState is what was observed of one tier.
type TierState struct {
	Spec TierSpec
	// Tips of the tier's branches; empty when there is no such branch.
	App, Configuration, System CommitID

	Runs      Release   // the two gitlinks at System
	Number    int       // of Runs: v128 is 128; 0 before the first
	Brought   CommitID  // the system commit since which Runs stands there without a break
	BroughtAt time.Time // its time
	History   []Carried // what the tier carried, newest first; [0] is Runs

	Rooted bool // Argo CD has the root Application of the tier
	Stale  bool // the branch differs from what the intent asks for Runs
	Edited bool // the tip was not written by shopctl
	Mine   bool // a commit of this very run stands on the branch

	ShopSets []ShopSetState
	Shops    int
	// RoutesBehind are the ShopSets whose routes are not in the cluster as the
	// branch has them; filled for the goals about shops, and for SyncTier.
	RoutesBehind []ShopSetState
}

// Carried is a time during which a tier carried a release.
type Carried struct {
	Number  int
	Release Release
	System  CommitID  // the commit that brought it
	At      time.Time // when
	Until   time.Time // when the next was brought; zero: it still runs
	By      string
	Reason  string
	Goal    Tier     // of a promotion over several tiers: where it is bound
	Risks   []string // that were accepted
	ByHand  bool     // the commit that brought it was not written by shopctl
	// What was last seen of it, recorded by the commit that replaced it.
	Health       Health
	HealthySince time.Time
}

// ShopSetState is what was observed of one ShopSet.
type ShopSetState struct {
	Name     ShopSetID
	Shops    int
	Sync     Sync
	Health   Health
	Phase    Phase
	Revision CommitID  // system commit that Argo CD reports; empty: unknown
	Current  bool      // Revision carries the tier's release and is not older than Brought
	Since    time.Time // of Health, or of the last sync operation's end if that is later
	Message  string    // why it is not healthy, as the application says
	Failure  string    // why the last sync operation failed
	At       CommitID  // revision of the last sync operation
}

// Live reports whether the ShopSet runs exactly what the tier carries, healthy.
func (s ShopSetState) Live() bool {
	return s.Current && s.Sync == Synced && s.Health == Healthy && (s.Phase == "" || s.Phase == Succeeded)
}

// Ready counts the ShopSets that run exactly what the tier carries, healthy.
func (t TierState) Ready() (ready int) {
	for _, s := range t.ShopSets {
		if s.Live() {
			ready++
		}
	}
	return ready
}

// HealthySince is the moment since which all ShopSets run exactly the tier's
// release, healthy; zero when one does not, or when there is none to ask.
func (t TierState) HealthySince() time.Time {
	if len(t.ShopSets) == 0 || t.Ready() < len(t.ShopSets) {
		return time.Time{}
	}
	since := t.BroughtAt
	for _, s := range t.ShopSets {
		if s.Since.After(since) {
			since = s.Since
		}
	}
	return since
}

// healthOrder sorts healths from the worst; an unknown word counts as Unknown.
var healthOrder = map[Health]int{Degraded: 0, Missing: 1, UnknownHealth: 2, Suspended: 3, Progressing: 4, Healthy: 5}

// Health is the worst health of the tier's ShopSets. A tier without any is Unknown.
func (t TierState) Health() Health {
	worst, rank := UnknownHealth, len(healthOrder)
	for _, s := range t.ShopSets {
		r, known := healthOrder[s.Health]
		if !known {
			r = healthOrder[UnknownHealth]
		}
		if r < rank {
			worst, rank = s.Health, r
		}
	}
	if _, known := healthOrder[worst]; !known {
		return UnknownHealth
	}
	return worst
}

// Sync is OutOfSync when a ShopSet does not run the tier's release in full,
// Unknown when nobody can tell.
func (t TierState) Sync() Sync {
	if len(t.ShopSets) == 0 {
		return UnknownSync
	}
	all := Synced
	for _, s := range t.ShopSets {
		switch {
		case s.Sync == OutOfSync || s.Sync == Synced && s.Revision != "" && !s.Current:
			return OutOfSync
		case s.Sync != Synced || s.Revision == "":
			all = UnknownSync
		}
	}
	return all
}

// Tier finds the state of a tier.
func (s State) Tier(t Tier) (TierState, bool) {
	if n := t.Number(); n >= 0 && n < len(s.Tiers) {
		return s.Tiers[n], true
	}
	return TierState{}, false
}

// Top is the highest tier.
func (s State) Top() Tier { return TierAt(len(s.Tiers) - 1) }

// Within reports whether a release is another one, or is contained in it with
// both its commits.
func (s State) Within(r, other Release) bool {
	if r == other {
		return true
	}
	return s.Graph.Contains(AppRepository, r.App, other.App) &&
		(r.Configuration == "" || s.Graph.Contains(ConfigurationRepository, r.Configuration, other.Configuration))
}

// Rejected finds the record that keeps a release out for good.
func (p Policy) RejectedBy(r Release) (Rejected, bool) {
	for _, x := range p.Rejected {
		if x.App == r.App && (x.Configuration == "" || x.Configuration == r.Configuration) {
			return x, true
		}
	}
	return Rejected{}, false
}
