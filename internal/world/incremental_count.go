package world

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// shopSetsOf lists the ShopSets of a tier branch and counts their shops, from
// the names in its trees alone. The folder of a ShopSet that was counted once
// is not read again.
func (w *World) shopSetsOf(tier shop.Tier, root git.ID) (names []shop.ShopSetID, shops []int, err error) {
	e, err := git.Lookup(w.system(), root, "shopsets")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	sets, err := w.system().Tree(e.ID)
	if err != nil {
		return nil, nil, err
	}
	file := "counts-" + string(tier)
	known := decodeCounts(w.cached(file))
	fresh := false
	var lines bytes.Buffer
	for _, s := range sets {
		n, counted := known[s.ID.String()]
		if !counted {
			if n, err = countShops(w.system(), s.ID); err != nil {
				return nil, nil, err
			}
			fresh = true
		}
		fmt.Fprintf(&lines, "%s %d\n", s.ID, n)
		names, shops = append(names, shop.ShopSetID(s.Name)), append(shops, n)
	}
	if fresh {
		w.cache(file, lines.Bytes())
	}
	return names, shops, nil
}

// countShops counts the routes in the folder of a ShopSet.
func countShops(o git.Objects, folder git.ID) (n int, err error) {
	routes, err := git.Lookup(o, folder, "shops")
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	entries, err := o.Tree(routes.ID)
	for _, e := range entries {
		if s, ok := strings.CutSuffix(e.Name, ".yaml"); ok && shop.ValidName(s) {
			n++
		}
	}
	return n, err
}

// decodeCounts gives the number of shops by folder of a ShopSet.
func decodeCounts(data string) map[string]int {
	known := map[string]int{}
	for line := range strings.Lines(data) {
		folder, count, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if n, err := strconv.Atoi(count); err == nil {
			known[folder] = n
		}
	}
	return known
}
