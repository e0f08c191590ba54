//go:build linux

package bench

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// A fountain stands before the rehearsal's Argo CD. It passes everything on, and
// while it plays it tells on the stream of ever new changes in the health of the
// real Applications; whoever asks for one finds it as it was told last.
type fountain struct {
	b       *testing.B
	url     string
	mu      sync.Mutex
	out     *io.PipeWriter // to who follows the stream
	fields  []string       // that the follower wants, as Argo CD filters them
	apps    []jsonObject   // of ShopSets, as the stream began
	told    map[string]told
	at      []time.Time    // of each event, by its number
	asked   map[string]int // requests by what is asked for: list, get, stream
	chance  *rand.Rand
	playing bool
}

type jsonObject = map[string]any

var healths = []string{"Healthy", "Progressing", "Degraded"}

// told is what was said last of an Application.
type told struct {
	number int
	health string
}

// message is what a person reads of it; empty: there is nothing wrong.
func (t told) message() string {
	if t.health == "Healthy" {
		return ""
	}
	return fmt.Sprintf("no. %08d", t.number)
}

func newFountain(b *testing.B, argo string) *fountain {
	b.Helper()
	to, err := url.Parse(argo)
	if err != nil {
		b.Fatal(err)
	}
	f := &fountain{b: b, told: map[string]told{}, asked: map[string]int{}, chance: rand.New(rand.NewPCG(1, 2))}
	proxy := &httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { r.SetURL(to); r.Out.Host = r.In.Host },
		ModifyResponse: f.answers,
	}
	server := httptest.NewServer(proxy)
	b.Cleanup(server.Close)
	f.url = server.URL
	return f
}

// answers lets what is told be seen in every answer.
func (f *fountain) answers(r *http.Response) error {
	path, ours := strings.CutPrefix(r.Request.URL.Path, "/api/v1/")
	switch {
	case r.StatusCode != http.StatusOK || !ours:
	case path == "stream/applications":
		f.count("stream")
		f.stream(r)
	case path == "applications":
		f.count("list")
		return f.whole(r)
	case strings.HasPrefix(path, "applications/") && strings.Count(path, "/") == 1:
		f.count("get")
		return f.whole(r)
	}
	return nil
}

func (f *fountain) count(what string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked[what]++
}

// counts are the requests so far.
func (f *fountain) counts() map[string]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.asked)
}

// whole is one answer with one Application or a list of them.
func (f *fountain) whole(r *http.Response) error {
	var body jsonObject
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return err
	}
	if err := r.Body.Close(); err != nil {
		return err
	}
	if items, list := body["items"].([]any); list {
		for _, app := range items {
			f.patch(app.(jsonObject))
		}
	} else {
		f.patch(body)
	}
	data, err := json.Marshal(body)
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(data)), int64(len(data))
	r.Header.Del("Content-Length")
	return err
}

// patch gives an Application the health that was told last.
func (f *fountain) patch(app jsonObject) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if t, ok := f.told[nameOf(app)]; ok {
		t.on(app, f.at[t.number])
	}
}

func (t told) on(app jsonObject, at time.Time) {
	metadata, status := app["metadata"].(jsonObject), app["status"].(jsonObject)
	metadata["resourceVersion"] = fmt.Sprint(1_000_000 + t.number)
	status["health"] = jsonObject{"status": t.health, "message": t.message(), "lastTransitionTime": at.UTC().Format(time.RFC3339)}
}

func nameOf(app jsonObject) string { return app["metadata"].(jsonObject)["name"].(string) }

func labelOf(app jsonObject, label string) string {
	labels := app["metadata"].(jsonObject)["labels"].(jsonObject)
	return labels["shopset.dev/"+label].(string)
}

// stream passes the real stream on, and keeps what it begins with.
func (f *fountain) stream(r *http.Response) {
	from := r.Body
	out, in := io.Pipe()
	r.Body = struct {
		io.Reader
		io.Closer
	}{out, closers{out, from}}
	f.mu.Lock()
	f.out, f.fields, f.apps = in, strings.Split(r.Request.URL.Query().Get("fields"), ","), nil
	f.mu.Unlock()
	go func() {
		lines := bufio.NewReader(from)
		for {
			line, err := lines.ReadBytes('\n')
			if err == nil {
				err = f.pass(in, line)
			}
			if err != nil {
				_ = in.CloseWithError(err)
				return
			}
		}
	}()
}

type closers []io.Closer

func (all closers) Close() error {
	for _, c := range all {
		_ = c.Close() // the one who followed has gone
	}
	return nil
}

// pass hands one line of the real stream on. While the fountain plays the real
// ones are kept back: they know nothing of what it tells.
func (f *fountain) pass(to io.Writer, line []byte) error {
	var event struct{ Result jsonObject }
	if err := json.Unmarshal(line, &event); err != nil {
		return err
	}
	f.mu.Lock()
	if event.Result["type"] == "ADDED" && !f.playing {
		f.apps = append(f.apps, event.Result["application"].(jsonObject))
	}
	playing, fields := f.playing, f.fields
	f.mu.Unlock()
	if playing {
		return nil
	}
	return write(to, event.Result, fields)
}

// write sends one event, with the fields that are wanted of it.
func write(to io.Writer, result jsonObject, fields []string) error {
	event := jsonObject{}
	for _, field := range fields {
		pick(jsonObject{"result": result}, strings.Split(field, "."), event)
	}
	data, err := json.Marshal(event)
	if err == nil {
		_, err = to.Write(append(data, '\n'))
	}
	return err
}

func pick(from jsonObject, path []string, into jsonObject) {
	value, ok := from[path[0]]
	if !ok {
		return
	}
	inner, deeper := value.(jsonObject)
	if len(path) == 1 || !deeper {
		into[path[0]] = value
		return
	}
	next, ok := into[path[0]].(jsonObject)
	if !ok {
		next = jsonObject{}
		into[path[0]] = next
	}
	pick(inner, path[1:], next)
}

// play tells of so many changes a second until it is stopped. The last one is
// about the last ShopSet of a tier, which is not well then.
func (f *fountain) play(perSecond int, last string) (stop func() told) {
	f.mu.Lock()
	f.playing = true
	f.mu.Unlock()
	ends, ended := make(chan struct{}), make(chan struct{})
	began := time.Now()
	go func() {
		defer close(ended)
		tick := time.NewTicker(time.Second / 100)
		defer tick.Stop()
		for sent := 0; ; {
			select {
			case <-ends:
				return
			case <-tick.C:
			}
			for due := int(time.Since(began) * time.Duration(perSecond) / time.Second); sent < due; sent++ {
				f.tell(f.apps[f.chance.IntN(len(f.apps))], healths[f.chance.IntN(len(healths))])
			}
		}
	}()
	return func() told {
		close(ends)
		<-ended
		for _, app := range f.apps {
			if labelOf(app, "shopset") == last {
				f.tell(app, "Degraded")
			}
		}
		return told{len(f.at) - 1, "Degraded"}
	}
}

func (f *fountain) tell(app jsonObject, health string) {
	f.mu.Lock()
	t := told{len(f.at), health}
	f.at = append(f.at, time.Now())
	f.told[nameOf(app)] = t
	t.on(app, f.at[t.number])
	out, fields := f.out, f.fields
	f.mu.Unlock()
	if err := write(out, jsonObject{"type": "MODIFIED", "application": app}, fields); err != nil {
		f.b.Errorf("the stream: %v", err)
	}
}

// age is how long ago an event was told.
func (f *fountain) age(number int) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	return time.Since(f.at[number])
}
