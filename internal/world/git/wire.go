package git

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/transport"
	"github.com/go-git/go-git/v5/plumbing/transport/file"
	"github.com/go-git/go-git/v5/plumbing/transport/ssh"
)

// wire opens sessions with one of git's two services.
type wire interface {
	open(ctx context.Context, service string) (session, error)
}

// session is one talk with a service. advert is what the server said first. A
// push that fails returns whether the server may have got it.
type session interface {
	advert() *packp.AdvRefs
	fetch(ctx context.Context, q *packp.UploadPackRequest) (io.ReadCloser, error)
	push(ctx context.Context, q *packp.ReferenceUpdateRequest) (report *packp.ReportStatus, sent bool, err error)
	// lasting: good for any number of requests, at any later time.
	lasting() bool
	close()
}

func newWire(r *Repository) (wire, error) {
	a := r.options.Address
	switch {
	case strings.HasPrefix(a, "https://"), strings.HasPrefix(a, "http://"):
		return newHTTPWire(r)
	case strings.HasPrefix(a, "file://"), strings.HasPrefix(a, "/"):
		return newStreamWire(r, file.DefaultClient)
	case strings.HasPrefix(a, "ssh://"), isSCP(a):
		return newStreamWire(r, ssh.DefaultClient)
	}
	return nil, errors.New("not an address of a repository")
}

// isSCP knows git@host:path.
func isSCP(a string) bool {
	host, path, ok := strings.Cut(a, ":")
	return ok && path != "" && host != "" && !strings.ContainsAny(host, "/ ") && !strings.HasPrefix(host, "-")
}

// streamWire speaks over go-git's SSH and local transports.
type streamWire struct {
	r        *Repository
	client   transport.Transport
	endpoint *transport.Endpoint
}

func newStreamWire(r *Repository, client transport.Transport) (wire, error) {
	endpoint, err := transport.NewEndpoint(r.options.Address)
	if err != nil {
		return nil, errors.New("not an address of a repository") // its text may hold a password
	}
	return &streamWire{r: r, client: client, endpoint: endpoint}, nil
}

type stream struct {
	r        *Repository
	upload   transport.UploadPackSession
	receive  transport.ReceivePackSession
	greeting *packp.AdvRefs
}

// open connects in a goroutine of its own: go-git's transports dial without a
// context.
func (w *streamWire) open(ctx context.Context, service string) (session, error) {
	w.r.counts.requests.Add(1)
	type result struct {
		s   *stream
		err error
	}
	done := make(chan result, 1)
	go func() {
		s, err := w.connect(ctx, service)
		done <- result{s, err}
	}()
	select {
	case <-ctx.Done():
		go func() {
			if late := <-done; late.s != nil {
				late.s.close()
			}
		}()
		return nil, w.r.unavailable(ctx.Err(), false)
	case got := <-done:
		if got.err != nil {
			return nil, w.r.classify(got.err)
		}
		return got.s, nil
	}
}

func (w *streamWire) connect(ctx context.Context, service string) (s *stream, err error) {
	defer recoverTo(&err, "read the refs")
	s = &stream{r: w.r}
	if service == transport.ReceivePackServiceName {
		s.receive, err = w.client.NewReceivePackSession(w.endpoint, nil)
	} else {
		s.upload, err = w.client.NewUploadPackSession(w.endpoint, nil)
	}
	if err != nil {
		return nil, err
	}
	if s.receive != nil {
		s.greeting, err = s.receive.AdvertisedReferencesContext(ctx)
	} else {
		s.greeting, err = s.upload.AdvertisedReferencesContext(ctx)
	}
	if errors.Is(err, transport.ErrEmptyRemoteRepository) {
		s.greeting, err = packp.NewAdvRefs(), nil
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *stream) advert() *packp.AdvRefs { return s.greeting }
func (s *stream) lasting() bool          { return false }

func (s *stream) fetch(ctx context.Context, q *packp.UploadPackRequest) (io.ReadCloser, error) {
	s.r.counts.requests.Add(1)
	answer, err := s.upload.UploadPack(ctx, q)
	if err != nil {
		return nil, s.r.classify(err)
	}
	return answer, nil
}

func (s *stream) push(ctx context.Context, q *packp.ReferenceUpdateRequest) (report *packp.ReportStatus, sent bool, err error) {
	defer recoverTo(&err, "read the answer")
	s.r.counts.requests.Add(1)
	report, err = s.receive.ReceivePack(ctx, q)
	if report != nil {
		return report, true, nil // err repeats what the report says
	}
	if err == nil {
		err = io.ErrUnexpectedEOF
	}
	return nil, true, err
}

func (s *stream) close() {
	if s.upload != nil {
		_ = s.upload.Close() // nothing was promised over it
	}
	if s.receive != nil {
		_ = s.receive.Close()
	}
}

// classify gives an error of go-git's transports its type.
func (r *Repository) classify(err error) error {
	switch {
	case errors.Is(err, transport.ErrRepositoryNotFound), errors.Is(err, os.ErrNotExist) && !isNet(err):
		return &NoRepositoryError{Address: r.shown}
	case errors.Is(err, transport.ErrAuthenticationRequired), errors.Is(err, transport.ErrAuthorizationFailed),
		strings.Contains(err.Error(), "unable to authenticate"):
		return &AuthError{Address: r.shown}
	}
	return r.unavailable(err, false)
}

func isNet(err error) bool {
	var op *net.OpError
	return errors.As(err, &op)
}

func (r *Repository) unavailable(err error, sent bool) error {
	return &UnavailableError{Address: r.shown, Sent: sent, Err: err}
}
