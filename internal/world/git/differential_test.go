package git

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// model is what git is told a tree holds.
type model map[string]Change

// randomName gives names that sort in tricky ways: a, a.b, a/, a-b, a0.
func randomFileName(r *rand.Rand) string {
	stems := []string{"a", "b", "ab", "a-b", "Ä", "x y", "zz"}
	ends := []string{"", ".b", "-", "0", "!", "~", "b"}
	return stems[r.IntN(len(stems))] + ends[r.IntN(len(ends))]
}

func randomPath(r *rand.Rand) string {
	parts := make([]string, 1+r.IntN(4))
	for i := range parts {
		parts[i] = randomFileName(r)
	}
	return strings.Join(parts, "/")
}

// collides reports whether a path is a folder of the model, or lies below one
// of its files.
func (m model) collides(path string) bool {
	for p := range m {
		if p != path && (strings.HasPrefix(p, path+"/") || strings.HasPrefix(path, p+"/")) {
			return true
		}
	}
	return false
}

// edit changes the model at random and returns the changes.
func (m model) edit(r *rand.Rand, blobs []ID, n int) map[string]Change {
	modes := []Mode{ModeFile, ModeFile, ModeFile, ModeExecutable, ModeLink, ModeGitlink}
	changes := map[string]Change{}
	for range n {
		if len(m) > 0 && r.IntN(3) == 0 {
			paths := slices.Sorted(maps.Keys(m))
			path := paths[r.IntN(len(paths))]
			if _, changed := changes[path]; !changed {
				changes[path] = Change{}
				delete(m, path)
			}
			continue
		}
		path := randomPath(r)
		if _, changed := changes[path]; changed || m.collides(path) {
			continue
		}
		c := Change{Mode: modes[r.IntN(len(modes))], ID: blobs[r.IntN(len(blobs))]}
		m[path], changes[path] = c, c
	}
	return changes
}

// TestTreesAsGit compares edits, diffs and ancestry with git on 500 random
// trees (R9).
func TestTreesAsGit(t *testing.T) {
	const trees = 500
	s := newServer(t)
	dir := s.repository("shop.git")
	r := s.open("shop.git")
	rnd := rand.New(rand.NewPCG(1, 2))
	b := NewBatch(r)
	var blobs []ID
	for i := range 20 {
		blobs = append(blobs, b.PutBlob(fmt.Appendf(nil, "content %d\n", i)))
	}
	// The stand-ins for gitlinks are the same ids: git does not look at them.
	m := model{}
	var root ID
	roots := []ID{}
	var script strings.Builder
	edits := 0
	for i := range trees {
		var changes map[string]Change
		if i%50 == 49 { // now and then files become folders, and folders files
			changes = m.swap(rnd, blobs)
		} else {
			changes = m.edit(rnd, blobs, 1+rnd.IntN(12))
		}
		edits += len(changes)
		next, err := b.Edit(root, changes)
		if err != nil {
			t.Fatalf("tree %d: %v", i, err)
		}
		root = next
		roots = append(roots, root)
		m.commit(&script, i)
	}
	commits := make([]ID, trees)
	for i, tree := range roots {
		var parents []ID
		if i > 0 {
			parents = []ID{commits[i-1]}
		}
		id, err := b.PutCommit(Commit{Tree: tree, Parents: parents, Author: signature(i), Committer: signature(i), Message: "x\n"})
		if err != nil {
			t.Fatal(err)
		}
		commits[i] = id
	}
	if err := r.Push(ctx, []Update{{Ref: "refs/heads/main", New: commits[trees-1]}}, b); err != nil {
		t.Fatal(err)
	}
	fsck(t, dir)

	// git makes the same trees on its own, from lists of all paths.
	gitOutput(t, dir, script.String(), "fast-import", "--quiet", "--force")
	theirs := strings.Fields(gitOutput(t, dir, "", "log", "--reverse", "--format=%T", "refs/heads/theirs"))
	if len(theirs) != trees {
		t.Fatalf("git made %d trees", len(theirs))
	}
	for i := range roots {
		if theirs[i] != roots[i].String() {
			t.Fatalf("tree %d is %s, git says %s", i, roots[i], theirs[i])
		}
	}
	lines := 0
	for range 200 {
		x, y := rnd.IntN(trees), rnd.IntN(trees)
		ours := diffLines(t, b, roots[x], roots[y])
		git := gitOutput(t, dir, "", "-c", "core.quotepath=false", "diff-tree", "-r", "-z", "--raw", "--abbrev=40", roots[x].String(), roots[y].String())
		if want := strings.ReplaceAll(git, "\x00", "\n"); ours != want {
			t.Fatalf("diff of %d and %d is\n%s\ngit says\n%s", x, y, ours, want)
		}
		lines += strings.Count(ours, "\n")
	}
	fmt.Printf("figure test=R9 trees=%d edits=%d ids_compared=%d diffs=200 diff_lines=%d  # go test -run TestTreesAsGit ./internal/world/git\n", trees, edits, trees, lines)
}

