package tui

import (
	"context"
	"errors"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// Desk is what the board has of the program behind it: looks, and the command
// line. The board changes nothing in any other way than by a command that could
// be typed, so both leave the same commits. All methods but Remembered may be
// called at once from several goroutines.
type Desk interface {
	// Remembered is the board as an earlier run saw it last; it reaches nothing.
	Remembered() (Board, bool)
	// Look observes the system.
	Look(context.Context) (Board, error)
	// Shops lists all shops by name, as the last look found them.
	Shops(context.Context) ([]Shop, error)
	// Watch tells which ShopSets have changed, joined, until the context ends or
	// the stream breaks. It is about the tiers that are named.
	Watch(ctx context.Context, tiers []shop.Tier, changed func([]ShopSet)) error
	// Read carries out a command that changes nothing, and gives what it prints
	// for people on so many cells.
	Read(ctx context.Context, args []string, width int) ([]string, error)
	// Run carries a command out and speaks with the front while it does.
	Run(ctx context.Context, args []string, f Front) Outcome
}

// ErrNo is the answer of who does not want it.
var ErrNo = errors.New("declined")

// Front is who a command speaks with instead of a terminal.
type Front interface {
	// Preview shows what is about to happen; nothing is written yet.
	Preview(Preview)
	// Ask puts the question and waits for a person. An error means no.
	Ask(context.Context, Question) (Answer, error)
	// Progress tells how the run goes on.
	Progress(Progress)
}

// Preview is what is about to happen.
type Preview struct {
	Title   string
	Summary []string // lines, as the command prints them
	Tabs    []Tab    // more, for who wants to see it
}

// Tab is a part of a preview. Its lines are worked out when it is looked at.
type Tab struct {
	Name  string
	Lines func(width int) []string
}

// Level is how much must be said before something changes.
type Level int

// The levels of confirming.
const (
	Yes    Level = iota // a button
	ByName              // the name is typed
)

// Question is what is to be confirmed.
type Question struct {
	Level     Level
	Text      string   // of Yes: "Go back?"
	Name      string   // of ByName
	Risks     []string // names of risks that are accepted with it
	WantsWhy  bool     // a reason must be given
	Sync      bool     // it asks for a step in the middle of a run
	Promoting bool
}

// Answer is a person's yes.
type Answer struct {
	Name   string // as typed
	Reason string
}

// Progress is how a run goes on: the steps, done and to come.
type Progress struct {
	Tier    shop.Tier
	Release string // v129
	Steps   []Step
	Events  []Note    // what is worth a line since the last time
	Wait    string    // the line to watch it with from elsewhere; empty: none
	Back    string    // the line that goes back; empty: nothing to go back from
	At      time.Time // the clock of the system
}

// Step is one step of a run.
type Step struct {
	Mark      show.Symbol // Good: done, Busy: now, Nothing: to come
	Text      string
	Took      time.Duration
	Detail    string
	Ready, Of int // ShopSets, of a rollout
	ShopSets  []ShopSet
}

// Outcome is how a command ended.
type Outcome struct {
	Exit    int
	Lines   []string // the result as the command prints it, or the error with its hints
	Changed bool     // something was written
}
