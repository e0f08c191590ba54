package world

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/render"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// rendering is a tier branch as the intent asks for it: what to change in the
// tree that is there.
type rendering struct {
	changes map[string]git.Change
	content map[string][]byte // of the changed files
}

// stale reports whether a tier branch differs from what the intent asks for
// the release that it carries.
func (w *World) stale(ctx context.Context, v view, t shop.TierState, tip git.Commit) (bool, error) {
	r, err := w.rendered(ctx, v, t.Spec.Name, t.Runs, tip)
	if err != nil {
		return false, err
	}
	return len(r.changes) > 0, nil
}

// rendered works out what has to change in the tree of a tier branch so that
// it is render(intent, app, configuration) for a release. What it costs grows
// with what is new since the tip was written, if shopctl wrote it.
func (w *World) rendered(ctx context.Context, v view, tier shop.Tier, r shop.Release, tip git.Commit) (rendering, error) {
	out, err := w.renderedSince(ctx, v, tier, r, tip)
	if errors.Is(err, errInFull) {
		return w.renderedInFull(ctx, v, tier, r, tip.Tree)
	}
	return out, err
}

// renderedInFull renders everything and compares it with all that is there: it
// asks nothing of what stands there.
func (w *World) renderedInFull(ctx context.Context, v view, tier shop.Tier, r shop.Release, old git.ID) (rendering, error) {
	files, err := w.files(ctx, v, tier, r)
	if err != nil {
		return rendering{}, fmt.Errorf("render %s: %w", tier, err)
	}
	out := rendering{changes: map[string]git.Change{}, content: map[string][]byte{}}
	links := map[string]git.ID{"base": id(r.App)}
	if r.Configuration != "" {
		links["config"] = id(r.Configuration)
	}
	seen := map[string]bool{}
	if !old.IsZero() {
		err = git.Walk(v.o, old, func(path string, e git.Entry) error {
			if e.Mode == git.ModeTree {
				return nil
			}
			seen[path] = true
			if link, ok := links[path]; ok {
				if e.ID != link || e.Mode != git.ModeGitlink {
					out.changes[path] = git.Change{Mode: git.ModeGitlink, ID: link}
				}
				return nil
			}
			data, ok := files[path]
			switch {
			case !ok:
				out.changes[path] = git.Change{}
			case e.Mode != git.ModeFile || e.ID != git.BlobID(data):
				out.put(path, data)
			}
			return nil
		})
	}
	for path, data := range files {
		if !seen[path] {
			out.put(path, data)
		}
	}
	for path, link := range links {
		if !seen[path] {
			out.changes[path] = git.Change{Mode: git.ModeGitlink, ID: link}
		}
	}
	return out, err
}

func (r *rendering) put(path string, data []byte) {
	r.changes[path] = git.Change{Mode: git.ModeFile, ID: git.BlobID(data)}
	r.content[path] = data
}

// files is the complete file set of a tier branch, without the gitlinks.
func (w *World) files(ctx context.Context, v view, tier shop.Tier, r shop.Release) (render.Files, error) {
	set, err := v.set()
	if err != nil {
		return nil, err
	}
	facts, trees, err := w.facts(ctx, set, tier, r)
	if err != nil {
		return nil, err
	}
	key := renderKey{main: v.tree, tier: tier, app: trees.app, configuration: trees.configuration}
	return memoised(w.Memo, w.Memo.rendered, key, func() (render.Files, error) {
		return render.Tier(set, tier, facts)
	})
}

type releaseTrees struct{ app, configuration git.ID }

func (w *World) releaseTrees(r shop.Release) (trees releaseTrees, err error) {
	app, err := w.repository(shop.AppRepository).Commit(id(r.App))
	if err != nil {
		return trees, fmt.Errorf("read app commit %s: %w", r.App.Short(), err)
	}
	trees.app = app.Tree
	if r.Configuration == "" {
		return trees, nil
	}
	config, err := w.repository(shop.ConfigurationRepository).Commit(id(r.Configuration))
	if err != nil {
		return trees, fmt.Errorf("read configuration commit %s: %w", r.Configuration.Short(), err)
	}
	trees.configuration = config.Tree
	return trees, nil
}

// facts works out what rendering has to know of the release, for each
// Configuration that a ShopSet of the tier is made with.
func (w *World) facts(ctx context.Context, set *intent.Set, tier shop.Tier, r shop.Release) (map[string]render.Facts, releaseTrees, error) {
	trees, err := w.releaseTrees(r)
	if err != nil {
		return nil, trees, err
	}
	facts := map[string]render.Facts{}
	for _, name := range slices.Sorted(maps.Keys(set.ShopSets)) {
		s := set.ShopSets[name]
		if _, done := facts[s.Configuration]; done || s.Tier != tier {
			continue
		}
		if facts[s.Configuration], err = w.factsOf(ctx, *set.Configurations[s.Configuration], *set.Policy, trees); err != nil {
			return nil, trees, err
		}
	}
	return facts, trees, nil
}

func (w *World) factsOf(ctx context.Context, c shop.Configuration, p shop.Policy, trees releaseTrees) (render.Facts, error) {
	key := factsKey{configuration: fmt.Sprintf("%+v", c), maintenance: p.MaintenanceService, app: trees.app, config: trees.configuration}
	return memoised(w.Memo, w.Memo.facts, key, func() (render.Facts, error) {
		base := w.treeOf(ctx, shop.AppRepository, trees.app)
		config := w.treeOf(ctx, shop.ConfigurationRepository, trees.configuration)
		f, err := w.Facts(c, p, base, config)
		return f, doesNotBuild(c.Name, "", err, base, config)
	})
}
