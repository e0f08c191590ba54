package github

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// Kind is what went wrong, as far as a caller has to choose by it:
//
//	errors.Is(err, github.HeadMoved)
type Kind string

// The kinds. Those that may be over at another try have a RetryAt.
const (
	// Unavailable: no network, no answer in time, 5xx, or an answer that cannot
	// be read. Nothing is known.
	Unavailable Kind = "no usable answer"
	// Limited: the calls of this hour are used up.
	Limited Kind = "rate limit"
	// Slowed: too many requests at once, GitHub's secondary limit.
	Slowed Kind = "secondary rate limit"
	// Stale: the answer is older than what is known already.
	Stale Kind = "the answer lags behind"
	// BaseMoved: the base branch moved during a merge.
	BaseMoved Kind = "the base branch moved"
	// NotMergeable: the forge says so; it may be about to find out better.
	NotMergeable Kind = "not mergeable"

	// Unauthorized: no token, or one that is wrong or has expired.
	Unauthorized Kind = "not logged in, or the login has expired"
	// Forbidden: the token may not do this; Permissions names what it needs.
	Forbidden Kind = "no right"
	// SSORequired: the organisation wants the token authorised, at the address SSO.
	SSORequired Kind = "the organisation wants a single sign-on"
	// ActionsMayNot: the repository does not let a workflow's own token do this.
	ActionsMayNot Kind = "workflows may not do this here"
	// NoPlan: the forge's plan does not have this for a private repository.
	NoPlan Kind = "the plan does not have this"
	// NotFound: there is no such thing, or the token may not see it.
	NotFound Kind = "not found or no access"
	// NotProtected: no classic rule protects the branch. A ruleset still may.
	NotProtected Kind = "no classic protection"
	// WrongAddress: what answers there is no REST API.
	WrongAddress Kind = "not the address of the API"
	// Renamed: a request that changes something was sent to an old address.
	Renamed Kind = "the repository has another address"

	// NothingToMerge: head has no commit that base has not.
	NothingToMerge Kind = "no commits between base and head"
	// PullExists: there is a pull request of this head and base.
	PullExists Kind = "the pull request exists"
	// NoBranch: a branch or ref of the request does not exist.
	NoBranch Kind = "no such branch"
	// HeadMoved: the head is not the commit that was meant.
	HeadMoved Kind = "the head branch moved"
	// Conflict: the merge has conflicts.
	Conflict Kind = "conflict"
	// Blocked: a check, a review or a rule is missing, and Text says which.
	Blocked Kind = "blocked"
	// Draft: the pull request is a draft.
	Draft Kind = "draft"
	// MethodRefused: this way to merge is switched off here.
	MethodRefused Kind = "merge method not allowed"
	// QueueRequired: only the merge queue merges here.
	QueueRequired Kind = "merge queue required"
	// AlreadyClean: there is nothing to wait for, merge it now.
	AlreadyClean Kind = "can be merged now"
	// NoAutoMerge: the repository, or the branch, has no auto-merge.
	NoAutoMerge Kind = "no auto-merge"
	// OwnPull: nobody approves a pull request of their own.
	OwnPull Kind = "own pull request"
	// RulesRefuse: a rule of the branch refuses the change of a ref.
	RulesRefuse Kind = "refused by rules"
	// NotFastForward: the ref has moved to something else.
	NotFastForward Kind = "not a fast-forward"
	// Invalid: refused as it stands; repeating it is no use.
	Invalid Kind = "refused"
)

// Error makes a Kind a target for errors.Is.
func (k Kind) Error() string { return string(k) }

// Error is an answer of the forge that is no success, or the lack of one. No
// part of it holds a control character or a token.
type Error struct {
	Kind        Kind
	Op          string    // what was being done: merge pull request
	Status      int       // HTTP status, 0 without an answer
	Text        string    // the forge's own words; may be empty
	RetryAt     time.Time // not before; zero: trying again is no use
	Uncertain   bool      // a change was sent and its result is not known: look first
	SSO         string    // where to authorise the token
	Permissions string    // what the token would need, from X-Accepted-GitHub-Permissions
	Err         error     // the cause below, if there is one
}

// Error names what was being done, the kind and the forge's words.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Op != "" {
		b.WriteString(e.Op + ": ")
	}
	b.WriteString(string(e.Kind))
	if e.Status != 0 {
		fmt.Fprintf(&b, " (%d)", e.Status)
	}
	if e.Text != "" {
		b.WriteString(": " + e.Text)
	}
	if e.SSO != "" {
		b.WriteString(" (authorise the token at " + e.SSO + ")")
	}
	if e.Permissions != "" {
		b.WriteString(" (it needs: " + e.Permissions + ")")
	}
	return b.String()
}

// Is reports whether target is the error's kind.
func (e *Error) Is(target error) bool { return target == e.Kind }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Passing reports whether it may be over at another try.
func (e *Error) Passing() bool { return !e.RetryAt.IsZero() }

const maxText = 2000 // characters kept of one text

// clean makes text of a server safe to print on a terminal: every control and
// format character becomes a space, and it is cut at maxText characters.
func clean(s string) string {
	n := 0
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		n++
		switch {
		case n > maxText:
			return -1
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == '\u2028', r == '\u2029':
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD")))
}
