package world

import (
	"context"
	"fmt"
	"path"
	"slices"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/render"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// stateOfChange is what is known of somebody's change into tier-0.
func (w *World) stateOfChange(ctx context.Context, g shop.Goal, have *shop.State, refs map[shop.Repository]git.Refs) (err error) {
	if w.Forge == nil {
		return nil
	}
	have.Forge.There = true
	c := &have.Change
	switch g := g.(type) {
	case shop.MergeChange:
		pull, err := w.Forge.Pull(ctx, g.Repository, g.Number)
		c.Pull = &pull
		return err
	case shop.ProposeChange:
		tips := refs[g.Repository].Tips
		c.Base, c.Tip = commitID(tips[shop.TierAt(0).Branch()]), commitID(tips[branchRef(g.Head)])
		if c.Tip != "" {
			if err := w.repository(g.Repository).Fetch(ctx, id(c.Tip)); err != nil {
				return fault(g.Repository, err)
			}
			ahead, err := w.Commits(g.Repository, c.Base, c.Tip, 0)
			if err != nil {
				return err
			}
			c.Ahead = len(ahead)
		}
		if len(g.Images) > 0 {
			if err := w.stateOfImages(ctx, g, c); err != nil || c.Based {
				return err
			}
		}
		pulls, err := w.Forge.Pulls(ctx, g.Repository, PullQuery{Base: string(shop.TierAt(0)), Head: g.Head})
		c.Pull = newestPull(pulls)
		return err
	}
	return nil
}

func branchRef(name string) string { return "refs/heads/" + name }

// newestPull is the open one, else the newest.
func newestPull(pulls []shop.PullRequest) (found *shop.PullRequest) {
	for _, p := range pulls {
		switch {
		case found == nil, p.State == shop.PullOpen && found.State != shop.PullOpen,
			(p.State == shop.PullOpen) == (found.State == shop.PullOpen) && p.Number > found.Number:
			found = &p
		}
	}
	return found
}

// stateOfImages tells where the images stand already.
func (w *World) stateOfImages(ctx context.Context, g shop.ProposeChange, c *shop.ChangeState) error {
	based, err := w.imageFiles(ctx, g.Repository, id(c.Base), g.Images)
	if err != nil {
		return err
	}
	c.Known = based.names
	c.Stray, c.ByHand, c.Based = based.stray, based.byHand, len(based.stray)+len(based.byHand)+len(based.files) == 0
	if c.Tip == "" || len(c.Stray) > 0 {
		return nil
	}
	head, err := w.imageFiles(ctx, g.Repository, id(c.Tip), g.Images)
	c.Set = err == nil && len(head.files)+len(head.byHand)+len(head.stray) == 0
	return err
}

// imageFiles are the Kustomize files that setting images changes.
type imageFiles struct {
	files  fileSet
	stray  []string // images that no file has
	names  []string // that the files have
	byHand []string
}

func (w *World) imageFiles(ctx context.Context, repo shop.Repository, at git.ID, images []shop.Image) (found imageFiles, err error) {
	found.files = fileSet{}
	r := w.repository(repo)
	commit, err := r.Commit(at)
	if err != nil {
		return found, err
	}
	paths := map[string]git.ID{}
	err = git.Diff(r, git.ID{}, commit.Tree, func(p string, _, entry git.Entry) error {
		if entry.Mode == git.ModeFile && slices.Contains(render.KustomizationNames(), path.Base(p)) {
			paths[p] = entry.ID
		}
		return nil
	})
	if err != nil {
		return found, err
	}
	var ids []git.ID
	for _, blob := range paths {
		ids = append(ids, blob)
	}
	if err := r.Need(ctx, ids...); err != nil {
		return found, fault(repo, err)
	}
	known := map[string]bool{}
	for p, blob := range paths {
		if err := found.file(r, p, blob, images, known); err != nil {
			return found, err
		}
	}
	for _, i := range images {
		if !known[i.Name] {
			found.stray = append(found.stray, i.Name)
		}
	}
	slices.Sort(found.byHand)
	slices.Sort(found.names)
	found.names = slices.Compact(found.names)
	return found, nil
}

func (f *imageFiles) file(r Repository, p string, blob git.ID, images []shop.Image, known map[string]bool) error {
	text, err := r.Blob(blob)
	if err != nil {
		return err
	}
	f.names = append(f.names, render.ImageNames(text)...)
	now := text
	for _, i := range images {
		changed, has, err := render.SetImage(now, i)
		if known[i.Name] = known[i.Name] || has; err != nil {
			f.byHand = append(f.byHand, fmt.Sprintf("%s: %s: %v", p, i.Name, err))
			continue
		}
		now = changed
	}
	if string(now) != string(text) {
		f.files[p] = now
	}
	return nil
}

// setImages makes the branch of a change: one commit, on what the branch has,
// else on tier-0.
func (w *World) setImages(ctx context.Context, op plan.SetImages) error {
	who, err := w.Identity()
	if err != nil {
		return err
	}
	parent := op.From
	if parent == "" {
		parent = op.Base
	}
	found, err := w.imageFiles(ctx, op.Repository, id(parent), op.Images)
	if err != nil || len(found.files) == 0 {
		return err
	}
	r := w.repository(op.Repository)
	old, err := r.Commit(id(parent))
	if err != nil {
		return err
	}
	b := git.NewBatch(r)
	tree, err := commitFiles(b, old.Tree, found.files)
	if err != nil {
		return err
	}
	sign := git.Signature{Name: who.Name, Email: who.Email, When: w.Now()}
	commit, err := b.PutCommit(git.Commit{Tree: tree, Parents: []git.ID{id(parent)}, Author: sign, Committer: sign, Message: op.Title + "\n"})
	if err != nil {
		return err
	}
	return r.Push(ctx, []git.Update{{Ref: branchRef(op.Head), Old: id(op.From), New: commit}}, b)
}

// openPull opens the pull request of a change, or adopts the one that is open.
func (w *World) openPull(ctx context.Context, op plan.OpenPull) error {
	_, err := w.Forge.Open(ctx, op.Repository, NewPull{
		Head: op.Head, Base: string(shop.TierAt(0)), Title: op.Title, Body: op.Body,
		Draft: op.Draft, Labels: op.Labels, Reviewers: op.Reviewers,
	})
	return err
}

// mergePull merges exactly the commit that was looked at.
func (w *World) mergePull(ctx context.Context, op plan.MergePull) error {
	return w.Forge.Merge(ctx, op.Repository, Merging{Number: op.Number, Head: op.Tip, Method: op.Method})
}

// mergeByItself leaves the merge to the forge. What nothing blocks is merged now.
func (w *World) mergeByItself(ctx context.Context, op plan.MergeByItself) error {
	m := Merging{Number: op.Number, Head: op.Tip, Method: op.Method}
	if m.Number == 0 {
		pulls, err := w.Forge.Pulls(ctx, op.Repository, PullQuery{Base: string(shop.TierAt(0)), Head: op.Head})
		if err != nil {
			return err
		}
		pull := newestPull(pulls)
		if pull == nil {
			return &shop.Fault{Kind: shop.ForgeMissing, Repository: op.Repository, Text: "no pull request of " + op.Head}
		}
		m.Number, m.Head = pull.Number, pull.Head
	}
	return w.Forge.MergeByItself(ctx, op.Repository, m)
}

// Changes lists the open pull requests into tier-0, newest first.
func (w *World) Changes(ctx context.Context, repo shop.Repository) ([]shop.PullRequest, error) {
	if w.Forge == nil {
		return nil, &plan.Stop{Why: plan.NeedsForge}
	}
	return w.Forge.Pulls(ctx, repo, PullQuery{Base: string(shop.TierAt(0))})
}

// Change is one pull request with its reviews, and the checks of its head.
func (w *World) Change(ctx context.Context, repo shop.Repository, number int) (shop.PullRequest, []shop.Check, error) {
	if w.Forge == nil {
		return shop.PullRequest{}, nil, &plan.Stop{Why: plan.NeedsForge}
	}
	pull, err := w.Forge.Pull(ctx, repo, number)
	if err != nil {
		return pull, nil, err
	}
	if pull.Reviews, err = w.Forge.Reviews(ctx, repo, number); err != nil {
		return pull, nil, err
	}
	checks, err := w.Forge.Checks(ctx, repo, pull.Head)
	return pull, slices.DeleteFunc(checks, func(c shop.Check) bool {
		_, ours := shop.GateTier(c.Name)
		return ours
	}), err
}
