package tui

import (
	"bytes"
	"context"
	"io"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// tier1 puts the cursor of the first page on tier-1.
func (p *play) tier1() { p.press("right") }

// typed gives a text to the field that has the focus.
func (p *play) typed(text string) {
	p.t.Helper()
	for _, r := range text {
		p.press(string(r))
	}
}

// promoted drives a promotion to tier-1 up to its confirmation.
func promoted(t testing.TB, s *scripted) *play {
	t.Helper()
	p := playing(t, s.fakeDesk, 110, 28)
	p.tier1()
	p.press("p")
	return p
}

func TestPromotionShowsThenAsksThenGoesOn(t *testing.T) {
	s := newScripted()
	s.ends = make(chan struct{})
	p := promoted(t, s)
	if !slices.Equal(s.ran[0], []string{"promote", "tier-1"}) {
		t.Fatalf("it ran %q", s.ran)
	}
	sees(t, p.m, "step 1 of 3", "tier-0 v131  ->  tier-1 v129 (now v128)", "480 in 4 shopsets", "drop_legacy_carts")
	p.press("enter")
	sees(t, p.m, "step 2 of 3", "Promote 3 commits to tier-1 of PROD?", "480 shops will restart", "risk irreversible-migration", "[ Cancel ]", "locked until it matches")
	p.typed("tier-1")
	p.press("tab")
	sees(t, p.m, "locked: it needs a reason")
	p.typed("tried with 文庫堂書店")
	p.press("tab")
	sees(t, p.m, "[ Promote ]")
	if len(s.yes()) > 0 {
		t.Fatal("it was agreed to before enter")
	}
	p.press("enter")
	p.until("it is on its way", func() bool { return len(p.m.runs[0].progress.Steps) > 0 })
	if got := s.yes(); !slices.Equal(got, []Answer{{"tier-1", "tried with 文庫堂書店"}}) {
		t.Errorf("the answer was %+v", got)
	}
	sees(t, p.m, "step 3 of 3", "3/4 shopsets", "75%", "s-104", "Stay healthy", "not ready yet")
	close(s.ends)
	p.until("it ends", func() bool { return len(p.m.runs) == 0 })
	sees(t, p.m, "Promoted to tier-1 as v129", "> shopctl rollback tier-1 v128")
}

func TestWrongNameStaysLocked(t *testing.T) {
	for _, name := range []string{"", "tier-2", "tier-", "TIER-1", "tier-11", "y", "yes"} {
		s := newScripted()
		p := promoted(t, s)
		p.press("enter")
		p.typed(name)
		p.press("tab")
		p.typed("a reason")
		p.press("tab")
		sees(t, p.m, "locked until it matches", "[ Cancel ]")
		p.press("enter")
		if p.m.runs[0].question == nil || len(s.yes()) > 0 {
			t.Errorf("%q: answered, with yes: %v", name, s.yes())
		}
		sees(t, p.m, "step 1 of 3")
	}
}

func TestNameThatNoLongerMatchesLocksAgain(t *testing.T) {
	s := newScripted()
	s.ask = func([]string) Question { return Question{Level: ByName, Name: "tier-1"} }
	p := promoted(t, s)
	p.press("enter")
	p.typed("tier-1")
	p.press("tab", "shift+tab", "x", "enter")
	if len(s.yes()) > 0 {
		t.Error("it was agreed to with another name")
	}
}

func TestEscOfThePreviewRefuses(t *testing.T) {
	s := newScripted()
	p := promoted(t, s)
	r := p.m.runs[0]
	p.press("esc")
	p.until("it has let go", func() bool { return isClosed(r.done) })
	if len(p.m.pages) != 1 || len(p.m.runs) != 0 || len(s.yes()) > 0 {
		t.Errorf("%d pages, %d runs, answers %v", len(p.m.pages), len(p.m.runs), s.yes())
	}
	sees(t, p.m, "tier-2")
	if strings.Contains(p.m.View(), "declined") {
		t.Error("a refusal of one's own is no news")
	}
}

func isClosed(done chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// onItsWay is a promotion that has been agreed to and goes on.
func onItsWay(t testing.TB) (*scripted, *play) {
	t.Helper()
	s := newScripted()
	s.ends = make(chan struct{})
	s.ask = func(args []string) Question {
		if args[0] == "promote" {
			return Question{Level: ByName, Name: args[1], Do: "Promote"}
		}
		return fixtureQuestion(args)
	}
	p := promoted(t, s)
	p.press("enter")
	p.typed("tier-1")
	p.press("tab", "enter")
	p.until("it is on its way", func() bool { return len(p.m.runs[0].progress.Steps) > 0 })
	return s, p
}

func TestLeftRunningKeepsAChip(t *testing.T) {
	s, p := onItsWay(t)
	p.press("esc")
	sees(t, p.m, "↻ tier-1 75%", "left running")
	p.press("W")
	sees(t, p.m, "step 3 of 3")
	p.press("esc")
	close(s.ends)
	p.until("it has ended", func() bool { return p.m.runs[0].outcome != nil })
	sees(t, p.m, "✓ tier-1")
	p.press("W")
	sees(t, p.m, "Promoted to tier-1 as v129")
	p.press("esc")
	if len(p.m.chips()) != 0 || len(p.m.pages) != 1 {
		t.Errorf("chips %q, %d pages", p.m.chips(), len(p.m.pages))
	}
}

func TestFailureStaysUntilRead(t *testing.T) {
	s, p := onItsWay(t)
	s.end = fixtureRefusal()
	p.press("esc")
	close(s.ends)
	p.until("it has ended", func() bool { return p.m.runs[0].outcome != nil })
	sees(t, p.m, "✗ tier-1")
	if n := len(p.m.trail); n == 0 || !strings.Contains(p.m.trail[n-1].text, "frozen") {
		t.Errorf("the errors have %+v", p.m.trail)
	}
	p.press("W")
	sees(t, p.m, "tier-2 is frozen", "exit 6", "> shopctl wait tier-2 --for open")
	if len(p.m.chips()) != 0 {
		t.Error("read, and still a chip")
	}
}

func TestSameCommandIsNotBegunTwice(t *testing.T) {
	s, p := onItsWay(t)
	p.press("esc", "p")
	if len(p.m.runs) != 1 || len(s.ran) != 1 {
		t.Errorf("%d runs, ran %q", len(p.m.runs), s.ran)
	}
	sees(t, p.m, "on its way already", "3/4 shopsets")
}

func TestGoingBackAsksLikeARollback(t *testing.T) {
	s, p := onItsWay(t)
	p.press("x")
	if !slices.Equal(s.ran[1], []string{"rollback", "tier-1", "v128"}) {
		t.Fatalf("it ran %q", s.ran)
	}
	p.press("enter")
	sees(t, p.m, "Go back?", "[ Cancel ]")
	p.press("enter")
	if len(s.yes()) != 1 {
		t.Fatal("enter alone confirmed it")
	}
	p.press("enter", "tab")
	sees(t, p.m, "[ Roll back ]")
	p.press("enter")
	p.until("it is agreed to", func() bool { return len(s.yes()) == 2 })
}

func TestQuitAsksWhileSomethingRuns(t *testing.T) {
	for _, key := range []string{"q", "ctrl+c"} {
		_, p := onItsWay(t)
		p.press("esc", key)
		sees(t, p.m, "still on its way", "shopctl wait tier-1 --for release=a1b2c3d", "[ Stay ]")
		p.press("enter")
		if len(p.m.pages) != 1 {
			t.Fatalf("%s: it did not stay", key)
		}
		p.press(key, "tab")
		_, cmd := p.m.Update(keyOf("enter"))
		if !quits(cmd) {
			t.Errorf("%s: the button did not leave", key)
		}
	}
}

func TestCtrlCTwiceLeavesAtOnce(t *testing.T) {
	_, p := onItsWay(t)
	_, cmd := p.m.Update(keyOf("ctrl+c"))
	if quits(cmd) {
		t.Fatal("the first one left")
	}
	if _, cmd = p.m.Update(keyOf("ctrl+c")); !quits(cmd) {
		t.Error("the second one did not leave")
	}
}

// A page that only shows what would happen is shown again, and not called on its way.
func TestAPreviewIsNotOnItsWay(t *testing.T) {
	p := promoted(t, newScripted())
	p.m.open([]string{"promote", "tier-1"}, "promote", "tier-1")
	if len(p.m.runs) != 1 || p.m.toast != "" {
		t.Errorf("%d runs; %q", len(p.m.runs), p.m.toast)
	}
}

// Who leaves waits no longer than the limit, however many runs do not end.
func TestLeavingHasALimit(t *testing.T) {
	_, p := onItsWay(t)
	other, _ := p.m.start("rollback", "tier-2")
	other.agreed = true
	over, end := context.WithCancel(context.Background())
	end()
	var out strings.Builder
	p.m.out = &out
	parted := make(chan struct{})
	p.m.runs[0].done = make(chan struct{}) // never
	go func() { p.m.partBy(over); close(parted) }()
	select {
	case <-parted:
	case <-time.After(10 * time.Second):
		t.Fatal("it waits for a run that does not end")
	}
	for _, line := range []string{"Watch it: shopctl wait tier-1 --for release=a1b2c3d", "Go on with: shopctl rollback tier-2"} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("%q is not said: %q", line, out.String())
		}
	}
}

