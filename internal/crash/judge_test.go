//go:build unix

package crash

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// A verdict is what became of a crowd's work.
type verdict struct {
	operations, edits        int // edits: those by plain git
	lost, duplicated, gaveUp int
	homes, full              int // shops with two homes, or without room
	narrow                   int // places of one that were taken at once
	refusals                 int // of shopctl, and true
	traffic, system          traffic
	took                     []time.Duration
	violations               []string
}

func (v *verdict) figure() {
	fmt.Printf("figure crowd operations=%d edits=%d lost=%d duplicated=%d two_homes=%d capacity_exceeded=%d gave_up=%d true_refusals=%d pushes=%d pushes_per_operation=%.2f refused=%d system_pushes=%d p50=%s p99=%s violations=%d places_taken=%d\n",
		v.operations, v.edits, v.lost, v.duplicated, v.homes, v.full, v.gaveUp, v.refusals, v.traffic.all(), float64(v.traffic.all())/float64(max(1, v.operations)),
		v.traffic.refused, v.system.all(), quantile(v.took, 0.50), quantile(v.took, 0.99), len(v.violations), v.narrow)
}

func (v *verdict) blame(counter *int, format string, args ...any) {
	*counter++
	v.violations = append(v.violations, fmt.Sprintf(format, args...))
}

// judged lets everything settle and compares what people were told with what
// is there.
func (c *crowd) judged(before map[string]traffic) *verdict {
	c.t.Helper()
	v := &verdict{operations: len(c.deeds) + len(c.pushed), edits: len(c.pushed)}
	each, all := c.since(before)
	v.traffic, v.system = all, each["system.git"]
	c.must("reconcile", "--yes")
	s := c.look()
	other := 0
	for _, b := range append(s.broken(), c.fsck()...) {
		v.blame(&other, "%s", b)
	}
	if files := leftovers(c.dir); len(files) > 0 {
		v.blame(&other, "left behind: %q", files)
	}
	for k := range s.tiers() {
		if o := c.shopctl(client{}, "render", tier(k), "--check"); o.exit != 0 {
			v.blame(&other, "render %s --check: %v", tier(k), o)
		}
	}
	if o := c.shopctl(client{}, "doctor"); o.exit != 0 {
		v.blame(&other, "doctor: %v", o)
	}
	c.twice(s, v)
	c.homes(s, v)
	c.pushesKept(s, v)
	h := c.history(s)
	for _, d := range c.deeds {
		v.took = append(v.took, d.took)
		c.judge(s, h, d, v)
	}
	return v
}

// twice looks for operations that did the same on one branch again, commits
// without effect, and releases that came to a tier again without a reason.
func (c *crowd) twice(s snapshot, v *verdict) {
	edits := map[string]bool{} // operations that wrote main
	for _, one := range s.system.line("main") {
		if edits[one.operation] && one.operation != "" {
			v.blame(&v.duplicated, "main: %s (%s, %s): the same operation wrote before", one.id, one.actor, one.title)
		}
		edits[one.operation] = true
	}
	for k := range s.tiers() {
		seen := map[string]string{}
		var last commit
		for _, one := range s.system.line(tier(k)) {
			what := fmt.Sprint(one.operation, one.intent, one.pair)
			if former, again := seen[what]; again {
				v.blame(&v.duplicated, "%s: %s (%s, %s) did the work of %s again", tier(k), one.id, one.actor, one.title, former)
			}
			seen[what] = one.id
			if one.tree == last.tree && !edits[one.operation] {
				v.blame(&v.duplicated, "%s: %s (%s, %s) has no effect", tier(k), one.id, one.actor, one.title)
			}
			if last.id != "" && !s.within(last.pair, one.pair) && !strings.Contains(one.title, "roll back") {
				v.blame(&v.duplicated, "%s: %s (%s, %s) went back from %v to %v", tier(k), one.id, one.actor, one.title, last.pair, one.pair)
			}
			last = one
		}
	}
}

