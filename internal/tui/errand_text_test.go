package tui

import (
	"reflect"
	"testing"
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
