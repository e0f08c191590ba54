package shop

import (
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// Entry is a shop in the list of all: what can be looked for.
type Entry struct {
	Name        ShopID
	DisplayName string // empty: the name
	Hosts       []string
	ShopSet     ShopSetID
	MovingFrom  ShopSetID
	Plan        string    // empty: the default
	Closed      time.Time // until when it is closed by itself; zero: it is not
	Folded      string    // what search looks at: name, hosts and display name, folded
}

// Fold makes text comparable for search: full-width and half-width forms, kana
// of both kinds and upper case become one.
func Fold(text string) string {
	plain := true
	for i := range len(text) {
		if text[i] >= 0x80 || text[i] >= 'A' && text[i] <= 'Z' {
			plain = false
			break
		}
	}
	if plain {
		return text
	}
	return strings.Map(func(r rune) rune {
		if r >= 'ァ' && r <= 'ヶ' {
			return r - ('ァ' - 'ぁ')
		}
		return r
	}, strings.ToLower(norm.NFKC.String(text)))
}

// Filter finds shops: terms apart by spaces, all of which must hold. A term is
// part of the name, a host or the display name; field:value with the fields
// shop, name, host, shopset, tier, plan, state, release; ! before a term negates
// it, ~ takes the letters in their order with others between, within one of them.
type Filter struct{ terms []term }

type term struct {
	field, text string
	not         bool
	letters     letters // of a fuzzy term
}

// FilterFields are the fields that a filter knows.
var FilterFields = []string{"shop", "name", "host", "shopset", "tier", "plan", "state", "release"}

// ParseFilter reads a filter. unknown is the first field that there is not.
func ParseFilter(query string) (f Filter, unknown string) {
	for _, word := range strings.Fields(Fold(query)) {
		var t term
		word, t.not = strings.CutPrefix(word, "!")
		if field, value, ok := strings.Cut(word, ":"); ok {
			known := false
			for _, k := range FilterFields {
				known = known || k == field
			}
			if !known {
				return f, field
			}
			t.field, word = field, value
		}
		var fuzzy bool
		if t.text, fuzzy = strings.CutPrefix(word, "~"); fuzzy {
			t.letters = lettersOf(t.text)
		}
		if t.text != "" {
			f.terms = append(f.terms, t)
		}
	}
	return f, ""
}

// Needle is text that every shop which the filter finds has in its folded form;
// empty when there is none to tell.
func (f Filter) Needle() (needle string) {
	for _, t := range f.terms {
		if !t.not && t.letters == nil && (t.field == "" || t.field == "shop" || t.field == "name" || t.field == "host") && len(t.text) > len(needle) {
			needle = t.text
		}
	}
	return needle
}

// Wants reports whether the filter asks for exactly what a field may hold.
func (f Filter) Wants(field, text string) bool {
	for _, t := range f.terms {
		if !t.not && t.field == field && t.text == text {
			return true
		}
	}
	return false
}

// Facts are what a filter may ask of a shop besides its entry.
type Facts struct {
	Tier    Tier
	State   string
	Plan    string // never empty
	Release string
}

// Match reports whether a shop is one that the filter looks for.
func (f Filter) Match(e Entry, facts Facts) bool { return f.Fits(&e, &facts) }

// Fits is Match without copies, for who looks through many.
func (f Filter) Fits(e *Entry, facts *Facts) bool {
	for i := range f.terms {
		if t := &f.terms[i]; t.match(e, facts) == t.not {
			return false
		}
	}
	return true
}

func (t *term) match(e *Entry, facts *Facts) bool {
	switch t.field {
	case "shopset":
		return t.in(string(e.ShopSet))
	case "tier":
		return string(facts.Tier) == t.text || strings.TrimPrefix(string(facts.Tier), "tier-") == t.text
	case "plan":
		return t.in(facts.Plan)
	case "state":
		return t.in(facts.State)
	case "release":
		return t.in(facts.Release)
	}
	if t.letters != nil {
		_, ok := t.letters.best(e, t.field)
		return ok
	}
	switch t.field {
	case "shop":
		return t.in(string(e.Name))
	case "name":
		return t.in(string(e.Name)) || t.in(e.display())
	case "host":
		for _, h := range e.Hosts {
			if t.in(h) {
				return true
			}
		}
		return false
	}
	return t.in(e.Folded)
}

func (t *term) in(text string) bool {
	if t.letters == nil {
		return strings.Contains(text, t.text)
	}
	_, ok := t.letters.score(text)
	return ok
}
