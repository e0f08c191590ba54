package rehearsal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
)

// controlRecord is how another process finds a world that runs.
type controlRecord struct {
	URL   string `json:"url"`
	Token string `json:"token"`
	PID   int    `json:"pid"`
}

// State is what a world tells of itself.
type State struct {
	PID       int               `json:"pid"`
	Now       time.Time         `json:"now"`
	Offset    shop.Duration     `json:"offset"` // ahead of the real time
	Config    string            `json:"config"` // path of the .shopctl.yml
	Addresses shop.Repositories `json:"addresses"`
	ArgoCD    string            `json:"argocd"`
	Shops     int               `json:"shops"`
	Tiers     int               `json:"tiers"`
	Faults    []Fault           `json:"faults"`
}

// State is what the world tells of itself.
func (w *World) State() State {
	w.mu.Lock()
	r := w.record
	w.mu.Unlock()
	return State{
		PID: os.Getpid(), Now: w.clock.Now(), Offset: shop.Duration(w.clock.Offset()), Config: w.ConfigFile(), Addresses: w.Addresses(),
		ArgoCD: w.ArgoURL(), Shops: r.Shops, Tiers: r.Tiers, Faults: w.argo.Faults(),
	}
}

// control answers those who have the token in control.json.
func (w *World) control() http.Handler {
	mux := http.NewServeMux()
	post := func(path string, do func(context.Context, map[string]json.RawMessage) (any, error)) {
		mux.HandleFunc("POST "+path, func(rw http.ResponseWriter, r *http.Request) {
			in := map[string]json.RawMessage{}
			if !readJSON(rw, r, &in) {
				return
			}
			out, err := do(r.Context(), in)
			if err != nil {
				answerError(rw, http.StatusBadRequest, err.Error())
				return
			}
			answer(rw, out)
		})
	}
	mux.HandleFunc("GET /demo/state", func(rw http.ResponseWriter, _ *http.Request) { answer(rw, w.State()) })
	post("/demo/advance", func(_ context.Context, in map[string]json.RawMessage) (any, error) {
		var by shop.Duration
		if err := json.Unmarshal(in["by"], &by); err != nil {
			return nil, err
		}
		err := w.Advance(time.Duration(by))
		return w.State(), err
	})
	post("/demo/break", func(_ context.Context, in map[string]json.RawMessage) (any, error) {
		var fault string
		if err := json.Unmarshal(in["fault"], &fault); err != nil {
			return nil, err
		}
		err := w.Break(fault)
		return w.State(), err
	})
	post("/demo/merge", func(ctx context.Context, in map[string]json.RawMessage) (any, error) {
		var c Change
		if len(in["change"]) > 0 {
			if err := json.Unmarshal(in["change"], &c); err != nil {
				return nil, err
			}
		}
		return w.Merge(ctx, c)
	})
	post("/demo/idle", func(ctx context.Context, _ map[string]json.RawMessage) (any, error) {
		err := w.Idle(ctx)
		return w.State(), err
	})
	post("/demo/stop", func(context.Context, map[string]json.RawMessage) (any, error) {
		w.askToStop()
		return w.State(), nil
	})
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); !same(token, w.record.Token) {
			answerError(rw, http.StatusUnauthorized, "the token in control.json is missing")
			return
		}
		mux.ServeHTTP(rw, r)
	})
}

func (w *World) askToStop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-w.stopping:
	default:
		close(w.stopping)
	}
}

// Remote is a world that runs in another process.
type Remote struct {
	control controlRecord
	client  *http.Client
}

// Find finds the world of a folder while it runs. ErrNoWorld is wrapped when
// none does.
func Find(ctx context.Context, dir string) (*Remote, error) {
	r := &Remote{client: &http.Client{Timeout: time.Minute}}
	if err := readState(filepath.Join(dir, controlFile), &r.control); err != nil {
		if errors.Is(err, os.ErrNotExist) {
			err = ErrNoWorld
		}
		return nil, fmt.Errorf("find a running world in %q: %w", dir, err)
	}
	if _, err := r.State(ctx); err != nil {
		return nil, fmt.Errorf("find a running world in %q: %w (%w)", dir, ErrNoWorld, err)
	}
	return r, nil
}

// State is what the world tells of itself.
func (r *Remote) State(ctx context.Context) (s State, err error) {
	return s, r.call(ctx, http.MethodGet, "/demo/state", nil, &s)
}

// Advance moves the world's clock.
func (r *Remote) Advance(ctx context.Context, d time.Duration) (s State, err error) {
	return s, r.call(ctx, http.MethodPost, "/demo/advance", object{"by": shop.Duration(d)}, &s)
}

// Break begins a fault; "none" mends everything.
func (r *Remote) Break(ctx context.Context, fault string) (s State, err error) {
	return s, r.call(ctx, http.MethodPost, "/demo/break", object{"fault": fault}, &s)
}

// Merge merges a change into tier-0; the zero Change is the next prepared one.
func (r *Remote) Merge(ctx context.Context, c Change) (m Merged, err error) {
	return m, r.call(ctx, http.MethodPost, "/demo/merge", object{"change": c}, &m)
}

// Idle waits until the world's runner has nothing to do.
func (r *Remote) Idle(ctx context.Context) (s State, err error) {
	return s, r.call(ctx, http.MethodPost, "/demo/idle", object{}, &s)
}

// Stop asks the world to stop, and returns when it does not answer any more.
func (r *Remote) Stop(ctx context.Context) error {
	if err := r.call(ctx, http.MethodPost, "/demo/stop", object{}, nil); err != nil {
		return err
	}
	for {
		if _, err := r.State(ctx); err != nil {
			return ctx.Err()
		}
		if !pause(ctx, 10*time.Millisecond) {
			return ctx.Err()
		}
	}
}

func (r *Remote) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, r.control.URL+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+r.control.Token)
	resp, err := r.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		var said struct{ Message string }
		_ = json.NewDecoder(resp.Body).Decode(&said) // without it the status must do
		return fmt.Errorf("%s %s: %s %s", method, path, resp.Status, said.Message)
	}
	if out == nil {
		return nil
	}
	return json.NewDecoder(resp.Body).Decode(out)
}
