package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/plan"
)

// A hint that is given again while a rollout is waited for is not its end.
func TestAHintEndsNoWait(t *testing.T) {
	now := time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)
	c := &Call{Env: &Env{Now: func() time.Time { return now }}, Text: i18n.For(i18n.English), log: &log{secrets: strings.NewReplacer()}}
	p := newProgress(c, func() bool { return false })
	rollout, hint := plan.AwaitRollout{Tier: "tier-1"}, plan.Refresh{Tier: "tier-1"}
	for _, e := range []apply.Event{
		{Kind: apply.Waiting, Op: rollout, Todo: []plan.Op{rollout}},
		{Kind: apply.Started, Op: hint, Todo: []plan.Op{hint, rollout}},
		{Kind: apply.Finished, Op: hint, Todo: []plan.Op{hint, rollout}},
	} {
		if err := p.report(e); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Second)
	}
	if p.current != plan.Op(rollout) || !p.began.Equal(now.Add(-3*time.Second)) {
		t.Errorf("after the hint it is at %v since %s", p.current, p.began)
	}
}
