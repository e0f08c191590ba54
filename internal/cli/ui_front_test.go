package cli

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/settings"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
	"github.com/shopctl/shopctl/internal/tui"
)

// oneAnswer is a board on which a person gives one answer.
type oneAnswer struct {
	answer  tui.Answer
	err     error
	offered bool
	asked   []tui.Question
}

func (o *oneAnswer) Preview(tui.Preview)   {}
func (o *oneAnswer) Progress(tui.Progress) {}
func (o *oneAnswer) Commands([]string)     {}
func (o *oneAnswer) Offered() bool         { return o.offered }
func (o *oneAnswer) Ask(_ context.Context, q tui.Question) (tui.Answer, error) {
	o.asked = append(o.asked, q)
	return o.answer, o.err
}

// What the board answers counts no less and no more than what is typed at a
// terminal: a name has to match, a risk needs a reason, and who is not asked has
// not agreed.
func TestConfirmOnTheBoard(t *testing.T) {
	ask := Confirmation{Level: LevelAsk, Question: "Go back?"}
	name := Confirmation{Level: LevelName, Name: "tier-2"}
	risk := Confirmation{Level: LevelAsk, Question: "?", Name: "tier-2", Risks: []string{"irreversible-migration"}}
	gone := errors.New("the board was left")
	for _, c := range []struct {
		name  string
		q     Confirmation
		line  string
		front oneAnswer
		exit  int
		level tui.Level
		why   bool
		asks  int
	}{
		{"nothing to ask", Confirmation{}, "", oneAnswer{}, 0, 0, false, 0},
		{"yes", ask, "", oneAnswer{}, 0, tui.Yes, false, 1},
		{"no", ask, "", oneAnswer{err: tui.ErrNo}, 3, tui.Yes, false, 1},
		{"left", ask, "", oneAnswer{err: gone}, 1, tui.Yes, false, 1},
		{"name", name, "", oneAnswer{answer: tui.Answer{Name: " tier-2 "}}, 0, tui.ByName, false, 1},
		{"another name", name, "", oneAnswer{answer: tui.Answer{Name: "tier-1"}}, 3, tui.ByName, false, 1},
		{"no name", name, "", oneAnswer{}, 3, tui.ByName, false, 1},
		{"risk", risk, "", oneAnswer{answer: tui.Answer{Name: "tier-2", Reason: "because"}}, 0, tui.ByName, true, 1},
		{"risk without a reason", risk, "", oneAnswer{answer: tui.Answer{Name: "tier-2"}}, 2, tui.ByName, true, 1},
		{"risk, said why before", risk, "-m because", oneAnswer{answer: tui.Answer{Name: "tier-2"}}, 0, tui.ByName, false, 1},
		{"risk without a name", risk, "", oneAnswer{answer: tui.Answer{Reason: "because"}}, 3, tui.ByName, true, 1},
		{"answered on the line", name, "--confirm=tier-2", oneAnswer{err: tui.ErrNo}, 0, 0, false, 0},
		{"answered wrongly on the line", name, "--confirm=tier-1", oneAnswer{}, 3, 0, false, 0},
		{"--yes on the line", ask, "--yes", oneAnswer{err: tui.ErrNo}, 0, 0, false, 0},
		{"--yes is not enough", name, "--yes", oneAnswer{}, 2, 0, false, 0},
		{"offered, nothing to ask", Confirmation{}, "", oneAnswer{offered: true}, 0, tui.Yes, false, 1},
		{"offered, nothing to ask, no", Confirmation{}, "", oneAnswer{offered: true, err: tui.ErrNo}, 3, tui.Yes, false, 1},
		{"offered, answered on the line", name, "--confirm=tier-2", oneAnswer{offered: true}, 3, tui.ByName, false, 1},
		{"offered, --yes on the line", ask, "--yes", oneAnswer{offered: true, err: tui.ErrNo}, 3, tui.Yes, false, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			front := c.front
			got := stage{}.play(t, func(ctx context.Context, call *Call) error {
				call.front = &front
				return call.Confirm(ctx, c.q)
			}, append([]string{"promote", "tier-2"}, strings.Fields(c.line)...)...)
			if got.exit != c.exit || len(front.asked) != c.asks {
				t.Fatalf("exit %d, asked %+v\n%s", got.exit, front.asked, got.err)
			}
			if c.asks > 0 && (front.asked[0].Level != c.level || front.asked[0].WantsWhy != c.why) {
				t.Errorf("asked %+v", front.asked[0])
			}
		})
	}
}

