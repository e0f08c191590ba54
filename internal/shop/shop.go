// Package shop names the things that shopctl works on and what was observed of
// them: shops, ShopSets, tiers, releases, goals, states. It decides nothing and
// reaches nothing; every other package speaks in its words.
//
//	t, _ := shop.ParseTier("tier-1")
//	below, ok := t.Below() // tier-0, true
package shop

import (
	"fmt"
	"strconv"
	"strings"
)

// Tier is the name of a tier, "tier-0" for the lowest. The number in the name
// is its order.
type Tier string

// Tiers end at 99: a name with a longer number is no tier.
const maxTier = 99

// ParseTier reads a tier's name.
func ParseTier(s string) (Tier, error) {
	if t := Tier(s); t.Number() >= 0 {
		return t, nil
	}
	return "", fmt.Errorf("%q is no tier: tiers are called tier-0, tier-1 and so on", s)
}

// TierAt is the tier of a number, 0 for the lowest.
func TierAt(n int) Tier { return Tier("tier-" + strconv.Itoa(n)) }

// Number is the order of the tier, 0 for the lowest, -1 when the name is no
// tier's.
func (t Tier) Number() int {
	digits, ok := strings.CutPrefix(string(t), "tier-")
	if !ok || digits == "" || len(digits) > 1 && digits[0] == '0' {
		return -1
	}
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' {
			return -1
		}
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n > maxTier {
		return -1
	}
	return n
}

// Below is the tier that this one takes its releases from; tier-0 has none.
func (t Tier) Below() (Tier, bool) {
	if n := t.Number(); n > 0 {
		return TierAt(n - 1), true
	}
	return "", false
}

// Branch is the full name of the branch that the tier owns in every repository.
func (t Tier) Branch() string { return "refs/heads/" + string(t) }

// MainBranch is the full name of the branch of the system repository that holds the intent.
const MainBranch = "refs/heads/main"

// CommitID is the full hexadecimal id of a commit; empty means none.
type CommitID string

// Valid reports whether the id is a full one.
func (c CommitID) Valid() bool { return len(c) == 40 && isHex(string(c)) }

// isHex is no regular expression: those with large counts are the slowest part
// of a start.
func isHex(s string) bool { return strings.Trim(s, "0123456789abcdef") == "" }

// Short is the form for people: the first seven digits.
func (c CommitID) Short() string {
	if len(c) > 7 {
		return string(c[:7])
	}
	return string(c)
}

// Repository is one of the three repositories of a system.
type Repository string

// The repositories. Promotions write them in this order, the system repository last.
const (
	AppRepository           Repository = "app"
	ConfigurationRepository Repository = "configuration"
	SystemRepository        Repository = "system"
)

// Release is what is promoted as one unit. Configuration is empty in a system
// without a configuration repository.
type Release struct {
	App           CommitID `json:"app" yaml:"app"`
	Configuration CommitID `json:"configuration,omitempty" yaml:"configuration,omitempty"`
}

// IsZero reports whether there is no release.
func (r Release) IsZero() bool { return r == Release{} }

// Short is the form for people: the short app commit.
func (r Release) Short() string { return r.App.Short() }

// ShopSetID is the name of a ShopSet.
type ShopSetID string

// ShopID is the name of a shop.
type ShopID string

// ValidName reports whether s may name a resource: lower-case letters, digits
// and inner hyphens, at most 63.
func ValidName(s string) bool {
	if s == "" || len(s) > 63 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}