// The question says what goes on without the board, and what does not; its
// buttons are seen however much runs.
func TestQuestionAboutQuittingIsTrue(t *testing.T) {
	_, p := onItsWay(t)
	p.press("ctrl+c")
	sees(t, p.m, p.m.text.BoardErrand.RunsOn)
	p.m.runs[0].progress.Wait = ""
	sees(t, p.m, p.m.text.BoardErrand.RunsOnInPart, "Go on with:  shopctl promote tier-1")
	for range 9 {
		r, _ := p.m.start("promote", "--to", "tier-2", "--release", strings.Repeat("a", 40))
		r.agreed = true
	}
	for _, size := range sizes {
		p.m.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		sees(t, p.m, "[ Stay ]", "Quit")
	}
}

func TestQuestionAboutQuittingGoesWithTheRun(t *testing.T) {
	s, p := onItsWay(t)
	p.press("ctrl+c")
	close(s.ends)
	p.until("it ends", func() bool { return len(p.m.working()) == 0 })
	if _, asks := p.m.top().(*quitting); asks {
		t.Error("nothing runs, and it still asks")
	}
}

// quits reports whether a command ends the program.
func quits(cmd tea.Cmd) bool {
	if cmd == nil {
		return false
	}
	switch msg := cmd().(type) {
	case tea.QuitMsg:
		return true
	case tea.BatchMsg:
		return slices.ContainsFunc(msg, quits)
	}
	return false
}

