package simulation

import (
	"math/rand/v2"
	"time"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// skewed is by how much a clock may be wrong.
const skewed = 5 * time.Minute

// skewOf is how wrong the clock of a run is: in one seed of three up to five
// minutes, either way.
func (s *sim) skewOf(id int, safe bool) time.Duration {
	if safe || s.seed%3 != 0 {
		return 0
	}
	random := rand.New(rand.NewPCG(s.seed, uint64(id)+99))
	return time.Duration(random.Int64N(int64(2*skewed))) - skewed
}

// closable is what a maintenance may close in the simulated system.
var closable = []shop.Subject{
	{Kind: shop.KindShop, Name: "first"}, {Kind: shop.KindShopSet, Name: "s-101"}, {Kind: shop.KindShopSet, Name: "s-301"},
	{Kind: shop.KindTier, Name: "tier-0"}, {Kind: shop.KindTier, Name: "tier-2"},
}

// drawsClosing closes something until some time within the seed, or opens it.
func drawsClosing(random *rand.Rand) *command {
	about := closable[random.IntN(len(closable))]
	if random.IntN(4) == 0 {
		return &command{goal: shop.Open{Subject: about, NoWait: random.IntN(2) == 0}}
	}
	until := begin.Add(time.Duration(20+random.IntN(100)) * time.Second)
	return &command{goal: shop.Close{Subject: about, NoWait: random.IntN(2) == 0, Maintenance: shop.Maintenance{
		Until: until, Message: []string{"在庫の点検中です", "back soon"}[random.IntN(2)], Allow: [][]string{nil, {"203.0.113.0/28"}}[random.IntN(2)],
	}}}
}

// closing notes the key that a Close or an Open names.
func (a *actor) closing(g shop.Goal) {
	of := func(s shop.Subject) { a.edits[intent.Path(s.Kind, s.Name)+" maintenance"] = true }
	switch g := g.(type) {
	case shop.Close:
		of(g.Subject)
	case shop.Open:
		of(g.Subject)
	}
}

// shut is a maintenance as the checker reads it.
type shut struct {
	Until   time.Time
	Message string
	By      string
}

// opensInTime holds R12: who writes the end of a maintenance that no person
// opened does so when it is over, but for how wrong a clock may be.
func (c *checker) opensInTime(path string, was document) {
	m, _ := field[shut](was, "maintenance")
	wrong := time.Duration(0)
	if c.seed%3 == 0 {
		wrong = skewed
	}
	if m.Until.After(c.now.Add(wrong)) {
		c.breaks("R12", "%s was opened %s before its end", path, m.Until.Sub(c.now))
	}
}

// closingIsSo holds H1 for a Close or an Open.
func (c *checker) closingIsSo(g shop.Goal, w *wanted) bool {
	standing := func(s shop.Subject) (shut, bool) {
		blob, there := w.files[intent.Path(s.Kind, s.Name)]
		if !there {
			return shut{}, false
		}
		return field[shut](c.document(c.servers[shop.SystemRepository], blob), "maintenance")
	}
	switch g := g.(type) {
	case shop.Close:
		m, has := standing(g.Subject)
		return has && m.Until.Equal(g.Maintenance.Until) && m.Message == g.Maintenance.Message && m.By != ""
	case shop.Open:
		_, has := standing(g.Subject)
		return !has
	}
	return true
}

// allOpened holds R12 at the end: nothing stays closed whose time was over when
// the last reconcile began.
func (c *checker) allOpened(at time.Time) {
	s := c.servers[shop.SystemRepository]
	for path, blob := range c.intent(s.tips[shop.MainBranch]).files {
		if blob == (git.ID{}) || path == "policy.yaml" {
			continue
		}
		if _, _, ok := intent.Identify(path); !ok {
			continue
		}
		if m, has := field[shut](c.document(s, blob), "maintenance"); has && !m.Until.After(at) {
			c.breaks("R12", "%s is still closed, %s after its end", path, at.Sub(m.Until))
		}
	}
}
