package screens

import (
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestCells(t *testing.T) {
	red, redBold := style{fore: 1, back: own}, style{fore: 1, back: own, bold: true}
	for _, c := range []struct {
		name, painted string
		want          [][]cell
	}{
		{"plain", "ab\n", [][]cell{{{"a", 0, 1, plain}, {"b", 1, 1, plain}}}},
		{"wide", "在a", [][]cell{{{"在", 0, 2, plain}, {"a", 2, 1, plain}}}},
		{"a mark that combines", "e\u0301x", [][]cell{{{"e\u0301", 0, 1, plain}, {"x", 1, 1, plain}}}},
		{"colours go on in the next line", "\x1b[31ma\n\x1b[1mb\x1b[0mc", [][]cell{{{"a", 0, 1, red}}, {{"b", 0, 1, redBold}, {"c", 1, 1, plain}}}},
		{"an empty sequence", "\x1b[31m\x1b[ma", [][]cell{{{"a", 0, 1, plain}}}},
		{"other sequences", "\x1b]8;;https://x.example\x1b\\a\x1b]8;;\x1b\\\x1b[?25h\x0eb", [][]cell{{{"a", 0, 1, plain}, {"b", 1, 1, plain}}}},
		{"empty lines", "\n\na", [][]cell{nil, nil, {{"a", 0, 1, plain}}}},
	} {
		if got := cells(c.painted); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestStyles(t *testing.T) {
	for parameters, want := range map[string]style{
		"":           plain,
		"0":          plain,
		"1;2;3;4;7":  {fore: own, back: own, bold: true, faint: true, italic: true, underline: true, reverse: true},
		"32":         {fore: 2, back: own},
		"97;100":     {fore: 15, back: 8},
		"38;5;9":     {fore: 9, back: own},
		"48:5:3":     {fore: own, back: 3},
		"38;5;200":   plain,
		"31;39;1;22": plain,
		"7;27;47;49": plain,
		"x":          plain,
	} {
		if got := plain.after(parameters); got != want {
			t.Errorf("%q: %+v", parameters, got)
		}
	}
}

func TestRuns(t *testing.T) {
	bold := style{fore: own, back: own, bold: true}
	for _, c := range []struct {
		name, painted string
		want          []run
	}{
		{"spaces at the ends are dropped", "  a b  ", []run{{"a b", 2, 3, plain, narrow}}},
		{"two spaces split", "a  b", []run{{"a", 0, 1, plain, narrow}, {"b", 3, 1, plain, narrow}}},
		{"each wide character is a run", "a在庫 b", []run{{"a", 0, 1, plain, narrow}, {"在", 1, 2, plain, wide}, {"庫", 3, 2, plain, wide}, {"b", 6, 1, plain, narrow}}},
		{"a style splits", "a\x1b[1mb c\x1b[0m", []run{{"a", 0, 1, plain, narrow}, {"b c", 1, 3, bold, narrow}}},
		{"frames", "│a├──┃", []run{{"│", 0, 1, plain, line}, {"a", 1, 1, plain, narrow}, {"├──", 2, 3, plain, line}, {"┃", 5, 1, plain, thickLine}}},
		{"symbols", "✓ ok…", []run{{"✓", 0, 1, plain, symbol}, {"ok", 2, 2, plain, narrow}, {"…", 4, 1, plain, symbol}}},
		{"nothing", "   ", nil},
	} {
		if got := runs(cells(c.painted)[0]); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// sample has each thing that a screen can have once.
const sample = "\x1b[1m╭─\x1b[0m 店舗 <a&b> ─╮┏━┓\n" +
	"│ \x1b[32m✓ open\x1b[39m  \x1b[2m…\x1b[0m   │┃\x1b[7m x \x1b[27m┃\n" +
	"╰┄┄┼├┤┬┴───────╯┗━┛\n" +
	"\x1b[41m  \x1b[97mred\x1b[49m \x1b[3mi\x1b[4mu\x1b[0m   \n"

func TestPictureGolden(t *testing.T) {
	for _, theme := range []Theme{Light, Dark} {
		got := SVG(sample, "a sample <&>", 22, 4, theme)
		file := filepath.Join("testdata", "sample."+theme.Name+".svg")
		if os.Getenv("UPDATE") != "" {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil || string(want) != got {
			t.Errorf("%s differs (UPDATE=1 writes it; %v):\n%s", file, err, got)
		}
		wellFormed(t, got)
	}
	if got, want := Text(sample), "╭─ 店舗 <a&b> ─╮┏━┓\n│ ✓ open  …   │┃ x ┃\n╰┄┄┼├┤┬┴───────╯┗━┛\n  red iu\n"; got != want {
		t.Errorf("text %q", got)
	}
}

func wellFormed(t *testing.T, svg string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// What lies outside of the size is not drawn, and a short screen is no panic.
func TestPictureOfOtherSizes(t *testing.T) {
	for h := range 6 {
		wellFormed(t, SVG(sample, "", 22, h, Light))
	}
	if got := SVG(sample, "", 22, 1, Light); strings.Contains(got, "open") {
		t.Error("the second line of one is drawn")
	}
}

// Text can be read on its ground.
func TestColoursCanBeRead(t *testing.T) {
	for _, theme := range []Theme{Light, Dark} {
		for i, c := range append(theme.Colours[:], theme.Text) {
			if got := contrast(t, c, theme.Ground); got < 4.5 {
				t.Errorf("%s: colour %d, %s on %s: %.2f to 1", theme.Name, i, c, theme.Ground, got)
			}
		}
	}
}

var hex = regexp.MustCompile(`^#[0-9a-f]{6}$`)

// contrast is that of WCAG 2.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	light := func(c string) (sum float64) {
		if !hex.MatchString(c) {
			t.Fatalf("%q is no colour", c)
		}
		for i, part := range []float64{0.2126, 0.7152, 0.0722} {
			n, err := strconv.ParseUint(c[1+2*i:3+2*i], 16, 8)
			if err != nil {
				t.Fatal(err)
			}
			v := float64(n) / 255
			if v <= 0.04045 {
				v /= 12.92
			} else {
				v = math.Pow((v+0.055)/1.055, 2.4)
			}
			sum += part * v
		}
		return sum
	}
	x, y := light(a), light(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

// A frame's lines that go on from each other are one.
func TestLinesAreJoined(t *testing.T) {
	for in, want := range map[string]string{
		"M0 5H8M8 5H16":           "M0 5H16",
		"M0 5H8M8 6H16":           "M0 5H8M8 6H16",
		"M0 5H8M9 5H16":           "M0 5H8M9 5H16",
		"M4 9V5Q4 0 8 0H8M8 0H16": "M4 9V5Q4 0 8 0H8M8 0H16",
		"M4 0V18":                 "M4 0V18",
	} {
		if got := joined(in); got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
}

func ExampleText() {
	fmt.Print(Text("\x1b[1mtier-0\x1b[0m   \x1b[32mhealthy\x1b[39m  \n"))
	// Output: tier-0   healthy
}
