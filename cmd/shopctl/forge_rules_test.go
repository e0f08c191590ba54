package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/cli"
	"github.com/shopctl/shopctl/internal/rehearsal"
	"github.com/shopctl/shopctl/internal/rehearsal/forge"
	"github.com/shopctl/shopctl/internal/settings"
	"github.com/shopctl/shopctl/internal/shop"
)

// rulesTable is a world with a forge whose rules one row after the other sets.
type rulesTable struct {
	*testing.T
	world  *rehearsal.World
	forge  *forge.Forge
	old    string // tip of tier-1 of the app repository
	commit string // of tier-0
	pull   int    // somebody's pull request of it into tier-1
}

const ruledTier = "tier-1"

// What doctor says of a tier's rules is what happens, for every kind of rules,
// with and without somebody who is exempt, whoever looks, with the gate open
// and shut: and no push, no REST call and no merge button passes a shut gate of
// which doctor says that nobody can go round it.
func TestRulesAgreeWithDoctor(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a world")
	}
	w := newRulesTable(t)
	status := "status=" + shop.GateContext(ruledTier)
	rows := []struct {
		name             string
		classic, ruleset []string
		looker           string
		gated            bool
		round            string // as doctor has it; ?: it does not know
		passes           string // who gets past the shut gate
	}{
		{"none", nil, nil, "ryu", false, "", "ryu mika takuya"},
		{"classic", []string{status, "admins"}, nil, "ryu", true, "", ""},
		{"classic, administrators are exempt", []string{status}, nil, "ryu", true, "administrators", "ryu"},
		{"ruleset", nil, []string{status, "noforce"}, "ryu", true, "", ""},
		{"ruleset, a team is exempt", nil, []string{status, "noforce", "bypass=mika"}, "ryu", true, "team 7", "mika"},
		{"both", []string{status, "admins"}, []string{status, "noforce"}, "ryu", true, "", ""},
		{"both, a team is exempt from the ruleset alone", []string{status, "admins"}, []string{status, "bypass=mika"}, "ryu", true, "", ""},
		{"both, each with an exemption", []string{status}, []string{status, "bypass=mika"}, "ryu", true, "team 7, if they are also administrators", ""},
		{"ruleset, seen by who may not read the list", nil, []string{status, "noforce"}, "takuya", true, "?", ""},
		{"ruleset with an exemption, seen by who may not read the list", nil, []string{status, "bypass=mika"}, "takuya", true, "?", "mika"},
		{"classic, seen by who may not read it", []string{status, "admins"}, nil, "takuya", false, "", ""},
		{"another status", nil, []string{"status=ci"}, "ryu", false, "", ""},
	}
	for _, row := range rows {
		w.rules(row.classic, row.ruleset)
		for _, gate := range []string{"failure", "success"} {
			w.check(w.forge.SetStatus("app", w.commit, shop.GateContext(ruledTier), gate, "ryu"))
			facts := w.doctor(row.looker)
			gated, round := facts["gated"] == "yes", facts["round"]
			if gated != row.gated || !strings.Contains(round, row.round) || row.round == "" && round != "" {
				t.Errorf("%s: doctor says gated %v, round %q; want %v, %q", row.name, gated, round, row.gated, row.round)
			}
			if !gated && !strings.Contains(facts["lacks"], "gate") && facts["unknown"] == "" {
				t.Errorf("%s: nobody says that the gate is missing: %v", row.name, facts)
			}
			passed := w.passed()
			if gate == "failure" && passed != row.passes && row.name != "another status" {
				t.Errorf("%s, shut: %q get past, want %q", row.name, passed, row.passes)
			}
			if proven := gated && round == ""; gate == "failure" && proven && (passed != "" || w.byRest()) {
				t.Errorf("%s: doctor says nobody, and somebody got past (%q)", row.name, passed)
			}
			if gate == "success" && row.gated && passed != "ryu mika takuya" {
				t.Errorf("%s, open: only %q may push", row.name, passed)
			}
		}
	}
	t.Logf("figure rules=%d gates=2 repeat=%q", len(rows), "go test -v -run TestRulesAgreeWithDoctor ./cmd/shopctl")
}