// swap empties folders and puts files where they were, and the other way round.
func (m model) swap(r *rand.Rand, blobs []ID) map[string]Change {
	changes := map[string]Change{}
	for _, path := range slices.Sorted(maps.Keys(m)) {
		changes[path] = Change{}
		delete(m, path)
		if top, _, below := strings.Cut(path, "/"); below && r.IntN(2) == 0 {
			path = top
		} else {
			path += "/in/side"
		}
		if m.collides(path) {
			continue
		}
		c := Change{Mode: ModeFile, ID: blobs[r.IntN(len(blobs))]}
		m[path], changes[path] = c, c
	}
	return changes
}

// commit writes the whole model for git fast-import.
func (m model) commit(w *strings.Builder, n int) {
	fmt.Fprintf(w, "commit refs/heads/theirs\ncommitter C <c@example.com> %d +0000\ndata 0\n\ndeleteall\n", 1000+n)
	for path, c := range m {
		fmt.Fprintf(w, "M %06o %s %s\n", uint32(c.Mode), c.ID, path)
	}
	w.WriteString("\n")
}

func diffLines(t *testing.T, o Objects, a, b ID) string {
	t.Helper()
	var w strings.Builder
	err := Diff(o, a, b, func(path string, was, is Entry) error {
		letter := "M"
		switch {
		case was.ID.IsZero():
			letter = "A"
		case is.ID.IsZero():
			letter = "D"
		case was.Mode&0o170000 != is.Mode&0o170000:
			letter = "T"
		}
		fmt.Fprintf(&w, ":%06o %06o %s %s %s\n%s\n", uint32(was.Mode), uint32(is.Mode), was.ID, is.ID, letter, path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return w.String()
}

// TestHistoryAsGit compares ancestry and ranges with git on random graphs,
// some with clocks that lie.
func TestHistoryAsGit(t *testing.T) {
	for _, c := range []struct {
		name string
		skew int
	}{{"true clocks", 0}, {"clocks that lie", 60}} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t)
			dir := s.repository("shop.git")
			r := s.open("shop.git")
			rnd := rand.New(rand.NewPCG(3, uint64(c.skew)))
			b := NewBatch(r)
			tree, err := b.Edit(ID{}, map[string]Change{"x": {Mode: ModeFile, ID: b.PutBlob(nil)}})
			if err != nil {
				t.Fatal(err)
			}
			var ids []ID
			var updates []Update
			for i := range 120 {
				commit := Commit{Tree: tree, Author: signature(i), Committer: signature(i), Message: fmt.Sprintf("%d\n", i)}
				if c.skew > 0 {
					commit.Committer.When = commit.Committer.When.Add(time.Duration(rnd.IntN(c.skew)) * time.Minute)
				}
				for range min(i, 1+rnd.IntN(2)) {
					p := ids[max(0, i-1-rnd.IntN(10))]
					if !slices.Contains(commit.Parents, p) {
						commit.Parents = append(commit.Parents, p)
					}
				}
				id, err := b.PutCommit(commit)
				if err != nil {
					t.Fatal(err)
				}
				ids = append(ids, id)
				updates = append(updates, Update{Ref: fmt.Sprintf("refs/heads/c%03d", i), New: id})
			}
			if err := r.Push(ctx, updates, b); err != nil {
				t.Fatal(err)
			}
			fsck(t, dir)
			for range 150 {
				x, y := ids[rnd.IntN(len(ids))], ids[rnd.IntN(len(ids))]
				got, err := Contains(r, x, y)
				if err != nil {
					t.Fatal(err)
				}
				// Not rev-list: with wrong dates it is wrong.
				want := gitOutput(t, dir, "", "merge-base", "--all", x.String(), y.String()) == x.String()
				if got != want {
					t.Errorf("Contains(%s, %s) is %v, git says %v", x, y, got, want)
				}
				var between []string
				if err := Between(r, []ID{x}, y, func(c Commit) error { between = append(between, c.ID.String()); return nil }); err != nil {
					t.Fatal(err)
				}
				in, out := ancestors(t, r, y), ancestors(t, r, x)
				maps.DeleteFunc(in, func(id ID, _ bool) bool { return out[id] })
				if len(in) != len(between) {
					t.Errorf("Between(%s, %s) is %d commits, want %d", x, y, len(between), len(in))
				}
				if c.skew > 0 {
					continue
				}
				list := strings.Fields(gitOutput(t, dir, "", "rev-list", "--date-order", "^"+x.String(), y.String()))
				if !slices.Equal(between, list) {
					t.Errorf("Between(%s, %s) is %d commits, git says %d", x, y, len(between), len(list))
				}
			}
		})
	}
}

