package cli

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/show"
)

// troubleCodes is the code of each reason for which a goal about shops stops.
func troubleCodes() map[plan.StopReason]Code {
	return map[plan.StopReason]Code{
		plan.UnknownShop: NoSuchShop, plan.UnknownShopSet: NoSuchShopSet, plan.UnknownTier: NoSuchTier, plan.UnknownPlan: BadValue,
		plan.Outdone: OutdoneByOthers, plan.NameTaken: NameInUse, plan.HostTaken: HostInUse, plan.GivenAgain: BadValue, plan.HostsCount: BadValue,
		plan.NoPlaceLeft: NoRoomLeft, plan.ShopSetIsFull: NoRoomLeft, plan.MovesElsewhere: OtherMove, plan.StillServes: StillServing, plan.BadShopSet: BadValue,
		plan.RouteRefused: RouteRefused,
	}
}

// troubled words what is wrong with shops and ShopSets: one trouble as the
// error itself, those of a file one line each.
func (c *Call) troubled(s *plan.Stop) *Fail {
	t := s.Troubles[0]
	f := &Fail{Code: troubleCodes()[t.Why], Message: c.troubleText(t)}
	if t.Line == 0 {
		f.Reasons = append(append(c.placesOf(t), c.refusals(s.Troubles)...), c.plansThereAre(s.Troubles)...)
		f.Hints = c.troubleHints(t)
		return f
	}
	var exits []int
	for _, t := range s.Troubles {
		exits = append(exits, troubleCodes()[t.Why].Exit())
	}
	worst := Worst(exits...)
	for i, t := range s.Troubles {
		if code := troubleCodes()[t.Why]; code.Exit() == worst && f.Code.Exit() != worst {
			f.Code = code
		}
		if i < mostListed {
			f.Reasons = append(f.Reasons, fmt.Sprintf("%s:%d: %s", c.String("from"), t.Line, c.troubleText(t)))
		}
	}
	if more := len(s.Troubles) - mostListed; more > 0 {
		f.Reasons = append(f.Reasons, c.Text.Shop.AndMore(more))
	}
	f.Reasons = append(f.Reasons, c.plansThereAre(s.Troubles)...)
	f.Message = c.Text.Shop.BadFile(c.String("from"), len(s.Troubles))
	f.Hints = []Hint{{Text: c.Text.Route.GoOnMended, Command: c.Again()}}
	for _, t := range s.Troubles {
		if len(t.Places) > 0 {
			f.Reasons = append(f.Reasons, c.placesOf(t)...)
			f.Hints = append(c.troubleHints(t), f.Hints...)
			break
		}
	}
	return f
}

func (c *Call) troubleText(t plan.Trouble) string {
	say := c.Text.Shop.Trouble[string(t.Why)]
	if say == nil {
		return string(t.Why)
	}
	return show.Clean(say(i18n.TroubleFacts{
		Shop: string(t.Shop), Host: t.Host, Holder: string(t.Holder), ShopSet: string(t.ShopSet), Tier: string(t.Tier), Plan: t.Plan,
		Text: t.Text, N: t.N, Why: cmp.Or(c.Text.Shop.Verdict[string(t.Verdict)], c.Text.Route.Because[t.Reason]),
	}))
}

// plansThereAre tells whoever named none which plans there are.
func (c *Call) plansThereAre(all []plan.Trouble) []string {
	for _, t := range all {
		if t.Why == plan.UnknownPlan {
			return []string{c.Text.Shop.PlansAre(strings.Join(t.Plans, " "))}
		}
	}
	return nil
}

// placesOf is the table of the ShopSets that could not take a shop.
func (c *Call) placesOf(t plan.Trouble) []string {
	if len(t.Places) == 0 {
		return nil
	}
	var b bytes.Buffer
	places := t.Places
	if len(places) > mostRooms {
		places = places[:mostRooms]
	}
	c.whyTable(show.Page{Out: &b, Accessible: c.Talk.Accessible, ASCII: c.Talk.ASCII}, places)
	lines := strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
	if more := len(t.Places) - len(places); more > 0 {
		lines = append(lines, c.Text.Shop.AndMore(more))
	}
	return lines
}

func (c *Call) troubleHints(t plan.Trouble) []Hint {
	e, s := c.Text.Errand, c.Text.Shop
	switch t.Why {
	case plan.NameTaken:
		if t.Holder == "" {
			return []Hint{{Text: e.LookAgain, Command: "shopctl shopset show " + string(t.ShopSet)}}
		}
		return []Hint{{Text: e.LookAgain, Command: "shopctl shop show " + string(t.Holder)}, {Text: s.ChangeIt, Command: "shopctl shop set " + string(t.Holder)}}
	case plan.HostTaken:
		if t.Holder == "*" {
			return nil
		}
		return []Hint{{Text: e.LookAgain, Command: "shopctl shop show " + string(t.Holder)}, {Text: s.FreeIt, Command: fmt.Sprintf("shopctl shop set %s --remove-host %s", t.Holder, t.Host)}}
	case plan.NoPlaceLeft, plan.ShopSetIsFull:
		line := "shopctl shopset add NAME --tier " + cmp.Or(string(t.Tier), "TIER")
		if t.Cluster != "" {
			line += " --cluster " + t.Cluster
		}
		return []Hint{{Text: s.MakeRoom, Command: line}}
	case plan.Outdone:
		return []Hint{{Text: e.LookAgain, Command: "shopctl activity"}}
	case plan.UnknownPlan:
		return guesses(c.Text, t.Plan, t.Plans, func(guess string) string { return c.instead(t.Plan, guess) })
	case plan.UnknownShopSet:
		return []Hint{{Text: c.Text.Find.LookAtAll, Command: "shopctl shopset list"}}
	case plan.UnknownTier:
		return []Hint{{Text: e.ListTiers, Command: "shopctl tier list"}}
	case plan.UnknownShop:
		return []Hint{{Text: s.SearchIt, Command: "shopctl shop search " + string(t.Shop)}}
	case plan.MovesElsewhere:
		return []Hint{{Text: s.FinishIt, Command: fmt.Sprintf("shopctl shop move %s --shopset %s", t.Shop, t.ShopSet)}}
	case plan.RouteRefused:
		return c.refusalHints(t)
	case plan.StillServes:
		return []Hint{{Text: s.DrainIt, Command: "shopctl shopset drain " + string(t.ShopSet)}}
	}
	return nil
}
