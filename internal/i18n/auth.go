package i18n

import "fmt"

// Auth is what `auth` says.
type Auth struct {
	Help Help

	Side  map[string]string // by side
	State map[string]string // who is not logged in, by state
	May   map[string]string // yes, no, unknown

	// Because says why a right is missing, by its code.
	Because map[string]func(where, rule string) string

	Host, Login, From, Expires, Never, Tier, Why string

	OfKind       func(source, kind string) string
	NoSide       func(side string) string
	AlreadySo    func(host, name, source string) string
	LoggedIn     func(host, name string) string
	InKeyring    string
	InFile       func(file string) string
	Weaker       func(variable string) string
	HowArgoCD    string
	ByArgoCD     string
	ByToken      string
	ByGH         string
	NoTerminal   string
	UseGH        func(host string) string
	TypeCode     func(code, address string) string
	Token        string
	NoToken      string
	LoggedOut    func(host, where string) string
	NothingKept  func(host string) string
	StillThere   func(variable string) string
	NotLoggedIn  func(host string) string
	Unbound      func(host string) string
	BindIt       string
	Refused      func(host string) string
	Unreachable  func(host string) string
	LogIn        string
	CodeDeclined string
	CodeExpired  string
	NoDevice     func(host string) string
	Robot        string
	Wide         string
}

func auth() Auth {
	return Auth{
		Help: Help{
			Line:  "who you are at the forge and at Argo CD",
			About: "SHOPCTL_TOKEN, GH_TOKEN and GITHUB_TOKEN win over a login that is kept, and go to one host only. A token goes only to the host that it was given for, whatever a repository says.",
			Examples: []Example{
				{"shopctl auth login", "by a code that you type into a browser"},
				{"shopctl auth status", "each login, its rights per tier, when it ends"},
			},
			Subs: map[string]Help{
				"login": {
					Line:     "log in, and keep the login in the keyring or a file that is yours alone",
					Examples: []Example{{"shopctl auth login --with-token < token.txt", "without a browser"}, {"shopctl auth login argocd --with-token < token.txt", "at Argo CD"}},
					Flags:    map[string]string{"with-token": "read the token from standard input"},
				},
				"logout": {Line: "forget the login that is kept", Examples: []Example{{"shopctl auth logout argocd", ""}}},
				"status": {Line: "each login, its rights per tier, when it ends", Examples: []Example{{"shopctl auth status --json", ""}}},
			},
		},
		Side:  map[string]string{"forge": "forge", "argocd": "Argo CD"},
		State: map[string]string{"out": "not logged in", "refused": "login not accepted", "unreachable": "no answer"},
		May:   map[string]string{"yes": "yes", "no": "no", "unknown": "unknown"},
		Because: map[string]func(where, rule string) string{
			"no-access":    func(where, _ string) string { return where + " is not there, or not for you to see" },
			"no-push":      func(where, _ string) string { return "you may only read " + where },
			"rule":         func(where, rule string) string { return fmt.Sprintf("%s: the rule %s binds the branch", where, rule) },
			"rule-unseen":  func(where, rule string) string { return fmt.Sprintf("%s: the rule %s may bind you", where, rule) },
			"not-seen":     func(where, _ string) string { return where + ": the token may not see the classic protection" },
			"locked":       func(where, _ string) string { return where + ": the branch is locked" },
			"restricted":   func(where, _ string) string { return where + ": only some may push" },
			"no-sync":      func(where, _ string) string { return where + " lets you not sync it" },
			"not-answered": func(where, _ string) string { return where + " does not say" },
		},
		Host: "HOST", Login: "LOGIN", From: "FROM", Expires: "ENDS", Never: "does not say", Tier: "TIER", Why: "WHY",
		OfKind: func(source, kind string) string { return fmt.Sprintf("%s (%s)", source, kind) },
		NoSide: func(side string) string { return "this system has no " + side },
		AlreadySo: func(host, name, source string) string {
			return fmt.Sprintf("already logged in to %s as %s, by %s", host, name, source)
		},
		LoggedIn:  func(host, name string) string { return fmt.Sprintf("logged in to %s as %s", host, name) },
		InKeyring: "The token is in the keyring.",
		InFile: func(file string) string {
			return fmt.Sprintf("No keyring here: the login is in %s, which only you may read.", file)
		},
		Weaker:     func(variable string) string { return variable + " is set and wins over it." },
		HowArgoCD:  "how to log in to Argo CD is not said",
		ByArgoCD:   "with argocd itself; shopctl reads its login",
		ByToken:    "with a token",
		ByGH:       "with the token of gh",
		NoTerminal: "there is no terminal to show a code on",
		UseGH: func(host string) string {
			return fmt.Sprintf("gh is logged in to %s. Use its login from now on?", host)
		},
		TypeCode: func(code, address string) string { return fmt.Sprintf("Type %s at %s", code, address) },
		Token:    "Token: ",
		NoToken:  "what was given is no token",
		LoggedOut: func(host, where string) string {
			return fmt.Sprintf("the login for %s is no longer in %s", host, where)
		},
		NothingKept: func(host string) string {
			return fmt.Sprintf("no login for %s is kept: already so", host)
		},
		StillThere:   func(variable string) string { return variable + " is set and still holds." },
		NotLoggedIn:  func(host string) string { return "you are not logged in to " + host },
		Unbound:      func(host string) string { return "ARGOCD_AUTH_TOKEN is not said to be for " + host },
		BindIt:       "say so",
		Refused:      func(host string) string { return host + " does not accept the login" },
		Unreachable:  func(host string) string { return host + " does not answer" },
		LogIn:        "log in",
		CodeDeclined: "the login was declined in the browser",
		CodeExpired:  "nobody typed the code in time",
		NoDevice:     func(host string) string { return "there is no login by code at " + host },
		Robot:        "This is a workflow's own token: what it does starts no other workflow, and it sees one repository. An App's token has neither limit.",
		Wide:         "This token may do everything in all your repositories (scope repo). A fine-grained one or an App's is enough.",
	}
}
