package show

import "github.com/charmbracelet/x/ansi"

// Theme says how colours look. All are of the terminal's own 16. Colour never
// stands alone: a symbol and a word say the same.
type Theme string

// The themes of the setting ui.theme. What is none of them is DefaultTheme.
const (
	DefaultTheme Theme = "default"
	HighContrast Theme = "high-contrast" // bright and bold, nothing faint
	BlueOrange   Theme = "blue-orange"   // good and bad told apart without red and green
	Mono         Theme = "mono"          // bold, faint and reverse alone
)

// style is how a colour looks in a theme; false: as the terminal writes.
func (t Theme) style(c Colour) (s ansi.Style, painted bool) {
	palette, known := palettes[t]
	if !known {
		palette = palettes[DefaultTheme]
	}
	s, painted = palette[c]
	return s, painted
}

var palettes = map[Theme]map[Colour]ansi.Style{
	DefaultTheme: {
		Red: ansi.Style{}.ForegroundColor(ansi.Red), Green: ansi.Style{}.ForegroundColor(ansi.Green), Yellow: ansi.Style{}.ForegroundColor(ansi.Yellow),
		Magenta: ansi.Style{}.ForegroundColor(ansi.Magenta), Cyan: ansi.Style{}.ForegroundColor(ansi.Cyan),
		Bold: ansi.Style{}.Bold(), Faint: ansi.Style{}.Faint(),
	},
	HighContrast: {
		Red: ansi.Style{}.Bold().ForegroundColor(ansi.BrightRed), Green: ansi.Style{}.Bold().ForegroundColor(ansi.BrightGreen),
		Yellow: ansi.Style{}.Bold().ForegroundColor(ansi.BrightYellow), Magenta: ansi.Style{}.Bold().ForegroundColor(ansi.BrightMagenta),
		Cyan: ansi.Style{}.Bold().ForegroundColor(ansi.BrightCyan), Bold: ansi.Style{}.Bold(),
	},
	// Yellow is the orange of the 16 colours.
	BlueOrange: {
		Red: ansi.Style{}.Bold().ForegroundColor(ansi.Yellow), Green: ansi.Style{}.ForegroundColor(ansi.BrightBlue), Yellow: ansi.Style{}.ForegroundColor(ansi.Yellow),
		Magenta: ansi.Style{}.ForegroundColor(ansi.Magenta), Cyan: ansi.Style{}.ForegroundColor(ansi.Cyan),
		Bold: ansi.Style{}.Bold(), Faint: ansi.Style{}.Faint(),
	},
	Mono: {Red: ansi.Style{}.Bold().Reverse(true), Yellow: ansi.Style{}.Bold(), Magenta: ansi.Style{}.Bold(), Bold: ansi.Style{}.Bold(), Faint: ansi.Style{}.Faint()},
}
