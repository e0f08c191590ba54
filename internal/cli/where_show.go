package cli

import (
	"strconv"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

func (h *hops) result() Result {
	r := Result{Value: h.value, Human: h.human}
	for _, t := range h.value.Tiers {
		name, app := "-", ""
		if t.Release != nil {
			name, app = number(t.Release.Number), string(t.Release.App)
		}
		r.Rows = append(r.Rows, []string{
			string(t.Name), t.BranchAt, name, app, strconv.Itoa(t.Synced), strconv.Itoa(t.ShopSets), string(t.Health),
			string(t.Live), t.Since, strconv.Itoa(t.LiveShops), strconv.Itoa(t.Shops), t.Because,
		})
	}
	return r
}

func (h *hops) human(p show.Page) {
	p.Now = h.have.Now
	h.head(p)
	t := h.c.Text.Where
	table := show.Table{Columns: []show.Column{
		{Head: t.Tier}, {Head: t.Branch}, {Head: t.System}, {Head: t.ArgoCD}, {Head: t.Health}, {Head: t.Live, Flex: true},
	}}
	for _, one := range h.value.Tiers {
		table.Rows = append(table.Rows, h.cells(p, one))
	}
	p.Table(table)
	h.c.next(p, h.value.Next)
}

func (h *hops) head(p show.Page) {
	text := h.c.Text.Where
	if h.commit != "" {
		pull, title := titleOf(h.about)
		line := h.commit.Short() + "  " + show.Clean(title) + "  " + strings.TrimSpace(pullText(pull)+" "+show.Clean(h.about.AuthorName))
		tail := text.OfRepository(string(h.repo))
		width := p.Width
		if width <= 0 {
			width = errorWidth
		}
		line = p.Cut(line, max(20, min(width, 100)-show.Width(tail)-2))
		p.Line(line, show.Spaces(max(2, min(width, 100)-show.Width(line)-show.Width(tail))), p.Paint(show.Faint, tail))
	}
	if one := h.value.Shop; one != nil {
		p.Line(text.ShopLives(string(one.Name), string(one.ShopSet), string(h.only.Tier)), "  ", show.Clean(strings.Join(one.Hosts, " ")))
		if m := one.Closed; m != nil {
			p.Line(h.c.closedMark(p, *m))
		}
	}
	p.Line()
}

func (h *hops) cells(p show.Page, one whereTier) []string {
	nothing := p.Mark(show.Nothing, "")
	branch, system, argo, health := nothing, nothing, nothing, nothing
	if one.Branch {
		branch = p.Mark(show.Good, h.moment(p, one.BranchAt))
	}
	if one.Release != nil {
		name := number(one.Release.Number)
		if h.commit == "" {
			name += " " + one.Release.App.Short()
		}
		system = p.Mark(show.Good, name)
		argo, health = h.argoCell(p, one), h.healthCell(p, one)
	}
	return []string{string(one.Name), branch, system, argo, health, h.liveCell(p, one)}
}

// healthCell is the health of the ShopSets that run it; on its way while one has
// not got it.
func (h *hops) healthCell(p show.Page, one whereTier) string {
	if one.Health == shop.Progressing || one.Health == shop.Healthy && one.Live != liveYes {
		return p.Mark(show.Busy, strconv.Itoa(max(0, percent(one.Ready, one.ShopSets)))+"%")
	}
	return h.c.healthMark(p, one.Health, 0, 0)
}

func (h *hops) argoCell(p show.Page, one whereTier) string {
	count := strconv.Itoa(one.Synced) + "/" + strconv.Itoa(one.ShopSets)
	switch {
	case one.Live == liveUnknown:
		return p.Mark(show.Unknown, h.c.Text.Look.Unknown)
	case one.Synced < one.ShopSets:
		return p.Mark(show.Busy, count)
	}
	return p.Mark(show.Good, count)
}

func (h *hops) liveCell(p show.Page, one whereTier) string {
	t := h.c.Text.Where
	why := show.Clean(h.texts[one.Name])
	switch one.Live {
	case liveYes:
		return t.Since(h.moment(p, one.Since))
	case livePartly:
		return why
	case liveUnknown:
		return p.Mark(show.Unknown, why)
	}
	return t.No(why)
}

// moment is a stamp of ours as people read it, shorter on the same day.
func (h *hops) moment(p show.Page, stamp string) string {
	at, err := time.Parse(time.RFC3339, stamp)
	if err != nil {
		return ""
	}
	return p.Clock(at)
}
