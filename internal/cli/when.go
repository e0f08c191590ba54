package cli

import (
	"strconv"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
)

// when reads a moment to come, as people type it: a length of time from now
// (30m, 2d), a time of day (18:00: today, tomorrow once it is over), a day with a
// time (tomorrow 10:00, 11-21 10:00, 2026-11-21 10:00) or RFC 3339. What has no
// zone is in the user's. The meaning is echoed with its zone by whoever asks.
func (c *Call) when(text string, now time.Time) (time.Time, error) {
	at, ok := parseWhen(strings.Join(strings.Fields(text), " "), now, c.zone())
	if !ok {
		return time.Time{}, &Fail{Code: BadValue, Message: c.Text.When.Unreadable(text), Hints: c.whenForms()}
	}
	if !at.After(now) {
		p := c.Talk
		p.Now = now
		return time.Time{}, &Fail{Code: BadValue, Message: c.Text.When.Past(text, p.Clock(at)), Hints: c.whenForms()}
	}
	return at.Truncate(time.Second), nil
}

func (c *Call) zone() *time.Location {
	if c.Talk.Zone == nil {
		return time.UTC
	}
	return c.Talk.Zone
}

func (c *Call) whenForms() (hints []Hint) {
	for _, f := range c.Text.When.Forms[:3] {
		hints = append(hints, Hint{Text: f.For, Command: f.Command})
	}
	return hints
}

func parseWhen(text string, now time.Time, zone *time.Location) (time.Time, bool) {
	if at, ok := lengthFrom(text, now); ok {
		return at, true
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, true
	}
	local := now.In(zone)
	day, clock, two := strings.Cut(text, " ")
	if !two {
		at, ok := atClock(local, text)
		if ok && !at.After(now) {
			at, _ = atClock(local.AddDate(0, 0, 1), text)
		}
		return at, ok
	}
	switch day {
	case "today":
		return atClock(local, clock)
	case "tomorrow":
		return atClock(local.AddDate(0, 0, 1), clock)
	}
	if at, err := time.ParseInLocation("2006-01-02 15:04", text, zone); err == nil {
		return at, true
	}
	// A day without its year is the next one of that name; a leap day may be
	// some years ahead.
	for year := range 9 {
		at, err := time.ParseInLocation("2006-01-02 15:04", strconv.Itoa(local.Year()+year)+"-"+text, zone)
		if err == nil && at.After(now) {
			return at, true
		}
	}
	return time.Time{}, false
}

// lengthFrom reads 30m, 1h30m or 2d.
func lengthFrom(text string, now time.Time) (time.Time, bool) {
	if days, has := strings.CutSuffix(text, "d"); has && !strings.HasPrefix(days, "+") {
		if n, err := strconv.Atoi(days); err == nil && n > 0 && n < 10_000 {
			return now.AddDate(0, 0, n), true
		}
	}
	var d shop.Duration
	if d.UnmarshalText([]byte(text)) != nil || d <= 0 {
		return time.Time{}, false
	}
	return now.Add(time.Duration(d)), true
}

// atClock is a time of day on the day of another moment.
func atClock(day time.Time, clock string) (time.Time, bool) {
	at, err := time.Parse("15:04", clock)
	if err != nil {
		return time.Time{}, false
	}
	return time.Date(day.Year(), day.Month(), day.Day(), at.Hour(), at.Minute(), 0, 0, day.Location()), true
}
