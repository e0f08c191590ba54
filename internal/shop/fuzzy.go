package shop

import "strings"

// letters is a fuzzy term: its letters come in their order, others between.
type letters []string

func lettersOf(text string) (l letters) {
	for _, r := range text {
		l = append(l, string(r))
	}
	return l
}

// What a hit is worth: much for each letter at the beginning of a word and for
// each that stands next to the one before, less the further they lie apart.
const (
	perLetter  = 16
	perWord    = 8
	perNext    = 10
	perBegin   = 6
	gapCosts   = 3
	mostGap    = 8
	perLength  = 4
	mostLength = 5 // off for a long text
	nameIsNear = 4 // the name of a shop says more than a host
)

// score finds the letters in a text: where they begin first, or where they lie
// closest to that end, whichever is worth more.
func (l letters) score(text string) (score int, ok bool) {
	end := 0
	for _, r := range l {
		i := index(text[end:], r)
		if i < 0 {
			return 0, false
		}
		end += i + len(r)
	}
	begin := end
	for k := len(l) - 1; k >= 0; k-- {
		begin = strings.LastIndex(text[:begin], l[k])
	}
	return max(l.worth(text, begin), l.worth(text, 0)) - min(len(text)/perLength, mostLength), true
}

// worth adds up the letters, each taken as soon as it comes.
func (l letters) worth(text string, at int) (score int) {
	for k, r := range l {
		next := at + index(text[at:], r)
		score += perLetter
		switch {
		case next == 0:
			score += perWord + perBegin
		case wordEnds(text[next-1]):
			score += perWord
		}
		if k > 0 {
			if gap := next - at; gap > 0 {
				score -= min(gapCosts+gap, gapCosts+mostGap)
			} else {
				score += perNext
			}
		}
		at = next + len(r)
	}
	return score
}

func index(text, r string) int {
	if len(r) == 1 {
		return strings.IndexByte(text, r[0])
	}
	return strings.Index(text, r)
}

// wordEnds reports whether a word may begin after a byte. In scripts without
// spaces every letter is in the middle of one.
func wordEnds(b byte) bool {
	return b < 0x80 && (b < 'a' || b > 'z') && (b < '0' || b > '9')
}

// best is the best hit of the letters in the name, a host or the display name of
// a shop; letters of two of them are no hit.
func (l letters) best(e *Entry, field string) (best int, ok bool) {
	try := func(text string, more int) {
		if s, hit := l.score(text); hit && (!ok || s+more > best) {
			best, ok = s+more, true
		}
	}
	if field != "host" {
		try(string(e.Name), nameIsNear)
	}
	if field == "" || field == "host" {
		for _, h := range e.Hosts {
			try(h, 0)
		}
	}
	if field == "" || field == "name" {
		try(e.display(), nameIsNear)
	}
	return best, ok
}

// display is the folded display name, with hosts as they are shown: what stands
// behind the name and the hosts.
func (e *Entry) display() string {
	rest, ok := strings.CutPrefix(e.Folded, string(e.Name))
	if !ok {
		return e.Folded
	}
	for _, h := range e.Hosts {
		if rest, ok = strings.CutPrefix(strings.TrimLeft(rest, " \n"), h); !ok {
			return rest
		}
	}
	return strings.TrimLeft(rest, " \n")
}

// Ranks reports whether some shops fit the filter better than others.
func (f Filter) Ranks() bool {
	for _, t := range f.terms {
		if t.letters != nil && !t.not {
			return true
		}
	}
	return false
}

// Rank is how well a shop fits that matches: the more the better.
func (f Filter) Rank(e *Entry) (rank int) {
	for _, t := range f.terms {
		if t.letters != nil && !t.not {
			s, _ := t.letters.best(e, t.field)
			rank += s
		}
	}
	return rank
}

// Asks reports whether the filter asks for facts besides the entry.
func (f Filter) Asks() bool {
	for _, t := range f.terms {
		switch t.field {
		case "tier", "state", "plan", "release":
			return true
		}
	}
	return false
}
