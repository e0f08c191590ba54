package argocd_test

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopctl/shopctl/internal/world/argocd"
)

func list(c *argocd.Client, t *testing.T, q argocd.Query) ([]argocd.Application, string, error) {
	var got []argocd.Application
	version, err := c.List(t.Context(), q, func(a argocd.Application) error { got = append(got, a); return nil })
	return got, version, err
}

func TestListShapes(t *testing.T) {
	unknown := argocd.Application{Name: "a", Sync: argocd.SyncUnknown, Health: argocd.HealthUnknown}
	with := func(change func(*argocd.Application)) []argocd.Application {
		a := unknown
		change(&a)
		return []argocd.Application{a}
	}
	for _, tt := range []struct {
		name, item string
		want       []argocd.Application
	}{
		{"nothing but a name", `{"metadata":{"name":"a"}}`, []argocd.Application{unknown}},
		{"nulls", `{"metadata":{"name":"a","labels":null},"spec":null,"operation":null,"status":{"sync":null,"health":null,"operationState":null,"conditions":null}}`,
			[]argocd.Application{unknown}},
		{"nulls inside", `{"metadata":{"name":"a","labels":{"shopset.dev/tier":null}},"operation":{"sync":null},"status":{"sync":{"status":null},"health":{"status":null,"lastTransitionTime":null},"operationState":{"phase":null,"startedAt":null,"finishedAt":null,"operation":{"sync":null}}}}`,
			[]argocd.Application{unknown}},
		{"empty words", `{"metadata":{"name":"a"},"status":{"sync":{"status":""},"health":{"status":""}}}`, []argocd.Application{unknown}},
		{"extra fields", `{"zz":[{}],"metadata":{"name":"a","uid":"1","annotations":{"x":"y"}},"status":{"new":{"status":"Healthy"}}}`,
			[]argocd.Application{unknown}},
		{"unknown words", `{"metadata":{"name":"a"},"status":{"sync":{"status":"Drifting"},"health":{"status":"Sleepy"},"operationState":{"phase":"Pausing"}}}`,
			with(func(a *argocd.Application) { a.Sync, a.Health, a.Phase = "Drifting", "Sleepy", "Pausing" })},
		{"unreadable times", `{"metadata":{"name":"a"},"status":{"health":{"lastTransitionTime":"yesterday"},"operationState":{"startedAt":7}}}`,
			[]argocd.Application{unknown}},
		{"healthy", `{"metadata":{"name":"a","namespace":"argocd","labels":{"shopset.dev/tier":"tier-1","shopset.dev/kind":"shops","other":"x"}},"status":{"sync":{"status":"Synced"},"health":{"status":"Healthy","message":"fine\u001b[0m","lastTransitionTime":"2026-11-20T10:42:00Z"},"operationState":{"phase":"Succeeded","startedAt":"2026-11-20T10:40:00Z","finishedAt":"2026-11-20T10:41:00Z"}}}`,
			with(func(a *argocd.Application) {
				a.Namespace, a.Labels = "argocd", argocd.Labels{Tier: "tier-1", Kind: "shops"}
				a.Sync, a.Health, a.Phase, a.HealthMessage = argocd.Synced, argocd.Healthy, argocd.Succeeded, "fine [0m"
				a.StartedAt = time.Date(2026, 11, 20, 10, 40, 0, 0, time.UTC)
				a.FinishedAt, a.HealthSince = a.StartedAt.Add(time.Minute), a.StartedAt.Add(2*time.Minute)
			})},
		{"a sync that was asked for", `{"metadata":{"name":"a"},"operation":{"sync":{"revision":"r"}}}`,
			with(func(a *argocd.Application) { a.Requested = true })},
		{"a result where the request would stand", `{"metadata":{"name":"a"},"status":{"operationState":{"operation":{"sync":{"revision":"r","resources":[{}]}}}}}`,
			with(func(a *argocd.Application) { a.OperationRevision = "r" })},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, body := range []string{
				`{"items":[` + tt.item + `],"metadata":{"resourceVersion":"42"}}`,
				`{"metadata":{"resourceVersion":"42"},"kind":{"deep":[1,{}]},"items":[` + tt.item + `]}` + "\n",
			} {
				got, version, err := list(serve(t, says(200, "application/json", body)), t, argocd.Query{})
				if err != nil || version != "42" {
					t.Fatalf("version %q, %v", version, err)
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
			}
		})
	}
}

