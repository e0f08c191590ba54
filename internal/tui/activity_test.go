package tui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func activityPage(t *testing.T, d *fakeDesk, w, h int) (*Model, *activity) {
	t.Helper()
	m := shown(t, d, w, h)
	press(t, m, "a")
	a, ok := m.top().(*activity)
	if !ok {
		t.Fatalf("a opened %T: %s", m.top(), m.toast)
	}
	return m, a
}

func doneDesk() *fakeDesk {
	d := newFakeDesk()
	d.done = fixtureActivity()
	return d
}

func TestActivityGolden(t *testing.T) {
	for _, size := range sizes {
		m, _ := activityPage(t, doneDesk(), size[0], size[1])
		golden(t, "activity", m)
		press(t, m, "enter")
		golden(t, "activity-detail", m)
	}
}

func TestActivityIsFiltered(t *testing.T) {
	for _, c := range []struct {
		filter string
		want   []string
	}{
		{"", []string{"4e1d9aa", "5e1d9aa", "6e1d9aa", "7e1d9aa", "8e1d9aa", "9e1d9aa"}},
		{"promote", []string{"4e1d9aa", "7e1d9aa"}},
		{"who:ryu", []string{"5e1d9aa"}},
		{"who:花子", []string{"9e1d9aa"}},
		{"target:tier-2", []string{"8e1d9aa"}},
		{"result:hand", []string{"9e1d9aa"}},
		{"what:点検", []string{"6e1d9aa"}},
		{"what:promote !who:ci", []string{"4e1d9aa"}},
		{"!promote target:tier-1", []string{"5e1d9aa", "6e1d9aa", "8e1d9aa"}},
		{"odd:promote", nil},
	} {
		m, a := activityPage(t, doneDesk(), 110, 28)
		press(t, m, "/")
		write(t, m, c.filter)
		var got []string
		for _, one := range a.found() {
			got = append(got, one.Commit.Short())
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q: %s", c.filter, diff)
		}
	}
}

func TestActivityFilterTakesEveryKey(t *testing.T) {
	m, a := activityPage(t, doneDesk(), 80, 24)
	press(t, m, "/", "q", "e", " ", ":")
	if a.filter.Value() != "qe :" {
		t.Errorf("the filter is %q", a.filter.Value())
	}
	press(t, m, "esc", "esc", "esc")
	if len(m.pages) != 1 {
		t.Error("esc clears, leaves the filter, then the page")
	}
}

func TestActivityFollowsAndPauses(t *testing.T) {
	d := doneDesk()
	m, a := activityPage(t, d, 110, 28)
	another := func() {
		d.Lock()
		d.done = append([]Activity{{At: fixtureNow, Who: "@ryu", What: "verify", Commit: "aaaaaaa" + d.done[0].Commit}}, d.done...)
		d.Unlock()
		_, cmd := m.Update(lookedMsg{epoch: m.epoch, board: d.board})
		settle(m, cmd)
	}
	press(t, m, "down")
	second := a.list.key
	another()
	if len(a.all) != 7 || a.list.chosen(a.rows(m)) != 2 || a.list.key != second {
		t.Errorf("%d rows, the cursor is on %s in row %d", len(a.all), a.list.key, a.list.cursor)
	}
	press(t, m, " ")
	another()
	if len(a.all) != 7 || !strings.Contains(screen(t, m), "paused, 1 new") {
		t.Errorf("paused: %d rows\n%s", len(a.all), screen(t, m))
	}
	press(t, m, " ")
	if len(a.all) != 8 {
		t.Errorf("it does not go on: %d rows", len(a.all))
	}
}

func TestActivityExportsWhatIsSeen(t *testing.T) {
	d := doneDesk()
	m, _ := activityPage(t, d, 110, 28)
	press(t, m, "/", "promote", "enter", "e")
	if len(d.exported) != 2 || !strings.Contains(m.toast, "written to shopctl-activity-") {
		t.Errorf("%d rows; %q", len(d.exported), m.toast)
	}
}

func TestActivityShowsTheRelease(t *testing.T) {
	d := doneDesk()
	m, _ := activityPage(t, d, 110, 28)
	press(t, m, "enter", "enter")
	if diff := cmp.Diff([][]string{{"releases", "show", "tier-1:v129"}}, d.ran); diff != "" {
		t.Error(diff)
	}
}

func TestErrorsAreKeptUntilTheyAreRead(t *testing.T) {
	m := shown(t, newFakeDesk(), 110, 28)
	for _, text := range []string{"one", "two", "three", "three", "four", "five", "花子 の 6"} {
		m.fail(text)
	}
	if !strings.Contains(screen(t, m), "6 errors (E)") {
		t.Errorf("the header does not tell:\n%s", screen(t, m))
	}
	press(t, m, "E")
	golden(t, "errors", m)
	press(t, m, "esc")
	if strings.Contains(screen(t, m), "errors (E)") {
		t.Error("they were read")
	}
}

// An outage is one error, however often it is met, and leaves room for others. What
// comes back later is news.
func TestAnOutageIsOneError(t *testing.T) {
	m := shown(t, newFakeDesk(), 110, 28)
	m.fail("before")
	for range 20 {
		later(m, longestRetry)
		m.keep("the stream broke")
		m.fail("nobody answers")
	}
	if len(m.trail) != 3 || m.unread != 2 {
		t.Errorf("%d unread of %v", m.unread, m.trail)
	}
	m.unread = 0
	later(m, time.Hour)
	m.fail("nobody answers")
	if len(m.trail) != 3 || m.unread != 1 || m.trail[2].text != "nobody answers" {
		t.Errorf("%d unread of %v", m.unread, m.trail)
	}
}

// All five can be read on the smallest screen, and stay one page.
func TestErrorsScroll(t *testing.T) {
	m := shown(t, newFakeDesk(), 60, 15)
	for i := range mostFailures {
		m.fail(fmt.Sprintf("%d: %s", i, strings.Repeat("the system repository does not answer ", 4)))
	}
	press(t, m, "E", "E")
	if s := screen(t, m); !strings.Contains(s, "4: the system") || strings.Contains(s, "0: the system") || len(m.pages) != 2 {
		t.Fatalf("%d pages:\n%s", len(m.pages), s)
	}
	press(t, m, "G")
	if s := screen(t, m); !strings.Contains(s, "0: the system") {
		t.Errorf("the oldest is not reached:\n%s", s)
	}
	m.fail("another")
	if m.unread != 0 {
		t.Error("what is on the screen counts as unread")
	}
}

func TestAFailingActivityIsSaid(t *testing.T) {
	d := doneDesk()
	d.err = errors.New("the system repository does not answer")
	m, a := activityPage(t, d, 80, 24)
	if a.failed == "" || !slices.ContainsFunc(m.trail, func(f failure) bool { return strings.Contains(f.text, "does not answer") }) {
		t.Errorf("%q %v", a.failed, m.trail)
	}
}

func TestActivityIsReadAgainOnlyWhenSomethingWasDone(t *testing.T) {
	d := doneDesk()
	d.board.Done = "main tier-0"
	m, a := activityPage(t, d, 110, 28)
	for _, c := range []struct {
		done string
		want int
	}{{"main tier-0", 1}, {"main2 tier-0", 2}, {"main2 tier-0", 2}} {
		d.board.Done = c.done
		_, cmd := m.Update(lookedMsg{epoch: m.epoch, board: d.board})
		settle(m, cmd)
		if a.epoch != c.want {
			t.Errorf("%s: asked %d times, want %d", c.done, a.epoch, c.want)
		}
	}
}
