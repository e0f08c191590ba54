package tui

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/shopctl/shopctl/internal/show"
)

// What is painted and wrapped does not paint what stands beside it.
func TestWrappedColours(t *testing.T) {
	for _, c := range []struct {
		in   string
		w    int
		want []string
	}{
		{"  \x1b[33mone two\x1b[m end", 5, []string{"  \x1b[33mone\x1b[m", "  \x1b[33mtwo\x1b[m", "  end"}},
		{"\x1b[1m\x1b[31mab cd", 3, []string{"\x1b[1m\x1b[31mab\x1b[m", "\x1b[1m\x1b[31mcd\x1b[m"}},
		{"ab \x1b[31mcd\x1b[0m ef", 3, []string{"ab", "\x1b[31mcd\x1b[0m", "ef"}},
	} {
		if got := wrapped(c.in, c.w); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %q", c.in, got)
		}
	}
}

// Lines are no wider than they may be, and nothing but spaces is lost: a line that is
// wider is cut, and then a command that is copied from it is another.
func TestWrappedLosesNothing(t *testing.T) {
	c := rand.New(rand.NewPCG(1, 2))
	words := []string{"-f", "state=success", "店舗", "s-104", "\x1b[31mred\x1b[m", "a1b2c3d4a1b2c3d4a1b2c3d4", "…", "x", "--shop", "\x1b[1mb \x1b[m"}
	bare := func(s string) string { return strings.NewReplacer(" ", "", "\n", "").Replace(ansi.Strip(s)) }
	for range 3000 {
		var b strings.Builder
		b.WriteString(strings.Repeat(" ", c.IntN(4)))
		for range 1 + c.IntN(20) {
			b.WriteString(words[c.IntN(len(words))] + " ")
		}
		text, w := strings.TrimRight(b.String(), " "), 8+c.IntN(60)
		lines := wrapped(text, w)
		for _, l := range lines {
			if show.Width(l) > w {
				t.Errorf("%d cells: %q of %q", w, l, text)
			}
		}
		if got := strings.Join(lines, "\n"); bare(got) != bare(text) {
			t.Errorf("%d cells: %q is %q", w, text, got)
		}
	}
}
