//go:build linux

package bench

import (
	"bytes"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

const (
	streamChanges = 1000 // a second
	streamFor     = 10 * time.Second
	streamPresses = 100
	streamTier    = "tier-2" // the one that is looked at
	streamFrames  = 15.0     // a second: changes are joined for 100 ms, and the clock moves on
	streamCPU     = 0.25     // of one
)

// The board on a terminal, over the demo with 50,000 shops, while Argo CD's stream
// tells of 1,000 changes a second: what it costs and draws, how soon a change and a
// key are on the screen, and that the screen holds at the end what was told last.
func BenchmarkBoardStream(b *testing.B) {
	env, config := demo(b)
	f := before(b, config)
	s := openBoard(b, env)
	s.resize(50, 160)
	s.awaits("fresh")
	s.types("/")
	s.awaits("50,000 of 50,000 shops")
	s.types("\x1b")
	s.awaits("waiting for this tier")
	s.types("\x1b[C\x1b[C\t")
	sets := f.shopSets(streamTier)
	s.awaits("> " + sets[0])

	d := &drawn{f: f, ages: map[int]time.Duration{}}
	s.watch(d.add)
	asked, spent := f.counts(), s.spent()
	stop := f.play(streamChanges, sets[len(sets)-1])
	time.Sleep(streamFor) //nolint:forbidigo // what it costs to follow is measured over a time
	spent = s.spent() - spent
	bytesDrawn, frames, ages := d.seen(s)
	cpu, perSecond := float64(spent)/float64(streamFor), float64(frames)/streamFor.Seconds()
	now := f.counts()
	figure("board-stream", "shops", boardShops, "shopsets", len(f.apps), "changes", len(f.at), "cpu-percent", 100*cpu, "cpu-limit-percent", 100*streamCPU, "frames-per-second", perSecond,
		"bytes-per-second", int(float64(bytesDrawn)/streamFor.Seconds()), "change-p50", at(ages, 50), "change-p99", at(ages, 99),
		"lists", now["list"]-asked["list"], "gets", now["get"]-asked["get"], "streams", now["stream"])

	took := s.presses(sets)
	most := s.mostMemory()
	figure("board-stream-keys", "presses", len(took), "p50", at(took, 50), "p99", at(took, 99), "most", took[len(took)-1])
	figure("board-stream-memory", "bytes", most, "limit", boardMemory)

	last := stop()
	s.awaits(last.message())
	s.shows(f, sets, "after the last change")
	for lists := f.counts()["list"]; f.counts()["list"] == lists; {
		s.awaits("fresh 0s")
	}
	s.shows(f, sets, "after the next look")
	if n := f.counts()["stream"]; n != 1 {
		b.Errorf("board: the stream was opened %d times", n)
	}
	s.quit()
	atMost(b, "board: memory while it follows", most, boardMemory)
	atMost(b, "board: CPU while it follows", cpu, streamCPU)
	atMost(b, "board: frames a second while it follows", perSecond, streamFrames)
}

// before puts a fountain before the Argo CD that a demo's file names.
func before(b *testing.B, config string) *fountain {
	b.Helper()
	text, err := os.ReadFile(config)
	if err != nil {
		b.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^argocd: (.*)$`)
	f := newFountain(b, string(line.FindSubmatch(text)[1]))
	if err := os.WriteFile(config, line.ReplaceAll(text, []byte("argocd: "+f.url)), 0o600); err != nil {
		b.Fatal(err)
	}
	return f
}

// shopSets are those of a tier that the stream began with.
func (f *fountain) shopSets(tier string) (names []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, app := range f.apps {
		if labelOf(app, "tier") == tier {
			names = append(names, labelOf(app, "shopset"))
		}
	}
	slices.Sort(names)
	return names
}

// drawn is what was drawn on a terminal.
type drawn struct {
	f      *fountain
	bytes  int
	frames int
	rest   []byte                // the end of what came last, in which a word may begin
	ages   map[int]time.Duration // of each change that was drawn, when it was for the first time
}

var (
	numbered   = regexp.MustCompile(`no\. ([0-9]{8})`)
	frameStart = []byte("\x1b[H")
)

func (d *drawn) add(chunk []byte) {
	d.bytes += len(chunk)
	text := append(d.rest, chunk...)
	d.frames += bytes.Count(text, frameStart)
	for _, m := range numbered.FindAllSubmatch(text, -1) {
		n, _ := strconv.Atoi(string(m[1])) // it has only digits
		if _, before := d.ages[n]; !before {
			d.ages[n] = d.f.age(n)
		}
	}
	d.rest = bytes.Clone(text[max(0, len(text)-len(frameStart)+1):])
}

// seen is what was drawn so far, the ages in order. None of it is awaited any more.
func (d *drawn) seen(s *screened) (size, frames int, ages []time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said.Reset()
	return d.bytes, d.frames, slices.Sorted(maps.Values(d.ages))
}

func at(sorted []time.Duration, percent int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[len(sorted)*percent/100]
}

func (s *screened) watch(each func([]byte)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.each = each
}

func (s *screened) resize(rows, columns uint16) {
	s.b.Helper()
	if err := pty.Setsize(s.tty, &pty.Winsize{Rows: rows, Cols: columns}); err != nil {
		s.b.Fatal(err)
	}
}

// presses goes down and up a list, and gives how long each key took to be seen, in order.
func (s *screened) presses(names []string) (took []time.Duration) {
	s.b.Helper()
	on, step, key := 0, 1, "\x1b[B"
	for range streamPresses {
		switch on {
		case len(names) - 1:
			step, key = -1, "\x1b[A"
		case 0:
			step, key = 1, "\x1b[B"
		}
		on += step
		time.Sleep(77 * time.Millisecond) //nolint:forbidigo // a person presses at any time, not right after a frame
		began := time.Now()
		s.types(key)
		s.awaits("> " + names[on])
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	return took
}

// healthWords are the board's for Argo CD's.
var healthWords = map[string]string{"Healthy": "healthy", "Progressing": "rolling out", "Degraded": "degraded"}

// shows has the whole screen drawn anew and compares each ShopSet's row with what
// was told of it last.
func (s *screened) shows(f *fountain, names []string, when string) {
	s.b.Helper()
	size, err := pty.GetsizeFull(s.tty)
	if err != nil {
		s.b.Fatal(err)
	}
	s.resize(size.Rows+1, size.Cols)
	screen := s.awaits("? help")
	screen = screen[:strings.LastIndex(screen, "? help")]
	screen = screen[strings.LastIndex(screen, " shopctl  demo "):]
	for _, app := range f.apps {
		name := labelOf(app, "shopset")
		if !slices.Contains(names, name) {
			continue
		}
		last, row := f.told[nameOf(app)], regexp.MustCompile(`(?m)^. [> ] `+name+` .*`).FindString(screen)
		if word := healthWords[last.health]; !strings.Contains(row, word) || numbered.FindString(row) != last.message() {
			s.b.Errorf("board: %s, %s shows %q, not %q and %q", when, name, row, word, last.message())
		}
	}
}
