//go:build unix

package crash

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// A storm is what fifty people cause who do one thing each within a second.
type storm struct {
	name  string
	tiers int
	ready func(*crowd)
	args  func(c *crowd, n int) []string
	most  float64 // pushes a client to any one repository
}

var storms = []storm{
	{"same", 3, func(c *crowd) {
		c.merge("app.git", "Change 1")
		c.must("reconcile", "--yes")
	}, func(*crowd, int) []string { return []string{"promote", "tier-1", "--yes"} }, 0.5},

	// Each tier has another release than the one below, so that every
	// promotion brings something.
	{"tiers", 6, func(c *crowd) {
		for top := 4; top >= 0; top-- {
			c.merge("app.git", fmt.Sprintf("Change for %s", tier(top)))
			c.must("reconcile", "--yes")
			if top > 0 {
				c.must("promote", "--to", tier(top), "--yes")
			}
		}
	}, func(_ *crowd, n int) []string { return []string{"promote", tier(1 + n%5), "--yes"} }, 1.2},

	// All want other releases of one tier: they meet on one ref.
	{"releases", 2, func(c *crowd) {
		for i := range 10 {
			c.merge("app.git", fmt.Sprintf("Change %d", i))
			c.must("reconcile", "--yes")
		}
	}, func(c *crowd, n int) []string {
		line := c.known.app.line("tier-0")
		return []string{"promote", "tier-1", "--release", line[len(line)-1-n%10].id, "--yes"}
	}, 1.2},
}

// Promotions join: who finds his release there already has nothing to push.
// The marks of traffic are those of reliability.md; a small, busy machine may
// miss them by a factor of two.
func TestStorms(t *testing.T) {
	for _, st := range storms {
		t.Run(st.name, func(t *testing.T) {
			if st.name == "tiers" && !long() {
				t.Skip("only in the long form: SHOPCTL_LONG=1")
			}
			c := newCrowd(t, st.tiers)
			st.ready(c)
			c.known = c.look()
			before := c.traffic()
			c.open(0)
			began := time.Now()
			var wg sync.WaitGroup
			for n := range crowdSize {
				wg.Go(func() {
					<-time.After(time.Duration(rand.Int64N(int64(time.Second)))) // as in the model that the marks come from
					c.do(n%10, fmt.Sprintf("s%d", n), st.args(c, n)...)
				})
			}
			wg.Wait()
			took := time.Since(began)
			c.close()
			c.weathered(st, before, took)
		})
	}
}

func (c *crowd) weathered(st storm, before map[string]traffic, took time.Duration) {
	t := c.t
	t.Helper()
	var runs []time.Duration
	gaveUp := 0
	for _, d := range c.deeds {
		runs = append(runs, d.took)
		if d.exit != 0 {
			gaveUp++
			t.Errorf("%v: %v", d, d.outcome)
		}
	}
	s := c.look()
	for _, b := range append(s.broken(), c.fsck()...) {
		t.Error(b)
	}
	v := &verdict{}
	c.twice(s, v)
	for _, why := range v.violations {
		t.Error(why)
	}
	for n := range crowdSize {
		if why := c.missed(st, s, n); why != "" {
			t.Error(why)
		}
	}
	each, all := c.since(before)
	app, configuration, system := each["app.git"].all(), each["configuration.git"].all(), each["system.git"].all()
	most := float64(max(app, configuration, system)) / crowdSize
	fmt.Printf("figure storm name=%s clients=%d gave_up=%d duplicated=%d app_pushes=%d configuration_pushes=%d system_pushes=%d refused=%d pushes_per_client=%.2f in_all=%.2f target=%.2f p50=%s p99=%s all=%s\n",
		st.name, crowdSize, gaveUp, v.duplicated, app, configuration, system, all.refused, most,
		float64(all.all())/crowdSize, st.most, quantile(runs, 0.5), quantile(runs, 0.99), took.Round(time.Millisecond))
	if most > 2*st.most {
		t.Errorf("%.2f pushes a client to one repository, the mark is %.2f", most, st.most)
	}
}

// missed says what the n-th client wanted and is not there.
func (c *crowd) missed(st storm, s snapshot, n int) string {
	args := st.args(c, n)
	to := args[1]
	want := c.known.system.commits[c.known.system.refs["tier-0"]].pair
	if st.name == "tiers" {
		want = c.known.system.commits[c.known.system.refs[tier(n%5)]].pair
	}
	if i := slices.Index(args, "--release"); i > 0 {
		want.app = args[i+1]
	}
	if tip := s.system.commits[s.system.refs[to]].pair; !s.within(want, tip) {
		return fmt.Sprintf("shopctl %s: %s carries %v, without %v", strings.Join(args, " "), to, tip, want)
	}
	return ""
}