func TestChangedPlanIsAskedAgain(t *testing.T) {
	s := newScripted()
	s.run = func(ctx context.Context, args []string, f Front) Outcome {
		for range 2 {
			if o := s.carry(ctx, args, f); o.Exit != 0 {
				return o
			}
		}
		return s.end
	}
	s.ask = func([]string) Question { return Question{Level: ByName, Name: "tier-1", Do: "Promote"} }
	p := promoted(t, s)
	p.press("enter")
	p.typed("tier-1")
	p.press("tab", "enter")
	p.until("it asks again", func() bool { return p.m.runs[0].question != nil && p.m.runs[0].changed })
	sees(t, p.m, "Others changed something meanwhile", "continue to confirm")
	if e := p.m.top().(*errand); e.asking {
		t.Error("the answer of before is still there")
	}
	p.press("esc") // what was agreed to before was written; this question stays
	sees(t, p.m, "! tier-1 asks")
	p.press("W", "enter", "enter") // Cancel: the run ends, or it would ask for good
	p.until("it ends", func() bool { return len(p.m.runs) == 0 })
	sees(t, p.m, "error: declined")
	if got := len(s.yes()); got != 1 {
		t.Errorf("agreed to %d times", got)
	}
}

func TestHandStepIsAskedInTheMiddle(t *testing.T) {
	s := newScripted()
	s.run = func(ctx context.Context, args []string, f Front) Outcome {
		f.Preview(s.preview)
		if _, err := f.Ask(ctx, Question{Level: ByName, Name: "tier-1"}); err != nil {
			return Outcome{Exit: 3}
		}
		f.Progress(s.live)
		if _, err := f.Ask(ctx, Question{Level: ByName, Name: "tier-1", Text: "tier-1 waits for its hand step. Sync now?", Sync: true, Do: "Sync"}); err != nil {
			return Outcome{Exit: 3, Lines: []string{"error: declined"}}
		}
		return s.end
	}
	p := promoted(t, s)
	p.press("enter")
	p.typed("tier-1")
	p.press("tab", "enter")
	p.until("it asks for the hand step", func() bool { q := p.m.runs[0].question; return q != nil && q.Sync })
	sees(t, p.m, "tier-1 waits for its hand step. Sync now?")
	p.press("esc")
	sees(t, p.m, "! tier-1 asks")
	p.press("W", "enter")
	sees(t, p.m, "[ Cancel ]", "Sync")
	p.typed("tier-1")
	p.press("tab", "enter")
	p.until("it ends", func() bool { return len(p.m.runs) == 0 })
	sees(t, p.m, "Promoted to tier-1")
}

