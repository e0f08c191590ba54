package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/internal/shop"
)

// Op is one operation of a plan. It says what shall be so (the wish) and keeps
// the ids that the decision was made from (what was seen), so that a write can
// name them as old ids. Two operations with the same wish are the same one.
type Op interface {
	// Wish is the operation as it is approved and hashed: one line, no ids
	// that a retry may change.
	Wish() string
}

type (
	// MoveBranch fast-forwards a tier's branch in the app or configuration repository.
	MoveBranch struct {
		Repository shop.Repository
		Tier       shop.Tier
		To         shop.CommitID
		From       shop.CommitID // seen; empty: there is no such branch yet
		// Of a promotion: what is promoted, and its gates as judged.
		Release shop.Release
		Gates   []Gate
	}
	// CreateBranches makes the missing tier branches of the app or
	// configuration repository, all with one push.
	CreateBranches struct {
		Repository shop.Repository
		Tiers      []shop.Tier
		To         []shop.CommitID // for each; empty until the repository has a commit
	}
	// WriteSystem writes the system repository in one atomic push: the edits
	// of the intent on main, and every tier named, rendered from the result.
	WriteSystem struct {
		Edits  []shop.Edit
		Was    any // what the one edit overwrites, as seen at Main; nil: nothing
		Tiers  []TierWrite
		Title  string // first line of the commits
		Reason string
		Goal   shop.Tier     // of a promotion over several tiers: where it is bound
		Lifts  shop.Release  // of a promotion: the pin that it takes away, and no other
		Risks  []string      // names of those that were accepted
		Main   shop.CommitID // seen; empty: there is no main yet
		Plan   string        // hash of the approved plan, set when it is carried out
	}
	// TierWrite is what one tier branch shall carry.
	TierWrite struct {
		Tier    shop.Tier
		Release shop.Release
		// Seen, and checked again on exactly these before the push.
		System             shop.CommitID // tip; empty: there is no branch yet
		App, Configuration shop.CommitID // tips, after the moves before it in the plan
		From               shop.Release  // what it carried
		Replaced           shop.Carried  // what was last seen of From
		Below              shop.CommitID // system tip of the tier below at which the gates were judged
		Gates              []Gate        // of a promotion, as judged
		Repair             bool          // the tip was not written by shopctl: replace what is there
		Keeps              bool          // the release is of no account: the tier keeps what it carries
	}
	// Refresh asks Argo CD to look at the tier's branch. It is a hint.
	Refresh struct {
		Tier   shop.Tier
		Routes string // names of ShopSets, apart by spaces: their routes alone; empty: everything
	}
	// Sync is the hand step of a tier with sync: manual.
	Sync struct {
		Tier     shop.Tier
		Revision shop.CommitID // seen
	}
	// Seed makes the first commit of a repository that has none.
	Seed struct{ Repository shop.Repository }
	// InstallRoot gives the tier's root Application and project to Argo CD.
	InstallRoot struct{ Tier shop.Tier }

	// AwaitGates waits until the gates in front of a tier are open.
	AwaitGates struct {
		Tier    shop.Tier
		Release shop.Release
		Gates   []Gate // seen
		Patient bool   // waits for what only a person opens, too
	}
	// AwaitHand waits until somebody does the hand step.
	AwaitHand struct{ Tier shop.Tier }
	// AwaitRead waits until Argo CD reads exactly the release on every ShopSet.
	AwaitRead struct {
		Tier    shop.Tier
		Release shop.Release
	}
	// AwaitRollout waits until every ShopSet is synced and healthy with it.
	AwaitRollout struct {
		Tier    shop.Tier
		Release shop.Release
	}
	// AwaitDwell waits until the release has stayed healthy for the tier's dwell time.
	AwaitDwell struct {
		Tier    shop.Tier
		Release shop.Release
	}
)

func pair(r shop.Release) string {
	if r.Configuration == "" {
		return string(r.App)
	}
	return string(r.App) + "+" + string(r.Configuration)
}

func (o MoveBranch) Wish() string {
	return fmt.Sprintf("move %s in %s to %s", o.Tier, o.Repository, o.To)
}

// Wish does not name the commit: it may have to be made first.
func (o CreateBranches) Wish() string {
	return fmt.Sprintf("create %v in %s", o.Tiers, o.Repository)
}

// Wish names edits by key and tiers by release.
func (o WriteSystem) Wish() string {
	var parts []string
	for _, e := range o.Edits {
		parts = append(parts, wishOf(e))
	}
	if !o.Lifts.IsZero() {
		parts = append(parts, "lift the pin to "+pair(o.Lifts))
	}
	for _, t := range o.Tiers {
		parts = append(parts, t.wish())
	}
	for _, r := range o.Risks {
		parts = append(parts, "accept the risk "+r)
	}
	return "write system: " + strings.Join(parts, ", ")
}

func (t TierWrite) wish() string {
	if t.Keeps {
		return fmt.Sprintf("%s follows", t.Tier)
	}
	return fmt.Sprintf("%s carries %s", t.Tier, pair(t.Release))
}

