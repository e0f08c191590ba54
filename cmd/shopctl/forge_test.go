package main

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/shopctl/shopctl/internal/rehearsal"
	"github.com/shopctl/shopctl/internal/rehearsal/forge"
)

// forgeEnvironment lets a script be an administrator of the world's forge:
// SHOPCTL_TOKEN is ryu's. TOKEN_RYU, TOKEN_TAKUYA, TOKEN_MIKA, TOKEN_BOT and
// TOKEN_ACTIONS are everybody's, FORGE is the address of the API.
func forgeEnvironment(ts *testscript.TestScript, world *rehearsal.World) {
	f := world.Forge()
	if f == nil {
		return
	}
	for name, login := range map[string]string{
		"SHOPCTL_TOKEN": "ryu", "TOKEN_RYU": "ryu", "TOKEN_TAKUYA": "takuya", "TOKEN_MIKA": "mika",
		"TOKEN_BOT": rehearsal.ForgeBot, "TOKEN_ACTIONS": rehearsal.ActionsBot,
	} {
		ts.Setenv(name, f.TokenOf(login))
	}
	ts.Setenv("FORGE", world.ForgeURL())
	ts.Setenv("SHOPCTL_TOKEN_HOST", hostOf(world.ForgeURL()))
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// forgeCommands are what people do at the forge of a script's world:
//
//	approve REPO [N] LOGIN                   approves the pull request, or the newest open one; ! approve asks for changes
//	check REPO COMMIT NAME STATE             a check run ends: success, failure, neutral, skipped …; or is pending
//	protect REPO BRANCH KIND [WORD…]         KIND is classic, ruleset or none, which takes all rules of the repository away.
//	                                         WORDs: status=CONTEXT reviews=N update deletion noforce linear queue restricted admins
//	                                         bypass=LOGIN unknown
//	pulls REPO                               prints the pull requests, one a line, to be compared by stdout
//	forge-calls [max=N] [pushes=N] [304=N] [forget]  what was asked since the last forget
func (w *worlds) forgeCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"approve":     w.approve,
		"check":       w.check,
		"protect":     w.protect,
		"pulls":       w.pulls,
		"forge-calls": w.forgeCalls,
	}
}

func (w *worlds) forge(ts *testscript.TestScript) *forge.Forge {
	f := w.of(ts).Forge()
	if f == nil {
		ts.Fatalf("this script's world has no forge: world forge")
	}
	return f
}

func (w *worlds) approve(ts *testscript.TestScript, neg bool, args []string) {
	number := 0
	if len(args) == 3 {
		n, err := strconv.Atoi(args[1])
		ts.Check(err)
		number, args = n, []string{args[0], args[2]}
	}
	if len(args) != 2 {
		ts.Fatalf("usage: approve REPO [N] LOGIN")
	}
	verdict := forge.Approves
	if neg {
		verdict = forge.WantsChanges
	}
	ts.Check(w.forge(ts).Review(args[0], number, args[1], verdict))
}

func (w *worlds) check(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 4 {
		ts.Fatalf("usage: check REPO COMMIT NAME STATE")
	}
	ts.Check(w.forge(ts).SetCheck(args[0], args[1], args[2], args[3]))
}

func (w *worlds) protect(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 3 {
		ts.Fatalf("usage: protect REPO BRANCH classic|ruleset|none [WORD…]")
	}
	f, repository, branch := w.forge(ts), args[0], args[1]
	switch args[2] {
	case "none":
		ts.Check(f.Unprotect(repository))
	case "classic":
		c, err := forge.ParseClassic(args[3:])
		ts.Check(err)
		ts.Check(f.Protect(repository, branch, c))
	case "ruleset":
		s, err := forge.ParseRuleset(branch, args[3:])
		ts.Check(err)
		s.Name = strings.Join(args[1:], " ")
		ts.Check(f.Rule(repository, s))
	default:
		ts.Fatalf("protect: unknown %q", args[2])
	}
}

func (w *worlds) pulls(ts *testscript.TestScript, _ bool, args []string) {
	all, err := w.forge(ts).Pulls(strings.Join(args, ""))
	ts.Check(err)
	for _, p := range all {
		state := "closed"
		switch {
		case p.Merged:
			state = "merged"
		case p.Open:
			state = "open"
		}
		fmt.Fprintf(ts.Stdout(), "#%d %s %s %s->%s by %s approvals=%d\n", p.Number, state, p.Title, p.Head, p.Base, p.Author, p.Approvals)
		for _, c := range p.Comments {
			fmt.Fprintf(ts.Stdout(), "\t%s\n", strings.ReplaceAll(c, "\n", "\n\t"))
		}
	}
}

func (w *worlds) forgeCalls(ts *testscript.TestScript, _ bool, args []string) {
	f := w.forge(ts)
	have := f.Counts()
	count := map[string]int{"max": have.Calls, "pushes": have.Pushes, "304": have.NotModified, "primary": have.Primary}
	for _, arg := range args {
		if arg == "forget" {
			f.Forget()
			continue
		}
		name, value, _ := strings.Cut(arg, "=")
		want, err := strconv.Atoi(value)
		ts.Check(err)
		got, known := count[name]
		switch {
		case !known:
			ts.Fatalf("forge-calls: unknown %q", arg)
		case name == "max" && got > want, name == "pushes" && got != want, name == "304" && got < want, name == "primary" && got > want:
			ts.Fatalf("forge-calls %s: there were %d\n%s", arg, got, strings.Join(have.Log, "\n"))
		}
	}
}
