package simulation

import (
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// objects are the commits, trees and blobs of one repository: those that every
// seed begins with, and those of this seed. Objects travel without faults: what
// is fetched never changes, so only refs can surprise.
type objects struct {
	*git.Memory
	base *git.Memory
}

func (o objects) Commit(id git.ID) (git.Commit, error) {
	if c, err := o.base.Commit(id); err == nil {
		return c, nil
	}
	return o.Memory.Commit(id)
}

func (o objects) Tree(id git.ID) ([]git.Entry, error) {
	if t, err := o.base.Tree(id); err == nil {
		return t, nil
	}
	return o.Memory.Tree(id)
}

func (o objects) Blob(id git.ID) ([]byte, error) {
	if b, err := o.base.Blob(id); err == nil {
		return b, nil
	}
	return o.Memory.Blob(id)
}

// server is one repository with its refs. It compares and swaps, all or none,
// and knows no other rule: what keeps the branches right has to be the client.
type server struct {
	name shop.Repository
	objects
	tips map[string]git.ID
	log  []moved
}

// moved is one ref update that was accepted.
type moved struct {
	at       time.Time
	ref      string
	old, new git.ID
	push     int // number of the push on this server
	by       *actor
}

// at is what the server showed at a time.
func (s *server) at(t time.Time) map[string]git.ID {
	tips := maps.Clone(s.tips)
	for i := len(s.log) - 1; i >= 0 && s.log[i].at.After(t); i-- {
		if m := s.log[i]; m.old.IsZero() {
			delete(tips, m.ref)
		} else {
			tips[m.ref] = m.old
		}
	}
	return tips
}

// receive is a push.
func (s *server) receive(now time.Time, by *actor, updates []git.Update, b *git.Batch) error {
	for _, u := range updates {
		if s.tips[u.Ref] != u.Old {
			return &git.StaleError{Ref: u.Ref, Old: u.Old, Text: "simulated"}
		}
	}
	if b != nil {
		s.Memory.Add(b)
	}
	push := 0
	if n := len(s.log); n > 0 {
		push = s.log[n-1].push + 1
	}
	for _, u := range updates {
		s.tips[u.Ref] = u.New
		s.log = append(s.log, moved{now, u.Ref, u.Old, u.New, push, by})
	}
	return nil
}

// repository is a server as one run sees it. It is a world.Repository.
type repository struct {
	*server
	by *actor
	// seen is when the refs that were read last were true.
	seen *time.Time
	// force replaces the old ids of a push by what is there (mistake M2).
	force bool
}

func (r *repository) Refs(context.Context) (git.Refs, error) {
	var refs git.Refs
	c := &call{key: "refs " + string(r.name)}
	c.effect = func() error {
		when := r.by.now.Add(-c.lag)
		refs = git.Refs{Tips: r.at(when), Head: shop.MainBranch}
		*r.seen = when
		return nil
	}
	if err := r.by.remote(c); err != nil {
		return git.Refs{}, unavailable(err, false)
	}
	return refs, nil
}

func (r *repository) RefsForPush(ctx context.Context) (git.Refs, error) { return r.Refs(ctx) }

func (r *repository) Fetch(context.Context, ...git.ID) error { return r.alive() }
func (r *repository) Need(context.Context, ...git.ID) error  { return r.alive() }

func (r *repository) alive() error {
	if r.by.dead {
		return errKilled
	}
	return nil
}

func (r *repository) Push(_ context.Context, updates []git.Update, b *git.Batch) error {
	var refused error
	c := &call{key: "push " + string(r.name), writes: true}
	c.effect = func() error {
		if r.force {
			for i := range updates {
				updates[i].Old = r.tips[updates[i].Ref]
			}
		}
		r.by.pushes++
		if r.by.forge != nil {
			if refused = r.by.forge.judge(r.name, updates); refused != nil {
				return refused
			}
		}
		if refused = r.receive(r.by.now, r.by, updates, b); refused != nil {
			r.by.refused++
			return refused
		}
		for _, u := range updates {
			r.by.log.Write(u.New[:])
		}
		_ = binary.Write(r.by.log, binary.BigEndian, r.by.now.UnixNano())
		r.by.pushed(r.server, updates, r.by)
		return nil
	}
	err := r.by.remote(c)
	if err == nil || err == refused {
		return err
	}
	return unavailable(err, true)
}

// unavailable says it as package git does; a dead process hears nothing.
func unavailable(err error, sent bool) error {
	if err == errNoAnswer {
		return &git.UnavailableError{Address: "simulated", Sent: sent, Err: err}
	}
	return fmt.Errorf("simulated: %w", err)
}
