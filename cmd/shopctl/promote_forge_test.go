package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/shopctl/shopctl/internal/rehearsal"
	"github.com/shopctl/shopctl/internal/rehearsal/forge"
)

// promotionCommands are what scripts of promotions on a forge need:
//
//	gates REPO COMMIT                        prints the statuses of a commit, to be compared by stdout
//	status REPO COMMIT NAME STATE LOGIN      somebody sets a status by hand
//	close REPO N LOGIN                       somebody closes a pull request
//	intent FILE LINE…                        a person adds lines to a file of main and pushes, and CI reconciles
//	trouble QUIRK [TIMES] | trouble over     something goes wrong at the forge
func (w *worlds) promotionCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"gates": w.gates, "intent": w.intent, "trouble": w.trouble, "status": w.status, "close": w.close,
	}
}

func (w *worlds) gates(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: gates REPO COMMIT")
	}
	states, err := w.forge(ts).Statuses(args[0], args[1])
	ts.Check(err)
	if len(states) == 0 {
		fmt.Fprintln(ts.Stdout(), "none")
	}
	for _, name := range slices.Sorted(maps.Keys(states)) {
		fmt.Fprintf(ts.Stdout(), "%s %s\n", name, states[name])
	}
}

func (w *worlds) status(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 5 {
		ts.Fatalf("usage: status REPO COMMIT NAME STATE LOGIN")
	}
	ts.Check(w.forge(ts).SetStatus(args[0], args[1], args[2], args[3], args[4]))
}

func (w *worlds) close(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: close REPO N LOGIN")
	}
	url := w.of(ts).ForgeURL() + "/repos/" + rehearsal.ForgeOwner + "/" + args[0] + "/pulls/" + args[1]
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPatch, url, strings.NewReader(`{"state":"closed"}`))
	ts.Check(err)
	r.Header.Set("Authorization", "Bearer "+w.forge(ts).TokenOf(args[2]))
	answer, err := http.DefaultClient.Do(r)
	ts.Check(err)
	ts.Check(answer.Body.Close())
	if answer.StatusCode != http.StatusOK {
		ts.Fatalf("close: %s", answer.Status)
	}
}

func (w *worlds) intent(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: intent FILE LINE…")
	}
	world := w.of(ts)
	dir, err := os.MkdirTemp(ts.Getenv("WORK"), "intent-")
	ts.Check(err)
	git := func(args ...string) {
		cmd := exec.Command("git", args...)
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=Mika", "GIT_AUTHOR_EMAIL=mika@example.com",
			"GIT_COMMITTER_NAME=Mika", "GIT_COMMITTER_EMAIL=mika@example.com", "GIT_TERMINAL_PROMPT=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			ts.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	header := "http.extraHeader=Authorization: Bearer "
	if f := world.Forge(); f != nil {
		header += f.TokenOf(rehearsal.ForgeAdmin)
	}
	git("clone", "-q", world.Addresses().System, dir)
	file, err := os.OpenFile(filepath.Join(dir, filepath.FromSlash(args[0])), os.O_APPEND|os.O_WRONLY, 0)
	ts.Check(err)
	_, err = file.WriteString(strings.Join(args[1:], "\n") + "\n")
	ts.Check(err)
	ts.Check(file.Close())
	git("-C", dir, "commit", "-q", "-a", "-m", "By hand")
	git("-C", dir, "-c", header, "push", "-q", "origin", "HEAD:main")
	w.idle(ts)
}

func (w *worlds) trouble(ts *testscript.TestScript, _ bool, args []string) {
	f := w.forge(ts)
	switch {
	case len(args) == 1 && args[0] == "over":
		f.Mend()
	case len(args) == 1:
		ts.Check(f.Break(forge.Quirk{Name: args[0]}))
	case len(args) == 2:
		n, err := strconv.Atoi(args[1])
		ts.Check(err)
		ts.Check(f.Break(forge.Quirk{Name: args[0], Times: n}))
	default:
		ts.Fatalf("usage: trouble QUIRK [TIMES]")
	}
}
