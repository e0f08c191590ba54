package github

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

const rules, classic = "/repos/bunko/storefront/rules/branches/tier-1", "/repos/bunko/storefront/branches/tier-1/protection"

// The library refuses the whole list for one rule that it does not know.
func TestTrapUnknownRulesAreShownByName(t *testing.T) {
	f := newForge(t, "", answers(map[string]string{
		"GET " + rules: `[
			{"type":"merge_queue","ruleset_id":1,"ruleset_source":"bunko/storefront","ruleset_source_type":"Repository","parameters":{"merge_method":"MERGE"}},
			{"type":"copilot_code_review","ruleset_id":1},{"type":"what_comes_next","ruleset_id":2,"parameters":[1]},
			{"type":"pull_request","ruleset_id":2,"parameters":{"required_approving_review_count":1,"allowed_merge_methods":["merge"]}},
			{"type":"required_status_checks","ruleset_id":3,"parameters":{"strict_required_status_checks_policy":false,"required_status_checks":[{"context":"shopctl/gate/tier-1","integration_id":42},{"context":"ci"}]}}]`,
		"GET " + classic: `{"required_status_checks":{"strict":true,"contexts":["ci","old"],"checks":[{"context":"ci","app_id":null},{"context":"old","app_id":15}]},
			"enforce_admins":{"enabled":true},"required_linear_history":{"enabled":true},"restrictions":{"users":[{"login":"ryu"}],"teams":[{"slug":"captains"}],"apps":[{"slug":"shopctl"}]}}`,
	}))
	got := must(f.client.Rules(t.Context(), bunko, "tier-1"))(t)
	for _, name := range []string{"merge_queue", "copilot_code_review", "what_comes_next", "pull_request"} {
		if !got.Has(name) {
			t.Errorf("no rule %s", name)
		}
	}
	if p := string(got.List[3].Parameters); !strings.Contains(p, `"allowed_merge_methods":["merge"]`) {
		t.Errorf("parameters lost: %s", p)
	}
	want := []Required{{"ci", 0}, {"old", 15}, {"shopctl/gate/tier-1", 42}}
	if !slices.Equal(got.Required(), want) {
		t.Errorf("required %v, want %v", got.Required(), want)
	}
	k := got.Classic
	if k.State != Protected || !k.Strict || !k.Admins || !k.Linear || !slices.Equal(k.Writers, []string{"ryu", "team captains", "app shopctl"}) {
		t.Errorf("%+v", k)
	}
}

func TestRow12ClassicAPIIsBlindAndUnknownIsNotUnprotected(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		want   ProtectionState
	}{
		{404, saying("Branch not protected"), Unprotected},
		{404, saying("Not Found"), ProtectionBlank},
		{403, saying("Resource not accessible by integration"), ProtectionBlank},
		{200, `{}`, Protected},
	} {
		f := newForge(t, "", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == rules {
				io.WriteString(w, `[{"type":"required_status_checks","parameters":{"required_status_checks":[{"context":"ci"}]}}]`)
				return
			}
			w.WriteHeader(c.status)
			io.WriteString(w, c.body)
		})
		got := must(f.client.Rules(t.Context(), bunko, "tier-1"))(t)
		if got.Classic.State != c.want || len(got.Required()) != 1 {
			t.Errorf("%d %s: %s, required %v", c.status, c.body, got.Classic.State, got.Required())
		}
	}
}

func TestRow12RulesThatCannotBeReadAreAnError(t *testing.T) {
	for _, status := range []int{401, 403, 404, 502} {
		f := newForge(t, "", says(status, saying("no")))
		if _, err := f.client.Rules(t.Context(), bunko, "tier-1"); err == nil {
			t.Errorf("%d is taken for no rules", status)
		}
	}
}

func TestRow32ThePlanHasNoRules(t *testing.T) {
	f := newForge(t, "", says(403, saying("Upgrade to GitHub Pro or make this repository public to enable this feature.")))
	got := must(f.client.Rules(t.Context(), bunko, "tier-1"))(t)
	if !got.NoRulesets || got.Classic.State != Unprotected || !strings.Contains(got.Classic.Why, "Upgrade") {
		t.Errorf("%+v", got)
	}
}

func TestRulesetsSayWhoGoesRound(t *testing.T) {
	f := newForge(t, "", answers(map[string]string{
		"GET /repos/bunko/storefront/rulesets/3": `{"id":3,"name":"shopctl-writers","enforcement":"active","bypass_actors":[{"actor_id":7,"actor_type":"Team","bypass_mode":"always"}],"current_user_can_bypass":"never"}`,
		"GET /repos/bunko/storefront/rulesets/4": `{"id":4,"name":"shopctl-gate","enforcement":"active","current_user_can_bypass":"never"}`,
	}))
	got := must(f.client.Ruleset(t.Context(), bunko, 3))(t)
	if !got.BypassKnown || len(got.Bypass) != 1 || got.Bypass[0] != (Bypass{7, "Team", "always"}) {
		t.Errorf("%+v", got)
	}
	if got = must(f.client.Ruleset(t.Context(), bunko, 4))(t); got.BypassKnown {
		t.Errorf("nobody is taken for not known: %+v", got)
	}
}
