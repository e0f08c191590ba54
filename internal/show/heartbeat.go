package show

import "time"

// Heartbeat says when a sign of life is due while something is waited for. It
// knows no clock: the caller tells the time.
type Heartbeat struct {
	Every time.Duration
	last  time.Time
}

// Due reports whether Every has passed since the last time that it was due. The
// first call only starts the count.
func (h *Heartbeat) Due(now time.Time) bool {
	if h.last.IsZero() {
		h.last = now
		return false
	}
	if now.Sub(h.last) < h.Every {
		return false
	}
	h.last = now
	return true
}

// Spoke restarts the count: something else was just said.
func (h *Heartbeat) Spoke(now time.Time) { h.last = now }
