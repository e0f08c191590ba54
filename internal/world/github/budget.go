package github

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Budget is what this client has used of the forge's limits, and what the forge
// says is left.
type Budget struct {
	Calls       int       `json:"calls"`       // requests that were sent
	Points      int       `json:"points"`      // of the secondary limit: a read 1, a change 5
	NotModified int       `json:"notModified"` // of Calls: answered by 304, which costs no primary quota
	Limit       int       `json:"limit"`       // primary, an hour; 0: the forge does not say
	Remaining   int       `json:"remaining"`
	Reset       time.Time `json:"reset,omitzero"`
}

// String is one line for people who look closely.
func (b Budget) String() string {
	s := fmt.Sprintf("%d calls (%d not modified), %d points", b.Calls, b.NotModified, b.Points)
	if b.Limit > 0 {
		s += fmt.Sprintf(", %d of %d left until %s", b.Remaining, b.Limit, b.Reset.UTC().Format(time.RFC3339))
	}
	return s
}

// Budget is what was used so far.
func (c *Client) Budget() Budget {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.budget
}

// count notes a request that is about to be sent.
func (c *Client) count(write bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.budget.Calls++
	if write {
		c.budget.Points += 5
	} else {
		c.budget.Points++
	}
}

// note reads what an answer says about the limits.
func (c *Client) note(status int, h http.Header) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if status == http.StatusNotModified {
		c.budget.NotModified++
	}
	limit, err := strconv.Atoi(h.Get("X-RateLimit-Limit"))
	if err != nil || limit <= 0 || resourceOf(h) != coreResource {
		return
	}
	c.budget.Limit = limit
	c.budget.Remaining, _ = strconv.Atoi(h.Get("X-RateLimit-Remaining")) // a word that is no number counts as none left
	if at, ok := unixTime(h.Get("X-RateLimit-Reset")); ok {
		c.budget.Reset = at
	}
}

const (
	coreResource  = "core"
	graphResource = "graphql"
)

func resourceOf(h http.Header) string {
	if r := h.Get("X-RateLimit-Resource"); r != "" {
		return r
	}
	return coreResource
}

func unixTime(text string) (time.Time, bool) {
	s, err := strconv.ParseInt(text, 10, 64)
	if err != nil || s <= 0 || s > 1<<34 {
		return time.Time{}, false
	}
	return time.Unix(s, 0), true
}
