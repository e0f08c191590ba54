package world

import (
	"bytes"
	"cmp"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/render"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// closedFolders are those of main in which something may be closed, besides the
// few tiers.
var closedFolders = []string{"shops", "shopsets"}

// mentions are the files of a folder that speak of a maintenance. Made once by
// reading all of them, they follow by the difference of two folders.
type mentions struct {
	folder git.ID
	files  map[string]bool // below the folder
}

// closedFile is the cache of a folder's mentions.
func closedFile(folder string) string { return "closed-" + folder }

// mentioning lists the files of a folder that speak of a maintenance.
func (w *World) mentioning(v view, folder string) ([]string, error) {
	var at git.ID
	switch e, err := git.Lookup(v.o, v.tree, folder); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	default:
		at = e.ID
	}
	found, err := memoised(w.Memo, w.Memo.mentions, at, func() (mentions, error) {
		m := decodeMentions(w.cached(closedFile(folder)))
		if m.folder == at {
			return m, nil
		}
		if err := m.follow(v, at); err != nil { // what it goes on from is not there any more
			m = mentions{files: map[string]bool{}}
			if err := m.follow(v, at); err != nil {
				return m, err
			}
		}
		w.cache(closedFile(folder), m.encode())
		return m, nil
	})
	return sortedKeys(found.files), err
}

// follow goes on to another folder. Only what speaks of a maintenance is kept, so
// that nothing is decoded to find it.
func (m *mentions) follow(v view, to git.ID) error {
	err := git.Diff(v.o, m.folder, to, func(file string, _, is git.Entry) error {
		delete(m.files, file)
		if is.ID.IsZero() || is.Mode != git.ModeFile && is.Mode != git.ModeExecutable {
			return nil
		}
		data, err := v.o.Blob(is.ID)
		if err == nil && bytes.Contains(data, []byte("maintenance")) {
			m.files[file] = true
		}
		return err
	})
	m.folder = to
	return err
}

func (m mentions) encode() []byte {
	var b bytes.Buffer
	b.WriteString("1 " + m.folder.String() + "\n") // 1: version of this layout
	for _, file := range sortedKeys(m.files) {
		b.WriteString(file + "\n")
	}
	return b.Bytes()
}

// decodeMentions gives empty ones for what it cannot read.
func decodeMentions(data string) mentions {
	m := mentions{files: map[string]bool{}}
	head, rest, _ := strings.Cut(data, "\n")
	version, hex, _ := strings.Cut(head, " ")
	folder, err := git.ParseID(hex)
	if err != nil || version != "1" {
		return m
	}
	m.folder = folder
	for line := range strings.Lines(rest) {
		m.files[strings.TrimSuffix(line, "\n")] = true
	}
	return m
}

