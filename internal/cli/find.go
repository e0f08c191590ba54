package cli

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/internal/shop"
)

// found is a release by the tier that it was found on.
type found struct {
	Release shop.Release
	Tier    shop.Tier
	Number  int // on Tier
}

var (
	commitForm = regexp.MustCompile(`^[0-9a-f]{7,40}$`)
	numberForm = regexp.MustCompile(`^v([1-9][0-9]{0,8})$`)
)

// findTier is a tier of the system by its name.
func findTier(c *Call, have shop.State, name string) (shop.TierState, error) {
	if t, ok := have.Tier(shop.Tier(name)); ok {
		return t, nil
	}
	f := &Fail{Code: NoSuchTier, Message: c.Text.Find.NoTier(name)}
	f.Hints = guesses(c.Text, name, tierNames(have), func(guess string) string { return c.instead(name, guess) })
	if len(f.Hints) == 0 {
		f.Hints = []Hint{{Text: c.Text.Find.ListTiers, Command: "shopctl tier list"}}
	}
	return shop.TierState{}, f
}

// instead is the line that the user typed with another word in a word's place,
// also where it is joined to its flag: --tier=WORD, -tWORD.
func (c *Call) instead(word, other string) string {
	if i := slices.Index(c.Env.Args, word); i >= 0 {
		return instead(c.Env.Args, i, other)
	}
	for i, arg := range c.Env.Args {
		flag, has := strings.CutSuffix(arg, word)
		if has && strings.HasPrefix(flag, "-") && (strings.HasSuffix(flag, "=") || len(flag) == len("-t")) {
			return instead(c.Env.Args, i, flag+other)
		}
	}
	return c.Again()
}

func tierNames(have shop.State) (names []string) {
	for _, t := range have.Tiers {
		names = append(names, string(t.Spec.Name))
	}
	return names
}

// resolveRelease finds a release by what the user calls it: v128 where the tier
// is known, tier-1:v128, or a commit of the app or the configuration. The number
// is that on the tier, 0 when it never ran there; without a tier, that on the
// lowest tier which carried it.
func resolveRelease(c *Call, w World, have shop.State, tier shop.Tier, text string) (shop.Release, int, error) {
	r, err := findRelease(c, w, have, tier, text)
	if err != nil {
		return shop.Release{}, 0, err
	}
	if tier == "" || tier == r.Tier {
		return r.Release, r.Number, nil
	}
	t, _ := have.Tier(tier)
	return r.Release, numberOf(t, r.Release), nil
}

// numberOf is the number of a release on a tier, 0 when it never ran there.
func numberOf(t shop.TierState, r shop.Release) int {
	for _, h := range t.History {
		if h.Release == r {
			return h.Number
		}
	}
	return 0
}

// findRelease is resolveRelease with the tier that the release was found on.
func findRelease(c *Call, w World, have shop.State, tier shop.Tier, text string) (found, error) {
	word := strings.ToLower(text)
	if on, rest, has := strings.Cut(word, ":"); has {
		if _, err := findTier(c, have, on); err != nil {
			return found{}, err
		}
		tier, word = shop.Tier(on), rest
	}
	if m := numberForm.FindStringSubmatch(word); m != nil {
		n, _ := strconv.Atoi(m[1]) // at most nine digits
		return findNumber(c, have, tier, n, text)
	}
	if !commitForm.MatchString(word) {
		return found{}, &Fail{Code: BadValue, Message: c.Text.Find.NoRelease(text), Reasons: []string{c.Text.Find.ReleaseForms}}
	}
	return findByCommit(c, w, have, tier, word)
}

func findNumber(c *Call, have shop.State, tier shop.Tier, n int, text string) (found, error) {
	if tier == "" {
		return found{}, &Fail{Code: BadValue, Message: c.Text.Find.WhichTier(text),
			Hints: []Hint{{Text: c.Text.Frame.WriteIt, Command: c.instead(text, string(have.Top())+":"+text)}}}
	}
	t, err := findTier(c, have, string(tier))
	if err != nil {
		return found{}, err
	}
	for _, h := range t.History {
		if h.Number == n {
			return found{h.Release, tier, n}, nil
		}
	}
	return found{}, &Fail{Code: NoSuchRelease, Message: c.Text.Find.NeverHadNumber(string(tier), n, newestNumber(t)), Hints: releasesHint(c, tier)}
}

