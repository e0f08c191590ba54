package argocd

import (
	"encoding/json"
	"time"
)

// answer is the JSON of an Application, as far as it is read. Its field names
// are checked against Argo CD's own types by the module contract/.
type answer struct {
	Metadata struct {
		Name            string `json:"name"`
		Namespace       string `json:"namespace"`
		ResourceVersion string `json:"resourceVersion"`
		Labels          Labels `json:"labels"`
	} `json:"metadata"`
	Spec struct {
		SyncPolicy *struct {
			Automated *struct {
				Enabled *bool `json:"enabled"` // Argo CD 3 only
			} `json:"automated"`
		} `json:"syncPolicy"`
		Project *string `json:"project"` // always there in a spec that was not filtered
	} `json:"spec"`
	Operation *struct {
		Sync json.RawMessage `json:"sync"`
	} `json:"operation"`
	Status struct {
		Sync struct {
			Status   string `json:"status"`
			Revision string `json:"revision"`
		} `json:"sync"`
		Health         health          `json:"health"`
		ReconciledAt   instant         `json:"reconciledAt"`
		OperationState *operationState `json:"operationState"`
		Conditions     []struct {
			Type    string `json:"type"`
			Message string `json:"message"`
		} `json:"conditions"`
		Resources []struct {
			Kind      string  `json:"kind"`
			Namespace string  `json:"namespace"`
			Name      string  `json:"name"`
			Health    *health `json:"health"`
		} `json:"resources"`
		Summary struct {
			Images []string `json:"images"`
		} `json:"summary"`
	} `json:"status"`
}

type health struct {
	Status             string  `json:"status"`
	Message            string  `json:"message"`
	LastTransitionTime instant `json:"lastTransitionTime"`
}

type operationState struct {
	Phase      string  `json:"phase"`
	Message    string  `json:"message"`
	StartedAt  instant `json:"startedAt"`
	FinishedAt instant `json:"finishedAt"`
	SyncResult *struct {
		Revision string `json:"revision"`
	} `json:"syncResult"`
	Operation struct {
		Sync *struct {
			Revision string `json:"revision"`
		} `json:"sync"`
	} `json:"operation"`
}

// instant is a time; one that cannot be read is no time, not an error of the
// whole list.
type instant struct{ time.Time }

// UnmarshalJSON reads RFC 3339.
func (i *instant) UnmarshalJSON(b []byte) error {
	var t time.Time
	if t.UnmarshalJSON(b) == nil && string(b) != "null" {
		i.Time = t
	}
	return nil
}

// row makes an Application of an answer. In a filtered list Argo CD puts the
// *result* of the last sync where the request of it would stand, under
// operationState.operation.sync (2.14, pkg/apiclient/application/forwarder_overwrite.go).
func (a *answer) row(in interner, filtered bool) Application {
	m, s := &a.Metadata, &a.Status
	app := Application{
		Name: in.text(m.Name), Namespace: in.text(m.Namespace), ResourceVersion: in.text(m.ResourceVersion),
		Labels: Labels{System: in.text(m.Labels.System), Tier: in.text(m.Labels.Tier),
			ShopSet: in.text(m.Labels.ShopSet), Cluster: in.text(m.Labels.Cluster), Kind: in.text(m.Labels.Kind)},
		Sync: SyncUnknown, Revision: in.text(s.Sync.Revision),
		Health: HealthUnknown, HealthMessage: in.text(s.Health.Message), HealthSince: s.Health.LastTransitionTime.Time,
		ComparedAt: s.ReconciledAt.Time,
		Requested:  a.Operation != nil && len(a.Operation.Sync) > 0 && string(a.Operation.Sync) != "null",
		AutoSync:   a.autoSync(),
	}
	if s.Sync.Status != "" {
		app.Sync = SyncStatus(in.text(s.Sync.Status))
	}
	if s.Health.Status != "" {
		app.Health = Health(in.text(s.Health.Status))
	}
	if op := s.OperationState; op != nil {
		app.Phase, app.OperationMessage = Phase(in.text(op.Phase)), in.text(op.Message)
		app.StartedAt, app.FinishedAt = op.StartedAt.Time, op.FinishedAt.Time
		result := op.SyncResult
		if filtered {
			result = op.Operation.Sync
		}
		if result != nil {
			app.OperationRevision = in.text(result.Revision)
		}
	}
	for _, c := range s.Conditions {
		app.Conditions = append(app.Conditions, Condition{Type: in.text(c.Type), Message: in.text(c.Message)})
	}
	app.Unhealthy = a.unhealthy(in)
	for _, image := range s.Summary.Images {
		app.Images = append(app.Images, in.text(image))
	}
	return app
}

func (a *answer) unhealthy(in interner) []Resource {
	var list []Resource
	for _, r := range a.Status.Resources {
		// An object without health, a ConfigMap say, is not judged by Argo CD.
		if r.Health == nil || r.Health.Status == "" || Health(r.Health.Status) == Healthy {
			continue
		}
		list = append(list, Resource{Kind: in.text(r.Kind), Namespace: in.text(r.Namespace), Name: in.text(r.Name),
			Health: Health(in.text(r.Health.Status)), Message: in.text(r.Health.Message)})
	}
	return list
}

func (a *answer) autoSync() *bool {
	if a.Spec.Project == nil {
		return nil
	}
	p := a.Spec.SyncPolicy
	on := p != nil && p.Automated != nil && (p.Automated.Enabled == nil || *p.Automated.Enabled)
	return &on
}
