package tui

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// rememberingDesk has a board of an earlier run.
type rememberingDesk struct{ *fakeDesk }

func (d rememberingDesk) Remembered() (Board, bool) {
	b := fixtureBoard()
	b.At = fixtureNow.Add(-2 * time.Hour)
	return b, true
}

// What an earlier run saw is on the first frame, with its age, and is never
// called fresh; a look that fails takes nothing away.
func TestTheFirstFrameIsRemembered(t *testing.T) {
	d := newFakeDesk()
	m := newModel(context.Background(), rememberingDesk{d}, fixtureOptions())
	m.send = func(tea.Msg) {}
	t.Cleanup(m.stop)
	m.Init()
	m.Update(tea.WindowSizeMsg{Width: 110, Height: 28})
	s := screen(t, m)
	if !strings.Contains(s, "? as of 2h ago") || !strings.Contains(s, "looking") || strings.Contains(s, "fresh") || !strings.Contains(s, "v121") {
		t.Errorf("the first frame:\n%s", s)
	}
	golden(t, "pipeline-remembered", m)
	m.Update(lookedMsg{epoch: m.epoch, err: errors.New("nobody answers")})
	if s := screen(t, m); !strings.Contains(s, "as of 2h") || !strings.Contains(s, "v121") || strings.Contains(s, "fresh") || strings.Contains(s, "looking") {
		t.Errorf("after a look that failed:\n%s", s)
	}
	m.Update(lookedMsg{epoch: m.epoch, board: d.board})
	if s := screen(t, m); !strings.Contains(s, "fresh") || strings.Contains(s, "as of") {
		t.Errorf("after a look:\n%s", s)
	}
}

// Who opens a ShopSet before the first look has its shops as soon as they are listed.
func TestShopsOfARememberedBoard(t *testing.T) {
	d := newFakeDesk()
	d.board.List = "one"
	m := newModel(context.Background(), rememberingDesk{d}, fixtureOptions())
	m.send = func(tea.Msg) {}
	t.Cleanup(m.stop)
	m.Init()
	m.Update(tea.WindowSizeMsg{Width: 110, Height: 28})
	list := m.enterShopSet("s-104")
	m.Update(lookedMsg{epoch: m.epoch, board: d.board})
	if s := screen(t, m); !strings.Contains(s, "looking") || strings.Contains(s, m.text.BoardPages.NoShops) {
		t.Errorf("while the shops are listed:\n%s", s)
	}
	m.Update(list())
	if s := screen(t, m); !strings.Contains(s, "momiji") {
		t.Errorf("when they are:\n%s", s)
	}
}
