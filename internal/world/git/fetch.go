package git

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/sideband"
	"github.com/go-git/go-git/v5/plumbing/transport"
	"golang.org/x/sync/errgroup"
)

// Refs reads the refs in one round trip.
func (r *Repository) Refs(ctx context.Context) (Refs, error) {
	r.counts.roundTrips.Add(1)
	s, err := r.wire.open(ctx, transport.UploadPackServiceName)
	if err != nil {
		return Refs{}, err
	}
	if err := r.checkFormat(s.advert()); err != nil {
		s.close()
		return Refs{}, err
	}
	r.remember(&r.upload, s)
	return Refs{Tips: tipsOf(s.advert()), Head: headOf(s.advert())}, nil
}

// RefsForPush reads the refs for a push that follows, in one round trip: Push
// then needs one more, and a Fetch before it too. A server without atomic
// pushes is a *NoAtomicError.
func (r *Repository) RefsForPush(ctx context.Context) (Refs, error) {
	r.counts.roundTrips.Add(1)
	var receive, upload session
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		receive, err = r.openReceive(gctx)
		return err
	})
	if _, ok := r.wire.(*httpWire); ok {
		g.Go(func() (err error) {
			upload, err = r.wire.open(gctx, transport.UploadPackServiceName)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		if receive != nil {
			receive.close()
		}
		return Refs{}, err
	}
	refs := Refs{Tips: tipsOf(receive.advert())}
	if upload != nil {
		refs.Head = headOf(upload.advert())
		r.remember(&r.upload, upload)
	}
	r.remember(&r.receive, receive)
	return refs, nil
}

// openReceive opens a session for a push, with a server that can do it.
func (r *Repository) openReceive(ctx context.Context) (session, error) {
	s, err := r.wire.open(ctx, transport.ReceivePackServiceName)
	if err != nil {
		return nil, err
	}
	err = r.checkFormat(s.advert())
	if c := s.advert().Capabilities; err == nil && (!c.Supports(capability.Atomic) || !c.Supports(capability.ReportStatus)) {
		err = &NoAtomicError{Address: r.shown}
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// remember keeps a session for the request that follows. One of upload-pack
// that is good for one talk only is let go: a process would wait behind it.
func (r *Repository) remember(place *session, s session) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if *place != nil {
		(*place).close()
	}
	*place = s
	if place == &r.upload && !s.lasting() {
		s.close()
		*place = nil
	}
}

// take returns the remembered session, or a new one.
func (r *Repository) take(ctx context.Context, place *session, open func(context.Context) (session, error)) (session, error) {
	r.mu.Lock()
	s := *place
	if s != nil && !s.lasting() {
		*place = nil
	}
	r.mu.Unlock()
	if s != nil {
		return s, nil
	}
	r.counts.roundTrips.Add(1)
	s, err := open(ctx)
	if err == nil && s.lasting() {
		r.remember(place, s)
	}
	return s, err
}

func (r *Repository) checkFormat(a *packp.AdvRefs) error {
	if f := a.Capabilities.Get(capability.Capability("object-format")); len(f) > 0 && !slices.Contains(f, "sha1") {
		return fmt.Errorf("%s: its objects are named by %s; only sha1 is known", r.shown, strings.Join(f, ", "))
	}
	return nil
}

func tipsOf(a *packp.AdvRefs) map[string]ID {
	tips := make(map[string]ID, len(a.References))
	for name, id := range a.References {
		if strings.HasPrefix(name, "refs/") {
			tips[name] = ID(id)
		}
	}
	return tips
}

func headOf(a *packp.AdvRefs) string {
	for _, link := range a.Capabilities.Get(capability.SymRef) {
		if to, ok := strings.CutPrefix(link, "HEAD:"); ok {
			return to
		}
	}
	return ""
}

// Fetch makes sure that the tips are there, each with its whole history and,
// without a filter, all files. There is no network when they are, and one
// request otherwise (after Refs). A tip that the server does not have is a
// *MissingError.
func (r *Repository) Fetch(ctx context.Context, tips ...ID) error {
	if len(r.missing(tips)) == 0 {
		return nil
	}
	r.fetching.Lock()
	defer r.fetching.Unlock()
	if r.current().scan() != nil {
		r.replace()
	}
	missing := r.missing(tips)
	if len(missing) == 0 {
		return nil
	}
	return r.fetch(ctx, func(*packp.AdvRefs) []ID { return missing })
}

// replace starts a new cache in the place of a damaged one.
func (r *Repository) replace() {
	if r.folder != "" {
		dropCache(r.folder)
	}
	fresh := openStore(r.folder)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.store = fresh
}

// fetchBranches fetches whatever the branches reach.
func (r *Repository) fetchBranches(ctx context.Context) error {
	return r.fetch(ctx, branches)
}

func branches(a *packp.AdvRefs) []ID {
	var tips []ID
	for name, id := range tipsOf(a) {
		if strings.HasPrefix(name, "refs/heads/") {
			tips = append(tips, id)
		}
	}
	return tips
}

func (r *Repository) missing(ids []ID) []ID {
	s := r.current()
	var missing []ID
	for _, id := range ids {
		if !id.IsZero() && !slices.Contains(missing, id) && !s.has(id) {
			missing = append(missing, id)
		}
	}
	return missing
}

// fetch asks for tips that are not there.
func (r *Repository) fetch(ctx context.Context, choose func(*packp.AdvRefs) []ID) error {
	s, err := r.take(ctx, &r.upload, func(ctx context.Context) (session, error) {
		return r.wire.open(ctx, transport.UploadPackServiceName)
	})
	if err != nil {
		return err
	}
	if !s.lasting() {
		defer s.close()
	}
	a := s.advert()
	if err := r.checkFormat(a); err != nil {
		return err
	}
	tips := choose(a)
	wants := r.missing(reachableWants(s, tips))
	if len(wants) > 0 {
		q := uploadRequest(a, wants)
		if r.filters(a) {
			if err := q.Capabilities.Set(capability.Filter); err != nil {
				return err
			}
			q.Filter = packp.FilterBlobNone()
		}
		for _, id := range r.current().completeTips() {
			q.Haves = append(q.Haves, plumbing.Hash(id))
		}
		if err := r.receiveObjects(ctx, s, q, wants); err != nil {
			return err
		}
	}
	if still := r.missing(tips); len(still) > 0 {
		return &MissingError{ID: still[0]}
	}
	return nil
}

// reachableWants are the ids to ask for. A server behind a pipe only takes what
// it showed in this talk; when a branch moved on since, its new tip brings the
// old one along.
func reachableWants(s session, tips []ID) []ID {
	a := s.advert()
	if s.lasting() || a.Capabilities.Supports(capability.AllowReachableSHA1InWant) {
		return tips
	}
	shown := slices.Collect(maps.Values(tipsOf(a)))
	for _, tip := range tips {
		if !slices.Contains(shown, tip) {
			return branches(a)
		}
	}
	return tips
}

func uploadRequest(a *packp.AdvRefs, wants []ID) *packp.UploadPackRequest {
	q := packp.NewUploadPackRequestFromCapabilities(a.Capabilities)
	if a.Capabilities.Supports(capability.NoProgress) {
		_ = q.Capabilities.Set(capability.NoProgress) // takes no value: cannot fail
	}
	for _, id := range wants {
		q.Wants = append(q.Wants, plumbing.Hash(id))
	}
	return q
}

// filters reports whether the filter is asked for and works: it needs blobs to
// be had by id later.
func (r *Repository) filters(a *packp.AdvRefs) bool {
	c := a.Capabilities
	return r.options.Filter != "" && c.Supports(capability.Filter) && c.Supports(capability.AllowReachableSHA1InWant)
}

// receiveObjects makes one request and keeps what comes.
func (r *Repository) receiveObjects(ctx context.Context, s session, q *packp.UploadPackRequest, tips []ID) error {
	r.counts.roundTrips.Add(1)
	answer, err := s.fetch(ctx, q)
	if err != nil {
		return notOurs(err, tips)
	}
	data, err := readPack(answer, q)
	if err := errors.Join(err, answer.Close()); err != nil {
		return notOurs(r.unavailable(fmt.Errorf("fetch objects: %w", err), false), tips)
	}
	entries, sum, err := indexPack(data)
	if err != nil {
		return r.unavailable(err, false)
	}
	WritePoint("fetched", r.shown)
	return r.current().keep(data, entries, sum, tips)
}

// notOurs knows git's words for an id that no branch reaches.
func notOurs(err error, tips []ID) error {
	if strings.Contains(err.Error(), "not our ref") {
		for _, id := range tips {
			if strings.Contains(err.Error(), id.String()) {
				return &MissingError{ID: id}
			}
		}
	}
	return err
}

func readPack(r io.Reader, q *packp.UploadPackRequest) (data []byte, err error) {
	defer recoverTo(&err, "read the answer")
	switch {
	case q.Capabilities.Supports(capability.Sideband64k):
		r = sideband.NewDemuxer(sideband.Sideband64k, r)
	case q.Capabilities.Supports(capability.Sideband):
		r = sideband.NewDemuxer(sideband.Sideband, r)
	}
	return io.ReadAll(r)
}

// Need fetches those of the blobs that a filter left on the server, in one
// request. Without a filter, or when all are there, it does nothing.
func (r *Repository) Need(ctx context.Context, blobs ...ID) error {
	if len(r.missing(blobs)) == 0 {
		return nil
	}
	r.fetching.Lock()
	defer r.fetching.Unlock()
	missing := r.missing(blobs)
	if len(missing) == 0 {
		return nil
	}
	if r.options.Filter == "" {
		return &MissingError{ID: missing[0]}
	}
	s, err := r.take(ctx, &r.upload, func(ctx context.Context) (session, error) {
		return r.wire.open(ctx, transport.UploadPackServiceName)
	})
	if err != nil {
		return err
	}
	if !s.lasting() {
		defer s.close()
	}
	if err := r.receiveObjects(ctx, s, uploadRequest(s.advert(), missing), nil); err != nil {
		return notOurs(err, missing)
	}
	if still := r.missing(missing); len(still) > 0 {
		return &MissingError{ID: still[0]}
	}
	return nil
}
