package rehearsal

import (
	"sync"
	"time"
)

// Clock is the time of a rehearsal world: another clock plus what it was
// advanced by. It is safe for many goroutines.
type Clock struct {
	base   func() time.Time
	stands bool // base does not move

	mu     sync.Mutex
	offset time.Duration
}

// NewClock runs with base, such as time.Now, ahead of it by offset.
func NewClock(base func() time.Time, offset time.Duration) *Clock {
	return &Clock{base: base, offset: offset}
}

// FrozenClock stands at start: only Advance moves it.
func FrozenClock(start time.Time) *Clock {
	c := NewClock(func() time.Time { return start }, 0)
	c.stands = true
	return c
}

// Now is the world's time, in UTC.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.base().Add(c.offset).UTC().Round(0)
}

// Advance moves the clock forward; it never goes back.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += max(d, 0)
}

// Offset is how far the clock is ahead of its base.
func (c *Clock) Offset() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.offset
}
