package contract

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/argoproj/argo-cd/v2/pkg/apiclient/application"
	"github.com/google/go-cmp/cmp"
	"github.com/shopctl/shopctl/internal/rehearsal"
	"github.com/shopctl/shopctl/internal/world/argocd"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

const (
	acceptedWord = argocd.Accepted
	pendingWord  = argocd.PendingReason
)

// GetResource answers as Argo CD does: with the object as JSON in a text, or that
// it is not part of the application.
func (s *server) GetResource(ctx context.Context, q *application.ApplicationResourceRequest) (*application.ApplicationResourceResponse, error) {
	if err := s.asked(ctx, nil); err != nil {
		return nil, err
	}
	s.resource = q
	if s.route == nil {
		return nil, status.Errorf(codes.InvalidArgument, "%s %s %s not found as part of application %s", q.GetKind(), q.GetGroup(), q.GetResourceName(), q.GetName())
	}
	data, err := json.Marshal(s.route)
	text := string(data)
	return &application.ApplicationResourceResponse{Manifest: &text}, err
}

// One route is asked for as the gateway wants it, and its status read as the
// types of the Gateway API write it.
func TestRoute(t *testing.T) {
	noon := metav1.NewTime(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC))
	namespace := gatewayv1.Namespace("default")
	route := &gatewayv1.HTTPRoute{
		TypeMeta: metav1.TypeMeta{Kind: "HTTPRoute", APIVersion: "gateway.networking.k8s.io/v1"},
		ObjectMeta: metav1.ObjectMeta{Name: "hana", Namespace: "shops", Generation: 2, CreationTimestamp: noon,
			ManagedFields: []metav1.ManagedFieldsEntry{{Time: &noon}, {Subresource: "status", Time: &noon}}},
		Status: gatewayv1.HTTPRouteStatus{RouteStatus: gatewayv1.RouteStatus{Parents: []gatewayv1.RouteParentStatus{{
			ParentRef: gatewayv1.ParentReference{Name: "shops", Namespace: &namespace}, ControllerName: "example.com/gateway",
			Conditions: []metav1.Condition{{Type: string(gatewayv1.RouteConditionAccepted), Status: metav1.ConditionFalse, ObservedGeneration: 2,
				LastTransitionTime: noon, Reason: string(gatewayv1.RouteReasonNoMatchingListenerHostname), Message: "none"}},
		}}}},
	}
	s := &server{route: route}
	c := start(t, s)
	got, err := c.Route(t.Context(), "prod-s-001-shops", "shops", "hana")
	want := argocd.Route{Generation: 2, Written: noon.UTC(), Parents: []argocd.RouteParent{{Controller: "example.com/gateway", Gateway: "default/shops",
		Conditions: []argocd.RouteCondition{{Type: "Accepted", Status: "False", Reason: "NoMatchingListenerHostname", Message: "none", Of: 2, Since: noon.UTC()}}}}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	q := s.resource
	if q.GetName() != "prod-s-001-shops" || q.GetNamespace() != "shops" || q.GetResourceName() != "hana" || q.GetKind() != "HTTPRoute" || q.GetGroup() != gatewayv1.GroupName || q.GetVersion() != "v1" {
		t.Errorf("asked for %v", q)
	}
	s.route = nil
	if _, err := c.Route(t.Context(), "prod-s-001-shops", "shops", "hana"); !errors.Is(err, argocd.Invalid) {
		t.Errorf("of a route that is not there: %v", err)
	}
}

// What the rehearsal world answers for a route is one as the Gateway API has it,
// its status included: taken, and refused.
func TestTheRehearsalsRoutes(t *testing.T) {
	world, err := rehearsal.Create(t.Context(), filepath.Join(t.TempDir(), "world"), rehearsal.Options{Shops: 12, Tiers: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = world.Stop() })
	c, err := argocd.New(argocd.Options{URL: world.ArgoURL(), Token: func(context.Context) (argocd.Token, error) { return argocd.NewToken(world.Token()), nil }})
	if err != nil {
		t.Fatal(err)
	}
	valid := httpRoutes(t)
	tried := 0
	for _, app := range applicationsOf(t, world).Items {
		if app.Labels["shopset.dev/kind"] != "shops" {
			continue
		}
		for _, r := range app.Status.Resources {
			tried++
			route, err := c.Route(t.Context(), app.Name, r.Namespace, r.Name)
			if err != nil || len(route.Parents) != 1 || route.Parents[0].Conditions[0].Status != argocd.True {
				t.Fatalf("%s: %+v, %v", r.Name, route, err)
			}
			address := world.ArgoURL() + "/api/v1/applications/" + app.Name + "/resource?group=gateway.networking.k8s.io&version=v1&kind=HTTPRoute&namespace=" + r.Namespace + "&resourceName=" + r.Name
			var answer application.ApplicationResourceResponse
			read(t, world, address, &answer)
			if err := valid([]byte(answer.GetManifest())); err != nil {
				t.Errorf("%s: %v\n%s", r.Name, err, answer.GetManifest())
			}
		}
	}
	if tried == 0 {
		t.Error("no route was tried")
	}
}
