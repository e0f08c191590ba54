package shop

import "fmt"

// Fault is what went wrong outside, in words that a person can act on. The
// World translates every error of git and of Argo CD into one.
type Fault struct {
	Kind       FaultKind
	Repository Repository // empty: Argo CD, or none in particular
	Address    string     // without user, password or token
	Tier       Tier
	Text       string // what the other side said, cleaned; or what is wrong
	Err        error  // the cause, for the log
}

// FaultKind is the kind of a fault.
type FaultKind string

// The kinds.
const (
	Unreachable   FaultKind = "unreachable"    // no network, no answer, 5xx
	Busy          FaultKind = "busy"           // others keep writing, or a limit of the server
	NotLoggedIn   FaultKind = "not-logged-in"  // wrong or missing credentials
	NoRight       FaultKind = "no-right"       // logged in, not allowed
	NoRepository  FaultKind = "no-repository"  // nothing there, or hidden
	NotAtomic     FaultKind = "not-atomic"     // the server cannot push all or nothing
	Protected     FaultKind = "protected"      // a rule of the server refused the push
	NoIntent      FaultKind = "no-intent"      // the system repository holds no system
	OtherSystem   FaultKind = "other-system"   // it holds another one
	BrokenRule    FaultKind = "broken-rule"    // a write would break an invariant, named in Text
	ArgoCDFault   FaultKind = "argocd"         // Argo CD did not do it
	ArgoCDNoLogin FaultKind = "argocd-login"   // Argo CD wants a login
	AmbiguousID   FaultKind = "ambiguous"      // a short id names several commits
	NoIdentity    FaultKind = "no-identity"    // nobody to sign the commits
	DoesNotBuild  FaultKind = "does-not-build" // base or configuration cannot be built
)

func (f *Fault) Error() string {
	where := f.Address
	if where == "" {
		where = string(f.Repository)
	}
	text := f.Text
	if text == "" && f.Err != nil {
		text = f.Err.Error()
	}
	return fmt.Sprintf("%s %s: %s", f.Kind, where, text)
}

func (f *Fault) Unwrap() error { return f.Err }

// Finding is one line of doctor.
type Finding struct {
	Subject string // what was looked at: app, configuration, system, argocd, tier-1 …
	Status  FindingStatus
	Topic   string            // which check; the sentence is chosen by it
	Facts   map[string]string // what the sentence needs
}

// FindingStatus is how a check ended.
type FindingStatus string

// The statuses. Only Bad makes doctor fail.
const (
	Good    FindingStatus = "ok"
	Warning FindingStatus = "warning"
	Bad     FindingStatus = "bad"
)
