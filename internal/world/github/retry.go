package github

import (
	"errors"
	"net/http"
	"strconv"
	"time"
)

const (
	shortWait  = time.Second      // before the same question after a passing fault
	slowedWait = time.Minute      // when the forge does not say how long
	longestAsk = 24 * time.Hour   // what is asked beyond that is a mistake
	longestTry = 30 * time.Second // between two tries of one question
)

// Again says after how long an error may be over: what the forge asks for, and
// otherwise longer with each try, by half of chance (0 to 1) sooner. It says no
// for an error that does not pass.
func Again(err error, try int, now time.Time, chance float64) (time.Duration, bool) {
	var e *Error
	if !errors.As(err, &e) || !e.Passing() {
		return 0, false
	}
	grown := Pause(try, chance)
	if e.Kind == Slowed || e.Kind == Limited {
		grown = 0
		if try > 0 && e.Kind == Slowed {
			grown = min(slowedWait<<min(try, 5), time.Hour/2)
		}
	}
	return max(e.RetryAt.Sub(now), grown, 0), true
}

// Pause is how long to wait before the next look at something that is about to
// be so: 1 s, doubling to 30 s, by half of chance (0 to 1) shorter.
func Pause(try int, chance float64) time.Duration {
	d := min(shortWait<<min(max(try, 0), 6), longestTry)
	return d - time.Duration(float64(d)/2*min(max(chance, 0), 1))
}

// retryAfter reads seconds or a time, which counts from the server's own clock.
func retryAfter(h http.Header) (time.Duration, bool) {
	v := h.Get("Retry-After")
	if s, err := strconv.ParseInt(v, 10, 64); err == nil {
		if s < 0 {
			return 0, false
		}
		return min(time.Duration(min(s, int64(longestAsk/time.Second)))*time.Second, longestAsk), true
	}
	until, err := http.ParseTime(v)
	if err != nil {
		return 0, false
	}
	at, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0, false
	}
	return min(max(until.Sub(at), 0), longestAsk), true
}

// untilReset reads when the primary limit begins anew, by the server's clock if
// it tells it.
func untilReset(h http.Header, now time.Time) (time.Duration, bool) {
	reset, ok := unixTime(h.Get("X-RateLimit-Reset"))
	if !ok {
		return 0, false
	}
	if at, err := http.ParseTime(h.Get("Date")); err == nil {
		now = at
	}
	return min(max(reset.Sub(now), 0), longestAsk), true
}
