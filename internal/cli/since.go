package cli

import (
	"strconv"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
)

// parseSince reads a moment in the past: a length of time back from now (30m,
// 2d), a time of today (18:00; yesterday if it is still to come), a date, a date
// with a time, or RFC 3339. What has no zone is in the given one.
func parseSince(text string, now time.Time, zone *time.Location) (time.Time, bool) {
	if zone == nil {
		zone = time.UTC
	}
	if days, has := strings.CutSuffix(text, "d"); has {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 && n < 100_000 {
			return now.AddDate(0, 0, -n), true
		}
	}
	var d shop.Duration
	if d.UnmarshalText([]byte(text)) == nil {
		return now.Add(-time.Duration(d)), true
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, true
	}
	local := now.In(zone)
	if at, err := time.ParseInLocation("15:04", text, zone); err == nil {
		at = time.Date(local.Year(), local.Month(), local.Day(), at.Hour(), at.Minute(), 0, 0, zone)
		if at.After(now) {
			at = at.AddDate(0, 0, -1)
		}
		return at, true
	}
	for _, form := range []string{"2006-01-02", "2006-01-02 15:04"} {
		if at, err := time.ParseInLocation(form, text, zone); err == nil {
			return at, true
		}
	}
	for _, form := range []string{"2006-01-02", "2006-01-02 15:04"} {
		at, err := time.ParseInLocation(form, strconv.Itoa(local.Year())+"-"+text, zone)
		if err == nil {
			if at.After(now) {
				at = at.AddDate(-1, 0, 0)
			}
			return at, true
		}
	}
	return time.Time{}, false
}
