package plan_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

// custom are two tiers whose upper one has an http and a command gate.
func custom(answers map[string]shop.GateAnswer) shop.State {
	s := asked()
	s.Tiers[1].Spec.Gates.HTTP = []shop.HTTPGate{{Name: "smoke", URL: "https://smoke.example/ok"}}
	s.Tiers[1].Spec.Gates.Commands = []shop.CommandGate{{Name: "incidents"}}
	s.Asked = shop.Asked{Tier: "tier-1", Release: rel(1), Answers: answers}
	return s
}

func TestCustomGates(t *testing.T) {
	http := plan.Gate{Name: "smoke", Tier: "tier-1", Address: "https://smoke.example/ok"}
	command := plan.Gate{Name: "incidents", Tier: "tier-1"}
	with := func(g plan.Gate, s plan.GateStatus, c plan.Cause, text string) plan.Gate {
		g.Status, g.Because, g.Reason = s, c, text
		return g
	}
	for _, row := range []struct {
		answer shop.GateAnswer
		status plan.GateStatus
		cause  plan.Cause
	}{
		{shop.GateAnswer{Verdict: shop.Opens, Text: "200"}, plan.Open, plan.GateOpens},
		{shop.GateAnswer{Verdict: shop.Shuts, Text: "503"}, plan.Refused, plan.GateShuts},
		{shop.GateAnswer{Verdict: shop.Mute, Text: "no answer"}, plan.Unavailable, plan.GateMute},
		{shop.GateAnswer{Verdict: shop.NotSet}, plan.Refused, plan.GateNotSet},
		{shop.GateAnswer{}, plan.Refused, plan.GateShuts}, // what is not understood is shut
		{shop.GateAnswer{Verdict: "perhaps"}, plan.Refused, plan.GateShuts},
	} {
		got := plan.Gates(custom(map[string]shop.GateAnswer{"smoke": row.answer, "incidents": row.answer}), "tier-1", rel(1), false)
		want := []plan.Gate{with(http, row.status, row.cause, row.answer.Text), with(command, row.status, row.cause, row.answer.Text)}
		if d := cmp.Diff(want, got[1:]); d != "" {
			t.Errorf("%+v: want -, got +\n%s", row.answer, d)
		}
	}
}

// An answer holds for the tier and the release that it was given for.
func TestCustomGatesNotAsked(t *testing.T) {
	open := map[string]shop.GateAnswer{"smoke": {Verdict: shop.Opens}, "incidents": {Verdict: shop.Opens}}
	for name, change := range map[string]func(*shop.State){
		"nobody asked":    func(s *shop.State) { s.Asked = shop.Asked{} },
		"another release": func(s *shop.State) { s.Asked.Release = rel(2) },
		"another tier":    func(s *shop.State) { s.Asked.Tier = "tier-2" },
		"one half":        func(s *shop.State) { s.Asked.Release = mixed(1, 0) },
	} {
		s := custom(open)
		change(&s)
		closed := plan.Closed(plan.Gates(s, "tier-1", rel(1), false))
		if len(closed) != 2 || closed[0].Because != plan.GateNotAsked || closed[0].Status != plan.Pending || closed[1].Because != plan.GateNotAsked {
			t.Errorf("%s: closed are %+v", name, closed)
		}
		if !plan.Unasked(s, shop.Promote{To: "tier-1", From: "tier-0", Release: rel(1)}) {
			t.Errorf("%s: nobody would look again", name)
		}
	}
	if plan.Unasked(custom(open), shop.Promote{To: "tier-1", From: "tier-0", Release: rel(1)}) {
		t.Error("asked, and would be asked again")
	}
}

