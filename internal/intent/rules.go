package intent

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/shopctl/shopctl/internal/shop"
)

// builtinGates are the gates that every tier has and that may be skippable.
var builtinGates = []string{"soak", "checks", "review", "verify", "windows"}

// rules checks what one file says beyond the form of its values.
func (w *walk) rules(r Resource, spec *yaml.Node) {
	switch r := r.(type) {
	case *shop.Policy:
		w.policy(r, spec)
	case *shop.TierSpec:
		w.tier(r, spec)
	case *shop.ShopSet:
		if strings.HasSuffix(string(r.Name), "-shops") {
			w.fail(spec, "", "a ShopSet's name does not end in -shops: %q", r.Name)
		}
	case *shop.Shop:
		if r.MovingFrom == r.ShopSet {
			w.fail(find(spec, "movingFrom"), "", "the shop moves from %q to %q", r.MovingFrom, r.ShopSet)
		}
	}
}

func (w *walk) policy(p *shop.Policy, spec *yaml.Node) {
	if _, ok := PlanOf(*p, p.DefaultPlan); p.DefaultPlan != "" && !ok {
		w.fail(find(spec, "defaultPlan"), "", "there is no plan %q", p.DefaultPlan)
	}
	if p.DefaultPlan == "" && len(p.Plans) > 1 {
		w.fail(find(spec, "plans"), "", "with several plans \"defaultPlan\" must name one")
	}
}

func (w *walk) tier(t *shop.TierSpec, spec *yaml.Node) {
	if t.Name.Number() < 0 {
		w.fail(spec, "", "%q is no tier: tiers are called tier-0, tier-1 and so on", t.Name)
	}
	if t.Name == shop.TierAt(0) {
		if n := child(spec, "gates"); n != nil {
			w.fail(n, "", "tier-0 takes every change: it has no gates")
		}
		if n := child(spec, "review"); n != nil {
			w.fail(n, "", "tier-0 takes every change: it has no review")
		}
	}
	for i, win := range t.Gates.Windows {
		if win.From >= win.To {
			w.fail(find(spec, "gates", "windows", fmt.Sprint(i), "from"), "two windows that meet at midnight", "the window ends at %s, before it begins at %s", win.To, win.From)
		}
	}
	w.gateNames(t.Gates, spec)
}

func (w *walk) gateNames(g shop.Gates, spec *yaml.Node) {
	known := slices.Clone(builtinGates)
	taken := append(slices.Clone(known), "health", "freeze", "pin", "reject")
	add := func(name, list string, i int) {
		if slices.Contains(taken, name) {
			w.fail(find(spec, "gates", list, fmt.Sprint(i), "name"), "", "there is already a gate %q", name)
		}
		known, taken = append(known, name), append(taken, name)
	}
	for i, h := range g.HTTP {
		add(h.Name, "http", i)
	}
	for i, c := range g.Commands {
		add(c.Name, "commands", i)
	}
	for i, s := range g.Skippable {
		if slices.Contains(known, s) {
			continue
		}
		hint := "one of " + strings.Join(known, ", ")
		if slices.Contains(taken, s) {
			hint = "health, freeze, pin and reject are never skipped"
		}
		w.fail(find(spec, "gates", "skippable", fmt.Sprint(i)), hint, "%q cannot be skippable", s)
	}
}

// checks is the word all, or a list of contexts.
type checks struct{}

var contexts = list[string]{of: text(short), min: 1, max: 100, unique: true}

func (checks) read(w *walk, n *yaml.Node, into any) {
	c := &shop.Checks{}
	switch {
	case n.Kind == yaml.SequenceNode:
		contexts.read(w, n, &c.Contexts)
	case n.Kind == yaml.ScalarNode && n.Value == "all":
		c.All = true
	default:
		w.wrongType(n, "all or a list of contexts")
		return
	}
	*into.(**shop.Checks) = c
}

func (checks) schema() map[string]any {
	return map[string]any{"oneOf": []any{map[string]any{"const": "all"}, contexts.schema()}}
}
