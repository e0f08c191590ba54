package rehearsal

import (
	"fmt"
	"testing"
	"time"
)

var began = time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)

// aim at a revision whose manifests are called key.
func aimAt(revision, key string) target {
	return target{Revision: revision, Key: key, Pair: key, Pods: true}
}

// push is what automated Argo CD does when it sees a target.
func (l life) push(at time.Time, t target) life {
	if l = l.refreshed(at, t); l.wantsSync() {
		l = l.synced(at, t, 1, "s-101", "")
	}
	return l
}

func TestLifeQueuesOperations(t *testing.T) {
	l := life{Created: began}.push(began, aimAt("1", "a"))
	// Two more come while the first is applied: only the last is ever applied.
	l = l.push(began.Add(10*time.Millisecond), aimAt("2", "b"))
	l = l.push(began.Add(20*time.Millisecond), aimAt("3", "c"))
	if len(l.Ops) != 2 || l.Ops[1].Target.Revision != "3" || !l.Ops[1].Requested.Equal(l.Ops[0].Compared) {
		t.Errorf("operations %+v", l.Ops)
	}
	// Back to what is being applied: nothing is left to do.
	if l = l.push(began.Add(30*time.Millisecond), aimAt("4", "a")); len(l.Ops) != 1 {
		t.Errorf("operations %+v", l.Ops)
	}
}

func TestLifeInterruptedRollout(t *testing.T) {
	l := life{Created: began}.push(began, aimAt("1", "a"))
	l = l.push(l.Ops[0].Finished, aimAt("2", "b"))
	first, second := l.Ops[0], l.Ops[1]
	if !second.Compared.Before(first.Ready) {
		t.Fatalf("seed 1 does not interrupt: %+v", l.Ops)
	}
	v := l.at(second.Compared)
	if v.Health != "Progressing" || !v.Since.Equal(first.Compared) {
		t.Errorf("%s since %s, want Progressing since %s", v.Health, v.Since, first.Compared)
	}
	if v = l.at(began.Add(time.Hour)); v.Health != "Healthy" || !v.Since.Equal(second.Ready) {
		t.Errorf("%s since %s, want Healthy since %s", v.Health, v.Since, second.Ready)
	}
}

func TestLifeForgetsOnlyOperations(t *testing.T) {
	routes := func(n int) target { return target{Revision: fmt.Sprint(n), Key: fmt.Sprint(n)} }
	l := life{Created: began}
	var since time.Time
	for n := range 3 * kept {
		l = l.push(began.Add(time.Duration(n)*time.Minute), routes(n))
		if n == 0 {
			since = l.Ops[0].Compared
		}
	}
	v := l.at(began.Add(time.Hour))
	if len(l.Ops) != kept || v.Health != "Healthy" || !v.Since.Equal(since) {
		t.Errorf("%d operations, %s since %s, want Healthy since %s", len(l.Ops), v.Health, v.Since, since)
	}
}

func TestLifeDoesNotRepeatWhatFailed(t *testing.T) {
	l := life{Created: began}.push(began, aimAt("1", "a"))
	l = l.push(began.Add(time.Minute), aimAt("2", "b"))
	l.Ops[1].Failed = "no"
	if l = l.push(began.Add(2*time.Minute), aimAt("2", "b")); len(l.Ops) != 2 {
		t.Errorf("the same revision was tried again: %+v", l.Ops)
	}
	if l = l.push(began.Add(3*time.Minute), aimAt("3", "b")); len(l.Ops) != 3 {
		t.Errorf("a new revision was not tried: %+v", l.Ops)
	}
}
