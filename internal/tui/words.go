package tui

import (
	"strings"

	"github.com/shopctl/shopctl/internal/show"
)

// commandLine is a command line as it is typed.
func commandLine(args []string) string {
	words := []string{"shopctl"}
	for _, a := range args {
		words = append(words, show.Quote(a))
	}
	return strings.Join(words, " ")
}

// Words takes a typed line apart as the palette does. open reports a quote that
// does not end.
func Words(line string) (words []string, open bool) { return split(line) }

// split takes a typed line apart as a shell would: spaces part words, quotes and
// a backslash keep what they hold. open reports a quote that does not end.
func split(line string) (words []string, open bool) {
	var b strings.Builder
	var quote rune
	inWord, escaped := false, false
	for _, r := range line {
		switch {
		case escaped:
			b.WriteRune(r)
			escaped = false
		case r == '\\' && quote != '\'':
			escaped, inWord = true, true
		case quote != 0:
			if r == quote {
				quote = 0
			} else {
				b.WriteRune(r)
			}
		case r == '\'' || r == '"':
			quote, inWord = r, true
		case r == ' ' || r == '\u3000':
			if inWord {
				words = append(words, b.String())
				b.Reset()
				inWord = false
			}
		default:
			b.WriteRune(r)
			inWord = true
		}
	}
	if inWord {
		words = append(words, b.String())
	}
	return words, quote != 0 || escaped
}
