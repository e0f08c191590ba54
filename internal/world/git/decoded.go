package git

import "sync"

const (
	maxCommits = 100_000 // remembered commits, about 300 bytes each
	maxEntries = 500_000 // remembered tree entries, about 80 bytes each
)

// decoded remembers objects that were decoded. When it is full it forgets all:
// a walk over everything gains nothing from a finer rule.
type decoded struct {
	mu      sync.Mutex
	commits map[ID]Commit
	trees   map[ID][]Entry
	entries int
}

func (d *decoded) commit(id ID) (Commit, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c, ok := d.commits[id]
	return c, ok
}

func (d *decoded) addCommit(c Commit) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.commits == nil || len(d.commits) >= maxCommits {
		d.commits = map[ID]Commit{}
	}
	d.commits[c.ID] = c
}

func (d *decoded) tree(id ID) ([]Entry, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	entries, ok := d.trees[id]
	return entries, ok
}

func (d *decoded) addTree(id ID, entries []Entry) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.trees == nil || d.entries > maxEntries {
		d.trees, d.entries = map[ID][]Entry{}, 0
	}
	d.trees[id] = entries
	d.entries += len(entries)
}
