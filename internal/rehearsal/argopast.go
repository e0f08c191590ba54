package rehearsal

import (
	"fmt"

	"github.com/shopctl/shopctl/internal/world/git"
)

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
