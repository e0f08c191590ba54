package forge

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Quirk is something that goes otherwise than hoped.
type Quirk struct {
	Name  string `json:"name"`
	Times int    `json:"times,omitempty"` // 0: until it is mended
}

// QuirkKind is a Quirk that there is.
type QuirkKind struct {
	Name string
	Line string // what it does, in one line
}

// Quirks are all that there are.
func Quirks() []QuirkKind {
	return []QuirkKind{
		{"down", "the forge answers 503 with a page"},
		{"bad-gateway", "the forge answers 502 with a page of HTML"},
		{"primary-limit", "the hourly limit is used up"},
		{"secondary-limit", "the secondary limit is reached"},
		{"limits-429", "limits answer 429 instead of 403"},
		{"limits-untimed", "secondary limits do not say how long to wait"},
		{"limits-undocumented", "secondary limits come without documentation_url"},
		{"base-moved", "merges answer that the base branch was modified"},
		{"mergeable-never", "mergeability stays unknown"},
		{"fresh", "nothing is stale: each read sees each write"},
		{"stale", "the first read after every write is stale"},
		{"merged-at-once", "a push marks its pull request merged at once"},
		{"merged-never", "a push to a branch that is not the default one never marks a pull request merged"},
		{"approved-head", "the head of an approved pull request may be pushed where one is required"},
		{"saml", "the organisation wants the token authorised for single sign-on"},
		{"hidden", "no repository can be seen"},
		{"free-plan", "the plan has no protection of branches"},
		{"workflow-refused", "an App may not push workflow files"},
		{"no-actions-pulls", "Actions may not create or approve pull requests"},
		{"device-slow-down", "logins by device that ask too often are told to slow down"},
		{"ghes", "it is an Enterprise Server: only /api/v3 answers, no limits"},
	}
}

// Break begins a quirk.
func (f *Forge) Break(q Quirk) error {
	if !slices.ContainsFunc(Quirks(), func(k QuirkKind) bool { return k.Name == q.Name }) {
		return fmt.Errorf("%q is no quirk of the forge", q.Name)
	}
	return f.act(func(time.Time) error {
		f.state.Quirks = append(slices.DeleteFunc(f.state.Quirks, func(o Quirk) bool { return o.Name == q.Name }), q)
		f.dirty = true
		return nil
	})
}

// Mend ends quirks; without names all of them.
func (f *Forge) Mend(names ...string) {
	_ = f.act(func(time.Time) error {
		f.state.Quirks = slices.DeleteFunc(f.state.Quirks, func(q Quirk) bool { return len(names) == 0 || slices.Contains(names, q.Name) })
		f.dirty = true
		return nil
	})
}

// Broken are the quirks that last.
func (f *Forge) Broken() []Quirk {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.state.Quirks)
}

func (f *Forge) has(name string) bool {
	return slices.ContainsFunc(f.state.Quirks, func(q Quirk) bool { return q.Name == name })
}

// strike reports whether a quirk is there, and uses it up by one time.
func (f *Forge) strike(name string) bool {
	i := slices.IndexFunc(f.state.Quirks, func(q Quirk) bool { return q.Name == name })
	if i < 0 {
		return false
	}
	if q := &f.state.Quirks[i]; q.Times > 1 {
		q.Times--
	} else if q.Times == 1 {
		f.state.Quirks = slices.Delete(f.state.Quirks, i, i+1)
	}
	f.dirty = true
	return true
}

// Request is a call as a hook sees it.
type Request struct{ Method, Path, Query, Body string }

// Hit is what goes wrong with a call; the zero value is nothing.
type Hit struct {
	Delay  time.Duration
	Status int    // this answer instead of the forge's, which then does nothing
	Text   string // its body
	Header http.Header
	After  bool // the forge does its work before it answers so
	Cut    Cut
}

// Cut says where a connection breaks. With CutAfter the forge has done its work
// and nobody hears of it.
type Cut int

// Where a connection breaks.
const (
	CutNothing Cut = iota
	CutBefore
	CutAfter
)

// Hook is asked before each call what shall go wrong; nil ends it.
func (f *Forge) Hook(hook func(Request) Hit) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hook = hook
}

const page502 = "<html>\n<head><title>502 Bad Gateway</title></head>\n<body>\n<center><h1>502 Bad Gateway</h1></center>\n</body>\n</html>\n"

// enter counts a call in, and asks what shall go wrong with it.
func (f *Forge) enter(q Request) (Hit, func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.meter.running++
	done := func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.meter.running--
	}
	switch {
	case f.strike("down"):
		return Hit{Status: http.StatusServiceUnavailable, Text: strings.ReplaceAll(page502, "502 Bad Gateway", "503 Service Unavailable")}, done
	case f.strike("bad-gateway"):
		return Hit{Status: http.StatusBadGateway, Text: page502}, done
	case f.hook != nil:
		return f.hook(q), done
	}
	return Hit{}, done
}

func (h Hit) pause(ctx context.Context) bool {
	if h.Delay <= 0 {
		return true
	}
	t := time.NewTimer(h.Delay)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// answer is the reply instead of the forge's; no status: there is none.
func (h Hit) answer() reply {
	if h.Status == 0 {
		return reply{}
	}
	r := reply{status: h.Status, text: h.Text, header: http.Header{}}
	for name, values := range h.Header {
		r.header[http.CanonicalHeaderKey(name)] = values
	}
	if h.Text == "" {
		r.body = object{"message": http.StatusText(h.Status)}
	}
	return r
}
