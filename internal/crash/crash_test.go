//go:build unix

package crash

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/rehearsal"
)

// A scene is a command and the state that it finds.
type scene struct {
	name  string
	args  func(*place) []string
	after string       // the scene whose end it begins with
	then  func(*place) // what others do in between
	cold  bool         // the client was never here before
	hops  bool         // it writes the system repository more than once
	full  bool         // also where the cache is written, not only in the long form
}

func line(args ...string) func(*place) []string {
	return func(*place) []string { return append(args, "--yes") }
}

var scenes = []scene{
	{name: "init", args: func(p *place) []string { return p.initArgs(3) }, cold: true},
	{name: "reconcile", args: line("reconcile"), after: "init", then: func(p *place) {
		p.merge("app.git", "Change 1")
		p.merge("configuration.git", "Setting 1")
	}},
	{name: "promote", args: line("promote", "tier-1"), after: "reconcile"},
	{name: "promote-to", args: line("promote", "--to", "tier-2"), after: "reconcile", cold: true, hops: true, full: true},
	{name: "rollback", args: line("rollback", "tier-2", "v1", "-m", "broken"), after: "promote-to", cold: true},
	{name: "unpin", args: line("unpin", "tier-2"), after: "rollback"},
	{name: "tier-add", args: line("tier", "add", "tier-3"), after: "promote-to"},
	{name: "promote-unpin", args: line("promote", "tier-2", "--unpin"), after: "rollback", then: func(p *place) {
		p.merge("app.git", "Change 2")
		p.must("reconcile", "--yes")
		p.must("promote", "tier-1", "--yes")
	}},
}

// A stage is one server with every scene ready to begin: addresses stand in the
// intent, so a copy lives at the same one.
type stage struct {
	server *server
	begin  map[string]*place
	before map[string]snapshot
	wanted map[string]string // fingerprint at the end
	passes map[string]map[string]int
	took   map[string]time.Duration
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{server: newServer(t), begin: map[string]*place{}, before: map[string]snapshot{}, wanted: map[string]string{}, passes: map[string]map[string]int{}, took: map[string]time.Duration{}}
	ends := map[string]*place{}
	for _, sc := range scenes {
		var p *place
		if sc.after == "" {
			p = empty(t, s.server, t.TempDir(), rehearsal.GitOptions{})
		} else {
			p = ends[sc.after].copied(t)
		}
		if sc.then != nil {
			sc.then(p)
		}
		if sc.cold {
			remove(t, p.cache())
		}
		s.begin[sc.name], s.before[sc.name] = p, p.look()
		end := p.copied(t)
		log := filepath.Join(end.dir, "passes")
		o := end.shopctl(client{env: []string{"SHOPCTL_CRASH_LOG=" + log}}, sc.args(end)...)
		if o.exit != 0 {
			t.Fatalf("%s: %v", sc.name, o)
		}
		s.took[sc.name] = o.took
		s.passes[sc.name] = counted(t, log)
		s.wanted[sc.name] = end.look().fingerprint()
		ends[sc.name] = end
	}
	return s
}

func remove(t *testing.T, dir string) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
}

// counted reads how often each write point was passed.
func counted(t *testing.T, file string) map[string]int {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	remove(t, file)
	count := map[string]int{}
	for key := range strings.Lines(string(text)) {
		count[strings.TrimSpace(key)]++
	}
	return count
}

// stages are as many as there are processors to keep busy.
type stages chan *stage

func newStages(t *testing.T) stages {
	all := make(stages, runtime.GOMAXPROCS(0))
	for range cap(all) {
		all <- newStage(t)
	}
	return all
}

// A tally is what the crash test says in the end.
type tally struct {
	sync.Mutex
	points            map[string]bool
	killed, recovered int
	leftovers, fsck   int
	recovery          []time.Duration
}