// ancestors is the whole history of a commit, by the plainest walk.
func ancestors(t *testing.T, o Objects, id ID) map[ID]bool {
	t.Helper()
	seen := map[ID]bool{}
	for todo := []ID{id}; len(todo) > 0; {
		id, todo = todo[0], todo[1:]
		if !seen[id] {
			seen[id] = true
			todo = append(todo, mustCommit(t, o, id).Parents...)
		}
	}
	return seen
}

func TestBetweenAndFirstParentsStop(t *testing.T) {
	b := NewBatch(nil)
	var ids []ID
	parent := ID{}
	for i := range 10 {
		parent = commitFiles(t, b, i, parent, map[string]string{"x": fmt.Sprint(i)})
		ids = append(ids, parent)
	}
	for name, walk := range map[string]func(func(Commit) error) error{
		"Between":          func(v func(Commit) error) error { return Between(b, nil, ids[9], v) },
		"Between from one": func(v func(Commit) error) error { return Between(b, ids[:1], ids[9], v) },
		"FirstParents":     func(v func(Commit) error) error { return FirstParents(b, ids[9], v) },
	} {
		n := 0
		err := walk(func(c Commit) error {
			if c.ID != ids[9-n] {
				t.Errorf("%s: commit %d is %s", name, n, c.ID)
			}
			if n++; n == 3 {
				return ErrStop
			}
			return nil
		})
		if err != nil || n != 3 {
			t.Errorf("%s: %d commits, %v", name, n, err)
		}
		boom := errors.New("boom")
		if err := walk(func(Commit) error { return boom }); !errors.Is(err, boom) {
			t.Errorf("%s: error is %v", name, err)
		}
	}
}

