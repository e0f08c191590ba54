package cli

import (
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

// front waits by hand until customers see what was written: the Application of
// the routes, then the address itself.
func (s *script) front(op plan.AwaitFront) {
	for _, f := range s.have.Scene.Fronts {
		s.line(`kubectl -n %s wait application/%s-%s-shops --timeout=%s --for=jsonpath='{.status.sync.revision}'="$%s"`,
			s.namespace(), s.have.System, f.ShopSet, shop.Duration(s.c.Timeout()), variable(f.Tier.Branch()))
		if f.Host == "" {
			continue
		}
		want, until := "'503'", "until"
		if !op.Closed {
			until = "while"
		}
		s.line(`%s curl -s -o /dev/null -w '%%{http_code}' https://%s/ | grep -q %s; do sleep 2; done`, until, f.Host, want)
	}
}
