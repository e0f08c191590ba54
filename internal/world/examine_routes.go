package world

import (
	"context"
	"errors"
	"path"
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// mostRoutes is how many shops a finding names.
const mostRoutes = 5

// examineRoutes names the shops whose routes are not as the intent has them:
// missing on the branch, there without a shop, or changed.
func (w *World) examineRoutes(f *findings, status shop.FindingStatus, tier shop.Tier, differs []shop.Change) {
	topics := []string{"routes-missing", "routes-orphaned", "routes-changed"}
	named := map[string][]string{}
	for _, c := range differs {
		set, route := touched(c.Path)
		name := strings.TrimSuffix(path.Base(c.Path), ".yaml")
		if !route || !shop.ValidName(name) {
			continue
		}
		topic := topics[2]
		switch {
		case c.Added:
			topic = topics[0]
		case c.Removed:
			topic = topics[1]
		}
		named[topic] = append(named[topic], name+" ("+string(set)+")")
	}
	for _, topic := range topics {
		if all := named[topic]; len(all) > 0 {
			f.add(status, string(tier), topic, "n", strconv.Itoa(len(all)), "names", strings.Join(all[:min(mostRoutes, len(all))], " "))
		}
	}
}

// examineBuild builds one ShopSet of each kind from the branch as it is: a route
// that names a Service which nobody brings is found there.
func (w *World) examineBuild(ctx context.Context, f *findings, t shop.TierState) {
	v, err := w.main()
	if err != nil || !w.builds {
		return
	}
	c, err := w.system().Commit(id(t.System))
	if err != nil {
		return
	}
	trees, err := w.releaseTrees(t.Runs)
	if err != nil {
		return
	}
	is, err := w.roster(v)
	if err != nil {
		return
	}
	p := proof{w: w, ctx: ctx, v: v, tier: t.Spec.Name, trees: trees, o: w.system(), tree: c.Tree, is: is,
		r: rendering{changes: map[string]git.Change{"base": {}}}}
	for _, name := range p.representatives() {
		var wrong *shop.Fault
		if err := p.build(name); errors.As(err, &wrong) && wrong.Kind == shop.DoesNotBuild {
			f.add(shop.Bad, string(t.Spec.Name), string(shop.DoesNotBuild), "address", "", "text", wrong.Text)
		}
	}
}
