package forge

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// call is one request while it is answered.
type call struct {
	*Forge
	r     *http.Request
	body  []byte
	token Token
	who   Person
	now   time.Time
	root  string // scheme and host
	base  string // path of the API: /api/v3, or none
	repo  *repository
	reply reply
}

// api is the address that paths of the REST API begin with, web that of pages.
func (c *call) api() string { return c.root + c.base }
func (c *call) web() string { return c.root }

// maxBody bounds what is read of a request.
const maxBody = 1 << 20

// ServeHTTP answers REST, GraphQL and the login pages.
func (f *Forge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	q := Request{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Body: string(body)}
	hit, done := f.enter(q)
	defer done()
	if !hit.pause(r.Context()) {
		return
	}
	if hit.Cut == CutBefore {
		panic(http.ErrAbortHandler)
	}
	answer := hit.answer()
	if answer.status == 0 || hit.After {
		done := f.answer(r, body)
		if answer.status == 0 {
			answer = done
		}
	}
	if hit.Cut == CutAfter {
		panic(http.ErrAbortHandler)
	}
	answer.send(w)
}

// answer does what a request asks for.
func (f *Forge) answer(r *http.Request, body []byte) (out reply) {
	_ = f.act(func(now time.Time) error {
		c := &call{Forge: f, body: body, now: now, root: root(r)}
		c.r, c.base = stripped(r)
		out = c.do()
		c.stamp(&out)
		return nil
	})
	return out
}

func root(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

// stripped takes the path of the API away from a request.
func stripped(r *http.Request) (*http.Request, string) {
	for _, base := range []string{"/api/v3", "/api"} {
		if !strings.HasPrefix(r.URL.Path, base+"/") {
			continue
		}
		var inner *http.Request
		http.StripPrefix(base, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { inner = r })).ServeHTTP(nil, r)
		return inner, "/api/v3"
	}
	return r, ""
}

type callKey struct{}

// do asks who it is, what is left of the limits, and then the route.
func (c *call) do() reply {
	if c.r.URL.Path == "/graphql" || c.isPage() {
		c.base = strings.TrimSuffix(c.base, "/v3")
	} else if c.base == "" && c.has("ghes") {
		return refuse(http.StatusNotAcceptable, "Must accept 'application/json'")
	}
	token, known := c.known(c.r)
	if !known {
		return refuse(http.StatusUnauthorized, "Bad credentials")
	}
	c.token = token
	c.who, _ = c.person(token.Login)
	if r := c.limited(); r.status != 0 {
		return r
	}
	c.reply = notFound()
	c.routes.ServeHTTP(silent{}, c.r.WithContext(context.WithValue(c.r.Context(), callKey{}, c)))
	return c.unchanged(c.reply)
}

// silent is where the router writes its own answers, which nobody sees.
type silent struct{}

func (silent) Header() http.Header         { return http.Header{} }
func (silent) WriteHeader(int)             {}
func (silent) Write(b []byte) (int, error) { return len(b), nil }

// stamp is what every answer carries.
func (c *call) stamp(r *reply) {
	*r = r.with("Date", c.now.Format(http.TimeFormat)).with("X-GitHub-Media-Type", "github.v3; format=json").with("Server", "rehearsal")
	switch c.token.Kind {
	case Personal, OAuth:
		*r = r.with("X-OAuth-Scopes", "repo, read:org, workflow")
	}
	c.meterHeaders(r)
}

func (r reply) send(w http.ResponseWriter) {
	for name, values := range r.header {
		w.Header()[name] = values
	}
	switch {
	case r.text != "":
		if w.Header().Get("Content-Type") == "" {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
		}
		w.WriteHeader(r.status)
		_, _ = io.WriteString(w, r.text) // the client may have gone: nothing to do about it
	case r.body == nil:
		w.WriteHeader(r.status)
	default:
		data := r.bytes()
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(len(data)))
		w.WriteHeader(r.status)
		_, _ = w.Write(data)
	}
}

func (r reply) bytes() []byte {
	data, err := json.Marshal(r.body)
	if err != nil {
		return []byte(`{"message":"Server Error"}`)
	}
	return data
}

// read decodes the body of a request.
func (c *call) read(into any) reply {
	if len(c.body) == 0 {
		return reply{}
	}
	if err := json.Unmarshal(c.body, into); err != nil {
		return refuse(http.StatusBadRequest, "Problems parsing JSON")
	}
	return reply{}
}
