package i18n

import "strings"

// Wish is what decides about the language.
type Wish struct {
	Asked    string // --lang, SHOPCTL_LANG or a setting: en, ja; empty: nobody asked
	Terminal bool   // stdout is one
	Getenv   func(string) string
}

// Decide is the language that is spoken: who asks gets it; on a terminal LC_ALL > LC_MESSAGES > LANG; else,
// and for a locale that we do not speak, English.
func Decide(w Wish) Language {
	if w.Asked != "" {
		return speaks(w.Asked)
	}
	if !w.Terminal {
		return English
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := w.Getenv(name); v != "" {
			return speaks(v)
		}
	}
	return English
}

func speaks(locale string) Language {
	if locale == "ja" || strings.HasPrefix(locale, "ja_") || strings.HasPrefix(locale, "ja.") || strings.HasPrefix(locale, "ja-") {
		return Japanese
	}
	return English
}
