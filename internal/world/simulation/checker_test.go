package simulation

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// checker holds the invariants against the servers after every push. It shares
// no code with plan and world: it walks commits and reads documents by itself.
type checker struct {
	*sim
	broken    []string
	ancestors map[[2]git.ID]bool
	documents map[git.ID]document            // by blob
	intents   map[git.ID]*wanted             // by commit of main
	healthy   map[string]bool                // application + release that somebody saw healthy
	acked     map[shop.Tier]bool             // the freeze or pin there came with its tier branch
	routed    map[git.ID]map[string][]string // routes by commit of a tier branch
	commits   map[string]bool                // operation + ref + what it brought, for I7
}

func newChecker(s *sim) checker {
	return checker{sim: s, ancestors: map[[2]git.ID]bool{}, documents: map[git.ID]document{}, intents: map[git.ID]*wanted{},
		healthy: map[string]bool{}, acked: map[shop.Tier]bool{}, routed: map[git.ID]map[string][]string{}, commits: map[string]bool{}}
}

func (c *checker) breaks(invariant, format string, args ...any) {
	c.broken = append(c.broken, invariant+": "+fmt.Sprintf(format, args...))
}

// document is one resource of the intent, as far as the invariants ask.
type document struct {
	Kind     string
	Metadata struct{ Name string }
	Spec     map[string]yaml.Node
}

// wanted is the intent at one commit of main.
type wanted struct {
	files    map[string]git.ID
	pins     map[shop.Tier]shop.Release
	pinNodes map[shop.Tier]string // the whole pin, for comparing
	frozen   map[shop.Tier]bool
	freezes  map[shop.Tier]said
	verified map[shop.Tier]said
	sets     map[string]shop.Tier
	shops    map[string]string   // shop to ShopSet
	moving   map[string]string   // shop to the ShopSet that it leaves
	hosts    map[string][]string // host to shops
	rejected []shop.Release
}

func text(n yaml.Node) string {
	b, err := yaml.Marshal(&n)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func field[T any](d document, key string) (v T, has bool) {
	n, has := d.Spec[key]
	if has {
		if err := n.Decode(&v); err != nil {
			panic(err)
		}
	}
	return v, has
}

func (c *checker) document(s *server, blob git.ID) document {
	if d, ok := c.documents[blob]; ok {
		return d
	}
	data, err := s.Blob(blob)
	if err != nil {
		panic(err)
	}
	var d document
	if err := yaml.Unmarshal(data, &d); err != nil {
		panic(fmt.Sprintf("%v\n%s", err, data))
	}
	c.documents[blob] = d
	return d
}

// files lists what a tree holds, gitlinks left out.
func files(s *server, tree git.ID, prefix string, into map[string]git.ID) {
	entries, err := s.Tree(tree)
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		switch e.Mode {
		case git.ModeTree:
			files(s, e.ID, prefix+e.Name+"/", into)
		case git.ModeGitlink:
		default:
			into[prefix+e.Name] = e.ID
		}
	}
}

type pinned struct{ App, Configuration shop.CommitID }

// intent reads main at a commit.
func (c *checker) intent(main git.ID) *wanted {
	if w, ok := c.intents[main]; ok {
		return w
	}
	s := c.servers[shop.SystemRepository]
	commit, err := s.Commit(main)
	if err != nil {
		panic(err)
	}
	w := &wanted{files: map[string]git.ID{}, pins: map[shop.Tier]shop.Release{}, pinNodes: map[shop.Tier]string{}, frozen: map[shop.Tier]bool{}, freezes: map[shop.Tier]said{}, verified: map[shop.Tier]said{},
		sets: map[string]shop.Tier{}, shops: map[string]string{}, moving: map[string]string{}, hosts: map[string][]string{}}
	files(s, commit.Tree, "", w.files)
	for path, blob := range w.files {
		if !strings.HasSuffix(path, ".yaml") || strings.HasPrefix(path, "bootstrap/") {
			continue
		}
		d := c.document(s, blob)
		name := d.Metadata.Name
		switch d.Kind {
		case "Policy":
			list, _ := field[[]pinned](d, "rejected")
			for _, r := range list {
				w.rejected = append(w.rejected, shop.Release(r))
			}
		case "Tier":
			if p, has := field[pinned](d, "pin"); has {
				w.pins[shop.Tier(name)], w.pinNodes[shop.Tier(name)] = shop.Release(p), text(d.Spec["pin"])
			}
			w.freezes[shop.Tier(name)], w.frozen[shop.Tier(name)] = field[said](d, "freeze")
			w.verified[shop.Tier(name)], _ = field[said](d, "verified")
		case "ShopSet":
			tier, _ := field[string](d, "tier")
			w.sets[name] = shop.Tier(tier)
		case "Shop":
			set, _ := field[string](d, "shopset")
			hosts, _ := field[[]string](d, "hosts")
			w.shops[name] = set
			if from, moves := field[string](d, "movingFrom"); moves {
				w.moving[name] = from
			}
			for _, h := range hosts {
				w.hosts[h] = append(w.hosts[h], name)
			}
		}
	}
	c.intents[main] = w
	return w
}

