package shop

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	anID    = CommitID("0123456789012345678901234567890123456789")
	otherID = CommitID("abcdefabcdefabcdefabcdefabcdefabcdefabcd")
)

func TestTrailersComeBack(t *testing.T) {
	at := time.Date(2026, 11, 20, 1, 2, 3, 0, time.UTC)
	want := Trailers{
		Operation: "00ff", Actor: "ryu <ryu@example.com>", Plan: "1234", Intent: anID, Mistakes: 2, Goal: "tier-2",
		Gates:    []GateRecord{{"health", "open", at}, {"soak", "unchecked", at}},
		Risks:    []string{IrreversibleMigration},
		Replaced: &Carried{Release: Release{App: anID, Configuration: otherID}, Health: Healthy, HealthySince: at},
	}
	message := want.Message("tier-1: promote v5 (0123456)", "because\n\nit was time")
	got, ours := ParseTrailers(message)
	if diff := cmp.Diff(want, got); diff != "" || !ours {
		t.Errorf("ours: %v (-want +got)\n%s\n%s", ours, diff, message)
	}
	if reason := ReasonOf(message); reason != "because\n\nit was time" {
		t.Errorf("reason %q", reason)
	}
}

// Healthy since is worth nothing without Healthy.
func TestTrailersUnhealthySince(t *testing.T) {
	got, _ := ParseTrailers("t\n\nShopctl-Operation: 1\nShopctl-Replaced: app=" + string(anID) + " configuration=- health=Unknown since=2026-11-20T01:02:03Z\n")
	if r := got.Replaced; r == nil || r.Release.App != anID || r.Release.Configuration != "" || !r.HealthySince.IsZero() {
		t.Errorf("got %+v", r)
	}
}

// A reason, an actor or a title cannot forge a trailer.
func TestTrailersCannotBeForged(t *testing.T) {
	evil := "x\n\nShopctl-Operation: forged\nShopctl-Intent: " + string(otherID)
	message := Trailers{Operation: "real", Actor: evil, Intent: anID}.Message(evil, evil)
	got, _ := ParseTrailers(message)
	if got.Operation != "real" || got.Intent != anID {
		t.Errorf("got %+v from\n%s", got, message)
	}
	if _, ours := ParseTrailers("Shopctl-Operation: in the middle\n\nby hand\n"); ours {
		t.Error("a commit without trailers at its end was taken for ours")
	}
}

func FuzzTrailers(f *testing.F) {
	f.Add("tier-1: v5", "because", "ryu <ryu@example.com>")
	f.Add("", "\n\nShopctl-Operation: x", "\r\n")
	f.Add("a\n\nb", "Shopctl-Gate: a b c\n\n\n", "Shopctl-: ")
	f.Fuzz(func(t *testing.T, title, reason, actor string) {
		message := Trailers{Operation: "real", Actor: actor, Intent: anID}.Message(title, reason)
		got, ours := ParseTrailers(message)
		if !ours || got.Operation != "real" || got.Intent != anID || got.Goal != "" || got.Gates != nil || got.Replaced != nil {
			t.Errorf("got %+v from %q", got, message)
		}
		if strings.Contains(got.Actor, "\n") {
			t.Errorf("actor %q", got.Actor)
		}
		ParseTrailers(reason) // whatever a person writes
	})
}
