package forge

import (
	"errors"
	"net/http"
	"slices"
	"strings"
)

// lagging is what a stale read of a ref shows.
type lagging struct {
	Old   string `json:"old"` // empty: the ref was not there
	Reads int    `json:"reads"`
}

func (c *call) refShape(ref, id string) object {
	return object{
		"ref": ref, "node_id": "REF_" + id[:12], "url": c.repoURL(c.repo) + "/git/" + ref,
		"object": object{"type": "commit", "sha": id, "url": c.repoURL(c.repo) + "/git/commits/" + id},
	}
}

// refAt is what a ref names as a read sees it now; empty: nothing.
func (c *call) refAt(ref string) string {
	if l := c.repo.Lagging[ref]; l != nil && l.Reads > 0 {
		l.Reads--
		c.dirty = true
		return l.Old
	}
	return c.refNow(ref)
}

func (c *call) refNow(ref string) string {
	id, err := c.repo.git("rev-parse", "--verify", "--quiet", "--end-of-options", ref)
	if err != nil {
		return ""
	}
	return id
}

func (c *call) getRef() reply {
	ref := "refs/" + c.r.PathValue("ref")
	id := c.refAt(ref)
	if id == "" {
		return notFound()
	}
	return ok(c.refShape(ref, id))
}

func (c *call) matchingRefs() reply {
	prefix := "refs/" + c.r.PathValue("ref")
	out, err := c.repo.git("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/tags")
	if err != nil {
		return refuse(http.StatusInternalServerError, "Server Error")
	}
	refs := []object{}
	for line := range strings.Lines(out) {
		if id, ref, _ := strings.Cut(strings.TrimSpace(line), " "); strings.HasPrefix(ref, prefix) {
			refs = append(refs, c.refShape(ref, id))
		}
	}
	return ok(refs)
}

func (c *call) createRef() reply {
	var in struct{ Ref, SHA string }
	if r := c.read(&in); r.status != 0 {
		return r
	}
	switch {
	case !strings.HasPrefix(in.Ref, "refs/") || strings.Count(in.Ref, "/") < 2:
		return refuse(http.StatusUnprocessableEntity, "Reference name must start with 'refs/' and contain at least three path components.")
	case c.refNow(in.Ref) != "":
		return refuse(http.StatusUnprocessableEntity, "Reference already exists")
	case !fullID.MatchString(in.SHA) || c.repo.commitAt(in.SHA) == "":
		return refuse(http.StatusUnprocessableEntity, "Object does not exist")
	}
	r := c.change(Move{in.Ref, noCommit, in.SHA})
	if r.status != 0 {
		return r
	}
	return created(c.refShape(in.Ref, in.SHA))
}

func (c *call) moveRef() reply {
	var in struct {
		SHA   string
		Force bool
	}
	if r := c.read(&in); r.status != 0 {
		return r
	}
	ref := "refs/" + c.r.PathValue("ref")
	old := c.refNow(ref)
	switch {
	case old == "":
		return refuse(http.StatusUnprocessableEntity, "Reference does not exist")
	case !fullID.MatchString(in.SHA) || c.repo.commitAt(in.SHA) == "":
		return refuse(http.StatusUnprocessableEntity, "Object does not exist")
	case !in.Force && !c.repo.contains(in.SHA, old):
		return refuse(http.StatusUnprocessableEntity, "Update is not a fast forward")
	}
	if r := c.change(Move{ref, old, in.SHA}); r.status != 0 {
		return r
	}
	return ok(c.refShape(ref, in.SHA))
}

func (c *call) deleteRef() reply {
	ref := "refs/" + c.r.PathValue("ref")
	old := c.refNow(ref)
	if old == "" {
		return refuse(http.StatusUnprocessableEntity, "Reference does not exist")
	}
	if r := c.change(Move{ref, old, noCommit}); r.status != 0 {
		return r
	}
	return reply{status: http.StatusNoContent}
}

// change moves refs all at once if the rules let it; a status says why not.
func (c *call) change(moves ...Move) reply {
	if !c.may(c.who.Login, Write) {
		return notFound()
	}
	for _, m := range moves {
		if why := c.judge(c.who.Login, m); why != "" {
			return refuse(http.StatusUnprocessableEntity, "%s", restWords(why))
		}
	}
	if err := c.repo.move(moves...); err != nil {
		if errors.Is(err, errRace) {
			return refuse(http.StatusUnprocessableEntity, "Reference update failed")
		}
		return refuse(http.StatusInternalServerError, "Server Error")
	}
	for _, m := range moves {
		if n := c.lag(c.repo.Name + m.Ref + m.New); n > 0 {
			if c.repo.Lagging == nil {
				c.repo.Lagging = map[string]*lagging{}
			}
			c.repo.Lagging[m.Ref] = &lagging{Old: strings.Trim(m.Old, "0"), Reads: n}
			if m.Old != noCommit {
				c.repo.Lagging[m.Ref].Old = m.Old
			}
		}
	}
	c.moved(c.repo, slices.Clone(moves))
	_ = c.follow(c.repo, c.who.Login) // the refs are read anew at the next call
	return reply{}
}

// restWords are the words of a refused push as the REST API has them.
func restWords(why string) string {
	_, lines, _ := strings.Cut(why, "\n- ")
	if strings.Contains(why, "GH013") {
		return "Repository rule violations found\n\n" + strings.TrimSpace(lines) + "\n\n"
	}
	first, _, _ := strings.Cut(lines, "\n")
	return first
}
