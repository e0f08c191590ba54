package world

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/render"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// Built is a write of the system repository that is ready to be pushed.
type Built struct {
	Updates []git.Update
	Commits []BuiltCommit
	Was     []any // what the edits of the intent overwrote
	batch   *git.Batch
}

// BuiltCommit is one commit of a write: which branch, on what, with what files.
type BuiltCommit struct {
	Ref     string
	Parent  git.ID
	Commit  git.Commit
	Files   map[string]git.Change // by path; zero: removed
	Content map[string][]byte     // of the changed files
}

// Build makes the commits of a write in memory, checked, on exactly the ids
// that the operation names. It pushes nothing.
func (w *World) Build(ctx context.Context, op plan.WriteSystem) (Built, error) {
	who, err := w.Identity()
	if err != nil {
		return Built{}, err
	}
	out := Built{batch: git.NewBatch(w.system())}
	now := w.Now().Truncate(time.Second)
	sign := git.Signature{Name: who.Name, Email: who.Email, When: now}
	trailers := shop.Trailers{Operation: w.Operation, Actor: who.Actor, Plan: op.Plan, Goal: op.Goal, Risks: op.Risks}

	main, err := w.buildMain(ctx, &out, op, sign, trailers)
	if err != nil {
		return Built{}, err
	}
	v, err := w.viewOf(out.batch, main)
	if err != nil {
		return Built{}, err
	}
	trailers.Intent = commitID(main)
	for i, t := range op.Tiers {
		w.works(shop.Work{What: shop.Rendering, Tier: t.Tier, Done: i, Of: len(op.Tiers)})
		if err := w.buildTier(ctx, &out, v, op, t, sign, trailers); err != nil {
			return Built{}, err
		}
	}
	return out, w.checkWrite(ctx, op, v, out)
}

// buildMain writes the edits of the intent; without any, main stays.
func (w *World) buildMain(ctx context.Context, out *Built, op plan.WriteSystem, sign git.Signature, trailers shop.Trailers) (git.ID, error) {
	old := id(op.Main)
	if len(op.Edits) == 0 {
		return old, nil
	}
	v, err := w.viewOf(w.system(), old)
	if err != nil {
		return old, err
	}
	edits, err := stamped(v, op.Edits, shop.Record{By: trailers.Actor, At: sign.When.UTC()})
	if err != nil {
		return old, err
	}
	files, err := w.editedFiles(out, v, edits)
	if err != nil {
		return old, err
	}
	tree, err := commitFiles(out.batch, v.tree, files)
	if err != nil {
		return old, err
	}
	if files, err = w.withRoots(v, out.batch, tree, files); err != nil {
		return old, err
	}
	return out.commit(shop.MainBranch, old, v.tree, files, sign, trailers.Message(op.Title, op.Reason))
}

// fileSet is what a commit changes: content, or nil for a removed file.
type fileSet map[string][]byte

func commitFiles(b *git.Batch, tree git.ID, files fileSet) (git.ID, error) {
	changes := map[string]git.Change{}
	for path, data := range files {
		changes[path] = git.Change{}
		if data != nil {
			changes[path] = git.Change{Mode: git.ModeFile, ID: b.PutBlob(data)}
		}
	}
	return b.Edit(tree, changes)
}

func (out *Built) commit(ref string, parent, tree git.ID, files fileSet, sign git.Signature, message string) (git.ID, error) {
	r := rendering{changes: map[string]git.Change{}, content: map[string][]byte{}}
	for path, data := range files {
		r.changes[path] = git.Change{}
		if data != nil {
			r.put(path, data)
		}
	}
	return out.add(ref, parent, tree, r, sign, message)
}

// add makes one commit on top of parent and notes the move of its ref.
func (out *Built) add(ref string, parent, tree git.ID, r rendering, sign git.Signature, message string) (git.ID, error) {
	for _, data := range r.content {
		out.batch.PutBlob(data)
	}
	tree, err := out.batch.Edit(tree, r.changes)
	if err != nil {
		return git.ID{}, fmt.Errorf("write the tree of %s: %w", ref, err)
	}
	c := git.Commit{Tree: tree, Author: sign, Committer: sign, Message: message}
	if !parent.IsZero() {
		c.Parents = []git.ID{parent}
	}
	if c.ID, err = out.batch.PutCommit(c); err != nil {
		return git.ID{}, fmt.Errorf("write the commit of %s: %w", ref, err)
	}
	out.Updates = append(out.Updates, git.Update{Ref: ref, Old: parent, New: c.ID})
	out.Commits = append(out.Commits, BuiltCommit{Ref: ref, Parent: parent, Commit: c, Files: r.changes, Content: r.content})
	return c.ID, nil
}

