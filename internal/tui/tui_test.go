package tui

import (
	"bytes"
	"context"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/exp/teatest"
)

func TestStartsLooksAndQuits(t *testing.T) {
	d := newFakeDesk()
	m := newModel(context.Background(), d, fixtureOptions())
	p := teatest.NewTestModel(t, m, teatest.WithInitialTermSize(110, 28))
	m.send = p.Send
	teatest.WaitFor(t, p.Output(), func(screen []byte) bool { return bytes.Contains(screen, []byte("tier-2")) })
	p.Send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("q")})
	p.WaitFinished(t, teatest.WithFinalTimeout(10*time.Second))
	if d.looked == 0 {
		t.Error("it never looked")
	}
}