func TestReasonIsAskedFirst(t *testing.T) {
	s := newScripted()
	var reason string
	s.run = func(ctx context.Context, args []string, f Front) Outcome {
		a, err := f.Ask(ctx, Question{Level: Why, WantsWhy: true, Text: "Why?", Do: "Go on"})
		if err != nil {
			return Outcome{Exit: 3}
		}
		reason = a.Reason
		return s.carry(ctx, args, f)
	}
	p := playing(t, s.fakeDesk, 80, 24)
	open := func() {
		p.do(p.m.open([]string{"tier freeze", "tier-1"}, "tier", "freeze", "tier-1"))
		p.until("it asks why", func() bool { return len(p.m.runs) > 0 && p.m.runs[0].question != nil })
	}
	open()
	sees(t, p.m, "Why?", "[ Cancel ]", "locked: it needs a reason")
	p.press("enter")
	if len(p.m.pages) != 1 {
		t.Fatal("without a reason it went on")
	}
	if p.m.toast != "" {
		t.Errorf("the page is gone, and it says %q", p.m.toast)
	}
	open()
	p.typed("Black Friday")
	p.press("tab", "enter")
	p.until("it shows the plan", func() bool { return p.m.runs[0].question != nil && p.m.runs[0].question.Level == Yes })
	if reason != "Black Friday" || len(s.yes()) != 0 {
		t.Errorf("reason %q, answers %v", reason, s.yes())
	}
	p.press("esc")
	if len(p.m.pages) != 1 || len(p.m.runs) != 0 {
		t.Error("nothing was agreed to, and it goes on")
	}
}

func TestPanicOfARunIsAnErrorPage(t *testing.T) {
	s := newScripted()
	s.run = func(context.Context, []string, Front) Outcome { panic("\x1b[31mout of 店舗") }
	p := promoted(t, s)
	p.until("it ends", func() bool { return len(p.m.runs) == 0 })
	sees(t, p.m, "shopctl has a defect", "out of 店舗")
	if strings.Contains(p.m.View(), "\x1b[31mout") {
		t.Error("it was not cleaned")
	}
}

func TestPanicOfATabIsSeenInIt(t *testing.T) {
	s := newScripted()
	s.preview.Tabs[1].Lines = func(int) []string { panic("no such object") }
	p := promoted(t, s)
	p.press("2")
	p.until("it is there", func() bool { return p.m.top().(*errand).tabs.texts[2].ready })
	sees(t, p.m, "no such object")
}

