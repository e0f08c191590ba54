// Package gate asks those who decide for a team whether a release may enter: an
// address that answers 200, a program that exits with 0. It knows no tiers and
// no releases, takes no answer for good that did not come, and hands nobody a
// credential.
//
//	answer := gate.Get(ctx, "https://smoke.example/ok", 10*time.Second)
//	answer = gate.Run(ctx, gate.Program{Line: "/usr/local/bin/no-incident", Timeout: time.Minute})
package gate

import (
	"strings"
	"unicode/utf8"
)

// Answer is what was said.
type Answer struct {
	Verdict Verdict
	Text    string // one line, as it came: it must be cleaned before it is shown
}

// Verdict is how the question was answered.
type Verdict int

// The verdicts. What was not said clearly is no.
const (
	No     Verdict = iota
	Yes            // and nothing else lets a release pass
	Silent         // nobody answered within the time
)

// longestLine is how much of an answer is kept.
const longestLine = 200

// lastLine is the last line of a text that says something, cut.
func lastLine(text string) string {
	lines := strings.Split(strings.ToValidUTF8(text, "?"), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if line := strings.TrimSpace(lines[i]); line != "" {
			return cut(line)
		}
	}
	return ""
}

func cut(line string) string {
	if utf8.RuneCountInString(line) <= longestLine {
		return line
	}
	return string([]rune(line)[:longestLine-1]) + "…"
}

// suffixed adds somebody's own words to ours.
func suffixed(what, words string) string {
	if words == "" {
		return what
	}
	return what + ": " + words
}
