package show

import (
	"testing"
	"time"
)

func TestHeartbeat(t *testing.T) {
	h := Heartbeat{Every: 30 * time.Second}
	start := time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		at   time.Duration
		want bool
	}{{0, false}, {29 * time.Second, false}, {30 * time.Second, true}, {31 * time.Second, false}, {60 * time.Second, true}} {
		if got := h.Due(start.Add(c.at)); got != c.want {
			t.Errorf("after %s: %v", c.at, got)
		}
	}
	h.Spoke(start.Add(80 * time.Second))
	if h.Due(start.Add(95 * time.Second)) {
		t.Error("something was said 15 s ago")
	}
}
