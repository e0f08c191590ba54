package contract

import (
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"testing"

	"github.com/argoproj/argo-cd/v2/pkg/apis/application/v1alpha1"
	"github.com/shopctl/shopctl/internal/rehearsal"
)

// What the rehearsal world answers is an Application as Argo CD's own types
// have it: no field of its own making, and every word one that Argo CD has.
func TestTheRehearsalWorldHasNoFieldsOfItsOwn(t *testing.T) {
	world, err := rehearsal.Create(t.Context(), filepath.Join(t.TempDir(), "world"), rehearsal.Options{Shops: 4, Tiers: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = world.Stop() })
	healths := wordsOf(t, "github.com/argoproj/gitops-engine/pkg/health", "HealthStatusCode")
	syncs := wordsOf(t, "github.com/argoproj/argo-cd/v2/pkg/apis/application/v1alpha1", "SyncStatusCode")
	phases := append(wordsOf(t, "github.com/argoproj/gitops-engine/pkg/sync/common", "OperationPhase"), "")
	for _, fault := range []string{"none", "crash-loop:tier-0", "sync-failed:tier-0", "comparison-error:tier-0", "missing:tier-0"} {
		if err := world.Break(fault); err != nil {
			t.Fatal(err)
		}
		list := applicationsOf(t, world)
		if len(list.Items) == 0 {
			t.Fatal("no applications")
		}
		for _, a := range list.Items {
			for _, word := range []struct {
				of   string
				is   string
				from []string
			}{{"health", string(a.Status.Health.Status), healths}, {"sync", string(a.Status.Sync.Status), syncs}, {"phase", phaseOf(a), phases}} {
				if !slices.Contains(word.from, word.is) {
					t.Errorf("%s: %s of %s is %q, which Argo CD does not say", fault, word.of, a.Name, word.is)
				}
			}
			if a.Spec.Source == nil || a.Spec.Source.TargetRevision == "" || a.Labels["shopset.dev/kind"] == "" {
				t.Errorf("%s: read %+v", a.Name, a.Spec)
			}
		}
		if _, err := world.Merge(t.Context(), rehearsal.Change{}); err != nil {
			t.Fatal(err)
		}
	}
}

func phaseOf(a v1alpha1.Application) string {
	if a.Status.OperationState == nil {
		return ""
	}
	return string(a.Status.OperationState.Phase)
}

func applicationsOf(t *testing.T, world *rehearsal.World) v1alpha1.ApplicationList {
	t.Helper()
	var list v1alpha1.ApplicationList
	read(t, world, world.ArgoURL()+"/api/v1/applications", &list)
	return list
}

// read asks the rehearsal world's Argo CD and takes no field that there is not.
func read(t *testing.T, world *rehearsal.World, address string, into any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+world.Token())
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	d := json.NewDecoder(resp.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		rest, _ := io.ReadAll(d.Buffered())
		t.Fatalf("%v near %.200s", err, rest)
	}
}
