package show

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"在庫APIのN+1を修正", "在庫APIのN+1を修正"},
		{"\x1b[31mred\x1b[0m", "red"},
		{"\x1b]0;title\x07after", "after"},
		{"\x1b]8;;https://x\x1b\\link\x1b]8;;\x1b\\", "link"},
		{"a\tb\nc\r\n", "a b c "},
		{"user\u202Eexe.txt", "userexe.txt"},
		{"a\u2066b\u2069c\u200Fd\u061Ce", "abcde"},
		{"bad\xffbyte", "bad\uFFFDbyte"},
		{"c1\u009b31mx", "c131mx"},
		{"zero\x00", "zero"},
	} {
		if got := Clean(c.in); got != c.want {
			t.Errorf("Clean(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	if got := CleanLines("a\n\x1b[1mb\r\n"); got != "a\nb\n" {
		t.Errorf("CleanLines = %q", got)
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"plain", "\x1b[31m", "\x1b]0;x", "\x9b31m", "\u202E", "\x1b\x1b[m[31m", "e\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, got := range []string{Clean(s), strings.ReplaceAll(CleanLines(s), "\n", "")} {
			if !utf8.ValidString(got) {
				t.Fatalf("%q is broken UTF-8", got)
			}
			for _, r := range got {
				if unicode.IsControl(r) || reorders(r) {
					t.Fatalf("%q holds %U", got, r)
				}
			}
			if again := Clean(got); again != got {
				t.Fatalf("Clean is not stable: %q then %q", got, again)
			}
		}
	})
}
