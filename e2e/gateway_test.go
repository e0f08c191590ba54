package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/rehearsal"

	"github.com/shopctl/shopctl/e2e/stack"
)

// gateway stands in for a gateway's controller: it writes into the status of the
// routes of some namespaces whether it takes them, as the Gateway API says.
type gateway struct {
	mu     sync.Mutex
	holds  time.Duration // before it says a word of a new route
	first  map[string]time.Time
	spoken []string // namespace/name of what it has spoken of, with what it saw then
}

type httpRoute struct {
	Metadata struct {
		Name, Namespace string
		Generation      int64
	}
	Spec struct {
		Hostnames  []string
		ParentRefs []json.RawMessage
	}
	Status struct {
		Parents []struct {
			Conditions []struct{ ObservedGeneration int64 }
		}
	}
}

func routesIn(t *testing.T, namespace string) []httpRoute {
	var list struct{ Items []httpRoute }
	_ = world.Kube.Get(t.Context(), "/apis/gateway.networking.k8s.io/v1/namespaces/"+namespace+"/httproutes", &list)
	return list.Items
}

// run looks at the namespaces until the test ends.
func (g *gateway) run(t *testing.T, namespaces ...string) {
	g.first = map[string]time.Time{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for t.Context().Err() == nil {
			for _, n := range namespaces {
				for _, r := range routesIn(t, n) {
					g.look(t, r, namespaces)
				}
			}
			select {
			case <-t.Context().Done():
			case <-time.After(200 * time.Millisecond):
			}
		}
	}()
	t.Cleanup(func() { <-done })
}

func (g *gateway) look(t *testing.T, r httpRoute, namespaces []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	key := fmt.Sprintf("%s/%s %d", r.Metadata.Namespace, r.Metadata.Name, r.Metadata.Generation)
	if _, seen := g.first[key]; !seen {
		g.first[key] = time.Now()
	}
	if len(r.Status.Parents) > 0 && r.Status.Parents[0].Conditions[0].ObservedGeneration == r.Metadata.Generation || time.Since(g.first[key]) < g.holds {
		return
	}
	status, reason, message := "True", "Accepted", "taken"
	if slices.ContainsFunc(r.Spec.Hostnames, func(h string) bool { return strings.HasPrefix(h, "refused") }) {
		status, reason, message = "False", "NoMatchingListenerHostname", "no listener has such a hostname"
	}
	also := ""
	for _, n := range namespaces {
		for _, other := range routesIn(t, n) {
			if n != r.Metadata.Namespace && other.Metadata.Name == r.Metadata.Name {
				also = " beside " + n
			}
		}
	}
	body, _ := json.Marshal(map[string]any{"status": map[string]any{"parents": []any{map[string]any{
		"parentRef": r.Spec.ParentRefs[0], "controllerName": "shopset.dev/stand-in",
		"conditions": []any{map[string]any{"type": "Accepted", "status": status, "reason": reason, "message": message,
			"observedGeneration": r.Metadata.Generation, "lastTransitionTime": time.Now().UTC().Format(time.RFC3339)}},
	}}}})
	path := "/apis/gateway.networking.k8s.io/v1/namespaces/" + r.Metadata.Namespace + "/httproutes/" + r.Metadata.Name + "/status"
	if world.Kube.Send(t.Context(), http.MethodPatch, path, stack.MergePatch, body, nil) == nil {
		g.spoken = append(g.spoken, key+" "+status+also)
	}
}

// Whether a gateway takes a route is read through the real Argo CD, of the route
// as it is now: a refusal is an error, and a move ends only with its word.
func TestGateway(t *testing.T) {
	p := repositories(t, "gate", rehearsal.GitOptions{})
	settled(t, p, 1)
	p.commit("system", "main", "One more ShopSet", files{"shopsets/s-002.yaml": shopSetFile("s-002", "tier-0", "gate-2")})
	p.shopctl(0, "reconcile", "--yes")
	p.shopctl(0, "wait", "tier-0", "--for", "healthy")

	p.shopctl(0, "shop", "add", "kaede", "--host", "kaede.example.jp", "--shopset", "s-001").says("Route applied")
	var facts struct {
		State  string
		Routes []struct {
			Accepted *bool
			Reason   string
		}
	}
	p.shopctl(0, "shop", "show", "kaede", "--json").decode(&facts)
	if len(facts.Routes) != 1 || facts.Routes[0].Accepted != nil || facts.State != "open" {
		t.Errorf("without a gateway: %+v", facts)
	}

	g := &gateway{}
	g.run(t, "gate-0", "gate-2")
	p.shopctl(9, "shop", "add", "hana", "--host", "refused.example.jp", "--shopset", "s-001").
		says("the gateway does not take the route of hana in s-001", "NoMatchingListenerHostname: no listener has such a hostname", "SHOP-9004")
	p.shopctl(0, "shop", "show", "hana", "--json").decode(&facts)
	if facts.State != "refused" || facts.Routes[0].Accepted == nil || *facts.Routes[0].Accepted || facts.Routes[0].Reason != "NoMatchingListenerHostname" {
		t.Errorf("refused: %+v", facts)
	}
	p.shopctl(0, "shop", "list", "--state", "refused", "--json").says(`"hana"`)
	p.shopctl(0, "shop", "set", "hana", "--add-host", "hana.example.jp", "--remove-host", "refused.example.jp", "--yes").says("Route accepted")
	p.shopctl(0, "shop", "show", "hana", "--json").decode(&facts)
	if facts.State != "open" || facts.Routes[0].Accepted == nil || !*facts.Routes[0].Accepted {
		t.Errorf("mended: %+v", facts)
	}

	// Longer than one who may never speak is waited for: it took the old route.
	g.mu.Lock()
	g.holds = 14 * time.Second
	g.mu.Unlock()
	p.shopctl(0, "shop", "move", "hana", "--shopset", "s-002", "--yes").says("Route accepted", "Old route gone")
	g.mu.Lock()
	defer g.mu.Unlock()
	if !slices.Contains(g.spoken, "gate-2/hana 1 True beside gate-0") {
		t.Errorf("the old route did not wait for the gateway: %q", g.spoken)
	}
}
