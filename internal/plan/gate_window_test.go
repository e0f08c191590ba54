package plan_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
	_ "time/tzdata" // the zones of the table, wherever the test runs

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

func windowed(now time.Time, windows ...shop.Window) plan.Gate {
	s := asked()
	s.Now = now
	s.Tiers[1].Spec.Gates.Windows = windows
	for _, g := range plan.Gates(s, "tier-1", rel(1), false) {
		if g.Name == "windows" {
			return g
		}
	}
	return plan.Gate{}
}

func TestWindow(t *testing.T) {
	office := shop.Window{Days: []string{"mon", "tue"}, From: "10:00", To: "17:00", Zone: "Asia/Tokyo"}
	night := []shop.Window{{Days: []string{"sat"}, From: "22:00", To: "24:00", Zone: "Europe/Berlin"}, {Days: []string{"sun"}, From: "00:00", To: "04:00", Zone: "Europe/Berlin"}}
	gap := shop.Window{Days: []string{"sun"}, From: "02:10", To: "02:20", Zone: "Europe/Berlin"}
	for _, row := range []struct {
		now     string
		windows []shop.Window
		opens   string // empty: it is open
	}{
		{"2026-03-02T10:00:00+09:00", []shop.Window{office}, ""},
		{"2026-03-02T16:59:59+09:00", []shop.Window{office}, ""},
		{"2026-03-02T17:00:00+09:00", []shop.Window{office}, "2026-03-03T10:00:00+09:00"},
		{"2026-03-02T01:00:00Z", []shop.Window{office}, ""},
		{"2026-03-02T00:59:59Z", []shop.Window{office}, "2026-03-02T10:00:00+09:00"},
		{"2026-03-03T17:00:00+09:00", []shop.Window{office}, "2026-03-09T10:00:00+09:00"},
		// Two that meet at midnight are one.
		{"2026-02-28T23:59:00+01:00", night, ""},
		{"2026-03-01T00:00:00+01:00", night, ""},
		{"2026-03-01T04:00:00+01:00", night, "2026-03-07T22:00:00+01:00"},
		// The clocks go forward at 02:00 on 29 March: the rest of the night stays.
		{"2026-03-29T01:59:00+01:00", night, ""},
		{"2026-03-29T03:30:00+02:00", night, ""},
		{"2026-03-28T20:00:00+01:00", []shop.Window{{Days: []string{"sun"}, From: "02:30", To: "05:00", Zone: "Europe/Berlin"}}, "2026-03-29T03:00:00+02:00"},
		// A window in the hour that is left out comes a week later.
		{"2026-03-28T20:00:00+01:00", []shop.Window{gap}, "2026-04-05T02:10:00+02:00"},
		{"2026-03-22T03:00:00+01:00", []shop.Window{gap}, "2026-04-05T02:10:00+02:00"},
		// They go back at 03:00 on 25 October: the hour that comes twice counts twice.
		{"2026-10-25T02:15:00+02:00", []shop.Window{gap}, ""},
		{"2026-10-25T02:30:00+02:00", []shop.Window{gap}, "2026-10-25T02:10:00+01:00"},
		{"2026-10-25T01:00:00+02:00", []shop.Window{gap}, "2026-10-25T02:10:00+02:00"},
		{"2026-10-25T02:15:00+01:00", []shop.Window{gap}, ""},
	} {
		now, err := time.Parse(time.RFC3339, row.now)
		if err != nil {
			t.Fatal(err)
		}
		g := windowed(now, row.windows...)
		switch {
		case row.opens == "" && (g.Status != plan.Open || g.Because != plan.InWindow || g.Reason == ""):
			t.Errorf("%s: got %+v, want it open", row.now, g)
		case row.opens != "":
			if at, _ := time.Parse(time.RFC3339, row.opens); g.Status != plan.Pending || g.Because != plan.OutsideWindow || !g.OpensAt.Equal(at) {
				t.Errorf("%s: got %s until %v, want it shut until %s", row.now, g.Status, g.OpensAt, row.opens)
			}
		}
	}
}

// Against the clock on the wall, minute by minute: no window opens a minute
// before its time, or later than at the first minute that is in it.
func TestWindowAgainstTheClock(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	names := []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	begins := []time.Time{
		time.Date(2026, 3, 27, 0, 0, 0, 0, time.UTC), time.Date(2026, 10, 23, 0, 0, 0, 0, time.UTC), // Europe
		time.Date(2026, 3, 6, 0, 0, 0, 0, time.UTC), time.Date(2026, 10, 30, 0, 0, 0, 0, time.UTC), // America
		time.Date(2026, 4, 3, 0, 0, 0, 0, time.UTC), time.Date(2026, 10, 2, 0, 0, 0, 0, time.UTC), // Lord Howe, by half an hour
		time.Date(2026, 12, 29, 0, 0, 0, 0, time.UTC),
	}
	states, shut := 0, 0
	for range 1500 {
		now := begins[random.IntN(len(begins))].Add(time.Duration(random.IntN(5*24*60)) * time.Minute)
		var windows []shop.Window
		for range 1 + random.IntN(2) {
			w := shop.Window{Zone: []string{"UTC", "Asia/Tokyo", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"}[random.IntN(5)]}
			for d, name := range names {
				if random.IntN(3) == 0 || d == 0 {
					w.Days = append(w.Days, name)
				}
			}
			from := random.IntN(24*60 - 1)
			if random.IntN(2) == 0 {
				from = 60 + random.IntN(120) // where the clocks change
			}
			to := min(from+1+random.IntN(180), 24*60)
			w.From, w.To = clock(from), clock(to)
			windows = append(windows, w)
		}
		want := byTheClock(now, windows)
		g := windowed(now, windows...)
		states++
		if want.Equal(now) {
			if g.Status != plan.Open {
				t.Fatalf("%s %+v: got %+v, want it open", now, windows, g)
			}
			continue
		}
		shut++
		if g.Status != plan.Pending || !g.OpensAt.Equal(want) {
			t.Fatalf("%s %+v: opens at %v, want %v", now, windows, g.OpensAt, want)
		}
	}
	t.Logf("figure table=windows states=%d shut=%d", states, shut)
}

func clock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// byTheClock looks at every minute; now itself when a window is open.
func byTheClock(now time.Time, windows []shop.Window) time.Time {
	var zones []*time.Location
	for _, w := range windows {
		zone, err := time.LoadLocation(w.Zone)
		if err != nil {
			panic(err)
		}
		zones = append(zones, zone)
	}
	for at := now; ; at = at.Add(time.Minute) {
		for i, w := range windows {
			local := at.In(zones[i])
			wall := local.Format("15:04")
			if slices.Contains(w.Days, []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}[local.Weekday()]) && w.From <= wall && wall < w.To {
				return at
			}
		}
	}
}
