package i18n

import (
	"fmt"

	"github.com/shopctl/shopctl/internal/shop"
)

// Look is what the commands that only look have in common.
type Look struct {
	Fresh      func(age string) string
	NoArgoCD   string
	Silent     string
	Next       string
	Healthy    string
	RollingOut func(percent int) string // -1: not known
	Degraded   string
	Missing    string
	Suspended  string
	Unknown    string
	Synced     string
	Behind     string
	Commits    func(n int) string
	Frozen     string
	Pinned     string
	Closed     string // for maintenance
}

func look() Look {
	return Look{
		Fresh:    func(age string) string { return fmt.Sprintf("fresh, %s ago", age) },
		NoArgoCD: "git alone, no Argo CD: health is unknown",
		Silent:   "Argo CD does not answer: health is unknown",
		Next:     "Next:",
		Healthy:  "healthy",
		RollingOut: func(percent int) string {
			if percent < 0 {
				return "rolling out"
			}
			return fmt.Sprintf("rolling out %d%%", percent)
		},
		Degraded: "degraded", Missing: "missing", Suspended: "suspended", Unknown: "unknown",
		Synced: "synced", Behind: "behind",
		Commits: func(n int) string {
			if n == 1 {
				return "1 commit"
			}
			return fmt.Sprintf("%d commits", n)
		},
		Frozen: "frozen", Pinned: "pinned", Closed: "maintenance",
	}
}

// HealthWord is the word of a health; percent is how far a rollout came, -1:
// nobody can tell.
func (l Look) HealthWord(h shop.Health, percent int) string {
	switch h {
	case shop.Healthy:
		return l.Healthy
	case shop.Progressing:
		return l.RollingOut(percent)
	case shop.Degraded:
		return l.Degraded
	case shop.Missing:
		return l.Missing
	case shop.Suspended:
		return l.Suspended
	}
	return l.Unknown
}

// SyncWord is the word of a sync state.
func (l Look) SyncWord(s shop.Sync) string {
	switch s {
	case shop.Synced:
		return l.Synced
	case shop.OutOfSync:
		return l.Behind
	}
	return l.Unknown
}
