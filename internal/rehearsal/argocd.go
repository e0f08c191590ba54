package rehearsal

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
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

// follow lets happen what is due: a poll, and root Applications whose sync is over.
func (a *ArgoCD) follow(now time.Time) {
	if a.polled.IsZero() || a.options.Poll > 0 && now.Sub(a.polled) >= a.options.Poll {
		a.look(now)
		return
	}
	a.adopt(now)
}

// look refreshes every Application.
func (a *ArgoCD) look(now time.Time) {
	a.polled = now
	if a.broken("argocd-stale") {
		return
	}
	tips := map[string]gitTips{}
	for _, name := range sortedKeys(a.state.Applications) {
		a.refresh(now, name, tips)
	}
	a.adopt(now)
}

// refresh compares one Application with its branch, and syncs it if it may.
// tips remembers what was read in this round.
func (a *ArgoCD) refresh(now time.Time, name string, tips map[string]gitTips) {
	app := a.state.Applications[name]
	l, there := a.state.Lives[name]
	if !there {
		l.Created = now
	}
	t, err := a.aim(app, l.Seen, tips)
	if err != nil {
		t = target{Revision: t.Revision, Error: "Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = " + err.Error()}
	}
	if there && t == l.Seen && (!app.automated() || !l.wantsSync()) {
		return
	}
	l = l.refreshed(now, t)
	if app.automated() && l.wantsSync() {
		l = a.planned(now, app, l, t, "")
	}
	a.state.Lives[name], a.dirty = l, true
}

// planned adds an operation with what the faults make of it.
func (a *ArgoCD) planned(now time.Time, app application, l life, t target, by string) life {
	next := l.synced(now, t, a.options.Seed, app.Metadata.Name, by)
	if app.kind() != "root" {
		strikeOperation(l, &next.Ops[len(next.Ops)-1], a.state.Faults, app.tier())
	}
	return next
}

// aim finds what git asks of an Application.
func (a *ArgoCD) aim(app application, seen target, tips map[string]gitTips) (target, error) {
	repo, err := a.repository(app.Spec.Source.RepoURL)
	if err != nil {
		return target{}, err
	}
	refs, ok := tips[app.Spec.Source.RepoURL]
	if !ok {
		now, err := repo.Refs()
		if err != nil {
			return target{}, err
		}
		refs = now.Tips
		tips[app.Spec.Source.RepoURL] = refs
	}
	branch := app.Spec.Source.TargetRevision
	tip, ok := refs["refs/heads/"+branch]
	if !ok {
		return target{}, fmt.Errorf("unable to resolve '%s' to a commit SHA", branch)
	}
	if seen.Revision == tip.String() && seen.Error == "" {
		return seen, nil
	}
	t := target{Revision: tip.String()}
	return t, t.read(repo, tip, app.Spec.Source.Path)
}

func (a *ArgoCD) repository(url string) (Repository, error) {
	if r, ok := a.repos[url]; ok {
		return r, nil
	}
	if a.options.Repository == nil {
		return nil, fmt.Errorf("repository %q is not permitted", url)
	}
	r, err := a.options.Repository(url)
	if err != nil {
		return nil, err
	}
	a.repos[url] = r
	return r, nil
}

// read fills in what a commit asks for at a path: of a Kustomize folder
// everything but the routes below it, with the gitlinks of the commit.
func (t *target) read(repo Repository, id git.ID, path string) error {
	c, err := repo.Commit(id)
	if err != nil {
		return err
	}
	root, err := repo.Tree(c.Tree)
	if err != nil {
		return err
	}
	entries, tree := root, c.Tree
	for step := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		i := slices.IndexFunc(entries, func(e git.Entry) bool { return e.Name == step && e.Mode == git.ModeTree })
		if i < 0 {
			return fmt.Errorf("%s: app path does not exist", path)
		}
		tree = entries[i].ID
		if entries, err = repo.Tree(tree); err != nil {
			return err
		}
	}
	t.Tree, t.Key = tree.String(), tree.String()
	if !slices.ContainsFunc(entries, func(e git.Entry) bool { return e.Name == "kustomization.yaml" }) {
		return nil
	}
	t.Pods = true
	var key, pair strings.Builder
	for _, e := range entries {
		if e.Name != "shops" {
			fmt.Fprintf(&key, "%s %s\n", e.Name, e.ID)
		}
	}
	for _, e := range root {
		if e.Mode == git.ModeGitlink {
			fmt.Fprintf(&pair, "%s=%s ", e.Name, e.ID)
		}
	}
	t.Pair = strings.TrimSpace(pair.String())
	t.Key = digest(key.String() + t.Pair)
	return nil
}

