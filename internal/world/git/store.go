package git

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// store holds the packs of one repository: those of its cache folder, or only
// in memory when there is none. A commit that is there is there with its whole
// history and all its trees: no shallow and no thin pack is ever kept.
type store struct {
	dir string // of the packs; empty = memory

	mu    sync.RWMutex
	packs []*pack // the newest first
	tips  []ID    // complete tips, the newest first

	decoded decoded
}

// brokenError says that the stored form of an object is damaged.
type brokenError struct{ err error }

func (e *brokenError) Error() string { return fmt.Sprintf("the cache is damaged: %v", e.err) }
func (e *brokenError) Unwrap() error { return e.err }

func (s *store) has(id ID) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, p := range s.packs {
		if _, ok, err := p.idx.find(id); ok && err == nil {
			return true
		}
	}
	return false
}

// read returns an object, proven by its id.
func (s *store) read(id ID) (kind, []byte, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, p := range s.packs {
		offset, ok, err := p.idx.find(id)
		if err != nil {
			return 0, nil, &brokenError{err}
		}
		if !ok {
			continue
		}
		k, data, err := p.read(offset)
		if err != nil {
			return 0, nil, &brokenError{err}
		}
		if hashOf(k, data) != id {
			return 0, nil, &brokenError{fmt.Errorf("pack %s: object %s has another content", p.name, id)}
		}
		return k, data, nil
	}
	return 0, nil, &MissingError{ID: id}
}

// keep adds a pack that was made or fetched, with the tips that it completes.
// A cache folder that cannot be written is no error: the pack then lives in
// memory, as long as the process.
func (s *store) keep(data []byte, entries []idxEntry, sum ID, tips []ID) error {
	if len(entries) == 0 {
		s.addTips(tips)
		return nil
	}
	index := encodeIdx(entries, sum)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dir != "" {
		if p, err := s.write(data, index, sum, sidecar{tips: tips, needs: s.names()}); err == nil {
			s.push(p, tips)
			s.mergeWhenMany()
			return nil
		}
		s.dir = "" // what builds on this pack must not outlive it
	}
	p, err := newPack(sum.String(), bytes.NewReader(data), int64(len(data)), bytes.NewReader(index), int64(len(index)))
	if err != nil {
		return err
	}
	s.push(p, tips)
	return nil
}

func (s *store) push(p *pack, tips []ID) {
	s.packs = append([]*pack{p}, slices.DeleteFunc(s.packs, func(old *pack) bool {
		same := old.name == p.name
		if same {
			old.close()
		}
		return same
	})...)
	s.mergeTips(tips)
}

// addTips notes tips whose objects are all there already. They are not
// written: the tips of the packs are enough to fetch little.
func (s *store) addTips(tips []ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mergeTips(tips)
}

// maxTips bounds what one fetch tells the server about.
const maxTips = 100

func (s *store) mergeTips(tips []ID) {
	fresh := slices.DeleteFunc(slices.Clone(tips), func(id ID) bool { return slices.Contains(s.tips, id) })
	s.tips = append(fresh, s.tips...)
	s.tips = s.tips[:min(len(s.tips), maxTips)]
}

func (s *store) completeTips() []ID {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.tips)
}

// add shows a pack that another program made.
func (s *store) add(p *pack) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.push(p, nil)
}

func (s *store) knows(name string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Contains(s.names(), name)
}

func (s *store) names() []string {
	names := make([]string, len(s.packs))
	for i, p := range s.packs {
		names[i] = p.name
	}
	return names
}

func (s *store) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.packs {
		p.close()
	}
	s.packs, s.tips = nil, nil
}

// commit, tree and blob decode what read returns and remember the first two.

func (s *store) commit(id ID) (Commit, error) {
	if c, ok := s.decoded.commit(id); ok {
		return c, nil
	}
	data, err := s.readKind(id, kindCommit)
	if err != nil {
		return Commit{}, err
	}
	c, err := decodeCommit(id, data)
	if err != nil {
		return Commit{}, err
	}
	s.decoded.addCommit(c)
	return c, nil
}

func (s *store) tree(id ID) ([]Entry, error) {
	if entries, ok := s.decoded.tree(id); ok {
		return entries, nil
	}
	data, err := s.readKind(id, kindTree)
	if isMissing(err) && id == hashOf(kindTree, nil) {
		return nil, nil // git knows the empty tree without storing it
	}
	if err != nil {
		return nil, err
	}
	entries, err := decodeTree(data)
	if err != nil {
		return nil, fmt.Errorf("tree %s: %w", id, err)
	}
	s.decoded.addTree(id, entries)
	return entries, nil
}

func (s *store) readKind(id ID, want kind) ([]byte, error) {
	k, data, err := s.read(id)
	if err != nil {
		return nil, err
	}
	if k != want {
		return nil, kindError(id, k, want)
	}
	return data, nil
}

func isMissing(err error) bool {
	var missing *MissingError
	return errors.As(err, &missing)
}
