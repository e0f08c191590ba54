package world

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/shop"
)

// The lines that were seen behind GH006 and GH013, as git prints them.
func TestRefusal(t *testing.T) {
	rows := []struct {
		text  string
		rules []shop.PushRule
		tier  shop.Tier
	}{
		{"", nil, ""},
		{"a hook of your own says no\n(pre-receive hook declined)", nil, ""},
		{"remote: error: GH013: Repository rule violations found for refs/heads/tier-2.\nremote: \nremote: - Required status check \"shopctl/gate/tier-2\" is expected.\n",
			[]shop.PushRule{{Kind: shop.RuleGate, Name: "shopctl/gate/tier-2", Text: `Required status check "shopctl/gate/tier-2" is expected.`}}, "tier-2"},
		{"error: GH013: Repository rule violations found for refs/heads/tier-1.\n\n- Changes must be made through a pull request.\n\n- Cannot update this protected ref.\n(push declined due to repository rule violations)",
			[]shop.PushRule{{Kind: shop.RulePull, Text: "Changes must be made through a pull request."}, {Kind: shop.RuleUpdate, Text: "Cannot update this protected ref."}}, "tier-1"},
		{"error: GH006: Protected branch update failed for refs/heads/tier-1.\nerror: You're not authorized to push to this branch. Visit https://docs.example for more.\n(protected branch hook declined)",
			[]shop.PushRule{{Kind: shop.RuleWriter, Text: "You're not authorized to push to this branch. Visit https://docs.example for more."}}, "tier-1"},
		{"error: GH006: Protected branch update failed for refs/heads/tier-1.\nerror: Required status check \"ci/rspec\" is failing.",
			[]shop.PushRule{{Kind: shop.RuleStatus, Name: "ci/rspec", Text: `Required status check "ci/rspec" is failing.`}}, "tier-1"},
		{"- 12 of 12 required status checks are expected.", []shop.PushRule{{Kind: shop.RuleStatus, Text: "12 of 12 required status checks are expected."}}, ""},
		{"- At least 1 approving review is required by reviewers with write access.", []shop.PushRule{{Kind: shop.RuleReview, Text: "At least 1 approving review is required by reviewers with write access."}}, ""},
		{"- Cannot force-push to a protected branch.", []shop.PushRule{{Kind: shop.RuleForce, Text: "Cannot force-push to a protected branch."}}, ""},
		{"- Commits must have verified signatures.", []shop.PushRule{{Kind: shop.RuleSigned, Text: "Commits must have verified signatures."}}, ""},
		{"- This branch must not contain merge commits.", []shop.PushRule{{Kind: shop.RuleLinear, Text: "This branch must not contain merge commits."}}, ""},
		{"refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml` without `workflows` permission",
			[]shop.PushRule{{Kind: shop.RuleWorkflow, Text: "refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml` without `workflows` permission"}}, ""},
	}
	for _, row := range rows {
		rules, tier := refusal(row.text)
		if d := cmp.Diff(row.rules, rules); d != "" || tier != row.tier {
			t.Errorf("%q: want -, got + (tier %q)\n%s", row.text, tier, d)
		}
	}
}
