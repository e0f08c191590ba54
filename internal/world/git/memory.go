package git

import "sync"

// Memory is a store of objects that lives and dies with the process, for the
// simulation and for tests. It is safe for use by several goroutines.
type Memory struct {
	mu      sync.RWMutex
	commits map[ID]Commit
	trees   map[ID][]Entry
	blobs   map[ID][]byte
}

// NewMemory starts an empty store.
func NewMemory() *Memory {
	return &Memory{commits: map[ID]Commit{}, trees: map[ID][]Entry{}, blobs: map[ID][]byte{}}
}

// Add takes over every object of a batch. It panics on a commit that PutCommit
// would not have made.
func (m *Memory) Add(b *Batch) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range b.order {
		o := b.objects[id]
		switch o.kind {
		case kindTree:
			m.trees[id] = b.trees[id]
		case kindBlob:
			m.blobs[id] = o.data
		case kindCommit:
			c, err := decodeCommit(id, o.data)
			if err != nil {
				panic(err)
			}
			m.commits[id] = c
		}
	}
}

func (m *Memory) has(id ID) bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	_, commit := m.commits[id]
	_, tree := m.trees[id]
	_, blob := m.blobs[id]
	return commit || tree || blob
}

// Commit reads a commit.
func (m *Memory) Commit(id ID) (Commit, error) { return read(m, m.commits, id) }

// Tree reads a tree.
func (m *Memory) Tree(id ID) ([]Entry, error) { return read(m, m.trees, id) }

// Blob reads a blob.
func (m *Memory) Blob(id ID) ([]byte, error) { return read(m, m.blobs, id) }

func read[T any](m *Memory, from map[ID]T, id ID) (T, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	value, ok := from[id]
	if !ok {
		return value, &MissingError{ID: id}
	}
	return value, nil
}
