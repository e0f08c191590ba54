package tui

import (
	"context"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/show"
)

// play drives a model as its program would: commands run beside it, and what
// they bring comes in as messages. Nothing waits for a clock.
type play struct {
	t    testing.TB
	m    *Model
	msgs chan tea.Msg
	over chan struct{}
}

var options = sync.OnceValue(fixtureOptions)

func playing(t testing.TB, d *fakeDesk, w, h int) *play {
	t.Helper()
	m := newModel(context.Background(), d, options())
	p := &play{t: t, m: m, msgs: make(chan tea.Msg, 64), over: make(chan struct{})}
	m.send = p.send
	t.Cleanup(p.stop)
	m.Update(tea.WindowSizeMsg{Width: w, Height: h})
	m.Update(lookedMsg{epoch: m.epoch, board: d.board})
	return p
}

func (p *play) stop() {
	p.m.stop()
	select {
	case <-p.over:
	default:
		close(p.over)
	}
}

func (p *play) send(msg tea.Msg) {
	select {
	case p.msgs <- msg:
	case <-p.over:
	}
}

// do starts a command; what it brings comes in later.
func (p *play) do(cmd tea.Cmd) {
	if cmd != nil {
		go func() { p.send(cmd()) }()
	}
}

func (p *play) take(msg tea.Msg) {
	if batch, many := msg.(tea.BatchMsg); many {
		for _, one := range batch {
			p.do(one)
		}
		return
	}
	if _, ends := msg.(tea.QuitMsg); msg != nil && !ends {
		_, cmd := p.m.Update(msg)
		p.do(cmd)
	}
}

// until takes messages in until something is so.
func (p *play) until(what string, so func() bool) {
	p.t.Helper()
	limit := time.After(10 * time.Second)
	for !so() {
		select {
		case msg := <-p.msgs:
			p.take(msg)
		case <-limit:
			p.t.Fatalf("never so: %s\n%s", what, p.m.View())
		}
	}
}

// press gives keys. What a run says up to its question is taken in with the key
// that began it.
func (p *play) press(keys ...string) {
	p.t.Helper()
	for _, k := range keys {
		before := len(p.m.runs)
		_, cmd := p.m.Update(keyOf(k))
		p.do(cmd)
		if len(p.m.runs) > before {
			r := p.m.runs[len(p.m.runs)-1]
			p.until("it asks", func() bool {
				return r.question != nil || r.outcome != nil || r.sure != nil || len(r.progress.Steps) > 0
			})
		}
	}
}

// scripted is a desk whose runs show a preview, ask, go on in steps, and end when
// they are let.
type scripted struct {
	*fakeDesk
	mu      sync.Mutex
	agreed  []Answer
	refused int
	ask     func(args []string) Question
	preview Preview
	live    Progress
	end     Outcome
	ends    chan struct{} // closed: runs end after their last step; nil: at once
}

// desks makes one desk: what is on it is only looked at.
var desks = sync.OnceValue(newFakeDesk)

func newScripted() *scripted {
	one := desks()
	s := &scripted{fakeDesk: &fakeDesk{board: one.board, shops: one.shops}, preview: fixturePreview(), live: fixtureProgress(), end: fixtureOutcome(), ask: fixtureQuestion}
	s.run = s.carry
	return s
}

func (s *scripted) carry(ctx context.Context, args []string, f Front) Outcome {
	f.Preview(s.preview)
	a, err := f.Ask(ctx, s.ask(args))
	s.mu.Lock()
	if err == nil {
		s.agreed = append(s.agreed, a)
	} else {
		s.refused++
	}
	s.mu.Unlock()
	if err != nil {
		return Outcome{Exit: 3, Lines: []string{"error: declined"}}
	}
	f.Progress(s.live)
	if s.ends != nil {
		select {
		case <-s.ends:
		case <-ctx.Done():
			return Outcome{Exit: 130}
		}
	}
	return s.end
}

func (s *scripted) yes() []Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Answer(nil), s.agreed...)
}

// fixtureQuestion asks as ux.md 5 has it: a name for a promotion, else a button.
func fixtureQuestion(args []string) Question {
	if args[0] == "promote" {
		return Question{
			Level: ByName, Name: args[1], Text: "Promote 3 commits to " + args[1] + " of PROD?", Do: "Promote",
			What: []string{"480 shops will restart onto v129 (a1b2c3d)."}, Risks: []string{"irreversible-migration"}, WantsWhy: true,
		}
	}
	return Question{Text: "Go back?", Do: "Roll back"}
}

