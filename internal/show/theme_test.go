package show

import "testing"

func TestThemes(t *testing.T) {
	for _, c := range []struct {
		theme  Theme
		colour Colour
		want   string
	}{
		{"", Red, "\x1b[31mx\x1b[m"},
		{DefaultTheme, Green, "\x1b[32mx\x1b[m"},
		{"sepia", Faint, "\x1b[2mx\x1b[m"},
		{HighContrast, Red, "\x1b[1;91mx\x1b[m"},
		{HighContrast, Faint, "x"},
		{BlueOrange, Green, "\x1b[94mx\x1b[m"},
		{BlueOrange, Red, "\x1b[1;33mx\x1b[m"},
		{Mono, Green, "x"},
		{Mono, Red, "\x1b[1;7mx\x1b[m"},
	} {
		if got := (Page{Colour: true, Theme: c.theme}).Paint(c.colour, "x"); got != c.want {
			t.Errorf("%s, colour %d: %q, want %q", c.theme, c.colour, got, c.want)
		}
		if got := (Page{Theme: c.theme}).Paint(c.colour, "x"); got != "x" {
			t.Errorf("%s without colour: %q", c.theme, got)
		}
	}
}

// Good and bad differ in every theme that has colour.
func TestThemesTellGoodFromBad(t *testing.T) {
	for theme := range palettes {
		p := Page{Colour: true, Theme: theme}
		if p.Paint(Green, "x") == p.Paint(Red, "x") {
			t.Errorf("%s: good looks like bad", theme)
		}
	}
}

func TestWideTerminalsHaveNoEllipsis(t *testing.T) {
	if got := (Page{Wide: true}).Cut("a long line", 4); got != "a l~" {
		t.Errorf("%q", got)
	}
	if got := (Page{Wide: true}).Mark(Good, "healthy"); got != "✓ healthy" {
		t.Errorf("symbols are narrow everywhere: %q", got)
	}
}
