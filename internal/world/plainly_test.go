package world

import (
	"testing"

	"github.com/shopctl/shopctl/internal/world/argocd"
)

func TestPlainly(t *testing.T) {
	for said, want := range map[string]string{
		"Waiting for rollout to finish: 2 out of 6 new replicas have been updated...":                "web: 2 of 6 processes are new",
		"Waiting for rollout to finish: 1 old replicas are pending termination...":                   "web: old processes that have to end: 1",
		"Waiting for rollout to finish: 4 of 6 updated replicas are available...":                    "web: 4 of 6 new processes are ready",
		"Waiting for rollout to finish: observed deployment generation less than desired generation": "web: not begun yet",
		`Deployment "web" exceeded its progress deadline`:                                            "web: not ready in time",
		"Deployment is paused":                                                                       "web: paused by hand",
		"Waiting for statefulset spec update to be observed...":                                      "web: not begun yet",
		"Waiting for 2 pods to be ready...":                                                          "web: processes that are not ready: 2",
		"Waiting for partitioned roll out to finish: 1 out of 3 new pods have been updated...":       "web: 1 of 3 processes are new",
		"waiting for statefulset rolling update to complete 1 pods at revision web-5d4f...":          "web: new processes: 1",
		`Waiting for daemon set "web" rollout to finish: 1 out of 3 new pods have been updated...`:   "web: 1 of 3 processes are new",
		`Waiting for daemon set "web" rollout to finish: 1 of 3 updated pods are available...`:       "web: 1 of 3 new processes are ready",
		"Waiting for rollout to finish: observed daemon set generation less than desired generation": "web: not begun yet",
		// Words of the application, whatever they are about.
		`web exits with 1 after 3s: KeyError: key not found: "pods"`: `web exits with 1 after 3s: KeyError: key not found: "pods"`,
		"could not reach 2 of 3 updated replicas":                    "could not reach 2 of 3 updated replicas",
		"": "",
	} {
		if got := plainly(argocd.Resource{Name: "web", Message: said}); got != want {
			t.Errorf("%q:\n got %q\nwant %q", said, got, want)
		}
	}
}
