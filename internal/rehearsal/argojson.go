package rehearsal

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/world/git"
)

type object = map[string]any

// stamp is a time as Kubernetes writes it: whole seconds.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// whole is an Application as the API gives it. Without resources it costs next
// to nothing; they are read from git.
func (a *ArgoCD) whole(name string, now time.Time, resources bool) object {
	app, l, v := a.state.Applications[name], a.state.Lives[name], a.view(name, now)
	metadata := object{
		"name": name, "namespace": app.namespace(), "uid": uid(name), "generation": l.generation(now),
		"resourceVersion": strconv.Itoa(a.shown[name].version), "creationTimestamp": stamp(l.Created),
	}
	if app.Metadata.Labels != nil {
		metadata["labels"] = app.Metadata.Labels
	}
	if app.Metadata.Annotations != nil {
		metadata["annotations"] = app.Metadata.Annotations
	}
	whole := object{"metadata": metadata, "spec": app.Spec, "status": a.status(app, l, v, now, resources)}
	if o := l.running(now); o != nil {
		whole["operation"] = o.json()
	}
	return whole
}

func (app application) namespace() string {
	if app.Metadata.Namespace == "" {
		return "argocd"
	}
	return app.Metadata.Namespace
}

// generation grows with what happened.
func (l life) generation(now time.Time) int { return 1 + l.at(now).Operations }

func uid(name string) string {
	d := digest(name)
	return fmt.Sprintf("%s-%s-4%s-a%s-%s", d[:8], d[8:12], d[13:16], d[17:20], d[20:32])
}

func (a *ArgoCD) status(app application, l life, v view, now time.Time, resources bool) object {
	sync := object{"status": v.Sync, "comparedTo": object{"source": app.part("source"), "destination": app.part("destination")}}
	if v.Revision != "" {
		sync["revision"] = v.Revision
	}
	health := object{"status": v.Health, "lastTransitionTime": stamp(v.Since)}
	status := object{"sync": sync, "health": health, "summary": object{}, "controllerNamespace": "argocd"}
	if !v.Reconciled.IsZero() {
		status["reconciledAt"] = stamp(v.Reconciled)
		status["sourceType"] = sourceType(l.Seen)
	}
	if v.Condition != "" {
		status["conditions"] = []object{{"type": "ComparisonError", "message": v.Condition, "lastTransitionTime": stamp(l.SeenAt)}}
	}
	if o := l.current(now); o != nil && !o.Started.After(now) { // a wish clears it
		status["operationState"] = o.state(app, now)
	}
	if h := l.history(app, now); len(h) > 0 {
		status["history"] = h
	}
	if resources {
		if r := a.resources(app, l, v); len(r) > 0 {
			status["resources"] = r
		}
	}
	return status
}

func sourceType(t target) string {
	if t.Pods {
		return "Kustomize"
	}
	return "Directory"
}

// part is one key of the spec as it was given.
func (app application) part(key string) json.RawMessage {
	var all map[string]json.RawMessage
	if json.Unmarshal(app.Spec.whole, &all) != nil || all[key] == nil {
		return json.RawMessage("{}")
	}
	return all[key]
}

// json is the operation as it was asked for.
func (o operation) json() object {
	by := object{"automated": true}
	if o.By != "" {
		by = object{"username": o.By}
	}
	return object{"sync": object{"revision": o.Target.Revision, "prune": true}, "initiatedBy": by, "retry": object{"limit": 5}}
}

// state is the operation as it stands.
func (o operation) state(app application, now time.Time) object {
	state := object{
		"operation": o.json(), "phase": "Running", "startedAt": stamp(o.Started), "message": "one or more tasks are running",
	}
	if o.Finished.After(now) {
		return state
	}
	state["syncResult"] = object{"revision": o.Target.Revision, "source": app.part("source")}
	state["phase"], state["finishedAt"], state["message"] = "Succeeded", stamp(o.Finished), "successfully synced (all tasks run)"
	if o.Failed != "" {
		state["phase"], state["message"] = "Failed", o.Failed
	}
	return state
}

// history is what was deployed, oldest first.
func (l life) history(app application, now time.Time) []object {
	var out []object
	for i, o := range l.Ops {
		if o.Failed == "" && !o.Finished.After(now) {
			out = append(out, object{
				"id": i, "revision": o.Target.Revision, "deployedAt": stamp(o.Finished), "deployStartedAt": stamp(o.Started),
				"source": app.part("source"), "initiatedBy": o.json()["initiatedBy"],
			})
		}
	}
	return out
}

