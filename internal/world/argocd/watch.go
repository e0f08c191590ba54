package argocd

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// EventType is what happened to an Application.
type EventType string

// The events of a watch.
const (
	Added    EventType = "ADDED"
	Modified EventType = "MODIFIED"
	Deleted  EventType = "DELETED"
)

// Event is one change of an Application, with its state after it.
type Event struct {
	Type EventType
	App  Application
}

// watchFields: unlike a list, a watch may carry any field.
var watchFields = []string{
	"error", "result.type", // without "error" the filter would empty a stream's last words
	"result.application.metadata.name", "result.application.metadata.namespace",
	"result.application.metadata.labels", "result.application.metadata.resourceVersion",
	"result.application.spec.project", "result.application.spec.syncPolicy.automated",
	"result.application.operation.sync",
	"result.application.status.sync.status", "result.application.status.sync.revision",
	"result.application.status.health", "result.application.status.conditions",
	"result.application.status.reconciledAt",
	"result.application.status.operationState.phase", "result.application.status.operationState.message",
	"result.application.status.operationState.startedAt", "result.application.status.operationState.finishedAt",
	"result.application.status.operationState.syncResult.revision",
}

// Watch visits what changes until ctx or the stream ends, and always returns an
// error: that of ctx, that of visit, or one after which to connect again.
// Without a resource version every Application comes first, as Added; the caller
// of a list that is followed by a watch should leave it empty when few match,
// because Argo CD does not repeat what changed between the two.
func (c *Client) Watch(ctx context.Context, q Query, resourceVersion string, visit func(Event) error) error {
	request := call{op: "watch applications", method: http.MethodGet,
		path: []string{"api", "v1", "stream", "applications"}, query: q.values(),
		// As an event stream Argo CD sends a sign of life each 15 s and does not
		// hold lines back to compress them.
		accept: "text/event-stream"}
	if resourceVersion != "" {
		request.query.Set("resourceVersion", resourceVersion)
	}
	if q.Detail != Whole {
		request.query.Set("fields", strings.Join(watchFields, ","))
	}
	err := c.watch(ctx, request, visit)
	var stopped *visitError
	switch {
	case errors.As(err, &stopped):
		return stopped.err
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", request.op, ctx.Err())
	}
	return request.unavailable(err)
}

var errSilent = errors.New("the stream is silent")

func (c *Client) watch(ctx context.Context, request call, visit func(Event) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silence := time.AfterFunc(2*c.timeout, func() { cancel(errSilent) })
	defer silence.Stop()
	resp, err := c.do(ctx, request)
	if err != nil {
		return silentOr(ctx, err)
	}
	defer func() { _ = resp.Body.Close() }()
	var body io.Reader = resp.Body
	if strings.HasPrefix(resp.Header.Get("Content-Type"), request.accept) {
		body = &alive{r: resp.Body, timer: silence, limit: 2 * c.timeout}
	} else {
		silence.Stop() // plain lines have no sign of life
	}
	return silentOr(ctx, decodeStream(body, request, visit))
}

func silentOr(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errSilent) {
		return errSilent
	}
	return err
}

// alive puts the end off with each byte that arrives.
type alive struct {
	r     io.Reader
	timer *time.Timer
	limit time.Duration
}

func (a *alive) Read(p []byte) (int, error) {
	n, err := a.r.Read(p)
	if n > 0 {
		a.timer.Reset(a.limit)
	}
	return n, err
}

// decodeStream reads lines of JSON, with or without the "data:" of an event
// stream before them. It returns only with an error.
func decodeStream(r io.Reader, request call, visit func(Event) error) error {
	in := make(interner)
	src := &bounded{r: r, left: maxValue}
	lines := bufio.NewReader(src)
	for {
		src.left = maxValue
		line, err := lines.ReadBytes('\n')
		line = bytes.TrimSpace(bytes.TrimPrefix(line, []byte("data:")))
		if err != nil {
			return lastWords(line, request, err)
		}
		if len(line) == 0 || line[0] == ':' {
			continue
		}
		if err := decodeEvent(line, in, request, visit); err != nil {
			return err
		}
	}
}

// lastWords is why a stream ended. Argo CD writes an error without the end of
// its line; an event like that was cut, even if it happens to be whole JSON.
func lastWords(line []byte, request call, err error) error {
	var v struct {
		Error *streamError `json:"error"`
	}
	if json.Unmarshal(line, &v) == nil && v.Error != nil {
		return v.Error.of(request)
	}
	return broken(err)
}

type streamError struct {
	Code    int    `json:"http_code"`
	Message string `json:"message"`
}

func (e *streamError) of(request call) error {
	return &Error{Kind: kindOf(e.Code), Op: request.op, Status: e.Code, Message: clean(e.Message)}
}

func decodeEvent(line []byte, in interner, request call, visit func(Event) error) error {
	var v struct {
		Result *struct {
			Type        string `json:"type"`
			Application answer `json:"application"`
		} `json:"result"`
		Error *streamError `json:"error"`
	}
	if err := json.Unmarshal(line, &v); err != nil {
		return broken(err)
	}
	if v.Error != nil {
		return v.Error.of(request)
	}
	if v.Result == nil || v.Result.Application.Metadata.Name == "" {
		return errors.New("the stream holds a line that is neither an event nor an error")
	}
	e := Event{Type: EventType(in.text(v.Result.Type)), App: v.Result.Application.row(in, false)}
	if err := visit(e); err != nil {
		return &visitError{err}
	}
	return nil
}
