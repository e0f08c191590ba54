// Package world is everything outside shopctl, seen as one: the repositories
// of a system and its Argo CD. It observes the state of a goal and carries out
// one operation at a time; package plan decides which, package apply when.
//
//	w, err := world.New(world.Options{System: "prod", Repositories: repos, ArgoCD: argo, …})
//	have, err := w.Observe(ctx, shop.Promote{To: "tier-1", From: "tier-0", Release: r})
//	err = w.Do(ctx, ops[0])
package world

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/shopctl/shopctl/internal/render"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/argocd"
	"github.com/shopctl/shopctl/internal/world/git"
)

// Repository is one repository, as package git gives it.
type Repository interface {
	git.Objects
	Refs(context.Context) (git.Refs, error)
	RefsForPush(context.Context) (git.Refs, error)
	Fetch(context.Context, ...git.ID) error
	Need(context.Context, ...git.ID) error
	Push(context.Context, []git.Update, *git.Batch) error
}

// ArgoCD is one Argo CD server, as package argocd gives it.
type ArgoCD interface {
	List(context.Context, argocd.Query, func(argocd.Application) error) (string, error)
	Watch(ctx context.Context, q argocd.Query, resourceVersion string, visit func(argocd.Event) error) error
	Get(context.Context, string) (argocd.Application, error)
	Refresh(context.Context, string, argocd.RefreshMode) (argocd.Application, error)
	Sync(context.Context, string, argocd.SyncRequest) error
	Upsert(context.Context, []byte) error
	Route(ctx context.Context, app, namespace, name string) (argocd.Route, error)
}

// Identity is who writes: as a record, not as proof.
type Identity struct {
	Actor       string // in trailers and resources
	Name, Email string // in commits
}

// Options say what a World is made of.
type Options struct {
	System       string // the system's name
	Repositories map[shop.Repository]Repository
	ArgoCD       ArgoCD // nil: the system has none
	Forge        Forge  // nil: the system has none, so no checks and no reviews
	Gates        Gates  // how a team's own gates are asked
	// Runs is what reconciles this system by itself, besides what its workflows
	// say; empty: nothing that we know of.
	Runs string
	// Ask asks an address as a customer would; nil: addresses are not asked.
	Ask       func(ctx context.Context, host string) shop.Answer
	Identity  func() (Identity, error)
	Operation string           // 128 random bits of this run, in hexadecimal
	Now       func() time.Time // asked after each look, so it may follow a server's clock
	Chance    func() float64   // in [0,1), for the jitter
	Cache     string           // folder for what can be worked out again; empty: memory only
	Memo      *Memo            // results of pure work, shared between Worlds; nil: its own
	Told      func(shop.Work)  // how far long work is, from any goroutine; nil: nobody wants to know
	Facts     FactsFunc        // nil: render.Inspect, and what is written is built first
}

// FactsFunc works out what rendering has to know of an app and a configuration tree.
type FactsFunc func(c shop.Configuration, p shop.Policy, base, config render.Tree) (render.Facts, error)

// World is one system. It is used by one run at a time.
type World struct {
	Options
	seen      seen
	heard     heard
	told      told
	answers   gateAnswers
	accepted  accepted
	histories *histories
	builds    bool // what is written is built first
}

// seen is what this run has observed: it decides nothing, it only tells a
// repeated look from the first, and what is new since.
type seen struct {
	sync.Mutex
	refs   map[shop.Repository]git.Refs
	first  map[shop.Tier]git.ID // system tips of the first look
	paused map[string]bool      // operations that have stepped aside for others
	moved  map[git.ID]bool      // where this run moved branches of the app and configuration repository
	reads  map[string]int       // of pull requests that have arrived, by head branch
	others time.Time            // when a promotion of somebody else was last seen under way
}

// New makes a World. It reaches nothing yet.
func New(o Options) (*World, error) {
	for _, repo := range []shop.Repository{shop.AppRepository, shop.SystemRepository} {
		if o.Repositories[repo] == nil {
			return nil, fmt.Errorf("a system needs its %s repository", repo)
		}
	}
	if o.Memo == nil {
		o.Memo = NewMemo()
	}
	builds := o.Facts == nil
	if builds {
		o.Facts = render.Inspect
	}
	return &World{
		Options:   o,
		builds:    builds,
		seen:      seen{first: map[shop.Tier]git.ID{}, paused: map[string]bool{}, moved: map[git.ID]bool{}, reads: map[string]int{}},
		heard:     heard{checks: map[shop.CheckedCommit]heardChecks{}, pulls: map[shop.Tier]heardPulls{}},
		histories: &histories{dir: o.Cache},
		told:      told{apps: map[shop.ShopSetID]toldApp{}},
	}, nil
}

func (w *World) repository(r shop.Repository) Repository { return w.Repositories[r] }

func (w *World) system() Repository { return w.Repositories[shop.SystemRepository] }

func (w *World) hasConfiguration() bool { return w.Repositories[shop.ConfigurationRepository] != nil }

// commitID and id translate between the words of package shop and those of package git.
func commitID(id git.ID) shop.CommitID {
	if id.IsZero() {
		return ""
	}
	return shop.CommitID(id.String())
}

func id(c shop.CommitID) git.ID {
	parsed, err := git.ParseID(string(c))
	if err != nil {
		return git.ID{}
	}
	return parsed
}

// graph answers shop.Graph from the objects that were fetched.
type graph struct{ w *World }

func (g graph) Contains(repo shop.Repository, ancestor, descendant shop.CommitID) bool {
	r := g.w.Repositories[repo]
	if r == nil || ancestor == "" || descendant == "" {
		return false
	}
	if ancestor == descendant {
		return true
	}
	return g.w.Memo.contains(r, repo, id(ancestor), id(descendant))
}
