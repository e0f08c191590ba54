package rehearsal

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// argoVersion is the version that the stand-in says it is.
const argoVersion = "v2.14.21+rehearsal"

type argoHandler func(w http.ResponseWriter, r *http.Request)

func argoRoutes(a *ArgoCD) http.Handler {
	mux := http.NewServeMux()
	open := func(pattern string, h argoHandler) { mux.HandleFunc(pattern, h) }
	read := func(pattern string, h argoHandler) { mux.HandleFunc(pattern, a.allowed(false, h)) }
	write := func(pattern string, h argoHandler) { mux.HandleFunc(pattern, a.allowed(true, h)) }

	open("GET /api/version", a.version)
	open("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") })
	open("POST /api/webhook", func(http.ResponseWriter, *http.Request) { a.Pushed() })
	open("POST /api/v1/session", a.login)
	open("GET /api/v1/session/userinfo", a.userinfo)
	read("GET /api/v1/applications", a.list)
	read("GET /api/v1/applications/{name}", a.get)
	read("GET /api/v1/applications/{name}/resource", a.resource)
	read("GET /api/v1/stream/applications", a.stream)
	read("GET /api/v1/projects/{name}", a.project)
	read("GET /api/v1/account/can-i/{resource}/{action}/{subresource...}", a.canI)
	write("POST /api/v1/applications", a.create)
	write("POST /api/v1/applications/{name}/sync", a.syncNow)
	write("POST /api/v1/projects", a.createProject)
	return a.framed(mux)
}

