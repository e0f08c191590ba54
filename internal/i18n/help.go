package i18n

// HelpCommand is what `help` says: its own help, and the topics.
type HelpCommand struct {
	Help    Help
	Unknown func(word string) string
	Topics  map[string]Topic
	// Columns of the exit code table.
	Code, Name, When string
	ExitCodes        map[int]string
}

// Topic is a page of `help TOPIC`.
type Topic struct{ Line, Body string }

func helpCommand() HelpCommand {
	return HelpCommand{
		Help: Help{
			Line:     "help for a command or a topic",
			Examples: []Example{{"shopctl help promote", "a command"}, {"shopctl help words", "a topic"}},
		},
		Unknown: func(word string) string { return "there is no help on \"" + word + "\"" },
		Code:    "CODE", Name: "NAME", When: "WHEN",
		ExitCodes: map[int]string{
			0: "done, or already so", 1: "it went wrong, no better code",
			2: "bad flag or argument, unknown command, missing --yes off a terminal",
			3: "the user said no, or typed the wrong name", 4: "not logged in, expired, no right",
			5:   "no such tier, ShopSet, shop, release",
			6:   "held by a person or another run: freeze, pin, missing approval, another promotion",
			7:   "must be mended first: red checks, tier below unhealthy, rejected release, tier skipped, risk not accepted",
			8:   "time is up, or a gate opens by itself later; nothing failed",
			9:   "arrived in a bad state and stayed there",
			10:  "only with --exit-code or render --check: something waits or differs",
			11:  "forge or Argo CD not reachable",
			130: "Ctrl-C", 143: "TERM",
		},
		Topics: map[string]Topic{
			"words":         {"one word per thing", words},
			"exit-codes":    {"what the exit code says", "Scripts may try 6, 8 and 11 again, no others. With several targets: the first of 9, 1, 4, 5, 7, 6, 11, 8 that occurred."},
			"environment":   {"variables that shopctl reads", environment},
			"json":          {"output for programs", jsonTopic},
			"ci":            {"in GitHub Actions and other CI", ciTopic},
			"keys":          {"keys of the full-screen board", keysTopic},
			"accessibility": {"plain lines, colours, symbols", accessibility},
		},
	}
}

const words = `shop           a tenant: data and routing, never a Deployment of its own
ShopSet        one full copy of the application, which serves some shops
tier           a ring; tier-0 is the lowest and gets every change first
release        what is promoted as one: an app commit and a configuration commit
intent         what should be: files on main of the system repository
configuration  the team's; shopctl's own are settings
promote        move the release of the tier below into a tier
rollback       pin a tier to a former release; branches do not move
pin            keeps a tier at one release until unpin
soak           how long a release must be healthy below before it moves on
freeze         nothing new may enter a tier
reconcile      make the tier branches equal to the intent`

const environment = `SHOPCTL_CONFIG                         the .shopctl.yml to use, as --config
SHOPCTL_LANG, SHOPCTL_COLOR, …         any setting: wait.timeout is SHOPCTL_WAIT_TIMEOUT
SHOPCTL_TOKEN > GH_TOKEN > GITHUB_TOKEN  login at the forge, sent to one host only:
SHOPCTL_TOKEN_HOST                     that host; else that of GITHUB_SERVER_URL, else github.com
ARGOCD_AUTH_TOKEN                      login at Argo CD, sent to one host only:
ARGOCD_SERVER                          that host; it must be named unless you are logged in there
SHOPCTL_CLIENT_ID                      the OAuth App of a forge of your own, for auth login
NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE  colour; --color wins
ACCESSIBLE, SHOPCTL_ACCESSIBLE         plain lines
GITHUB_ACTIONS, RUNNER_DEBUG           CI style; debug lines
XDG_CONFIG_HOME, XDG_CACHE_HOME, XDG_STATE_HOME   places of settings, cache, log

The program of a command gate gets PATH, HOME, USER, TMPDIR, LANG, LC_ALL, TZ, no token, and
SHOPCTL_GATE, SHOPCTL_GATE_SYSTEM, SHOPCTL_GATE_FROM, SHOPCTL_GATE_TIER, SHOPCTL_GATE_APP,
SHOPCTL_GATE_CONFIGURATION: which gate, and which release wants to go where`

const jsonTopic = `--json              one object with apiVersion: shopctl/v1 and kind
--json=F,…          only these fields of the top level; --json= lists them
--jq EXPR           filter it; text comes out without quotes
--template T        write it through a Go template

Names of units end the field (…Seconds). Changes only add. Errors are an object
on stderr, and stdout is empty. Without --json, off a terminal: lines of cells
apart by tabs, no header; new cells only at the end.`

const ciTopic = `Nothing is asked off a terminal: give --yes, or --confirm=NAME where a tier is protected.
The exit code tells the truth; shopctl help exit-codes.
With GITHUB_ACTIONS=true, or --ci=github: folds, annotations, outputs, a summary.
--ci=none turns that off.`

const accessibility = `--accessible, ACCESSIBLE=1 or settings set accessible true: a fact a line, as
label: value, without symbols, colour, redraw or sound. Prompts are plain lines
without a time limit, in both forms. --color never or NO_COLOR=1: no colour. A
symbol never stands without its word.`