// within reports whether a commit is another one or in its history.
func (c *checker) within(s *server, ancestor, descendant git.ID) bool {
	if ancestor == descendant {
		return true
	}
	key := [2]git.ID{ancestor, descendant}
	if v, ok := c.ancestors[key]; ok {
		return v
	}
	found := false
	seen := map[git.ID]bool{}
	todo := []git.ID{descendant}
	for len(todo) > 0 && !found {
		id := todo[0]
		todo = todo[1:]
		if seen[id] {
			continue
		}
		seen[id] = true
		found = id == ancestor
		commit, err := s.Commit(id)
		if err != nil {
			continue
		}
		todo = append(todo, commit.Parents...)
	}
	c.ancestors[key] = found
	return found
}

func (c *checker) holds(name shop.Repository, ancestor shop.CommitID, branch shop.Tier) bool {
	id, err := git.ParseID(string(ancestor))
	if err != nil {
		return false
	}
	s := c.servers[name]
	return c.within(s, id, s.tips[branch.Branch()])
}

// healthySeen notes that somebody was told that an application runs a release, healthy.
func (s *sim) healthySeen(app application, revision string, _ time.Time) {
	id, err := git.ParseID(revision)
	if err != nil {
		return
	}
	s.checker.healthy[seenKey(app, s.pairAt(id))] = true
}

func seenKey(app application, r shop.Release) string {
	return string(app.name) + " " + string(r.App) + " " + string(r.Configuration)
}

// wasHealthy reports whether every ShopSet of a tier was seen healthy at a release.
func (c *checker) wasHealthy(tier shop.Tier, r shop.Release) bool {
	for _, a := range applications {
		if a.tier == tier && !c.healthy[seenKey(a, r)] {
			return false
		}
	}
	return true
}

// trailer reads one of our trailers from the last lines of a message.
func trailer(message, key string) string {
	for _, line := range strings.Split(message, "\n") {
		if v, ok := strings.CutPrefix(line, "Shopctl-"+key+": "); ok {
			return v
		}
	}
	return ""
}

// pushed is called when a server has accepted a push.
func (s *sim) pushed(on *server, updates []git.Update, by *actor) {
	c := &s.checker
	before := map[shop.Tier]carried{}
	for _, u := range updates {
		tier := shop.Tier(strings.TrimPrefix(u.Ref, "refs/heads/"))
		if !u.Old.IsZero() && !c.within(on, u.Old, u.New) {
			c.breaks("I4", "%s of %s lost commits", u.Ref, on.name)
		}
		if on.name == shop.SystemRepository && tier.Number() >= 0 {
			if line := s.lines[tier]; len(line) > 0 {
				before[tier] = line[len(line)-1]
			}
			s.lines[tier] = append(s.lines[tier], carried{s.now, u.New, s.pairAt(u.New)})
		}
	}
	if by.person {
		c.byHand(on, updates)
		return
	}
	if on.name != shop.SystemRepository {
		c.branches(on, updates)
		return
	}
	c.system(updates, by, before)
}

// byHand notes what a person changed on main: it binds later plans only.
func (c *checker) byHand(on *server, updates []git.Update) {
	for _, u := range updates {
		if on.name != shop.SystemRepository || u.Ref != shop.MainBranch {
			continue
		}
		was, is := c.intent(u.Old), c.intent(u.New)
		for n := range tiers {
			if t := shop.TierAt(n); was.frozen[t] != is.frozen[t] || was.pinNodes[t] != is.pinNodes[t] {
				c.acked[t] = false
			}
		}
	}
}

