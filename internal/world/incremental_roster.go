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

// roster tells where each ShopSet of a system belongs, without reading their
// files: there may be 2,900 of them.
type roster map[shop.ShopSetID]enrolled

type enrolled struct {
	tier                                      shop.Tier
	configuration, cluster, namespace, domain string
	shops, connections                        int // 0: the Policy's
	draining, closed                          bool
}

// any reports whether something holds for a ShopSet of a tier.
func (r roster) any(t shop.Tier, is func(enrolled) bool) bool {
	for _, e := range r {
		if e.tier == t && is(e) {
			return true
		}
	}
	return false
}

// configurations are those that the ShopSets of a tier are made with, sorted.
func (r roster) configurations(t shop.Tier) []string {
	names := map[string]bool{}
	for _, e := range r {
		if e.tier == t {
			names[e.configuration] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

const rosterFile = "shopsets"

// roster reads it from the cache, as far as it goes, and from the files.
func (w *World) roster(v view) (roster, error) {
	e, err := git.Lookup(v.o, v.tree, "shopsets")
	if errors.Is(err, fs.ErrNotExist) {
		return roster{}, nil
	}
	if err != nil {
		return nil, err
	}
	return memoised(w.Memo, w.Memo.rosters, e.ID, func() (roster, error) {
		from, r := decodeRoster(w.cached(rosterFile))
		if from == e.ID {
			return r, nil
		}
		if v.enrol(r, from, e.ID) != nil {
			r = roster{} // what the cache goes on from is not there any more
			if err := v.enrol(r, git.ID{}, e.ID); err != nil {
				return nil, err
			}
		}
		w.cache(rosterFile, r.encode(e.ID))
		return r, nil
	})
}

// enrol brings a roster from one folder of ShopSets to another.
func (v view) enrol(r roster, from, to git.ID) error {
	return git.Diff(v.o, from, to, func(file string, _, is git.Entry) error {
		path := "shopsets/" + file
		kind, name, ok := intent.Identify(path)
		if !ok || kind != shop.KindShopSet {
			return nil
		}
		delete(r, shop.ShopSetID(name))
		if is.ID.IsZero() || is.Mode != git.ModeFile && is.Mode != git.ModeExecutable {
			return nil
		}
		x, err := v.decode(path, is.ID)
		if err != nil {
			return err
		}
		s := x.(*shop.ShopSet)
		r[s.Name] = enrolled{
			tier: s.Tier, configuration: s.Configuration, cluster: s.Cluster, namespace: intent.Namespace(*s), domain: s.FailureDomain,
			shops: s.Shops, connections: s.DBConnections, draining: s.Draining, closed: s.Maintenance != nil,
		}
		return nil
	})
}

func (r roster) encode(folder git.ID) []byte {
	var b bytes.Buffer
	b.WriteString("2 " + folder.String() + "\n") // 2: version of this layout
	for _, name := range slices.Sorted(maps.Keys(r)) {
		e := r[name]
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\t%s\t%s\t%d\t%d\t%t\t%t\n",
			name, e.tier, e.configuration, e.cluster, e.namespace, e.domain, e.shops, e.connections, e.draining, e.closed)
	}
	return b.Bytes()
}

// decodeRoster gives an empty one for what it cannot read.
func decodeRoster(data string) (git.ID, roster) {
	head, rest, _ := strings.Cut(data, "\n")
	version, hex, _ := strings.Cut(head, " ")
	folder, err := git.ParseID(hex)
	if err != nil || version != "2" {
		return git.ID{}, roster{}
	}
	r := roster{}
	for line := range strings.Lines(rest) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 10 {
			return git.ID{}, roster{}
		}
		shops, err := strconv.Atoi(f[6])
		connections, err2 := strconv.Atoi(f[7])
		if err != nil || err2 != nil {
			return git.ID{}, roster{}
		}
		r[shop.ShopSetID(f[0])] = enrolled{
			tier: shop.Tier(f[1]), configuration: f[2], cluster: f[3], namespace: f[4], domain: f[5],
			shops: shops, connections: connections, draining: f[8] == "true", closed: f[9] == "true",
		}
	}
	return folder, r
}
