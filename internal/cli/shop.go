package cli

import (
	"cmp"
	"time"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

func shopCommand() *Command {
	return &Command{
		Name: "shop", Group: Shops, Help: func(t *i18n.Text) i18n.Help { return t.Shop.Help },
		Subs: []*Command{
			shopAddCommand(), shopListCommand(), shopSearchCommand(), shopShowCommand(),
			shopSetCommand(), shopMoveCommand(), shopRemoveCommand(),
		},
	}
}

func shopArg() Arg { return Arg{Name: "NAME", Complete: completeShops} }

func planFlag() Flag { return Flag{Name: "plan", Value: "P", Complete: completePlans} }

// changeResult is what became of one shop: the JSON of set, move and remove.
type changeResult struct {
	planResult
	Shop        shop.ShopID    `json:"shop"`
	Result      string         `json:"result"`  // the name of the exit code
	Changed     bool           `json:"changed"` // false: it was so already
	ShopSet     shop.ShopSetID `json:"shopset,omitempty"`
	MovingFrom  shop.ShopSetID `json:"movingFrom,omitempty"` // the old route still stands there
	Hosts       []string       `json:"hosts,omitempty"`
	DNS         []string       `json:"dns,omitempty"` // hosts that have to lead to another cluster before the move can end
	TookSeconds float64        `json:"tookSeconds"`
}

// shopChanged is the result of a run that changed one shop.
func (c *Call) shopChanged(name shop.ShopID, have shop.State, did []plan.Op, took time.Duration) changeResult {
	v := changeResult{Shop: name, Result: ExitName(ExitOK), Changed: !onlyWaits(did), TookSeconds: took.Seconds()}
	v.Risks = accepted(did)
	if s, ok := have.Fleet.Shops[name]; ok {
		v.ShopSet, v.MovingFrom, v.Hosts = s.ShopSet, s.MovingFrom, s.Hosts
		if plan.Crosses(have.Fleet, s) {
			v.DNS = s.Hosts
		}
	}
	c.Output("result", v.Result)
	c.Output("shopset", string(v.ShopSet))
	return v
}

func (v changeResult) rows() [][]string {
	word := "same"
	if v.Changed {
		word = "written"
	}
	return [][]string{{string(v.Shop), word, string(v.ShopSet), string(v.MovingFrom)}}
}

// mistyped is the Fail of a value that cannot be what it should.
func mistyped(err error) *Fail {
	f := &Fail{Code: BadValue, Message: err.Error()}
	if hint := intent.HintOf(err); hint != "" {
		f.Hints = []Hint{{Text: hint}}
	}
	return f
}

// shopName reads the name of a shop that shall be there already.
func (c *Call) shopName(i int) (shop.ShopID, error) {
	name := c.Arg(i)
	if err := intent.ShopName(name); err != nil {
		return "", mistyped(err)
	}
	return shop.ShopID(name), nil
}

// unknownShop says that there is no such shop, and which may have been meant.
func (c *Call) unknownShop(w World, name shop.ShopID) error {
	f := &Fail{Code: NoSuchShop, Message: c.Text.Find.NoShop(string(name))}
	if w != nil {
		var near []string
		if entries, err := w.Entries(""); err == nil {
			for e := range entries {
				near = append(near, string(e.Name))
			}
		}
		f.Hints = guesses(c.Text, string(name), near, func(guess string) string { return c.instead(string(name), guess) })
	}
	if len(f.Hints) == 0 {
		f.Hints = []Hint{{Text: c.Text.Shop.SearchIt, Command: "shopctl shop search " + Quote(string(name))}}
	}
	return f
}

// planWord is the plan of a shop, never empty.
func planWord(p shop.Policy, name string) string { return cmp.Or(name, intent.DefaultPlan(p)) }

func stateOfShop(have shop.State, e shop.Entry) shop.ShopState {
	room := have.Fleet.ShopSets[e.ShopSet]
	t, _ := have.Tier(room.Tier)
	state := shop.WorseShopState(room.Health.ShopState(have.Now, room.Maintenance, t.Spec.Maintenance), e.State(have.Now))
	if r, asked := have.Fleet.Routes[shop.RouteID{ShopSet: e.ShopSet, Shop: e.Name}]; asked && !r.OnBranch {
		state = shop.WorseShopState(state, shop.ShopDegraded) // nobody serves it
	}
	if routeRefused(have, e) {
		state = shop.WorseShopState(state, shop.ShopRefused)
	}
	return state
}

func (c *Call) stateMark(p show.Page, s shop.ShopState) string {
	symbol := map[shop.ShopState]show.Symbol{
		shop.ShopOpen: show.Good, shop.ShopMoving: show.Busy, shop.ShopClosed: show.Held, shop.ShopOverdue: show.Bad, shop.ShopDegraded: show.Warn, shop.ShopRefused: show.Bad, shop.ShopUnknown: show.Unknown,
	}[s]
	return p.Mark(symbol, c.Text.Shop.State[string(s)])
}
