package github

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// answer is what came back for one request.
type answer struct {
	status int
	header http.Header
	body   []byte
	write  bool // the request changes something
	graph  bool // it was a GraphQL request: errors come with status 200
	now    time.Time
}

// words are what the body of an error says.
type words struct {
	Message       string            `json:"message"`
	Documentation string            `json:"documentation_url"`
	Errors        []json.RawMessage `json:"errors"`

	text string // Message, and each of Errors, lower case
	show string // the same for people
}

// classify is the only place that reads what an answer means: status, headers
// and body. It gives nil for a success.
func classify(a answer) *Error {
	w := wordsOf(a)
	e := &Error{Status: a.status, Text: clean(w.show)}
	switch {
	case a.graph && a.status/100 == 2:
		if len(w.Errors) == 0 {
			return nil
		}
		e.Kind = kindOfGraph(w)
	case a.status/100 == 2:
		if sso := a.header.Get("X-GitHub-SSO"); !strings.HasPrefix(sso, "partial-results") {
			return nil
		}
		e.Kind, e.Text = SSORequired, "the answer leaves out what needs a single sign-on"
	default:
		e.Kind = kindOf(a, w)
	}
	a.fill(e)
	return e
}

// fill adds what a kind needs: when to try again, where to sign on, which
// permission is missing.
func (a answer) fill(e *Error) {
	switch e.Kind {
	case Unavailable:
		e.RetryAt, e.Uncertain = a.now.Add(a.wait(shortWait)), a.write
	case Limited, Slowed:
		e.RetryAt = a.now.Add(a.wait(slowedWait))
	case Stale, BaseMoved, NotMergeable:
		e.RetryAt = a.now.Add(shortWait)
	case SSORequired:
		e.SSO = ssoAddress(a.header.Get("X-GitHub-SSO"))
	case Forbidden, NotFound:
		e.Permissions = clean(a.header.Get("X-Accepted-GitHub-Permissions"))
	}
}

// wait is what the forge asks for: Retry-After, else the reset when nothing is
// left, else what is given.
func (a answer) wait(otherwise time.Duration) time.Duration {
	if d, ok := retryAfter(a.header); ok {
		return d
	}
	if a.header.Get("X-RateLimit-Remaining") == "0" {
		if d, ok := untilReset(a.header, a.now); ok {
			return d
		}
	}
	return otherwise
}

func kindOf(a answer, w words) Kind {
	switch {
	case a.status == http.StatusForbidden || a.status == http.StatusTooManyRequests:
		return kindOfForbidden(a, w)
	case a.status == http.StatusUnauthorized:
		return Unauthorized
	case a.status == http.StatusNotAcceptable:
		return WrongAddress
	case a.status == http.StatusRequestTimeout || a.status >= 500:
		return Unavailable
	case isPage(a.header):
		return WrongAddress
	case a.status == http.StatusNotFound || a.status == http.StatusGone:
		if w.has("branch not protected") {
			return NotProtected
		}
		return NotFound
	}
	// 405, 409 and 422 say what they mean in words only.
	if k := kindOfWords(w); k != "" {
		return k
	}
	if a.status == http.StatusConflict {
		return Conflict
	}
	return Invalid
}

func kindOfForbidden(a answer, w words) Kind {
	_, asks := retryAfter(a.header)
	switch {
	case w.has("secondary rate limit"), w.has("abuse detection"),
		strings.HasSuffix(w.Documentation, "secondary-rate-limits"), strings.HasSuffix(w.Documentation, "#abuse-rate-limits"):
		return Slowed
	case strings.HasPrefix(a.header.Get("X-GitHub-SSO"), "required"), w.has("saml enforcement"):
		return SSORequired
	case w.has("upgrade to github"):
		return NoPlan
	case w.has("not permitted to create or approve pull requests"):
		return ActionsMayNot
	case w.has("resource not accessible"):
		return Forbidden
	case w.has("rate limit exceeded"), a.header.Get("X-RateLimit-Remaining") == "0":
		return Limited
	case asks, a.status == http.StatusTooManyRequests:
		return Slowed
	}
	return Forbidden
}

