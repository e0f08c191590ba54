package argocd_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/world/argocd"
)

const (
	added   = `{"result":{"type":"ADDED","application":{"metadata":{"name":"a","labels":{"shopset.dev/tier":"tier-0"}},"status":{"sync":{"status":"Synced","revision":"4e1d9aa"}}}}}`
	deleted = `{"result":{"type":"DELETED","application":{"metadata":{"name":"a"}}}}`
)

func watch(c *argocd.Client, t *testing.T) ([]string, error) {
	var got []string
	err := c.Watch(t.Context(), argocd.Query{}, "7", func(e argocd.Event) error {
		got = append(got, string(e.Type)+" "+e.App.Name+" "+e.App.Revision+" "+string(e.App.Health))
		return nil
	})
	return got, err
}

func TestWatchShapes(t *testing.T) {
	const both = "ADDED a 4e1d9aa Unknown,DELETED a  Unknown"
	for _, tt := range []struct {
		name, body, events string
		kind               argocd.Kind
		says               string
	}{
		{"lines", added + "\n" + deleted + "\n", both, argocd.Unavailable, "cut off"},
		{"event stream", ":\ndata: " + added + " \n\n\n:\ndata: " + deleted + " \n\n", both, argocd.Unavailable, "cut off"},
		{"cut in a line", added + "\n" + deleted[:30], "ADDED a 4e1d9aa Unknown", argocd.Unavailable, "cut off"},
		{"cut before the end of a line", added + "\n" + deleted, "ADDED a 4e1d9aa Unknown", argocd.Unavailable, "cut off"},
		{"nothing", "", "", argocd.Unavailable, "cut off"},
		{"an error", added + "\n" + `{"error":{"grpc_code":16,"http_code":401,"message":"token is\u001b expired"}}` + "\n" + added + "\n",
			"ADDED a 4e1d9aa Unknown", argocd.Unauthorized, "token is  expired"},
		{"an error without the end of its line", added + "\n" + `{"error":{"http_code":503,"message":"shutting down"}}`,
			"ADDED a 4e1d9aa Unknown", argocd.Unavailable, "shutting down"},
		{"an error without a code", `{"error":{"message":"what"}}` + "\n", "", argocd.Unavailable, "what"},
		{"filtered away", "{}\n", "", argocd.Unavailable, "neither an event nor an error"},
		{"no name", `{"result":{"type":"ADDED","application":{}}}` + "\n", "", argocd.Unavailable, "neither"},
		{"null", "null\n", "", argocd.Unavailable, "neither"},
		{"garbage", "<html>\n", "", argocd.Unavailable, "not what Argo CD sends"},
		{"another type", `{"result":[]}` + "\n", "", argocd.Unavailable, "not what Argo CD sends"},
		{"an endless line", strings.Repeat(" ", 17<<20), "", argocd.Unavailable, "16 MiB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			events, err := watch(serve(t, says(200, "application/json", tt.body)), t)
			if got := strings.Join(events, ","); got != tt.events {
				t.Errorf("events %q, want %q", got, tt.events)
			}
			if !errors.Is(err, tt.kind) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("ended with %v, want %q and %q", err, tt.kind, tt.says)
			}
		})
	}
}

func TestWatchAsksForAnEventStream(t *testing.T) {
	var asked *http.Request
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = r.Clone(context.Background())
		w.WriteHeader(403)
	})
	if _, err := watch(c, t); !errors.Is(err, argocd.Forbidden) {
		t.Errorf("refused: %v", err)
	}
	q := asked.URL.Query()
	if asked.URL.Path != "/api/v1/stream/applications" || asked.Header.Get("Accept") != "text/event-stream" ||
		q.Get("resourceVersion") != "7" || !strings.Contains(q.Get("fields"), "result.application.status.sync.revision") {
		t.Errorf("asked %s, accept %q", asked.URL, asked.Header.Get("Accept"))
	}
}

// Events are given on as they arrive, not when the stream ends.
func TestWatchEndsWithTheVisitor(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, added+"\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	stop := errors.New("enough")
	if err := c.Watch(t.Context(), argocd.Query{}, "", func(argocd.Event) error { return stop }); err != stop {
		t.Errorf("ended with %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := c.Watch(ctx, argocd.Query{}, "", func(argocd.Event) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) || errors.Is(err, argocd.Unavailable) {
		t.Errorf("ended with %v", err)
	}
}

// A stream that promises signs of life and stops sending them is dead; plain
// lines promise none and may be silent for ever.
func TestWatchSilence(t *testing.T) {
	for contentType, dies := range map[string]bool{"text/event-stream": true, "application/json": false} {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		s := func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.WriteHeader(200)
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}
		c := serveWith(t, s, argocd.Options{Timeout: 20 * time.Millisecond})
		err := c.Watch(ctx, argocd.Query{}, "", func(argocd.Event) error { return nil })
		if dies && (!errors.Is(err, argocd.Unavailable) || !strings.Contains(err.Error(), "silent")) {
			t.Errorf("%s: %v", contentType, err)
		}
		if !dies && (!errors.Is(err, context.DeadlineExceeded) || errors.Is(err, argocd.Unavailable)) {
			t.Errorf("%s: %v", contentType, err)
		}
	}
}