func (y *tally) figure(name string) {
	y.Lock()
	defer y.Unlock()
	fmt.Printf("figure %s points=%d killed=%d recovered=%d p50=%s p99=%s leftover_files=%d fsck_errors=%d\n", name,
		len(y.points), y.killed, y.recovered, quantile(y.recovery, 0.50), quantile(y.recovery, 0.99), y.leftovers, y.fsck)
}

func quantile(all []time.Duration, q float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	all = slices.Sorted(slices.Values(all))
	return all[min(len(all)-1, int(q*float64(len(all))))].Round(time.Millisecond)
}

// A process that is killed wherever it writes, or at any other moment, leaves
// the old state or the new one, and the same command goes on from there.
func TestKilled(t *testing.T) {
	ready := newStages(t)
	t.Run("at", func(t *testing.T) { killedAtPoints(t, ready) })
	t.Run("random", func(t *testing.T) { killedAtRandom(t, ready) })
}

func killedAtPoints(t *testing.T, ready stages) {
	first := <-ready
	ready <- first
	y := &tally{points: map[string]bool{}}
	t.Run("point", func(t *testing.T) {
		for _, sc := range scenes {
			for _, key := range slices.Sorted(maps.Keys(first.passes[sc.name])) {
				if !long() && !sc.full && !strings.HasPrefix(key, "push-") {
					continue
				}
				for _, n := range turns(first.passes[sc.name][key]) {
					t.Run(fmt.Sprintf("%s/%s %d", sc.name, key, n), func(t *testing.T) {
						t.Parallel()
						ready.killedAt(t, sc, key, n, y)
					})
				}
			}
		}
	})
	y.figure("crash-points")
	if y.killed != y.recovered {
		t.Errorf("%d of %d recovered", y.recovered, y.killed)
	}
}

func (ready stages) killedAt(t *testing.T, sc scene, key string, n int, y *tally) {
	s := <-ready
	defer func() { ready <- s }()
	p := s.begin[sc.name].copied(t)
	o := p.shopctl(client{env: []string{fmt.Sprintf("SHOPCTL_CRASH=%s %d", key, n)}}, sc.args(p)...)
	if o.exit != -1 {
		t.Fatalf("was not killed: %v", o)
	}
	y.Lock()
	y.points[sc.name+" "+key] = true
	y.Unlock()
	s.recovers(t, sc, p, client{}, y)
}

// turns are the passes at which to die: the first, and in the long form the
// second and the last too.
func turns(passes int) []int {
	switch {
	case passes == 1 || !long():
		return []int{1}
	case passes == 2:
		return []int{1, 2}
	}
	return []int{1, 2, passes}
}

// recovers checks what a killed process left, and that the same command, once
// more, brings its wish about.
func (s *stage) recovers(t *testing.T, sc scene, p *place, c client, y *tally) {
	t.Helper()
	s.server.settled(t)
	before, killed := s.before[sc.name].refs(), p.refs()
	y.Lock()
	y.killed++
	y.leftovers += len(leftovers(p.cache()))
	y.Unlock()
	if !maps.Equal(before, killed) {
		p.sound(t, "when killed", p.look(), y)
	}

	again := p.shopctl(c, sc.args(p)...)
	if again.exit != 0 {
		t.Fatalf("once more: %v", again)
	}
	after := p.look()
	p.sound(t, "when done", after, y)
	oldOrNew(t, sc, before, killed, after.refs())
	if diff := cmp.Diff(s.wanted[sc.name], after.fingerprint()); diff != "" {
		t.Errorf("not what an undisturbed run leaves (-want +got):\n%s", diff)
	}
	for k := range after.tiers() {
		if o := p.shopctl(c, "render", tier(k), "--check"); o.exit != 0 {
			t.Errorf("render %s --check: %v", tier(k), o)
		}
	}
	if o := p.shopctl(c, sc.args(p)...); o.exit != 0 {
		t.Errorf("a third time: %v", o)
	}
	if diff := cmp.Diff(after.refs(), p.refs()); diff != "" {
		t.Errorf("a third run moved refs:\n%s", diff)
	}
	if t.Failed() {
		return
	}
	y.Lock()
	defer y.Unlock()
	y.recovered++
	y.recovery = append(y.recovery, again.took)
}

