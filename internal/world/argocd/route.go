package argocd

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// Route is an HTTPRoute as it stands in the cluster: what the gateways say of it.
// Argo CD 2.14 does not judge a route's health, so it is read from its status.
type Route struct {
	Generation int64     // grows with each change of what is asked for
	Written    time.Time // when what is asked for was written last; zero: unknown
	Parents    []RouteParent
}

// RouteParent is what one controller says of a route at one gateway.
type RouteParent struct {
	Controller string
	Gateway    string // namespace/name
	Conditions []RouteCondition
}

// RouteCondition is one thing that is said of a route, in the words of the
// Gateway API.
type RouteCondition struct {
	Type    string // Accepted, ResolvedRefs
	Status  string // True, False, Unknown
	Reason  string
	Message string
	Of      int64     // the generation that it was said of; 0: it does not say
	Since   time.Time // when the status became what it is
}

// The condition by which a gateway says whether it has taken a route, its words,
// and the reason that says that nobody has looked yet.
const (
	Accepted      = "Accepted"
	True          = "True"
	False         = "False"
	PendingReason = "Pending"
)

// routeAnswer is the JSON of an HTTPRoute, as far as it is read.
type routeAnswer struct {
	Kind     string `json:"kind"`
	Metadata struct {
		Name              string  `json:"name"`
		Namespace         string  `json:"namespace"`
		Generation        int64   `json:"generation"`
		CreationTimestamp instant `json:"creationTimestamp"`
		ManagedFields     []struct {
			Subresource string  `json:"subresource"`
			Time        instant `json:"time"`
		} `json:"managedFields"`
	} `json:"metadata"`
	Status struct {
		Parents []struct {
			ParentRef struct {
				Namespace string `json:"namespace"`
				Name      string `json:"name"`
			} `json:"parentRef"`
			ControllerName string `json:"controllerName"`
			Conditions     []struct {
				Type               string  `json:"type"`
				Status             string  `json:"status"`
				Reason             string  `json:"reason"`
				Message            string  `json:"message"`
				ObservedGeneration int64   `json:"observedGeneration"`
				LastTransitionTime instant `json:"lastTransitionTime"`
			} `json:"conditions"`
		} `json:"parents"`
	} `json:"status"`
}

// Route reads one HTTPRoute of an Application, from the cluster and not from a
// cache. One that Argo CD has not seen yet is refused as Invalid.
func (c *Client) Route(ctx context.Context, app, namespace, name string) (Route, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	q := call{op: "read a route of application", app: app, method: http.MethodGet,
		path: []string{"api", "v1", "applications", app, "resource"},
		query: url.Values{"group": {"gateway.networking.k8s.io"}, "version": {"v1"}, "kind": {"HTTPRoute"},
			"namespace": {namespace}, "resourceName": {name}}}
	var outer struct {
		Manifest string `json:"manifest"`
	}
	if err := c.get(ctx, q, &outer); err != nil {
		return Route{}, err
	}
	var a routeAnswer
	if err := json.Unmarshal([]byte(outer.Manifest), &a); err != nil {
		return Route{}, q.unavailable(broken(err))
	}
	if a.Kind != "HTTPRoute" || a.Metadata.Name != name || a.Metadata.Namespace != namespace {
		return Route{}, q.unavailable(errors.New("the answer is about another object"))
	}
	return a.route(), nil
}

func (a *routeAnswer) route() Route {
	r := Route{Generation: a.Metadata.Generation, Written: a.Metadata.CreationTimestamp.Time}
	for _, f := range a.Metadata.ManagedFields {
		if f.Subresource == "" && f.Time.After(r.Written) {
			r.Written = f.Time.Time
		}
	}
	for _, p := range a.Status.Parents {
		namespace := p.ParentRef.Namespace
		if namespace == "" {
			namespace = a.Metadata.Namespace
		}
		parent := RouteParent{Controller: clean(p.ControllerName), Gateway: clean(namespace + "/" + p.ParentRef.Name)}
		for _, s := range p.Conditions {
			parent.Conditions = append(parent.Conditions, RouteCondition{Type: clean(s.Type), Status: clean(s.Status),
				Reason: clean(s.Reason), Message: clean(s.Message), Of: s.ObservedGeneration, Since: s.LastTransitionTime.Time})
		}
		r.Parents = append(r.Parents, parent)
	}
	return r
}
