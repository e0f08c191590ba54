package stack

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Kubelet stands in for the nodes: no program runs, but each pod's status says
// what a kubelet would say of it. An image with "broken" in its name cannot be
// pulled; a namespace that is held starts no pods. An Ingress gets its address.
type Kubelet struct {
	kube *Kube
	mu   sync.Mutex
	held map[string]bool
	wait []object // pods that came while their namespace was held
}

type object struct {
	Metadata struct {
		Name, Namespace   string
		DeletionTimestamp string
	}
	Spec struct {
		Containers []struct{ Name, Image string }
	}
	Status struct {
		ContainerStatuses []any
		LoadBalancer      struct{ Ingress []any }
	}
}

func startKubelet(ctx context.Context, kube *Kube) *Kubelet {
	k := &Kubelet{kube: kube, held: map[string]bool{}}
	go k.follow(ctx, "/api/v1/pods", k.pod)
	go k.follow(ctx, "/apis/networking.k8s.io/v1/ingresses", k.ingress)
	return k
}

// Hold keeps new pods of a namespace from starting until it is called again with false.
func (k *Kubelet) Hold(ctx context.Context, namespace string, hold bool) {
	k.mu.Lock()
	k.held[namespace] = hold
	waiting := k.wait
	k.wait = nil
	k.mu.Unlock()
	for _, pod := range waiting {
		k.pod(ctx, pod)
	}
}

// follow watches objects until the context ends. A watch that breaks begins
// again with everything there is.
func (k *Kubelet) follow(ctx context.Context, path string, do func(context.Context, object)) {
	for ctx.Err() == nil {
		k.watch(ctx, path, do)
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (k *Kubelet) watch(ctx context.Context, path string, do func(context.Context, object)) {
	resp, err := k.kube.Open(ctx, http.MethodGet, path+"?watch=1", "", nil)
	if err != nil {
		return
	}
	defer func() { _ = resp.Body.Close() }()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		var event struct {
			Type   string
			Object object
		}
		if json.Unmarshal(lines.Bytes(), &event) == nil && (event.Type == "ADDED" || event.Type == "MODIFIED") {
			do(ctx, event.Object)
		}
	}
}

func (k *Kubelet) pod(ctx context.Context, pod object) {
	if pod.Metadata.DeletionTimestamp != "" || len(pod.Status.ContainerStatuses) > 0 { // told already
		return
	}
	k.mu.Lock()
	held := k.held[pod.Metadata.Namespace]
	if held {
		k.wait = append(k.wait, pod)
	}
	k.mu.Unlock()
	if held {
		return
	}
	now := time.Now().UTC().Format(time.RFC3339)
	ready, phase := "True", "Running"
	var containers []map[string]any
	for _, c := range pod.Spec.Containers {
		state := map[string]any{"running": map[string]any{"startedAt": now}}
		if strings.Contains(c.Image, "broken") {
			ready, phase = "False", "Pending"
			state = map[string]any{"waiting": map[string]any{"reason": "ImagePullBackOff", "message": fmt.Sprintf("Back-off pulling image %q", c.Image)}}
		}
		containers = append(containers, map[string]any{"name": c.Name, "image": c.Image, "imageID": "", "restartCount": 0, "ready": ready == "True", "state": state})
	}
	k.patch(ctx, "/api/v1/namespaces/"+pod.Metadata.Namespace+"/pods/"+pod.Metadata.Name, map[string]any{
		"phase": phase, "startTime": now, "containerStatuses": containers,
		"conditions": []map[string]any{{"type": "Ready", "status": ready, "lastTransitionTime": now}, {"type": "ContainersReady", "status": ready, "lastTransitionTime": now}},
	})
}

func (k *Kubelet) ingress(ctx context.Context, i object) {
	if len(i.Status.LoadBalancer.Ingress) > 0 {
		return
	}
	k.patch(ctx, "/apis/networking.k8s.io/v1/namespaces/"+i.Metadata.Namespace+"/ingresses/"+i.Metadata.Name,
		map[string]any{"loadBalancer": map[string]any{"ingress": []any{map[string]any{"ip": "127.0.0.1"}}}})
}

// patch sets a status. An object that has gone meanwhile needs none.
func (k *Kubelet) patch(ctx context.Context, path string, status map[string]any) {
	body, err := json.Marshal(map[string]any{"status": status})
	if err == nil {
		_ = k.kube.Send(ctx, http.MethodPatch, path+"/status", MergePatch, body, nil)
	}
}