// framed is what holds for every request: the clock in the Date, the faults of
// the server, and Argo CD's guard against forged requests.
func (a *ArgoCD) framed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.Settle()
		a.mu.Lock()
		gone, down := a.broken("argocd-gone"), a.broken("argocd-down")
		a.mu.Unlock()
		if gone {
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("Date", a.options.Clock.Now().Format(http.TimeFormat))
		if down {
			http.Error(w, "upstream connect error or disconnect/reset before headers", http.StatusServiceUnavailable)
			return
		}
		if r.Method != http.MethodGet && r.URL.Path != "/api/webhook" {
			if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
				http.Error(w, "Invalid content type", http.StatusUnsupportedMediaType)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// The names that the stand-in knows its callers by.
const (
	userName      = "demo"
	readerName    = "reader"
	anonymousName = "anonymous"
)

// query is what a list and a stream can be narrowed by.
type query struct {
	name     string
	projects []string
	selector selector
}

func readQuery(r *http.Request) (query, error) {
	v := r.URL.Query()
	s, err := parseSelector(v.Get("selector"))
	return query{name: v.Get("name"), projects: append(v["projects"], v["project"]...), selector: s}, err
}

func (q query) matches(app application) bool {
	return (q.name == "" || q.name == app.Metadata.Name) && q.selector.matches(app.Metadata.Labels) &&
		(len(q.projects) == 0 || slices.Contains(q.projects, app.Spec.Project))
}

func (a *ArgoCD) list(w http.ResponseWriter, r *http.Request) {
	q, err := readQuery(r)
	if err != nil {
		answerError(w, http.StatusInternalServerError, err.Error())
		return
	}
	names, exclude := strings.CutPrefix(r.URL.Query().Get("fields"), "-")
	fields := map[string]bool{}
	for f := range strings.SplitSeq(names, ",") {
		fields[f] = true
	}
	var items []object
	a.mu.Lock()
	now := a.options.Clock.Now()
	for _, name := range sortedKeys(a.state.Applications) {
		if !q.matches(a.state.Applications[name]) {
			continue
		}
		app := a.whole(name, now, names == "" || fields["items.status.resources"] != exclude)
		if names != "" {
			app = selected(app, fields, exclude)
		}
		items = append(items, app)
	}
	version := a.state.Version
	a.mu.Unlock()
	answer(w, object{"metadata": object{"resourceVersion": strconv.Itoa(version)}, "items": items})
}

func (a *ArgoCD) get(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	at := a.options.Clock.Now()
	if refresh := r.URL.Query().Get("refresh"); refresh != "" {
		a.change(func(now time.Time) { at = a.refreshNow(now, name, refresh == "hard") })
	}
	if project := r.URL.Query().Get("project"); project != "" && !a.knows(name) {
		answerError(w, http.StatusNotFound, fmt.Sprintf("applications.argoproj.io %q not found", name))
		return
	}
	a.give(w, name, at)
}

// refreshNow looks at the branch and tells when the status is written: that is
// what the real one answers with, some moments later.
func (a *ArgoCD) refreshNow(now time.Time, name string, hard bool) time.Time {
	l, known := a.state.Lives[name]
	if !known || a.broken("argocd-stale") {
		return now
	}
	if hard {
		l.Seen.Revision = ""
		a.state.Lives[name] = l
	}
	a.refresh(now, name, map[string]gitTips{})
	// Compared once more with the same result; or the moment would never come by itself.
	if l = a.state.Lives[name]; l.SeenAt.Before(now) || a.options.Clock.stands {
		l.SeenAt = now
		a.state.Lives[name], a.dirty = l, true
	}
	a.adopt(now)
	return l.SeenAt
}

func (a *ArgoCD) knows(name string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, ok := a.state.Applications[name]
	return ok
}

// give answers with one Application as it is at a moment. An unknown one is
// forbidden, not missing: so Argo CD keeps names to itself.
func (a *ArgoCD) give(w http.ResponseWriter, name string, at time.Time) {
	if !a.knows(name) {
		answerError(w, http.StatusForbidden, "permission denied")
		return
	}
	a.mu.Lock()
	app := a.whole(name, at, true)
	a.mu.Unlock()
	answer(w, app)
}

func (a *ArgoCD) syncNow(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Revision string
		DryRun   bool
	}
	if !readJSON(w, r, &in) {
		return
	}
	name, who := r.PathValue("name"), a.who(r)
	if !a.knows(name) {
		answerError(w, http.StatusForbidden, "permission denied")
		return
	}
	var err error
	if !in.DryRun {
		a.change(func(now time.Time) { err = a.sync(now, name, in.Revision, who) })
	}
	if err != nil {
		answerError(w, http.StatusBadRequest, err.Error())
		return
	}
	a.give(w, name, a.options.Clock.Now())
}

func (a *ArgoCD) create(w http.ResponseWriter, r *http.Request) {
	var app application
	if !readJSON(w, r, &app) {
		return
	}
	name := app.Metadata.Name
	if name == "" || app.Spec.whole == nil {
		answerError(w, http.StatusBadRequest, "resource name may not be empty")
		return
	}
	app.Root = ""
	upsert := r.URL.Query().Get("upsert") == "true"
	conflict := false
	a.change(func(now time.Time) {
		old, there := a.state.Applications[name]
		if conflict = there && !upsert && digest(string(old.Spec.whole)) != digest(string(app.Spec.whole)); conflict {
			return
		}
		a.state.Applications[name], a.dirty = app, true
		a.refresh(now, name, map[string]gitTips{})
		a.adopt(now)
	})
	if conflict {
		answerError(w, http.StatusBadRequest, "existing application spec is different, use upsert flag to force update")
		return
	}
	a.give(w, name, a.options.Clock.Now())
}

func (a *ArgoCD) createProject(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Project json.RawMessage
		Upsert  bool
	}
	var project struct{ Metadata struct{ Name string } }
	if !readJSON(w, r, &in) {
		return
	}
	if json.Unmarshal(in.Project, &project) != nil || project.Metadata.Name == "" {
		answerError(w, http.StatusBadRequest, "resource name may not be empty")
		return
	}
	conflict := false
	a.change(func(time.Time) {
		old, there := a.state.Projects[project.Metadata.Name]
		if conflict = there && !in.Upsert && string(old) != string(in.Project); !conflict {
			a.state.Projects[project.Metadata.Name], a.dirty = in.Project, true
		}
	})
	if conflict {
		answerError(w, http.StatusBadRequest, "existing project spec is different, use upsert flag to force update")
		return
	}
	answer(w, in.Project)
}

func (a *ArgoCD) project(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	p, ok := a.state.Projects[r.PathValue("name")]
	a.mu.Unlock()
	if !ok {
		answerError(w, http.StatusForbidden, "permission denied")
		return
	}
	answer(w, p)
}

func readJSON(w http.ResponseWriter, r *http.Request, into any) bool {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err == nil && len(body) > 0 {
		err = json.Unmarshal(body, into)
	}
	if err != nil {
		answerError(w, http.StatusBadRequest, err.Error())
		return false
	}
	return true
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the client may have gone: nothing to do about it
}

// answerError answers as grpc-gateway does, with gRPC's code for the status.
func answerError(w http.ResponseWriter, status int, message string) {
	codes := map[int]int{
		http.StatusBadRequest: 9, http.StatusUnauthorized: 16, http.StatusForbidden: 7,
		http.StatusNotFound: 5, http.StatusInternalServerError: 2,
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(object{"error": message, "code": codes[status], "message": message})
}
