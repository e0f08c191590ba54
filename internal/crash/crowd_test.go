//go:build unix

package crash

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/rehearsal"
)

const (
	crowdSize  = 50
	crowdTiers = 4
	roundTrip  = 40 * time.Millisecond
)

// A crowd is fifty people with a shell each, on one system.
type crowd struct {
	*place
	until time.Time
	slow  time.Duration // before each answer of the server, from when the people come
	known snapshot      // before they came

	mu     sync.Mutex
	moves  []move
	deeds  []deed
	pushed []shopPush
}

// A move is a push that the server took.
type move struct {
	at         time.Time
	repository string
	refs       map[string]string // branch: new id
}

// A deed is one run of shopctl.
type deed struct {
	name       string // of its author, and of nobody else
	args       []string
	began, end time.Time
	outcome
	said struct {
		Tier    string
		Changed bool
		Release struct{ App, Configuration string }
	}
}

func (d deed) String() string { return d.name + ": shopctl " + strings.Join(d.args, " ") }

// A shopPush is one change by plain git that was acknowledged.
type shopPush struct{ repository, branch, id, shop, tier string }

func newCrowd(t *testing.T, tiers int) *crowd {
	c := &crowd{}
	c.place = empty(t, newServer(t), t.TempDir(), rehearsal.GitOptions{
		Fault: func(rehearsal.GitRequest) rehearsal.GitFault {
			c.mu.Lock()
			defer c.mu.Unlock()
			return rehearsal.GitFault{Delay: c.slow}
		},
		OnPush: func(g rehearsal.GitPush) {
			m := move{at: time.Now(), repository: g.Repository, refs: map[string]string{}}
			for _, u := range g.Moved {
				m.refs[strings.TrimPrefix(u.Ref, "refs/heads/")] = u.New
			}
			c.mu.Lock()
			defer c.mu.Unlock()
			c.moves = append(c.moves, m)
		},
	})
	c.must(c.initArgs(tiers)...)
	return c
}

// open lets the people in for a time.
func (c *crowd) open(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.slow, c.until = roundTrip, time.Now().Add(d)
}

func (c *crowd) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.slow = 0
}

func (c *crowd) over() bool { return time.Now().After(c.until) }

// do runs shopctl as somebody with a name of his own; groups share a cache.
func (c *crowd) do(group int, name string, args ...string) deed {
	args = append(args, "--timeout=90s")
	d := deed{name: name, args: args, began: time.Now()}
	d.outcome = finished(c.t, c.start(client{name: name, cache: filepath.Join(c.dir, fmt.Sprintf("cache-%d", group))}, args...))
	d.end = time.Now()
	if strings.HasPrefix(d.out, "{") {
		if err := json.Unmarshal([]byte(d.out), &d.said); err != nil {
			c.t.Errorf("%v: %v\n%s", d, err, d.out)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deeds = append(c.deeds, d)
	return d
}

const answers = "--json=tier,changed,release"

// commands is what the n-th person does again and again.
func commands(n int, chance *rand.Rand) [][]string {
	any := tier(1 + chance.IntN(crowdTiers-1))
	switch {
	case n < 10:
		return [][]string{{"promote", "tier-1", "--yes", answers}}
	case n < 16:
		return [][]string{{"promote", "tier-2", "--yes", answers}}
	case n < 22:
		return [][]string{{"promote", "tier-3", "--yes", answers}}
	case n < 27:
		return [][]string{{"promote", "--to", "tier-3", "--yes", answers}}
	case n < 31:
		return [][]string{{"rollback", any, "--yes", "-m", "does not work", answers}, {"unpin", any, "--yes", answers}}
	case n < 33:
		return [][]string{{"unpin", any, "--yes", answers}}
	case n < 35:
		return [][]string{{"promote", any, "--unpin", "--yes", answers}}
	}
	return [][]string{{"reconcile", "--yes"}}
}

// Of the fifty the last ones know only git.
const (
	gitPeople  = 10
	appPeople  = 2
	confPeople = 1
	shopPeople = 4 // who add, move and remove shops
)

func (c *crowd) person(n int) {
	chance := rand.New(rand.NewPCG(uint64(n), 1))
	if n >= crowdSize-gitPeople {
		c.gitPerson(n)
		return
	}
	for i, round := 0, 0; !c.over(); round++ {
		todo := commands(n, chance)
		if n >= crowdSize-gitPeople-shopPeople {
			todo = shopLife(n, round)
		}
		for _, args := range todo {
			c.do(n%10, fmt.Sprintf("p%d-%d", n, i), args...)
			i++
		}
	}
}

// gitPerson changes one branch by clone, commit and push, and pulls when he
// was too late.
func (c *crowd) gitPerson(n int) {
	repository, branch := "system.git", "main"
	switch k := n - (crowdSize - gitPeople); {
	case k < appPeople:
		repository, branch = "app.git", "tier-0"
	case k < appPeople+confPeople:
		repository, branch = "configuration.git", "tier-0"
	}
	dir := filepath.Join(c.dir, fmt.Sprintf("clone-%d", n))
	command(c.t, exec.Command("git", "clone", "-q", "-b", branch, c.server.URL+"/"+repository, dir))
	for i := 0; !c.over(); i++ {
		done := shopPush{repository: repository, branch: branch}
		file := filepath.Join("notes", fmt.Sprintf("p%d-%d", n, i))
		text := "noted\n"
		if branch == "main" {
			done.shop, done.tier = fmt.Sprintf("p%d-%d", n, i), tier(n%crowdTiers)
			file, text = shopFile(done.shop, fmt.Sprintf("s-%d01", n%crowdTiers))
		}
		done.id = c.committed(dir, branch, file, text)
		c.mu.Lock()
		c.pushed = append(c.pushed, done)
		c.mu.Unlock()
	}
}

func shopFile(name, shopset string) (file, text string) {
	sum := sha256.Sum256([]byte(name))
	return filepath.Join("shops", fmt.Sprintf("%02x", sum[0]), name+".yaml"),
		fmt.Sprintf("apiVersion: shopset.dev/v1alpha1\nkind: Shop\nmetadata:\n  name: %s\nspec:\n  hosts: [%s.example.com]\n  shopset: %s\n", name, name, shopset)
}

// committed commits one file and pushes until it is there.
func (c *crowd) committed(dir, branch, file, text string) string {
	if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(file)), 0o700); err != nil {
		c.t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
		c.t.Error(err)
	}
	run := func(args ...string) error {
		cmd := exec.Command("git", append([]string{"-C", dir}, args...)...)
		cmd.Env = gitEnvironment()
		return cmd.Run()
	}
	command(c.t, exec.Command("git", "-C", dir, "add", "."))
	command(c.t, exec.Command("git", "-C", dir, "commit", "-q", "-m", "Add "+filepath.Base(file)))
	deadline := time.Now().Add(2 * time.Minute)
	for run("push", "-q", "origin", branch) != nil {
		if time.Now().After(deadline) {
			c.t.Errorf("git push of %s never went through", file)
			break
		}
		if err := run("pull", "-q", "--rebase", "origin", branch); err != nil {
			c.t.Errorf("git pull --rebase: %v", err)
			break
		}
	}
	return strings.TrimSpace(command(c.t, exec.Command("git", "-C", dir, "rev-parse", "HEAD")))
}

