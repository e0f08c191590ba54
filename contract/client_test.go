package contract

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/argoproj/argo-cd/v2/pkg/apis/application/v1alpha1"
	"github.com/argoproj/gitops-engine/pkg/health"
	"github.com/argoproj/gitops-engine/pkg/sync/common"
	"github.com/shopctl/shopctl/internal/world/argocd"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
)

var since = time.Date(2026, 11, 20, 10, 42, 0, 0, time.UTC)

// full is an Application in which everything that the client reads says
// something, written with Argo CD's own types.
func full(name string) v1alpha1.Application {
	at := metav1.NewTime(since)
	a := v1alpha1.Application{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "argocd", ResourceVersion: "17",
		Labels: map[string]string{"shopset.dev/system": "prod", "shopset.dev/tier": "tier-1", "shopset.dev/shopset": "s-101",
			"shopset.dev/cluster": "tokyo-a", "shopset.dev/kind": "shopset"}}}
	a.Spec.Project = "prod-tier-1"
	a.Spec.SyncPolicy = &v1alpha1.SyncPolicy{Automated: &v1alpha1.SyncPolicyAutomated{}}
	a.Operation = &v1alpha1.Operation{Sync: &v1alpha1.SyncOperation{Revision: "requested"}}
	a.Status.Sync = v1alpha1.SyncStatus{Status: v1alpha1.SyncStatusCodeSynced, Revision: "compared"}
	a.Status.Health = v1alpha1.HealthStatus{Status: health.HealthStatusDegraded, Message: "web is down", LastTransitionTime: &at}
	a.Status.ReconciledAt = &at
	a.Status.Conditions = []v1alpha1.ApplicationCondition{{Type: "ComparisonError", Message: "no such path"}}
	a.Status.Summary.Images = []string{"storefront:a1b2c3d"}
	a.Status.Resources = []v1alpha1.ResourceStatus{
		{Kind: "Service", Name: "fine", Health: &v1alpha1.HealthStatus{Status: health.HealthStatusHealthy}},
		{Kind: "ConfigMap", Name: "unjudged"},
		{Kind: "Deployment", Namespace: "s-101", Name: "web", Health: &v1alpha1.HealthStatus{Status: health.HealthStatusDegraded, Message: "crash loop"}},
	}
	a.Status.OperationState = &v1alpha1.OperationState{Phase: common.OperationSucceeded, Message: "all synced",
		StartedAt: at, FinishedAt: &at,
		Operation:  v1alpha1.Operation{Sync: &v1alpha1.SyncOperation{Revision: "asked"}},
		SyncResult: &v1alpha1.SyncOperationResult{Revision: "carried-out", Resources: v1alpha1.ResourceResults{{Kind: "Deployment", Name: "web"}}}}
	return a
}

func TestGetReadsEveryField(t *testing.T) {
	s := &server{apps: []v1alpha1.Application{full("prod-s-101")}}
	c := start(t, s)
	a, err := c.Get(t.Context(), "prod-s-101")
	if err != nil {
		t.Fatal(err)
	}
	wantFilled(t, a)
	if a.Revision != "compared" || a.OperationRevision != "carried-out" || !a.HealthSince.Equal(since) || !*a.AutoSync {
		t.Errorf("read %+v", a)
	}
	if len(a.Unhealthy) != 1 || a.Unhealthy[0].Name != "web" {
		t.Errorf("unhealthy objects: %+v", a.Unhealthy)
	}
	if s.bearer != "Bearer canary" {
		t.Errorf("token arrived as %q", s.bearer)
	}
}

// wantFilled fails for each field of the client's Application that stayed
// empty, but for those named: so each JSON field it reads exists in Argo CD.
func wantFilled(t *testing.T, a argocd.Application, but ...string) {
	t.Helper()
	var walk func(path string, v reflect.Value)
	walk = func(path string, v reflect.Value) {
		for _, b := range but {
			if path == b {
				if !v.IsZero() {
					t.Errorf("field %s came, though the list cannot have it", path)
				}
				return
			}
		}
		switch {
		case v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0:
			t.Errorf("field %s stayed empty", path)
		case v.Kind() == reflect.Slice:
			walk(path, v.Index(0))
		case v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[time.Time]():
			for i := range v.NumField() {
				walk(strings.TrimPrefix(path+"."+v.Type().Field(i).Name, "."), v.Field(i))
			}
		}
	}
	walk("", reflect.ValueOf(a))
}