func fixturePreview() Preview {
	text := func(lines ...string) func(int) []string { return func(int) []string { return lines } }
	return Preview{
		Title: "tier-0 v131  ->  tier-1 v129 (now v128)",
		Facts: []Fact{
			{"commits", "3   app 2, configuration 1"}, {"shops", "480 in 4 shopsets"}, {"est. time", "6m40s (last 5: 5m12s-8m03s)"},
			{"migrations", "1   drop_legacy_carts"}, {"images", "storefront:a1b2c3d ✓ built"},
		},
		Gates: []Note{
			{show.Good, "checks  14 of 14 on a1b2c3d"}, {show.Good, "health  tier-0 healthy for 41m"},
			{show.Warn, "1 migration cannot be rolled back: 2026112001_drop_legacy_carts   risk: irreversible-migration"},
		},
		Tabs: []Tab{
			{"commits", text("a1b2c3d  41m    @ryu      在庫APIのN+1を修正  #482", "77e0b1f  1h20m  renovate  Bump rails 8.1.1 -> 8.1.2  #481")},
			{"manifests", text("480 shops in 4 ShopSets: the same 4 lines; 0 differ.", "", "  Deployment web", "  -    image: storefront:9f8e7d6", "  +    image: storefront:a1b2c3d")},
			{"configuration", text("changed  shopsets/base/セッション.yaml")},
			{"images", text("- storefront:9f8e7d6", "+ storefront:a1b2c3d  ✓ built")},
		},
	}
}

func fixtureProgress() Progress {
	sets := fixtureBoard().Tiers[1].ShopSets
	at := fixtureNow.Add(161 * time.Second)
	return Progress{
		Tier: "tier-1", Release: "v129", At: fixtureNow, Wait: "shopctl wait tier-1 --for release=a1b2c3d", Back: "shopctl rollback tier-1 v128",
		Steps: []Step{
			{Mark: show.Good, Text: "Gates", Took: 800 * time.Millisecond},
			{Mark: show.Good, Text: "Moved tier-1 in app and configuration", Took: 1200 * time.Millisecond, Detail: "app a1b2c3d, configuration 4c5d6e7"},
			{Mark: show.Good, Text: "System repository written (4 ShopSets)", Took: 11 * time.Second, Detail: "4e1d9aa"},
			{Mark: show.Good, Text: "Argo CD reads exactly that", Took: 9400 * time.Millisecond},
			{Mark: show.Busy, Text: "Rollout", Took: 138 * time.Second, Ready: 3, Of: 4, ShopSets: sets},
			{Mark: show.Nothing, Text: "Stay healthy", Detail: "needs 2m"},
		},
		Events: []Event{
			{At: at.Add(-14 * time.Second), About: "s-104", Note: Note{show.Busy, "rolling out: web 4 of 6"}},
			{At: at.Add(-10 * time.Second), About: "s-104", Note: Note{show.Warn, "not ready yet (1 of 3): answers 503"}},
			{At: at, About: "s-103", Note: Note{show.Good, "healthy"}},
		},
	}
}

func fixtureOutcome() Outcome {
	return Outcome{
		Lines: []string{"", "Promoted to tier-1 as v129 in 8m20s.", "  Undo:  shopctl rollback tier-1 v128", "  Next:  shopctl diff tier-2"},
		Offers: []Offer{
			{Line: "shopctl rollback tier-1 v128", Args: []string{"rollback", "tier-1", "v128"}, Runs: true},
			{Line: "shopctl diff tier-2", Args: []string{"diff", "tier-2"}},
		},
	}
}

// fixtureRefusal is how a frozen tier refuses.
func fixtureRefusal() Outcome {
	return Outcome{
		Exit: 6,
		Lines: []string{
			"error: tier-2 is frozen until 11-21 10:00 JST", "", `  takuya froze it yesterday 18:02: "Black Friday, ask in #shop-release"`, "",
			"hint: wait for it      shopctl wait tier-2 --for open",
			`      or lift it       shopctl tier unfreeze tier-2 -m "…"   (needs push rights on system main)`,
			"SHOP-6002  (shopctl explain SHOP-6002)                                    exit 6",
		},
		Offers: []Offer{
			{Line: "shopctl wait tier-2 --for open", Args: []string{"wait", "tier-2", "--for", "open"}, Runs: true},
			{Line: `shopctl tier unfreeze tier-2 -m "…"`, Args: []string{"tier", "unfreeze", "tier-2"}, Runs: true},
			{Line: "shopctl explain SHOP-6002", Args: []string{"explain", "SHOP-6002"}},
		},
	}
}