// Only the tier that the release enters next is asked, and never more than one.
func TestAsks(t *testing.T) {
	s := stateOf(tierAt(0, rel(2), rel(2), rel(1)), tierAt(1, rel(1), rel(2), rel(0)), tierAt(2, rel(0), rel(1)), tierAt(3, rel(0), rel(0)))
	for i := range s.Tiers {
		if i != 2 {
			s.Tiers[i].Spec.Gates.Commands = []shop.CommandGate{{Name: "incidents"}}
		}
	}
	for _, row := range []struct {
		goal shop.Goal
		tier shop.Tier // empty: nobody is asked
		r    shop.Release
	}{
		{shop.Promote{To: "tier-1", From: "tier-0", Release: rel(2)}, "tier-1", rel(2)},
		{shop.Promote{To: "tier-1", From: "tier-0"}, "tier-1", rel(2)},
		{shop.Promote{To: "tier-3", From: "tier-0", Release: rel(2)}, "tier-1", rel(2)},
		{shop.Promote{To: "tier-3", From: "tier-0", Release: rel(1)}, "", rel(1)}, // tier-2 is next, and has none
		{shop.Promote{To: "tier-3", From: "tier-2", Release: rel(0)}, "", rel(0)}, // it is there
		{shop.Promote{To: "tier-9", From: "tier-8"}, "", shop.Release{}},
		{shop.Await{Tier: "tier-1", For: shop.ForOpen}, "tier-1", rel(2)},
		{shop.Await{Tier: "tier-2", For: shop.ForOpen}, "", rel(1)},
		{shop.Await{Tier: "tier-0", For: shop.ForOpen}, "", shop.Release{}},
		{shop.Await{Tier: "tier-9", For: shop.ForOpen}, "", shop.Release{}},
		{shop.Await{Tier: "tier-1", For: shop.ForHealthy}, "", shop.Release{}},
		{shop.Look{}, "", shop.Release{}}, {shop.Reconcile{}, "", shop.Release{}}, {shop.Rollback{Tier: "tier-1"}, "", shop.Release{}},
	} {
		tier, r, asks := plan.Asks(s, row.goal)
		if asks != (row.tier != "") || asks && (tier.Spec.Name != row.tier || r != row.r) {
			t.Errorf("%+v: asks %v of %s for %v", row.goal, asks, tier.Spec.Name, r)
		}
	}
}

// Every gate, every status, every wish to skip: what is skipped is in the
// tier's list, was asked for by its name, was closed, and may be skipped at all.
func TestSkip(t *testing.T) {
	names := []string{"health", "soak", "freeze", "pin", "reject", "verify", "review", "checks", "windows", "smoke"}
	states, skipped := 0, 0
	for _, status := range []plan.GateStatus{plan.Open, plan.Unchecked, plan.Pending, plan.Held, plan.Refused, plan.Unavailable} {
		for _, name := range names {
			for _, listed := range [][]string{nil, {name}, names} {
				for _, wanted := range [][]string{nil, {name}, names, {"other"}} {
					states++
					spec := shop.TierSpec{Gates: shop.Gates{Skippable: listed}}
					before := []plan.Gate{{Name: "other", Status: plan.Refused}, {Name: name, Status: status}}
					after := plan.Skip(spec, before, wanted)
					never := slices.Contains([]string{"health", "freeze", "pin", "reject"}, name)
					want := !never && len(listed) > 0 && slices.Contains(wanted, name) && status != plan.Open && status != plan.Unchecked
					if got := after[1].Status == plan.Skipped; got != want || after[1].Passes() != (want || before[1].Passes()) {
						t.Errorf("%s %s, listed %v, wanted %v: got %s", name, status, listed, wanted, after[1].Status)
					}
					if after[0] != before[0] || before[1].Status != status {
						t.Errorf("%s: another gate changed", name)
					}
					if after[1].Status == plan.Skipped {
						skipped++
					}
				}
			}
		}
	}
	t.Logf("figure table=skip states=%d skipped=%d", states, skipped)
}

// A promotion goes past what it was told to skip, and records it; a freeze stays.
func TestPromoteSkips(t *testing.T) {
	s := asked()
	s.Tiers[1].Spec.Gates = shop.Gates{Soak: soakOf(true) * 100, Skippable: []string{"soak"}}
	g := shop.Promote{To: "tier-1", From: "tier-0", Release: rel(1), Skip: []string{"soak", "freeze", "health"}, Grace: grace}
	ops, err := plan.For(g, s)
	w, _ := wrote(ops)
	if err != nil || !slices.Equal(w.Risks, []string{"skip-soak"}) {
		t.Fatalf("got %v, risks %v, %v", wishes(ops), w.Risks, err)
	}
	asksAgain := w
	asksAgain.Risks = nil
	if plan.Covers([]plan.Op{asksAgain}, []plan.Op{w}) || !plan.Covers([]plan.Op{w}, []plan.Op{asksAgain}) {
		t.Error("a gate that closes after the approval would be gone past without asking")
	}
	var f figures
	if _, _, err := f.play(g, s); err != nil {
		t.Fatal(err)
	}
	s.Tiers[1].Spec.Freeze = &shop.Freeze{}
	ops, err = plan.For(g, s)
	if _, waits := ops[0].(plan.AwaitGates); err != nil || !waits {
		t.Errorf("a freeze was stepped over: %v, %v", wishes(ops), err)
	}
	if got := plan.SkippedBy([]string{"irreversible-migration", "skip-soak", "skip-"}); !slices.Equal(got, []string{"soak", ""}) {
		t.Errorf("got %q", got)
	}
}