func TestTabsAreWorkedOutWhenSeenAndOnce(t *testing.T) {
	s := newScripted()
	asked := map[int]int{}
	for i := range s.preview.Tabs {
		s.preview.Tabs[i].Lines = func(width int) []string {
			s.mu.Lock()
			defer s.mu.Unlock()
			asked[i]++
			return []string{strings.Repeat("x", width)}
		}
	}
	p := promoted(t, s)
	e := p.m.top().(*errand)
	ready := func(n int) func() bool { return func() bool { return e.tabs.texts[n].ready } }
	p.until("the first is there", ready(1))
	p.press("3")
	p.until("the third is there", ready(3))
	p.press("1", "3", "1")
	s.mu.Lock()
	defer s.mu.Unlock()
	if asked[0] != 1 || asked[1] != 0 || asked[2] != 1 || asked[3] != 0 {
		t.Errorf("worked out: %v", asked)
	}
}

// A promotion over several tiers has the lines of the command; all of them can
// be seen.
func TestSummaryOfLinesIsScrolled(t *testing.T) {
	s := newScripted()
	s.preview.Facts, s.preview.Gates = nil, nil
	for i := range 40 {
		s.preview.Summary = append(s.preview.Summary, "line "+strconv.Itoa(i))
	}
	p := promoted(t, s)
	sees(t, p.m, "[0 summary]", "line 0 ", "1-23 of 41")
	p.press("G")
	sees(t, p.m, "line 39", "19-41 of 41")
	p.press("1")
	sees(t, p.m, "[1 commits]")
	p.press("0")
	sees(t, p.m, "[0 summary]", "line 0 ")
}

// What a command still says when its page is closed or it was refused changes
// nothing that is seen.
func TestLateMessages(t *testing.T) {
	s := newScripted()
	p := promoted(t, s)
	r := p.m.runs[0]
	p.press("esc")
	p.until("it has let go", func() bool { return isClosed(r.done) })
	before := p.m.View()
	answer := make(chan Answer, 1)
	for _, late := range []any{s.preview, asked{fixtureQuestion([]string{"promote", "tier-1"}), answer}, s.live, s.end} {
		p.m.Update(frontMsg{r, late})
	}
	p.m.Update(tabLines{page: r.page, preview: &s.preview, tab: 1, width: 10, lines: []string{"late"}})
	if got := p.m.View(); got != before {
		t.Errorf("the screen changed:\n%s", got)
	}
	if a, yes := <-answer; yes {
		t.Errorf("a late question was answered with %+v", a)
	}
	if len(p.m.runs) != 0 || len(p.m.pages) != 1 {
		t.Error("it came back")
	}
}

func TestTabOfAnEarlierPreviewIsDropped(t *testing.T) {
	s := newScripted()
	p := promoted(t, s)
	e := p.m.top().(*errand)
	old := e.run.preview
	p.m.Update(frontMsg{e.run, fixturePreview()})
	width := e.tabs.texts[1].width
	p.m.Update(tabLines{e, old, 1, width, []string{"of before"}})
	if strings.Contains(p.m.View(), "of before") {
		t.Error("it shows a tab of the plan of before")
	}
}

func TestOfferIsCarriedOut(t *testing.T) {
	s := newScripted()
	s.end = fixtureRefusal()
	s.run = func(ctx context.Context, args []string, f Front) Outcome {
		if args[0] == "promote" {
			return s.end
		}
		return s.carry(ctx, args, f)
	}
	p := promoted(t, s)
	p.until("it ends", func() bool { return len(p.m.runs) == 0 })
	p.press("down")
	sees(t, p.m, `> shopctl tier unfreeze tier-2 -m "…"`)
	p.press("enter")
	if !slices.Equal(s.ran[1], []string{"tier", "unfreeze", "tier-2"}) || len(s.yes()) != 0 {
		t.Errorf("it ran %q, answers %v", s.ran, s.yes())
	}
	p.press("esc", "down", "down", "enter")
	if _, reads := p.m.top().(*reading); !reads {
		t.Errorf("a command that looks opened a %T", p.m.top())
	}
}

