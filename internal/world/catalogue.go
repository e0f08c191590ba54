package world

import (
	"bytes"
	"errors"
	"io/fs"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// catalogue is the list of all shops, for looking through: one line a shop, by
// name. It holds for one folder of shops. Made once by reading all shops, it
// follows by the difference of two folders.
type catalogue struct {
	folder git.ID
	lines  string                 // of an earlier folder
	news   map[shop.ShopID]string // lines that are new since; empty: the shop is gone
}

const (
	catalogueFile = "catalogue"
	// catalogueFields are the fields of a line.
	catalogueFields = 8
	// listedNews bounds what is worked out again each time; then the file is written anew.
	listedNews = 256
)

// Entries lists the shops whose folded text has the needle in it, by name. It
// reads what the last Observe has fetched.
func (w *World) Entries(needle string) (iter.Seq[shop.Entry], error) {
	v, err := w.main()
	if err != nil {
		return nil, err
	}
	c, err := w.catalogue(v)
	if err != nil {
		return nil, err
	}
	return func(yield func(shop.Entry) bool) {
		for line := range c.all(needle) {
			if e, ok := entryOf(line); ok && strings.Contains(e.Folded, needle) && !yield(e) {
				return
			}
		}
	}, nil
}

// Remembered lists at most so many shops whose name begins so, from what an
// earlier run kept. It reaches nothing.
func (w *World) Remembered(prefix string, most int) (found []shop.Entry) {
	c := decodeCatalogue(w.cached(catalogueFile))
	rest := "\n" + c.lines
	at := strings.Index(rest, "\n"+prefix)
	if at < 0 {
		return nil
	}
	for line := range strings.Lines(rest[at+1:]) {
		e, ok := entryOf(strings.TrimSuffix(line, "\n"))
		if !ok || !strings.HasPrefix(string(e.Name), prefix) || len(found) == most {
			break
		}
		found = append(found, e)
	}
	return found
}

func (w *World) catalogue(v view) (*catalogue, error) {
	folder, err := git.Lookup(v.o, v.tree, "shops")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	c := decodeCatalogue(w.cached(catalogueFile))
	if c.folder == folder.ID && !folder.ID.IsZero() {
		return c, nil
	}
	next, err := c.at(v, folder.ID)
	if err != nil { // what it goes on from is not there any more
		if next, err = (&catalogue{}).at(v, folder.ID); err != nil {
			return nil, err
		}
	}
	if c.folder.IsZero() || len(next.news) > listedNews {
		data := next.encode()
		next = decodeCatalogue(string(data))
		w.cache(catalogueFile, data)
	}
	return next, nil
}

// at follows to another folder of shops.
func (c *catalogue) at(v view, folder git.ID) (*catalogue, error) {
	next := &catalogue{folder: folder, lines: c.lines, news: map[shop.ShopID]string{}}
	maps.Copy(next.news, c.news)
	err := git.Diff(v.o, c.folder, folder, func(file string, was, is git.Entry) error {
		old, err := v.shopIn(file, was)
		if err != nil {
			return err
		}
		if old != nil {
			next.news[old.Name] = ""
		}
		s, err := v.shopIn(file, is)
		if s != nil {
			next.news[s.Name] = lineOf(s)
		}
		return err
	})
	return next, err
}

// all gives the lines by name: those with the needle in them, and some more.
func (c *catalogue) all(needle string) iter.Seq[string] {
	names := slices.Sorted(maps.Keys(c.news))
	return func(yield func(string) bool) {
		give := func(line string) bool { return line == "" || yield(line) }
		rest := c.lines
		for rest != "" {
			if needle != "" {
				at := strings.Index(rest, needle)
				if at < 0 {
					break
				}
				rest = rest[strings.LastIndexByte(rest[:at], '\n')+1:]
			}
			var line string
			line, rest, _ = strings.Cut(rest, "\n")
			name, _, _ := strings.Cut(line, "\t")
			for len(names) > 0 && string(names[0]) < name {
				if !give(c.news[names[0]]) {
					return
				}
				names = names[1:]
			}
			if _, again := c.news[shop.ShopID(name)]; !again && !yield(line) {
				return
			}
		}
		for _, name := range names {
			if !give(c.news[name]) {
				return
			}
		}
	}
}

func lineOf(s *shop.Shop) string {
	until := ""
	if s.Maintenance != nil {
		until = s.Maintenance.Until.UTC().Format(time.RFC3339)
	}
	hosts := strings.Join(s.Hosts, " ")
	folded := []string{string(s.Name), hosts}
	for _, h := range s.Hosts {
		if shown := intent.ShownHost(h); shown != h {
			folded = append(folded, shop.Fold(shown))
		}
	}
	if s.DisplayName != "" {
		folded = append(folded, shop.Fold(s.DisplayName))
	}
	display := strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' {
			return ' '
		}
		return r
	}, s.DisplayName)
	return strings.Join([]string{string(s.Name), string(s.ShopSet), string(s.MovingFrom), s.Plan, until, hosts, display,
		strings.Join(strings.Fields(strings.Join(folded, " ")), " ")}, "\t")
}

func entryOf(line string) (e shop.Entry, ok bool) {
	f := strings.SplitN(line, "\t", catalogueFields)
	if len(f) != catalogueFields {
		return e, false
	}
	e = shop.Entry{Name: shop.ShopID(f[0]), ShopSet: shop.ShopSetID(f[1]), MovingFrom: shop.ShopSetID(f[2]), Plan: f[3],
		Hosts: strings.Split(f[5], " "), DisplayName: f[6], Folded: f[7]}
	if f[4] != "" {
		var err error
		if e.Closed, err = time.Parse(time.RFC3339, f[4]); err != nil {
			return e, false
		}
	}
	return e, true
}

func (c *catalogue) encode() []byte {
	var b bytes.Buffer
	b.Grow(len(c.lines))
	b.WriteString("1 " + c.folder.String() + "\n") // 1: version of this layout
	for line := range c.all("") {
		b.WriteString(line)
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// decodeCatalogue gives an empty one for what it cannot read.
func decodeCatalogue(data string) *catalogue {
	head, rest, _ := strings.Cut(data, "\n")
	version, hex, _ := strings.Cut(head, " ")
	folder, err := git.ParseID(hex)
	if err != nil || version != "1" {
		return &catalogue{}
	}
	return &catalogue{folder: folder, lines: rest}
}
