package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/shopctl/shopctl/internal/cli"
)

// verdict CODE shopctl ARG…: the same ending three times, as text, as JSON and
// in GitHub Actions, and each form tells the same truth: the exit code, the
// words `exit N` and the error code, the field result or error.exit, and the
// output result of the step.
func verdict(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: verdict CODE shopctl ARG…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	args = args[1:]
	name := cli.ExitName(want)

	exits(ts, false, append([]string{strconv.Itoa(want)}, args...))
	text := ts.ReadFile("stderr")
	if want != 0 && !strings.Contains(text, fmt.Sprintf("exit %d\n", want)) {
		ts.Fatalf("as text it does not say exit %d", want)
	}

	exits(ts, false, append([]string{strconv.Itoa(want)}, append(args, "--json")...))
	said := struct {
		Result string
		Error  struct {
			Code string
			Exit int
		}
	}{}
	if want == 0 {
		ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &said))
		if said.Result != name {
			ts.Fatalf("as JSON its result is %q, not %q", said.Result, name)
		}
	} else {
		if ts.ReadFile("stdout") != "" {
			ts.Fatalf("as JSON it has a result, and ended with %d", want)
		}
		lines := strings.Split(strings.TrimSpace(ts.ReadFile("stderr")), "\n")
		ts.Check(json.Unmarshal([]byte(lines[len(lines)-1]), &said))
		if said.Error.Exit != want || !strings.Contains(text, said.Error.Code) {
			ts.Fatalf("as JSON it is %s with exit %d, as text it is another", said.Error.Code, said.Error.Exit)
		}
	}

	output := ts.MkAbs("verdict-output")
	ts.Check(os.WriteFile(output, nil, 0o644))
	ts.Setenv("GITHUB_ACTIONS", "true")
	ts.Setenv("GITHUB_OUTPUT", output)
	exits(ts, false, append([]string{strconv.Itoa(want)}, args...))
	ts.Setenv("GITHUB_ACTIONS", "")
	if got := ts.ReadFile(output); !strings.Contains(got, "result="+name+"\n") {
		ts.Fatalf("in GitHub Actions it hands on %q, not result=%s", got, name)
	}
	if said.Error.Code != "" && !strings.Contains(ts.ReadFile("stderr"), "title="+said.Error.Code) {
		ts.Fatalf("in GitHub Actions there is no annotation %s", said.Error.Code)
	}
}
