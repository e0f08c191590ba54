package argocd

import "time"

// Application is what one answer says of one Application. A field that the
// answer did not hold has its zero value, and Sync and Health say Unknown then:
// nothing is ever guessed. All text is free of control characters.
type Application struct {
	Name, Namespace string
	Labels          Labels
	ResourceVersion string // not in a list of Rows

	Sync SyncStatus // Unknown when the answer has none
	// Revision is the commit that was compared last, status.sync.revision. A list
	// of Rows or Operations never has it, nor has an Application of several sources.
	Revision string

	Health        Health // Unknown when the answer has none
	HealthMessage string
	HealthSince   time.Time // when the health became what it is

	// ComparedAt is when the branch was last compared. Before an operation's end:
	// its effect is not in Sync and Health yet. A comparison because an object
	// changed does not move it. Not in lists of Rows or Operations.
	ComparedAt time.Time

	// Requested reports that a sync is wished for or goes on. A wish takes away all
	// that is known of the operation before it: Phase and the fields below are
	// empty until it begins.
	Requested bool
	Phase     Phase // empty: no operation yet
	// OperationRevision is the commit that the last operation was carried out at.
	// It can be older than the commit compared last: Argo CD runs no operation for
	// a commit that changes nothing in this Application.
	OperationRevision     string
	OperationMessage      string // not in lists of Rows or Operations
	StartedAt, FinishedAt time.Time

	Conditions []Condition // not in lists of Rows or Operations
	AutoSync   *bool       // nil: not in this answer

	Unhealthy []Resource // only from whole objects; Health neither Healthy nor absent
	Images    []string   // only from whole objects
}

// Labels are the labels shopset.dev/* that every generated Application carries.
type Labels struct {
	System  string `json:"shopset.dev/system"`
	Tier    string `json:"shopset.dev/tier"`
	ShopSet string `json:"shopset.dev/shopset"`
	Cluster string `json:"shopset.dev/cluster"`
	Kind    string `json:"shopset.dev/kind"` // root, shopset, shops
}

// Condition is what Argo CD complains of, such as ComparisonError.
type Condition struct{ Type, Message string }

// Resource is one object of an Application that is not healthy.
type Resource struct {
	Kind, Namespace, Name string
	Health                Health
	Message               string
}

// SyncStatus is Argo CD's word for whether the cluster holds what git says. A
// word that this client does not know is kept as it came; use Known to decide.
type SyncStatus string

// The words of Argo CD 2.14 and 3.
const (
	Synced      SyncStatus = "Synced"
	OutOfSync   SyncStatus = "OutOfSync"
	SyncUnknown SyncStatus = "Unknown"
)

// Known is the status itself, or SyncUnknown for a word not listed here.
func (s SyncStatus) Known() SyncStatus {
	switch s {
	case Synced, OutOfSync:
		return s
	}
	return SyncUnknown
}

// Health is Argo CD's word for the health of an Application or of an object in
// it. A word that this client does not know is kept as it came; use Known to decide.
type Health string

// The words of Argo CD 2.14 and 3.
const (
	Healthy       Health = "Healthy"
	Progressing   Health = "Progressing"
	Degraded      Health = "Degraded"
	Suspended     Health = "Suspended"
	Missing       Health = "Missing"
	HealthUnknown Health = "Unknown"
)

// Known is the health itself, or HealthUnknown for a word not listed here.
func (h Health) Known() Health {
	switch h {
	case Healthy, Progressing, Degraded, Suspended, Missing:
		return h
	}
	return HealthUnknown
}

// Phase is Argo CD's word for how far an operation is. A word that this client
// does not know is neither active nor done.
type Phase string

// The words of Argo CD 2.14 and 3; the empty phase means no operation.
const (
	Running     Phase = "Running"
	Terminating Phase = "Terminating"
	Succeeded   Phase = "Succeeded"
	Failed      Phase = "Failed"
	Errored     Phase = "Error"
)

// Active reports whether the operation still runs.
func (p Phase) Active() bool { return p == Running || p == Terminating }

// Done reports whether the operation ended, well or badly.
func (p Phase) Done() bool { return p == Succeeded || p == Failed || p == Errored }
