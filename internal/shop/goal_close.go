package shop

import "time"

// Subject is what a maintenance closes: a shop, a ShopSet or a tier.
type Subject struct {
	Kind Kind // KindShop, KindShopSet or KindTier
	Name string
}

// Goals of people who close and open. Each is one key of the intent: the switch
// of a shop, of a ShopSet and of a tier are three.
type (
	// Close closes a subject until a time.
	Close struct {
		Subject
		Maintenance Maintenance // who and when are filled in when it is written
		NoWait      bool        // end with the read-back of the refs
	}
	// Open opens what Close closed, before its time.
	Open struct {
		Subject
		Reason string
		NoWait bool
	}
)

func (Close) goal() {}
func (Open) goal()  {}

// Closed is a maintenance that stands in the intent.
type Closed struct {
	Subject
	Tiers []Tier // whose branches it concerns: two while a shop moves from one to the other
	Maintenance
}

// Over reports whether the time of a maintenance has passed. It stays in force
// until somebody writes its end.
func (m Maintenance) Over(now time.Time) bool { return !now.Before(m.Until) }

// Scene is what was observed of the subject of a Close or Open.
type Scene struct {
	Found       bool
	Maintenance *Maintenance // its own
	Tiers       []Tier       // that it lies in
	ShopSets    []ShopSetID
	Others      []Closed // switches of others that close it too
	Fronts      []Front  // empty without an Argo CD that answers
	Word        string   // that lets people in who have it, by a link; empty: nobody
	Header      string   // the same where only a header lets them in; empty: none does
	Runner      string   // what will write the end by itself; empty: nothing that can be seen
}

// Front is what customers meet of a ShopSet that serves the subject.
type Front struct {
	ShopSet   ShopSetID
	Tier      Tier
	Applied   bool      // the cluster has the routes as they stand on the tier branch
	AppliedAt time.Time // when the last of them came; zero: not known
	Waits     bool      // for the hand step of a tier with sync: manual
	Failure   string    // why Argo CD could not bring the routes
	Host      string    // one address that it serves; empty: none
	Answer    Answer
}

// Answer is what an address said when it was asked as a customer would.
type Answer struct {
	Asked      bool
	At         time.Time
	Status     int    // of HTTP; 0: no answer
	RetryAfter string // as it came
	LetIn      bool   // it is closed, and this machine is among those who are let in
	Failure    string // why there was no answer
	Nowhere    bool   // the host leads to no address from here
}

// Closed reports whether customers are turned away.
func (a Answer) Closed() bool { return a.LetIn || a.Status == 503 }

// Shows reports whether customers see what the branch says: all routes are in
// the cluster, and every address that was asked answers so.
func (s Scene) Shows(closed bool) bool {
	for _, f := range s.Fronts {
		if !f.Applied || f.Answer.Asked && (f.Answer.Status == 0 || f.Answer.Closed() != closed) {
			return false
		}
	}
	return true
}

// AppliedAt is when the last route of the subject came into the cluster.
func (s Scene) AppliedAt() (last time.Time) {
	for _, f := range s.Fronts {
		if f.AppliedAt.After(last) {
			last = f.AppliedAt
		}
	}
	return last
}
