package git

import (
	"container/heap"
	"errors"
	"time"
)

// paint says from which side a commit was reached.
type paint uint8

const (
	wanted paint = 1 << iota
	unwanted
)

// queue holds commits, newest committer date first.
type queue []Commit

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].Committer.When.After(q[j].Committer.When) }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)        { *q = append(*q, x.(Commit)) }
func (q *queue) Pop() any {
	old := *q
	c := old[len(old)-1]
	*q = old[:len(old)-1]
	return c
}

// frontier walks history from two sides at once, newest first. Colours spread
// again when a wrong date showed a commit too early.
type frontier struct {
	objects Objects
	colour  map[ID]paint
	queue   queue
	queued  map[ID]bool
	open    int // commits in the queue that are not yet known to be unwanted
}

func newFrontier(o Objects) *frontier {
	return &frontier{objects: o, colour: map[ID]paint{}, queued: map[ID]bool{}}
}

func (f *frontier) add(id ID, p paint) error {
	before := f.colour[id]
	after := before | p
	if before == after {
		return nil
	}
	f.colour[id] = after
	if f.queued[id] {
		if before == wanted {
			f.open--
		}
		return nil
	}
	c, err := f.objects.Commit(id)
	if err != nil {
		return err
	}
	f.queued[id] = true
	if after == wanted {
		f.open++
	}
	heap.Push(&f.queue, c)
	return nil
}

// next takes the newest commit and paints its parents.
func (f *frontier) next() (Commit, error) {
	c := heap.Pop(&f.queue).(Commit)
	delete(f.queued, c.ID)
	p := f.colour[c.ID]
	if p == wanted {
		f.open--
	}
	for _, parent := range c.Parents {
		if err := f.add(parent, p); err != nil {
			return Commit{}, err
		}
	}
	return c, nil
}

// Contains reports whether ancestor is descendant or in its history. It reads
// the commits in which the two histories differ, and little more.
func Contains(o Objects, ancestor, descendant ID) (bool, error) {
	if ancestor == descendant {
		return true, nil
	}
	f := newFrontier(o)
	if err := f.add(ancestor, unwanted); err != nil {
		return false, err
	}
	if err := f.add(descendant, wanted); err != nil {
		return false, err
	}
	// A commit on a way from descendant down to ancestor is never in the
	// history of ancestor, so it stays open until it has been walked.
	for f.open > 0 {
		if _, err := f.next(); err != nil {
			return false, err
		}
		if f.colour[ancestor]&wanted != 0 {
			return true, nil
		}
	}
	return false, nil
}

// Between visits the commits that are in the history of to and in that of none
// of from, newest committer date first. It is exact when the clocks of the
// committers differ by less than an hour. ErrStop from visit ends it without an
// error.
func Between(o Objects, from []ID, to ID, visit func(Commit) error) error {
	f := newFrontier(o)
	for _, id := range from {
		if err := f.add(id, unwanted); err != nil {
			return err
		}
	}
	if err := f.add(to, wanted); err != nil {
		return err
	}
	if len(from) == 0 {
		return f.visitAll(visit)
	}
	var found []Commit
	for f.open > 0 {
		c, err := f.next()
		if err != nil {
			return err
		}
		if f.colour[c.ID] == wanted {
			found = append(found, c)
		}
	}
	// What is left in the queue is unwanted, but with wrong dates it may still
	// reach commits that were found.
	if err := f.settle(found); err != nil {
		return err
	}
	seen := map[ID]bool{}
	for _, c := range found {
		if f.colour[c.ID] != wanted || seen[c.ID] {
			continue
		}
		seen[c.ID] = true
		if err := visit(c); err != nil {
			return stopped(err)
		}
	}
	return nil
}

// slop is how much younger than its child a commit may look.
const slop = time.Hour

// settle walks on while the queue holds a commit that is not older than the
// oldest found one: only such a commit can lead back to it.
func (f *frontier) settle(found []Commit) error {
	if len(found) == 0 {
		return nil
	}
	oldest := found[0].Committer.When
	for _, c := range found {
		if c.Committer.When.Before(oldest) {
			oldest = c.Committer.When
		}
	}
	oldest = oldest.Add(-slop)
	for len(f.queue) > 0 && !f.queue[0].Committer.When.Before(oldest) {
		if _, err := f.next(); err != nil {
			return err
		}
	}
	return nil
}

// visitAll streams: without an unwanted side nothing can change its colour.
func (f *frontier) visitAll(visit func(Commit) error) error {
	for len(f.queue) > 0 {
		c, err := f.next()
		if err != nil {
			return err
		}
		if err := visit(c); err != nil {
			return stopped(err)
		}
	}
	return nil
}

// FirstParents visits from, its first parent, and so on. ErrStop from visit
// ends it without an error.
func FirstParents(o Objects, from ID, visit func(Commit) error) error {
	for id := from; ; {
		c, err := o.Commit(id)
		if err != nil {
			return err
		}
		if err := visit(c); err != nil {
			return stopped(err)
		}
		if len(c.Parents) == 0 {
			return nil
		}
		id = c.Parents[0]
	}
}

func stopped(err error) error {
	if errors.Is(err, ErrStop) {
		return nil
	}
	return err
}
