package argocd_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/world/argocd"
)

// manifest wraps an object as Argo CD does: JSON as a text in JSON.
func manifest(object string) string {
	b, _ := json.Marshal(map[string]string{"manifest": object})
	return string(b)
}

func TestRoute(t *testing.T) {
	noon := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	const head = `{"apiVersion":"gateway.networking.k8s.io/v1","kind":"HTTPRoute","metadata":{"name":"hana","namespace":"shops","generation":2,"creationTimestamp":"2026-11-20T11:00:00Z"`
	for _, tt := range []struct {
		name, body string
		want       argocd.Route
	}{
		{"nobody says anything", head + `}}`, argocd.Route{Generation: 2, Written: noon.Add(-time.Hour)}},
		{"written again, and its status later", head + `,"managedFields":[{"time":"2026-11-20T12:00:00Z"},{"subresource":"status","time":"2026-11-20T13:00:00Z"}]},"status":{"parents":[]}}`,
			argocd.Route{Generation: 2, Written: noon}},
		{"said", head + `},"status":{"parents":[{"controllerName":"x","parentRef":{"name":"web"},"conditions":[{"type":"Accepted","status":"False","reason":"NotAllowedByListeners","message":"no\u001b[0m","observedGeneration":2,"lastTransitionTime":"2026-11-20T12:00:00Z"}]},{"parentRef":{"name":"web","namespace":"other"}}]}}`,
			argocd.Route{Generation: 2, Written: noon.Add(-time.Hour), Parents: []argocd.RouteParent{
				{Controller: "x", Gateway: "shops/web", Conditions: []argocd.RouteCondition{{Type: "Accepted", Status: "False", Reason: "NotAllowedByListeners", Message: "no [0m", Of: 2, Since: noon}}},
				{Gateway: "other/web"}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				q := r.URL.Query()
				if r.URL.Path != "/api/v1/applications/prod-s-001-shops/resource" || q.Get("kind") != "HTTPRoute" || q.Get("group") != "gateway.networking.k8s.io" ||
					q.Get("version") != "v1" || q.Get("namespace") != "shops" || q.Get("resourceName") != "hana" {
					t.Errorf("asked for %s", r.URL)
				}
				_, _ = w.Write([]byte(manifest(tt.body)))
			})
			got, err := c.Route(t.Context(), "prod-s-001-shops", "shops", "hana")
			if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
	for name, bad := range map[string]struct {
		status int
		body   string
		want   argocd.Kind
	}{
		"not in the cluster yet": {400, `{"error":"HTTPRoute gateway.networking.k8s.io hana not found as part of application prod-s-001-shops","code":3}`, argocd.Invalid},
		"another object":         {200, manifest(`{"kind":"HTTPRoute","metadata":{"name":"yuki","namespace":"shops"}}`), argocd.Unavailable},
		"another namespace":      {200, manifest(`{"kind":"HTTPRoute","metadata":{"name":"hana","namespace":"x"}}`), argocd.Unavailable},
		"no object":              {200, manifest(``), argocd.Unavailable},
		"no manifest":            {200, `{}`, argocd.Unavailable},
		"no right":               {403, `{"message":"permission denied"}`, argocd.Forbidden},
	} {
		t.Run(name, func(t *testing.T) {
			c := serve(t, says(bad.status, "application/json", bad.body))
			if r, err := c.Route(t.Context(), "prod-s-001-shops", "shops", "hana"); !errors.Is(err, bad.want) {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
}
