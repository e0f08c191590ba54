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
	// Glance is a Look that goes on from the one before: when no branch has moved
	// and the stream is alive, nothing more is asked for.
	Glance(context.Context) (Board, error)
	// Shops lists all shops by name, as the last look found them. The list is not
	// changed afterwards.
	Shops(context.Context) ([]Shop, error)
	// Watch tells what changes in the ShopSets of tiers, joined into one call each
	// 100 ms, until the context ends or the stream breaks: it always ends with an
	// error.
	Watch(ctx context.Context, tiers []shop.Tier, told func(Change)) error
	// Read carries out a command that changes nothing, and gives what it prints
	// for people on so many cells.
	Read(ctx context.Context, args []string, width int) ([]string, error)
	// Activity lists who did what since a time, newest first.
	Activity(ctx context.Context, since time.Time) ([]Activity, error)
	// Export writes operations as JSON into a new file, and names it.
	Export(context.Context, []Activity) (file string, err error)
	// Complete names the words that may stand where the last one is. It is quick,
	// and reaches nothing.
	Complete(ctx context.Context, words []string) []Word
	// Closing says what a line of maintenance on would do. An error says what is
	// wrong with the line, in its words.
	Closing(ctx context.Context, args []string) (Closing, error)
	// Places are the ShopSets that a shop could live in, the best one first.
	Places(context.Context, shop.ShopID) ([]Place, error)
	// Run carries a command out and speaks with the front while it does.
	Run(ctx context.Context, args []string, f Front) Outcome
}

// Place is a ShopSet as a home for a shop.
type Place struct {
	ShopSet shop.ShopSetID
	Tier    shop.Tier
	Domain  string
	Filled  string // 119/150
	Mark    show.Symbol
	Why     string // it takes the shop, or does not
	Home    bool   // the shop lives there
}

// Change is what a watch told since its last call.
type Change struct {
	Look     int       // the number of the look that it goes on from
	ShopSets []ShopSet // as they are now
	Tiers    []TierNow // that they are about
}

// TierNow is what of a tier follows from its ShopSets and those of the tier below.
type TierNow struct {
	Name   shop.Tier
	Health shop.Health
	Sync   shop.Sync
	Ready  int
	Gates  []Note
}

// ErrNo is the answer of who does not want it.
var ErrNo = errors.New("declined")

// Front is who a command speaks with instead of a terminal.
type Front interface {
	// Preview shows what is about to happen; nothing is written yet.
	Preview(Preview)
	// Offered reports whether the line was offered and taken with one key, not
	// typed or put together: whatever it changes, it has to ask first.
	Offered() bool
	// Ask puts the question and waits for a person. An error means no.
	Ask(context.Context, Question) (Answer, error)
	// Commands are the plain git and kubectl lines of what is done from here on. A
	// run over several tiers tells those of each.
	Commands(lines []string)
	// Progress tells how the run goes on.
	Progress(Progress)
}

// Preview is what is about to happen.
type Preview struct {
	Title   string   // tier-0 v131 -> tier-1 v129 (now v128)
	Summary []string // lines, as the command prints them; shown where there are no facts
	Facts   []Fact   // of one release into one tier: what it brings
	Gates   []Note   // in front of it, and what is to be known besides
	Tabs    []Tab    // more, for who wants to see it
}

// Fact is a named value: shops, 480 in 4 ShopSets.
type Fact struct{ Name, Text string }

// Tab is a part of a preview. Its lines are worked out when it is looked at,
// while the command waits for an answer, perhaps several times at once; they
// need nothing but what the preview was made from.
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
	Why                 // nothing but a reason: what it is for comes after
)

// Question is what is to be confirmed.
type Question struct {
	Level    Level
	Text     string   // Promote 3 commits to tier-1 of PROD?
	What     []string // what it does
	Do       string   // the word on the button
	Name     string   // of ByName
	Risks    []string // names of risks that are accepted with it
	WantsWhy bool     // a reason must be given
	Sync     bool     // it asks for a step in the middle of a run
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
	Events  []Event   // what is worth a line since the last time
	Wait    string    // the line to watch it with from elsewhere; empty: none
	Back    string    // the line that goes back; empty: nothing to go back from
	Usual   string    // how long it took lately; empty: not known
	At      time.Time // the clock of the system
}

// Step is one step of a run.
type Step struct {
	Mark      show.Symbol // Good: done, Busy: now, Nothing: to come
	Text      string
	Took      time.Duration
	Detail    string
	Ready, Of int    // ShopSets, of a rollout; else what Counted says
	Counted   string // 350/1,000 routes; empty: they are ShopSets
	ShopSets  []ShopSet
}

// Event is something that happened during a run.
type Event struct {
	At    time.Time
	About string // s-104; empty: the run itself
	Note
}

// Outcome is how a command ended.
type Outcome struct {
	Exit   int
	Lines  []string // the result as the command prints it, or the error with its hints
	Offers []Offer  // command lines in Lines that can be carried out from here
}

// Offer is a command line that is offered with a result or an error.
type Offer struct {
	Line string   // as it is printed: shopctl rollback tier-1 v128
	Args []string // of Run or Read
	Runs bool     // it changes something, or takes its time: it is for Run
}
