package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/sideband"
	"github.com/go-git/go-git/v5/plumbing/transport"
)

// httpWire speaks git's smart HTTP with go-git's message types. go-git's own
// HTTP sessions would drop the headers that tell a limit from a missing right,
// read error pages without bound, and not say whether a push was sent.
type httpWire struct {
	r      *Repository
	client *http.Client

	mu             sync.Mutex
	base           *url.URL // follows a redirect of the same server
	asked          bool
	user, password string
}

const (
	maxAdvert = 64 << 20 // bytes of refs
	maxReport = 1 << 20  // bytes of the answer to a push
)

func newHTTPWire(r *Repository) (wire, error) {
	base, err := url.Parse(strings.TrimSuffix(r.options.Address, "/"))
	if err != nil || base.Host == "" {
		return nil, errors.New("not an address of a repository") // its text may hold a password
	}
	base.User, base.RawQuery, base.Fragment = nil, "", ""
	return &httpWire{r: r, base: base, client: &http.Client{Transport: r.options.HTTP, CheckRedirect: checkRedirect}}, nil
}

// redirectError is a redirect that is not followed.
type redirectError struct{ to string }

func (e *redirectError) Error() string {
	return fmt.Sprintf("redirected to %s; use that address", e.to)
}

// checkRedirect follows only to the same scheme, host and port, so that no
// other server ever sees a password, and never while something is sent.
func checkRedirect(q *http.Request, via []*http.Request) error {
	first := via[0]
	if first.Method != http.MethodGet || len(via) > 5 ||
		q.URL.Scheme != first.URL.Scheme || q.URL.Host != first.URL.Host {
		return &redirectError{to: redact(strings.TrimSuffix(q.URL.Path, "/info/refs") + " at " + q.URL.Scheme + "://" + q.URL.Host)}
	}
	return nil
}

// httpSession lasts: the requests of smart HTTP stand each for itself.
type httpSession struct {
	w        *httpWire
	greeting *packp.AdvRefs
}

func (s *httpSession) advert() *packp.AdvRefs { return s.greeting }
func (s *httpSession) lasting() bool          { return true }
func (s *httpSession) close()                 {}

