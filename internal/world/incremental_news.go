package world

import (
	"errors"
	"strings"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/world/git"
)

// news are the resources that differ between two trees of main, and whether
// they are all: a stray file, or one that cannot be decoded, is for the check
// of the whole intent to judge.
type news struct {
	all   []changed
	plain bool
}

// changed is one resource as it was and as it is; nil: it is not there.
type changed struct{ was, is intent.Resource }

// since reads what is new in v since an earlier view. Equal folders are not read.
func (v view) since(base view) (news, error) {
	return memoised(v.w.Memo, v.w.Memo.news, [2]git.ID{base.tree, v.tree}, func() (news, error) {
		n := news{plain: true}
		err := git.Diff(v.o, base.tree, v.tree, func(path string, was, is git.Entry) error {
			if _, _, ok := intent.Identify(path); !ok {
				n.plain = n.plain && (is.ID.IsZero() || !maybeStray(path))
				return nil
			}
			before, good := v.side(path, was)
			after, fine := v.side(path, is)
			if !good || !fine {
				n.plain = false
				return git.ErrStop
			}
			n.all = append(n.all, changed{before, after})
			return nil
		})
		if errors.Is(err, git.ErrStop) {
			err = nil
		}
		return n, err
	})
}

// side decodes one side of a difference.
func (v view) side(path string, e git.Entry) (r intent.Resource, good bool) {
	if e.ID.IsZero() {
		return nil, true
	}
	if e.Mode != git.ModeFile {
		return nil, false
	}
	r, err := v.decode(path, e.ID)
	return r, err == nil
}

// maybeStray names what the whole check has to look at, rather too much.
func maybeStray(path string) bool {
	if strings.HasPrefix(path, "bootstrap/") || strings.HasPrefix(path, ".") {
		return false
	}
	return strings.HasSuffix(path, ".yaml") || strings.HasSuffix(path, ".yml")
}

// sides gives both sides of a change as one kind of resource.
func sides[T any](c changed) (was, is *T, ok bool) {
	was, before := c.was.(*T)
	is, after := c.is.(*T)
	return was, is, (before || c.was == nil) && (after || c.is == nil)
}
