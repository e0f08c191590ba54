package cli

import (
	"context"
	"strings"
	"sync"

	"github.com/shopctl/shopctl/internal/settings"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
	"github.com/shopctl/shopctl/internal/tui"
)

// rights are what the login may write, as far as the forge says so. They are
// asked for once: a page left open costs no calls.
type rights struct {
	once sync.Once
	done sync.WaitGroup

	mu       sync.Mutex
	board    string // why nothing can be written; empty: it can, or nobody knows
	tier     string // why no release can be moved
	panicked string // what the asking panicked with, until it was told
	asking   context.CancelFunc
}

// begin asks in the background, the first time.
func (r *rights) begin(ctx context.Context, c *Call, have shop.State) {
	var tiers []shop.Tier
	for _, t := range have.Tiers {
		tiers = append(tiers, t.Spec.Name)
	}
	r.once.Do(func() {
		ctx, r.asking = context.WithCancel(ctx)
		r.done.Add(1)
		go func() {
			defer r.done.Done()
			var board, tier string
			panicked := beside(func() { board, tier = c.lacking(ctx, tiers) })
			r.mu.Lock()
			defer r.mu.Unlock()
			r.board, r.tier, r.panicked = board, tier, panicked
		}()
	})
}

func (r *rights) end() {
	if r.asking != nil {
		r.asking()
	}
	r.done.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.again()
}

// again panics with what the asking panicked with, once.
func (r *rights) again() {
	if p := r.panicked; p != "" {
		r.panicked = ""
		panic(p)
	}
}

// on notes on a board what cannot be done from here.
func (r *rights) on(b *tui.Board) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.again()
	b.ReadOnly = r.board
	for i := range b.Tiers {
		b.Tiers[i].MayNot = r.tier
	}
}

// lacking asks the forge whether the repositories can be pushed to at all. Rules
// of single branches are no reason to refuse beforehand: an approval may be asked
// for, and the last word is the push itself.
func (c *Call) lacking(ctx context.Context, tiers []shop.Tier) (board, tier string) {
	l, err := c.logins()
	if err != nil || l.Host(SideForge) == "" {
		return "", ""
	}
	all, err := l.Rights(ctx, SideForge, tiers)
	if err != nil {
		c.Logf("ui: the rights at the forge: %s", err)
		return "", ""
	}
	for _, r := range all {
		if r.May != "no" || r.Why != "no-push" && r.Why != "no-access" {
			continue
		}
		why := c.Text.BoardErrand.MayNot(show.Clean(c.Text.Auth.Because[r.Why](r.Where, r.Rule)))
		if isRepository(c.system.System, r.Where) {
			return why, why
		}
		return "", why
	}
	return "", ""
}

// isRepository reports whether an address is that of the forge's owner/name.
func isRepository(a settings.Address, name string) bool {
	url := strings.TrimSuffix(strings.TrimRight(a.URL, "/"), ".git")
	return name != "" && (strings.HasSuffix(url, "/"+name) || strings.HasSuffix(url, ":"+name))
}