func TestReasonOnTheBoard(t *testing.T) {
	for _, c := range []struct {
		name  string
		front oneAnswer
		exit  int
		want  string
	}{
		{"given", oneAnswer{answer: tui.Answer{Reason: "Black\x1b[31m Friday"}}, 0, "Black Friday"},
		{"empty", oneAnswer{}, 2, ""},
		{"no", oneAnswer{err: tui.ErrNo}, 3, ""},
	} {
		front, reason := c.front, ""
		got := stage{}.play(t, func(ctx context.Context, call *Call) error {
			call.front = &front
			err := call.mustSayWhy(ctx)
			reason = call.Reason()
			return err
		}, "promote", "tier-2")
		if got.exit != c.exit || c.exit == 0 && reason != c.want {
			t.Errorf("%s: exit %d, reason %q", c.name, got.exit, reason)
		}
	}
}

// deskOn is a desk without a world.
func deskOn(t *testing.T, argv ...string) *desk {
	t.Helper()
	home := t.TempDir()
	return &desk{c: newCall(&Env{Args: argv, Getenv: func(k string) string {
		if k == "HOME" {
			return home
		}
		return ""
	}, Dir: home, Now: stageNow, Stdout: &strings.Builder{}, Stderr: &strings.Builder{}}, tree())}
}

func TestOffers(t *testing.T) {
	for _, c := range []struct {
		text string
		want []tui.Offer
	}{
		{"Promoted to tier-1 as v129.", nil},
		{"  Undo:  shopctl rollback tier-1 v128", []tui.Offer{{Line: "shopctl rollback tier-1 v128", Args: []string{"rollback", "tier-1", "v128"}, Runs: true}}},
		{"  Next:  shopctl diff tier-2", []tui.Offer{{Line: "shopctl diff tier-2", Args: []string{"diff", "tier-2"}}}},
		{"hint: wait for it      shopctl wait tier-2 --for open", []tui.Offer{{Line: "shopctl wait tier-2 --for open", Args: []string{"wait", "tier-2", "--for", "open"}, Runs: true}}},
		{`      or lift it       shopctl tier unfreeze tier-2 -m "…"   (needs push rights)`, []tui.Offer{
			{Line: `shopctl tier unfreeze tier-2 -m "…"`, Args: []string{"tier", "unfreeze", "tier-2"}, Runs: true},
		}},
		{"SHOP-6002  (shopctl explain SHOP-6002)                    exit 6", []tui.Offer{{Line: "shopctl explain SHOP-6002", Args: []string{"explain", "SHOP-6002"}}}},
		{"  Undo:  shopctl tier freeze tier-2 -m 'Black Friday'", []tui.Offer{
			{Line: "shopctl tier freeze tier-2 -m 'Black Friday'", Args: []string{"tier", "freeze", "tier-2", "-m", "Black Friday"}, Runs: true},
		}},
		{"again: shopctl --config=/x/.shopctl.yml shop remove bunko", []tui.Offer{
			{Line: "shopctl --config=/x/.shopctl.yml shop remove bunko", Args: []string{"shop", "remove", "bunko"}, Runs: true},
		}},
		{"hint: name it    shopctl shop add bunko --host HOST", nil},
		{"hint: or     shopctl shop add --from FILE.csv", nil},
		{"hint: log in     shopctl auth login argocd", nil},
		{"hint: shopctl ui", nil},
		{"hint: shopctl demo break crash-loop", nil},
		{"hint: shopctl promte tier-1", nil},
		{"hint: shopctl promote tier-1 --nonsense", nil},
		{"hint: shopctl shop", nil},
		{"hint: shopctl tier freeze tier-2 -m 'half", nil},
	} {
		got := deskOn(t, "ui", "--config=/x/.shopctl.yml").offers([]string{c.text})
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s:\n%s", c.text, diff)
		}
	}
	twice := deskOn(t, "ui").offers([]string{"shopctl diff tier-2", "Next: shopctl diff tier-2"})
	if len(twice) != 1 {
		t.Errorf("offered twice: %+v", twice)
	}
}

// certain are logins with these rights.
type certain struct {
	Logins
	rights []Right
	err    error
	host   string
}

func (l certain) Host(Side) string { return l.host }
func (l certain) Rights(context.Context, Side, []shop.Tier) ([]Right, error) {
	return l.rights, l.err
}