func TestKnownWords(t *testing.T) {
	if argocd.Health("Sleepy").Known() != argocd.HealthUnknown || argocd.Health("").Known() != argocd.HealthUnknown ||
		argocd.Healthy.Known() != argocd.Healthy || argocd.Degraded.Known() != argocd.Degraded {
		t.Error("health")
	}
	if argocd.SyncStatus("Drifting").Known() != argocd.SyncUnknown || argocd.Synced.Known() != argocd.Synced {
		t.Error("sync")
	}
	for p, want := range map[argocd.Phase][2]bool{"": {}, "Pausing": {}, argocd.Running: {true, false},
		argocd.Terminating: {true, false}, argocd.Succeeded: {false, true}, argocd.Failed: {false, true}, argocd.Errored: {false, true}} {
		if got := [2]bool{p.Active(), p.Done()}; got != want {
			t.Errorf("phase %q: active, done = %v, want %v", p, got, want)
		}
	}
}

func TestListThatIsNone(t *testing.T) {
	for name, body := range map[string]string{
		"empty": "", "null": "null", "a list": "[]", "cut in an item": `{"items":[{"metadata":{"name":"a"}},{"metada`,
		"cut between items": `{"items":[{"metadata":{"name":"a"}}`, "cut after the items": `{"items":[{"metadata":{"name":"a"}}]`,
		"cut before the end": `{"items":[],"metadata":{}`, "no items but text": `{"items":"x"}`, "an item of text": `{"items":["x"]}`,
		"a null item": `{"items":[null]}`, "no name": `{"items":[{"metadata":{}}]}`, "a name of number": `{"items":[{"metadata":{"name":1}}]}`,
		"garbage": `{"items":[{]}`, "endless item": `{"items":[{"metadata":{"name":"` + strings.Repeat("x", 17<<20) + `"}}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, version, err := list(serve(t, says(200, "application/json", body)), t, argocd.Query{})
			if !errors.Is(err, argocd.Unavailable) || version != "" {
				t.Errorf("version %q, %v", version, err)
			}
		})
	}
}

func TestEmptyLists(t *testing.T) {
	for _, body := range []string{`{"items":null,"metadata":{"resourceVersion":"1"}}`, `{"metadata":{"resourceVersion":"1"},"items":[]}`,
		`{"metadata":{"resourceVersion":"1"}}`} {
		got, version, err := list(serve(t, says(200, "application/json", body)), t, argocd.Query{})
		if len(got) != 0 || version != "1" || err != nil {
			t.Errorf("%s: %v, %q, %v", body, got, version, err)
		}
	}
}

func TestListStopsWithTheVisitor(t *testing.T) {
	stop := errors.New("enough")
	seen := 0
	c := serve(t, says(200, "application/json", `{"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]}`))
	_, err := c.List(t.Context(), argocd.Query{}, func(argocd.Application) error { seen++; return stop })
	if err != stop || seen != 1 {
		t.Errorf("%d seen, %v", seen, err)
	}
}

func TestListQuery(t *testing.T) {
	var asked string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.Query().Encode()
		_, _ = io.WriteString(w, `{}`)
	})
	q := argocd.Query{Selector: map[string]string{"shopset.dev/tier": "tier-1", "shopset.dev/system": "prod"}, Projects: []string{"a", "b"}, Detail: argocd.Whole}
	if _, _, err := list(c, t, q); err != nil {
		t.Fatal(err)
	}
	if want := "projects=a&projects=b&selector=shopset.dev%2Fsystem%3Dprod%2Cshopset.dev%2Ftier%3Dtier-1"; asked != want {
		t.Errorf("asked %s, want %s", asked, want)
	}
	if _, _, err := list(c, t, argocd.Query{}); err != nil || !strings.Contains(asked, "fields=items.metadata.name") ||
		strings.Contains(asked, "operation.sync&") || strings.Contains(asked, "operationState.operation") {
		t.Errorf("asked %s, %v", asked, err)
	}
	if _, _, err := list(c, t, argocd.Query{Detail: argocd.Operations}); err != nil || !strings.HasSuffix(asked, "status.operationState.operation.sync") {
		t.Errorf("asked %s, %v", asked, err)
	}
}

const whole = `{"metadata":{"name":"a","resourceVersion":"9"},"spec":{"project":"p","syncPolicy":{"automated":{}}},"status":{
	"sync":{"status":"OutOfSync","revision":"4e1d9aa"},"conditions":[{"type":"ComparisonError","message":"no path\u0007"}],
	"operationState":{"phase":"Running","message":"one of\nmany","operation":{"sync":{"revision":"asked"}},"syncResult":{"revision":"done"}},
	"summary":{"images":["web:1"]},"resources":[{"kind":"ConfigMap","name":"c"},{"kind":"Service","name":"s","health":{"status":"Healthy"}},
	{"kind":"Deployment","namespace":"n","name":"web","health":{"status":"Degraded","message":"crash loop"}}]}}`

