package rehearsal

import (
	"hash/fnv"
	"io"
	"time"
)

// target is what git asks of an Application at one revision.
type target struct {
	Revision string `json:"revision"`
	Key      string `json:"key,omitempty"`  // equal keys: equal manifests
	Pair     string `json:"pair,omitempty"` // the gitlinks it was built with
	Tree     string `json:"tree,omitempty"` // of the Application's path
	Pods     bool   `json:"pods,omitempty"` // it has Deployments, so it rolls out
	Error    string `json:"error,omitempty"`
}

// operation is one sync. All its times are known when it is planned; what it
// looks like at a moment follows from them, so no timer runs anywhere.
type operation struct {
	Target   target    `json:"target"`
	Started  time.Time `json:"started"`
	Finished time.Time `json:"finished"`
	Ready    time.Time `json:"ready"` // the end of its rollout
	Rolls    bool      `json:"rolls,omitempty"`
	Failed   string    `json:"failed,omitempty"`
	Crash    bool      `json:"crash,omitempty"`
	By       string    `json:"by,omitempty"` // empty: automated
}

// life is all that ever happened to one Application.
type life struct {
	Created time.Time   `json:"created"`
	Seen    target      `json:"seen"`
	SeenAt  time.Time   `json:"seenAt"`
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
// more is dropped: an operation that had not begun.
func (l life) refreshed(now time.Time, t target) life {
	l = l.clone()
	if n := len(l.Ops); n > 0 && l.Ops[n-1].Started.After(now) && l.Ops[n-1].By == "" {
		l.Ops = l.Ops[:n-1]
	}
	l.Seen, l.SeenAt = t, now
	return l
}

// wantsSync reports whether automated sync has something to do. A revision that
// failed is not tried again, as in Argo CD.
func (l life) wantsSync() bool {
	if l.Seen.Error != "" || l.Seen.Revision == "" {
		return false
	}
	if n := len(l.Ops); n > 0 && l.Ops[n-1].Failed != "" && l.Ops[n-1].Target.Revision == l.Seen.Revision {
		return false
	}
	key, ok := l.settled()
	return !ok || key != l.Seen.Key
}

// running is the operation that goes on at a moment, nil if none.
func (l life) running(now time.Time) *operation {
	if o := l.current(now); o != nil && now.Before(o.Finished) {
		return o
	}
	return nil
}

// current is the last operation that has begun.
func (l life) current(now time.Time) *operation {
	for i := len(l.Ops) - 1; i >= 0; i-- {
		if !l.Ops[i].Started.After(now) {
			return &l.Ops[i]
		}
	}
	return nil
}

// synced is the life with one more operation: it begins when the one before is
// over. Durations come from the seed, the name and the
// gitlinks: a revision also depends on the ports that the world happened to get.
func (l life) synced(now time.Time, t target, seed uint64, name, by string) life {
	l = l.clone()
	start := now
	if n := len(l.Ops); n > 0 && l.Ops[n-1].Finished.After(start) {
		start = l.Ops[n-1].Finished
	}
	before, had := l.settled()
	o := operation{Target: t, Started: start, By: by}
	o.Finished = start.Add(between(seed, name+t.Pair+"sync", 200*time.Millisecond, 600*time.Millisecond))
	o.Ready = o.Finished
	if t.Pods && (!had || before != t.Key) {
		o.Rolls = true
		o.Ready = o.Finished.Add(between(seed, name+t.Pair+"roll", 400*time.Millisecond, 1400*time.Millisecond))
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
	Operations      int // how many were begun
	Started         time.Time
	Finished        time.Time
}

// at is how the Application looks at a moment.
func (l life) at(now time.Time) view {
	v := view{Sync: "Unknown", Revision: l.Seen.Revision, Health: "Missing", Since: l.Created}
	if l.Before.Status != "" {
		v.Health, v.Since = l.Before.Status, l.Before.Since
	}
	var live *operation
	for i := range l.Ops {
		o := &l.Ops[i]
		if o.Started.After(now) {
			break
		}
		v.Operations, v.Started, v.Finished, v.Phase = i+1, o.Started, time.Time{}, "Running"
		if o.Finished.After(now) {
			break
		}
		v.Finished, v.Phase = o.Finished, "Succeeded"
		if o.Failed != "" {
			v.Phase = "Failed"
			continue
		}
		v.roll(*o, now)
		live = o
	}
	switch {
	case l.Seen.Error != "":
		v.Condition = l.Seen.Error
	case l.Seen.Revision == "":
	case live != nil && live.Target.Key == l.Seen.Key:
		v.Sync = "Synced"
	default:
		v.Sync = "OutOfSync"
	}
	return v
}

// roll moves the health on by a finished operation.
func (v *view) roll(o operation, now time.Time) {
	if !o.Rolls {
		if v.Health == "Missing" {
			v.Health, v.Since = "Healthy", o.Finished
		}
		return
	}
	v.Message = ""
	switch {
	case now.Before(o.Ready):
		if v.Health != "Progressing" {
			v.Health, v.Since = "Progressing", o.Finished
		}
		v.Done = int(100 * now.Sub(o.Finished) / o.Ready.Sub(o.Finished))
	case o.Crash:
		v.Health, v.Since, v.Message = "Degraded", o.Ready, crashMessage
	default:
		v.Health, v.Since = "Healthy", o.Ready
	}
}
