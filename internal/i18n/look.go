package i18n

import "fmt"

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