// Fifty people at once: nothing that was acknowledged is lost, nothing happens
// twice, nobody gives up, and the order of the pushes explains every answer.
func TestFiftyAtOnce(t *testing.T) {
	c := newCrowd(t, crowdTiers)
	c.furnish()
	d := 20 * time.Second
	if long() {
		d = time.Minute
	}
	if testing.Short() {
		d = 5 * time.Second
	}
	before := c.traffic()
	c.open(d)
	var wg sync.WaitGroup
	for n := range crowdSize {
		wg.Go(func() { c.person(n) })
	}
	wg.Wait()
	c.close()
	v := c.judged(before)
	for _, why := range v.violations {
		t.Error(why)
	}
	v.figure()
}

// A traffic is how many pushes a repository took and refused.
type traffic struct{ taken, refused int }

func (a traffic) all() int { return a.taken + a.refused }

func (c *crowd) traffic() map[string]traffic {
	all := map[string]traffic{}
	for _, name := range repositories {
		n := c.count.Count(name)
		all[name] = traffic{n.Pushes, n.Refused}
	}
	return all
}

// since is the traffic of each repository since then, and of all together.
func (c *crowd) since(before map[string]traffic) (each map[string]traffic, sum traffic) {
	each = c.traffic()
	for name, n := range each {
		n = traffic{n.taken - before[name].taken, n.refused - before[name].refused}
		each[name] = n
		sum = traffic{sum.taken + n.taken, sum.refused + n.refused}
	}
	return each, sum
}

// furnish gives the system twenty shops, ShopSets with room for one more each,
// and two releases.
func (c *crowd) furnish() {
	c.t.Helper()
	var stream strings.Builder
	fmt.Fprintf(&stream, "commit refs/heads/main\ncommitter Ryu <ryu@example.com> %d +0000\ndata 5\nShops\nfrom refs/heads/main^0\n", time.Now().Unix())
	for i := range 20 {
		file, text := shopFile(fmt.Sprintf("shop-%d", i), fmt.Sprintf("s-%d01", i%crowdTiers))
		fmt.Fprintf(&stream, "M 100644 inline %s\ndata %d\n%s\n", file, len(text), text)
	}
	for file, text := range c.narrowFiles() {
		fmt.Fprintf(&stream, "M 100644 inline %s\ndata %d\n%s\n", file, len(text), text)
	}
	c.gitWith(stream.String(), "system.git", "fast-import", "--quiet")
	for _, title := range []string{"Change 1", "Change 2"} {
		c.merge("app.git", title)
		c.must("reconcile", "--yes")
		c.must("promote", "--to", tier(crowdTiers-1), "--yes")
	}
}
