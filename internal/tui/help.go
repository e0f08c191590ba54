package tui

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// help is the page of the keys of where somebody is. Typing looks for one.
type help struct {
	in   textinput.Model
	keys []keyHelp
	list table
}

// keyHelp is a key, what it does here, and why it does not.
type keyHelp struct{ id, key, does, off string }

// helpHere opens the help of the page that is seen.
func (m *Model) helpHere() tea.Cmd {
	h := &help{in: field()}
	h.in.Focus()
	told := map[string]bool{}
	for _, a := range append(m.top().actions(m), m.everywhere()...) {
		if told[a.id] {
			continue
		}
		told[a.id] = true
		h.keys = append(h.keys, m.keyHelp(a))
	}
	h.keys = append(h.keys,
		keyHelp{key: m.text.BoardKeys.Interrupt, does: m.text.BoardKeys.Leaves},
		keyHelp{key: m.text.BoardKeys.Shift, does: m.text.BoardKeys.Selects},
	)
	m.push(h)
	return nil
}

func (m *Model) keyHelp(a action) keyHelp {
	k := keyHelp{id: a.id, off: a.off, does: m.text.BoardKeys.Does[a.id]}
	var names []string
	for _, one := range m.keys[a.id].Keys() {
		names = append(names, m.keyName(one))
	}
	k.key = strings.Join(names, " ")
	if a.name != "" {
		k.does = a.name
	}
	return k
}

func (h *help) crumbs(m *Model) []string { return []string{m.text.Board.Action["help"]} }
func (h *help) typing() bool             { return true }
func (h *help) at(*Model) Target         { return Target{} }

func (h *help) actions(m *Model) []action {
	return []action{{id: "up", also: "down", show: true}, {id: "back", show: true}}
}

func (h *help) update(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.MouseMsg:
		h.list.mouse(h.rows(m), msg)
	case tea.KeyMsg:
		return h.pressed(m, msg)
	}
	return nil
}

func (h *help) pressed(m *Model, msg tea.KeyMsg) tea.Cmd {
	r := h.rows(m)
	page := max(h.list.seen.h-1, 1)
	switch k := msg.String(); k {
	case "esc":
		if h.in.Value() == "" {
			m.pop()
		}
		h.in.Reset()
		h.list = table{}
	case "up", "down", "pgup", "pgdown":
		h.list.sync(r)
		h.list.set(r, h.list.cursor+map[string]int{"up": -1, "down": 1, "pgup": -page, "pgdown": page}[k])
	default:
		var cmd tea.Cmd
		h.in, cmd = h.in.Update(msg)
		h.list = table{}
		return cmd
	}
	return nil
}

// found are the keys that what was typed fits.
func (h *help) found() (some []keyHelp) {
	want := shop.Fold(strings.TrimSpace(h.in.Value()))
	for _, k := range h.keys {
		if k.key == h.in.Value() || strings.Contains(shop.Fold(k.key+" "+k.id+" "+k.does+" "+k.off), want) {
			some = append(some, k)
		}
	}
	return some
}

func (h *help) rows(m *Model) rows {
	all := h.found()
	return rows{
		columns: []column{{width: keyWidth}, {width: 24, flex: 1}},
		n:       len(all),
		key:     func(i int) string { return all[i].id + all[i].key },
		cells: func(i int) []string {
			k := all[i]
			if k.off == "" {
				return []string{k.key, k.does}
			}
			return []string{m.page.Paint(show.Faint, k.key), m.page.Mark(show.Nothing, m.text.BoardKeys.Off(k.does, k.off))}
		},
		empty: m.text.BoardKeys.None,
	}
}

// keyWidth is the room for the names of the keys of an action.
const keyWidth = 14

func (h *help) view(m *Model, w, height int) []string {
	r := h.rows(m)
	lines := []string{"/ " + m.typed(&h.in, true, w-6), ""}
	lines = append(lines, h.list.view(m, r, area{x: 2, y: 3, w: w - 4, h: max(height-4, 1)})...)
	return m.box(frame{title: m.text.BoardKeys.Here, right: m.text.BoardKeys.Filter, foot: h.list.span(m, r)}, lines, w, height)
}

// Key is an action of the board with its keys, for the help of the command line
// and the docs.
type Key struct {
	ID   string // its name in ui.keys.*
	Keys []string
	Does string
}

// Keys are the actions in the order in which they are told.
func Keys(t *i18n.Text) (all []Key) {
	for _, id := range keyOrder {
		k := Key{ID: id, Does: t.BoardKeys.Does[id]}
		for _, one := range defaultKeys[id] {
			k.Keys = append(k.Keys, cmp.Or(t.Board.Key[one], one))
		}
		all = append(all, k)
	}
	return all
}

// keyOrder is the order of help: to move, to look, to change, the rest.
var keyOrder = []string{
	"up", "down", "left", "right", "page-up", "page-down", "top", "end", "enter", "back", "pane", "find", "palette",
	"diff", "why", "activity", "doctor", "commands", "running", "events", "errors", "open", "copy", "sort", "pause", "refresh",
	"promote", "rollback", "maintenance", "move", "go-back", "export", "help", "quit",
}

// BadKey is what is wrong with a key of the user's settings.
type BadKey struct {
	Action string // whose key it is
	Key    string // empty: the action is unknown
	Other  string // that has the key too; empty: there is no such key
}

// CheckKeys finds what cannot be bound as it was chosen: an action that is
// none, a key that is none, a key of two actions.
func CheckKeys(chosen map[string]string) (bad []BadKey) {
	taken := map[string]string{}
	for _, id := range keyOrder {
		if _, own := chosen[id]; own {
			continue
		}
		for _, k := range defaultKeys[id] {
			taken[k] = id
		}
	}
	ids := make([]string, 0, len(chosen))
	for id := range chosen {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		if defaultKeys[id] == nil {
			bad = append(bad, BadKey{Action: id})
			continue
		}
		keys := chosenKeys(chosen[id])
		if len(keys) == 0 && chosen[id] != "" {
			bad = append(bad, BadKey{Action: id, Key: strconv.Quote(chosen[id])})
		}
		for _, k := range keys {
			switch other := taken[k]; {
			case !isKey(k):
				bad = append(bad, BadKey{Action: id, Key: k})
			case other != "" && other != id:
				bad = append(bad, BadKey{Action: id, Key: keyed(k), Other: other})
			default:
				taken[k] = id
			}
		}
	}
	return bad
}

// Actions are the names that ui.keys.* may have.
func Actions() []string { return slices.Clone(keyOrder) }

// keyed is a key as it is written in settings.
func keyed(k string) string {
	if k == " " {
		return "space"
	}
	return k
}

// chosenKeys are the keys of an action as settings have them, apart by spaces.
func chosenKeys(text string) (keys []string) {
	for _, k := range strings.Fields(text) {
		if k == "space" {
			k = " "
		}
		keys = append(keys, k)
	}
	return keys
}

// isKey reports whether a terminal can send it: one character, or a name.
func isKey(k string) bool {
	for _, before := range []string{"ctrl+", "alt+", "shift+"} {
		k = strings.TrimPrefix(k, before)
	}
	if len([]rune(k)) == 1 {
		return true
	}
	names := []string{"up", "down", "left", "right", "enter", "esc", "tab", "home", "end", "pgup", "pgdown", "backspace", "delete", "insert"}
	n := strings.TrimPrefix(k, "f")
	return slices.Contains(names, k) || k != n && slices.Contains(strings.Fields("1 2 3 4 5 6 7 8 9 10 11 12"), n)
}
