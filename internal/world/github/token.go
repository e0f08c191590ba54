package github

import "strings"

// Token is what the forge knows us by. Whatever prints or encodes it writes
// three stars, or an address in memory; the zero value is no token.
type Token struct{ text *string } // fmt and json do not look behind an inner pointer

// NewToken makes a token of its text, without white space around it.
func NewToken(text string) Token {
	text = strings.TrimSpace(text)
	if text == "" {
		return Token{}
	}
	return Token{&text}
}

// IsZero reports whether there is no token.
func (t Token) IsZero() bool { return t.text == nil }

// String is three stars.
func (Token) String() string { return "***" }

// MarshalText writes three stars: this type never stores a token.
func (Token) MarshalText() ([]byte, error) { return []byte("***"), nil }

// Reveal is the text itself, for a keyring or a header and nothing else.
func (t Token) Reveal() string {
	if t.text == nil {
		return ""
	}
	return *t.text
}

// isClean reports whether the token may stand in a header.
func (t Token) isClean() bool {
	return !strings.ContainsFunc(t.Reveal(), func(c rune) bool { return c <= ' ' || c > '~' })
}

// TokenKind is what sort of token it is, by how it begins.
type TokenKind string

// The kinds.
const (
	NoToken      TokenKind = "none"
	Classic      TokenKind = "classic"      // a person's, with scopes
	FineGrained  TokenKind = "fine-grained" // a person's; cannot read check runs
	OAuth        TokenKind = "oauth"        // of gh, or of a device login
	Installation TokenKind = "installation" // of an App, and the token of an Actions run
	AppUser      TokenKind = "app-user"     // of an App in a person's name
	OtherToken   TokenKind = "other"
)

// Kind tells the sort of token.
func (t Token) Kind() TokenKind {
	if t.IsZero() {
		return NoToken
	}
	for _, k := range []struct {
		prefix string
		kind   TokenKind
	}{
		{"ghp_", Classic}, {"github_pat_", FineGrained}, {"gho_", OAuth}, {"ghs_", Installation}, {"ghu_", AppUser},
	} {
		if strings.HasPrefix(*t.text, k.prefix) {
			return k.kind
		}
	}
	return OtherToken
}
