package argocd

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Kind is what went wrong, as far as a caller has to choose by it:
//
//	errors.Is(err, argocd.Forbidden)
type Kind string

// The kinds of errors.
const (
	// Unavailable: no network, no answer in time, 5xx, or an answer that cannot
	// be read. Nothing is known; asking again later may help.
	Unavailable Kind = "no usable answer"
	// Unauthorized: no token, or one that has expired.
	Unauthorized Kind = "not logged in, or the login has expired"
	// Forbidden: Argo CD says the same when the right is missing and when there
	// is no such Application.
	Forbidden Kind = "no right, or no such application"
	// NotFound: there is no such thing.
	NotFound Kind = "not found"
	// Invalid: the request was refused as it stands; repeating it is no use.
	Invalid Kind = "refused"
	// RateLimited: too many requests; see RetryAfter.
	RateLimited Kind = "too many requests"
)

// Error makes a Kind a target for errors.Is.
func (k Kind) Error() string { return string(k) }

// Error is an answer of Argo CD that is no success, or the lack of one. No part
// of it holds a control character or a token.
type Error struct {
	Kind       Kind
	Op         string        // what was being done: list applications
	App        string        // the Application or project; empty for a list
	Status     int           // HTTP status, 0 without an answer
	Message    string        // the server's own words; may be empty
	RetryAfter time.Duration // what the server asks to wait; 0: it does not say
	Err        error         // the cause below, if there is one
}

// Error names what was being done, to which Application, the kind and the
// server's words.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	if e.App != "" {
		fmt.Fprintf(&b, " %q", e.App)
	}
	b.WriteString(": " + string(e.Kind))
	if e.Status != 0 {
		fmt.Fprintf(&b, " (%d)", e.Status)
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	return b.String()
}

// Is reports whether target is the error's kind.
func (e *Error) Is(target error) bool { return target == e.Kind }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

func kindOf(status int) Kind {
	switch {
	case status == 401:
		return Unauthorized
	case status == 403:
		return Forbidden
	case status == 404:
		return NotFound
	case status == 429:
		return RateLimited
	case status == 408 || status >= 500:
		return Unavailable
	case status >= 400:
		return Invalid
	}
	return Unavailable
}

const maxMessage = 2000 // characters kept of one text

// clean makes text of a server safe to print on a terminal: every control and
// format character becomes a space, and it is cut at maxMessage characters.
func clean(s string) string {
	if isPlain(s) {
		return strings.TrimSpace(s)
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	n := 0
	s = strings.Map(func(r rune) rune {
		n++
		switch {
		case n > maxMessage:
			return -1
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == '\u2028', r == '\u2029':
			return ' '
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// isPlain reports the common case, which needs no copy.
func isPlain(s string) bool {
	if len(s) > maxMessage {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' || s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
