package i18n

import "fmt"

// When is what is said of a time that the user typed.
type When struct {
	Unreadable func(text string) string
	Past       func(text, meaning string) string
	Forms      []Example // how a time may be written
}

func when() When {
	return When{
		Unreadable: func(text string) string { return fmt.Sprintf("%q is no time", text) },
		Past:       func(text, meaning string) string { return fmt.Sprintf("%q is %s: that is over", text, meaning) },
		Forms: []Example{
			{"30m", "from now"}, {`18:00`, "today, or tomorrow when it is over"},
			{`"tomorrow 10:00"`, ""}, {`"11-21 10:00"`, ""}, {"2026-11-21T10:00:00+09:00", ""},
		},
	}
}
