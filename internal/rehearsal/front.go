package rehearsal

import (
	"fmt"
	"html"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/shopctl/shopctl/internal/world/git"
)

// front is the door that customers come through: it answers for every host that
// a route in the cluster has, as the application would, or as closed. The routes
// are those that Argo CD has brought, not those that git asks for.
type front struct {
	argo *ArgoCD

	mu    sync.Mutex
	hosts map[git.ID][]string          // by route
	trees map[string]map[string]git.ID // by folder of routes: the route of each host
}

func newFront(a *ArgoCD) *front {
	return &front{argo: a, hosts: map[git.ID][]string{}, trees: map[string]map[string]git.ID{}}
}

// or parts customers from those who talk to Argo CD: these name the
// loopback address.
func (f *front) or(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		if host == "localhost" || net.ParseIP(host) != nil {
			next.ServeHTTP(w, r)
			return
		}
		f.serve(w, r, strings.ToLower(host))
	})
}

// live is a folder of routes as the cluster has it.
type live struct {
	app, shopSet, tree string
	repo               Repository
}

// live lists what Argo CD has brought.
func (a *ArgoCD) live() (all []live) {
	a.Settle()
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.options.Clock.Now()
	for _, name := range sortedKeys(a.state.Applications) {
		app := a.state.Applications[name]
		if app.kind() != "shops" {
			continue
		}
		ops := a.state.Lives[name].Ops
		for i := len(ops) - 1; i >= 0; i-- {
			if o := ops[i]; !o.Finished.After(now) && o.Failed == "" {
				if repo, err := a.repository(app.Spec.Source.RepoURL); err == nil {
					all = append(all, live{name, app.Metadata.Labels["shopset.dev/shopset"], o.Target.Tree, repo})
				}
				break
			}
		}
	}
	return all
}

var (
	hostname = regexp.MustCompile(`(?m)^ {4}- (?:host: )?"?([a-z0-9*][a-z0-9.-]*\.[a-z0-9.-]+)"?$`)
	endsAt   = regexp.MustCompile(`shopset\.dev/maintenance-until: "([^"]+)"`)
	wordIn   = regexp.MustCompile(`"([0-9a-f]{20})"`)
)

// route finds the route of a host in one folder.
func (f *front) route(l live, host string) (git.ID, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	known, ok := f.trees[l.tree]
	if !ok {
		id, err := git.ParseID(l.tree)
		if err != nil {
			return git.ID{}, false, err
		}
		entries, err := l.repo.Tree(id)
		if err != nil {
			return git.ID{}, false, err
		}
		known = make(map[string]git.ID, len(entries))
		for _, e := range entries {
			hosts, read := f.hosts[e.ID]
			if !read {
				data, err := l.repo.Blob(e.ID)
				if err != nil {
					return git.ID{}, false, err
				}
				for _, m := range hostname.FindAllSubmatch(data, -1) {
					hosts = append(hosts, string(m[1]))
				}
				f.hosts[e.ID] = hosts
			}
			for _, h := range hosts {
				known[h] = e.ID
			}
		}
		f.trees[l.tree] = known
	}
	at, has := known[host]
	return at, has, nil
}

func (f *front) serve(w http.ResponseWriter, r *http.Request, host string) {
	for _, l := range f.argo.live() {
		at, has, err := f.route(l, host)
		if err == nil && has && !f.argo.refuses(l, at) {
			var data []byte
			if data, err = l.repo.Blob(at); err == nil {
				f.answer(w, r, host, l.shopSet, string(data))
				return
			}
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
	}
	http.Error(w, "no route for "+host, http.StatusNotFound)
}

// answer is the application's, unless the route leads to what answers for a
// maintenance.
func (f *front) answer(w http.ResponseWriter, r *http.Request, host, set, route string) {
	w.Header().Set("Date", f.argo.options.Clock.Now().Format(http.TimeFormat))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	closed := endsAt.FindStringSubmatch(route)
	if closed != nil {
		w.Header().Set("Shopset-Maintenance", "until "+closed[1])
	}
	if closed == nil || letIn(r, route) {
		_, _ = fmt.Fprintf(w, "<!doctype html><title>%s</title><p>%s, served by %s\n", html.EscapeString(host), html.EscapeString(host), html.EscapeString(set))
		return
	}
	if until, err := time.Parse(time.RFC3339, closed[1]); err == nil {
		w.Header().Set("Retry-After", until.UTC().Format(http.TimeFormat))
	}
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = fmt.Fprintf(w, "<!doctype html><title>503</title><p>Closed for maintenance. / ただいまメンテナンスのため休止しています。\n")
}

// letIn reports whether somebody has the word of this maintenance.
func letIn(r *http.Request, route string) bool {
	word := wordIn.FindStringSubmatch(route)
	if word == nil {
		return false
	}
	said := []string{r.Header.Get("Shopset-Bypass")}
	if c, err := r.Cookie("shopset_bypass"); err == nil {
		said = append(said, c.Value)
	}
	return slices.Contains(said, word[1])
}
