package world

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/argocd"
	"github.com/shopctl/shopctl/internal/world/git"
)

// told is what a watch has told of the ShopSets' Applications.
type told struct {
	mu     sync.Mutex
	serial uint64
	apps   map[shop.ShopSetID]toldApp
}

type toldApp struct {
	argocd.Application
	gone   bool
	serial uint64
}

// mark is a moment: what is told from now on comes after it.
func (t *told) mark() uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.serial
}

func (t *told) put(e argocd.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.serial++
	t.apps[shop.ShopSetID(e.App.Labels.ShopSet)] = toldApp{e.App, e.Type == argocd.Deleted, t.serial}
}

func (t *told) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.apps = map[shop.ShopSetID]toldApp{}
}

func (t *told) of(name shop.ShopSetID) (toldApp, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a, ok := t.apps[name]
	return a, ok
}

// since brings a list up to date with what was told after a moment.
func (t *told) since(mark uint64, list map[shop.ShopSetID]argocd.Application) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for name, a := range t.apps {
		switch {
		case a.serial <= mark:
		case a.gone:
			delete(list, name)
		default:
			list[name] = a.Application
		}
	}
}

// Watch follows Argo CD's own stream and names each ShopSet of the tiers whose
// Application is told of: all of them first, then those that change. It ends
// with an error: that of the context, or why the stream broke. Follow tells what
// is new. It may run while the World is used.
func (w *World) Watch(ctx context.Context, tiers []shop.Tier, named func(shop.ShopSetID)) error {
	if w.ArgoCD == nil {
		<-ctx.Done()
		return context.Cause(ctx)
	}
	query := argocd.Query{Selector: map[string]string{labelSystem: w.System, labelKind: kindShopSet}}
	if len(tiers) == 1 {
		query.Selector[labelTier] = string(tiers[0])
	}
	w.told.forget()
	names := map[string]shop.ShopSetID{} // a deleted Application comes without labels
	return w.ArgoCD.Watch(ctx, query, "", func(e argocd.Event) error {
		if e.App.Labels.ShopSet == "" {
			e.App.Labels.ShopSet = string(names[e.App.Name])
		}
		name := shop.ShopSetID(e.App.Labels.ShopSet)
		if name == "" || e.Type != argocd.Deleted && !slices.Contains(tiers, shop.Tier(e.App.Labels.Tier)) {
			return nil
		}
		names[e.App.Name] = name
		w.told.put(e)
		named(name)
		return nil
	})
}

// Follow judges ShopSets of a state anew by what the watch told last of them,
// as Observe does, and names those that are not as they were. It reaches nothing.
func (w *World) Follow(have *shop.State, names []shop.ShopSetID) (changed []shop.ShopSetID) {
	wanted := make(map[shop.ShopSetID]bool, len(names))
	for _, name := range names {
		wanted[name] = true
	}
	for i := range have.Tiers {
		t := &have.Tiers[i]
		for j := range t.ShopSets {
			s := &t.ShopSets[j]
			if !wanted[s.Name] {
				continue
			}
			if was := *s; w.judgeTold(t, s) && visible(*s) != visible(was) {
				changed = append(changed, s.Name)
			}
		}
	}
	return changed
}

// visible is what of a ShopSet is worth a word. A list and the stream may give
// revisions that carry the same, and a stream more words on what is well.
func visible(s shop.ShopSetState) shop.ShopSetState {
	if s.Live() {
		s.Message = ""
	}
	s.Revision, s.At = "", ""
	return s
}

func (w *World) judgeTold(t *shop.TierState, s *shop.ShopSetState) (known bool) {
	app, ok := w.told.of(s.Name)
	if !ok {
		return false
	}
	if app.gone || app.Labels.Tier != string(t.Spec.Name) {
		*s = shop.ShopSetState{Name: s.Name, Shops: s.Shops, Sync: shop.UnknownSync, Health: shop.UnknownHealth, Message: noApplication(s.Name)}
		return true
	}
	was := *s
	w.judge(t, s, app.Application)
	if s.Message == "" && s.Health == was.Health && !s.Live() {
		s.Message = was.Message // a stream leaves out what each object says
	}
	return true
}

func noApplication(name shop.ShopSetID) string {
	return fmt.Sprintf("Argo CD has no application for %s", name)
}

// Again gives a state as it is now, if a short look can tell: no branch has
// moved and Argo CD answers. Else only an Observe does. What other servers say
// is not asked again.
func (w *World) Again(ctx context.Context, have shop.State) (now shop.State, same bool, err error) {
	refs, err := w.refs(ctx, false)
	if err != nil {
		return have, false, err
	}
	if !stands(have, refs) {
		return have, false, nil
	}
	if w.ArgoCD != nil && !w.argoAnswers(ctx) {
		return have, false, nil
	}
	have.Now = w.Now()
	have.ArgoCD.Asked = have.Now
	return have, true, nil
}

// argoAnswers reports whether Argo CD answers a question that costs it little.
func (w *World) argoAnswers(ctx context.Context) bool {
	query := argocd.Query{Selector: map[string]string{labelSystem: w.System, labelKind: kindRoot}}
	_, err := w.ArgoCD.List(ctx, query, func(argocd.Application) error { return nil })
	return err == nil
}

// stands reports whether main and the tier branches stand where a state has them.
func stands(have shop.State, refs map[shop.Repository]git.Refs) bool {
	at := func(repo shop.Repository, ref string) shop.CommitID { return commitID(refs[repo].Tips[ref]) }
	if at(shop.SystemRepository, shop.MainBranch) != have.Main {
		return false
	}
	for _, t := range have.Tiers {
		ref := t.Spec.Name.Branch()
		if at(shop.SystemRepository, ref) != t.System || at(shop.AppRepository, ref) != t.App || at(shop.ConfigurationRepository, ref) != t.Configuration {
			return false
		}
	}
	return true
}
