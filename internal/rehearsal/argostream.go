package rehearsal

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// streamStep is how often a stream looks whether time alone changed something.
const streamStep = 50 * time.Millisecond

// stream answers with one line an event until the client goes. Without a
// resourceVersion it begins with what is there.
func (a *ArgoCD) stream(w http.ResponseWriter, r *http.Request) {
	q, err := readQuery(r)
	if err != nil {
		answerError(w, http.StatusInternalServerError, err.Error())
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	out := http.NewResponseController(w)
	seen, first := map[string]int{}, true
	version := r.URL.Query().Get("resourceVersion")
	silent := version != "" && q.name == ""
	after, _ := strconv.Atoi(version) // what is no number counts as 0, as in Argo CD
	tick := time.NewTicker(streamStep)
	defer tick.Stop()
	for {
		events, wake, gone := a.events(q, seen, first, silent, after)
		for _, e := range events {
			if json.NewEncoder(w).Encode(object{"result": e}) != nil {
				return
			}
		}
		if out.Flush() != nil {
			return
		}
		if gone {
			panic(http.ErrAbortHandler)
		}
		first = false
		select {
		case <-r.Context().Done():
			return
		case <-wake:
		case <-tick.C:
			a.Settle()
		}
	}
}

// events are what changed since seen, which it brings up to date. gone says
// that the server breaks off.
func (a *ArgoCD) events(q query, seen map[string]int, first, silent bool, after int) (events []object, wake <-chan struct{}, gone bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.broken("argocd-gone") || a.broken("argocd-down") {
		return nil, nil, true
	}
	now := a.options.Clock.Now()
	for _, name := range sortedKeys(a.state.Applications) {
		if !q.matches(a.state.Applications[name]) {
			continue
		}
		version, kind := a.shown[name].version, "MODIFIED"
		switch old, there := seen[name]; {
		case !there:
			kind = "ADDED"
		case old == version:
			continue
		}
		seen[name] = version
		if first && silent && version <= after {
			continue
		}
		events = append(events, object{"type": kind, "application": a.whole(name, now, true)})
	}
	for name := range seen {
		if _, there := a.state.Applications[name]; !there {
			delete(seen, name)
			events = append(events, object{"type": "DELETED", "application": object{"metadata": object{"name": name, "namespace": "argocd"}, "spec": object{}, "status": object{}}})
		}
	}
	return events, a.wake, false
}
