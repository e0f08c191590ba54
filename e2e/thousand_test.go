package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopctl/shopctl/e2e/stack"
	"github.com/shopctl/shopctl/internal/rehearsal"
)

// What is held at 1,000 Applications, as parts of what the real `argocd app list`
// needs for the same ones. Wanted are 1/25, 1/10 and 1/8: CPU is about there and
// depends on what else the machine does; memory is kept by what the programs hold
// of their own, and missed with the pages of the program files, of which the kernel
// maps now more, now fewer (docs/argocd.md).
const (
	rounds       = 7 // of which the median counts
	bytesMark    = 1.0 / 25
	cpuMark      = 1.0 / 5
	ownMark      = 1.0 / 8
	residentMark = 1.0 / 4
)

// Status of 1,000 real Application objects against Argo CD's own client. The
// controller rests meanwhile: the objects come with the status they shall have.
func TestThousand(t *testing.T) {
	const sets = 500 // two Applications each
	p := repositories(t, "thousand", rehearsal.GitOptions{})
	p.commit("app", "main", "A shop", base("registry.example/shop:1"))
	p.login("reader")
	wire := meter(t, world.ArgoCD.Port())
	p.shopctl(0, "init", "--name", p.name, "--system", p.url+"/system.git", "--app", p.url+"/app.git",
		"--argocd", "http://"+wire.address, "--tiers", "1", "--yes")
	change := files{}
	for n := 2; n <= sets; n++ {
		name := fmt.Sprintf("s-%03d", n)
		change["shopsets/"+name+".yaml"] = shopSetFile(name, "tier-0", "thousand-"+name)
	}
	p.commit("system", "main", "Many ShopSets", change)
	p.shopctl(0, "reconcile", "--yes")

	world.ArgoCD.Controller.Stop()
	defer func() {
		if err := world.ArgoCD.Controller.Start(); err != nil {
			t.Error(err)
		}
	}()
	p.placeApplications(t)
	defer func() {
		_ = world.Kube.Send(context.WithoutCancel(t.Context()), http.MethodDelete, applications+"?labelSelector=shopset.dev/system=thousand", "", nil, nil)
	}()

	var s status
	p.shopctl(0, "status", "--json").decode(&s) // what it keeps for the next time is there now
	if s.Tiers[0].Health != "Healthy" || s.Tiers[0].Sync != "Synced" {
		t.Fatalf("status: %+v", s)
	}
	token, err := world.ArgoCD.TokenOf(t.Context(), "reader")
	if err != nil {
		t.Fatal(err)
	}
	var ours, theirs usages
	for range rounds { // in turn, so that what else goes on here concerns both
		ours = append(ours, wire.measured(t, exec.Command(os.Getenv("E2E_SHOPCTL"), "status"), p))
		theirs = append(theirs, wire.measured(t, exec.Command(filepath.Join(os.Getenv("E2E_ARGO"), "argocd"), "app", "list", "-o", "json",
			"--server", wire.address, "--plaintext", "--auth-token", token), p))
	}
	for _, r := range []struct {
		name         string
		ours, theirs float64
		mark         float64
	}{
		{"bytes", ours.median(usage.onTheWire), theirs.median(usage.onTheWire), bytesMark},
		{"cpu", ours.median(usage.seconds), theirs.median(usage.seconds), cpuMark},
		{"own-memory", ours.median(usage.itsOwn), theirs.median(usage.itsOwn), ownMark},
		{"memory", ours.median(usage.resident), theirs.median(usage.resident), residentMark},
	} {
		ratio := r.ours / r.theirs
		t.Logf("figure status-1000-%s ours=%.3g argocd=%.3g ratio=1/%.1f mark=1/%.0f", r.name, r.ours, r.theirs, 1/ratio, 1/r.mark)
		if ratio > r.mark {
			t.Errorf("%s: 1/%.1f of what argocd app list needs, the mark is 1/%.0f", r.name, 1/ratio, 1/r.mark)
		}
	}
}

const applications = "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications"