// within reports whether one release is another or older.
func (s snapshot) within(a, b pair) bool {
	return s.app.contains(a.app, b.app) && s.configuration.contains(a.configuration, b.configuration)
}

// pushesKept checks the changes by plain git.
func (c *crowd) pushesKept(s snapshot, v *verdict) {
	books := map[string]book{"app.git": s.app, "configuration.git": s.configuration, "system.git": s.system}
	for _, p := range c.pushed {
		b := books[p.repository]
		if !b.contains(p.id, b.refs[p.branch]) {
			v.blame(&v.lost, "%s %s: %s of plain git is gone", p.repository, p.branch, p.id)
		}
		if p.shop == "" {
			continue
		}
		routes := 0
		for ref, tree := range s.trees {
			for name := range tree {
				if strings.HasSuffix(name, "/shops/"+p.shop+".yaml") && ref == p.tier {
					routes++
				}
			}
		}
		if routes != 1 {
			v.blame(&v.lost, "shop %s has %d routes on %s", p.shop, routes, p.tier)
		}
	}
}

// A span is what a tier's pin was between two pushes to main. The push itself
// happened somewhat before the server told of it.
type span struct {
	pin      pair
	from, to time.Time
	by       string
}

// A history is what stood where, and when.
type history struct {
	pins    map[string][]span
	reached map[string]time.Time // commit: when it was pushed, at the latest
	tips    map[string][]move    // of a repository's branch: "app.git tier-0"
}

func (c *crowd) history(s snapshot) history {
	c.t.Helper()
	h := history{pins: map[string][]span{}, reached: map[string]time.Time{}, tips: map[string][]move{}}
	var last time.Time
	for _, m := range c.moves {
		for ref, id := range m.refs {
			h.reached[id] = m.at
			h.tips[m.repository+" "+ref] = append(h.tips[m.repository+" "+ref], m)
		}
		id := m.refs["main"]
		if m.repository != "system.git" || id == "" {
			continue
		}
		for k := range s.tiers() {
			spans := h.pins[tier(k)]
			if n := len(spans); n > 0 {
				spans[n-1].to = m.at
			}
			h.pins[tier(k)] = append(spans, span{pin: c.pinAt(id, tier(k)), from: last, to: time.Now(), by: s.system.commits[id].actor})
		}
		last = m.at
	}
	return h
}

func (c *crowd) pinAt(id, tier string) pair {
	c.t.Helper()
	var r resource
	if err := yaml.Unmarshal([]byte(c.git("system.git", "show", id+":tiers/"+tier+".yaml")), &r); err != nil {
		c.t.Errorf("%s of %s: %v", tier, id, err)
	}
	if r.Spec.Pin == nil {
		return pair{}
	}
	return pair{r.Spec.Pin.App, r.Spec.Pin.Configuration}
}

// during reports whether a tier's pin was so at some moment of a deed.
func (h history) during(d deed, tier string, so func(pair) bool) bool {
	return slices.ContainsFunc(h.pins[tier], func(s span) bool {
		return so(s.pin) && s.from.Before(d.end) && s.to.After(d.began)
	})
}

func pinned(p pair) bool   { return p != pair{} }
func unpinned(p pair) bool { return p == pair{} }

// target is the tier that a deed is about.
func (d deed) target() string {
	for _, a := range d.args[1:] {
		if strings.HasPrefix(a, "tier-") {
			return a
		}
	}
	return ""
}

var code = regexp.MustCompile(`SHOP-[0-9A-F]{4}`)

