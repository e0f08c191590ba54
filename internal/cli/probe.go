package cli

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/shopctl/shopctl/internal/intent"
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
	probeEach = 5 * time.Second
	probeAll  = 20 * time.Second
	probeRest = time.Second
)

// probe asks the shop's own address until something else than a fault of the
// server comes. What it says is told; it does not decide how the command ends:
// names and certificates are not ours.
func (c *Call) probe(ctx context.Context, host string) *addressJSON {
	v := &addressJSON{URL: "https://" + host}
	began := c.Env.Now()
	client := &http.Client{Timeout: probeEach, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	limit := min(probeAll, c.Timeout())
	if !resolves(ctx, host) {
		c.Say(c.Talk.Mark(show.Unknown, c.Text.Shop.NotProbed(intent.ShownHost(host))))
		return v
	}
	v.Probed = true
	for {
		v.Status, v.Error = ask(ctx, client, v.URL)
		if v.Status > 0 && v.Status < 500 || c.Env.Now().Sub(began) >= limit || c.Env.Sleep(ctx, probeRest) != nil {
			break
		}
	}
	switch {
	case v.Status > 0 && v.Status < 500:
		(&progress{c: c}).told(c.Text.Shop.Answers(v.URL, v.Status), c.Env.Now().Sub(began), "answers url="+v.URL)
	case v.Status > 0:
		c.Say(c.Talk.Mark(show.Warn, c.Text.Shop.Answers(v.URL, v.Status)))
	default:
		c.Say(c.Talk.Mark(show.Warn, c.Text.Shop.Silent(v.URL, v.Error)))
	}
	return v
}

func resolves(ctx context.Context, host string) bool {
	ctx, cancel := context.WithTimeout(ctx, probeEach)
	defer cancel()
	_, err := net.DefaultResolver.LookupHost(ctx, host)
	return err == nil
}

func ask(ctx context.Context, client *http.Client, url string) (status int, failure string) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err.Error()
	}
	answer, err := client.Do(req)
	if err != nil {
		for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(inner) {
			err = inner
		}
		return 0, show.Clean(err.Error())
	}
	answer.Body.Close() //nolint:errcheck // nothing was read
	return answer.StatusCode, ""
}