// TestCommitsAsGit reads commits that git wrote, and writes what git reads.
func TestCommitsAsGit(t *testing.T) {
	s := newServer(t)
	dir := s.repository("shop.git")
	tree := gitOutput(t, dir, "", "mktree")
	id, err := ParseID(gitOutput(t, dir, "Title\n\nBody é\n\nSigned-off-by: x\n", "commit-tree", tree))
	if err != nil {
		t.Fatal(err)
	}
	bare, err := OpenBare(dir)
	if err != nil {
		t.Fatal(err)
	}
	c := mustCommit(t, bare, id)
	if c.Tree.String() != tree || c.Message != "Title\n\nBody é\n\nSigned-off-by: x\n" || c.Author.Name != "A" || c.Committer.Email != "c@example.com" {
		t.Errorf("commit is %+v", c)
	}
	if entries, err := bare.Tree(c.Tree); err != nil || len(entries) != 0 {
		t.Errorf("the empty tree has %v, %v", entries, err)
	}
	again, err := NewBatch(nil).PutCommit(c)
	if err != nil || again != id {
		t.Errorf("written again it is %s, %v", again, err)
	}
	b := NewBatch(nil)
	for name, c := range map[string]Commit{
		"no tree": {}, "newline": {Tree: ID{1}, Author: Signature{Name: "a\nb"}, Committer: signature(0)},
		"angle": {Tree: ID{1}, Author: Signature{Name: "a", Email: "<b"}, Committer: signature(0)},
		"NUL":   {Tree: ID{1}, Author: signature(0), Committer: signature(0), Message: "a\x00"}, "no date": {Tree: ID{1}, Author: Signature{Name: "a"}, Committer: signature(0)},
	} {
		if _, err := b.PutCommit(c); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if signed := decodeSignature("J. Doe <j@x> 1700000000 -0330"); signed.When.Format(time.RFC3339) != "2023-11-14T18:43:20-03:30" {
		t.Errorf("date is %s", signed.When)
	}
}

func TestEditRules(t *testing.T) {
	b := NewBatch(nil)
	blob := b.PutBlob([]byte("x"))
	file := Change{Mode: ModeFile, ID: blob}
	edit := func(root ID, changes map[string]Change) (ID, error) { return b.Edit(root, changes) }
	base, err := edit(ID{}, map[string]Change{"dir/a": file, "dir/b": file, "file": file})
	if err != nil {
		t.Fatal(err)
	}
	empty, err := edit(base, map[string]Change{"dir/a": {}, "dir/b": {}, "file": {}})
	if err != nil || empty.String() != "4b825dc642cb6eb9a060e54bf8d69288fbee4904" {
		t.Errorf("nothing left is %s, %v", empty, err)
	}
	sub, err := Lookup(b, base, "dir")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		changes map[string]Change
		paths   string // after it; empty = error
	}{
		"remove a folder":              {map[string]Change{"dir": {}}, "file"},
		"remove what is not there":     {map[string]Change{"nothing/at/all": {}, "file/below": {}}, "dir/a dir/b file"},
		"file becomes folder":          {map[string]Change{"file": {}, "file/x": file}, "dir/a dir/b file/x"},
		"file in the way":              {map[string]Change{"file/x": file}, ""},
		"folder in the way":            {map[string]Change{"dir": file}, ""},
		"folder emptied, then a file":  {map[string]Change{"dir": file, "dir/a": {}, "dir/b": {}}, "dir file"},
		"folder half emptied":          {map[string]Change{"dir": file, "dir/a": {}}, ""},
		"a path and one below it":      {map[string]Change{"new": file, "new/x": file}, ""},
		"a tree, and a file in it":     {map[string]Change{"new": {Mode: ModeTree, ID: sub.ID}, "new/x": file}, ""},
		"folder replaced by new files": {map[string]Change{"dir": {}, "dir/c": file}, "dir/c file"},
		"dot git":                      {map[string]Change{"x/.GIT/config": file}, ""},
		"dot git for HFS":              {map[string]Change{"x/.g\u200cit": file}, ""},
		"dot git for NTFS":             {map[string]Change{"git~1": file, "file": {}}, ""},
		"parent folder":                {map[string]Change{"../x": file}, ""},
		"rooted":                       {map[string]Change{"/x": file}, ""},
		"ends in a slash":              {map[string]Change{"x/": file}, ""},
		"backslash":                    {map[string]Change{`x\y`: file}, ""},
		"NUL":                          {map[string]Change{"x\x00": file}, ""},
		"bad mode":                     {map[string]Change{"x": {Mode: 0o100600, ID: blob}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			root, err := edit(base, c.changes)
			if (err == nil) != (c.paths != "") {
				t.Fatalf("error is %v", err)
			}
			if err != nil {
				return
			}
			var paths []string
			if err := Walk(b, root, func(path string, e Entry) error {
				if e.Mode != ModeTree {
					paths = append(paths, path)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(paths, " "); got != c.paths {
				t.Errorf("paths are %q, want %q", got, c.paths)
			}
		})
	}
	if root, err := edit(base, map[string]Change{"copy": {Mode: ModeTree, ID: sub.ID}}); err != nil {
		t.Error(err)
	} else if _, err := Lookup(b, root, "copy/a"); err != nil {
		t.Error(err)
	}
	var none *PathError
	for _, path := range []string{"nothing", "file/x", "dir/a/b", "", "dir/"} {
		if _, err := Lookup(b, base, path); !errors.As(err, &none) {
			t.Errorf("Lookup %q: %v", path, err)
		}
	}
	n := 0
	if err := Walk(b, base, func(_ string, e Entry) error {
		n++
		if e.Mode == ModeTree {
			return SkipTree
		}
		return nil
	}); err != nil || n != 2 {
		t.Errorf("a walk that skips saw %d entries, %v", n, err)
	}
}

func TestPutTreeRules(t *testing.T) {
	b := NewBatch(nil)
	id := b.PutBlob(nil)
	for name, entries := range map[string][]Entry{
		"twice":           {{"a", ModeFile, id}, {"a", ModeFile, id}},
		"file and folder": {{"a", ModeFile, id}, {"a.b", ModeFile, id}, {"a", ModeTree, id}},
		"empty name":      {{"", ModeFile, id}}, "dot": {{".", ModeFile, id}}, "dots": {{"..", ModeTree, id}},
		"git": {{".Git", ModeTree, id}}, "slash": {{"a/b", ModeFile, id}}, "NUL": {{"a\x00b", ModeFile, id}},
		"mode": {{"a", 0o644, id}}, "no id": {{"a", ModeFile, ID{}}},
	} {
		if _, err := b.PutTree(entries); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	dir := filepath.Join(t.TempDir(), "x.git")
	gitOutput(t, ".", "", "init", "-q", "--bare", dir)
	got, err := b.PutTree([]Entry{{"a", ModeTree, id}, {"a.b", ModeFile, id}, {"a0", ModeGitlink, id}, {"a-", ModeExecutable, id}})
	if err != nil {
		t.Fatal(err)
	}
	want := gitOutput(t, dir, fmt.Sprintf("040000 tree %[1]s\ta\n100644 blob %[1]s\ta.b\n160000 commit %[1]s\ta0\n100755 blob %[1]s\ta-\n", id), "mktree", "--missing")
	if got.String() != want {
		t.Errorf("tree is %s, git says %s", got, want)
	}
}
