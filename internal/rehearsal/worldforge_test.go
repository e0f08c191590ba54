package rehearsal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/shopctl/shopctl/internal/rehearsal/forge"
)

// as is the address of a repository for somebody: with the token as password.
func as(w *World, login, address string) string {
	return strings.Replace(address, "http://", "http://x:"+w.Forge().TokenOf(login)+"@", 1)
}

// cloned is a clone of tier-0 of the app with a commit on top, pushed as a branch.
func cloned(t *testing.T, w *World, branch string) (clone, id string) {
	t.Helper()
	clone = filepath.Join(t.TempDir(), "clone")
	gitRun(t, w.dir, "clone", "-q", "-b", "tier-0", w.Addresses().App, clone)
	gitRun(t, clone, "checkout", "-q", "-b", branch)
	id = commitFile(t, clone, branch+".txt", branch+"\n")
	gitRun(t, clone, "push", "-q", as(w, "mika", w.Addresses().App), branch)
	return clone, id
}

// rest is a call to the API.
func rest(t *testing.T, w *World, login, method, path string, body any) (int, map[string]any) {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest(method, w.ForgeURL()+"/repos/"+ForgeOwner+"/app"+path, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+w.Forge().TokenOf(login))
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	out := map[string]any{}
	text, err := io.ReadAll(resp.Body)
	if err == nil && len(text) > 0 && text[0] == '{' {
		err = json.Unmarshal(text, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, out
}

func opened(t *testing.T, w *World, head, base string) int {
	t.Helper()
	code, pull := rest(t, w, "mika", "POST", "/pulls", map[string]any{"title": head, "head": "acme:" + head, "base": base})
	if code != http.StatusCreated {
		t.Fatalf("open %s: %d %v", head, code, pull)
	}
	return int(pull["number"].(float64))
}

// What git itself says when the rules of a branch refuse a push, who may push at
// all, and that a push that brings a pull request's head marks it merged.
func TestForgeHoldsPushes(t *testing.T) {
	w := newTestWorld(t, Options{Shops: 2, Forge: StrictForge})
	f, app := w.Forge(), w.Addresses().App
	clone, id := cloned(t, w, "feature")
	if out, err := gitTry(clone, "push", app, "feature:other"); err == nil || !strings.Contains(out, "could not read Username") {
		t.Errorf("nobody pushes: %v\n%s", err, out)
	}
	if out, err := gitTry(clone, "push", strings.Replace(app, "http://", "http://x:wrong@", 1), "feature:other"); err == nil || !strings.Contains(out, "Authentication failed") {
		t.Errorf("a wrong token pushes: %v\n%s", err, out)
	}
	s, err := forge.ParseRuleset("tier-1", []string{"status=shopctl/gate/tier-1", "noforce"})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Rule("app", s); err != nil {
		t.Fatal(err)
	}
	number := opened(t, w, "feature", "tier-1")
	before := f.Counts()
	out, err := gitTry(clone, "push", "--atomic", as(w, "ryu", app), "feature:tier-1", "feature:fine")
	for _, want := range []string{"remote: error: GH013: Repository rule violations found for refs/heads/tier-1.", `remote: - Required status check "shopctl/gate/tier-1" is expected.`, "[remote rejected]"} {
		if err == nil || !strings.Contains(out, want) {
			t.Errorf("a shut gate: %v, want %q in\n%s", err, want, out)
		}
	}
	if left := gitRun(t, clone, "ls-remote", app, "fine"); left != "" {
		t.Errorf("half of an atomic push: %s", left)
	}
	if err := f.SetStatus("app", id, "shopctl/gate/tier-1", "success", ForgeBot); err != nil {
		t.Fatal(err)
	}
	gitRun(t, clone, "push", "-q", as(w, "takuya", app), "feature:tier-1")
	if c := f.Counts(); c.Refused != before.Refused+1 || c.Pushes != before.Pushes+1 {
		t.Errorf("counts: %+v, before %+v", c, before)
	}
	if err := w.Advance(10e9); err != nil {
		t.Fatal(err)
	}
	all, err := f.Pulls("app")
	if err != nil || len(all) != 1 || all[0].Number != number || !all[0].Merged {
		t.Errorf("pull requests: %+v %v", all, err)
	}
	if _, pull := rest(t, w, "ryu", "GET", fmt.Sprintf("/pulls/%d", number), nil); pull["merged_by"].(map[string]any)["login"] != "takuya" {
		t.Errorf("merged by %v", pull["merged_by"])
	}
	gitRun(t, clone, "push", "-q", as(w, "mika", app), ":feature") // what is merged may go
}

// Many merge at once, by button and by push: each one either is in the base or
// was told that the base had moved; nothing is lost.
func TestForgeRaces(t *testing.T) {
	w := newTestWorld(t, Options{Shops: 2, Forge: StrictForge})
	app := w.Addresses().App
	const writers = 6
	clone, _ := cloned(t, w, "w0")
	ids := make([]string, writers)
	for i := range writers {
		branch := fmt.Sprintf("w%d", i)
		if i > 0 {
			gitRun(t, clone, "checkout", "-q", "-b", branch, "origin/tier-0")
			commitFile(t, clone, branch+".txt", branch)
		}
		ids[i] = gitRun(t, clone, "rev-parse", "HEAD")
		gitRun(t, clone, "push", "-q", as(w, "mika", app), branch)
		opened(t, w, branch, "tier-0")
	}
	told := make([]string, writers)
	var group sync.WaitGroup
	for i := range writers {
		group.Go(func() {
			if i%3 == 0 { // a fast-forward push, which only the first can do
				_, err := gitTry(clone, "push", as(w, "takuya", app), fmt.Sprintf("w%d:tier-0", i))
				if told[i] = "merged"; err != nil {
					told[i] = "refused"
				}
				return
			}
			for range 10 {
				code, said := rest(t, w, "takuya", "PUT", fmt.Sprintf("/pulls/%d/merge", i+1), map[string]any{"sha": ids[i]})
				told[i] = "merged"
				if code == http.StatusOK {
					return
				}
				told[i] = fmt.Sprint(said["message"])
			}
		})
	}
	group.Wait()
	gitRun(t, clone, "fetch", "-q", app, "tier-0")
	merged := 0
	for i, id := range ids {
		_, err := gitTry(clone, "merge-base", "--is-ancestor", id, "FETCH_HEAD")
		if in := err == nil; in != (told[i] == "merged") {
			t.Errorf("writer %d was told %q, and it is in the base: %v", i, told[i], in)
		}
		if told[i] == "merged" {
			merged++
		}
	}
	if merged < 4 {
		t.Errorf("only %d of %d came through: %q", merged, writers, told)
	}
}

// A world goes on with its forge, and shopctl is led to it.
func TestForgeOutlivesTheWorld(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	w, err := Create(t.Context(), dir, Options{Shops: 2, Start: start, Forge: OpenForge})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Break("forge-stale"); err != nil {
		t.Fatal(err)
	}
	past, err := w.Forge().Pulls("app")
	if err != nil || len(past) != 11 || past[10].Number != 482 || !past[10].Merged || past[10].Author != "ryu" {
		t.Errorf("the past: %d pull requests, %+v, %v", len(past), past[len(past)-1], err)
	}
	merged, err := w.Merge(t.Context(), Change{})
	if err != nil {
		t.Fatal(err)
	}
	token := w.Forge().TokenOf("mika")
	if err := w.Stop(); err != nil {
		t.Fatal(err)
	}
	if w, err = Open(t.Context(), dir, Options{}); err != nil {
		t.Fatal(err)
	}
	defer w.Stop()
	if w.Forge() == nil || w.Forge().TokenOf("mika") != token {
		t.Fatal("another forge, or none")
	}
	past, err = w.Forge().Pulls("app")
	if last := past[len(past)-1]; err != nil || last.Number != 483 || last.MergedAs != string(merged.Commit) {
		t.Errorf("what was merged: %+v %v", last, err)
	}
	code, runs := rest(t, w, "ryu", "GET", "/commits/"+string(merged.Commit)+"/check-runs", nil)
	if code != 200 || runs["total_count"] != 2.0 {
		t.Errorf("its checks: %d %v", code, runs)
	}
	if on := w.Forge().Broken(); len(on) != 1 || on[0].Name != "stale" {
		t.Errorf("what is broken: %+v", on)
	}
	text, err := os.ReadFile(w.ConfigFile())
	if err != nil || !strings.Contains(string(text), "forge: github\napi: "+w.ForgeURL()+"\n") || !strings.Contains(string(text), "/acme/app.git\n") {
		t.Errorf("%v\n%s", err, text)
	}
	if environment := RunnerEnvironment(dir); environment["SHOPCTL_TOKEN"] != w.Forge().TokenOf(ForgeBot) || !strings.HasSuffix(w.GitURL(), environment["SHOPCTL_TOKEN_HOST"]) {
		t.Errorf("the runner's environment: %v", environment)
	}
	if err := w.Break("none"); err != nil || len(w.Forge().Broken()) != 0 {
		t.Errorf("mended: %v %+v", err, w.Forge().Broken())
	}
}

// Faults of the forge are refused where there is none.
func TestForgeFaultsNeedOne(t *testing.T) {
	w := newTestWorld(t, Options{Shops: 2})
	if err := w.Break("forge-down"); err == nil {
		t.Error("it broke a forge that is not there")
	}
	if w.ForgeURL() != "" {
		t.Errorf("ForgeURL: %q", w.ForgeURL())
	}
}
