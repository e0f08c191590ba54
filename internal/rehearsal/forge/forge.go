package forge

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options say what a forge is made of.
type Options struct {
	Dir          string   // of the bare repositories: Dir/app.git
	Owner        string   // the organisation
	Repositories []string // without .git
	People       []Person
	Now          func() time.Time
	Seed         uint64 // decides which reads are stale
	// Anonymous is who somebody without a token is; empty: nobody, who may read
	// but not write.
	Anonymous string
	// State is what State gave in an earlier life; empty: a new forge.
	State []byte
	// Changed is called after the state changed, Moved after the forge itself
	// moved branches, both without any lock held.
	Changed func()
	Moved   func(repository string, moves []Move)
}

// Move is a ref that goes from one commit to another; zeros mean none.
type Move struct{ Ref, Old, New string }

// Forge is a GitHub-compatible server.
type Forge struct {
	options Options
	routes  http.Handler

	mu    sync.Mutex
	state state
	meter meter
	hook  func(Request) Hit
	dirty bool
	after []func() // what is to be told when the lock is free
}

// state is what outlives a restart.
type state struct {
	Tokens       []Token                `json:"tokens"`
	Repositories map[string]*repository `json:"repositories"`
	Quirks       []Quirk                `json:"quirks,omitempty"`
	Devices      []*device              `json:"devices,omitempty"`
	Renamed      map[string]string      `json:"renamed,omitempty"` // old names
	LastID       int64                  `json:"lastId"`
}

// repository is what the forge knows beyond git.
type repository struct {
	Name       string              `json:"name"`
	Folder     string              `json:"folder"` // below Options.Dir
	ID         int64               `json:"id"`
	Created    time.Time           `json:"created"`
	Private    bool                `json:"private,omitempty"`
	Settings   Settings            `json:"settings"`
	Tips       map[string]string   `json:"tips,omitempty"` // of branches, as last seen
	Pulls      []*pull             `json:"pulls,omitempty"`
	Comments   []comment           `json:"comments,omitempty"`
	Statuses   []status            `json:"statuses,omitempty"`
	Runs       []run               `json:"runs,omitempty"`
	Rulesets   []Ruleset           `json:"rulesets,omitempty"`
	Protection map[string]Classic  `json:"protection,omitempty"` // by branch
	Lagging    map[string]*lagging `json:"lagging,omitempty"`    // by ref

	dir string
}

// Settings are a repository's own.
type Settings struct {
	NoMergeCommit bool `json:"noMergeCommit,omitempty"`
	NoSquash      bool `json:"noSquash,omitempty"`
	NoRebase      bool `json:"noRebase,omitempty"`
	NoAutoMerge   bool `json:"noAutoMerge,omitempty"`
	DeleteHeads   bool `json:"deleteHeads,omitempty"` // after a merge
}

// New makes a forge that goes on where its state left off.
func New(o Options) (*Forge, error) {
	f := &Forge{options: o, meter: newMeter()}
	if len(o.State) > 0 {
		if err := json.Unmarshal(o.State, &f.state); err != nil {
			return nil, fmt.Errorf("read the state of the forge: %w", err)
		}
	}
	s := &f.state
	if s.Repositories == nil {
		s.Repositories, s.LastID = map[string]*repository{}, 1000
	}
	for i, name := range o.Repositories {
		if id := int64(101 + i); !slices.ContainsFunc(slices.Collect(maps.Values(s.Repositories)), func(r *repository) bool { return r.ID == id }) {
			s.Repositories[name] = &repository{Name: name, Folder: name + ".git", ID: id, Created: o.Now()}
		}
	}
	for _, r := range s.Repositories {
		r.dir = filepath.Join(o.Dir, r.Folder)
	}
	for _, p := range o.People {
		if !slices.ContainsFunc(s.Tokens, func(t Token) bool { return t.Login == p.Login }) {
			s.Tokens = append(s.Tokens, p.firstToken())
		}
	}
	f.routes = f.router()
	return f, nil
}

// State is what New takes to go on.
func (f *Forge) State() ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return json.Marshal(f.state)
}

// act does something under the lock, after everything that was due, and tells
// whoever has to know when it is done.
func (f *Forge) act(do func(now time.Time) error) error {
	f.mu.Lock()
	now := f.now()
	err := do(now)
	dirty, after := f.dirty, f.after
	f.dirty, f.after = false, nil
	f.mu.Unlock()
	for _, tell := range after {
		tell()
	}
	if dirty && f.options.Changed != nil {
		f.options.Changed()
	}
	return err
}

func (f *Forge) now() time.Time { return f.options.Now().UTC().Truncate(time.Second) }

// id is a number that nothing else of the forge has.
func (f *Forge) id() int64 {
	f.state.LastID++
	f.dirty = true
	return f.state.LastID
}

// moved is told to the world once the lock is free.
func (f *Forge) moved(r *repository, moves []Move) {
	if f.options.Moved != nil {
		f.after = append(f.after, func() { f.options.Moved(r.Folder, moves) })
	}
}

var errNoRepository = errors.New("no such repository")

// find finds a repository by name, with or without owner and .git.
func (f *Forge) find(name string) (*repository, error) {
	name = strings.TrimPrefix(strings.TrimSuffix(name, ".git"), f.options.Owner+"/")
	for known, r := range f.state.Repositories {
		if strings.EqualFold(known, name) || r.Folder == name+".git" {
			return r, nil
		}
	}
	return nil, fmt.Errorf("%q: %w", name, errNoRepository)
}
