//go:build unix

package main

import (
	"strconv"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/internal/show"
)

// A shop is found, closed and opened.
func TestTerminalShop(t *testing.T) {
	s := sit(t, 110, 28, "ui")
	s.sees("tier-2", "fresh")
	s.press("/")
	s.sees("of 40 shops")
	s.types("bunko")
	s.sees("> bunko", "1 of 40")
	s.until("the cursor in the field", func(screen string) bool {
		line := strings.Split(screen, "\n")[2]
		before, _, _ := strings.Cut(line, "bunko")
		return s.ask("#{cursor_y} #{cursor_flag}") == "2 1" && s.ask("#{cursor_x}") == strconv.Itoa(show.Width(before+"bunko"))
	})
	s.press("Enter")
	s.sees("文庫堂書店", "✓ open", "what you can do")
	s.until("no cursor", func(string) bool { return s.ask("#{cursor_flag}") == "0" })
	s.press("m")
	s.sees("maintenance on")
	s.press("Tab", "Tab", "Tab")
	s.types("定期メンテナンス")
	s.press("Tab")
	s.types("3h")
	s.sees("opens by itself", "定期メンテナンス")
	s.press("Tab", "Tab", "Tab")
	s.sees("[ Turn on ]")
	s.press("Enter")
	s.sees("bunko is closed", "> shopctl maintenance off --shop bunko")
	s.press("Enter") // the line is offered, so it asks, though it would not when typed
	s.sees("continue to confirm")
	s.press("Enter")
	s.sees("[ Cancel ]")
	s.press("Tab", "Enter")
	s.sees("bunko is open")
	for _, outside := range []string{"bunko is closed", "what you can do", "1 of 40 shops", "40 of 40 shops", "next:"} {
		s.press("Escape")
		s.sees(outside)
	}
	s.press("q")
	s.left("0")
}

// A wrong name does nothing, the right one promotes, and who leaves while it is on
// its way is told how to watch it from elsewhere.
func TestTerminalPromote(t *testing.T) {
	s := seated{stands: true, width: 110, height: 28, line: "ui"}.sit(t) // the rollout does not end by itself
	s.sees("tier-2", "fresh")
	s.press("Right")
	s.sees("next: p promotes")
	s.press("p")
	s.sees("step 1 of 3", "continue to confirm")
	s.press("Enter")
	s.sees("Type  tier-1")
	s.types("tier-2")
	s.press("Tab")
	s.types("moved")
	s.sees("locked until it matches")
	s.press("Enter")
	s.sees("Cancel was chosen")
	s.press("Enter")
	s.sees("Type  tier-1")
	s.promotes("tier-1", "moved")
	s.sees("step 3 of 3", "↻  5  Rollout")
	s.press("c")
	s.sees("plain commands", "git -C app.git push")
	s.press("Escape")
	s.sees("step 3 of 3")
	s.press("x")
	s.sees("step 1 of 3", "Roll back tier-1")
	s.press("Enter")
	s.sees("Roll back tier-1 of demo to v", "shops will restart onto v", "Type  tier-1")
	s.press("Escape")
	s.sees("step 1 of 3")
	s.press("Escape")
	s.sees("step 3 of 3")
	s.press("C-c")
	s.sees("is still on its way", "[ Stay ]")
	s.press("C-c")
	s.left("0")
	s.sees("still on its way", "Watch it: shopctl wait tier-1 --for release=")
}

func TestTerminalArgoCDDown(t *testing.T) {
	s := sit(t, 80, 24, "ui")
	s.sees("tier-2", "fresh")
	if err := s.world.Break("argocd-down"); err != nil {
		t.Fatal(err)
	}
	s.sees("does not answer", "tier-2")
	s.framed(80)
	if err := s.world.Break("none"); err != nil {
		t.Fatal(err)
	}
	s.until("a fresh board", func(screen string) bool {
		return strings.Contains(screen, "✓ fresh") && !strings.Contains(screen, "does not answer")
	})
	s.press("q")
	s.left("0")
}

// With default_command: ui the bare program is the board.
func TestTerminalDefaultCommand(t *testing.T) {
	s := sit(t, 80, 24, "", "SHOPCTL_DEFAULT_COMMAND=ui")
	s.sees("tier-2", "fresh")
	s.press("q")
	s.left("0")
}
