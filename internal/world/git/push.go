package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
)

const noThin capability.Capability = "no-thin"

// Push moves refs in one atomic push: all from their old ids to their new ones,
// or none. It sends those objects of b (nil: none) that the new ids reach, and
// nothing else. One round trip after RefsForPush.
//
// The errors tell what is known: *StaleError (a ref is not at its old id),
// *RejectedError (a rule), *NoAtomicError, *AuthError, *NoRepositoryError and
// *RateLimitError mean that nothing moved; *UnavailableError with Sent that
// nobody knows.
func (r *Repository) Push(ctx context.Context, updates []Update, b *Batch) error {
	if err := checkUpdates(updates); err != nil {
		return fmt.Errorf("push to %s: %w", r.shown, err)
	}
	s, err := r.take(ctx, &r.receive, r.openReceive)
	if err != nil {
		return err
	}
	if !s.lasting() {
		defer s.close()
	}
	c := s.advert().Capabilities
	base := r.current()
	if c.Supports(noThin) {
		base = nil
	}
	tips := make([]ID, len(updates))
	for i, u := range updates {
		tips[i] = u.New
	}
	pack, err := b.sendPack(tips, base)
	if err != nil {
		return fmt.Errorf("push to %s: %w", r.shown, err)
	}
	said := &progress{to: r.options.Progress}
	r.counts.roundTrips.Add(1)
	r.counts.pushes.Add(1)
	r.counts.packSent.Add(int64(len(pack)))
	WritePoint("push-before", r.shown)
	report, sent, err := s.push(ctx, pushRequest(c, updates, pack, said))
	WritePoint("push-after", r.shown)
	said.flush()
	if err != nil {
		return r.pushError(err, sent)
	}
	if err := verdict(report, updates, said.text()); err != nil {
		if lacksObjects(report) {
			return r.doubt(err)
		}
		return err
	}
	r.keepBatch(b, tips)
	return nil
}

func checkUpdates(updates []Update) error {
	if len(updates) == 0 {
		return errors.New("no ref to move")
	}
	seen := map[string]bool{}
	for _, u := range updates {
		switch {
		case !validRef(u.Ref):
			return fmt.Errorf("%q is no name of a ref", u.Ref)
		case seen[u.Ref]:
			return fmt.Errorf("%s is there twice", u.Ref)
		case u.New.IsZero():
			return fmt.Errorf("%s would be deleted", u.Ref)
		case u.Old == u.New:
			return fmt.Errorf("%s would stay at %s", u.Ref, u.Old)
		}
		seen[u.Ref] = true
	}
	return nil
}

// validRef is git's rule for full names of refs.
func validRef(name string) bool {
	if !strings.HasPrefix(name, "refs/") || strings.HasSuffix(name, ".") ||
		strings.Contains(name, "..") || strings.Contains(name, "@{") || len(name) > 1000 {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part[0] == '.' || strings.HasSuffix(part, ".lock") {
			return false
		}
	}
	return !strings.ContainsFunc(name, func(c rune) bool {
		return c <= ' ' || c == 0x7f || strings.ContainsRune("~^:?*[\\", c) || c == '\uFFFD'
	})
}

func pushRequest(c *capability.List, updates []Update, pack []byte, said io.Writer) *packp.ReferenceUpdateRequest {
	q := packp.NewReferenceUpdateRequestFromCapabilities(c)
	for _, use := range []capability.Capability{capability.Atomic, capability.Sideband64k, capability.Quiet} {
		if c.Supports(use) {
			_ = q.Capabilities.Set(use) // takes no value: cannot fail
		}
	}
	for _, u := range updates {
		q.Commands = append(q.Commands, &packp.Command{
			Name: plumbing.ReferenceName(u.Ref), Old: plumbing.Hash(u.Old), New: plumbing.Hash(u.New),
		})
	}
	q.Packfile = io.NopCloser(bytes.NewReader(pack))
	q.Progress = said
	return q
}

