package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	diff "github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/rehearsal"
)

// What diff says of the ShopSets is what kubectl builds from the tier branch
// before the promotion, and after it, byte for byte.
func TestDiffAsKubectl(t *testing.T) {
	kubectl, err := exec.LookPath("kubectl")
	if err != nil {
		t.Skip("NO KUBECTL ON PATH: WHAT diff SAYS WAS NOT COMPARED WITH IT")
	}
	dir := t.TempDir()
	world, err := rehearsal.Create(context.Background(), filepath.Join(dir, "world"), rehearsal.Options{Start: worldStart, Shops: 40})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = world.Stop() })
	run := func(words ...string) string {
		t.Helper()
		out, err := inWorld(dir, world, words[0], words[1:]...).Output()
		if err != nil {
			t.Fatalf("%v: %v\n%s", words, err, out)
		}
		return string(out)
	}
	run("git", "clone", "-q", world.Addresses().System, "intent")
	for i, parameters := range []string{"", "", "", "\n  parameters:\n    QUEUE: \"yes\""} {
		name := fmt.Sprintf("s-11%d", i)
		text := "apiVersion: shopset.dev/v1alpha1\nkind: ShopSet\nmetadata:\n  name: " + name + "\nspec:\n  tier: tier-1\n  configuration: default\n  cluster: in-cluster\n  failureDomain: a" + parameters + "\n"
		if err := os.WriteFile(filepath.Join(dir, "intent", "shopsets", name+".yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run("git", "-C", "intent", "add", ".")
	run("git", "-C", "intent", "-c", "user.name=Ryu", "-c", "user.email=ryu@example.com", "commit", "-qm", "More ShopSets")
	run("git", "-C", "intent", "push", "-q")
	run("shopctl", "reconcile", "--yes")

	builds := func(clone string) map[string][]string {
		t.Helper()
		run("git", "-c", "protocol.file.allow=always", "clone", "-q", "--recurse-submodules", "-b", "tier-1", world.Addresses().System, clone)
		overlays, err := filepath.Glob(filepath.Join(dir, clone, "shopsets", "*"))
		if err != nil || len(overlays) < 6 {
			t.Fatal(err, overlays)
		}
		all := map[string][]string{}
		for _, o := range overlays {
			all[filepath.Base(o)] = strings.SplitAfter(strings.ReplaceAll(run(kubectl, "kustomize", o), "\n---\n", "\n\x00"), "\x00")
		}
		return all
	}
	before := builds("before")
	var said struct {
		Impact struct {
			Groups []struct {
				ShopSets []string
				Objects  []struct{ Before, After string }
			}
		}
	}
	if err := json.Unmarshal([]byte(run("shopctl", "diff", "tier-1", "--json=impact")), &said); err != nil {
		t.Fatal(err)
	}
	run("shopctl", "promote", "tier-1", "--confirm=tier-1", "--accept-risk=irreversible-migration", "-m", "tried", "--no-wait")
	after := builds("after")
	seen := 0
	for _, g := range said.Impact.Groups {
		for _, name := range g.ShopSets {
			seen++
			var gone, come []string
			for _, o := range g.Objects {
				own := strings.NewReplacer("namespace: "+g.ShopSets[0]+"\n", "namespace: "+name+"\n", "shopset.dev/shopset: "+g.ShopSets[0]+"\n", "shopset.dev/shopset: "+name+"\n")
				gone, come = append(gone, own.Replace(o.Before)), append(come, own.Replace(o.After))
			}
			sameObjects(t, name+" before", without(before[name], after[name]), gone)
			sameObjects(t, name+" after", without(after[name], before[name]), come)
		}
	}
	if seen != len(after) || seen < 6 {
		t.Errorf("%d ShopSets of %d", seen, len(after))
	}
}

// without are the objects of a build that another has not.
func without(all, other []string) (rest []string) {
	for _, o := range all {
		if !slices.ContainsFunc(other, func(x string) bool { return strings.Trim(x, "\x00") == strings.Trim(o, "\x00") }) {
			rest = append(rest, strings.Trim(o, "\x00"))
		}
	}
	return rest
}

func sameObjects(t *testing.T, what string, want, got []string) {
	t.Helper()
	got = slices.DeleteFunc(slices.Clone(got), func(s string) bool { return s == "" })
	slices.SortFunc(want, cmp.Compare)
	slices.SortFunc(got, cmp.Compare)
	if len(want) == 0 {
		t.Errorf("%s: kubectl sees no difference", what)
	}
	if d := diff.Diff(want, got); d != "" {
		t.Errorf("%s (-kubectl +diff)\n%s", what, d)
	}
}
