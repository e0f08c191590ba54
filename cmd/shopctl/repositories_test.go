package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/shopctl/shopctl/internal/rehearsal"
)

// repositoriesCommand gives a script three empty repositories of its own behind
// git http-backend, as anybody can have them:
//
//	repositories [no-atomic] [password=WORD]     APP, CONFIGURATION and SYSTEM are their addresses
func repositoriesCommand(ts *testscript.TestScript, _ bool, args []string) {
	dir := filepath.Join(ts.Getenv("WORK"), "repositories")
	var o rehearsal.GitOptions
	for _, arg := range args {
		name, value, _ := strings.Cut(arg, "=")
		switch name {
		case "no-atomic":
			o.Config = func(string) []string { return []string{"receive.advertiseAtomic=false"} }
		case "password":
			o.Password = value
		default:
			ts.Fatalf("repositories: unknown %q", arg)
		}
	}
	for _, name := range []string{"app", "configuration", "system"} {
		out, err := exec.Command("git", "init", "-q", "--bare", "-b", "main", filepath.Join(dir, name+".git")).CombinedOutput()
		if err != nil {
			ts.Fatalf("git init: %v: %s", err, out)
		}
	}
	server := httptest.NewServer(rehearsal.NewGitServer(dir, o))
	ts.Defer(server.Close)
	for _, name := range []string{"app", "configuration", "system"} {
		ts.Setenv(strings.ToUpper(name), server.URL+"/"+name+".git")
	}
	ts.Setenv("REPOSITORIES", dir)
}

// sameTrees compares the trees of branches in two copies of the repositories.
//
//	same-trees DIR1 DIR2 REPOSITORY BRANCH...
func sameTrees(ts *testscript.TestScript, not bool, args []string) {
	for _, branch := range args[3:] {
		var trees []string
		for _, dir := range args[:2] {
			out, err := exec.Command("git", "-C", filepath.Join(ts.MkAbs(dir), args[2]+".git"), "rev-parse", branch+"^{tree}").CombinedOutput()
			if err != nil {
				ts.Fatalf("git rev-parse: %v: %s", err, out)
			}
			trees = append(trees, string(out))
		}
		if (trees[0] == trees[1]) == not {
			ts.Fatalf("%s of %s: %s and %s", branch, args[2], trees[0], trees[1])
		}
	}
}

// serve serves a copy of the repositories at the address of the first ones.
//
//	serve DIR     APP, CONFIGURATION and SYSTEM lead to the copy
func serve(ts *testscript.TestScript, _ bool, args []string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	server := &http.Server{Handler: rehearsal.NewGitServer(ts.MkAbs(args[0]), rehearsal.GitOptions{}), ReadHeaderTimeout: 10 * time.Second}
	go server.Serve(listener) //nolint:errcheck // it ends with the script
	ts.Defer(func() { server.Close() })
	for _, name := range []string{"app", "configuration", "system"} {
		ts.Setenv(strings.ToUpper(name), "http://"+listener.Addr().String()+"/"+name+".git")
	}
}
