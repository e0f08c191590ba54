package tui

import (
	"io"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
)

// Terminal is what the terminal can do besides drawing text. What is not known
// of it is not used: a sequence that means something else there would be seen.
type Terminal struct {
	Links    bool // OSC 8
	Progress bool // OSC 9;4; elsewhere OSC 9 is a message on the desktop
	Tmux     bool // it stands between, and lets what is wrapped through
	Screen   bool
}

// TerminalFrom recognises the terminal by what it sets.
func TerminalFrom(getenv func(string) string) (t Terminal) {
	program, version := getenv("TERM_PROGRAM"), getenv("TERM_PROGRAM_VERSION")
	name := getenv("TERM")
	if getenv("TMUX") != "" {
		// Since 3.4 tmux keeps links; what draws its windows is not known here.
		return Terminal{Tmux: true, Links: program == "tmux" && atLeast(version, 3, 4)}
	}
	if getenv("STY") != "" || strings.HasPrefix(name, "screen") || name == "dumb" || name == "linux" {
		return Terminal{Screen: getenv("STY") != ""}
	}
	vte, _ := strconv.Atoi(getenv("VTE_VERSION")) // 0: none
	windows := getenv("WT_SESSION") != ""
	konsole := getenv("KONSOLE_VERSION") != ""
	switch program {
	case "ghostty", "WezTerm":
		return Terminal{Links: true, Progress: true}
	case "iTerm.app":
		return Terminal{Links: true, Progress: atLeast(version, 3, 6, 6)}
	case "vscode":
		return Terminal{Links: true}
	case "mintty":
		return Terminal{Links: true, Progress: true}
	}
	t.Links = windows || konsole || vte >= 5002 || name == "xterm-kitty" || name == "alacritty" || name == "foot" || name == "xterm-ghostty"
	t.Progress = windows || getenv("ConEmuANSI") == "ON" || name == "xterm-ghostty"
	return t
}

// atLeast compares a version like 3.6.6 or 3.4a.
func atLeast(version string, want ...int) bool {
	parts := strings.Split(version, ".")
	for i, w := range want {
		n := 0
		if i < len(parts) {
			n, _ = strconv.Atoi(strings.TrimRight(parts[i], "abcdefghijklmnopqrstuvwxyz")) // no number: 0
		}
		if n != w {
			return n > w
		}
	}
	return true
}

// emit writes a sequence to the terminal that is no part of a frame.
func (m *Model) emit(sequence string) tea.Cmd {
	if m.out == nil || sequence == "" {
		return nil
	}
	return func() tea.Msg {
		io.WriteString(m.out, sequence) //nolint:errcheck // a terminal that is gone ends the program elsewhere
		return nil
	}
}

// link makes text a link where the terminal has such.
func (m *Model) link(url, text string) string {
	if url == "" || !m.o.Terminal.Links || m.page.ASCII || m.page.Accessible {
		return text
	}
	return ansi.SetHyperlink(url) + text + ansi.ResetHyperlink()
}

// clipboard is the sequence that gives text to the terminal's clipboard. tmux
// takes the plain form when it may set it, and hands the wrapped one on when it
// may do that; both ask for the same.
func (t Terminal) clipboard(text string) string {
	plain := ansi.SetSystemClipboard(text)
	switch {
	case t.Tmux:
		return plain + ansi.TmuxPassthrough(plain)
	case t.Screen:
		return ansi.ScreenPassthrough(plain, screenLimit)
	}
	return plain
}

// screenLimit is how long a string GNU screen hands on.
const screenLimit = 768

// The title of the window is kept before the first one and given back at the end.
const (
	keepTitle = "\x1b[22;2t"
	giveTitle = "\x1b[23;2t"
)

// titled sets the title of the window and the progress of its tab when they are
// others than before.
func (m *Model) titled() tea.Cmd {
	var all []tea.Cmd
	if title := m.title(); title != m.shownTitle {
		m.shownTitle = title
		all = append(all, tea.SetWindowTitle(title))
	}
	if p := m.tabProgress(); m.o.Terminal.Progress && p != m.shownProgress {
		m.shownProgress = p
		all = append(all, m.emit(p))
	}
	return tea.Batch(all...)
}

// title names the system, where the board is, and what is wrong.
func (m *Model) title() string {
	t := "shopctl"
	if m.board.System != "" {
		t += " " + m.board.System
	}
	if m.board.Live {
		t += " (" + m.text.Board.Live + ")"
	}
	if crumbs := m.top().crumbs(m); len(crumbs) > 0 {
		t += "  " + strings.Join(crumbs, " > ")
	}
	if m.lost() != "" {
		t = "! " + t
	}
	return ansi.Strip(t)
}

// tabProgress is how far the first run that goes on is, as the tab shows it.
func (m *Model) tabProgress() string {
	for _, r := range m.runs {
		if r.outcome != nil {
			continue
		}
		for _, s := range r.progress.Steps {
			if s.Of > 0 && s.Ready < s.Of {
				return ansi.SetProgressBar(100 * s.Ready / s.Of)
			}
		}
		if len(r.progress.Steps) > 0 {
			return ansi.SetIndeterminateProgressBar
		}
	}
	return ansi.ResetProgressBar
}