func TestGet(t *testing.T) {
	c := serve(t, says(200, "application/json", whole))
	got, err := c.Get(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	on := true
	want := argocd.Application{Name: "a", ResourceVersion: "9", Sync: argocd.OutOfSync, Revision: "4e1d9aa", Health: argocd.HealthUnknown,
		Phase: argocd.Running, OperationRevision: "done", OperationMessage: "one of many", AutoSync: &on,
		Conditions: []argocd.Condition{{Type: "ComparisonError", Message: "no path"}}, Images: []string{"web:1"},
		Unhealthy: []argocd.Resource{{Kind: "Deployment", Namespace: "n", Name: "web", Health: argocd.Degraded, Message: "crash loop"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	// An operation that has not got to its result was not carried out anywhere.
	c = serve(t, says(200, "application/json", `{"metadata":{"name":"a"},"status":{"operationState":{"phase":"Running","operation":{"sync":{"revision":"asked"}}}}}`))
	if got, err = c.Get(t.Context(), "a"); err != nil || got.OperationRevision != "" {
		t.Errorf("a running operation: %+v, %v", got, err)
	}
}

func TestAutoSync(t *testing.T) {
	on, off := true, false
	for spec, want := range map[string]*bool{`{}`: nil, `{"project":"p"}`: &off, `{"project":"p","syncPolicy":{}}`: &off,
		`{"project":"p","syncPolicy":{"automated":{}}}`: &on, `{"project":"p","syncPolicy":{"automated":{"enabled":false}}}`: &off,
		`{"project":"p","syncPolicy":{"automated":{"enabled":true}}}`: &on} {
		c := serve(t, says(200, "application/json", `{"metadata":{"name":"a"},"spec":`+spec+`}`))
		got, err := c.Get(t.Context(), "a")
		if diff := cmp.Diff(want, got.AutoSync); err != nil || diff != "" {
			t.Errorf("%s: %v %s", spec, err, diff)
		}
	}
}

// A list of any length passes through in little memory, compressed or not.
func TestHugeListInLittleMemory(t *testing.T) {
	const n = 20_000
	sent := 0
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "gzip" {
			t.Error("not asked for gzip")
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		defer func() { _ = z.Close() }()
		_, _ = io.WriteString(z, `{"items":[`)
		for i := range n {
			if i > 0 {
				_, _ = io.WriteString(z, ",")
			}
			k, _ := io.WriteString(z, wholeItem(i))
			sent += k
		}
		_, _ = io.WriteString(z, `],"metadata":{"resourceVersion":"1"}}`)
	})
	var peak uint64
	seen := 0
	_, err := c.List(t.Context(), argocd.Query{Detail: argocd.Whole}, func(argocd.Application) error {
		if seen++; seen%2_000 == 0 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapAlloc)
		}
		return nil
	})
	if err != nil || seen != n {
		t.Fatalf("%d seen, %v", seen, err)
	}
	t.Logf("figure applications=%d bytes=%d live_heap=%d", n, sent, peak)
	if peak > 16<<20 {
		t.Errorf("%d MiB live while listing %d MiB", peak>>20, sent>>20)
	}
}

// rowItem and wholeItem are synthetic Applications as a list has them.
func rowItem(i int) string {
	return fmt.Sprintf(`{"metadata":{"labels":{"shopset.dev/cluster":"tokyo-a","shopset.dev/kind":"shopset","shopset.dev/shopset":"s-%d","shopset.dev/system":"prod","shopset.dev/tier":"tier-%d"},"name":"prod-s-%d","namespace":"argocd"},"status":{"health":{"status":"Healthy","lastTransitionTime":"2026-11-20T10:42:00Z"},"operationState":{"finishedAt":"2026-11-20T10:41:00Z","phase":"Succeeded","startedAt":"2026-11-20T10:40:00Z"},"sync":{"status":"Synced"}}}`, i, i%3, i)
}

func wholeItem(i int) string {
	resource := `{"group":"apps","version":"v1","kind":"Deployment","namespace":"s","name":"web","status":"Synced","health":{"status":"Healthy"}}`
	return strings.TrimSuffix(rowItem(i), "}}") + `,"resources":[` + strings.Repeat(resource+",", 19) + resource + `]}}`
}