// meanings are GitHub's texts, the first that matches. "not allowed" comes
// first: it never passes. An unknown text is Invalid: it is shown, and ends it.
var meanings = []struct {
	text string
	kind Kind
}{
	{"are not allowed on this repository", MethodRefused},
	{"merge method is not allowed", MethodRefused},
	{"through the merge queue", QueueRequired},
	{"merge queue", QueueRequired},
	{"base branch was modified", BaseMoved},
	{"head branch was modified", HeadMoved},
	{"expected head sha didn", HeadMoved}, // an apostrophe of its own follows
	{"head sha can't be blank", Invalid},
	{"is still a draft", Draft},
	{"required status check", Blocked},
	{"at least 1 approving review", Blocked},
	{"approving review", Blocked},
	{"changes must be made through a pull request", RulesRefuse},
	{"repository rule violations found", RulesRefuse},
	{"protected branch update failed", RulesRefuse},
	{"cannot update this protected ref", RulesRefuse},
	{"merge conflict", Conflict},
	{"pull request is not mergeable", NotMergeable},
	{"no commits between", NothingToMerge},
	{"a pull request already exists", PullExists},
	{"proposed base branch", NoBranch},
	{"reference does not exist", NoBranch},
	{"head invalid", NoBranch},
	{"base invalid", NoBranch},
	{"update is not a fast forward", NotFastForward},
	{"reference already exists", NotFastForward},
	{"approve your own pull request", OwnPull},
	{"request changes on your own pull request", OwnPull},
	{"pull request is in clean status", AlreadyClean},
	{"protected branch rules not configured", NoAutoMerge},
	{"auto merge is not allowed", NoAutoMerge},
	{"auto-merge is not allowed", NoAutoMerge},
	{"unstable status", NotMergeable},
}

func kindOfWords(w words) Kind {
	for _, m := range meanings {
		if w.has(m.text) {
			return m.kind
		}
	}
	return ""
}

func kindOfGraph(w words) Kind {
	if k := kindOfWords(w); k != "" {
		return k
	}
	types := w.types()
	switch {
	case strings.Contains(types, "saml_failure"), w.has("saml enforcement"):
		return SSORequired
	case strings.Contains(types, "rate_limit"), w.has("rate limit"):
		return Limited
	case strings.Contains(types, "not_found"):
		return NotFound
	case strings.Contains(types, "forbidden"), strings.Contains(types, "insufficient_scopes"), w.has("resource not accessible"):
		return Forbidden
	}
	return Invalid
}

func wordsOf(a answer) (w words) {
	if isPage(a.header) || json.Unmarshal(a.body, &w) != nil {
		return words{}
	}
	said := []string{}
	if w.Message != "" {
		said = append(said, w.Message)
	}
	for _, raw := range w.Errors {
		if s := detail(raw); s != "" && s != w.Message {
			said = append(said, s)
		}
	}
	w.show = strings.Join(said, "; ")
	w.text = strings.ToLower(w.show)
	return w
}

// detail is one entry of errors: a text, or an object with a message or with
// field and code.
func detail(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var v struct{ Message, Field, Code string }
	if json.Unmarshal(raw, &v) != nil {
		return ""
	}
	if v.Message != "" {
		return v.Message
	}
	return strings.TrimSpace(v.Field + " " + v.Code)
}

// types are the types of GraphQL errors and their extensions, lower case.
func (w words) types() string {
	var all []string
	for _, raw := range w.Errors {
		var v struct {
			Type       string
			Extensions json.RawMessage
		}
		if json.Unmarshal(raw, &v) == nil {
			all = append(all, v.Type, string(v.Extensions))
		}
	}
	return strings.ToLower(strings.Join(all, " "))
}

func (w words) has(text string) bool { return strings.Contains(w.text, text) }

func isPage(h http.Header) bool {
	return strings.HasPrefix(strings.ToLower(h.Get("Content-Type")), "text/html")
}

var ssoURL = regexp.MustCompile(`url=(\S+)`)

// ssoAddress is where the token can be authorised; only https counts.
func ssoAddress(header string) string {
	m := ssoURL.FindStringSubmatch(header)
	if m == nil {
		return ""
	}
	u, err := url.Parse(m[1])
	if err != nil || u.Scheme != "https" || u.User != nil {
		return ""
	}
	return clean(u.String())
}
