package world

import (
	"sync"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/render"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// Memo keeps results of pure work on objects, by the ids that they were made
// from. Objects never change, so neither do these. It is safe for concurrent use.
type Memo struct {
	mu        sync.Mutex
	resources map[resourceKey]intent.Resource
	sets      map[git.ID]*intent.Set // by tree of main
	facts     map[factsKey]render.Facts
	rendered  map[renderKey]render.Files
	ancestors map[[2]git.ID]bool
	alike     map[likeKey]bool
	checked   map[git.ID]bool                   // trees of main that hold together
	news      map[[2]git.ID]news                // between two trees of main
	asserted  map[assertKey]bool                // what was built and looked at
	rosters   map[git.ID]roster                 // by folder of ShopSets
	mentions  map[git.ID]mentions               // of a maintenance, by folder
	census    *census                           // of the shops, the newest
	routes    map[git.ID]map[shop.ShopID]git.ID // by folder of a ShopSet's routes
}

type factsKey struct {
	configuration string // its encoding
	maintenance   string
	app, config   git.ID
}

type renderKey struct {
	main               git.ID // tree
	tier               shop.Tier
	app, configuration git.ID // trees
}

// NewMemo starts an empty memo.
func NewMemo() *Memo {
	return &Memo{
		resources: map[resourceKey]intent.Resource{},
		sets:      map[git.ID]*intent.Set{},
		facts:     map[factsKey]render.Facts{},
		rendered:  map[renderKey]render.Files{},
		ancestors: map[[2]git.ID]bool{},
		alike:     map[likeKey]bool{},
		checked:   map[git.ID]bool{},
		news:      map[[2]git.ID]news{},
		asserted:  map[assertKey]bool{},
		rosters:   map[git.ID]roster{},
		routes:    map[git.ID]map[shop.ShopID]git.ID{},
		mentions:  map[git.ID]mentions{},
	}
}

// memoised looks a key up, or works it out. An error is not kept.
func memoised[K comparable, V any](m *Memo, in map[K]V, key K, work func() (V, error)) (V, error) {
	m.mu.Lock()
	v, ok := in[key]
	m.mu.Unlock()
	if ok {
		return v, nil
	}
	v, err := work()
	if err != nil {
		return v, err
	}
	m.mu.Lock()
	in[key] = v
	m.mu.Unlock()
	return v, nil
}

func (m *Memo) contains(o git.Objects, _ shop.Repository, ancestor, descendant git.ID) bool {
	v, err := memoised(m, m.ancestors, [2]git.ID{ancestor, descendant}, func() (bool, error) {
		return git.Contains(o, ancestor, descendant)
	})
	return v && err == nil
}
