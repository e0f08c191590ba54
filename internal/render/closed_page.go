package render

import (
	_ "embed"
	"strings"
	"time"
	"unicode"
)

// closedHTML is the page that customers see. Its words are not those of the
// command line: they are for people who know nothing of shopctl.
//
//go:embed closed.html
var closedHTML string

// page is what customers of a closed shop see: the message of the maintenance,
// and when it ends, in the zone in which that was written.
func (in Input) page(c *closing) string {
	words := pageWords[japanese(c.Message)]
	message := words.message
	if c.Message != "" {
		message = safe(c.Message)
	}
	zone := "UTC"
	if _, offset := c.Until.Zone(); offset != 0 {
		zone = "UTC" + c.Until.Format("-07:00")
	}
	return strings.NewReplacer(
		"@LANG@", words.lang, "@TITLE@", words.title, "@MESSAGE@", message, "@OPENS@", words.opens,
		"@STAMP@", c.Until.UTC().Format(time.RFC3339), "@UNTIL@", c.Until.Format("2006-01-02 15:04")+" ("+zone+")",
	).Replace(closedHTML)
}

type customerWords struct{ lang, title, message, opens string }

// pageWords are the page's own, in the language of the message.
var pageWords = map[bool]customerWords{
	true:  {"ja", "メンテナンス中", "ただいまメンテナンスのため休止しています。", "再開予定"},
	false: {"en", "Closed for maintenance", "We are closed for maintenance. / ただいまメンテナンスのため休止しています。", "Opens again"},
}

// japanese reports whether a text has a character that only Japanese writes, or
// shares with Chinese.
func japanese(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han) })
}

var htmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;", "\r\n", "<br>", "\n", "<br>")

// safe is a text inside a page, on one line: no markup of its own, nothing that
// cannot be seen and changes how the rest is read.
func safe(text string) string {
	text = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\r' || unicode.IsPrint(r) {
			return r
		}
		return -1
	}, text)
	return strings.ReplaceAll(htmlEscapes.Replace(text), "\r", "")
}
