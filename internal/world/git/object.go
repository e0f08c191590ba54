// Package git reads and writes the repositories of a system without a work
// tree and without running git: objects are made in memory, and one atomic
// push moves refs from named old ids to named new ones.
//
// It knows no tiers, releases or intent; package world does.
//
//	refs, _ := repo.Refs(ctx)
//	_ = repo.Fetch(ctx, refs.Tips["refs/heads/tier-1"])
//	b := git.NewBatch(repo)
//	tree, _ := b.Edit(old.Tree, map[string]git.Change{"base": {Mode: git.ModeGitlink, ID: app}})
//	id, _ := b.PutCommit(git.Commit{Tree: tree, Parents: []git.ID{old.ID}, …})
//	err := repo.Push(ctx, []git.Update{{Ref: "refs/heads/tier-1", Old: old.ID, New: id}}, b)
package git

import (
	"encoding/hex"
	"fmt"
	"time"
)

// ID is the SHA-1 name of an object; zero means none.
type ID [20]byte

// ParseID reads a full hexadecimal id.
func ParseID(s string) (ID, error) {
	var id ID
	if len(s) != 40 {
		return ID{}, fmt.Errorf("%q is no full object id", s)
	}
	if _, err := hex.Decode(id[:], []byte(s)); err != nil {
		return ID{}, fmt.Errorf("%q is no full object id", s)
	}
	return id, nil
}

// String is the full hexadecimal form.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// IsZero reports whether the id names nothing.
func (id ID) IsZero() bool { return id == ID{} }

// Mode is the mode of a tree entry, as git writes it.
type Mode uint32

// The modes that git knows.
const (
	ModeTree       Mode = 0o040000
	ModeFile       Mode = 0o100644
	ModeExecutable Mode = 0o100755
	ModeLink       Mode = 0o120000
	ModeGitlink    Mode = 0o160000
)

// Entry is one line of a tree.
type Entry struct {
	Name string
	Mode Mode
	ID   ID
}

// Signature says who and when.
type Signature struct {
	Name, Email string
	When        time.Time
}

// Commit is a commit. Message is raw, with its trailers.
type Commit struct {
	ID                ID
	Tree              ID
	Parents           []ID
	Author, Committer Signature
	Message           string
}

// Objects reads objects by id. An id that is not there is a *MissingError.
// The slices that come back are shared: callers do not change them.
type Objects interface {
	Commit(ID) (Commit, error)
	Tree(ID) ([]Entry, error) // in git's order
	Blob(ID) ([]byte, error)
}

// Update moves one ref from the id it must have now to a new one. A zero Old
// creates the ref; there is no deletion and no force.
type Update struct {
	Ref      string // full name
	Old, New ID
}

// Refs is what a repository shows at one moment.
type Refs struct {
	Tips map[string]ID // by full name
	Head string        // the full name that HEAD points to; empty when unknown
}
