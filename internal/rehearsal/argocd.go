package rehearsal

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// Repository is what the Argo CD stand-in reads of a repository.
type Repository interface {
	git.Objects
	Refs() (git.Refs, error)
}

// gitTips are the refs of a repository by full name.
type gitTips = map[string]git.ID

// ArgoOptions says how an ArgoCD behaves.
type ArgoOptions struct {
	Clock *Clock
	// Repository finds the repository that an Application names.
	Repository func(url string) (Repository, error)
	// Poll is how often branches are looked at without being asked, in demo
	// time; 0 means never: then only refreshes and webhooks show what is new.
	Poll time.Duration
	// Seed decides the durations of operations and rollouts.
	Seed uint64
	// Token opens everything, ReadToken only reading. Without a token a request
	// is answered 401, unless Anonymous lets everybody do everything, as Argo
	// CD's users.anonymous.enabled with the role admin.
	Token, ReadToken string
	Anonymous        bool
	// State is what State gave in an earlier life; empty: a new Argo CD.
	State []byte
	// Changed is called after the state changed, without any lock held.
	Changed func()
}

// ArgoCD stands in for an Argo CD server v2.14 and its controllers. It follows
// Applications that were created through its API, and those that their
// repositories hold.
type ArgoCD struct {
	options ArgoOptions

	mu       sync.Mutex
	state    argoState
	polled   time.Time
	shown    map[string]shownView // by Application: the last view and its version
	children map[string][]string  // by root Application: what its tree holds
	trees    map[string]string    // by root Application: the tree that children came from
	repos    map[string]Repository
	wake     chan struct{} // closed and replaced when something may have changed
	dirty    bool
}

// argoState is what outlives a restart.
type argoState struct {
	Applications map[string]application     `json:"applications"`
	Projects     map[string]json.RawMessage `json:"projects"`
	Lives        map[string]life            `json:"lives"`
	Faults       []Fault                    `json:"faults,omitempty"`
	Version      int                        `json:"version"` // of the newest change, as resourceVersion
}

type shownView struct {
	view    view
	version int
}

// NewArgoCD makes an Argo CD that goes on where its state left off.
func NewArgoCD(o ArgoOptions) (*ArgoCD, error) {
	a := &ArgoCD{
		options: o, wake: make(chan struct{}),
		shown: map[string]shownView{}, children: map[string][]string{}, trees: map[string]string{}, repos: map[string]Repository{},
	}
	if len(o.State) > 0 {
		if err := json.Unmarshal(o.State, &a.state); err != nil {
			return nil, fmt.Errorf("read the state of Argo CD: %w", err)
		}
	}
	if a.state.Applications == nil {
		a.state.Applications = map[string]application{}
	}
	if a.state.Projects == nil {
		a.state.Projects = map[string]json.RawMessage{}
	}
	if a.state.Lives == nil {
		a.state.Lives = map[string]life{}
	}
	return a, nil
}

// State is what NewArgoCD takes to go on.
func (a *ArgoCD) State() ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return json.Marshal(a.state)
}

// Handler answers the API.
func (a *ArgoCD) Handler() http.Handler { return argoRoutes(a) }

// Pushed is the webhook of the git server: branches are looked at now.
func (a *ArgoCD) Pushed() {
	a.change(func(now time.Time) { a.look(now) })
}

// Settle lets everything happen that is due by now.
func (a *ArgoCD) Settle() {
	a.change(func(time.Time) {})
}

// Break begins a fault; several may last at once.
func (a *ArgoCD) Break(f Fault) {
	a.change(func(now time.Time) {
		f.At = now
		a.state.Faults = append(a.state.Faults, f)
		a.dirty = true
	})
}

// Mend ends all faults; what they broke recovers.
func (a *ArgoCD) Mend() {
	a.change(func(now time.Time) {
		a.state.Faults, a.dirty = nil, true
		for name, l := range a.state.Lives {
			a.state.Lives[name] = l.mended(now, a.options.Seed, name)
		}
		a.look(now)
	})
}

// Faults are those that last.
func (a *ArgoCD) Faults() []Fault {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.state.Faults)
}

func (a *ArgoCD) broken(name string) bool {
	return slices.ContainsFunc(a.state.Faults, func(f Fault) bool { return f.Name == name })
}

// change does something under the lock, after everything that was due, and
// tells those who wait for changes.
func (a *ArgoCD) change(do func(now time.Time)) {
	a.mu.Lock()
	now := a.options.Clock.Now()
	a.follow(now)
	do(now)
	a.note(now)
	dirty := a.dirty
	a.dirty = false
	if dirty {
		close(a.wake)
		a.wake = make(chan struct{})
	}
	a.mu.Unlock()
	if dirty && a.options.Changed != nil {
		a.options.Changed()
	}
}

// view is how an Application looks now, faults included.
func (a *ArgoCD) view(name string, now time.Time) view {
	v := a.state.Lives[name].at(now)
	if app := a.state.Applications[name]; app.kind() == "shopset" {
		strikeView(&v, a.state.Faults, app.tier(), now)
	}
	return v
}

// note gives every Application that looks otherwise than before a new version.
func (a *ArgoCD) note(now time.Time) {
	for _, name := range sortedKeys(a.state.Applications) {
		v := a.view(name, now)
		if old, ok := a.shown[name]; ok && old.view == v {
			continue
		}
		a.state.Version++
		a.shown[name] = shownView{v, a.state.Version}
		a.dirty = true
	}
}

// sync plans an operation that somebody asked for.
func (a *ArgoCD) sync(now time.Time, name, revision, by string) error {
	app, l := a.state.Applications[name], a.state.Lives[name]
	if l.running(now) != nil {
		return errBusy
	}
	t := l.Seen
	if revision != "" && revision != app.Spec.Source.TargetRevision && revision != t.Revision {
		if app.automated() {
			return refusal(fmt.Sprintf("Cannot sync to %s: auto-sync currently set to %s", revision, app.Spec.Source.TargetRevision))
		}
		id, err := git.ParseID(revision)
		if err != nil {
			return fmt.Errorf("unable to resolve '%s' to a commit SHA", revision)
		}
		repo, err := a.repository(app.Spec.Source.RepoURL)
		if err != nil {
			return err
		}
		t = target{Revision: revision}
		if err := t.read(repo, id, app.Spec.Source.Path); err != nil {
			return err
		}
	}
	if t.Error != "" {
		return refusal(t.Error)
	}
	a.state.Lives[name], a.dirty = a.planned(now, app, l, t, by), true
	return nil
}

// refusal is an error in Argo CD's own words.
type refusal string

func (r refusal) Error() string { return string(r) }

// tier of an Application, by its label.
func (app application) tier() shop.Tier { return shop.Tier(app.Metadata.Labels["shopset.dev/tier"]) }

// kind of an Application, by its label: root, shopset or shops.
func (app application) kind() string { return app.Metadata.Labels["shopset.dev/kind"] }
