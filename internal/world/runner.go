package world

import (
	"context"
	"path"
	"strings"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// workflows is where GitHub looks for what shall run by itself.
const workflows = ".github/workflows"

// runner is what will reconcile when a maintenance ends: the name of a workflow
// in the app or the system repository that does so on a schedule. Empty: nobody
// does, as far as can be seen.
func (w *World) runner(ctx context.Context, have shop.State) string {
	if w.Runs != "" {
		return w.Runs
	}
	places := map[shop.Repository]shop.CommitID{shop.SystemRepository: have.Main}
	if len(have.Tiers) > 0 {
		places[shop.AppRepository] = have.Tiers[0].App
	}
	for _, repo := range []shop.Repository{shop.AppRepository, shop.SystemRepository} {
		c, err := w.repository(repo).Commit(id(places[repo]))
		if err != nil {
			continue
		}
		dir, err := git.Lookup(w.repository(repo), c.Tree, workflows)
		if err != nil || dir.Mode != git.ModeTree {
			continue
		}
		entries, err := w.repository(repo).Tree(dir.ID)
		if err != nil {
			continue
		}
		tree := w.treeOf(ctx, repo, c.Tree)
		for _, e := range entries {
			name := path.Join(workflows, e.Name)
			data, err := tree.ReadFile(name)
			if text := string(data); err == nil && strings.Contains(text, "schedule:") && strings.Contains(text, "shopctl") && strings.Contains(text, "reconcile") {
				return name
			}
		}
	}
	return ""
}
