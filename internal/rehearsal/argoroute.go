package rehearsal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/shopctl/shopctl/internal/world/git"
)

// gatewayController is what the stand-in's gateway calls itself.
const gatewayController = "shopset.dev/rehearsal-gateway"

// refusedReason and refusedMessage are what it says of a route that it does not take.
const (
	refusedReason  = "NoMatchingListenerHostname"
	refusedMessage = "no listener of the gateway has a hostname that the route's hosts match"
)

// resource answers with one object as it stands in the cluster. Objects of routes
// are all that anybody asks for.
func (a *ArgoCD) resource(w http.ResponseWriter, r *http.Request) {
	name, q := r.PathValue("name"), r.URL.Query()
	if !a.knows(name) {
		answerError(w, http.StatusForbidden, "permission denied")
		return
	}
	a.mu.Lock()
	manifest, err := a.manifest(name, q.Get("kind"), q.Get("namespace"), q.Get("resourceName"), a.options.Clock.Now())
	a.mu.Unlock()
	switch {
	case err != nil:
		answerError(w, http.StatusInternalServerError, err.Error())
	case manifest == nil:
		answerError(w, http.StatusBadRequest, fmt.Sprintf("%s %s %s not found as part of application %s", q.Get("kind"), q.Get("group"), q.Get("resourceName"), name))
	default:
		answer(w, object{"manifest": string(manifest)})
	}
}

// manifest is an object of the routes of a ShopSet with its status; nil: there is none.
func (a *ArgoCD) manifest(name, kind, namespace, of string, now time.Time) ([]byte, error) {
	app := a.state.Applications[name]
	if app.kind() != "shops" {
		return nil, nil
	}
	repo, err := a.repository(app.Spec.Source.RepoURL)
	if err != nil {
		return nil, err
	}
	stands, err := a.state.Lives[name].placed(repo, of+".yaml", now)
	if err != nil || stands.file.IsZero() {
		return nil, err
	}
	data, err := repo.Blob(stands.file)
	if err != nil {
		return nil, err
	}
	var o map[string]any
	for d := yaml.NewDecoder(bytes.NewReader(data)); ; {
		var next map[string]any
		if err := d.Decode(&next); errors.Is(err, io.EOF) {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
		metadata, _ := next["metadata"].(map[string]any)
		if next["kind"] == kind && metadata["name"] == of && metadata["namespace"] == namespace {
			o = next
			break
		}
	}
	metadata := o["metadata"].(map[string]any)
	metadata["uid"], metadata["generation"], metadata["creationTimestamp"] = uid(name+"/"+of), stands.generation, stamp(stands.created)
	metadata["resourceVersion"] = strconv.Itoa(a.shown[name].version)
	metadata["managedFields"] = []object{{"manager": "argocd-controller", "operation": "Update", "apiVersion": o["apiVersion"], "time": stamp(stands.written),
		"fieldsType": "FieldsV1", "fieldsV1": object{}}}
	if kind == "HTTPRoute" {
		o["status"] = a.routeStatus(app, o, stands)
	}
	return json.Marshal(o)
}

// routeStatus is what the gateway says: it takes every route at once, but for the fault.
func (a *ArgoCD) routeStatus(app application, o map[string]any, stands placed) object {
	spec, _ := o["spec"].(map[string]any)
	refs, _ := spec["parentRefs"].([]any)
	condition := func(kind, status, reason, message string) object {
		return object{"type": kind, "status": status, "reason": reason, "message": message,
			"observedGeneration": stands.generation, "lastTransitionTime": stamp(stands.written)}
	}
	conditions := []object{condition("Accepted", "True", "Accepted", "Route is accepted")}
	if a.strikesRoute(app, stands) {
		conditions = []object{condition("Accepted", "False", refusedReason, refusedMessage)}
	}
	conditions = append(conditions, condition("ResolvedRefs", "True", "ResolvedRefs", "All references are resolved"))
	parents := []object{}
	for _, ref := range refs {
		parents = append(parents, object{"parentRef": ref, "controllerName": gatewayController, "conditions": conditions})
	}
	return object{"parents": parents}
}

// strikesRoute reports whether a fault keeps the gateway from taking a route.
func (a *ArgoCD) strikesRoute(app application, stands placed) bool {
	return slices.ContainsFunc(a.state.Faults, func(f Fault) bool {
		return f.Name == "route-refused" && f.strikes(app.tier()) && stands.written.After(f.At)
	})
}

// refuses reports whether customers are not led by a route, since the gateway
// does not take it.
func (a *ArgoCD) refuses(l live, route git.ID) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.broken("route-refused") {
		return false
	}
	id, err := git.ParseID(l.tree)
	if err != nil {
		return false
	}
	entries, err := l.repo.Tree(id)
	i := slices.IndexFunc(entries, func(e git.Entry) bool { return e.ID == route })
	if err != nil || i < 0 {
		return false
	}
	stands, err := a.state.Lives[l.app].placed(l.repo, entries[i].Name, a.options.Clock.Now())
	return err == nil && a.strikesRoute(a.state.Applications[l.app], stands)
}

// placed is a file as it came into the cluster.
type placed struct {
	file             git.ID // zero: there is none
	created, written time.Time
	generation       int
}

// placed goes through the operations that have ended for what became of a file.
func (l life) placed(repo Repository, name string, now time.Time) (p placed, err error) {
	for _, o := range l.Ops {
		if o.Failed != "" || o.Finished.After(now) {
			continue
		}
		file, err := fileIn(repo, o.Target.Tree, name)
		if err != nil {
			return p, err
		}
		switch {
		case file.IsZero():
			p = placed{}
		case p.file.IsZero():
			p = placed{file, o.Finished, o.Finished, 1}
		case p.file != file:
			p.file, p.written, p.generation = file, o.Finished, p.generation+1
		}
	}
	return p, nil
}

func fileIn(repo Repository, tree, name string) (git.ID, error) {
	id, err := git.ParseID(tree)
	if err != nil {
		return git.ID{}, err
	}
	entries, err := repo.Tree(id)
	for _, e := range entries {
		if e.Name == name {
			return e.ID, nil
		}
	}
	return git.ID{}, err
}