func TestReadOnlyBeginsNothing(t *testing.T) {
	for name, set := range map[string]func(*Model){
		"flag":  func(m *Model) { m.o.ReadOnly = true },
		"right": func(m *Model) { m.board.ReadOnly = "read-only: you may only read example/system" },
	} {
		s := newScripted()
		p := playing(t, s.fakeDesk, 110, 28)
		set(p.m)
		for _, key := range []string{"p", "R", "v", "m"} {
			p.press(key)
			if len(p.m.runs) != 0 || len(p.m.pages) != 1 || !strings.Contains(p.m.View(), "read-only") {
				t.Errorf("%s, %s: %d runs, %d pages\n%s", name, key, len(p.m.runs), len(p.m.pages), p.m.View())
			}
		}
		p.m.open([]string{"promote"}, "promote", "tier-1")
		if len(p.m.runs) != 0 || len(s.ran) != 0 {
			t.Errorf("%s: it ran %q", name, s.ran)
		}
	}
}

func TestWithoutTheRightToATier(t *testing.T) {
	s := newScripted()
	s.board = fixtureBoard()
	s.board.Tiers[1].MayNot = "read-only: you may only read example/app"
	p := playing(t, s.fakeDesk, 110, 28)
	p.tier1()
	p.press("R")
	sees(t, p.m, "you may only read example/app")
	if len(p.m.runs) != 0 {
		t.Error("it ran")
	}
}

func TestShopIsMovedToAChosenPlace(t *testing.T) {
	s := newScripted()
	p := playing(t, s.fakeDesk, 80, 24)
	p.do(p.m.choosePlace(Target{Tier: "tier-1", ShopSet: "s-104", Shop: "bunko"}))
	page := p.m.top().(*moving)
	p.until("the places are there", func() bool { return page.ready })
	sees(t, p.m, "move bunko to", "> s-102", "118/150", "chosen: the least full", "lives here")
	p.press("down", "enter")
	if !slices.Equal(s.ran[0], []string{"shop", "move", "bunko", "--shopset", "s-101"}) || len(s.yes()) != 0 {
		t.Fatalf("it ran %q, answers %v", s.ran, s.yes())
	}
	p.press("esc")
	if len(p.m.pages) != 1 {
		t.Errorf("%d pages", len(p.m.pages))
	}
}

// sees wants texts on the screen.
func sees(t testing.TB, m *Model, texts ...string) {
	t.Helper()
	got := m.View()
	for _, text := range texts {
		if !strings.Contains(got, text) {
			t.Errorf("%q is not to be seen in\n%s", text, got)
		}
	}
}

// When the board is left nothing that it began stays behind: a run that waits
// for an answer, one that goes on, a tab that is worked out. What goes on without
// the board is said.
func TestNothingStaysBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	for _, c := range []struct{ keys, says string }{
		{"right p", ""}, {"right p enter", ""}, {"R enter tab enter esc", "Watch it: shopctl wait tier-1 --for release=a1b2c3d"},
	} {
		s := newScripted()
		s.ends = make(chan struct{}) // never: it is left running
		var out output
		in, keys := io.Pipe()
		ended := make(chan error, 1)
		o := fixtureOptions()
		o.In, o.Out = in, &out
		go func() { ended <- Run(context.Background(), s.fakeDesk, o) }()
		out.shows(t, "tier-2")
		for _, k := range strings.Fields(c.keys) {
			io.WriteString(keys, sequences[k])
			switch k {
			case "p", "R":
				out.shows(t, "continue to confirm")
			case "tab":
				out.shows(t, "[ Roll back ]")
			case "esc":
				out.shows(t, "left running")
			}
		}
		io.WriteString(keys, sequences["ctrl+c"])
		if c.says != "" {
			out.shows(t, "still on its way")
			io.WriteString(keys, sequences["ctrl+c"])
		}
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("%s: %v", c.keys, err)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s: it did not leave", c.keys)
		}
		keys.Close()
		if !strings.Contains(out.String(), c.says) {
			t.Errorf("%s: %q is not said at the end", c.keys, c.says)
		}
	}
	// A tick that nobody waits for ends with its time, which is below ten seconds.
	if !within(15*time.Second, func() bool { return runtime.NumGoroutine() <= before }) {
		buf := make([]byte, 1<<20)
		t.Fatalf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf, true)])
	}
}

