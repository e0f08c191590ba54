package cli

import (
	"time"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// Types of JSON fields that several commands share. Health and sync are in
// Argo CD's words; times are RFC 3339 in UTC; ids are whole.

// releaseJSON is a release on a tier.
type releaseJSON struct {
	Number        int           `json:"number"` // on the tier; 0: it never ran there
	App           shop.CommitID `json:"app"`
	Configuration shop.CommitID `json:"configuration,omitempty"`
}

func releaseOf(r shop.Release, number int) releaseJSON {
	return releaseJSON{number, r.App, r.Configuration}
}

// recordJSON says who did something, when and why.
type recordJSON struct {
	By     string `json:"by,omitempty"`
	At     string `json:"at,omitempty"`
	Reason string `json:"reason,omitempty"`
}

func recordOf(r shop.Record) recordJSON { return recordJSON{r.By, show.Stamp(r.At), r.Reason} }

// freezeJSON is a freeze in force.
type freezeJSON struct {
	recordJSON
	Until string `json:"until,omitempty"`
}

func freezeOf(t shop.TierSpec, now time.Time) *freezeJSON {
	f := t.Frozen(now)
	if f == nil {
		return nil
	}
	return &freezeJSON{recordOf(f.Record), show.Stamp(f.Until)}
}

// pinJSON is the pin of a tier, and the release that the pin holds back.
type pinJSON struct {
	Release   releaseJSON  `json:"release"`
	HoldsBack *releaseJSON `json:"holdsBack"`
	recordJSON
}

// commitJSON is a commit as people read it.
type commitJSON struct {
	Commit     shop.CommitID   `json:"commit"`
	Repository shop.Repository `json:"repository"`
	Author     string          `json:"author"`
	Email      string          `json:"email"`
	At         string          `json:"at"`
	Subject    string          `json:"subject"`
	Pull       int             `json:"pull,omitempty"` // number of the pull request, if the subject names it
}

func commitOf(repo shop.Repository, c shop.Commit) commitJSON {
	pull, _ := titleOf(c)
	return commitJSON{c.ID, repo, c.AuthorName, c.AuthorEmail, show.Stamp(c.At), c.Subject, pull}
}