// editKey is what an edit wishes: which field is set or removed, not to what.
type editKey struct {
	kind    shop.Kind
	name    string
	field   string
	removes bool
}

func keyOf(e shop.Edit) editKey { return editKey{e.Kind, e.Name, e.Field, e.Value == nil} }

func wishOf(e shop.Edit) string {
	verb := "set"
	if keyOf(e).removes {
		verb = "remove"
	}
	return fmt.Sprintf("%s %s/%s %s", verb, e.Kind, e.Name, e.Field)
}

func (o Refresh) Wish() string {
	if o.Routes != "" {
		return fmt.Sprintf("refresh the routes of %s", o.Routes)
	}
	return fmt.Sprintf("refresh %s", o.Tier)
}
func (o Sync) Wish() string { return fmt.Sprintf("sync %s", o.Tier) }
func (o Seed) Wish() string {
	return fmt.Sprintf("make the first commit of the %s repository", o.Repository)
}
func (o InstallRoot) Wish() string { return fmt.Sprintf("install the root of %s", o.Tier) }
func (o AwaitGates) Wish() string {
	return fmt.Sprintf("await gates of %s for %s", o.Tier, pair(o.Release))
}
func (o AwaitHand) Wish() string { return fmt.Sprintf("await the hand step of %s", o.Tier) }
func (o AwaitRead) Wish() string {
	return fmt.Sprintf("await %s read with %s", o.Tier, pair(o.Release))
}
func (o AwaitRollout) Wish() string {
	return fmt.Sprintf("await %s rolled out with %s", o.Tier, pair(o.Release))
}
func (o AwaitDwell) Wish() string {
	return fmt.Sprintf("await %s healthy with %s", o.Tier, pair(o.Release))
}

// Waits reports whether the operation only waits: it changes nothing.
func Waits(op Op) bool {
	switch op.(type) {
	case AwaitGates, AwaitHand, AwaitRead, AwaitRollout, AwaitDwell, AwaitMergeable, AwaitMerge, AwaitRoutes, AwaitShopSet, AwaitFront, AwaitDrain:
		return true
	}
	return false
}

// Covers reports whether todo changes nothing but what was approved, in that
// order. Others may have done part of it; waiting needs no approval, nor does
// what is harmless: a hint to Argo CD depends on what it happens to have read.
func Covers(approved, todo []Op) bool {
	rest := approved
	for _, op := range todo {
		if Harmless(op) || Waits(op) {
			continue
		}
		i := slices.IndexFunc(rest, func(a Op) bool { return covers(a, op) })
		if i < 0 {
			return false
		}
		rest = rest[i+1:]
	}
	return true
}

// covers also takes a system write of which somebody else did a part, and what
// was approved before a repository had its first commit.
func covers(approved, op Op) bool {
	switch a := approved.(type) {
	case WriteSystem:
		b, same := op.(WriteSystem)
		return same && a.covers(b)
	case CreateBranches:
		b, same := op.(CreateBranches)
		return same && a.Repository == b.Repository && !slices.ContainsFunc(b.Tiers, func(t shop.Tier) bool { return !slices.Contains(a.Tiers, t) })
	}
	return approved.Wish() == op.Wish()
}

func (o WriteSystem) covers(todo WriteSystem) bool {
	if !todo.Lifts.IsZero() && todo.Lifts != o.Lifts {
		return false // another pin than the one that was seen
	}
	for _, r := range todo.Risks {
		if !slices.Contains(o.Risks, r) {
			return false // a gate has closed since, that would be gone past
		}
	}
	seen := make(map[editKey]bool, len(o.Edits))
	for _, e := range o.Edits {
		seen[keyOf(e)] = true
	}
	if slices.ContainsFunc(todo.Edits, func(e shop.Edit) bool { return !seen[keyOf(e)] }) {
		return false
	}
	for _, t := range todo.Tiers {
		if !slices.ContainsFunc(o.Tiers, func(a TierWrite) bool {
			return a.Tier == t.Tier && (a.Release == t.Release || a.Keeps && t.Keeps || a.Release.IsZero() && t.System == "")
		}) {
			return false
		}
	}
	return true
}

// Again reports whether op is done once more: the same wish on the same ids. An
// effect is waited for, not repeated; when the ids have moved since, the need
// is a new one.
func Again(done, op Op) bool {
	if done == nil || done.Wish() != op.Wish() {
		return false
	}
	switch d := done.(type) {
	case MoveBranch:
		return d.From == op.(MoveBranch).From
	case WriteSystem:
		o := op.(WriteSystem)
		return d.Main == o.Main && slices.EqualFunc(d.Tiers, o.Tiers, func(a, b TierWrite) bool { return a.System == b.System })
	case Sync:
		return d.Revision == op.(Sync).Revision
	}
	return true
}

// Hash names an approved plan: the first 16 hexadecimal digits of the SHA-256
// of its wishes.
func Hash(ops []Op) string {
	h := sha256.New()
	for _, op := range ops {
		fmt.Fprintln(h, op.Wish())
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}