// branches holds I1 for a push to the app or configuration repository.
func (c *checker) branches(on *server, updates []git.Update) {
	if len(updates) != 1 {
		c.breaks("I8", "one hop moved %d branches of %s", len(updates), on.name)
	}
	for _, u := range updates {
		tier := shop.Tier(strings.TrimPrefix(u.Ref, "refs/heads/"))
		below, upper := tier.Below()
		if upper && !c.within(on, u.New, on.tips[below.Branch()]) {
			c.breaks("I1", "%s of %s went to %s, which %s does not have", tier, on.name, u.New, below)
		}
	}
}

// system holds the other invariants for a push to the system repository.
func (c *checker) system(updates []git.Update, by *actor, before map[shop.Tier]carried) {
	s := c.servers[shop.SystemRepository]
	edited := false
	for _, u := range updates {
		if u.Ref == shop.MainBranch {
			edited = true
			c.main(u, by, updates)
		}
	}
	want := c.intent(s.tips[shop.MainBranch])
	c.reachable(updates, want)
	for _, u := range updates {
		if u.Ref == shop.MainBranch {
			continue
		}
		tier := shop.Tier(strings.TrimPrefix(u.Ref, "refs/heads/"))
		commit, err := s.Commit(u.New)
		if err != nil {
			panic(err)
		}
		c.once(u, commit, tier, edited, by)
		c.fetchable(tier, want)
		c.entered(tier, before[tier], want, by)
		c.own(tier, commit)
	}
}

// once holds I7: no second commit of one operation for one effect, none without effect.
func (c *checker) once(u git.Update, commit git.Commit, tier shop.Tier, edited bool, by *actor) {
	s := c.servers[shop.SystemRepository]
	key := by.operation + u.Ref + trailer(commit.Message, "Intent") + fmt.Sprint(c.pairAt(u.New))
	if c.commits[key] {
		c.breaks("I7", "%s: the same operation wrote the same twice", tier)
	}
	c.commits[key] = true
	if parent, err := s.Commit(u.Old); err == nil && !edited && parent.Tree == commit.Tree {
		c.breaks("I7", "%s: a commit without effect", tier)
	}
}

// fetchable holds I2.
func (c *checker) fetchable(tier shop.Tier, want *wanted) {
	line := c.lines[tier]
	r := line[len(line)-1].release
	if !c.holds(shop.AppRepository, r.App, tier) {
		c.breaks("I2", "%s carries app %s, which its branch does not have", tier, r.App.Short())
	}
	if !c.holds(shop.ConfigurationRepository, r.Configuration, tier) {
		c.breaks("I2", "%s carries configuration %s, which its branch does not have", tier, r.Configuration.Short())
	}
	if pin, has := want.pins[tier]; has && pin != r && c.acked[tier] {
		c.breaks("I2", "%s is pinned to %s and carries %s", tier, pin.Short(), r.Short())
	}
}

// entered holds I3: what came into a tier was carried and seen healthy below,
// and nobody kept it out.
func (c *checker) entered(tier shop.Tier, was carried, want *wanted, by *actor) {
	line := c.lines[tier]
	r := line[len(line)-1].release
	below, upper := tier.Below()
	if r == was.release {
		return
	}
	if pin, has := want.pins[tier]; has && pin == r {
		if !c.carriedBy(tier, r, len(line)-1) {
			c.breaks("I2", "%s is pinned to %s, which it never ran", tier, r.Short())
		}
		return
	}
	looked := c.intent(c.servers[shop.SystemRepository].at(by.seen[2])[shop.MainBranch])
	if want.frozen[tier] && c.acked[tier] || looked.frozen[tier] {
		c.breaks("I3", "%s is frozen and took %s", tier, r.Short())
	}
	if _, has := want.pins[tier]; has && c.acked[tier] {
		c.breaks("I3", "%s took %s past its pin", tier, r.Short())
	}
	if !upper {
		return
	}
	if !c.carriedBy(below, r, len(c.lines[below])) {
		c.breaks("I3", "%s took %s, which %s never carried", tier, pairText(r), below)
	} else if !c.wasHealthy(below, r) {
		c.breaks("I3", "%s took %s, which nobody saw healthy on %s", tier, pairText(r), below)
	}
	if pin, has := looked.pins[below]; has && pin != r {
		c.breaks("I3", "%s took %s, but %s is pinned elsewhere", tier, r.Short(), below)
	}
	for _, x := range looked.rejected {
		if x == r {
			c.breaks("I3", "%s took %s, which is rejected", tier, r.Short())
		}
	}
}

func pairText(r shop.Release) string { return r.App.Short() + "+" + r.Configuration.Short() }

