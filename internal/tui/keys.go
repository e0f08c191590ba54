package tui

import (
	"cmp"
	"slices"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/i18n"
)

// action is something that a key does. The last line of the screen, the help
// and the palette are made of them.
type action struct {
	id   string // its name in ui.keys.*
	off  string // why it cannot be done now; empty: it can
	do   func(m *Model) tea.Cmd
	show bool   // in the last line
	also string // the action whose key is named in the same place: ↑/↓ row
	key  string // there, where text is typed and the key is another; empty: its own
	name string // there, where it means more than its own; empty: its own
}

// defaultKeys are the keys of the actions, by their ids.
var defaultKeys = map[string][]string{
	"up": {"up", "k"}, "down": {"down", "j"}, "left": {"left", "h"}, "right": {"right", "l"}, "top": {"g", "home"}, "end": {"G", "end"},
	"page-up": {"pgup"}, "page-down": {"pgdown"},
	"enter": {"enter"}, "back": {"esc"}, "pane": {"tab"}, "find": {"/"}, "palette": {":"},
	"promote": {"p"}, "diff": {"d"}, "maintenance": {"m"}, "rollback": {"R"}, "move": {"v"}, "why": {"w"}, "activity": {"a"},
	"open": {"o"}, "copy": {"y"}, "commands": {"c"}, "sort": {"s"}, "pause": {" "}, "refresh": {"r"}, "doctor": {"D"},
	"errors": {"E"}, "help": {"?"}, "quit": {"q"}, "running": {"W"}, "events": {"f"}, "go-back": {"x"}, "export": {"e"},
}

// keymap binds actions to keys: ours, or those of the user's settings.
type keymap map[string]key.Binding

func newKeymap(t i18n.Board, plain bool, chosen func(action string) string) keymap {
	names, k := keyNames(t, plain), keymap{}
	for id, keys := range defaultKeys {
		if chosen != nil {
			if own := chosenKeys(chosen(id)); len(own) > 0 {
				keys = own
			}
		}
		k[id] = key.NewBinding(key.WithKeys(keys...), key.WithHelp(cmp.Or(names[keys[0]], keys[0]), t.Action[id]))
	}
	return k
}

// keyNames are the names of keys that are not shown as they are.
func keyNames(t i18n.Board, plain bool) map[string]string {
	if plain {
		return t.PlainKey
	}
	return t.Key
}

// keyName is a key as it is shown.
func (m *Model) keyName(k string) string {
	return cmp.Or(keyNames(m.text.Board, m.page.Plain())[k], k)
}

// named is the action that a key stands for; empty: none.
func (k keymap) named(msg tea.KeyMsg) string {
	ids := make([]string, 0, len(k))
	for id := range k {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		if key.Matches(msg, k[id]) {
			return id
		}
	}
	return ""
}