func TestListThroughTheFieldFilter(t *testing.T) {
	other := full("prod-s-999")
	other.Labels = map[string]string{"shopset.dev/tier": "tier-2"}
	s := &server{apps: []v1alpha1.Application{full("prod-s-101"), full("prod-s-102"), other}}
	c := start(t, s)
	lists := []struct {
		name     string
		detail   argocd.Detail
		absent   []string
		revision string
	}{
		{"rows", argocd.Rows, []string{"ResourceVersion", "Revision", "OperationRevision", "OperationMessage",
			"ComparedAt", "Conditions", "AutoSync", "Unhealthy", "Images"}, ""},
		{"operations", argocd.Operations, []string{"ResourceVersion", "Revision", "OperationMessage",
			"ComparedAt", "Conditions", "AutoSync", "Unhealthy", "Images"}, "carried-out"},
		{"whole", argocd.Whole, nil, "carried-out"},
	}
	for _, tt := range lists {
		t.Run(tt.name, func(t *testing.T) {
			var got []argocd.Application
			version, err := c.List(t.Context(), argocd.Query{Selector: map[string]string{"shopset.dev/tier": "tier-1",
				"shopset.dev/system": "prod"}, Projects: []string{"prod-tier-1", "x"}, Detail: tt.detail},
				func(a argocd.Application) error { got = append(got, a); return nil })
			if err != nil {
				t.Fatal(err)
			}
			if version != "4711" || len(got) != 2 || got[1].Name != "prod-s-102" {
				t.Fatalf("version %q, %d applications: %+v", version, len(got), got)
			}
			wantFilled(t, got[0], tt.absent...)
			if got[0].OperationRevision != tt.revision || !got[0].HealthSince.Equal(since) {
				t.Errorf("read %+v", got[0])
			}
			if !reflect.DeepEqual(s.query.Projects, []string{"prod-tier-1", "x"}) {
				t.Errorf("projects arrived as %v", s.query.Projects)
			}
		})
	}
}

// A fresh Application has no status yet: nothing of it may look healthy.
func TestNothingIsGuessed(t *testing.T) {
	bare := v1alpha1.Application{ObjectMeta: metav1.ObjectMeta{Name: "new"}}
	idle := full("idle")
	idle.Operation, idle.Status.OperationState = nil, nil
	running := full("running")
	running.Status.OperationState.FinishedAt, running.Status.OperationState.SyncResult = nil, nil
	c := start(t, &server{apps: []v1alpha1.Application{bare, idle, running}})
	for _, detail := range []argocd.Detail{argocd.Rows, argocd.Operations, argocd.Whole} {
		var got []argocd.Application
		if _, err := c.List(t.Context(), argocd.Query{Detail: detail},
			func(a argocd.Application) error { got = append(got, a); return nil }); err != nil {
			t.Fatal(err)
		}
		if got[0].Health != argocd.HealthUnknown || got[0].Sync != argocd.SyncUnknown || got[0].Phase != "" {
			t.Errorf("detail %d: a bare application reads as %+v", detail, got[0])
		}
		if got[1].Requested || got[1].Phase != "" || !got[1].StartedAt.IsZero() {
			t.Errorf("detail %d: an idle application reads as %+v", detail, got[1])
		}
		if got[2].OperationRevision != "" || !got[2].FinishedAt.IsZero() {
			t.Errorf("detail %d: a running operation reads as %+v", detail, got[2])
		}
	}
}

func TestAnEmptyList(t *testing.T) {
	c := start(t, &server{})
	for _, detail := range []argocd.Detail{argocd.Rows, argocd.Whole} {
		version, err := c.List(t.Context(), argocd.Query{Detail: detail}, func(argocd.Application) error {
			return errors.New("visited")
		})
		if err != nil || version != "4711" {
			t.Errorf("detail %d: version %q, error %v", detail, version, err)
		}
	}
}

func TestWatch(t *testing.T) {
	gone := full("prod-s-102")
	s := &server{apps: []v1alpha1.Application{full("prod-s-101")},
		events: []v1alpha1.ApplicationWatchEvent{{Type: watch.Deleted, Application: gone}}}
	c := start(t, s)
	collect := func(q argocd.Query, version string) ([]argocd.Event, error) {
		var got []argocd.Event
		err := c.Watch(t.Context(), q, version, func(e argocd.Event) error { got = append(got, e); return nil })
		return got, err
	}
	got, err := collect(argocd.Query{Selector: map[string]string{"shopset.dev/tier": "tier-1"}}, "")
	if !errors.Is(err, argocd.Unavailable) {
		t.Errorf("a stream that ended: %v", err)
	}
	if len(got) != 2 || got[0].Type != argocd.Added || got[1].Type != argocd.Deleted {
		t.Fatalf("events %+v", got)
	}
	wantFilled(t, got[0].App, "Unhealthy", "Images")
	if s.query.GetSelector() != "shopset.dev/tier=tier-1" {
		t.Errorf("selector arrived as %q", s.query.GetSelector())
	}

	if got, _ = collect(argocd.Query{Detail: argocd.Whole}, "4711"); len(got) != 1 || got[0].App.Name != "prod-s-102" {
		t.Fatalf("events after 4711: %+v", got)
	}
	wantFilled(t, got[0].App)

	s.streamed = status.Error(codes.Unauthenticated, "token is expired")
	for _, q := range []argocd.Query{{}, {Detail: argocd.Whole}} {
		_, err = collect(q, "4711")
		if !errors.Is(err, argocd.Unauthorized) || !strings.Contains(err.Error(), "token is expired") {
			t.Errorf("a stream that ended with an error: %v", err)
		}
	}
	s.fail = status.Error(codes.PermissionDenied, "permission denied")
	if _, err = collect(argocd.Query{}, ""); !errors.Is(err, argocd.Forbidden) {
		t.Errorf("a stream that never began: %v", err)
	}
}

