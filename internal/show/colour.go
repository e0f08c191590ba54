package show

// Colour is one of the terminal's own colours; the terminal says how it looks.
type Colour int

// The colours that are used. Plain is the terminal's own.
const (
	Plain Colour = iota
	Red
	Green
	Yellow
	Magenta
	Cyan
	Bold
	Faint
)

// Paint colours text when the page has colour.
func (p Page) Paint(c Colour, text string) string {
	if !p.Colour || text == "" {
		return text
	}
	s, painted := p.Theme.style(c)
	if !painted {
		return text
	}
	return s.Styled(text)
}

// ColourWish is what decides about colour, for one stream.
type ColourWish struct {
	Flag     string              // --color or SHOPCTL_COLOR: auto, always, never; empty: not given
	Setting  string              // from a settings file; weaker than the variables below
	Getenv   func(string) string // NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, TERM
	Terminal bool                // the stream is one
}

// HasColour decides: flag > NO_COLOR > FORCE_COLOR, CLICOLOR_FORCE > setting >
// TERM=dumb > terminal or not.
func HasColour(w ColourWish) bool {
	if on, decided := always(w.Flag); decided {
		return on
	}
	if w.Getenv("NO_COLOR") != "" {
		return false
	}
	for _, name := range []string{"FORCE_COLOR", "CLICOLOR_FORCE"} {
		if v := w.Getenv(name); v != "" && v != "0" {
			return true
		}
	}
	if on, decided := always(w.Setting); decided {
		return on
	}
	return w.Terminal && w.Getenv("TERM") != "dumb"
}

func always(v string) (on, decided bool) { return v == "always", v == "always" || v == "never" }