// adopt takes over the Applications that a root Application's last sync brought.
func (a *ArgoCD) adopt(now time.Time) {
	for _, name := range sortedKeys(a.state.Applications) {
		if a.state.Applications[name].kind() != "root" {
			continue
		}
		o := a.state.Lives[name].current(now)
		if o == nil || o.Finished.After(now) || o.Failed != "" || a.trees[name] == o.Target.Tree {
			continue
		}
		if err := a.bring(now, name, *o); err != nil {
			continue // the root shows the same error at its next refresh
		}
		a.trees[name] = o.Target.Tree
	}
}

// bring makes the children of a root equal to its tree.
func (a *ArgoCD) bring(now time.Time, root string, o operation) error {
	repo, err := a.repository(a.state.Applications[root].Spec.Source.RepoURL)
	if err != nil {
		return err
	}
	apps, err := applicationsIn(repo, o.Target.Tree)
	if err != nil {
		return err
	}
	there := map[string]bool{}
	tips := map[string]gitTips{}
	for _, app := range apps {
		name := app.Metadata.Name
		there[name] = true
		app.Root = root
		at := o.Finished
		if _, old := a.state.Lives[name]; old {
			at = now
		}
		a.state.Applications[name], a.dirty = app, true
		a.refresh(at, name, tips)
	}
	for name, app := range a.state.Applications {
		if app.Root == root && !there[name] {
			delete(a.state.Applications, name)
			delete(a.state.Lives, name)
			delete(a.shown, name)
			a.dirty = true
		}
	}
	return nil
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

// bootstrap takes a bootstrap file as if it had been applied at the first moment
// of a past, and lets that past happen.
func (a *ArgoCD) bootstrap(data []byte, past []moment) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	projects, err := readProjects(data)
	if err != nil {
		return err
	}
	for name, p := range projects {
		a.state.Projects[name] = p
	}
	roots, err := readApplications(data)
	if err != nil {
		return err
	}
	for _, root := range roots {
		if err := a.relive(root, past); err != nil {
			return err
		}
		o := a.state.Lives[root.Metadata.Name].Ops
		repo, err := a.repository(root.Spec.Source.RepoURL)
		if err != nil {
			return err
		}
		children, err := applicationsIn(repo, o[len(o)-1].Target.Tree)
		if err != nil {
			return err
		}
		for _, app := range children {
			app.Root = root.Metadata.Name
			if err := a.relive(app, past); err != nil {
				return err
			}
		}
	}
	return nil
}

// relive lets an Application see each commit at its time.
func (a *ArgoCD) relive(app application, past []moment) error {
	name := app.Metadata.Name
	repo, err := a.repository(app.Spec.Source.RepoURL)
	if err != nil {
		return err
	}
	l := life{Created: past[0].at}
	for _, m := range past {
		id, err := git.ParseID(string(m.commit))
		if err != nil {
			return err
		}
		t := target{Revision: id.String()}
		if err := t.read(repo, id, app.Spec.Source.Path); err != nil {
			return fmt.Errorf("relive %q: %w", name, err)
		}
		if l = l.refreshed(m.at, t); l.wantsSync() {
			l = l.synced(m.at, t, a.options.Seed, name, "")
		}
	}
	a.state.Applications[name], a.state.Lives[name] = app, l
	return nil
}
