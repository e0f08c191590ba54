package simulation

import (
	"context"
	"hash/fnv"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/argocd"
	"github.com/shopctl/shopctl/internal/world/git"
)

// argo is an Argo CD that follows the tier branches by itself: it reads a
// commit some seconds after it came, rolls a new release out for some more,
// flaps now and then, is slow to admit a new revision, and is silent at times.
// What it shows is a function of the system repository, the time and the seed.
type argo struct {
	*sim
	by        *actor
	refreshed map[shop.Tier][]time.Time // shared by all: hints that arrived
}

// application is one ShopSet of the simulated system.
type application struct {
	name shop.ShopSetID
	tier shop.Tier
}

func (s *sim) chance(of int, what ...string) bool { return s.draw(what...)%uint64(of) == 0 }

// draw is a number that depends on the seed and on what it is for, not on when it is asked.
func (s *sim) draw(what ...string) uint64 {
	h := fnv.New64a()
	h.Write([]byte{byte(s.seed), byte(s.seed >> 8), byte(s.seed >> 16), byte(s.seed >> 24)})
	for _, w := range what {
		h.Write([]byte(w))
		h.Write([]byte{0})
	}
	v := h.Sum64()
	return v ^ v>>29
}

func (s *sim) seconds(upTo int, what ...string) time.Duration {
	return time.Duration(1+s.draw(what...)%uint64(upTo)) * time.Second
}

// carried is one commit of a tier branch with its release.
type carried struct {
	at      time.Time
	commit  git.ID
	release shop.Release
}

// visible is when the application sees a commit.
func (a argo) visible(app application, c carried) time.Time {
	at := c.at.Add(a.seconds(25, "lag", string(app.name), c.commit.String()))
	for _, r := range a.refreshed[app.tier] {
		if hinted := r.Add(time.Second); !r.Before(c.at) && hinted.Before(at) {
			at = hinted
		}
	}
	return at
}

// state is what the application is at a time.
func (a argo) state(app application, t time.Time) argocd.Application {
	out := argocd.Application{Name: "sim-" + string(app.name), Sync: argocd.SyncUnknown, Health: argocd.HealthUnknown,
		Labels: argocd.Labels{System: "sim", Tier: string(app.tier), ShopSet: string(app.name), Kind: "shopset"}}
	line := a.lines[app.tier]
	i := len(line) - 1
	for ; i > 0 && a.visible(app, line[i]).After(t); i-- {
	}
	since := a.visible(app, line[i])
	j := i
	for ; j > 0 && line[j-1].release == line[i].release; j-- {
		if v := a.visible(app, line[j-1]); v.Before(since) {
			since = v
		}
	}
	key := string(app.name) + line[j].commit.String()
	healthy := since.Add(a.seconds(12, "rollout", key))
	if a.chance(12, "crash loop", key) {
		healthy = healthy.Add(40 * time.Second)
	}
	if line[j].at.Before(begin) {
		healthy = line[j].at.Add(time.Minute) // what the system began with
	}
	out.Sync, out.Revision, out.OperationRevision = argocd.Synced, line[i].commit.String(), line[j].commit.String()
	out.Phase, out.Health, out.HealthSince, out.FinishedAt = argocd.Succeeded, argocd.Healthy, healthy, healthy
	minute := t.Truncate(time.Minute)
	flaps := a.faults && a.chance(10, "flap", string(app.name), minute.String())
	switch {
	case t.Before(healthy):
		out.Phase, out.Health, out.HealthSince, out.FinishedAt = argocd.Running, argocd.Progressing, since, time.Time{}
	case flaps && t.Before(minute.Add(8*time.Second)):
		out.Health, out.HealthSince, out.HealthMessage = argocd.Degraded, minute, "flaps"
	case flaps && healthy.Before(minute.Add(8*time.Second)):
		out.HealthSince = minute.Add(8 * time.Second)
	}
	return out
}

// answer is the state as a call sees it: sometimes that of a while ago.
func (a argo) answer(c *call, app application) argocd.Application {
	t := a.now.Add(-c.lag)
	out := a.state(app, t)
	if out.Health == argocd.Healthy && out.Sync == argocd.Synced && out.Phase == argocd.Succeeded {
		a.sim.healthySeen(app, out.Revision, a.now)
	}
	return out
}