// ask lets the gates of a team's own answer, as the next look would: yes.
func (m *model) ask(tier shop.Tier, r shop.Release) {
	m.Asked = shop.Asked{Tier: tier, Release: r, Answers: map[string]shop.GateAnswer{}}
	for _, name := range m.tier(tier).Spec.Gates.Custom() {
		m.Asked.Answers[name] = shop.GateAnswer{Verdict: shop.Opens}
	}
}

// One hop through every gate of a team's own making: a window that is open,
// opens later or has a zone that is not known; two answers; a word of somebody
// who tried it; a soak; what is listed as skippable, and what was asked for.
func TestPromoteGates(t *testing.T) {
	var f figures
	windows := [][]shop.Window{nil,
		{{Days: []string{"mon"}, From: "10:00", To: "17:00", Zone: "UTC"}}, {{Days: []string{"tue"}, From: "10:00", To: "17:00", Zone: "UTC"}},
		{{Days: []string{"mon"}, From: "10:00", To: "17:00", Zone: "Mars/Olympus"}}}
	verdicts := []shop.Verdict{"", shop.Opens, shop.Shuts, shop.Mute, shop.NotSet}
	words := []*shop.Verified{nil, {Release: rel(1), Result: shop.FoundGood}, {Release: rel(1), Result: shop.FoundBad}, {Release: rel(0), Result: shop.FoundGood}}
	all := []string{"soak", "windows", "verify", "smoke", "incidents"}
	arrived, risky := 0, 0
	for _, window := range windows {
		for _, http := range verdicts {
			for _, command := range verdicts {
				for _, word := range words {
					for _, listed := range [][]string{nil, {"soak"}, all} {
						each(3, func(is func(int) bool) {
							s := custom(map[string]shop.GateAnswer{"smoke": {Verdict: http}, "incidents": {Verdict: command}})
							if http == "" || command == "" {
								s.Asked = shop.Asked{} // before the look
							}
							s.Tiers[0].Spec.Verified = word
							gates := &s.Tiers[1].Spec.Gates
							gates.Windows, gates.Verify, gates.Skippable = window, is(0), listed
							if is(1) {
								gates.Soak = shop.Duration(1000 * time.Hour) // longer than until the window opens: a risk that is over is none
							}
							g := shop.Promote{To: "tier-1", From: "tier-0", Release: rel(1), Grace: grace, NoWait: true}
							if is(2) {
								g.Skip = append([]string{"health", "freeze"}, all...)
							}
							before := plan.Closed(plan.Gates(s, "tier-1", rel(1), false))
							m, shown, err := f.play(g, s)
							if ends(t, g, s, err) {
								return
							}
							arrived++
							w, _ := wrote(shown)
							for _, gate := range before {
								skipped := slices.Contains(w.Risks, plan.SkipRisk(gate.Name))
								if skipped != (is(2) && slices.Contains(listed, gate.Name)) {
									t.Fatalf("%+v\nfrom %s with %+v\nskipped %s: %v", g, brief(s), gates, gate.Name, skipped)
								}
								if !skipped && gate.Status != plan.Pending {
									t.Fatalf("%+v\nfrom %s with %+v\nwent past %+v", g, brief(s), gates, gate)
								}
							}
							if len(w.Risks) > 0 {
								risky++
							}
							if m.Tiers[1].Runs != rel(1) {
								t.Fatalf("%+v\nfrom %s\nended with %v", g, brief(s), m.Tiers[1].Runs)
							}
						})
					}
				}
			}
		}
	}
	f.print(t, "promote-gates")
	t.Logf("figure table=promote-gates arrived=%d with-a-risk=%d", arrived, risky)
}
