package i18n

import "testing"

func TestDecide(t *testing.T) {
	for _, c := range []struct {
		name  string
		asked string
		tty   bool
		env   map[string]string
		want  Language
	}{
		{"pipe", "", false, map[string]string{"LANG": "ja_JP.UTF-8"}, English},
		{"asked in a pipe", "ja", false, nil, Japanese},
		{"terminal", "", true, map[string]string{"LANG": "ja_JP.UTF-8"}, Japanese},
		{"asked wins", "en", true, map[string]string{"LANG": "ja_JP.UTF-8"}, English},
		{"LC_ALL wins", "", true, map[string]string{"LC_ALL": "C", "LANG": "ja_JP.UTF-8"}, English},
		{"LC_MESSAGES over LANG", "", true, map[string]string{"LC_MESSAGES": "ja_JP", "LANG": "en_US"}, Japanese},
		{"unknown", "", true, map[string]string{"LANG": "fr_FR.UTF-8"}, English},
		{"no prefix", "", true, map[string]string{"LANG": "jam"}, English},
		{"nothing", "", true, nil, English},
	} {
		if got := Decide(Wish{Asked: c.asked, Terminal: c.tty, Getenv: func(k string) string { return c.env[k] }}); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
