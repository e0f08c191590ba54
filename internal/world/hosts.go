package world

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"path/filepath"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// census is what a change of one shop is held against without reading the
// others: who has which host, and how many shops of which plan live in each
// ShopSet. It holds for one folder of shops. Made once by reading all shops, it
// follows by the difference of two folders.
type census struct {
	folder git.ID
	file   *hostFile // of an earlier folder
	// What is new since: hosts of the file that are gone do not count.
	added map[string]shop.ShopID
	gone  map[string]bool
	more  map[home]int
	clash bool // a host came to a shop while another had it
}

// home is a ShopSet with a plan; passing: the shops that are leaving it, which
// have a route there and no weight.
type home struct {
	set     shop.ShopSetID
	plan    string
	passing bool
}

const (
	censusFile = "shops"
	// maxNews bounds what is kept beside the file; then the file is written anew.
	maxNews = 256
)

func emptyCensus() *census { return (&hostFile{}).withNews("") }

// holder is the shop that has a host, empty if none has.
func (c *census) holder(host string) (shop.ShopID, error) {
	if s, has := c.added[host]; has {
		return s, nil
	}
	if c.gone[host] {
		return "", nil
	}
	return c.file.holder(host)
}

// leave and come change what one shop counts for. All that leave go first.
func (c *census) leave(s *shop.Shop) {
	for _, h := range s.Hosts {
		if c.added[h] == s.Name {
			delete(c.added, h)
		}
		c.gone[h] = true
	}
	c.count(s, -1)
}

func (c *census) come(s *shop.Shop) error {
	for _, h := range s.Hosts {
		other, err := c.holder(h)
		if err != nil {
			return err
		}
		if other != "" && other != s.Name {
			c.clash = true
		}
		c.added[h] = s.Name
	}
	c.count(s, 1)
	return nil
}

func (c *census) count(s *shop.Shop, n int) {
	c.more[home{set: s.ShopSet, plan: s.Plan}] += n
	if s.MovingFrom != "" {
		c.more[home{set: s.MovingFrom, passing: true}] += n
	}
}

// homes tells how many shops live where.
func (c *census) homes() iter.Seq2[home, int] {
	return func(yield func(home, int) bool) {
		for h, n := range c.file.homes {
			if n += c.more[h]; n != 0 && !yield(h, n) {
				return
			}
		}
		for h, n := range c.more {
			if _, listed := c.file.homes[h]; !listed && n != 0 && !yield(h, n) {
				return
			}
		}
	}
}

// load is what the shops of a ShopSet add up to. known: so are all their plans.
func (c *census) load(set shop.ShopSetID, p shop.Policy) (weight, connections, routes int, known bool) {
	known = true
	for h, n := range c.homes() {
		if h.set != set {
			continue
		}
		routes += n
		if h.passing {
			continue
		}
		plan, ok := intent.PlanOf(p, h.plan)
		known = known && ok
		weight, connections = weight+n*plan.Weight, connections+n*plan.DBConnections
	}
	return weight, connections, routes, known
}

// burden is what the shops of a ShopSet add up to.
type burden struct{ weight, connections, routes int }

// loads is load for all ShopSets at once.
func (c *census) loads(p shop.Policy) map[shop.ShopSetID]burden {
	all := map[shop.ShopSetID]burden{}
	for h, n := range c.homes() {
		l := all[h.set]
		l.routes += n
		if !h.passing {
			plan, _ := intent.PlanOf(p, h.plan)
			l.weight, l.connections = l.weight+n*plan.Weight, l.connections+n*plan.DBConnections
		}
		all[h.set] = l
	}
	return all
}

// census is that of a view whose shops hold together.
func (w *World) census(v view) (*census, error) {
	folder, err := git.Lookup(v.o, v.tree, "shops")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	w.Memo.mu.Lock()
	last := w.Memo.census
	w.Memo.mu.Unlock()
	if last == nil {
		last = w.hostFile().withNews(w.cached(newsFile))
	}
	next, err := last.at(v, folder.ID)
	if err == nil {
		next, err = w.kept(next, last)
	}
	if err != nil { // what it goes on from is not there any more, or damaged
		return w.recount(v, folder.ID)
	}
	w.follow(next)
	return next, nil
}

// recount reads all shops.
func (w *World) recount(v view, folder git.ID) (*census, error) {
	empty := emptyCensus()
	next, err := empty.at(v, folder)
	if err == nil {
		next, err = w.kept(next, empty)
	}
	if err != nil {
		return nil, err
	}
	w.follow(next)
	return next, nil
}

func (w *World) follow(c *census) {
	w.Memo.mu.Lock()
	defer w.Memo.mu.Unlock()
	w.Memo.census = c
}

// kept puts what is new since the last census where later runs find it.
func (w *World) kept(next, last *census) (*census, error) {
	if next.folder == last.folder || next.clash {
		return next, nil
	}
	if !last.folder.IsZero() && len(next.added)+len(next.gone) <= maxNews {
		w.cache(newsFile, next.encodeNews())
		return next, nil
	}
	data, err := next.encode()
	if err != nil {
		return nil, err
	}
	if w.Cache != "" {
		writeAtomically(filepath.Join(w.Cache, censusFile), data)
	}
	f, _ := readHosts(bytes.NewReader(data), int64(len(data)))
	return f.withNews(""), nil
}

// at follows to another folder of shops.
func (c *census) at(v view, folder git.ID) (*census, error) {
	next := &census{folder: folder, file: c.file, added: maps.Clone(c.added), gone: maps.Clone(c.gone), more: maps.Clone(c.more), clash: c.clash}
	var came []*shop.Shop
	read := v.w.counting(shop.Reading, 0)
	err := git.Diff(v.o, c.folder, folder, func(file string, was, is git.Entry) error {
		read()
		old, err := v.shopIn(file, was)
		if err != nil {
			return err
		}
		if old != nil {
			next.leave(old)
		}
		s, err := v.shopIn(file, is)
		if s != nil {
			came = append(came, s)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, s := range came {
		if err := next.come(s); err != nil {
			return nil, err
		}
	}
	return next, nil
}

// holders are the shops that have one of these hosts.
func (w *World) holders(v view, c *census, hosts []string) (map[string]shop.ShopID, error) {
	found := map[string]shop.ShopID{}
	for _, h := range hosts {
		s, err := c.holder(h)
		if errors.Is(err, errDamagedFile) {
			if c, err = w.recount(v, c.folder); err == nil {
				s, err = c.holder(h)
			}
		}
		if err != nil {
			return nil, err
		}
		if s != "" {
			found[h] = s
		}
	}
	return found, nil
}

// shopIn decodes one entry of the folder of shops, nil if it is no shop. It is
// not remembered: all shops would be.
func (v view) shopIn(file string, e git.Entry) (*shop.Shop, error) {
	path := "shops/" + file
	if _, _, ok := intent.Identify(path); !ok || e.Mode != git.ModeFile && e.Mode != git.ModeExecutable {
		return nil, nil
	}
	if r, known := v.decoded(path, e.ID); known {
		return r.(*shop.Shop), nil
	}
	data, err := v.o.Blob(e.ID)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	r, err := intent.Decode(path, data)
	if err != nil {
		return nil, err
	}
	return r.(*shop.Shop), nil
}
