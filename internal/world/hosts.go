package world

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

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
	lines  string // "host\tshop\n", sorted, of an earlier folder
	// What is new since: lines of gone hosts do not count.
	added map[string]shop.ShopID
	gone  map[string]bool
	homes map[home]int
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
	// maxNews bounds what is worked out again each time; then the file is written anew.
	maxNews = 32
)

func emptyCensus() *census {
	return &census{added: map[string]shop.ShopID{}, gone: map[string]bool{}, homes: map[home]int{}}
}

// holder is the shop that has a host, empty if none has.
func (c *census) holder(host string) shop.ShopID {
	if s, has := c.added[host]; has {
		return s
	}
	if c.gone[host] {
		return ""
	}
	return c.listed(host)
}

// listed looks a host up among the lines.
func (c *census) listed(host string) shop.ShopID {
	low, high := 0, len(c.lines)
	for low < high {
		mid := low + (high-low)/2
		start := low + strings.LastIndexByte(c.lines[low:mid], '\n') + 1
		end := start + strings.IndexByte(c.lines[start:], '\n')
		h, s, _ := strings.Cut(c.lines[start:end], "\t")
		switch {
		case h == host:
			return shop.ShopID(s)
		case h < host:
			low = end + 1
		default:
			high = start
		}
	}
	return ""
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

func (c *census) come(s *shop.Shop) {
	for _, h := range s.Hosts {
		if other := c.holder(h); other != "" && other != s.Name {
			c.clash = true
		}
		c.added[h] = s.Name
	}
	c.count(s, 1)
}

func (c *census) count(s *shop.Shop, n int) {
	c.homes[home{set: s.ShopSet, plan: s.Plan}] += n
	if s.MovingFrom != "" {
		c.homes[home{set: s.MovingFrom, passing: true}] += n
	}
}

// load is what the shops of a ShopSet add up to. known: so are all their plans.
func (c *census) load(set shop.ShopSetID, p shop.Policy) (weight, connections, routes int, known bool) {
	known = true
	for h, n := range c.homes {
		if h.set != set || n == 0 {
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
	for h, n := range c.homes {
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
		last = decodeCensus(w.cached(censusFile))
	}
	next, err := last.at(v, folder.ID)
	if err != nil { // what it goes on from is not there any more
		last = emptyCensus()
		if next, err = last.at(v, folder.ID); err != nil {
			return nil, err
		}
	}
	if last.folder.IsZero() || len(next.added)+len(next.gone) > maxNews {
		data := next.encode()
		next = decodeCensus(string(data))
		w.cache(censusFile, data)
	}
	w.Memo.mu.Lock()
	w.Memo.census = next
	w.Memo.mu.Unlock()
	return next, nil
}

// at follows to another folder of shops.
func (c *census) at(v view, folder git.ID) (*census, error) {
	next := &census{folder: folder, lines: c.lines, added: maps.Clone(c.added), gone: maps.Clone(c.gone), homes: maps.Clone(c.homes), clash: c.clash}
	var came []*shop.Shop
	err := git.Diff(v.o, c.folder, folder, func(file string, was, is git.Entry) error {
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
	for _, s := range came {
		next.come(s)
	}
	return next, err
}

// shopIn decodes one entry of the folder of shops, nil if it is no shop.
func (v view) shopIn(file string, e git.Entry) (*shop.Shop, error) {
	path := "shops/" + file
	if _, _, ok := intent.Identify(path); !ok || e.Mode != git.ModeFile && e.Mode != git.ModeExecutable {
		return nil, nil
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

func (c *census) encode() []byte {
	var b bytes.Buffer
	b.WriteString("1 " + c.folder.String() + "\n") // 1: version of this layout
	var homes []string
	for h, n := range c.homes {
		if n != 0 {
			homes = append(homes, fmt.Sprintf("%s\t%s\t%t\t%d\n", h.set, h.plan, h.passing, n))
		}
	}
	slices.Sort(homes)
	b.WriteString(strings.Join(homes, "") + "\n")
	added := slices.Sorted(maps.Keys(c.added))
	for line := range strings.Lines(c.lines) {
		host, _, _ := strings.Cut(line, "\t")
		for len(added) > 0 && added[0] < host {
			b.WriteString(added[0] + "\t" + string(c.added[added[0]]) + "\n")
			added = added[1:]
		}
		if _, again := c.added[host]; !again && !c.gone[host] {
			b.WriteString(line)
		}
	}
	for _, host := range added {
		b.WriteString(host + "\t" + string(c.added[host]) + "\n")
	}
	return b.Bytes()
}

// decodeCensus gives an empty one for what it cannot read.
func decodeCensus(data string) *census {
	head, rest, _ := strings.Cut(data, "\n")
	version, hex, _ := strings.Cut(head, " ")
	folder, err := git.ParseID(hex)
	if err != nil || version != "1" {
		return emptyCensus()
	}
	c := emptyCensus()
	c.folder = folder
	for {
		var line string
		if line, rest, _ = strings.Cut(rest, "\n"); line == "" {
			c.lines = rest
			return c
		}
		f := strings.Split(line, "\t")
		if len(f) != 4 {
			return emptyCensus()
		}
		n, err := strconv.Atoi(f[3])
		if err != nil {
			return emptyCensus()
		}
		c.homes[home{shop.ShopSetID(f[0]), f[1], f[2] == "true"}] = n
	}
}
