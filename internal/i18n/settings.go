package i18n

import "fmt"

// Settings is what `settings` says.
type Settings struct {
	Help                               Help
	Name, Value, Origin                string
	Set                                func(name, value, file string) string
	Removed                            func(name, file string) string
	AlreadySo                          func(name string) string
	UnknownSetting                     func(name string) string
	BadValue                           func(name, why string) string
	ListThem                           string
	Weaker                             func(where, value string) string
	Flag, Environment, User, OfBuiltIn string
}

func settings() Settings {
	return Settings{
		Help: Help{
			Line:  "shopctl's own settings",
			About: "A flag wins over SHOPCTL_…, that over .shopctl.yml, that over your own settings, those over what is built in.",
			Examples: []Example{
				{"shopctl settings list --origin", "every value, and where it comes from"},
				{"shopctl settings set color never", "write your own settings file"},
			},
			Subs: map[string]Help{
				"list": {
					Line:     "every setting and its value",
					Examples: []Example{{"shopctl settings list --origin", "and where each comes from"}},
					Flags:    map[string]string{"origin": "where each value comes from"},
				},
				"get":   {Line: "the value of one", Examples: []Example{{"shopctl settings get wait.timeout", ""}}},
				"set":   {Line: "change one in your own settings file", Examples: []Example{{"shopctl settings set lang ja", ""}}},
				"unset": {Line: "take one out of your own settings file", Examples: []Example{{"shopctl settings unset lang", ""}}},
				"path":  {Line: "where your own settings file is", Examples: []Example{{"shopctl settings path", ""}}},
			},
		},
		Name: "NAME", Value: "VALUE", Origin: "ORIGIN",
		Set:            func(name, value, file string) string { return fmt.Sprintf("%s is %s now, in %s", name, value, file) },
		Removed:        func(name, file string) string { return fmt.Sprintf("%s is no longer in %s", name, file) },
		AlreadySo:      func(name string) string { return name + ": already so" },
		UnknownSetting: func(name string) string { return fmt.Sprintf("there is no setting %q", name) },
		BadValue:       func(name, why string) string { return name + ": " + why },
		ListThem:       "list them",
		Weaker: func(where, value string) string {
			return fmt.Sprintf("%s wins over it: the value stays %s here", where, value)
		},
		Flag: "flag", Environment: "environment", User: "your settings", OfBuiltIn: "built in",
	}
}