// resources are what the Application put into the cluster, with their health.
func (a *ArgoCD) resources(app application, l life, v view) []object {
	switch {
	case l.Seen.Tree == "":
		return nil
	case app.kind() == "root":
		return a.entries(app, l, v, "argoproj.io", "v1alpha1", "Application")
	case !l.Seen.Pods:
		return a.entries(app, l, v, "gateway.networking.k8s.io", "v1", "HTTPRoute")
	}
	return []object{
		resource(app, v.Sync, "", "v1", "ConfigMap", "shopset", nil),
		resource(app, v.Sync, "", "v1", "Service", "maintenance", object{"status": plain(v.Health)}),
		resource(app, v.Sync, "", "v1", "Service", "web", object{"status": plain(v.Health)}),
		resource(app, v.Sync, "apps", "v1", "Deployment", "maintenance", object{"status": plain(v.Health)}),
		resource(app, v.Sync, "apps", "v1", "Deployment", "web", v.pods("web", 6)),
		resource(app, v.Sync, "apps", "v1", "Deployment", "worker", v.pods("worker", 2)),
	}
}

// plain is the health of what has no pods of its own.
func plain(health string) string {
	if health == "Missing" {
		return health
	}
	return "Healthy"
}

// pods is the health of a Deployment. Only web crashes.
func (v view) pods(name string, replicas int) object {
	h := object{"status": v.Health}
	switch {
	case v.Health == "Progressing":
		h["message"] = fmt.Sprintf("Waiting for rollout to finish: %d of %d updated replicas are available...", replicas*v.Done/100, replicas)
	case v.Message != "" && name == "web":
		h["message"] = v.Message
	case v.Message != "":
		h["status"] = "Healthy"
	}
	return h
}

func resource(app application, sync, group, version, kind, name string, health object) object {
	r := object{"version": version, "kind": kind, "namespace": app.Spec.Destination.Namespace, "name": name, "status": sync}
	if group != "" {
		r["group"] = group
	}
	if health != nil {
		r["health"] = health
	}
	return r
}

// entries are one resource a file of the Application's folder.
func (a *ArgoCD) entries(app application, l life, v view, group, version, kind string) []object {
	repo, err := a.repository(app.Spec.Source.RepoURL)
	if err != nil {
		return nil
	}
	id, err := git.ParseID(l.Seen.Tree)
	if err != nil {
		return nil
	}
	files, err := repo.Tree(id)
	if err != nil {
		return nil
	}
	var out []object
	for _, f := range files {
		if name, ok := strings.CutSuffix(f.Name, ".yaml"); ok {
			out = append(out, resource(app, v.Sync, group, version, kind, name, nil))
		}
	}
	return out
}

// selected is an Application reduced to the fields that Argo CD v2.14 can
// select in a list; others it leaves out without a word.
func selected(app object, fields map[string]bool, exclude bool) object {
	out := object{}
	for _, f := range selectable {
		if fields["items."+f.name] == exclude {
			continue
		}
		value, ok := dig(app, strings.Split(f.from, "."))
		if !ok {
			continue
		}
		at, path := out, strings.Split(f.name, ".")
		for _, step := range path[:len(path)-1] {
			next, ok := at[step].(object)
			if !ok {
				next = object{}
				at[step] = next
			}
			at = next
		}
		at[path[len(path)-1]] = value
	}
	return out
}

// selectable are the fields of a list that can be selected, and where their
// value is. The last is no mistake of ours: Argo CD answers with the result.
var selectable = []struct{ name, from string }{
	{"metadata.name", "metadata.name"},
	{"metadata.namespace", "metadata.namespace"},
	{"metadata.annotations", "metadata.annotations"},
	{"metadata.labels", "metadata.labels"},
	{"metadata.creationTimestamp", "metadata.creationTimestamp"},
	{"metadata.deletionTimestamp", "metadata.deletionTimestamp"},
	{"spec", "spec"},
	{"status.sync.status", "status.sync.status"},
	{"status.health", "status.health"},
	{"status.summary", "status.summary"},
	{"status.operationState.startedAt", "status.operationState.startedAt"},
	{"status.operationState.finishedAt", "status.operationState.finishedAt"},
	{"status.resources", "status.resources"},
	{"operation.sync", "operation.sync"},
	{"status.operationState.phase", "status.operationState.phase"},
	{"status.operationState.operation.sync", "status.operationState.syncResult"},
}

func dig(o object, path []string) (any, bool) {
	v, ok := o[path[0]]
	if !ok || len(path) == 1 {
		return v, ok
	}
	inner, ok := v.(object)
	if !ok {
		return nil, false
	}
	return dig(inner, path[1:])
}
