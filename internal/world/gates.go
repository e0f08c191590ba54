package world

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/gate"
)

// Gates says how the gates of a team's own are asked. Zero: their programs are
// not set here.
type Gates struct {
	// Program is the command line that the runner's own settings name for a gate;
	// empty: none. The intent never names one.
	Program func(gate string) string
	// Env is the environment that a program is given, before what it is asked about.
	Env []string
}

// askedAgain is how old an answer may be. Looks may follow each other faster.
const askedAgain = 5 * time.Second

// gatesAtOnce bounds how many gates are asked at the same time.
const gatesAtOnce = 8

// gateAnswers are what this run was told, and when.
type gateAnswers struct {
	mu   sync.Mutex
	last shop.Asked
	at   time.Time
}

// askGates asks the gates of the tier that a release enters next, all at once.
// A gate that does not answer is no error: it is what was observed.
func (w *World) askGates(ctx context.Context, g shop.Goal, have *shop.State) {
	t, r, asks := plan.Asks(*have, g)
	if !asks || r.IsZero() {
		return
	}
	w.answers.mu.Lock()
	defer w.answers.mu.Unlock()
	if l := w.answers.last; l.Tier == t.Spec.Name && l.Release == r && time.Since(w.answers.at) < askedAgain {
		have.Asked = l
		return
	}
	asked := shop.Asked{Tier: t.Spec.Name, Release: r, Answers: map[string]shop.GateAnswer{}}
	var mu sync.Mutex
	var group errgroup.Group
	group.SetLimit(gatesAtOnce)
	ask := func(name string, question func() shop.GateAnswer) {
		group.Go(func() error {
			answer := question()
			mu.Lock()
			defer mu.Unlock()
			asked.Answers[name] = answer
			return nil
		})
	}
	for _, h := range t.Spec.Gates.HTTP {
		ask(h.Name, func() shop.GateAnswer { return heardFrom(gate.Get(ctx, h.URL, time.Duration(h.Timeout))) })
	}
	for _, c := range t.Spec.Gates.Commands {
		ask(c.Name, func() shop.GateAnswer { return w.runGate(ctx, c, t.Spec.Name, r) })
	}
	_ = group.Wait()
	have.Asked, w.answers.last, w.answers.at = asked, asked, time.Now()
}

// runGate starts the program that this machine's settings name for a gate.
func (w *World) runGate(ctx context.Context, c shop.CommandGate, tier shop.Tier, r shop.Release) shop.GateAnswer {
	line := ""
	if w.Gates.Program != nil {
		line = w.Gates.Program(c.Name)
	}
	if line == "" {
		return shop.GateAnswer{Verdict: shop.NotSet}
	}
	below, _ := tier.Below()
	env := append(w.Gates.Env[:len(w.Gates.Env):len(w.Gates.Env)],
		"SHOPCTL_GATE="+c.Name, "SHOPCTL_GATE_SYSTEM="+w.System, "SHOPCTL_GATE_TIER="+string(tier), "SHOPCTL_GATE_FROM="+string(below),
		"SHOPCTL_GATE_APP="+string(r.App), "SHOPCTL_GATE_CONFIGURATION="+string(r.Configuration))
	return heardFrom(gate.Run(ctx, gate.Program{Line: line, Env: env, Timeout: time.Duration(c.Timeout)}))
}

func heardFrom(a gate.Answer) shop.GateAnswer {
	verdicts := map[gate.Verdict]shop.Verdict{gate.Yes: shop.Opens, gate.No: shop.Shuts, gate.Silent: shop.Mute}
	return shop.GateAnswer{Verdict: verdicts[a.Verdict], Text: a.Text}
}
