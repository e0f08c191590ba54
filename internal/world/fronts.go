package world

import (
	"context"
	"errors"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/shopctl/shopctl/internal/render"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/argocd"
	"github.com/shopctl/shopctl/internal/world/git"
)

// fronts fills in what customers meet of the subject of a Close or Open: what
// Argo CD has brought of its routes and, once they are there, what an address
// answers.
func (w *World) fronts(ctx context.Context, g shop.Goal, v view, have *shop.State) {
	var about shop.Subject
	wished := false // the intent says already what the goal wants
	switch g := g.(type) {
	case shop.Close:
		about, wished = g.Subject, have.Scene.Maintenance != nil
	case shop.Open:
		about, wished = g.Subject, have.Scene.Maintenance == nil
	default:
		return
	}
	if have.Scene.Found {
		have.Scene.Runner = w.runner(ctx, *have)
	}
	if w.ArgoCD == nil || have.ArgoCD.Silent != "" || !have.Scene.Found {
		return
	}
	all := make([]shop.Front, len(have.Scene.ShopSets))
	silent := make([]string, len(all))
	var group errgroup.Group
	group.SetLimit(askAtOnce)
	for i, set := range have.Scene.ShopSets {
		all[i] = shop.Front{ShopSet: set, Tier: w.homeOf(v, set)}
		t, ok := have.Tier(all[i].Tier)
		if !ok || t.System == "" {
			continue
		}
		one := w.routedShop(v, about, set, t)
		all[i].Host = hostOf(v, one)
		group.Go(func() error {
			silent[i] = w.frontRoutes(ctx, &all[i], about, one, t)
			if all[i].Applied && wished && w.Ask != nil && all[i].Host != "" {
				all[i].Answer = w.Ask(ctx, all[i].Host)
				all[i].Answer.Asked, all[i].Answer.At = true, w.Now()
			}
			return nil
		})
	}
	_ = group.Wait() // nothing of it is an error
	have.Scene.Fronts = all
	if m := have.Scene.Maintenance; m != nil {
		word := render.Bypass(have.System, about.Kind, about.Name, *m)
		switch {
		case w.linked(all, about, have):
			have.Scene.Word = word
		case w.headed(v, all, about, have, word):
			have.Scene.Header = render.BypassHeader + ": " + word
		}
	}
	for _, why := range silent {
		if why != "" {
			have.ArgoCD.Silent = why
		}
	}
}

func (w *World) homeOf(v view, set shop.ShopSetID) shop.Tier {
	is, err := w.roster(v)
	if err != nil {
		return ""
	}
	return is[set].tier
}

// routedShop is the shop by whose route a ShopSet is judged: the subject itself,
// else the first that has one.
func (w *World) routedShop(v view, about shop.Subject, set shop.ShopSetID, t shop.TierState) shop.ShopID {
	if about.Kind == shop.KindShop {
		return shop.ShopID(about.Name)
	}
	c, err := w.system().Commit(id(t.System))
	if err != nil {
		return ""
	}
	dir, err := git.Lookup(w.system(), c.Tree, "shopsets/"+string(set)+"/shops")
	if err != nil {
		return ""
	}
	entries, err := w.system().Tree(dir.ID)
	if err != nil {
		return ""
	}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name, ".yaml")
		if ok && shop.ValidName(name) && hostOf(v, shop.ShopID(name)) != "" {
			return shop.ShopID(name)
		}
	}
	return ""
}

// hostOf is an address of a shop that can be asked, empty if there is none.
func hostOf(v view, name shop.ShopID) string {
	if name == "" {
		return ""
	}
	s, err := resource[*shop.Shop](v, shop.KindShop, string(name))
	if err != nil {
		return ""
	}
	for _, h := range s.Hosts {
		if !strings.HasPrefix(h, "*") {
			return h
		}
	}
	return ""
}

// frontRoutes asks Argo CD how far the routes of a ShopSet are. It gives why Argo CD
// did not answer.
func (w *World) frontRoutes(ctx context.Context, f *shop.Front, about shop.Subject, one shop.ShopID, t shop.TierState) (silent string) {
	a, err := w.ArgoCD.Get(ctx, w.System+"-"+string(f.ShopSet)+"-shops")
	if err != nil {
		if errors.Is(err, argocd.NotFound) {
			return "" // a new ShopSet: it comes
		}
		return err.Error()
	}
	paths := []string{render.ClosedPath(f.ShopSet)}
	if about.Kind == shop.KindShop {
		paths = nil
	}
	if one != "" {
		paths = append(paths, render.RoutePath(f.ShopSet, one))
	}
	f.Applied = a.Sync.Known() == argocd.Synced && w.sameFiles(a.Revision, t.System, paths)
	f.Waits = a.Sync.Known() == argocd.OutOfSync && !a.Phase.Active() && !a.Requested
	f.AppliedAt = a.FinishedAt
	if (a.Phase == argocd.Failed || a.Phase == argocd.Errored) && !f.Applied && w.sameFiles(a.OperationRevision, t.System, paths) {
		f.Failure = a.OperationMessage
	}
	return ""
}

// sameFiles reports whether two commits of a tier branch have the same files at
// some paths: what a route says is there, whatever else came before or after.
func (w *World) sameFiles(revision string, tip shop.CommitID, paths []string) bool {
	at := id(shop.CommitID(revision))
	if at.IsZero() {
		return false
	}
	was, err := w.system().Commit(at)
	if err != nil {
		return false
	}
	is, err := w.system().Commit(id(tip))
	if err != nil {
		return false
	}
	for _, path := range paths {
		before, _ := git.Lookup(w.system(), was.Tree, path) // not there: the zero entry
		after, _ := git.Lookup(w.system(), is.Tree, path)
		if before.ID != after.ID {
			return false
		}
	}
	return true
}

// linked reports whether what answers for a subject is generated: it lets people
// in who follow a link. The base's own Service does not.
func (w *World) linked(fronts []shop.Front, about shop.Subject, have *shop.State) bool {
	for _, f := range fronts {
		t, ok := have.Tier(f.Tier)
		if !ok {
			continue
		}
		path := render.ClosedPath(f.ShopSet)
		if about.Kind == shop.KindShop {
			path = render.RoutePath(f.ShopSet, shop.ShopID(about.Name))
		}
		c, err := w.system().Commit(id(t.System))
		if err != nil {
			continue
		}
		e, err := git.Lookup(w.system(), c.Tree, path)
		if err != nil {
			continue
		}
		if data, err := w.system().Blob(e.ID); err == nil && strings.Contains(string(data), render.BypassKey) {
			return true
		}
	}
	return false
}

// headed reports whether a route lets past what answers for a subject whoever
// sends the word: what leads to the base's own Service does, an Ingress cannot.
func (w *World) headed(v view, fronts []shop.Front, about shop.Subject, have *shop.State, word string) bool {
	for _, f := range fronts {
		t, _ := have.Tier(f.Tier)
		c, err := w.system().Commit(id(t.System))
		if err != nil {
			continue
		}
		e, err := git.Lookup(w.system(), c.Tree, render.RoutePath(f.ShopSet, w.routedShop(v, about, f.ShopSet, t)))
		if err != nil {
			continue
		}
		if data, err := w.system().Blob(e.ID); err == nil && strings.Contains(string(data), word) {
			return true
		}
	}
	return false
}

// Answer asks an address as a customer would.
func (w *World) Answer(ctx context.Context, host string) shop.Answer {
	if w.Ask == nil {
		return shop.Answer{Nowhere: true}
	}
	return w.Ask(ctx, host)
}
