package world

import (
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/world/argocd"
)

// A sync that has ended well and is shown as out of sync is on its way until it
// was compared; in the same second nobody can tell, so for a moment.
func TestUncompared(t *testing.T) {
	end := acceptanceNoon
	for name, tt := range map[string]struct {
		compared time.Time
		now      time.Duration // since the end
		change   func(*argocd.Application)
		want     bool
	}{
		"compared before":                 {end.Add(-time.Second), time.Minute, nil, true},
		"compared after":                  {end.Add(time.Second), 0, nil, false},
		"in the same second, just now":    {end, comparesWithin - 1, nil, true},
		"in the same second, a while ago": {end, comparesWithin, nil, false},
		"never compared":                  {time.Time{}, 0, nil, false},
		"synced":                          {end, 0, func(a *argocd.Application) { a.Sync = argocd.Synced }, false},
		"failed":                          {end, 0, func(a *argocd.Application) { a.Phase = argocd.Failed }, false},
		"of another revision":             {end, 0, func(a *argocd.Application) { a.Revision = "r2" }, false},
	} {
		a := argocd.Application{Phase: argocd.Succeeded, Sync: argocd.OutOfSync, Revision: "r1", OperationRevision: "r1", FinishedAt: end, ComparedAt: tt.compared}
		if tt.change != nil {
			tt.change(&a)
		}
		if got := uncompared(a, end.Add(tt.now)); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
