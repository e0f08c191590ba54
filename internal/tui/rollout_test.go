package tui

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

var rolloutAt = time.Date(2026, 11, 20, 1, 45, 0, 0, time.UTC)

func aRollout() Progress {
	set := func(name string, came int, health shop.Health, after time.Duration, trouble string) ShopSet {
		return ShopSet{Name: shop.ShopSetID(name), Tier: "tier-1", Health: health, Live: came == Arrived, Came: came, Since: rolloutAt.Add(after - 2*time.Minute), Trouble: trouble}
	}
	return Progress{Tier: "tier-1", Release: "v129", At: rolloutAt, Steps: []Step{
		{Mark: show.Good, Text: "Gates", Took: 800 * time.Millisecond},
		{Mark: show.Good, Text: "Moved tier-1 in app and configuration", Took: 1200 * time.Millisecond, Detail: "app a1b2c3d, configuration 4c5d6e7"},
		{Mark: show.Good, Text: "Argo CD reads exactly that", Took: 9400 * time.Millisecond},
		{Mark: show.Busy, Text: "Rollout", Took: 2 * time.Minute, Ready: 2, Of: 4, ShopSets: []ShopSet{
			set("s-101", Arrived, shop.Healthy, 48*time.Second, ""), set("s-102", Arrived, shop.Healthy, 51*time.Second, ""),
			set("s-103", 3, shop.Progressing, 0, "web 4/6"), set("s-104", 1, shop.Degraded, 0, "在庫APIが503を返す: 1 of 6 web processes keeps crashing"),
		}},
		{Mark: show.Nothing, Text: "Stay healthy", Detail: "needs 2m"},
	}}
}

func rolloutOn(page show.Page, bars bool) Rollout {
	return Rollout{Page: page, Text: i18n.For(i18n.English), Gone: 41 * time.Second, Numbers: !bars, Bars: bars}
}

// What a rollout looks like, on the board and under a command.
func TestRolloutIsDrawn(t *testing.T) {
	for _, w := range []int{40, 60, 80, 106, 156} {
		for _, form := range []struct {
			name string
			page show.Page
			bars bool
		}{{"board", show.Page{}, false}, {"bars", show.Page{}, true}, {"ascii", show.Page{ASCII: true}, true}} {
			drawn(t, fmt.Sprintf("rollout-%s.%d.txt", form.name, w), strings.Join(rolloutOn(form.page, form.bars).Lines(aRollout(), w, 0), "\n")+"\n")
		}
	}
}

// Whatever there is to draw, it fits.
func TestRolloutFits(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		p := aRollout()
		for i := range p.Steps {
			s := &p.Steps[i]
			s.Text, s.Of = strings.Repeat("店a", chance.IntN(30)), chance.IntN(4)
			s.Ready = chance.IntN(s.Of + 2)
			for range chance.IntN(40) {
				s.ShopSets = append(s.ShopSets, ShopSet{Name: shop.ShopSetID(strings.Repeat("s", chance.IntN(50))), Came: chance.IntN(7) - 1, Live: chance.IntN(2) == 0, Trouble: strings.Repeat("障害 ", chance.IntN(30))})
			}
		}
		w, h := 1+chance.IntN(200), chance.IntN(30)
		r := rolloutOn(show.Page{ASCII: chance.IntN(2) == 0, Colour: chance.IntN(2) == 0}, chance.IntN(2) == 0)
		lines := r.Lines(p, w, h)
		if h > 0 && len(lines) > h {
			t.Fatalf("%d lines on %d", len(lines), h)
		}
		for _, l := range lines {
			if show.Width(l) > w {
				t.Fatalf("%d cells on %d: %q", show.Width(l), w, l)
			}
		}
	}
}

// A bar is not full before everything is there.
func TestABarIsFullAtTheEnd(t *testing.T) {
	r := rolloutOn(show.Page{}, false)
	for of := 1; of < 300; of++ {
		if strings.Contains(r.bar(of-1, of, barWidth), strings.Repeat("#", barWidth)) {
			t.Fatalf("%d of %d is drawn as full", of-1, of)
		}
		if r.bar(of, of, barWidth) != "["+strings.Repeat("#", barWidth)+"]" {
			t.Fatalf("%d of %d is not drawn as full", of, of)
		}
	}
}

// What refused the release does not count as being on its way.
func TestArrival(t *testing.T) {
	for _, c := range []struct {
		set  ShopSet
		want show.Symbol
	}{
		{ShopSet{Live: true, Health: shop.Healthy}, show.Good},
		{ShopSet{Health: shop.Healthy}, show.Busy},
		{ShopSet{Health: shop.Progressing}, show.Busy},
		{ShopSet{Health: shop.Healthy, Refused: true}, show.Bad},
		{ShopSet{Health: shop.Degraded}, show.Bad},
		{ShopSet{Health: shop.Missing}, show.Bad},
		{ShopSet{Health: shop.UnknownHealth}, show.Unknown},
		{ShopSet{}, show.Unknown},
	} {
		if got := arrival(c.set); got != c.want {
			t.Errorf("%+v: %v, want %v", c.set, got, c.want)
		}
	}
}