func TestReadOnlyWithoutTheRight(t *testing.T) {
	no := func(why, where string) []Right { return []Right{{Tier: "tier-1", May: "no", Why: why, Where: where}} }
	for _, c := range []struct {
		name        string
		logins      certain
		board, tier bool
	}{
		{"no forge", certain{rights: no("no-push", "acme/system")}, false, false},
		{"all", certain{host: "github.com", rights: []Right{{Tier: "tier-1", May: "yes"}}}, false, false},
		{"nobody knows", certain{host: "github.com", rights: []Right{{Tier: "tier-1", May: "unknown", Why: "not-seen"}}}, false, false},
		{"not asked", certain{host: "github.com", err: errors.New("no answer")}, false, false},
		{"a rule of one branch", certain{host: "github.com", rights: no("rule", "acme/system")}, false, false},
		{"not the system", certain{host: "github.com", rights: no("no-push", "acme/system")}, true, true},
		{"not even to be seen", certain{host: "github.com", rights: no("no-access", "acme/system")}, true, true},
		{"not the app", certain{host: "github.com", rights: no("no-push", "acme/storefront")}, false, true},
		{"another of that ending", certain{host: "github.com", rights: no("no-push", "me/system")}, false, true},
	} {
		d := deskOn(t, "ui")
		d.c.system.System.URL = "https://github.com/acme/system.git"
		d.c.Env.OpenLogins = func(settings.System, LoginOptions) (Logins, error) { return c.logins, nil }
		var have shop.State
		have.Tiers = make([]shop.TierState, 1)
		d.rights.begin(context.Background(), d.c, have)
		d.rights.done.Wait()
		b := tui.Board{Tiers: make([]tui.Tier, 1)}
		d.rights.on(&b)
		if (b.ReadOnly != "") != c.board || (b.Tiers[0].MayNot != "") != c.tier {
			t.Errorf("%s: the board %q, the tier %q", c.name, b.ReadOnly, b.Tiers[0].MayNot)
		}
		if said := b.ReadOnly + b.Tiers[0].MayNot; said != "" && !slices.ContainsFunc(c.logins.rights, func(r Right) bool { return strings.Contains(said, r.Where) }) {
			t.Errorf("%s: it does not say where: %q", c.name, said)
		}
		d.rights.end()
	}
}

// slowAnswer is a person who thinks for an hour.
type slowAnswer struct {
	oneAnswer
	now *time.Time
}

func (s *slowAnswer) Ask(ctx context.Context, q tui.Question) (tui.Answer, error) {
	*s.now = s.now.Add(time.Hour)
	return s.oneAnswer.Ask(ctx, q)
}

// What a person thought about is no part of how long it took; what is said beside
// a result, as that it is so already, is seen on the board too.
func TestHowLongItTookOnTheBoard(t *testing.T) {
	now := noon
	call := func(_ context.Context, c *Call) error {
		c.Env.Now, c.Env.Rand = func() time.Time { return now }, rand.New(rand.NewPCG(1, 2))
		c.Env.OpenWorld = func(context.Context, settings.System, WorldOptions) (World, error) {
			return &scripted{looks: []func() (shop.State, error){one(shop.Healthy, noon)}}, nil
		}
		c.system, c.noSystem = settings.System{Name: "prod"}, nil
		c.front = &slowAnswer{now: &now}
		var took time.Duration
		err := c.carryOut(context.Background(), errand{
			look: shop.Unpin{Tier: "tier-0"},
			goal: func(World, shop.State) (shop.Goal, error) {
				now = now.Add(time.Second)
				return shop.Unpin{Tier: "tier-0", NoWait: true}, c.askFront(context.Background(), Confirmation{Level: LevelAsk, Question: "?"})
			},
			done: func(_ World, _, _ shop.State, _ shop.Goal, _ []plan.Op, length time.Duration) (Result, error) {
				took = length
				return Result{Human: func(p show.Page) { p.Line("it runs") }}, nil
			},
		})
		if took != time.Second {
			t.Errorf("it took %s", took)
		}
		return err
	}
	if got := (stage{terminal: Terminal{Out: true}}).play(t, call, "status"); got.out != "✓ already so\nit runs\n" {
		t.Errorf("%+v", got)
	}
}

// A sync that failed is told to the board, however healthy what it left is.
func TestRefusedOnTheBoard(t *testing.T) {
	for phase, want := range map[shop.Phase]bool{shop.Failed: true, shop.Errored: true, shop.Running: false, shop.Succeeded: false, "": false} {
		tier := shop.TierState{ShopSets: []shop.ShopSetState{{Name: "s-101", Health: shop.Healthy, Phase: phase, Failure: "objects failed to apply"}}}
		if got := shopSetsOf(tier)[0].Refused; got != want {
			t.Errorf("%q: %t", phase, got)
		}
	}
}

// A dry run ends at once: on the board what it would do is seen in its result.
func TestADryRunOnTheBoardIsSeen(t *testing.T) {
	got := stage{terminal: Terminal{Out: true}}.play(t, func(ctx context.Context, c *Call) error {
		c.front = &oneAnswer{}
		e := errand{preview: func(p show.Page, _ World, _ shop.State, _ shop.Goal, _ []plan.Op) error {
			p.Line("Roll back tier-2")
			return nil
		}}
		stop, err := c.showPlan(ctx, nil, e, shop.State{}, shop.Rollback{Tier: "tier-2"}, todo(write))
		if !stop {
			t.Error("a dry run went on")
		}
		return err
	}, "promote", "tier-2", "--dry-run")
	if got != (played{out: "Roll back tier-2\nDry run: nothing was written.\n"}) {
		t.Errorf("%+v", got)
	}
}
