package rehearsal

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/shopctl/shopctl/internal/rehearsal/forge"
	"github.com/shopctl/shopctl/internal/shop"
)

// Advance moves the clock. What is due then has happened when it returns, but
// for what the runner does: see Idle.
func (w *World) Advance(d time.Duration) error {
	if d < 0 {
		return fmt.Errorf("advance by %s: the clock never goes back", d)
	}
	w.argo.Settle()
	w.clock.Advance(d)
	w.mu.Lock()
	w.record.Offset = w.clock.Offset()
	err := w.writeRecord()
	w.mu.Unlock()
	w.argo.Settle()
	w.runner.poke()
	w.logf("clock advanced by %s", d)
	return err
}

// Break begins a fault, as ParseFault reads it; "none" mends everything.
func (w *World) Break(fault string) error {
	if fault == "none" {
		if w.forge != nil {
			w.forge.Mend()
		}
		w.argo.Mend()
		w.logf("mended")
		return nil
	}
	f, err := ParseFault(fault)
	if err != nil {
		return err
	}
	if err := w.breakForge(f); err != nil {
		return err
	}
	w.argo.Break(f)
	w.logf("broken: %s", f)
	return nil
}

// Stop ends the world; its state stays.
func (w *World) Stop() error {
	err := error(nil)
	w.stopOnce.Do(func() {
		w.runner.stop()
		close(w.ended)
		w.loops.Wait()
		err = w.saveNow()
		if e := os.Remove(filepath.Join(w.dir, controlFile)); err == nil && e != nil && !errors.Is(e, os.ErrNotExist) {
			err = fmt.Errorf("take the world's control away: %w", e)
		}
		w.close()
	})
	return err
}

func (w *World) close() {
	for i := range w.servers {
		if w.servers[i] != nil {
			_ = w.servers[i].Close()
		}
		if w.listeners[i] != nil {
			_ = w.listeners[i].Close() // the server may have done so
		}
	}
	for _, b := range w.bare {
		b.Close()
	}
}

// pushed tells those who wait for pushes.
func (w *World) pushed(p GitPush) {
	w.tellForge(p)
	w.runChecks(p)
	for _, m := range p.Moved {
		w.logf("push %s %s %.7s..%.7s", p.Repository, m.Ref, m.Old, m.New)
	}
	if p.Repository == systemGit && !w.options.NoWebhook {
		w.argo.Pushed()
	}
	for _, m := range p.Moved {
		if p.Repository == systemGit && m.Ref == shop.MainBranch || p.Repository != systemGit && m.Ref == shop.TierAt(0).Branch() {
			w.runner.poke()
		}
	}
}

// gitFault is what the world's faults do to git.
func (w *World) gitFault(r GitRequest) GitFault {
	var f GitFault
	if w.options.GitFault != nil {
		f = w.options.GitFault(r)
	}
	for _, broken := range w.argo.Faults() {
		switch broken.Name {
		case "git-down":
			f.Status = http.StatusServiceUnavailable
		case "git-slow":
			f.Delay += 2 * time.Second
		}
	}
	if w.forge != nil && f.Refuse == "" && r.User != "" && len(r.Updates) > 0 {
		f.Refuse = w.forge.Judge(forge.Push{Repository: r.Repository, User: r.User, Moves: moves(r.Updates)})
	}
	return f
}

func (w *World) logf(format string, args ...any) {
	w.log.Lock()
	defer w.log.Unlock()
	_, _ = fmt.Fprintf(w.options.Log, "%s %s\n", w.clock.Now().Format(time.RFC3339), fmt.Sprintf(format, args...))
}
