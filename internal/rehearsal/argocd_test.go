package rehearsal

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

const rootYAML = `{"metadata":{"name":"shop-%[1]s","labels":{"shopset.dev/kind":"root","shopset.dev/tier":"%[1]s"}},
"spec":{"project":"shop-%[1]s","source":{"repoURL":"%[2]s","path":"argocd","targetRevision":"%[1]s"},"destination":{"namespace":"argocd"},"syncPolicy":{"automated":{"prune":true}}}}`

const childYAML = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop-%[1]s
  namespace: argocd
  labels: {shopset.dev/kind: %[4]s, shopset.dev/tier: tier-1, shopset.dev/shopset: s-101}
spec:
  project: shop-tier-1
  source: {repoURL: %[2]s, path: %[3]s, targetRevision: tier-1}
  destination: {server: "https://kubernetes.default.svc", namespace: s-101}
  syncPolicy: {%[5]s}
`

// scene is an Argo CD over one system repository with ShopSet s-101 on tier-1.
type scene struct {
	t     *testing.T
	clock *Clock
	argo  *ArgoCD
	url   string // of the API
	clone string // a clone of the system repository, on tier-1
	token string
}

func newScene(t *testing.T, change func(*ArgoOptions)) *scene {
	t.Helper()
	dir := t.TempDir()
	bare := filepath.Join(dir, "system.git")
	gitRun(t, dir, "init", "-q", "--bare", "-b", "main", bare)
	s := &scene{t: t, clock: FrozenClock(time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)), token: "secret", clone: filepath.Join(dir, "clone")}
	repo, err := git.OpenBare(bare)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(repo.Close)
	o := ArgoOptions{Clock: s.clock, Token: "secret", ReadToken: "look", Repository: func(string) (Repository, error) { return repo, nil }}
	if change != nil {
		change(&o)
	}
	if s.argo, err = NewArgoCD(o); err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(s.argo.Handler())
	t.Cleanup(h.Close)
	h.Config.ErrorLog = nil
	s.url = h.URL
	gitRun(t, dir, "init", "-q", "-b", "tier-1", s.clone)
	gitRun(t, s.clone, "remote", "add", "origin", bare)
	return s
}

// write commits files to tier-1, moves the gitlink base if asked, and pushes.
func (s *scene) write(base string, files map[string]string) string {
	s.t.Helper()
	for name, text := range files {
		path := filepath.Join(s.clone, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			s.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			s.t.Fatal(err)
		}
		gitRun(s.t, s.clone, "add", name)
	}
	if base != "" {
		gitRun(s.t, s.clone, "update-index", "--add", "--cacheinfo", "160000,"+strings.Repeat(base, 40)+",base")
	}
	gitRun(s.t, s.clone, "commit", "-q", "--allow-empty", "-m", "write")
	gitRun(s.t, s.clone, "push", "-q", "origin", "HEAD:tier-1")
	return gitRun(s.t, s.clone, "rev-parse", "HEAD")
}

// first writes the first state of the tier, and creates the root Application.
func (s *scene) first(policy string) string {
	s.t.Helper()
	id := s.write("a", map[string]string{
		"argocd/s-101.yaml": fmt.Sprintf(childYAML, "s-101", "x", "shopsets/s-101", "shopset", policy) +
			"---\n" + fmt.Sprintf(childYAML, "s-101-shops", "x", "shopsets/s-101/shops", "shops", "automated: {}"),
		"shopsets/s-101/kustomization.yaml": "resources: [../../base]\n",
		"shopsets/s-101/shops/bunko.yaml":   "kind: HTTPRoute\n",
	})
	s.call("POST", "/api/v1/applications?upsert=true", fmt.Sprintf(rootYAML, "tier-1", "x"), http.StatusOK)
	return id
}

func (s *scene) request(method, path, body string) *http.Response {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if s.token != "" {
		r.Header.Set("Authorization", "Bearer "+s.token)
	}
	if method == "POST" {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp
}

func (s *scene) call(method, path, body string, want int) map[string]any {
	s.t.Helper()
	resp := s.request(method, path, body)
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if resp.StatusCode != want {
		s.t.Fatalf("%s %s: %s, want %d\n%s", method, path, resp.Status, want, data)
	}
	out := map[string]any{}
	if err := json.Unmarshal(data, &out); err != nil && want == http.StatusOK {
		s.t.Fatalf("%s %s: %v\n%s", method, path, err, data)
	}
	return out
}

// at finds a value by its path; nil if there is none.
func at(v any, path string) any {
	for step := range strings.SplitSeq(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[step]
	}
	return v
}

// look is sync, revision, health and phase of an Application.
func (s *scene) look(name, query string) string {
	s.t.Helper()
	app := s.call("GET", "/api/v1/applications/"+name+query, "", http.StatusOK)
	rev, _ := at(app, "status.sync.revision").(string)
	op, _ := at(app, "status.operationState.operation.sync.revision").(string)
	return fmt.Sprint(at(app, "status.sync.status"), " ", shop.CommitID(rev).Short(), " ", at(app, "status.health.status"), " ",
		at(app, "status.operationState.phase"), " ", shop.CommitID(op).Short())
}

func (s *scene) want(when, name, query, want string) {
	s.t.Helper()
	if got := s.look(name, query); got != want {
		s.t.Errorf("%s: %s\n got %s\nwant %s", when, name, got, want)
	}
}

func TestArgoFollowsTheBranch(t *testing.T) {
	s := newScene(t, nil)
	v1 := s.first("automated: {}")[:7]
	s.want("at once", "shop-tier-1", "", "Unknown  Missing <nil> ")
	s.clock.Advance(untilWritten)
	s.want("compared", "shop-tier-1", "", "OutOfSync "+v1+" Missing <nil> ")
	s.clock.Advance(untilBegun - untilWritten)
	s.want("begun", "shop-tier-1", "", "OutOfSync "+v1+" Missing Running "+v1)
	s.call("GET", "/api/v1/applications/shop-s-101", "", http.StatusForbidden)
	s.clock.Advance(600*time.Millisecond + untilCompared)
	s.want("the root is synced", "shop-tier-1", "", "Synced "+v1+" Healthy Succeeded "+v1)
	s.clock.Advance(10 * time.Second)
	s.want("all is there", "shop-s-101", "", "Synced "+v1+" Healthy Succeeded "+v1)
	s.want("all is there", "shop-s-101-shops", "", "Synced "+v1+" Healthy Succeeded "+v1)
	synced := s.clock.Now()

	v2 := s.write("b", nil)[:7]
	s.want("nobody looked", "shop-s-101", "", "Synced "+v1+" Healthy Succeeded "+v1)
	s.want("looked", "shop-s-101", "?refresh=normal", "OutOfSync "+v2+" Healthy <nil> ")
	if op := at(s.call("GET", "/api/v1/applications/shop-s-101", "", http.StatusOK), "operation.sync.revision"); op == nil {
		t.Error("no wish to sync")
	}
	s.clock.Advance(untilBegun)
	s.want("begun", "shop-s-101", "", "OutOfSync "+v2+" Healthy Running "+v2)
	if r := at(s.call("GET", "/api/v1/applications/shop-s-101", "", http.StatusOK), "status.operationState.syncResult"); r != nil {
		t.Errorf("it runs, and has the result %v", r)
	}
	s.clock.Advance(s.argo.state.Lives["shop-s-101"].Ops[1].Finished.Sub(s.clock.Now()))
	s.want("done, not compared", "shop-s-101", "", "OutOfSync "+v2+" Healthy Succeeded "+v2)
	if got := at(s.call("GET", "/api/v1/applications/shop-s-101", "", http.StatusOK), "status.reconciledAt"); got != stamp(synced) {
		t.Errorf("done, not compared: compared at %v, want %s", got, stamp(synced))
	}
	s.clock.Advance(untilCompared)
	s.want("compared", "shop-s-101", "", "Synced "+v2+" Progressing Succeeded "+v2)
	s.clock.Advance(2 * time.Second)
	s.want("rolled out", "shop-s-101", "", "Synced "+v2+" Healthy Succeeded "+v2)

	// A shop is added: the ShopSet's revision moves on, without an operation.
	v3 := s.write("", map[string]string{"shopsets/s-101/shops/momiji.yaml": "kind: HTTPRoute\n"})[:7]
	s.want("a shop was added", "shop-s-101", "?refresh=hard", "Synced "+v3+" Healthy Succeeded "+v2)
	s.want("a shop was added", "shop-s-101-shops", "?refresh=normal", "OutOfSync "+v3+" Healthy <nil> ")
	s.clock.Advance(time.Second)
	s.want("its route is there", "shop-s-101-shops", "", "Synced "+v3+" Healthy Succeeded "+v3)
	app := s.call("GET", "/api/v1/applications/shop-s-101-shops", "", http.StatusOK)
	if r, _ := at(app, "status.resources").([]any); len(r) != 2 {
		t.Errorf("%d routes, want 2", len(r))
	}
	if h, _ := at(app, "status.history").([]any); len(h) != 2 {
		t.Errorf("history of %d, want 2", len(h))
	}
}

func TestArgoManualSync(t *testing.T) {
	s := newScene(t, nil)
	v1 := s.first("syncOptions: [CreateNamespace=true]")[:7]
	s.clock.Advance(time.Minute)
	s.want("never synced", "shop-s-101", "", "OutOfSync "+v1+" Missing <nil> ")
	s.token = "look"
	s.call("POST", "/api/v1/applications/shop-s-101/sync", "{}", http.StatusForbidden)
	s.token = "secret"
	s.call("POST", "/api/v1/applications/shop-s-101/sync", "{}", http.StatusOK)
	s.want("wished for", "shop-s-101", "", "OutOfSync "+v1+" Missing <nil> ")
	s.call("POST", "/api/v1/applications/shop-s-101/sync", "{}", http.StatusBadRequest)
	s.clock.Advance(time.Minute)
	s.want("synced by hand", "shop-s-101", "", "Synced "+v1+" Healthy Succeeded "+v1)
	id := s.write("b", nil)
	v2 := id[:7]
	s.argo.Pushed()
	s.clock.Advance(time.Hour)
	s.call("POST", "/api/v1/applications/shop-s-101-shops/sync", `{"revision":"`+strings.Repeat("1", 40)+`"}`, http.StatusBadRequest)
	s.want("behind", "shop-s-101", "", "OutOfSync "+v2+" Healthy Succeeded "+v1)
	s.call("POST", "/api/v1/applications/shop-s-101/sync", `{"revision":"`+id+`"}`, http.StatusOK)
	s.clock.Advance(time.Hour)
	s.want("synced to a revision", "shop-s-101", "", "Synced "+v2+" Healthy Succeeded "+v2)
}

func TestArgoErrorsOfGit(t *testing.T) {
	s := newScene(t, nil)
	s.first("automated: {}")
	s.clock.Advance(time.Minute)
	gitRun(t, s.clone, "rm", "-rq", "shopsets/s-101/shops")
	v2 := s.write("", nil)[:7]
	s.argo.Pushed()
	app := s.call("GET", "/api/v1/applications/shop-s-101-shops", "", http.StatusOK)
	if got := at(app, "status.sync.status"); got != "Unknown" {
		t.Errorf("sync %v, want Unknown", got)
	}
	if got := at(app, "status.sync.revision"); got != nil {
		t.Errorf("nothing was compared, and yet at %v", got)
	}
	conditions, _ := at(app, "status.conditions").([]any)
	if len(conditions) != 1 || !strings.Contains(fmt.Sprint(conditions), "ComparisonError") || !strings.Contains(fmt.Sprint(conditions), "app path does not exist") {
		t.Errorf("conditions %v at %s", conditions, v2)
	}
	// The Application itself goes when its file goes.
	gitRun(t, s.clone, "rm", "-rq", "argocd/s-101.yaml")
	s.write("", map[string]string{"argocd/README.md": "none\n"})
	s.argo.Pushed()
	s.clock.Advance(time.Minute)
	s.argo.Settle()
	s.call("GET", "/api/v1/applications/shop-s-101", "", http.StatusForbidden)
}

// Without shops there is nothing to sync: no operation, ever.
func TestArgoOfNothing(t *testing.T) {
	s := newScene(t, nil)
	s.write("a", map[string]string{
		"argocd/s-101.yaml":             fmt.Sprintf(childYAML, "s-101-shops", "x", "shopsets/s-101/shops", "shops", "automated: {}"),
		"shopsets/s-101/shops/.gitkeep": "",
	})
	s.call("POST", "/api/v1/applications?upsert=true", fmt.Sprintf(rootYAML, "tier-1", "x"), http.StatusOK)
	s.clock.Advance(time.Minute)
	s.argo.Settle()
	v1, _ := at(s.call("GET", "/api/v1/applications/shop-s-101-shops", "", http.StatusOK), "status.sync.revision").(string)
	s.want("no shops", "shop-s-101-shops", "", "Synced "+v1[:7]+" Healthy <nil> ")
	v2 := s.write("", map[string]string{"shopsets/s-101/shops/bunko.yaml": "kind: HTTPRoute\n"})[:7]
	s.argo.Pushed()
	s.clock.Advance(time.Minute)
	s.want("one shop", "shop-s-101-shops", "", "Synced "+v2+" Healthy Succeeded "+v2)
	gitRun(t, s.clone, "rm", "-q", "shopsets/s-101/shops/bunko.yaml")
	v3 := s.write("", nil)[:7]
	s.argo.Pushed()
	s.clock.Advance(time.Minute)
	s.want("the last one left", "shop-s-101-shops", "", "Synced "+v3+" Healthy Succeeded "+v3)
}

func TestArgoAnswersAsTheRealOne(t *testing.T) {
	s := newScene(t, nil)
	s.first("automated: {}")
	s.clock.Advance(time.Minute)
	s.argo.Settle()
	for _, tt := range []struct {
		name, method, path, body, token string
		want                            int
	}{
		{"no token", "GET", "/api/v1/applications", "", "", 401},
		{"wrong token", "GET", "/api/v1/applications", "", "no", 401},
		{"version needs none", "GET", "/api/version", "", "", 200},
		{"login", "POST", "/api/v1/session", `{"username":"demo","password":"secret"}`, "", 200},
		{"wrong password", "POST", "/api/v1/session", `{"username":"demo","password":"guess"}`, "", 401},
		{"who am I", "GET", "/api/v1/session/userinfo", "", "secret", 200},
		{"unknown application", "GET", "/api/v1/applications/nobody", "", "secret", 403},
		{"unknown, with its project", "GET", "/api/v1/applications/nobody?project=x", "", "secret", 404},
		{"sync of an unknown one", "POST", "/api/v1/applications/nobody/sync", "{}", "secret", 403},
		{"project", "POST", "/api/v1/projects", `{"project":{"metadata":{"name":"p"},"spec":{}},"upsert":true}`, "secret", 200},
		{"project again, other", "POST", "/api/v1/projects", `{"project":{"metadata":{"name":"p"},"spec":{"x":1}}}`, "secret", 400},
		{"reader cannot create", "POST", "/api/v1/applications", `{"metadata":{"name":"x"},"spec":{}}`, "look", 403},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := *s
			c.t, c.token = t, tt.token
			c.call(tt.method, tt.path, tt.body, tt.want)
		})
	}
	r, _ := http.NewRequestWithContext(t.Context(), "POST", s.url+"/api/v1/applications/shop-s-101/sync", bytes.NewReader(nil))
	r.Header.Set("Authorization", "Bearer secret")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("POST without content type: %s", resp.Status)
	}
	if got, want := resp.Header.Get("Date"), "Fri, 20 Nov 2026 01:01:00 GMT"; got != want {
		t.Errorf("Date %q, want %q", got, want)
	}
}

func TestArgoListFields(t *testing.T) {
	s := newScene(t, nil)
	v1 := s.first("automated: {}")
	s.clock.Advance(time.Minute)
	s.argo.Settle()
	got := s.call("GET", "/api/v1/applications?selector=shopset.dev/kind%3Dshopset,shopset.dev/tier+in+(tier-1,tier-2)&projects=shop-tier-1&fields="+
		"items.metadata.name,items.metadata.resourceVersion,items.status.sync,items.status.sync.status,items.status.sync.revision,"+
		"items.status.operationState.phase,items.status.operationState.operation.sync", "", http.StatusOK)
	want := []any{map[string]any{
		"metadata": map[string]any{"name": "shop-s-101"},
		"status": map[string]any{
			"sync": map[string]any{"status": "Synced"},
			"operationState": map[string]any{"phase": "Succeeded", "operation": map[string]any{"sync": map[string]any{
				"revision": v1, "source": map[string]any{"repoURL": "x", "path": "shopsets/s-101", "targetRevision": "tier-1"},
			}}},
		},
	}}
	if d := cmp.Diff(want, got["items"]); d != "" {
		t.Errorf("items (-want +got)\n%s", d)
	}
	if v, _ := at(got, "metadata.resourceVersion").(string); v == "" {
		t.Error("the list has no resourceVersion")
	}
	if got := s.call("GET", "/api/v1/applications?projects=other", "", http.StatusOK); got["items"] != nil {
		t.Errorf("another project has %v", got["items"])
	}
}

func TestArgoStream(t *testing.T) {
	s := newScene(t, nil)
	s.first("automated: {}")
	s.clock.Advance(time.Minute)
	s.argo.Settle()
	s.clock.Advance(time.Minute)
	s.argo.Settle()
	list := s.call("GET", "/api/v1/applications", "", http.StatusOK)
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	open := func(query string) func() (kind, name string, app any) {
		r, err := http.NewRequestWithContext(ctx, "GET", s.url+"/api/v1/stream/applications"+query, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer secret")
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = resp.Body.Close() })
		lines := bufio.NewScanner(resp.Body)
		lines.Buffer(nil, 1<<20)
		return func() (string, string, any) {
			if !lines.Scan() {
				t.Fatalf("the stream ended: %v", lines.Err())
			}
			var e struct{ Result map[string]any }
			if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
				t.Fatal(err)
			}
			return e.Result["type"].(string), at(e.Result, "application.metadata.name").(string), e.Result["application"]
		}
	}
	all := open("")
	var first []string
	for range 3 {
		kind, name, _ := all()
		first = append(first, kind+" "+name)
	}
	if d := cmp.Diff([]string{"ADDED shop-s-101", "ADDED shop-s-101-shops", "ADDED shop-tier-1"}, first); d != "" {
		t.Errorf("first events (-want +got)\n%s", d)
	}
	later := open("?selector=shopset.dev/kind%3Dshopset&resourceVersion=" + at(list, "metadata.resourceVersion").(string))
	v1, _ := at(s.call("GET", "/api/v1/applications/shop-s-101", "", http.StatusOK), "status.sync.revision").(string)
	v2 := s.write("b", nil)
	s.argo.Pushed()
	s.argo.mu.Lock()
	o := s.argo.state.Lives["shop-s-101"].Ops[1]
	s.argo.mu.Unlock()
	names := map[any]string{v1: "old", v2: "new", nil: "none"}
	var seen []string
	for _, until := range []time.Time{o.Requested.Add(untilWritten), o.Started, o.Finished, o.Compared, o.Ready, o.Ready} {
		_, name, app := later()
		if name != "shop-s-101" {
			t.Fatalf("event of %s", name)
		}
		seen = append(seen, fmt.Sprint(at(app, "status.sync.status"), " ", names[at(app, "status.sync.revision")], " ", at(app, "status.health.status"), " ",
			at(app, "status.operationState.phase"), ", wish for ", names[at(app, "operation.sync.revision")]))
		s.clock.Advance(until.Sub(s.clock.Now()))
	}
	want := []string{
		"Synced old Healthy <nil>, wish for new", "OutOfSync new Healthy <nil>, wish for new", "OutOfSync new Healthy Running, wish for new",
		"OutOfSync new Healthy Succeeded, wish for none", "Synced new Progressing Succeeded, wish for none", "Synced new Healthy Succeeded, wish for none",
	}
	if d := cmp.Diff(want, seen); d != "" {
		t.Errorf("states (-want +got)\n%s", d)
	}
}

func TestArgoFaults(t *testing.T) {
	promoted := func(s *scene) { s.write("b", nil); s.argo.Pushed(); s.clock.Advance(time.Minute) }
	idle := func(s *scene) { s.clock.Advance(time.Second) }
	for _, tt := range []struct {
		fault string
		then  func(*scene)
		want  string // sync, health, phase and the message of web
	}{
		{"crash-loop", promoted, `Synced Degraded Succeeded ` + crashMessage},
		{"crash-loop", idle, `Synced Healthy Succeeded <nil>`},
		{"crash-loop:tier-2", promoted, `Synced Healthy Succeeded <nil>`},
		{"crash-loop", func(s *scene) { promoted(s); s.write("a", nil); s.argo.Pushed(); s.clock.Advance(time.Minute) }, `Synced Healthy Succeeded <nil>`},
		{"slow-rollout", promoted, `Synced Progressing Succeeded Waiting for rollout to finish: 0 of 6 updated replicas are available...`},
		{"slow-rollout", func(s *scene) { promoted(s); s.clock.Advance(10 * time.Minute) }, `Synced Healthy Succeeded <nil>`},
		{"sync-failed", promoted, `OutOfSync Healthy Failed <nil>`},
		{"out-of-sync", idle, `OutOfSync Healthy Succeeded <nil>`},
		{"comparison-error", idle, `Unknown Healthy Succeeded <nil>`},
		{"flapping", idle, `Synced Degraded Succeeded ` + flappingMessage},
		{"flapping", func(s *scene) { s.clock.Advance(4 * time.Second) }, `Synced Healthy Succeeded <nil>`},
		{"missing", idle, `OutOfSync Missing Succeeded <nil>`},
	} {
		t.Run(tt.fault, func(t *testing.T) {
			s := newScene(t, nil)
			s.first("automated: {}")
			s.clock.Advance(time.Minute)
			s.argo.Settle()
			s.clock.Advance(time.Minute)
			f, err := ParseFault(tt.fault)
			if err != nil {
				t.Fatal(err)
			}
			s.argo.Break(f)
			tt.then(s)
			look := func() string {
				app := s.call("GET", "/api/v1/applications/shop-s-101", "", http.StatusOK)
				var message any
				for _, r := range at(app, "status.resources").([]any) {
					if at(r, "kind") == "Deployment" && at(r, "name") == "web" {
						message = at(r, "health.message")
					}
				}
				return fmt.Sprint(at(app, "status.sync.status"), " ", at(app, "status.health.status"), " ", at(app, "status.operationState.phase"), " ", message)
			}
			if got := look(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			s.argo.Mend()
			s.clock.Advance(time.Minute)
			if got, want := look(), "Synced Healthy Succeeded <nil>"; got != want {
				t.Errorf("mended: got %s, want %s", got, want)
			}
		})
	}
}

func TestArgoServerFaults(t *testing.T) {
	s := newScene(t, nil)
	v1 := s.first("automated: {}")[:7]
	s.clock.Advance(time.Minute)
	s.argo.Settle()
	s.argo.Break(Fault{Name: "argocd-down"})
	s.call("GET", "/api/v1/applications", "", http.StatusServiceUnavailable)
	s.argo.Mend()
	s.argo.Break(Fault{Name: "argocd-gone"})
	if resp, err := http.Get(s.url + "/api/version"); err == nil {
		_ = resp.Body.Close()
		t.Errorf("it answered %s", resp.Status)
	}
	s.argo.Mend()
	s.argo.Break(Fault{Name: "argocd-stale"})
	v2 := s.write("b", nil)[:7]
	s.argo.Pushed()
	s.clock.Advance(time.Minute)
	s.want("stale", "shop-s-101", "?refresh=hard", "Synced "+v1+" Healthy Succeeded "+v1)
	s.argo.Mend()
	s.clock.Advance(time.Minute)
	s.want("mended", "shop-s-101", "", "Synced "+v2+" Healthy Succeeded "+v2)
}

func TestArgoGoesOnAfterARestart(t *testing.T) {
	s := newScene(t, nil)
	s.first("automated: {}")
	s.clock.Advance(time.Minute)
	s.argo.Settle()
	s.argo.Break(Fault{Name: "crash-loop"})
	s.write("b", nil)
	s.argo.Pushed()
	s.clock.Advance(600 * time.Millisecond)
	before := s.call("GET", "/api/v1/applications", "", http.StatusOK)
	state, err := s.argo.State()
	if err != nil {
		t.Fatal(err)
	}
	o := s.argo.options
	o.State = state
	again, err := NewArgoCD(o)
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(again.Handler())
	defer h.Close()
	s.url, s.argo = h.URL, again
	if d := cmp.Diff(before["items"], s.call("GET", "/api/v1/applications", "", http.StatusOK)["items"], cmp.FilterPath(func(p cmp.Path) bool {
		return strings.Contains(p.GoString(), "resourceVersion")
	}, cmp.Ignore())); d != "" {
		t.Errorf("after the restart (-before +after)\n%s", d)
	}
	s.clock.Advance(time.Minute)
	if got := s.look("shop-s-101", ""); !strings.Contains(got, "Degraded") {
		t.Errorf("the crash was forgotten: %s", got)
	}
}

func TestArgoPolls(t *testing.T) {
	s := newScene(t, func(o *ArgoOptions) { o.Poll = time.Second })
	s.first("automated: {}")
	s.clock.Advance(time.Minute)
	s.argo.Settle()
	v2 := s.write("b", nil)[:7]
	s.clock.Advance(time.Second)
	s.argo.Settle()
	s.clock.Advance(untilBegun)
	s.want("polled", "shop-s-101", "", "OutOfSync "+v2+" Healthy Running "+v2)
}

func TestSelector(t *testing.T) {
	labels := map[string]string{"tier": "tier-1", "kind": "shopset"}
	for s, want := range map[string]bool{
		"": true, "tier=tier-1": true, "tier==tier-1,kind!=root": true, "tier in (tier-0, tier-1)": true, "kind": true, "!x": true,
		"tier=tier-2": false, "tier notin (tier-1)": false, "!kind": false, "x": false, "kind,x=y": false,
	} {
		got, err := parseSelector(s)
		if err != nil || got.matches(labels) != want {
			t.Errorf("%q: %v %v, want %v", s, got.matches(labels), err, want)
		}
	}
	if _, err := parseSelector("a=b=c"); err == nil {
		t.Error("a=b=c is read as a selector")
	}
}
