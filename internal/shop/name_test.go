package shop

import (
	"regexp"
	"strings"
	"testing"
)

// What names a resource is what Kubernetes calls a DNS label.
func TestValidName(t *testing.T) {
	form := regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)
	var try func(s string, left int)
	try = func(s string, left int) {
		if got, want := ValidName(s), form.MatchString(s); got != want {
			t.Errorf("%q: %t, want %t", s, got, want)
		}
		if left == 0 {
			return
		}
		for _, c := range []string{"a", "z", "0", "9", "-", "A", ".", "/", "`", "{", ":", "\n", "\x00", "é"} {
			try(s+c, left-1)
		}
	}
	try("", 3)
	for n := 60; n <= 70; n++ {
		try(strings.Repeat("a", n), 1)
	}
}
