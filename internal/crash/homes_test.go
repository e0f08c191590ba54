//go:build unix

package crash

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
)

// Shops are added where there is room for one each: the other ShopSet of the tier
// is being drained. Everybody reaches for the same place, and there are more
// places than people who add.
const narrowSets = 2 * shopPeople

func narrow(set string) bool { return strings.HasPrefix(set, "s-31") }

// narrowFiles are made like their neighbour.
func (c *crowd) narrowFiles() map[string]string {
	neighbour := c.git("system.git", "show", "main:shopsets/s-301.yaml")
	file := func(set, line string) string {
		return strings.TrimRight(strings.ReplaceAll(neighbour, "s-301", set), "\n") + "\n  " + line + "\n"
	}
	files := map[string]string{"shopsets/s-301.yaml": file("s-301", "draining: true")}
	for n := range narrowSets {
		set := fmt.Sprintf("s-31%d", n)
		files["shopsets/"+set+".yaml"] = file(set, "shops: 1")
	}
	return files
}

// A standing is where the shops were after a push: by the intent, and by the
// routes on the tier branches.
type standing struct {
	shops  map[string]resource
	routes map[string][]string // ShopSets by shop
}

// wrong lists the shops with routes in ShopSets in which they do not live, and
// those for which there was no room.
func (s standing) wrong() (homes, full []string) {
	taken := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(s.shops)) {
		set := s.shops[name].Spec.Shopset
		if narrow(set) && taken[set] {
			full = append(full, name)
		}
		taken[set] = true
	}
	for _, name := range slices.Sorted(maps.Keys(s.routes)) {
		sets, one := s.routes[name], s.shops[name].Spec
		if len(sets) > 1 && !(len(sets) == 2 && one.MovingFrom != "" && slices.Contains(sets, one.Shopset) && slices.Contains(sets, one.MovingFrom)) {
			homes = append(homes, name)
		}
	}
	return homes, full
}

// homes looks at the system after each push that wrote main, with the tier
// branches that came in it, in the order of main.
func (c *crowd) homes(s snapshot, v *verdict) {
	c.t.Helper()
	with := map[string]move{}
	for _, m := range c.moves {
		if id := m.refs["main"]; m.repository == "system.git" && id != "" {
			with[id] = m
		}
	}
	tips := map[string]string{}
	for _, one := range s.system.line("main") {
		m, pushed := with[one.id]
		if !pushed {
			continue // it came with a later one
		}
		maps.Copy(tips, m.refs)
		now := c.standing(tips)
		homes, full := now.wrong()
		for _, name := range homes {
			v.blame(&v.homes, "%s (%s, %s): shop %s has two homes", one.id, one.actor, one.title, name)
		}
		for _, name := range full {
			v.blame(&v.full, "%s (%s, %s): there was no room for shop %s", one.id, one.actor, one.title, name)
		}
		v.narrow = max(v.narrow, now.narrow())
	}
}

// narrow is how many places are taken where there is room for one.
func (s standing) narrow() (n int) {
	for _, one := range s.shops {
		if narrow(one.Spec.Shopset) {
			n++
		}
	}
	return n
}

func (c *crowd) standing(tips map[string]string) standing {
	c.t.Helper()
	s := standing{shops: map[string]resource{}, routes: map[string][]string{}}
	for _, r := range (snapshot{files: c.filesOf(tips["main"])}).resources("shops") {
		s.shops[r.Metadata.Name] = r
	}
	for ref, tip := range tips {
		if ref == "main" {
			continue
		}
		for file := range strings.FieldsSeq(c.git("system.git", "ls-tree", "-r", "--name-only", tip, "shopsets/")) {
			if dir, name := path.Split(file); strings.HasSuffix(dir, "/shops/") && name != ".gitkeep" {
				shop := strings.TrimSuffix(name, ".yaml")
				s.routes[shop] = append(s.routes[shop], path.Base(path.Dir(path.Clean(dir))))
			}
		}
	}
	return s
}

// What a standing is blamed for.
func TestStanding(t *testing.T) {
	at := func(set, from string) resource {
		var r resource
		r.Spec.Shopset, r.Spec.MovingFrom = set, from
		return r
	}
	for _, tt := range []struct {
		name        string
		s           standing
		homes, full int
	}{
		{"one home", standing{map[string]resource{"a": at("s-1", "")}, map[string][]string{"a": {"s-1"}}}, 0, 0},
		{"on its way", standing{map[string]resource{"a": at("s-1", "s-2")}, map[string][]string{"a": {"s-1", "s-2"}}}, 0, 0},
		{"two homes", standing{map[string]resource{"a": at("s-1", "")}, map[string][]string{"a": {"s-1", "s-2"}}}, 1, 0},
		{"a third", standing{map[string]resource{"a": at("s-1", "s-2")}, map[string][]string{"a": {"s-1", "s-2", "s-3"}}}, 1, 0},
		{"another", standing{map[string]resource{"a": at("s-1", "s-2")}, map[string][]string{"a": {"s-1", "s-3"}}}, 1, 0},
		{"gone with two routes", standing{nil, map[string][]string{"a": {"s-1", "s-2"}}}, 1, 0},
		{"no room", standing{map[string]resource{"a": at("s-310", ""), "b": at("s-310", "s-1"), "c": at("s-1", "s-310"), "d": at("s-311", ""), "e": at("s-1", "")}, nil}, 0, 1},
	} {
		if homes, full := tt.s.wrong(); len(homes) != tt.homes || len(full) != tt.full {
			t.Errorf("%s: %q have two homes, no room for %q", tt.name, homes, full)
		}
	}
}
