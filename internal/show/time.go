package show

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Number writes 44702 as 44,702.
func Number(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	var parts []string
	for len(digits) > 3 {
		parts = append([]string{digits[len(digits)-3:]}, parts...)
		digits = digits[:len(digits)-3]
	}
	return sign + strings.Join(append([]string{digits}, parts...), ",")
}

// Length is a length of time in the two largest units that matter: 45s, 8m20s,
// 4h, 2h14m, 12d. Below a second it is 0s.
func Length(d time.Duration) string {
	d = max(d, 0)
	days, hours := int(d/(24*time.Hour)), int(d/time.Hour)%24
	minutes, seconds := int(d/time.Minute)%60, int(d/time.Second)%60
	switch {
	case days >= 2:
		return fmt.Sprintf("%dd", days)
	case days == 1:
		return pair(24+hours, "h", minutes, "m")
	case hours > 0:
		return pair(hours, "h", minutes, "m")
	case minutes > 0:
		return pair(minutes, "m", seconds, "s")
	default:
		return fmt.Sprintf("%ds", seconds)
	}
}

func pair(big int, bigUnit string, small int, smallUnit string) string {
	if small == 0 {
		return fmt.Sprintf("%d%s", big, bigUnit)
	}
	return fmt.Sprintf("%d%s%d%s", big, bigUnit, small, smallUnit)
}

// Age is how long ago something was, coarsely: 30s, 41m, 2h14m, 12d. A time
// ahead of now is 0s; clocks differ.
func Age(now, then time.Time) string {
	d := now.Sub(then)
	if d >= time.Minute {
		d = d.Truncate(time.Minute)
	}
	return Length(d)
}

// Took is how long a step took, with tenths: 0.8s, 11.0s, 2m00.0s.
func Took(d time.Duration) string {
	d = d.Round(100 * time.Millisecond)
	if d < time.Minute {
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	minutes := d / time.Minute
	return fmt.Sprintf("%dm%04.1fs", minutes, (d - minutes*time.Minute).Seconds())
}

// Clock is a moment for people, with its zone: 14:49 JST today, 11-21 10:00 JST
// this year, 2027-01-03 10:00 JST else.
func (p Page) Clock(t time.Time) string {
	zone := p.Zone
	if zone == nil {
		zone = time.UTC
	}
	t, now := t.In(zone), p.Now.In(zone)
	switch {
	case t.Year() == now.Year() && t.YearDay() == now.YearDay():
		return t.Format("15:04 MST")
	case t.Year() == now.Year():
		return t.Format("01-02 15:04 MST")
	default:
		return t.Format("2006-01-02 15:04 MST")
	}
}

// Stamp is a moment for programs: RFC 3339, UTC, whole seconds; empty for none.
func Stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