// buildTier renders one tier branch. An operation on the intent commits even
// where no file changes: that makes the old id of every plan stale that has
// not seen it.
func (w *World) buildTier(ctx context.Context, out *Built, v view, op plan.WriteSystem, t plan.TierWrite, sign git.Signature, trailers shop.Trailers) error {
	var tip git.Commit
	old, err := id(t.System), error(nil)
	if !old.IsZero() {
		if tip, err = w.system().Commit(old); err != nil {
			return fmt.Errorf("read %s: %w", t.Tier, err)
		}
	}
	var r rendering
	if t.Repair {
		r, err = w.renderedInFull(ctx, v, t.Tier, t.Release, tip.Tree)
	} else {
		r, err = w.rendered(ctx, v, t.Tier, t.Release, tip)
	}
	if err != nil && switches(op) {
		r, trailers.Mistakes, err = w.renderedApart(ctx, v, op, t, tip, err)
	}
	if err != nil {
		return err
	}
	if len(r.changes) == 0 && len(op.Edits) == 0 && !t.Repair {
		return nil
	}
	if t.Release != t.From && !t.From.IsZero() {
		trailers.Replaced = &t.Replaced
	}
	for _, g := range t.Gates {
		trailers.Gates = append(trailers.Gates, shop.GateRecord{Gate: g.Name, Result: string(g.Status), At: sign.When})
	}
	commit, err := out.add(t.Tier.Branch(), old, tip.Tree, r, sign, trailers.Message(op.Title, op.Reason))
	if err != nil {
		return err
	}
	c, err := out.batch.Commit(commit)
	if err != nil {
		return err
	}
	return w.assert(ctx, v, t.Tier, t.Release, r, out.batch, c.Tree)
}

// editedFiles applies the edits by key to the files as they are at the old tip.
func (w *World) editedFiles(out *Built, v view, edits []shop.Edit) (fileSet, error) {
	files := fileSet{}
	edited := w.counting(shop.Editing, len(edits))
	for _, e := range edits {
		edited()
		path, data, was, err := v.apply(files, e)
		if err != nil {
			return nil, err
		}
		files[path] = data
		out.Was = append(out.Was, was...)
	}
	return files, nil
}

// withRoots adds the root Applications, which stand on main, where a tier or
// the Policy is new.
func (w *World) withRoots(before view, b *git.Batch, tree git.ID, files fileSet) (fileSet, error) {
	after := view{w: w, o: b, tree: tree}
	policy, err := after.policy()
	if err != nil {
		return nil, err
	}
	tiers, err := after.tiers()
	if err != nil {
		return nil, err
	}
	clusters, err := after.clusters()
	if err != nil {
		return nil, err
	}
	for _, t := range tiers {
		path, data := render.Bootstrap(*policy, *t, clusters)
		old, err := before.read(path)
		if err != nil {
			return nil, err
		}
		if string(old) != string(data) {
			files[path] = data
		}
	}
	return files, nil
}

// Paths lists the changed paths of a commit, sorted.
func (c BuiltCommit) Paths() []string { return slices.Sorted(maps.Keys(c.Files)) }

// Root is the root Application and project of a tier as main holds them.
func (w *World) Root(ctx context.Context, tier shop.Tier) ([]byte, error) {
	refs, err := w.system().Refs(ctx)
	if err != nil {
		return nil, fault(shop.SystemRepository, err)
	}
	main := refs.Tips[shop.MainBranch]
	if err := w.system().Fetch(ctx, main); err != nil {
		return nil, fault(shop.SystemRepository, err)
	}
	v, err := w.viewOf(w.system(), main)
	if err != nil {
		return nil, err
	}
	policy, err := v.policy()
	if err != nil {
		return nil, err
	}
	spec, err := resource[*shop.TierSpec](v, shop.KindTier, string(tier))
	if err != nil {
		return nil, err
	}
	clusters, err := v.clusters()
	if err != nil {
		return nil, err
	}
	_, data := render.Bootstrap(*policy, *spec, clusters)
	return data, nil
}