// judge compares what one run was told with what happened.
func (c *crowd) judge(s snapshot, h history, d deed, v *verdict) {
	own := s.by(d.name)
	for _, one := range own {
		if at, known := h.reached[one.id]; known && (at.Before(d.began) || at.After(d.end)) {
			v.blame(&v.lost, "%v: its push was taken at %s, it ran from %s to %s", d, at, d.began, d.end)
		}
	}
	if d.exit != 0 {
		if why := c.untrue(s, h, d, own); why != "" {
			v.blame(&v.gaveUp, "%v: %s: %v", d, why, d.outcome)
			return
		}
		v.refusals++
		return
	}
	if why := c.unkept(s, h, d, own); why != "" {
		v.blame(&v.lost, "%v: %s: %v", d, why, d.outcome)
	}
}

// by are the commits of one run, on all branches of the system repository.
func (s snapshot) by(name string) (own []commit) {
	for _, one := range s.system.commits {
		if strings.HasPrefix(one.actor, name+" <") {
			own = append(own, one)
		}
	}
	return own
}

// unkept says what is missing of a deed that was acknowledged.
func (c *crowd) unkept(s snapshot, h history, d deed, own []commit) string {
	switch d.args[0] {
	case "promote":
		want := pair{d.said.Release.App, d.said.Release.Configuration}
		if !slices.ContainsFunc(s.system.line(d.target()), func(one commit) bool { return one.pair == want && !h.reached[one.id].After(d.end) }) {
			return fmt.Sprintf("%s never carried %v by then", d.target(), want)
		}
		if slices.Contains(d.args, "--unpin") && !h.during(d, d.target(), unpinned) {
			return "it was pinned all the time"
		}
	case "rollback":
		want := pair{d.said.Release.App, d.said.Release.Configuration}
		if !h.during(d, d.target(), func(p pair) bool { return p == want }) {
			return fmt.Sprintf("it was never pinned to %v", want)
		}
		if d.said.Changed && len(own) != 2 {
			return fmt.Sprintf("it says that it changed something and made %d commits", len(own))
		}
	case "shop":
		return s.shopUnkept(d)
	case "maintenance":
		return s.switchUnkept(d)
	case "unpin":
		if !h.during(d, d.target(), unpinned) {
			return "it was pinned all the time"
		}
	case "reconcile":
		for _, name := range []string{"app.git", "configuration.git"} {
			want := tipAt(h.tips[name+" tier-0"], d.began)
			if want != "" && !slices.ContainsFunc(s.system.line("tier-0"), func(one commit) bool {
				held, b := one.pair.app, s.app
				if name != "app.git" {
					held, b = one.pair.configuration, s.configuration
				}
				return b.contains(want, held) && !h.reached[one.id].After(d.end)
			}) {
				return fmt.Sprintf("tier-0 did not carry %s of %s by then", want, name)
			}
		}
	}
	return ""
}

func tipAt(moves []move, at time.Time) (id string) {
	for _, m := range moves {
		if m.at.Before(at) {
			id = m.refs["tier-0"]
		}
	}
	return id
}

// untrue says why a refusal does not fit what was so at the time.
func (c *crowd) untrue(s snapshot, h history, d deed, own []commit) string {
	said := code.FindString(d.err)
	switch said {
	case "SHOP-6001": // pinned: the tier, or one that the release has to come from
		for k := range s.tiers() {
			if tier(k) <= d.target() && h.during(d, tier(k), pinned) {
				return ""
			}
		}
		return "nothing was pinned"
	case "SHOP-6003": // somebody else took the tier on after this run wrote it
		for _, one := range own {
			if h.followed(s, d, one) {
				return ""
			}
		}
		return "nobody wrote after it"
	}
	return "gave up with " + said
}

// followed reports whether somebody wrote a tier after a commit, while the run went on.
func (h history) followed(s snapshot, d deed, one commit) bool {
	for k := range s.tiers() {
		line := s.system.line(tier(k))
		i := slices.IndexFunc(line, func(c commit) bool { return c.id == one.id })
		if i >= 0 && i+1 < len(line) && h.reached[line[i+1].id].Before(d.end) {
			return true
		}
	}
	return false
}
