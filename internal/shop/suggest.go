package shop

import (
	"slices"
	"strings"
)

// Suggest names the known words that a mistyped one may have meant, nearest
// first, at most three. Near means a Damerau-Levenshtein distance of at most a
// third of the word's length, and always one. The answer is for showing; it is
// never run.
func Suggest(word string, known []string) []string {
	type guess struct {
		word     string
		distance int
	}
	limit := max(1, len([]rune(word))/3)
	var guesses []guess
	for _, k := range known {
		if d := distance(strings.ToLower(word), strings.ToLower(k)); d <= limit {
			guesses = append(guesses, guess{k, d})
		}
	}
	slices.SortStableFunc(guesses, func(a, b guess) int { return a.distance - b.distance })
	var words []string
	for _, g := range guesses {
		if !slices.Contains(words, g.word) && len(words) < 3 {
			words = append(words, g.word)
		}
	}
	return words
}

// distance counts the letters to add, drop, change or swap with their
// neighbour, no place edited twice.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	if gap := len(s) - len(t); gap > 8 || gap < -8 {
		return 9 // too far for any limit that matters; spares the table
	}
	before, above, row := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(s); i++ {
		row[0] = i
		for j := 1; j <= len(t); j++ {
			change := above[j-1]
			if s[i-1] != t[j-1] {
				change++
			}
			row[j] = min(change, above[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, above, row = above, row, before
	}
	return above[len(t)]
}
