package rehearsal

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/world/git"
)

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
		t = target{Error: "Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = " + err.Error()}
	}
	if there && t == l.Seen && (!app.automated() || !l.wantsSync()) {
		return
	}
	l = l.refreshed(now, t)
	if app.automated() && l.wantsSync() {
		l = a.planned(now, app, l, t, "")
		l.SeenAt = now.Add(untilWritten)
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
		t.Empty = !slices.ContainsFunc(entries, func(e git.Entry) bool { return strings.HasSuffix(e.Name, ".yaml") })
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
