package tui

import (
	"context"
	"strings"
	"testing"
)

// A line that a result offers is taken with one key, so its command is told: it
// has to ask, whatever it changes. A line that was typed was meant.
func TestAnOfferedLineIsTold(t *testing.T) {
	d := newFakeDesk()
	offered := map[string]bool{}
	d.run = func(_ context.Context, args []string, f Front) Outcome {
		d.Lock()
		offered[strings.Join(args, " ")] = f.Offered()
		d.Unlock()
		return fixtureOutcome()
	}
	p := playing(t, d, 110, 28)
	told := func(line string) func() bool {
		return func() bool {
			d.Lock()
			defer d.Unlock()
			_, ran := offered[line]
			return ran
		}
	}
	p.do(p.m.open([]string{"maintenance", "bunko"}, "maintenance", "off", "--shop", "bunko"))
	p.until("it ended", func() bool { e, ok := p.m.top().(*errand); return ok && e.run.outcome != nil })
	p.press("enter")
	p.until("the offered line ran", told("rollback tier-1 v128"))
	d.Lock()
	defer d.Unlock()
	if offered["maintenance off --shop bunko"] || !offered["rollback tier-1 v128"] {
		t.Errorf("offered: %v", offered)
	}
}