// sound checks the repositories alone: invariants, objects, files.
func (p *place) sound(t *testing.T, when string, s snapshot, y *tally) {
	t.Helper()
	for _, b := range s.broken() {
		t.Errorf("%s: %s", when, b)
	}
	complaints := p.fsck()
	for _, c := range complaints {
		t.Errorf("%s: %s", when, c)
	}
	if files := leftovers(filepath.Join(p.dir, "git")); len(files) > 0 {
		t.Errorf("%s: left in the repositories: %q", when, files)
	}
	left := leftovers(p.cache())
	if len(left) > mostLeftovers {
		t.Errorf("%s: left in the cache: %q", when, left)
	}
	y.Lock()
	defer y.Unlock()
	y.fsck += len(complaints)
}

// mostLeftovers is what one killed process may leave in the cache: one file or
// folder for each repository, which are fetched at once.
const mostLeftovers = 3

// oldOrNew checks that each ref stood where it was or where it is now, and that
// the system repository moved as a whole.
func oldOrNew(t *testing.T, sc scene, b, k, a map[string]string) {
	t.Helper()
	moved, could := 0, 0
	for ref, id := range a {
		if k[ref] != id && k[ref] != b[ref] {
			t.Errorf("%s stood at %s, between %s and %s", ref, k[ref], b[ref], id)
		}
		if strings.HasPrefix(ref, "system ") && id != b[ref] {
			could++
			if k[ref] == id {
				moved++
			}
		}
	}
	if !sc.hops && moved != 0 && moved != could {
		t.Errorf("%d of %d refs of the system repository had moved", moved, could)
	}
}

// All cases of a stage share one cache, so that what killed processes leave
// there piles up.
func killedAtRandom(t *testing.T, ready stages) {
	kills := 40
	if long() {
		kills = 200
	}
	if testing.Short() {
		kills = 8
	}
	y := &tally{points: map[string]bool{}}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	caches := map[*stage]string{}
	for range cap(ready) {
		s := <-ready
		caches[s] = t.TempDir()
		ready <- s
	}
	t.Run("moment", func(t *testing.T) {
		for i := range kills {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				s := <-ready
				defer func() { ready <- s }()
				chance := rand.New(rand.NewPCG(seed, uint64(i)))
				sc := scenes[chance.IntN(len(scenes))]
				c := client{cache: caches[s]}
				for range 20 {
					p := s.begin[sc.name].copied(t)
					wait := time.Duration(chance.Float64() * float64(s.took[sc.name]))
					if killedAfter(t, p, c, wait, sc.args(p)...) {
						t.Logf("%s killed after %s", sc.name, wait)
						y.Lock()
						y.points[sc.name+wait.String()] = true
						y.Unlock()
						s.recovers(t, sc, p, c, y)
						return
					}
				}
				t.Fatalf("%s was never killed", sc.name)
			})
		}
	})
	y.leftovers = 0
	for _, dir := range caches {
		y.leftovers += len(leftovers(dir))
	}
	y.figure("crash-random")
	if y.killed != y.recovered {
		t.Errorf("%d of %d recovered", y.recovered, y.killed)
	}
	if y.leftovers > mostLeftovers*y.killed {
		t.Errorf("%d files left in the cache by %d killed processes", y.leftovers, y.killed)
	}
}

// killedAfter starts the command and kills it when the time is over; false: it
// had ended by then.
func killedAfter(t *testing.T, p *place, c client, wait time.Duration, args ...string) bool {
	t.Helper()
	cmd := p.start(c, args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(wait, func() { _ = cmd.Process.Kill() }) // it may have ended
	defer timer.Stop()
	_ = cmd.Wait() // how it ended is told by the exit code
	return cmd.ProcessState.ExitCode() == -1
}