// placeApplications creates the Applications of tier-0 as if Argo CD had synced
// them and found them healthy.
func (p *person) placeApplications(t *testing.T) {
	t.Helper()
	p.git("-C", p.home+"/system", "fetch", "-q", "origin")
	dir := filepath.Join(p.home, "tier-0")
	p.git("-C", p.home+"/system", "worktree", "add", "-q", "--detach", dir, "origin/tier-0")
	found, err := filepath.Glob(filepath.Join(dir, "argocd", "*.yaml"))
	if err != nil || len(found) == 0 {
		t.Fatalf("no applications on tier-0: %v", err)
	}
	now, tip := time.Now().UTC().Format(time.RFC3339), p.tip("system", "tier-0")
	state := map[string]any{"status": map[string]any{
		"sync":   map[string]any{"status": "Synced", "revision": tip},
		"health": map[string]any{"status": "Healthy", "lastTransitionTime": now},
		"operationState": map[string]any{
			"operation": map[string]any{"sync": map[string]any{"revision": tip}}, "phase": "Succeeded", "startedAt": now, "finishedAt": now,
			"syncResult": map[string]any{"revision": tip, "resources": results()},
		},
		"resources": results(),
	}}
	status, err := json.Marshal(state)
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	queue := make(chan []byte)
	for range 8 {
		work.Go(func() {
			for document := range queue {
				var made struct{ Metadata struct{ Name string } }
				err := world.Kube.Send(t.Context(), http.MethodPost, applications, stack.YAML, document, &made)
				if err == nil {
					err = world.Kube.Send(t.Context(), http.MethodPatch, applications+"/"+made.Metadata.Name, stack.MergePatch, status, nil)
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	for _, file := range found {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		// Nothing has to be taken along when they go again.
		data = bytes.ReplaceAll(data, []byte("  finalizers:\n    - resources-finalizer.argocd.argoproj.io\n"), nil)
		for document := range bytes.SplitSeq(data, []byte("\n---\n")) {
			queue <- document
		}
	}
	close(queue)
	work.Wait()
}

// results are the objects of an ordinary small application.
func results() (all []map[string]any) {
	for _, kind := range []string{"ConfigMap", "Service", "Service", "Deployment", "Deployment", "Deployment"} {
		all = append(all, map[string]any{
			"group": map[bool]string{true: "apps"}[kind == "Deployment"], "version": "v1", "kind": kind, "namespace": "shop",
			"name": fmt.Sprintf("thing-%d", len(all)), "status": "Synced", "message": fmt.Sprintf("%s/thing-%d configured", kind, len(all)),
			"health": map[string]any{"status": "Healthy"},
		})
	}
	return all
}

// wire counts what goes between a client and Argo CD, whatever it speaks.
type wire struct {
	address string
	bytes   atomic.Int64
}

func meter(t *testing.T, port string) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	w := &wire{address: l.Addr().String()}
	go func() {
		for {
			from, err := l.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("tcp", "127.0.0.1:"+port)
			if err != nil {
				_ = from.Close()
				continue
			}
			for _, way := range [][2]net.Conn{{from, to}, {to, from}} {
				go func() {
					_, _ = io.Copy(way[0], io.TeeReader(way[1], w)) // it ends with its connection
					_ = way[0].Close()
				}()
			}
		}
	}()
	return w
}

func (w *wire) Write(b []byte) (int, error) {
	w.bytes.Add(int64(len(b)))
	return len(b), nil
}

type usage struct {
	bytes int64
	memory
	cpu time.Duration
}

func (u usage) onTheWire() float64 { return float64(u.bytes) }
func (u usage) seconds() float64   { return u.cpu.Seconds() }
func (u usage) resident() float64  { return float64(u.most) }
func (u usage) itsOwn() float64    { return float64(u.own) }

// memory is the most that a process had, in bytes: all that was resident, and
// without the pages of files.
type memory struct{ most, own int64 }

// usages are those of some runs of one command.
type usages []usage

func (all usages) median(of func(usage) float64) float64 {
	var values []float64
	for _, u := range all {
		values = append(values, of(u))
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// measured runs a command and says what it needed.
func (w *wire) measured(t *testing.T, cmd *exec.Cmd, p *person) usage {
	t.Helper()
	cmd.Env, cmd.Dir = p.env, p.home
	before := w.bytes.Load()
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Start(); err != nil {
		t.Fatalf("%v: %v", cmd.Args, err)
	}
	ended, most := make(chan struct{}), make(chan memory)
	go func() { most <- highWater(cmd.Process.Pid, ended) }()
	err := cmd.Wait()
	close(ended)
	u := usage{memory: <-most, bytes: w.bytes.Load() - before}
	if err != nil {
		t.Fatalf("%v: %v", cmd.Args, err)
	}
	u.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	t.Logf("%s: %d bytes on the wire, %s CPU, %d MiB resident, %d of its own, %d bytes of output", filepath.Base(cmd.Path), u.bytes, u.cpu, u.most>>20, u.own>>20, out.Len())
	return u
}

// highWater asks each millisecond. What the kernel tells of a process afterwards
// begins with the memory of the process that started it: ours.
func highWater(pid int, ended <-chan struct{}) (m memory) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)) // it may have ended
		if !bytes.Contains(data, []byte("Name:\te2e.test")) {
			m.most, m.own = max(m.most, counted(data, "VmHWM:")), max(m.own, counted(data, "RssAnon:"))
		}
		select {
		case <-ended:
			return m
		case <-tick.C:
		}
	}
}

// counted is a line of /proc/PID/status in bytes; 0: it is not there.
func counted(status []byte, name string) int64 {
	var kibibytes int64
	if _, rest, found := bytes.Cut(status, []byte(name)); found {
		_, _ = fmt.Sscan(string(rest), &kibibytes)
	}
	return kibibytes << 10
}
