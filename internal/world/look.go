package world

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// The methods below read what an Observe has fetched.

// Commits lists the commits of a repository that are in the history of to and
// not in that of from, newest first, at most limit (0: all). An empty from
// means the whole history.
func (w *World) Commits(repo shop.Repository, from, to shop.CommitID, limit int) (commits []shop.Commit, err error) {
	var not []git.ID
	if from != "" {
		not = append(not, id(from))
	}
	err = git.Between(w.repository(repo), not, id(to), func(c git.Commit) error {
		commits = append(commits, described(c))
		if limit > 0 && len(commits) == limit {
			return git.ErrStop
		}
		return nil
	})
	return commits, err
}

func described(c git.Commit) shop.Commit {
	subject, body, _ := strings.Cut(c.Message, "\n")
	return shop.Commit{
		ID: commitID(c.ID), AuthorName: c.Author.Name, AuthorEmail: c.Author.Email, At: c.Committer.When.UTC(),
		Subject: subject, Body: strings.TrimSpace(body),
	}
}

// Changed lists the files that differ between two commits of a repository; an
// empty from means that nothing was there.
func (w *World) Changed(repo shop.Repository, from, to shop.CommitID) (changes []shop.Change, err error) {
	o := w.repository(repo)
	trees := [2]git.ID{}
	for i, c := range []shop.CommitID{from, to} {
		if c == "" {
			continue
		}
		commit, err := o.Commit(id(c))
		if err != nil {
			return nil, err
		}
		trees[i] = commit.Tree
	}
	err = git.Diff(o, trees[0], trees[1], func(path string, old, new git.Entry) error {
		changes = append(changes, shop.Change{Path: path, Removed: new.ID.IsZero(), Added: old.ID.IsZero()})
		return nil
	})
	return changes, err
}

// Find resolves the first digits of a commit's id among the commits on the
// tier branches of a repository; empty when there is none.
func (w *World) Find(repo shop.Repository, prefix string) (shop.CommitID, error) {
	r := w.repository(repo)
	if r == nil {
		return "", nil
	}
	w.seen.Lock()
	refs := w.seen.refs[repo]
	w.seen.Unlock()
	found := map[shop.CommitID]bool{}
	var before []git.ID
	for ref, tip := range refs.Tips {
		if !isTierBranch(ref) {
			continue
		}
		err := git.Between(r, before, tip, func(c git.Commit) error {
			if cid := commitID(c.ID); strings.HasPrefix(string(cid), prefix) {
				found[cid] = true
			}
			return nil
		})
		if err != nil {
			return "", err
		}
		before = append(before, tip)
	}
	ids := make([]shop.CommitID, 0, len(found))
	for c := range found {
		ids = append(ids, c)
	}
	switch len(ids) {
	case 0:
		return "", nil
	case 1:
		return ids[0], nil
	}
	slices.Sort(ids)
	return "", &shop.Fault{Kind: shop.AmbiguousID, Repository: repo, Text: fmt.Sprintf("%s names %d commits", prefix, len(ids))}
}

// Describe is one commit of a repository.
func (w *World) Describe(repo shop.Repository, c shop.CommitID) (shop.Commit, error) {
	commit, err := w.repository(repo).Commit(id(c))
	return described(commit), err
}

// Activity lists the commits of main and of the tier branches since a time,
// newest first; one operation is one entry, whatever branches it wrote.
func (w *World) Activity(since time.Time) ([]shop.Activity, error) {
	w.seen.Lock()
	refs := w.seen.refs[shop.SystemRepository]
	w.seen.Unlock()
	byOperation := map[string]*shop.Activity{}
	var all []*shop.Activity
	for ref, tip := range refs.Tips {
		if ref != shop.MainBranch && !isTierBranch(ref) {
			continue
		}
		branch := strings.TrimPrefix(ref, "refs/heads/")
		err := git.FirstParents(w.system(), tip, func(c git.Commit) error {
			if c.Committer.When.Before(since) {
				return git.ErrStop
			}
			a := activity(c, branch)
			if known := byOperation[a.Operation]; known != nil && a.Operation != "" {
				known.Branches = append(known.Branches, branch)
				return nil
			}
			byOperation[a.Operation] = a
			all = append(all, a)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	out := make([]shop.Activity, len(all))
	for i, a := range all {
		slices.Sort(a.Branches)
		a.Branches = slices.Compact(a.Branches)
		out[i] = *a
	}
	slices.SortStableFunc(out, func(a, b shop.Activity) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Commit, b.Commit))
	})
	return out, nil
}

func activity(c git.Commit, branch string) *shop.Activity {
	t, ours := shop.ParseTrailers(c.Message)
	a := &shop.Activity{Commit: commitID(c.ID), At: c.Committer.When.UTC(), By: t.Actor, Operation: t.Operation,
		Reason: shop.ReasonOf(c.Message), Branches: []string{branch}, Risks: t.Risks}
	a.What, _, _ = strings.Cut(c.Message, "\n")
	if !ours {
		a.By = c.Author.Name + " <" + c.Author.Email + ">"
	}
	return a
}

// Draft makes the commits of a write without pushing them.
func (w *World) Draft(ctx context.Context, op plan.WriteSystem) ([]shop.Draft, error) {
	built, err := w.Build(ctx, op)
	if err != nil {
		return nil, err
	}
	var drafts []shop.Draft
	for _, c := range built.Commits {
		d := shop.Draft{Ref: c.Ref, Parent: commitID(c.Parent), Commit: commitID(c.Commit.ID), Message: c.Commit.Message}
		for _, path := range c.Paths() {
			d.Changes = append(d.Changes, w.change(c, path))
		}
		drafts = append(drafts, d)
	}
	return drafts, nil
}

func (w *World) change(c BuiltCommit, path string) shop.Change {
	to := c.Files[path]
	change := shop.Change{Path: path, Removed: to.ID.IsZero(), Added: true, Data: c.Content[path]}
	if to.Mode == git.ModeGitlink {
		change.Link = commitID(to.ID)
	}
	if c.Parent.IsZero() {
		return change
	}
	if parent, err := w.system().Commit(c.Parent); err == nil {
		_, err = git.Lookup(w.system(), parent.Tree, path)
		change.Added = err != nil
	}
	return change
}