func TestRefreshAndSync(t *testing.T) {
	s := &server{apps: []v1alpha1.Application{full("prod-s-101")}}
	c := start(t, s)
	for _, mode := range []argocd.RefreshMode{argocd.Normal, argocd.Hard} {
		a, err := c.Refresh(t.Context(), "prod-s-101", mode)
		if err != nil || a.Revision != "compared" || s.query.GetRefresh() != string(mode) {
			t.Errorf("refresh %s arrived as %q: %+v, %v", mode, s.query.GetRefresh(), a, err)
		}
	}
	err := c.Sync(t.Context(), "prod-s-101", argocd.SyncRequest{Revision: "abc", Prune: true, DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	if r := s.synced; r.GetName() != "prod-s-101" || r.GetRevision() != "abc" || !r.GetPrune() || !r.GetDryRun() {
		t.Errorf("sync arrived as %+v", r)
	}
	if err := c.Sync(t.Context(), "prod-s-101", argocd.SyncRequest{}); err != nil {
		t.Fatal(err)
	}
	if r := s.synced; r.GetRevision() != "" || r.GetPrune() || r.GetDryRun() {
		t.Errorf("a plain sync arrived as %+v", r)
	}
}

const manifests = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: prod-tier-0, namespace: argocd, labels: {shopset.dev/kind: root}}
spec: {project: prod-tier-0, source: {repoURL: "https://git.example.com/system.git", targetRevision: tier-0, path: argocd}}
---
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: prod-tier-0}
spec: {sourceRepos: ["https://git.example.com/system.git"]}
`

func TestUpsert(t *testing.T) {
	s := &server{}
	if err := start(t, s).Upsert(t.Context(), []byte(manifests)); err != nil {
		t.Fatal(err)
	}
	if p := s.project; !p.GetUpsert() || p.GetProject().Name != "prod-tier-0" || len(p.GetProject().Spec.SourceRepos) != 1 {
		t.Errorf("the project arrived as %+v", p)
	}
	r := s.created
	if !r.GetUpsert() || r.Application.Name != "prod-tier-0" || r.Application.Spec.Source.Path != "argocd" ||
		r.Application.Labels["shopset.dev/kind"] != "root" {
		t.Errorf("the application arrived as %+v", r)
	}
}

func TestVersionAndUser(t *testing.T) {
	c := start(t, &server{})
	if v, err := c.Version(t.Context()); v != "v2.14.21+gitsha" || err != nil {
		t.Errorf("version %q, %v", v, err)
	}
	if ok, name, err := c.UserInfo(t.Context()); !ok || name != "shopctl" || err != nil {
		t.Errorf("user %v %q, %v", ok, name, err)
	}
}

func TestErrors(t *testing.T) {
	s := &server{}
	c := start(t, s)
	if _, err := c.Get(t.Context(), "nowhere"); !errors.Is(err, argocd.Forbidden) {
		t.Errorf("an unknown application: %v", err)
	}
	for code, want := range map[codes.Code]argocd.Kind{
		codes.Unauthenticated: argocd.Unauthorized, codes.PermissionDenied: argocd.Forbidden, codes.NotFound: argocd.NotFound,
		codes.InvalidArgument: argocd.Invalid, codes.FailedPrecondition: argocd.Invalid, codes.ResourceExhausted: argocd.RateLimited,
		codes.Unavailable: argocd.Unavailable, codes.Internal: argocd.Unavailable, codes.Unknown: argocd.Unavailable,
		codes.DeadlineExceeded: argocd.Unavailable,
	} {
		s.fail = status.Error(code, "the server's words")
		_, get := c.Get(t.Context(), "prod-s-101")
		_, list := c.List(t.Context(), argocd.Query{}, func(argocd.Application) error { return nil })
		sync := c.Sync(t.Context(), "prod-s-101", argocd.SyncRequest{})
		create := c.Upsert(t.Context(), []byte(manifests))
		watch := c.Watch(t.Context(), argocd.Query{}, "", func(argocd.Event) error { return nil })
		for op, err := range map[string]error{"get": get, "list": list, "sync": sync, "create": create, "watch": watch} {
			if !errors.Is(err, want) || !strings.Contains(err.Error(), "the server's words") {
				t.Errorf("%s, code %v: %v, want %q", op, code, err, want)
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Get(ctx, "prod-s-101"); !errors.Is(err, context.Canceled) || errors.Is(err, argocd.Unavailable) {
		t.Errorf("a cancelled request: %v", err)
	}
}