func (c *checker) carriedBy(tier shop.Tier, r shop.Release, before int) bool {
	for _, l := range c.lines[tier][:before] {
		if l.release == r {
			return true
		}
	}
	return false
}

// own holds I9: a tier branch has the ShopSets of its own tier alone.
func (c *checker) own(tier shop.Tier, commit git.Commit) {
	main, err := git.ParseID(trailer(commit.Message, "Intent"))
	if err != nil {
		c.breaks("I9", "%s: no Intent in the message", tier)
		return
	}
	want := c.intent(main)
	c.routes(tier, commit.ID, want)
	s := c.servers[shop.SystemRepository]
	all := map[string]git.ID{}
	files(s, commit.Tree, "", all)
	for path := range all {
		parts := strings.Split(path, "/")
		switch {
		case path == ".gitmodules", parts[len(parts)-1] == ".gitkeep":
		case parts[0] == "shopsets" && want.sets[parts[1]] == tier:
		case parts[0] == "argocd" && want.sets[strings.TrimSuffix(parts[1], ".yaml")] == tier:
		default:
			c.breaks("I9", "%s holds %s", tier, path)
		}
	}
}

// main holds I5, I6 and I7 for a commit of main.
func (c *checker) main(u git.Update, by *actor, updates []git.Update) {
	s := c.servers[shop.SystemRepository]
	was, is := c.intent(u.Old), c.intent(u.New)
	commit, err := s.Commit(u.New)
	if err != nil {
		panic(err)
	}
	title, _, _ := strings.Cut(commit.Message, "\n")
	key := by.operation + " main " + title
	if strings.HasSuffix(title, ": maintenance over") {
		// A need of its own each time: somebody may close the same again while a
		// reconcile is under way, with an end that has passed as well.
		for _, path := range slices.Sorted(maps.Keys(is.files)) {
			if was.files[path] != is.files[path] {
				key += " " + was.files[path].String()
			}
		}
	}
	if c.commits[key] {
		c.breaks("I7", "main: %q twice by one operation", title)
	}
	c.commits[key] = true
	for path, blob := range is.files {
		if was.files[path] != blob && !strings.HasPrefix(path, "bootstrap/") {
			c.keys(path, was.files[path], blob, by)
		}
	}
	for path := range was.files {
		if _, there := is.files[path]; !there && !by.edits[path] {
			c.breaks("I5", "main lost %s", path)
		}
	}
	for n := range tiers {
		t := shop.TierAt(n)
		if was.pinNodes[t] != is.pinNodes[t] || was.frozen[t] != is.frozen[t] {
			c.acked[t] = true
		}
		if pin := was.pinNodes[t]; pin != "" && is.pinNodes[t] == "" {
			if seen, ok := by.pins[t]; by.lifts != t && (!ok || seen.Release != was.pins[t]) {
				c.breaks("I5", "%s: a pin was lifted that the plan had not seen", t)
			}
		}
	}
	c.homes(is)
}

// keys holds I5: only the keys that the operation names may change.
func (c *checker) keys(path string, old, new git.ID, by *actor) {
	s := c.servers[shop.SystemRepository]
	is := c.document(s, new)
	if old.IsZero() {
		if !by.edits[path] {
			c.breaks("I5", "main: %s came with an operation that does not name it", path)
		}
		return
	}
	was := c.document(s, old)
	for key := range is.Spec {
		if text(is.Spec[key]) != text(was.Spec[key]) && !by.named(path, key) {
			c.breaks("I5", "main: %s of %s changed by an operation that does not name it", key, path)
		}
	}
	for key := range was.Spec {
		if _, there := is.Spec[key]; !there && !by.named(path, key) && key == "maintenance" {
			c.opensInTime(path, was)
		} else if !there && !by.named(path, key) {
			c.breaks("I5", "main: %s of %s vanished by an operation that does not name it", key, path)
		}
	}
}

// homes holds I6.
func (c *checker) homes(w *wanted) {
	load := map[string]int{}
	for shop, set := range w.shops {
		load[set]++
		if _, there := w.sets[set]; !there {
			c.breaks("I6", "shop %s lives in %s, which is not there", shop, set)
		}
	}
	for set, n := range load {
		if n > capacity {
			c.breaks("I6", "%s holds %d shops of %d", set, n, capacity)
		}
	}
	for host, shops := range w.hosts {
		if len(shops) > 1 {
			c.breaks("I6", "%s is the host of %d shops", host, len(shops))
		}
	}
}