// closed lists what is closed, the next end first. A file that cannot be read
// is for the check of the intent to name.
func (w *World) closed(v view) (all []shop.Closed, err error) {
	is, err := w.roster(v)
	if err != nil {
		return nil, err
	}
	add := func(kind shop.Kind, name string, m *shop.Maintenance, tiers ...shop.Tier) {
		if m != nil {
			slices.Sort(tiers)
			all = append(all, shop.Closed{Subject: shop.Subject{Kind: kind, Name: name}, Tiers: slices.Compact(tiers), Maintenance: *m})
		}
	}
	specs, err := v.tiers()
	if err != nil {
		return nil, err
	}
	for _, t := range specs {
		add(shop.KindTier, string(t.Name), t.Maintenance, t.Name)
	}
	for _, folder := range closedFolders {
		files, err := w.mentioning(v, folder)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			kind, name, ok := intent.Identify(folder + "/" + file)
			if !ok {
				continue
			}
			switch kind {
			case shop.KindShopSet:
				if s, err := resource[*shop.ShopSet](v, kind, name); err == nil {
					add(kind, name, s.Maintenance, s.Tier)
				}
			case shop.KindShop:
				if s, err := resource[*shop.Shop](v, kind, name); err == nil {
					add(kind, name, s.Maintenance, tiersOf(is, *s)...)
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b shop.Closed) int { return a.Until.Compare(b.Until) })
	return all, nil
}

func tiersOf(is roster, s shop.Shop) (tiers []shop.Tier) {
	for _, home := range render.Homes(s) {
		if e, there := is[home]; there {
			tiers = append(tiers, e.tier)
		}
	}
	return tiers
}

// stateOfClosed fills in what is closed, and the subject of a Close or Open.
func (w *World) stateOfClosed(g shop.Goal, v view, have *shop.State) (err error) {
	var about shop.Subject
	switch g := g.(type) {
	case shop.Reconcile, shop.Promote:
	case shop.Look:
		if !g.Closed {
			return nil
		}
	case shop.Close:
		about = g.Subject
	case shop.Open:
		about = g.Subject
	default:
		return nil
	}
	if have.Closed, err = w.closed(v); err != nil || about.Kind == "" {
		return err
	}
	have.Scene, err = w.scene(v, about)
	if errors.Is(err, fs.ErrNotExist) {
		have.Scene, err = shop.Scene{}, nil
	}
	return err
}

// scene finds a subject in the intent.
func (w *World) scene(v view, about shop.Subject) (s shop.Scene, err error) {
	s.Found = true
	if about.Kind != shop.KindTier && !shop.ValidName(about.Name) || about.Kind == shop.KindTier && shop.Tier(about.Name).Number() < 0 {
		return s, fs.ErrNotExist
	}
	switch about.Kind {
	case shop.KindTier:
		spec, err := resource[*shop.TierSpec](v, about.Kind, about.Name)
		if err != nil {
			return s, err
		}
		is, err := w.roster(v)
		s.Maintenance, s.Tiers = spec.Maintenance, []shop.Tier{spec.Name}
		for _, name := range sortedKeys(is) {
			if is[name].tier == spec.Name {
				s.ShopSets = append(s.ShopSets, name)
			}
		}
		return s, err
	case shop.KindShopSet:
		set, err := resource[*shop.ShopSet](v, about.Kind, about.Name)
		if err != nil {
			return s, err
		}
		s.Maintenance = set.Maintenance
		return s, addHome(&s, v, set, about)
	}
	one, err := resource[*shop.Shop](v, about.Kind, about.Name)
	if err != nil {
		return s, err
	}
	s.Maintenance = one.Maintenance
	for _, home := range render.Homes(*one) {
		set, err := resource[*shop.ShopSet](v, shop.KindShopSet, string(home))
		if err != nil {
			return s, err
		}
		if err := addHome(&s, v, set, about); err != nil {
			return s, err
		}
	}
	return s, nil
}

// addHome adds a ShopSet in which the subject lies, with the switches of others
// that close it too.
func addHome(s *shop.Scene, v view, set *shop.ShopSet, about shop.Subject) error {
	s.ShopSets = append(s.ShopSets, set.Name)
	if !slices.Contains(s.Tiers, set.Tier) {
		s.Tiers = append(s.Tiers, set.Tier)
		slices.SortFunc(s.Tiers, func(a, b shop.Tier) int { return cmp.Compare(a.Number(), b.Number()) })
		spec, err := resource[*shop.TierSpec](v, shop.KindTier, string(set.Tier))
		if err != nil {
			return err
		}
		if spec.Maintenance != nil {
			s.Others = append(s.Others, shop.Closed{Subject: shop.Subject{Kind: shop.KindTier, Name: string(set.Tier)}, Tiers: []shop.Tier{set.Tier}, Maintenance: *spec.Maintenance})
		}
	}
	if about.Kind == shop.KindShop && set.Maintenance != nil {
		s.Others = append(s.Others, shop.Closed{Subject: shop.Subject{Kind: shop.KindShopSet, Name: string(set.Name)}, Tiers: []shop.Tier{set.Tier}, Maintenance: *set.Maintenance})
	}
	return nil
}
