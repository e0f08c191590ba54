package shop

import (
	"slices"
	"testing"
)

func TestSuggest(t *testing.T) {
	known := []string{"promote", "status", "rollback", "unpin", "sync", "tier-1", "tier-2", "tier-10"}
	for _, c := range []struct {
		word string
		want []string
	}{
		{"promte", []string{"promote"}},
		{"porm0te", []string{"promote"}},
		{"stauts", []string{"status"}},
		{"tier-3", []string{"tier-1", "tier-2", "tier-10"}},
		{"snc", []string{"sync"}},
		{"sny", nil}, // two edits are too many for three letters
		{"frobnicate", nil},
		{"", nil},
	} {
		if got := Suggest(c.word, known); !slices.Equal(got, c.want) {
			t.Errorf("Suggest(%q) = %q, want %q", c.word, got, c.want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"ab", "ba", 1}, {"kitten", "sitting", 3}, {"", "abc", 3}, {"同期", "期同", 1}, {"ca", "abc", 3}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
