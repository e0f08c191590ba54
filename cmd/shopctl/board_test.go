//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/shopctl/shopctl/internal/rehearsal"
	"github.com/shopctl/shopctl/internal/screens"
)

// The hand step of a tier is asked for on the board in the middle of a
// promotion: now, or when somebody comes back to it.
func TestHandStepOnTheBoard(t *testing.T) {
	if why := screens.Missing(); why != "" {
		t.Skip("NOT TESTED in a real terminal: " + why)
	}
	t.Parallel()
	home, world := copyOfWorld(t)
	writeIntent(t, home, world, "tiers/tier-1.yaml", "apiVersion: shopset.dev/v1alpha1\nkind: Tier\nmetadata:\n  name: tier-1\nspec:\n  sync: manual\n  dwell: 2s\n")
	if out, err := inWorld(home, world, "shopctl", "reconcile", "--yes").CombinedOutput(); err != nil {
		t.Fatalf("reconcile: %v\n%s", err, out)
	}
	s := boardIn(t, home, world)
	s.sees("fresh", "tier-2")
	s.press("Right", "p")
	s.sees("continue to confirm")
	s.press("Enter")
	s.sees("[ Cancel ]")
	s.promotes("tier-1", "tried")
	s.sees("tier-1 waits for its hand step. Sync now?", "✓  3")
	s.press("Escape")
	s.sees("! tier-1 asks", "waits for an answer")
	s.press("W")
	s.sees("Sync now?")
	s.press("Enter")
	s.sees("[ Cancel ]")
	s.press("Tab")
	s.sees("[ Sync ]")
	s.press("Enter")
	s.sees("╭─ done ─", "Promoted to tier-1 as v5")
}

// writeIntent is a person who writes one file of main by hand.
func writeIntent(t *testing.T, home string, world *rehearsal.World, name, text string) {
	t.Helper()
	dir := filepath.Join(home, "intent")
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Env = append(os.Environ(), "HOME="+home, "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=Takuya", "GIT_AUTHOR_EMAIL=takuya@example.com", "GIT_COMMITTER_NAME=Takuya", "GIT_COMMITTER_EMAIL=takuya@example.com")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	git("clone", "-q", world.Addresses().System, dir)
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	git("-C", dir, "commit", "-qam", name)
	git("-C", dir, "push", "-q")
	if err := world.Advance(0); err != nil { // Argo CD has read it
		t.Fatal(err)
	}
}

// What others did between the preview and the yes counts: nothing is written
// that was not agreed to as things are, and the page says who holds it and what
// can be done from there.
func TestOthersWereQuickerThanTheBoard(t *testing.T) {
	if why := screens.Missing(); why != "" {
		t.Skip("NOT TESTED in a real terminal: " + why)
	}
	t.Parallel()
	home, world := copyOfWorld(t)
	s := boardIn(t, home, world)
	s.sees("fresh", "tier-2")
	s.press("Right", "p")
	s.sees("continue to confirm")
	if out, err := inWorld(home, world, "shopctl", "tier", "freeze", "tier-1", "-m", "棚卸し", "--yes").CombinedOutput(); err != nil {
		t.Fatalf("freeze: %v\n%s", err, out)
	}
	before := refsOf(t, home)
	s.press("Enter")
	s.sees("[ Cancel ]")
	s.promotes("tier-1", "tried")
	s.sees("error: tier-1 is frozen", "棚卸し", "> shopctl wait tier-1 --for open", "shopctl tier unfreeze tier-1")
	for key, id := range refsOf(t, home) { // what runs is what the system repository says
		if key[0] == "system" && before[key] != id {
			t.Errorf("%s was written all the same", key[1])
		}
	}
	s.press("Down")
	s.sees(`> shopctl tier unfreeze tier-1 -m "…"`)
	s.press("Enter")
	s.sees("Why?")
	s.types("done")
	s.press("Tab")
	s.sees("[ Go on ]")
	s.press("Enter")
	s.agrees("Unfreeze")
}
