package rehearsal

import (
	"hash/fnv"
	"io"
	"time"
)

// target is what git asks of an Application at one revision.
type target struct {
	Revision string `json:"revision"`
	Key      string `json:"key,omitempty"`   // equal keys: equal manifests
	Pair     string `json:"pair,omitempty"`  // the gitlinks it was built with
	Tree     string `json:"tree,omitempty"`  // of the Application's path
	Pods     bool   `json:"pods,omitempty"`  // it has Deployments, so it rolls out
	Empty    bool   `json:"empty,omitempty"` // it has no objects: nothing is ever synced
	Error    string `json:"error,omitempty"`
}

// operation is one sync. All its times are known when it is planned; what it
// looks like at a moment follows from them, so no timer runs anywhere.
type operation struct {
	Target    target    `json:"target"`
	Requested time.Time `json:"requested"` // the wish for it: what is known of the one before goes
	Started   time.Time `json:"started"`
	Finished  time.Time `json:"finished"`
	Compared  time.Time `json:"compared"` // after it: sync and health follow only then
	Ready     time.Time `json:"ready"`    // the end of its rollout
	Rolls     bool      `json:"rolls,omitempty"`
	Failed    string    `json:"failed,omitempty"`
	Crash     bool      `json:"crash,omitempty"`
	By        string    `json:"by,omitempty"` // empty: automated
}

// What lies between the moments of an operation. The real Argo CD takes a few
// milliseconds for some of them; these are long enough for a stream to show.
const (
	untilWritten  = 120 * time.Millisecond // a wish to sync comes before the status that led to it
	untilBegun    = 250 * time.Millisecond // from the wish to the operation
	untilCompared = 150 * time.Millisecond // from the end of the operation to the status after it
)

// life is all that ever happened to one Application.
type life struct {
	Created time.Time   `json:"created"`
	Seen    target      `json:"seen"`
	SeenAt  time.Time   `json:"seenAt"`        // when Seen is shown
	Was     target      `json:"was"`           // what is shown until then
	Ops     []operation `json:"ops,omitempty"` // oldest first; the last may lie in the future
	Before  health      `json:"before"`        // what the operations left that are forgotten
}

// health is a health and since when.
type health struct {
	Status string    `json:"status,omitempty"`
	Since  time.Time `json:"since"`
}

// kept is how many operations are remembered.
const kept = 12

// clone is a copy whose operations may be changed.
func (l life) clone() life {
	l.Ops = append([]operation(nil), l.Ops...)
	return l
}

// settled is the key that the cluster has once all operations are over.
func (l life) settled() (key string, ok bool) {
	for i := len(l.Ops) - 1; i >= 0; i-- {
		if l.Ops[i].Failed == "" {
			return l.Ops[i].Target.Key, true
		}
	}
	return "", false
}

// refreshed is the life after Argo CD looked at a branch. What is not needed any
// more is dropped: an operation that nobody has wished for yet.
func (l life) refreshed(now time.Time, t target) life {
	l = l.clone()
	if n := len(l.Ops); n > 0 && l.Ops[n-1].Requested.After(now) && l.Ops[n-1].By == "" {
		l.Ops = l.Ops[:n-1]
	}
	l.Was, l.Seen, l.SeenAt = l.seen(now), t, now
	return l
}

// seen is what the status shows at a moment as compared last.
func (l life) seen(now time.Time) target {
	if now.Before(l.SeenAt) {
		return l.Was
	}
	return l.Seen
}

// empty reports whether there is nothing to sync, and never was.
func (l life) empty(t target) bool {
	_, had := l.settled()
	return t.Empty && !had
}

// wantsSync reports whether automated sync has something to do. A revision that
// failed is not tried again, as in Argo CD.
func (l life) wantsSync() bool {
	if l.Seen.Error != "" || l.Seen.Revision == "" || l.empty(l.Seen) {
		return false
	}
	if n := len(l.Ops); n > 0 && l.Ops[n-1].Failed != "" && l.Ops[n-1].Target.Revision == l.Seen.Revision {
		return false
	}
	key, ok := l.settled()
	return !ok || key != l.Seen.Key
}

// running is the operation that is wished for or goes on at a moment, nil if none.
func (l life) running(now time.Time) *operation {
	if o := l.current(now); o != nil && now.Before(o.Finished) {
		return o
	}
	return nil
}

// current is the last operation that was wished for.
func (l life) current(now time.Time) *operation {
	for i := len(l.Ops) - 1; i >= 0; i-- {
		if !l.Ops[i].Requested.After(now) {
			return &l.Ops[i]
		}
	}
	return nil
}