func (w *httpWire) open(ctx context.Context, service string) (session, error) {
	answer, _, err := w.do(ctx, http.MethodGet, "/info/refs?service="+service, service, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	if err := w.r.checkType(answer, "application/x-"+service+"-advertisement"); err != nil {
		return nil, err
	}
	w.moveTo(answer.Request.URL)
	greeting, err := decodeAdvert(w.r.bounded(answer.Body, maxAdvert))
	if err != nil {
		return nil, w.r.unavailable(fmt.Errorf("read the refs: %w", err), false)
	}
	return &httpSession{w: w, greeting: greeting}, nil
}

func decodeAdvert(r io.Reader) (greeting *packp.AdvRefs, err error) {
	defer recoverTo(&err, "read the refs")
	greeting = packp.NewAdvRefs()
	err = greeting.Decode(r)
	if errors.Is(err, packp.ErrEmptyAdvRefs) {
		err = nil
	}
	transport.FilterUnsupportedCapabilities(greeting.Capabilities)
	return greeting, err
}

// moveTo remembers where the repository was found.
func (w *httpWire) moveTo(u *url.URL) {
	path, ok := strings.CutSuffix(u.Path, "/info/refs")
	if !ok {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	moved := *w.base
	moved.Path, moved.RawPath = path, ""
	w.base = &moved
}

func (s *httpSession) fetch(ctx context.Context, q *packp.UploadPackRequest) (io.ReadCloser, error) {
	var body bytes.Buffer
	if err := encodeUpload(&body, q); err != nil {
		return nil, err
	}
	const service = transport.UploadPackServiceName
	answer, _, err := s.w.do(ctx, http.MethodPost, "/"+service, service, body.Bytes())
	if err != nil {
		return nil, err
	}
	if err := s.w.r.checkType(answer, "application/x-"+service+"-result"); err != nil {
		return nil, errors.Join(err, answer.Body.Close())
	}
	response, err := decodeUpload(struct {
		io.Reader
		io.Closer
	}{s.w.r.bounded(answer.Body, maxPack), answer.Body}, q)
	if err != nil {
		return nil, errors.Join(s.w.r.unavailable(err, false), answer.Body.Close())
	}
	return response, nil
}

func encodeUpload(w io.Writer, q *packp.UploadPackRequest) error {
	if err := q.UploadRequest.Encode(w); err != nil {
		return fmt.Errorf("ask for objects: %w", err)
	}
	if err := q.UploadHaves.Encode(w, false); err != nil {
		return fmt.Errorf("ask for objects: %w", err)
	}
	_, err := io.WriteString(w, "0009done\n")
	return err
}

func decodeUpload(r io.ReadCloser, q *packp.UploadPackRequest) (answer *packp.UploadPackResponse, err error) {
	defer recoverTo(&err, "read the answer")
	answer = packp.NewUploadPackResponse(q)
	return answer, answer.Decode(r)
}

func (s *httpSession) push(ctx context.Context, q *packp.ReferenceUpdateRequest) (*packp.ReportStatus, bool, error) {
	var body bytes.Buffer
	if err := q.Encode(&body); err != nil {
		return nil, false, err
	}
	const service = transport.ReceivePackServiceName
	answer, sent, err := s.w.do(ctx, http.MethodPost, "/"+service, service, body.Bytes())
	if err != nil {
		return nil, sent, err
	}
	defer func() { _ = answer.Body.Close() }()
	if err := s.w.r.checkType(answer, "application/x-"+service+"-result"); err != nil {
		return nil, true, err
	}
	report, err := decodeReport(s.w.r.bounded(answer.Body, maxReport), q)
	return report, true, err
}

func decodeReport(r io.Reader, q *packp.ReferenceUpdateRequest) (report *packp.ReportStatus, err error) {
	defer recoverTo(&err, "read the answer")
	whole := r
	if q.Capabilities.Supports(capability.Sideband64k) {
		d := sideband.NewDemuxer(sideband.Sideband64k, r)
		d.Progress = q.Progress
		r = d
	}
	report = packp.NewReportStatus()
	if err := report.Decode(r); err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	// Hooks may speak after the report; what they say is shown, no more.
	_, _ = io.Copy(io.Discard, r)
	_, _ = io.Copy(io.Discard, whole)
	return report, nil
}

// do makes one request, and once more with credentials when the server asks
// for them. sent: the server may have got the whole of it.
func (w *httpWire) do(ctx context.Context, method, path, service string, body []byte) (*http.Response, bool, error) {
	user, password, err := w.credentials(ctx, w.r.wantsAuth())
	if err != nil {
		return nil, false, err
	}
	answer, sent, err := w.once(ctx, method, path, service, body, user, password)
	if err != nil {
		return nil, sent, err
	}
	if answer.StatusCode == http.StatusUnauthorized && user == "" && password == "" {
		user, password, err = w.credentials(ctx, true)
		if err != nil {
			return nil, false, errors.Join(err, answer.Body.Close())
		}
		if user != "" || password != "" {
			_ = answer.Body.Close() // a refusal has nothing to say
			w.r.noteWantsAuth()
			w.r.counts.roundTrips.Add(1)
			if answer, sent, err = w.once(ctx, method, path, service, body, user, password); err != nil {
				return nil, sent, err
			}
		}
	}
	if err := w.r.checkStatus(answer); err != nil {
		return nil, sent && answer.StatusCode >= 500, errors.Join(err, answer.Body.Close())
	}
	return answer, sent, nil
}

func (w *httpWire) once(ctx context.Context, method, path, service string, body []byte, user, password string) (*http.Response, bool, error) {
	var sent atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { sent.Store(true) }})
	w.mu.Lock()
	target := w.base.String() + path
	w.mu.Unlock()
	q, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(body))
	if err != nil {
		return nil, false, errors.New("not an address of a repository")
	}
	q.Header.Set("User-Agent", "git/shopctl")
	if body != nil {
		q.Header.Set("Content-Type", "application/x-"+service+"-request")
		q.Header.Set("Accept", "application/x-"+service+"-result")
	}
	if user != "" || password != "" {
		q.SetBasicAuth(user, password)
	}
	w.r.countRequest(q, len(body))
	answer, err := w.client.Do(halfSent(q, body))
	if err != nil {
		var shown *url.Error
		if errors.As(err, &shown) {
			err = shown.Err // the text around it shows the whole URL
		}
		return nil, sent.Load(), w.r.unavailable(err, sent.Load())
	}
	return answer, sent.Load(), nil
}