func newestNumber(t shop.TierState) (n int) {
	for _, h := range t.History {
		n = max(n, h.Number)
	}
	return n
}

func releasesHint(c *Call, tier shop.Tier) []Hint {
	line := "shopctl releases"
	if tier != "" {
		line += " " + string(tier)
	}
	return []Hint{{Text: c.Text.Find.ListReleases, Command: line}}
}

// findByCommit looks on the tier that is named, then on all from the lowest up:
// the app commit first, for that is what people have at hand.
func findByCommit(c *Call, w World, have shop.State, tier shop.Tier, digits string) (found, error) {
	tiers := have.Tiers
	if t, ok := have.Tier(tier); ok {
		tiers = append([]shop.TierState{t}, tiers...)
	}
	for _, side := range []func(shop.Release) shop.CommitID{
		func(r shop.Release) shop.CommitID { return r.App },
		func(r shop.Release) shop.CommitID { return r.Configuration },
	} {
		for _, t := range tiers {
			r, ambiguous := inHistory(t, side, digits)
			if ambiguous {
				return found{}, &Fail{Code: Ambiguous, Message: c.Text.Find.Ambiguous(digits)}
			}
			if r.Number > 0 {
				return r, nil
			}
		}
	}
	return found{}, noSuchRelease(c, w, have, tier, digits)
}

// inHistory is the newest release of a tier with a commit that begins so.
func inHistory(t shop.TierState, side func(shop.Release) shop.CommitID, digits string) (r found, ambiguous bool) {
	for _, h := range t.History {
		id := side(h.Release)
		if id == "" || !strings.HasPrefix(string(id), digits) {
			continue
		}
		if r.Number == 0 {
			r = found{h.Release, t.Spec.Name, h.Number}
		}
		if side(r.Release) != id {
			return found{}, true
		}
	}
	return r, false
}

// noSuchRelease says what the commit is instead: one that came along with
// others, or none at all.
func noSuchRelease(c *Call, w World, have shop.State, tier shop.Tier, digits string) error {
	for _, repo := range []shop.Repository{shop.AppRepository, shop.ConfigurationRepository} {
		id, err := w.Find(repo, digits)
		if err != nil {
			return err
		}
		if id == "" {
			continue
		}
		f := &Fail{Code: NoSuchRelease, Message: c.Text.Find.NoReleaseOfItsOwn(id.Short(), string(repo)), Hints: releasesHint(c, tier)}
		if t, first, ok := broughtBy(have, repo, id); ok {
			f.Reasons = []string{c.Text.Find.CameWith(string(t.Spec.Name), first.Number, first.Release.Short())}
		}
		return f
	}
	return &Fail{Code: NoSuchCommit, Message: c.Text.Find.NoCommit(digits), Hints: releasesHint(c, tier)}
}

// broughtBy is the first release of the lowest tier that has a commit in it.
func broughtBy(have shop.State, repo shop.Repository, id shop.CommitID) (shop.TierState, shop.Carried, bool) {
	for _, t := range have.Tiers {
		if first, ok := firstWith(have, t, repo, id); ok {
			return t, first, true
		}
	}
	return shop.TierState{}, shop.Carried{}, false
}

// firstWith is the release with which a commit came to a tier, for the first time.
func firstWith(have shop.State, t shop.TierState, repo shop.Repository, id shop.CommitID) (first shop.Carried, ok bool) {
	for _, h := range t.History {
		if !has(have, h.Release, repo, id) {
			if ok {
				break
			}
			continue
		}
		first, ok = h, true
	}
	return first, ok
}

// has reports whether a release has a commit in it.
func has(have shop.State, r shop.Release, repo shop.Repository, id shop.CommitID) bool {
	at := r.App
	if repo == shop.ConfigurationRepository {
		at = r.Configuration
	}
	return at == id || have.Graph.Contains(repo, id, at)
}
