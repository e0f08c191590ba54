package cli

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
	"github.com/shopctl/shopctl/internal/tui"
)

// telling is a progress whose clock goes on by a second with each event, and
// what it has said.
type telling struct {
	*progress
	now  time.Time
	said bytes.Buffer
}

func newTelling(args ...string) *telling {
	t := &telling{now: time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)}
	c := callWith(args...)
	c.Env.Now = func() time.Time { return t.now }
	c.Text, c.log = i18n.For(i18n.English), &log{secrets: strings.NewReplacer()}
	c.Talk = show.Page{Out: &t.said}
	t.progress = newProgress(c, func() bool { return false })
	return t
}

func (t *telling) hears(tb testing.TB, events ...apply.Event) {
	tb.Helper()
	for _, e := range events {
		if e.Op == nil && len(e.Todo) > 0 {
			e.Op = e.Todo[0]
		}
		if err := t.report(e); err != nil {
			tb.Fatal(err)
		}
		t.now = t.now.Add(time.Second)
	}
}

// lines are what was said, without the spaces that hold the times in place.
func (t *telling) lines() (all []string) {
	for _, line := range strings.Split(strings.TrimSpace(t.said.String()), "\n") {
		all = append(all, strings.Join(strings.Fields(line), " "))
	}
	return all
}

func rolling(revision shop.CommitID, health shop.Health, message string) shop.State {
	return shop.State{System: "prod", Tiers: []shop.TierState{{}, {
		Spec: shop.TierSpec{Name: "tier-1"}, System: revision, Runs: shop.Release{App: shop.CommitID("a1b2c3d")},
		ShopSets: []shop.ShopSetState{{Name: "s-101", Current: true, Revision: revision, Health: health, Sync: shop.Synced, Message: message}},
	}}}
}

func todo(ops ...plan.Op) []plan.Op { return ops }

var (
	move    = plan.MoveBranch{Repository: shop.AppRepository, Tier: "tier-1", To: "a1b2c3d4", Gates: []plan.Gate{{}}}
	move2   = plan.MoveBranch{Repository: shop.ConfigurationRepository, Tier: "tier-1", To: "4c5d6e7f"}
	write   = plan.WriteSystem{Tiers: []plan.TierWrite{{Tier: "tier-1", System: "old"}}}
	hint    = plan.Refresh{Tier: "tier-1"}
	readIt  = plan.AwaitRead{Tier: "tier-1"}
	rollout = plan.AwaitRollout{Tier: "tier-1"}
	dwell   = plan.AwaitDwell{Tier: "tier-1"}
)

// A hint that is given again while a rollout is waited for is not its end.
func TestAHintEndsNoWait(t *testing.T) {
	p := newTelling("promote", "tier-1")
	p.hears(t,
		apply.Event{Kind: apply.Waiting, Todo: todo(rollout)},
		apply.Event{Kind: apply.Started, Todo: todo(hint, rollout)},
		apply.Event{Kind: apply.Finished, Todo: todo(hint, rollout)},
	)
	if p.current != plan.Op(rollout) || !p.began.Equal(p.now.Add(-3*time.Second)) {
		t.Errorf("after the hint it is at %v since %s", p.current, p.began)
	}
}

