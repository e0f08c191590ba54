package show

// Symbol marks a state. It never stands without its word.
type Symbol int

// The symbols, in the order of their use.
const (
	Good    Symbol = iota // it is as it should be
	Busy                  // in progress
	Warn                  // look at it
	Bad                   // wrong
	Held                  // held by a person: freeze, pin, maintenance
	Unknown               // not known, never shown as good
	Nothing               // nothing there
)

type look struct {
	mark, ascii string
	colour      Colour
}

func (s Symbol) look() look {
	switch s {
	case Good:
		return look{"✓", "[ok]", Green}
	case Busy:
		return look{"↻", "[..]", Cyan}
	case Warn:
		return look{"!", "[!]", Yellow}
	case Bad:
		return look{"✗", "[x]", Red}
	case Held:
		return look{"#", "[#]", Magenta}
	case Nothing:
		return look{"-", "-", Plain}
	default:
		return look{"?", "[?]", Yellow}
	}
}

// Mark is a symbol with its word: "✓ healthy", "[ok] healthy" in ASCII. The
// accessible form is the word alone. Without a word it is the symbol.
func (p Page) Mark(s Symbol, word string) string {
	l := s.look()
	mark := l.mark
	if p.ASCII {
		mark = l.ascii
	}
	if p.Accessible && word != "" {
		return word
	}
	if word != "" {
		mark += " " + word
	}
	return p.Paint(l.colour, mark)
}