// synced is the life with one more operation: it is wished for when the one
// before is over and compared. Durations come from the seed, the name and the
// gitlinks: a revision also depends on the ports that the world happened to get.
func (l life) synced(now time.Time, t target, seed uint64, name, by string) life {
	l = l.clone()
	start := now
	if n := len(l.Ops); n > 0 && l.Ops[n-1].Compared.After(start) {
		start = l.Ops[n-1].Compared
	}
	before, had := l.settled()
	o := operation{Target: t, Requested: start, Started: start.Add(untilBegun), By: by}
	o.Finished = o.Started.Add(between(seed, name+t.Pair+"sync", 200*time.Millisecond, 600*time.Millisecond))
	o.Compared = o.Finished.Add(untilCompared)
	o.Ready = o.Compared
	if t.Pods && (!had || before != t.Key) {
		o.Rolls = true
		o.Ready = o.Compared.Add(between(seed, name+t.Pair+"roll", 400*time.Millisecond, 1400*time.Millisecond))
	}
	l.Ops = append(l.Ops, o)
	return l.forgetting()
}

// forgetting drops the oldest operations, but not what they led to.
func (l life) forgetting() life {
	if drop := len(l.Ops) - kept; drop > 0 {
		old := life{Created: l.Created, Before: l.Before, Ops: l.Ops[:drop]}
		v := old.at(l.Ops[drop-1].Ready)
		l.Before, l.Ops = health{v.Health, v.Since}, l.Ops[drop:]
	}
	return l
}

// between is a duration that depends on nothing but the seed and the text.
func between(seed uint64, text string, from, to time.Duration) time.Duration {
	h := fnv.New64a()
	_, _ = io.WriteString(h, text) // a hash never fails
	return from + time.Duration((h.Sum64()^seed*0x9e3779b97f4a7c15)%uint64(to-from))
}

// view is how an Application looks at one moment.
type view struct {
	Sync, Revision  string
	Health, Message string
	Since           time.Time // of Health
	Done            int       // percent of the rollout
	Condition       string    // why Sync is Unknown
	Phase           string
	Requested       bool // an operation that has not begun
	Operations      int  // how many were begun
	Started         time.Time
	Finished        time.Time
	Reconciled      time.Time // when the branch was last compared; a change of an object does not count
}

// at is how the Application looks at a moment.
func (l life) at(now time.Time) view {
	seen := l.seen(now)
	v := view{Sync: "Unknown", Revision: seen.Revision, Health: "Missing", Since: l.Created}
	if l.Before.Status != "" {
		v.Health, v.Since = l.Before.Status, l.Before.Since
	}
	var live *operation
	for i := range l.Ops {
		o := &l.Ops[i]
		if o.Requested.After(now) {
			break
		}
		v.begin(*o, now)
		if o.Started.After(now) {
			break
		}
		v.Operations = i + 1
		if o.Compared.After(now) {
			break
		}
		v.Reconciled = o.Compared
		if o.Failed != "" {
			continue
		}
		v.roll(*o, now)
		live = o
	}
	if !l.SeenAt.After(now) && l.SeenAt.After(v.Reconciled) {
		v.Reconciled = l.SeenAt
	}
	switch {
	case seen.Error != "":
		v.Condition = seen.Error
	case seen.Revision == "":
	case live != nil && live.Target.Key == seen.Key:
		v.Sync = "Synced"
	case live == nil && l.empty(seen):
		v.Sync, v.Health = "Synced", "Healthy"
	default:
		v.Sync = "OutOfSync"
	}
	return v
}

// begin shows an operation that was wished for, and nothing of the one before.
func (v *view) begin(o operation, now time.Time) {
	v.Requested, v.Phase, v.Started, v.Finished = o.Started.After(now), "", time.Time{}, time.Time{}
	if v.Requested {
		return
	}
	v.Started, v.Phase = o.Started, "Running"
	if o.Finished.After(now) {
		return
	}
	v.Finished, v.Phase = o.Finished, "Succeeded"
	if o.Failed != "" {
		v.Phase = "Failed"
	}
}

// roll moves the health on by a finished operation.
func (v *view) roll(o operation, now time.Time) {
	if !o.Rolls {
		if v.Health == "Missing" {
			v.Health, v.Since = "Healthy", o.Compared
		}
		return
	}
	v.Message = ""
	switch {
	case now.Before(o.Ready):
		if v.Health != "Progressing" {
			v.Health, v.Since = "Progressing", o.Compared
		}
		v.Done = int(100 * now.Sub(o.Compared) / o.Ready.Sub(o.Compared))
	case o.Crash:
		v.Health, v.Since, v.Message = "Degraded", o.Ready, crashMessage
	default:
		v.Health, v.Since = "Healthy", o.Ready
	}
}
