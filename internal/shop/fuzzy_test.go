package shop

import (
	"slices"
	"strings"
	"testing"
)

// What a person means stands first: the words' beginnings, letters that stand
// together, and the shop's own name before its host.
func TestFuzzyRanks(t *testing.T) {
	for query, want := range map[string]string{
		"~mc":     "momiji-crafts mac-books hotel-michi comic",
		"~momiji": "momiji momiji-crafts momo-ijiri mo-mi-ji",
		"~book":   "book-land mac-books b-o-o-k",
		"~はな":     "はなや おはなや はさみな",
	} {
		names := strings.Fields(want)
		shuffled := slices.Clone(names)
		slices.Reverse(shuffled)
		f, _ := ParseFilter(query)
		if !f.Ranks() {
			t.Errorf("%q ranks nothing", query)
		}
		rank := func(name string) int {
			e := Entry{Name: ShopID(name), Folded: name}
			if !f.Match(e, Facts{}) {
				t.Errorf("%q does not find %q", query, name)
			}
			return f.Rank(&e)
		}
		slices.SortStableFunc(shuffled, func(a, b string) int { return rank(b) - rank(a) })
		if got := strings.Join(shuffled, " "); got != want {
			t.Errorf("%q: %s, want %s", query, got, want)
		}
	}
	if f, _ := ParseFilter("hana !~x tier:1"); f.Ranks() {
		t.Error("nothing in it ranks")
	}
}

// The last place that ends first may be tighter than the first letter's.
func TestFuzzyTakesTheTightestPlace(t *testing.T) {
	loose, _ := lettersOf("ab").score("a---ab")
	tight, _ := lettersOf("ab").score("x---ab")
	if loose != tight {
		t.Errorf("%d with an a before, %d without", loose, tight)
	}
}

func FuzzFuzzy(f *testing.F) {
	f.Add("hny", "hana-ya")
	f.Add("はな", "おはなや")
	f.Fuzz(func(t *testing.T, query, text string) {
		l := lettersOf(query)
		_, ok := l.score(text)
		rest, in := text, true
		for _, r := range l {
			_, after, found := strings.Cut(rest, r)
			rest, in = after, in && found
		}
		if ok != in {
			t.Errorf("%q in %q: %v", query, text, ok)
		}
	})
}
