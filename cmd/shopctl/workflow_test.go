package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"go.yaml.in/yaml/v3"
)

// workflowFile is what `shopctl ci github` writes, as far as a runner reads it.
type workflowFile struct {
	Jobs map[string]struct {
		Env   map[string]string
		Steps []struct {
			Name, Uses, If, Run string
			Env                 map[string]string
		}
	}
}

// workflow FILE EVENT [NAME=VALUE…] writes $WORK/workflow.sh: the shell steps
// that a runner of GitHub Actions would run for an event, in their order and
// with its shell. Values are inputs.to, vars.NAME, secrets.NAME; the commit is
// the newest of tier-0. Only the expressions that the workflow has are understood.
func workflow(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: workflow FILE EVENT [NAME=VALUE…]")
	}
	text, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	var file workflowFile
	ts.Check(yaml.Unmarshal(text, &file))
	newest, err := exec.Command("git", "ls-remote", ts.Getenv("APP"), "refs/heads/tier-0").Output()
	ts.Check(err)
	sha, _, _ := strings.Cut(string(newest), "\t")
	context := map[string]string{"github.event_name": args[1], "github.actor": "takuya"}
	for _, v := range args[2:] {
		name, value, _ := strings.Cut(v, "=")
		context[name] = value
	}
	bin := ts.MkAbs("runner-bin")
	ts.Check(os.MkdirAll(bin, 0o755))
	ts.Check(os.WriteFile(filepath.Join(bin, "go"), []byte("#!/bin/sh\necho installed \"$@\"\n"), 0o755))

	var b strings.Builder
	fmt.Fprintf(&b, "set -e\nexport PATH=%s:$PATH GITHUB_ACTIONS=true GITHUB_EVENT_NAME=%s GITHUB_SHA=%s GITHUB_RUN_NUMBER=7\n", bin, args[1], sha)
	fmt.Fprintf(&b, "export GITHUB_OUTPUT=%s GITHUB_STEP_SUMMARY=%s\n", ts.MkAbs("output"), ts.MkAbs("summary"))
	steps := 0
	for _, job := range file.Jobs {
		exported(&b, job.Env, context)
		for i, step := range job.Steps {
			if step.Run == "" || !applies(ts, step.If, context) {
				continue
			}
			steps++
			name := ts.MkAbs(fmt.Sprintf("step-%d.sh", i))
			ts.Check(os.WriteFile(name, []byte(step.Run), 0o644))
			fmt.Fprintf(&b, "(\n")
			exported(&b, step.Env, context)
			fmt.Fprintf(&b, "bash --noprofile --norc -eo pipefail %s\n)\n", name)
		}
	}
	if steps == 0 {
		ts.Fatalf("the workflow has no step that runs")
	}
	ts.Check(os.WriteFile(ts.MkAbs("workflow.sh"), []byte(b.String()), 0o644))
}

func exported(b *strings.Builder, env, context map[string]string) {
	var names []string
	for name := range env {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Fprintf(b, "export %s='%s'\n", name, expression.ReplaceAllStringFunc(env[name], func(e string) string {
			for _, term := range strings.Split(expression.FindStringSubmatch(e)[1], "||") {
				if v := context[strings.TrimSpace(term)]; v != "" {
					return v
				}
			}
			return ""
		}))
	}
}

var (
	expression = regexp.MustCompile(`\$\{\{(.*?)\}\}`)
	condition  = regexp.MustCompile(`^(\S+) == '(\S+)'$`)
)

func applies(ts *testscript.TestScript, wanted string, context map[string]string) bool {
	if wanted == "" {
		return true
	}
	m := condition.FindStringSubmatch(wanted)
	if m == nil {
		ts.Fatalf("the condition %q is not understood", wanted)
	}
	return context[m[1]] == m[2]
}