// What came before anybody had to wait for it is told, in its place.
func TestWhatCameAtOnceIsTold(t *testing.T) {
	p := newTelling("promote", "tier-1")
	p.hears(t,
		apply.Event{Kind: apply.Started, Todo: todo(write, hint, readIt, rollout, dwell)},
		apply.Event{Kind: apply.Finished, Todo: todo(write, hint, readIt, rollout, dwell)},
		apply.Event{Kind: apply.Waiting, Todo: todo(dwell), State: rolling("new", shop.Healthy, "")},
		apply.Event{Kind: apply.Reached},
	)
	want := []string{"✓ System repository written (tier-1) 1.0s", "✓ Argo CD reads exactly that 1.0s", "✓ Rolled out 1 of 1 ShopSets 0.0s", "✓ Stayed healthy for 2m 1.0s"}
	if got := p.lines(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("said\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A tier that was healthy and is not any more has not stayed healthy.
func TestWhatIsLeftAgainHasNotCome(t *testing.T) {
	p := newTelling("promote", "tier-1")
	p.hears(t,
		apply.Event{Kind: apply.Waiting, Todo: todo(dwell), State: rolling("new", shop.Healthy, "")},
		apply.Event{Kind: apply.Waiting, Todo: todo(rollout, dwell), State: rolling("new", shop.Degraded, "")},
	)
	if said := p.said.String(); said != "" {
		t.Errorf("said %q", said)
	}
}

// A plan that is made anew has other things to wait for: nothing of the old has come.
func TestWhatIsForgottenHasNotCome(t *testing.T) {
	p := newTelling("promote", "tier-1")
	p.hears(t, apply.Event{Kind: apply.Waiting, Todo: todo(rollout, dwell)})
	p.forget()
	p.hears(t, apply.Event{Kind: apply.Started, Todo: todo(plan.Sync{Tier: "tier-1"})})
	if said := p.said.String(); said != "" {
		t.Errorf("said %q", said)
	}
}

// Who leaves while more is to be written is told the line that goes on with it:
// to wait is not enough.
func TestMoreToWriteIsNotWaitedFor(t *testing.T) {
	next := plan.MoveBranch{Repository: shop.AppRepository, Tier: "tier-2", To: "a1b2c3d4"}
	for _, c := range []struct {
		todo  []plan.Op
		waits bool
	}{
		{todo(rollout, dwell), true},
		{todo(rollout, dwell, hint, plan.Conclude{Tier: "tier-1"}), true},
		{todo(rollout, dwell, plan.AwaitGates{Tier: "tier-2"}, next), false},
	} {
		p, board := newTelling("promote", "--to", "tier-2"), &ear{}
		p.c.front = board
		p.hears(t, apply.Event{Kind: apply.Waiting, Todo: c.todo, State: rolling("new", shop.Progressing, "")})
		if got := board.heard[0].Wait; (got != "") != c.waits {
			t.Errorf("%v: the line to wait with is %q", c.todo, got)
		}
		ctx, leave := context.WithCancelCause(context.Background())
		leave(Interrupted{ExitInterrupt})
		_ = p.c.interrupted(ctx, context.Canceled, p.progress)
		if said := p.said.String(); !strings.Contains(said, "The rollout goes on. shopctl wait tier-1") || strings.Contains(said, "Go on with: shopctl promote --to tier-2") == c.waits {
			t.Errorf("%v: said %q", c.todo, said)
		}
	}
}

// ear keeps what a board is told.
type ear struct {
	tui.Front
	heard []tui.Progress
}

func (e *ear) Progress(p tui.Progress) { e.heard = append(e.heard, p) }

// A release is named where it comes, not where something else is written into a
// tier that goes on with its own.
func TestTheReleaseThatComesIsNamed(t *testing.T) {
	runs := rolling("old", shop.Healthy, "").Tiers[1].Runs
	other := shop.Release{App: "4c5d6e7"}
	for _, c := range []struct {
		op    plan.Op
		named bool
	}{
		{plan.WriteSystem{Tiers: []plan.TierWrite{{Tier: "tier-1", Release: runs}}, Edits: []shop.Edit{{Kind: shop.KindShop, Name: "bunko", Field: "maintenance"}}}, false},
		{plan.WriteSystem{Tiers: []plan.TierWrite{{Tier: "tier-1", Release: other}}}, true},
		{plan.AwaitRollout{Tier: "tier-1", Release: runs}, true},
	} {
		p, board := newTelling("promote", "tier-1"), &ear{}
		p.c.front = board
		p.hears(t, apply.Event{Kind: apply.Started, Todo: todo(c.op), State: rolling("old", shop.Healthy, "")})
		if got := board.heard[0].Release; (got != "") != c.named {
			t.Errorf("%T: the release is %q", c.op, got)
		}
	}
}

// The board sees what is done, what is on its way and what is to come, and what
// happens to the ShopSets.
func TestTheBoardIsToldEveryStep(t *testing.T) {
	p, board := newTelling("promote", "tier-1"), &ear{}
	p.c.front = board
	all := todo(move, move2, write, hint, readIt, rollout, dwell)
	old := rolling("old", shop.Healthy, "")
	at := func(v tui.Progress) (said []string) {
		for _, s := range v.Steps {
			said = append(said, strings.TrimSpace(fmt.Sprintf("%s %s (%s)", show.Page{ASCII: true}.Mark(s.Mark, ""), s.Text, s.Detail)))
		}
		return said
	}
	check := func(want ...string) {
		t.Helper()
		if got := at(board.heard[len(board.heard)-1]); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("the board was told\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	p.hears(t, apply.Event{Kind: apply.Started, Todo: all, State: old})
	check("[ok] Gates ()", "[..] Move tier-1 in app and configuration ()", "- Write the system repository (1 ShopSet) ()",
		"- Argo CD reads exactly that ()", "- Rollout ()", "- Stay healthy (needs 2m)")
	p.hears(t,
		apply.Event{Kind: apply.Finished, Todo: all, State: old}, apply.Event{Kind: apply.Started, Todo: all[1:], State: old}, apply.Event{Kind: apply.Finished, Todo: all[1:], State: old},
		apply.Event{Kind: apply.Started, Todo: all[2:], State: old}, apply.Event{Kind: apply.Finished, Todo: all[2:], State: old},
		apply.Event{Kind: apply.Waiting, Todo: todo(rollout, dwell), State: rolling("0badcafe0", shop.Progressing, "")},
	)
	check("[ok] Gates ()", "[ok] Moved tier-1 in app and configuration (app a1b2c3d, configuration 4c5d6e7)", "[ok] System repository written (1 ShopSet) (0badcaf)",
		"[ok] Argo CD reads exactly that ()", "[..] Rollout ()", "- Stay healthy (needs 2m)")
	last := board.heard[len(board.heard)-1]
	if busy := last.Steps[4]; busy.Of != 1 || len(busy.ShopSets) != 1 || last.Tier != "tier-1" || !strings.HasPrefix(last.Wait, "shopctl wait tier-1 ") {
		t.Errorf("the board was told %+v", last)
	}
	p.hears(t, apply.Event{Kind: apply.Waiting, Todo: todo(rollout, dwell), State: rolling("0badcafe0", shop.Degraded, "web keeps crashing")})
	if events := board.heard[len(board.heard)-1].Events; len(events) != 1 || events[0].About != "s-101" || events[0].Note != (tui.Note{Mark: show.Warn, Text: "degraded: web keeps crashing"}) {
		t.Errorf("events %v", events)
	}
	p.hears(t, apply.Event{Kind: apply.Reached, State: rolling("0badcafe0", shop.Healthy, "")})
	check("[ok] Gates ()", "[ok] Moved tier-1 in app and configuration (app a1b2c3d, configuration 4c5d6e7)", "[ok] System repository written (1 ShopSet) (0badcaf)",
		"[ok] Argo CD reads exactly that ()", "[ok] Rolled out 1 of 1 ShopSets ()", "[ok] Stayed healthy for 2m ()")
}