// pushError keeps the types that say "nothing moved", and makes all else an
// unknown outcome.
func (r *Repository) pushError(err error, sent bool) error {
	var known *UnavailableError
	switch {
	case errors.As(err, &known):
		return r.unavailable(known.Err, sent)
	case isRefusal(err):
		return err
	}
	return r.unavailable(err, sent)
}

func isRefusal(err error) bool {
	var auth *AuthError
	var gone *NoRepositoryError
	var limit *RateLimitError
	return errors.As(err, &auth) || errors.As(err, &gone) || errors.As(err, &limit)
}

// verdict reads the server's report.
func verdict(report *packp.ReportStatus, updates []Update, said string) error {
	if report.UnpackStatus != "ok" {
		return &RejectedError{Text: words(said, report.UnpackStatus)}
	}
	status := map[string]string{}
	for _, s := range report.CommandStatuses {
		status[s.ReferenceName.String()] = s.Status
	}
	var refused *StaleError
	for _, u := range updates {
		text, there := status[u.Ref]
		switch {
		case !there:
			text = "the server did not say what became of it"
		case text == "ok":
			continue
		}
		if isRule(text) {
			return &RejectedError{Ref: u.Ref, Text: words(said, text)}
		}
		// With a refused atomic push every ref is reported; the one that was
		// the cause may have a text of its own.
		if refused == nil || isBystander(refused.Text) {
			refused = &StaleError{Ref: u.Ref, Old: u.Old, Text: clean(text)}
		}
	}
	if refused == nil {
		return nil
	}
	if len(updates) > 1 && isBystander(refused.Text) {
		return &StaleError{Text: refused.Text}
	}
	return refused
}

// lacksObjects reports whether the server could not use what was sent.
func lacksObjects(report *packp.ReportStatus) bool {
	return report.UnpackStatus != "ok" || slices.ContainsFunc(report.CommandStatuses, func(s *packp.CommandStatus) bool {
		return s.Status == "missing necessary objects"
	})
}

// doubt drops the cache when a server cannot use what was sent: a repository
// that was made anew, or went back to a backup, lacks what the cache says it
// has, and what was left out of the pack with it. Looking again then fetches
// what is there. When that does not help either, the refusal stands.
func (r *Repository) doubt(refused error) error {
	r.fetching.Lock()
	defer r.fetching.Unlock()
	if r.doubted {
		return refused
	}
	r.doubted = true
	r.replace()
	return &StaleError{Text: refused.Error()}
}

// isRule knows the words of hooks and protections in a report; what a hook says
// beside it proves nothing. What is not known counts as stale: reading the refs
// again then decides, and nothing is lost but a look.
func isRule(text string) bool {
	text = strings.ToLower(text)
	for _, word := range []string{
		"declined", "protected branch", "rule violation", "prohibited", "denied", "deny",
		"non-fast-forward", "funny refname", "hidden ref", "missing necessary objects", "bad pack", "unpacker error",
		"currently checked out", "not allowed", "permission",
	} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

func isBystander(text string) bool { return strings.Contains(text, "atomic") }

func words(said, text string) string {
	text = clean(text)
	if said == "" {
		return text
	}
	return said + "\n(" + text + ")"
}

// keepBatch puts what was pushed into the own store, so that the next look
// fetches nothing. Only a batch over this repository is known to be complete.
func (r *Repository) keepBatch(b *Batch, tips []ID) {
	if b == nil {
		r.current().addTips(r.present(tips))
		return
	}
	if b.bottom() != Objects(r) {
		return
	}
	data, entries, sum, err := b.keepPack(tips)
	if err == nil {
		// What cannot be kept is fetched again when it is needed.
		_ = r.current().keep(data, entries, sum, tips)
	}
}

func (r *Repository) present(ids []ID) []ID {
	var there []ID
	for _, id := range ids {
		if r.has(id) {
			there = append(there, id)
		}
	}
	return there
}
