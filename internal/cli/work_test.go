package cli

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

func routesLeft(n int) apply.Event {
	op := plan.AwaitRoutes{Tier: "tier-1"}
	for i := range n {
		op.Routes = append(op.Routes, shop.RouteID{Shop: shop.ShopID(fmt.Sprint("shop-", i)), ShopSet: "s-101"})
	}
	return apply.Event{Kind: apply.Waiting, Todo: todo(op)}
}

// In a log the routes of a thousand shops are a line for each tenth that came,
// and one when nothing comes for a while.
func TestRoutesAreCountedInALog(t *testing.T) {
	p := newTelling("shop", "add", "--from", "shops.csv")
	p.c.CI.Out = &p.said
	p.beat = show.Heartbeat{Every: 30 * time.Second}
	for _, left := range []int{1000, 950, 900, 890, 650, 0} {
		p.hears(t, routesLeft(left))
	}
	p.now = p.now.Add(time.Minute)
	p.hears(t, routesLeft(0))
	want := []string{
		"01:00:02Z waiting done=100/1000 elapsed=2.0s: waiting for the routes", "01:00:04Z waiting done=350/1000 elapsed=4.0s: waiting for the routes",
		"01:00:05Z waiting done=1000/1000 elapsed=5.0s: waiting for the routes", "01:01:06Z waiting done=1000/1000 elapsed=1m06.0s: waiting for the routes",
	}
	if got := p.lines(); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("said\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Off a terminal people are told each ten seconds how far it is.
func TestRoutesAreCountedInASentence(t *testing.T) {
	p := newTelling("shop", "add", "--from", "shops.csv")
	p.hears(t, routesLeft(1000))
	p.now = p.now.Add(10 * time.Second)
	p.hears(t, routesLeft(650))
	if got := p.said.String(); got != "↻ waiting for the routes, 350/1,000 (11.0s)\n" {
		t.Errorf("said %q", got)
	}
}

// Work within a step is told from any goroutine, when a sign of life is due.
func TestLongWorkIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		ci   bool
		want string
	}{
		"people": {false, "↻ changing the intent 350/1,000 (20.0s)\n"},
		"log":    {true, "01:00:20Z work=editing done=350/1000 elapsed=20.0s\n"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newTelling("shop", "add", "--from", "shops.csv")
			if c.ci {
				p.c.CI.Out = &p.said
			}
			p.works(shop.Work{What: shop.Reading})
			p.now = p.now.Add(20 * time.Second)
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() { p.works(shop.Work{What: shop.Editing, Done: 350, Of: 1000}) })
			}
			all.Wait()
			if got := p.said.String(); got != c.want {
				t.Errorf("said %q, want %q", got, c.want)
			}
		})
	}
}

// On a terminal it is a bar under what is done.
func TestLongWorkIsDrawn(t *testing.T) {
	p := newTelling("shop", "add", "--from", "shops.csv")
	p.hears(t, apply.Event{Kind: apply.Started, Todo: todo(write, hint, readIt)})
	for _, c := range []struct {
		work shop.Work
		want string
	}{
		{shop.Work{What: shop.Editing, Done: 350, Of: 1000}, "↻ Write the system repository (tier-1)  changing the intent 350/1,000  [#####...........]   35%  1s"},
		{shop.Work{What: shop.Reading, Done: 35000}, "↻ Write the system repository (tier-1)              1s   reading the intent 35,000"},
		{shop.Work{What: shop.Rendering, Tier: "tier-3", Done: 3, Of: 9}, "↻ Write the system repository (tier-1)  rendering tier-3 3/9  [######..............]   33%  1s"},
		{shop.Work{What: shop.Sending}, "↻ Write the system repository (tier-1)              1s   sending"},
	} {
		p.work.Store(&c.work)
		if got := p.underline()(99, 20)[0]; got != c.want {
			t.Errorf("drawn\n%q, want\n%q", got, c.want)
		}
	}
	p.hears(t, routesLeft(1000), routesLeft(650))
	if got, want := p.underline()(99, 20)[0], "↻ waiting for the routes                            2s   350/1,000   [#######.............]   35%"; got != want {
		t.Errorf("drawn\n%q, want\n%q", got, want)
	}
}

// Each look while something is waited for is a short piece of work of its own:
// what is told is what is waited for.
func TestShortLooksAreNoWork(t *testing.T) {
	p := newTelling("promote", "tier-1")
	for range 12 {
		p.now = p.now.Add(time.Second)
		p.works(shop.Work{What: shop.Comparing, Tier: "tier-1"})
		p.workEnded()
	}
	if got := p.said.String(); got != "" {
		t.Errorf("said %q", got)
	}
}
