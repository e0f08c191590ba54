package tui

import "github.com/shopctl/shopctl/internal/show"

// mostNotes is how many lines of a column tell what is wrong or held, leastNotes
// how many where there is no room.
const (
	mostNotes  = 6
	leastNotes = 2
)

// troubled are the ShopSets of a tier with which something is wrong, as notes: one
// for all that have the same. What one says that is on its way is no trouble.
func (m *Model) troubled(t Tier, w int) (notes []Note) {
	type trouble struct {
		names string
		n     int
	}
	var all []trouble
	at := map[Note]int{}
	for _, s := range t.ShopSets {
		note := Note{setSymbol(s), s.Trouble}
		if s.Trouble == "" || note.Mark == show.Busy {
			continue
		}
		i, same := at[note]
		switch {
		case !same:
			at[note] = len(all)
			all, notes = append(all, trouble{string(s.Name), 1}), append(notes, note)
			continue
		case show.Width(all[i].names) <= w/2:
			all[i].names += ", " + string(s.Name)
		}
		all[i].n++
	}
	for i, of := range all {
		if of.n > 1 && show.Width(of.names) > w/2 {
			of.names = m.text.BoardPages.ShopSetCount(show.Number(of.n))
		}
		notes[i].Text = of.names + ": " + notes[i].Text
	}
	return notes
}

// noteBlock is what is wrong and what is held, on two lines each where there is
// room for that, else on one: then it may take more of the column, up to the
// limit. Where that is too little, what is held stays.
func (m *Model) noteBlock(trouble, held []Note, w, room, limit int) (lines []string) {
	n := len(trouble) + len(held)
	room = max(room, leastNotes, min(len(held)+min(len(trouble), leastNotes), limit))
	most := 1
	if 2*n <= room {
		most = 2
	}
	if n > room {
		held = held[:min(len(held), room-1)]
		trouble = trouble[:min(len(trouble), room-1-len(held))]
	}
	for _, some := range [][]Note{trouble, held} {
		for _, note := range some {
			lines = append(lines, m.marked(note, w, most)...)
		}
	}
	if hidden := n - len(trouble) - len(held); hidden > 0 {
		lines = append(lines, m.faint(m.text.BoardPages.More(m.page.Ellipsis(), show.Number(hidden))))
	}
	return lines
}