// sequences are keys as a terminal sends them.
var sequences = map[string]string{"right": "\x1b[C", "p": "p", "R": "R", "enter": "\r", "tab": "\t", "esc": "\x1b", "ctrl+c": "\x03"}

// output is a screen that is written to.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// shows waits until a text was written.
func (o *output) shows(t *testing.T, text string) {
	t.Helper()
	if !within(10*time.Second, func() bool { return strings.Contains(o.String(), text) }) {
		t.Fatalf("%q was never shown:\n%q", text, o.String())
	}
}

// within looks again and again whether something is so.
func within(limit time.Duration, so func() bool) bool {
	over := time.After(limit)
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for !so() {
		select {
		case <-again.C:
		case <-over:
			return false
		}
	}
	return true
}

func TestPlaceOfALine(t *testing.T) {
	for line, want := range map[string][]string{
		"promote tier-1":                      {"promote", "tier-1"},
		"rollback tier-1 v128":                {"rollback tier-1", "v128"},
		"shop move bunko --shopset s-101":     {"shop move", "bunko"},
		"wait tier-2 --for open":              {"wait", "tier-2"},
		"reconcile":                           {"reconcile"},
		"maintenance on --shop bunko --for 1": {"maintenance", "on"},
		"--dry-run":                           {""},
	} {
		if got := placeOf(strings.Fields(line)); !slices.Equal(got, want) {
			t.Errorf("%s: %q, not %q", line, got, want)
		}
	}
}

func TestWaitingForOthersNeedsNoQuestionAtTheEnd(t *testing.T) {
	s := newScripted()
	s.ends = make(chan struct{})
	s.run = func(ctx context.Context, _ []string, f Front) Outcome {
		f.Progress(s.live)
		<-ctx.Done()
		return Outcome{Exit: 130}
	}
	p := playing(t, s.fakeDesk, 110, 28)
	p.do(p.m.open([]string{"wait", "tier-2"}, "wait", "tier-2", "--for", "open"))
	p.until("it waits", func() bool { return p.m.runs[0].works() })
	if _, cmd := p.m.Update(keyOf("ctrl+c")); !quits(cmd) {
		t.Error("it asked before it left")
	}
}

func TestKeysThatComeAtOnce(t *testing.T) {
	p := playing(t, newScripted().fakeDesk, 110, 28)
	p.m.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("h:why")})
	sees(t, p.m, ": why")
	q := playing(t, newScripted().fakeDesk, 110, 28)
	before := q.m.View()
	q.m.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("R:why"), Paste: true})
	if q.m.View() != before || len(q.m.runs) > 0 {
		t.Error("a text that was pasted is taken for keys")
	}
}

// Text that comes at once is text in a field, also where it is the name of a key.
func TestTextThatSpellsAKey(t *testing.T) {
	for _, text := range []string{"tab", "enter", "esc", "up", "home", "end", "backspace", "ctrl+c"} {
		p := promoted(t, newScripted())
		p.press("enter")
		p.m.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text)})
		e := p.m.top().(*errand)
		if !e.asking || e.form.on != 0 || e.form.fields[0].Value() != text {
			t.Errorf("%q: asking %v, field %d has %q", text, e.asking, e.form.on, e.form.fields[0].Value())
		}
	}
}
