package shop

import (
	"fmt"
	"time"
)

// Fault is what went wrong outside, in words that a person can act on. The
// World translates every error of git and of Argo CD into one.
type Fault struct {
	Kind       FaultKind
	Repository Repository // empty: Argo CD, or none in particular
	Address    string     // without user, password or token
	Tier       Tier
	Text       string // what the other side said, cleaned; or what is wrong
	// RetryAt is when trying again may help, in the other side's words; zero: it did not say.
	RetryAt time.Time
	Rules   []PushRule // of Protected: each rule that refused the push
	Err     error      // the cause, for the log
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
	ForgeSilent   FaultKind = "forge-silent"   // the forge gives no usable answer
	ForgeLimit    FaultKind = "forge-limit"    // its calls are used up for a while
	ForgeLogin    FaultKind = "forge-login"    // it wants a login, or another one
	ForgeRight    FaultKind = "forge-right"    // the token may not do it
	ForgeMissing  FaultKind = "forge-missing"  // not there, or hidden
	ForgeHolds    FaultKind = "forge-holds"    // a check, a review or a rule is missing, named in Text
	ForgeRefused  FaultKind = "forge-refused"  // it refused for good, and says why in Text
)

// OfForge reports whether the forge, apart from git, is what went wrong.
func (f *Fault) OfForge() bool {
	switch f.Kind {
	case ForgeSilent, ForgeLimit, ForgeLogin, ForgeRight, ForgeMissing, ForgeHolds, ForgeRefused:
		return true
	}
	return false
}

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

// PushRule is a rule of a branch that refused a push.
type PushRule struct {
	Kind PushRuleKind
	Name string // context of a status
	Text string // the forge's words
}

// PushRuleKind is what a rule wants.
type PushRuleKind string

// The kinds.
const (
	RulePull     PushRuleKind = "pull-request"  // changes come through pull requests
	RuleUpdate   PushRuleKind = "update"        // only who is exempt may move the branch
	RuleWriter   PushRuleKind = "writer"        // the branch has a list of who may push
	RuleForce    PushRuleKind = "force"         // no rewinding
	RuleStatus   PushRuleKind = "status"        // a status that is not green
	RuleGate     PushRuleKind = "gate"          // shopctl's own, which this run had set
	RuleReview   PushRuleKind = "review"        // an approving review
	RuleSigned   PushRuleKind = "signed"        // signed commits
	RuleLinear   PushRuleKind = "linear"        // no merge commits
	RuleWorkflow PushRuleKind = "workflow-file" // the token may not write workflow files
	RuleOther    PushRuleKind = "other"
)

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