func newRulesTable(t *testing.T) *rulesTable {
	w, err := rehearsal.Create(t.Context(), t.TempDir(), rehearsal.Options{Start: worldStart, Shops: 10, Forge: rehearsal.StrictForge})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Stop() })
	table := &rulesTable{T: t, world: w, forge: w.Forge()}
	table.check(table.forge.Break(forge.Quirk{Name: "fresh"}))
	table.old, table.commit = table.tip(ruledTier), table.tip("tier-0")
	status, answer := table.rest("mika", "POST", "pulls", map[string]any{"title": "By button", "head": "tier-0", "base": ruledTier})
	if status != http.StatusCreated {
		t.Fatalf("open a pull request: %d %v", status, answer)
	}
	table.pull = int(answer["number"].(float64))
	return table
}

func (w *rulesTable) check(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *rulesTable) rules(classic, ruleset []string) {
	w.check(w.forge.Unprotect("app"))
	if classic != nil {
		c, err := forge.ParseClassic(classic)
		w.check(err)
		w.check(w.forge.Protect("app", ruledTier, c))
	}
	if ruleset != nil {
		s, err := forge.ParseRuleset(ruledTier, ruleset)
		w.check(err)
		s.Name = "shopctl-gate"
		w.check(w.forge.Rule("app", s))
	}
}

// doctor is what it finds of the tier's branch in the app repository.
func (w *rulesTable) doctor(login string) map[string]string {
	system, err := settings.Load(w.world.ConfigFile())
	w.check(err)
	environment := map[string]string{"SHOPCTL_TOKEN": w.forge.TokenOf(login), "SHOPCTL_TOKEN_HOST": hostOf(system.API)}
	o, err := openWorld(w.Context(), system, cli.WorldOptions{Cache: w.TempDir(), Operation: strings.Repeat("0", 32), Getenv: func(name string) string { return environment[name] }})
	w.check(err)
	defer o.Close() //nolint:errcheck // nothing was written
	ctx, cancel := context.WithTimeout(w.Context(), time.Minute)
	defer cancel()
	for _, f := range o.Examine(ctx) {
		if f.Topic == "rules" && f.Subject == "app" && f.Facts["branch"] == ruledTier {
			return f.Facts
		}
	}
	w.Fatalf("doctor says nothing of %s to %s", ruledTier, login)
	return nil
}

// passed lists who could push the commit to the tier now.
func (w *rulesTable) passed() string {
	var who []string
	for _, login := range []string{"ryu", "mika", "takuya"} {
		move := forge.Move{Ref: "refs/heads/" + ruledTier, Old: w.old, New: w.commit}
		if w.forge.Judge(forge.Push{Repository: "app.git", User: login, Moves: []forge.Move{move}}) == "" {
			who = append(who, login)
		}
	}
	return strings.Join(who, " ")
}

// byRest tries to move the branch by a REST call, and by each merge button, as
// everybody. It reports whether one of them got past.
func (w *rulesTable) byRest() bool {
	for _, login := range []string{"ryu", "mika", "takuya"} {
		w.rest(login, "PATCH", "git/refs/heads/"+ruledTier, map[string]any{"sha": w.commit, "force": true})
		for _, method := range []string{"merge", "squash", "rebase"} {
			w.rest(login, "PUT", fmt.Sprintf("pulls/%d/merge", w.pull), map[string]any{"merge_method": method})
		}
	}
	return w.tip(ruledTier) != w.old
}

func (w *rulesTable) tip(branch string) string {
	status, answer := w.rest("ryu", "GET", "git/ref/heads/"+branch, nil)
	if status != http.StatusOK {
		w.Fatalf("read %s: %d %v", branch, status, answer)
	}
	return answer["object"].(map[string]any)["sha"].(string)
}

func (w *rulesTable) rest(login, method, path string, body any) (int, map[string]any) {
	w.Helper()
	var in io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		w.check(err)
		in = bytes.NewReader(data)
	}
	r, err := http.NewRequestWithContext(w.Context(), method, w.world.ForgeURL()+"/repos/"+rehearsal.ForgeOwner+"/app/"+path, in)
	w.check(err)
	r.Header.Set("Authorization", "Bearer "+w.forge.TokenOf(login))
	answer, err := http.DefaultClient.Do(r)
	w.check(err)
	defer answer.Body.Close() //nolint:errcheck // it was read
	var out map[string]any
	_ = json.NewDecoder(answer.Body).Decode(&out) // an error without a body says enough by its status
	return answer.StatusCode, out
}