// routes is the second Application of a ShopSet: it has applied what it sees,
// at once. It runs an operation for each commit that it sees.
func (a argo) routes(c *call, app application) argocd.Application {
	line := a.lines[app.tier]
	t := a.now.Add(-c.lag)
	i := len(line) - 1
	for ; i > 0 && a.visible(app, line[i]).After(t); i-- {
	}
	out := argocd.Application{Name: "sim-" + string(app.name) + "-shops", Sync: argocd.Synced, Health: argocd.Healthy, Phase: argocd.Succeeded,
		Labels: argocd.Labels{System: "sim", Tier: string(app.tier), ShopSet: string(app.name), Kind: "shops"}, OperationRevision: line[i].commit.String()}
	if a.faults && a.chance(15, "routes", string(app.name), t.Truncate(10*time.Second).String()) {
		out.Sync = argocd.OutOfSync
	}
	return out
}

func (a argo) ask(c *call, f func(*call)) error {
	c.effect = func() error {
		if a.faults && a.chance(12, "silent", a.now.Truncate(30*time.Second).String()) {
			return errNoAnswer
		}
		f(c)
		return nil
	}
	if err := a.by.remote(c); err != nil {
		return &argocd.Error{Kind: argocd.Unavailable, Op: "simulated", Err: err}
	}
	return nil
}

func (a argo) List(_ context.Context, q argocd.Query, visit func(argocd.Application) error) (string, error) {
	var list []argocd.Application
	err := a.ask(&call{key: "argocd list"}, func(c *call) {
		for _, app := range applications {
			if t := q.Selector["shopset.dev/tier"]; t != "" && t != string(app.tier) {
				continue
			}
			row := a.answer(c, app)
			row.Revision = "" // a list never has it
			list = append(list, row, a.routes(c, app))
		}
	})
	if err != nil {
		return "", err
	}
	for _, row := range list {
		if err := visit(row); err != nil {
			return "", err
		}
	}
	return "", nil
}

func (a argo) Get(_ context.Context, name string) (out argocd.Application, err error) {
	err = a.ask(&call{key: "argocd get " + name}, func(c *call) {
		for _, app := range applications {
			switch name {
			case "sim-" + string(app.name):
				out = a.answer(c, app)
			case "sim-" + string(app.name) + "-shops":
				out = a.routes(c, app)
				out.Revision = out.OperationRevision
			}
		}
	})
	return out, err
}

func (a argo) Refresh(_ context.Context, name string, _ argocd.RefreshMode) (out argocd.Application, err error) {
	err = a.ask(&call{key: "argocd refresh " + name, writes: true}, func(c *call) {
		for _, app := range applications {
			if "sim-"+string(app.name) == strings.TrimSuffix(name, "-shops") {
				a.refreshed[app.tier] = append(a.refreshed[app.tier], a.now)
				out = a.state(app, a.now.Add(time.Second)) // it answers when it has compared
			}
		}
	})
	return out, err
}

func (a argo) Sync(context.Context, string, argocd.SyncRequest) error {
	return a.ask(&call{key: "argocd sync"}, func(*call) {})
}

// Watch tells nothing: runs look.
func (a argo) Watch(ctx context.Context, _ argocd.Query, _ string, _ func(argocd.Event) error) error {
	<-ctx.Done()
	return ctx.Err()
}

func (a argo) Upsert(context.Context, []byte) error {
	return a.ask(&call{key: "argocd upsert"}, func(*call) {})
}

// Route is that of a gateway that takes every route some seconds after it came.
func (a argo) Route(_ context.Context, name, _, shopName string) (out argocd.Route, err error) {
	err = a.ask(&call{key: "argocd route " + name + "/" + shopName}, func(*call) {
		for _, app := range applications {
			if name != "sim-"+string(app.name)+"-shops" {
				continue
			}
			line := a.lines[app.tier]
			out.Generation, out.Written = 1, a.visible(app, line[len(line)-1])
			if said := out.Written.Add(a.seconds(6, "gateway", name, shopName, line[len(line)-1].commit.String())); !a.now.Before(said) {
				out.Parents = []argocd.RouteParent{{Conditions: []argocd.RouteCondition{{Type: argocd.Accepted, Status: argocd.True, Of: 1, Since: said}}}}
			}
		}
	})
	return out, err
}
