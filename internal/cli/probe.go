package cli

import (
	"context"
	"time"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// addressJSON is what a shop's own address answered.
type addressJSON struct {
	URL    string `json:"url"`
	Status int    `json:"status"`          // 0: there was no answer
	Error  string `json:"error,omitempty"` // why there was none
	Probed bool   `json:"probed"`          // false: the host does not lead anywhere from here
}

// How long a shop's own address is asked for.
const (
	probeAll  = 20 * time.Second
	probeRest = time.Second
)

// probe asks the shop's own address until something else than a fault of the
// server comes. What it says is told; it does not decide how the command ends:
// names and certificates are not ours.
func (c *Call) probe(ctx context.Context, w World, host string) *addressJSON {
	v := &addressJSON{URL: "https://" + host}
	shown := "https://" + intent.ShownHost(host)
	began, limit := c.Env.Now(), min(probeAll, c.Timeout())
	var said shop.Answer
	for {
		if said = w.Answer(ctx, host); said.Nowhere {
			c.Say(c.Talk.Mark(show.Unknown, c.Text.Shop.NotProbed(intent.ShownHost(host))))
			return v
		}
		good := said.Status > 0 && said.Status < 500
		if good || c.Env.Now().Sub(began) >= limit || c.Env.Sleep(ctx, probeRest) != nil {
			break
		}
	}
	v.Probed, v.Status, v.Error = true, said.Status, show.Clean(said.Failure)
	switch {
	case v.Status > 0 && v.Status < 500:
		(&progress{c: c}).line(step{done: c.Text.Shop.Answers(shown, v.Status), facts: "answers url=" + v.URL}, c.Env.Now().Sub(began))
	case v.Status > 0:
		c.Say(c.Talk.Mark(show.Warn, c.Text.Shop.Answers(shown, v.Status)))
	default:
		c.Say(c.Talk.Mark(show.Warn, c.Text.Shop.Silent(shown, v.Error)))
	}
	return v
}
