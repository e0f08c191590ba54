package cli

import (
	"errors"
	"testing"
	"time"
	_ "time/tzdata" // the zones of the table, wherever the test runs

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/show"
)

func TestWhen(t *testing.T) {
	zone := func(name string) *time.Location {
		z, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	tokyo, berlin := zone("Asia/Tokyo"), zone("Europe/Berlin")
	now := time.Date(2026, 11, 20, 16, 41, 2, 0, tokyo)
	spring := time.Date(2027, 3, 27, 12, 0, 0, 0, berlin) // the clocks go forward in the next night
	for _, row := range []struct {
		text string
		now  time.Time
		zone *time.Location
		want string // RFC 3339; empty: refused
	}{
		{"30m", now, tokyo, "2026-11-20T17:11:02+09:00"},
		{"1h30m", now, tokyo, "2026-11-20T18:11:02+09:00"},
		{"2d", now, tokyo, "2026-11-22T16:41:02+09:00"},
		{"18:00", now, tokyo, "2026-11-20T18:00:00+09:00"},
		{"09:00", now, tokyo, "2026-11-21T09:00:00+09:00"},
		{"16:41", now, tokyo, "2026-11-21T16:41:00+09:00"},
		{"today 18:00", now, tokyo, "2026-11-20T18:00:00+09:00"},
		{"tomorrow 10:00", now, tokyo, "2026-11-21T10:00:00+09:00"},
		{"  tomorrow   10:00 ", now, tokyo, "2026-11-21T10:00:00+09:00"},
		{"11-21 10:00", now, tokyo, "2026-11-21T10:00:00+09:00"},
		{"01-03 10:00", now, tokyo, "2027-01-03T10:00:00+09:00"},
		{"02-29 10:00", now, tokyo, "2028-02-29T10:00:00+09:00"},
		{"2027-11-21 10:00", now, tokyo, "2027-11-21T10:00:00+09:00"},
		{"2026-11-21T10:00:00Z", now, tokyo, "2026-11-21T19:00:00+09:00"},
		{"1d", spring, berlin, "2027-03-28T12:00:00+02:00"},
		{"24h", spring, berlin, "2027-03-28T13:00:00+02:00"},
		{"tomorrow 10:00", spring, berlin, "2027-03-28T10:00:00+02:00"},

		{"today 09:00", now, tokyo, ""},
		{"2026-11-20T07:00:00Z", now, tokyo, ""},
		{"2026-11-19 10:00", now, tokyo, ""},
		{"0m", now, tokyo, ""}, {"0d", now, tokyo, ""}, {"-30m", now, tokyo, ""}, {"+2d", now, tokyo, ""},
		{"", now, tokyo, ""}, {"soon", now, tokyo, ""}, {"25:00", now, tokyo, ""}, {"13-01 10:00", now, tokyo, ""},
		{"tomorrow", now, tokyo, ""}, {"monday 10:00", now, tokyo, ""}, {"99999999999999999999d", now, tokyo, ""},
	} {
		c := &Call{Text: i18n.For(i18n.English), Talk: show.Page{Zone: row.zone}}
		at, err := c.when(row.text, row.now)
		var f *Fail
		switch {
		case row.want == "" && (!errors.As(err, &f) || f.Code != BadValue || len(f.Hints) == 0):
			t.Errorf("%q at %s: got %v, %v; want it refused", row.text, row.now, at, err)
		case row.want != "" && (err != nil || at.In(row.zone).Format(time.RFC3339) != row.want):
			t.Errorf("%q at %s: got %v, %v; want %s", row.text, row.now, at.In(row.zone), err, row.want)
		}
	}
}