// credentials asks once; ask false only repeats what is known.
func (w *httpWire) credentials(ctx context.Context, ask bool) (user, password string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !ask || w.asked || w.r.options.Credentials == nil || !private(w.base) {
		return w.user, w.password, nil
	}
	w.user, w.password, err = w.r.options.Credentials(ctx, w.base.String())
	if err != nil {
		return "", "", fmt.Errorf("credentials for %s: %w", w.r.shown, err)
	}
	w.asked = true
	return w.user, w.password, nil
}

// private reports whether a password may be sent: encrypted, or not over a wire.
func private(u *url.URL) bool {
	if u.Scheme == "https" || u.Hostname() == "localhost" {
		return true
	}
	ip := net.ParseIP(u.Hostname())
	return ip != nil && ip.IsLoopback()
}

func (r *Repository) countRequest(q *http.Request, body int) {
	n := len(q.Method) + len(q.URL.RequestURI()) + len(q.URL.Host) + 30 + body
	for key, values := range q.Header {
		n += len(key) + len(values[0]) + 4
	}
	r.counts.requests.Add(1)
	r.counts.sent.Add(int64(n))
}

func (r *Repository) checkStatus(a *http.Response) error {
	switch code := a.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code == http.StatusTooManyRequests,
		code == http.StatusForbidden && (a.Header.Get("Retry-After") != "" || a.Header.Get("X-Ratelimit-Remaining") == "0"):
		return &RateLimitError{Address: r.shown, After: retryAfter(a.Header)}
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return &AuthError{Address: r.shown, Status: code}
	case code == http.StatusNotFound, code == http.StatusGone:
		return &NoRepositoryError{Address: r.shown}
	default:
		return r.unavailable(fmt.Errorf("HTTP %d", code), false)
	}
}

// retryAfter reads how long to wait; "now" is the server's own.
func retryAfter(h http.Header) time.Duration {
	if n, err := strconv.ParseInt(h.Get("Retry-After"), 10, 32); err == nil && n >= 0 {
		return time.Duration(n) * time.Second
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0
	}
	if at, err := http.ParseTime(h.Get("Retry-After")); err == nil {
		return max(0, at.Sub(now))
	}
	if n, err := strconv.ParseInt(h.Get("X-Ratelimit-Reset"), 10, 64); err == nil && n > 0 && n < 1<<40 {
		return max(0, time.Unix(n, 0).Sub(now))
	}
	return 0
}

func (r *Repository) checkType(a *http.Response, want string) error {
	if got := a.Header.Get("Content-Type"); got != want {
		return r.unavailable(fmt.Errorf("answered with %q where %q was expected", got, want), false)
	}
	return nil
}

// bounded counts what is read and ends with an error beyond a limit.
func (r *Repository) bounded(from io.Reader, limit int64) io.Reader {
	return &boundedReader{from: from, left: limit, count: &r.counts.received}
}

type boundedReader struct {
	from  io.Reader
	left  int64
	count *atomic.Int64
}

func (b *boundedReader) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	b.count.Add(int64(n))
	if b.left -= int64(n); b.left < 0 {
		return 0, errors.New("the answer is too long")
	}
	return n, err
}
