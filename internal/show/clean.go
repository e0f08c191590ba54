package show

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// Clean makes text from outside fit to be printed in a line: escape codes,
// control and bidirectional characters go, broken UTF-8 becomes U+FFFD, line
// ends and tabs become spaces.
func Clean(text string) string { return clean(text, false) }

// CleanLines is Clean that keeps line ends.
func CleanLines(text string) string { return clean(text, true) }

func clean(text string, lines bool) string {
	if isPlain(text) {
		return text
	}
	var b strings.Builder
	for _, r := range ansi.Strip(strings.ToValidUTF8(text, "\uFFFD")) {
		switch {
		case r == '\n' && lines:
			b.WriteRune(r)
		case r == '\n' || r == '\t':
			b.WriteByte(' ')
		case unicode.IsControl(r), reorders(r):
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// reorders tells the characters that change the order or the place of others
// on the screen without being seen themselves.
func reorders(r rune) bool {
	switch {
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069: // embeddings, overrides, isolates
		return true
	case r == 0x061C, r == 0x200E, r == 0x200F: // marks of direction
		return true
	case r == 0x2028, r == 0x2029: // line and paragraph separators
		return true
	case r == 0xFEFF, r >= 0xE0000 && r <= 0xE007F: // byte order mark, tags
		return true
	}
	return false
}
