package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
)

// The causes of the windows gate.
const (
	InWindow      Cause = "in-window"
	OutsideWindow Cause = "outside-window"
)

// windowGates judge the times of the week at which a release may enter. One
// window that is open is enough.
func windowGates(have shop.State, t shop.TierState) []Gate {
	if len(t.Spec.Gates.Windows) == 0 {
		return nil
	}
	g := Gate{Name: "windows", Status: Pending, Because: OutsideWindow, Tier: t.Spec.Name}
	for _, w := range t.Spec.Gates.Windows {
		week, err := weekOf(w)
		switch {
		case err != nil:
			g.Status, g.Because, g.Reason = Refused, NotSupported, err.Error() // a zone that this machine does not know
			return []Gate{g}
		case week.has(have.Now):
			return []Gate{{Name: "windows", Status: Open, Because: InWindow, Tier: t.Spec.Name, Reason: text(w)}}
		}
		if at := week.opens(have.Now); g.OpensAt.IsZero() || at.Before(g.OpensAt) {
			g.OpensAt, g.Reason = at, text(w)
		}
	}
	return []Gate{g}
}

// text is a window as its team wrote it.
func text(w shop.Window) string {
	return fmt.Sprintf("%s %s-%s %s", strings.Join(w.Days, " "), w.From, w.To, w.Zone)
}

// week is a window by the clock on the wall of its zone.
type week struct {
	days     []time.Weekday
	from, to int // minutes of the day
	zone     *time.Location
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func weekOf(w shop.Window) (week, error) {
	zone, err := time.LoadLocation(w.Zone)
	if err != nil {
		return week{}, fmt.Errorf("the zone %s is not known here", w.Zone)
	}
	out := week{zone: zone, from: minutes(w.From), to: minutes(w.To)}
	for _, d := range w.Days {
		if n := slices.Index(weekdays, d); n >= 0 {
			out.days = append(out.days, time.Weekday(n))
		}
	}
	return out, nil
}

// minutes of the day that a time like 10:00 stands for.
func minutes(clock string) int {
	var h, m int
	if _, err := fmt.Sscanf(clock, "%d:%d", &h, &m); err != nil {
		return 0
	}
	return 60*h + m
}

// has goes by the clock on the wall: an hour that comes twice counts twice, one
// that is left out never comes.
func (w week) has(at time.Time) bool {
	at = at.In(w.zone)
	clock := 60*at.Hour() + at.Minute()
	return slices.Contains(w.days, at.Weekday()) && w.from <= clock && clock < w.to
}

// shift is more than clocks are ever put forward or back at once.
const shift = 3 * time.Hour

// opens is the first moment after now at which the window is open.
func (w week) opens(now time.Time) (first time.Time) {
	local := now.In(w.zone)
	for day := range 15 { // a window in an hour that is left out comes a week later
		at := time.Date(local.Year(), local.Month(), local.Day()+day, w.from/60, w.from%60, 0, 0, w.zone)
		if offset(at.Add(-shift)) != offset(at.Add(shift)) {
			at = w.search(at.Add(-shift), at.Add(shift), now)
		}
		if at.After(now) && w.has(at) && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

func offset(at time.Time) int {
	_, seconds := at.Zone()
	return seconds
}

// search goes minute by minute, where the clocks change.
func (w week) search(from, to, now time.Time) time.Time {
	for at := from; at.Before(to); at = at.Add(time.Minute) {
		if at.After(now) && w.has(at) {
			return at
		}
	}
	return time.Time{}
}
