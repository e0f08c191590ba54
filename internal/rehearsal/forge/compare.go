package forge

import (
	"net/http"
	"strconv"
	"strings"
)

// What a comparison shows at most; it does not say that there is more.
const (
	mostCommits = 250
	mostFiles   = 300
)

// file is one that differs.
type file struct {
	path, status         string
	additions, deletions int
}

// files are those that differ between the merge base of two commits and the second.
func (r *repository) files(base, head string) []file {
	out, err := r.git("diff", "--no-renames", "--numstat", "-z", base+"..."+head, "--")
	if err != nil {
		return nil
	}
	kinds, _ := r.git("diff", "--no-renames", "--name-status", "-z", base+"..."+head, "--")
	status := map[string]string{}
	words := strings.Split(kinds, "\x00")
	for i := 0; i+1 < len(words); i += 2 {
		status[words[i+1]] = map[string]string{"A": "added", "D": "removed"}[words[i]]
	}
	var files []file
	for line := range strings.SplitSeq(out, "\x00") {
		f := strings.SplitN(line, "\t", 3)
		if len(f) != 3 {
			continue
		}
		added, _ := strconv.Atoi(f[0]) // "-" of a binary file is none
		deleted, _ := strconv.Atoi(f[1])
		files = append(files, file{f[2], first(status[f[2]], "modified"), added, deleted})
	}
	return files
}

func (c *call) fileShape(head string) func(file) object {
	return func(f file) object {
		return object{
			"sha": nil, "filename": f.path, "status": f.status, "additions": f.additions, "deletions": f.deletions, "changes": f.additions + f.deletions,
			"blob_url": c.repoPage(c.repo) + "/blob/" + head + "/" + f.path, "raw_url": c.repoPage(c.repo) + "/raw/" + head + "/" + f.path,
			"contents_url": c.repoURL(c.repo) + "/contents/" + f.path + "?ref=" + head,
		}
	}
}

// compare shows what one commit has that another has not.
func (c *call) compare() reply {
	baseName, headName, found := strings.Cut(c.r.PathValue("basehead"), "...")
	base, head := c.repo.commitAt(c.bare(baseName)), c.repo.commitAt(c.bare(headName))
	if !found || base == "" || head == "" {
		return notFound()
	}
	merged := c.repo.mergeBase(base, head)
	if merged == "" {
		return refuse(http.StatusNotFound, "No common ancestor between %s and %s.", baseName, headName)
	}
	ends, err := c.repo.log("--no-walk=unsorted", base, merged)
	if err != nil || len(ends) == 0 {
		return notFound()
	}
	commits, err := c.repo.log("--reverse", "--topo-order", base+".."+head)
	behind, _ := c.repo.git("rev-list", "--count", head+".."+base)
	if err != nil {
		return notFound()
	}
	ahead, late := len(commits), 0
	late, _ = strconv.Atoi(behind)
	if len(commits) > mostCommits {
		commits = commits[len(commits)-mostCommits:]
	}
	some, r := commits, ok(nil)
	if c.r.URL.Query().Has("per_page") || c.r.URL.Query().Has("page") {
		some, r = page(c, commits)
	}
	shapes, files := []object{}, []object{}
	for _, x := range some {
		shapes = append(shapes, c.commitShape(x))
	}
	for i, f := range c.repo.files(base, head) {
		if i < mostFiles {
			files = append(files, c.fileShape(head)(f))
		}
	}
	page := c.repoPage(c.repo) + "/compare/" + baseName + "..." + headName
	r.body = object{
		"url": c.repoURL(c.repo) + "/compare/" + baseName + "..." + headName, "html_url": page, "permalink_url": page, "diff_url": page + ".diff", "patch_url": page + ".patch",
		"base_commit": c.commitShape(ends[0]), "merge_base_commit": c.commitShape(ends[len(ends)-1]), "status": standing(ahead, late),
		"ahead_by": ahead, "behind_by": late, "total_commits": ahead, "commits": shapes, "files": files,
	}
	return r
}

// bare takes the owner away from owner:branch.
func (c *call) bare(name string) string {
	if owner, branch, owned := strings.Cut(name, ":"); owned && strings.EqualFold(owner, c.options.Owner) {
		return branch
	}
	return name
}

func standing(ahead, behind int) string {
	switch {
	case ahead > 0 && behind > 0:
		return "diverged"
	case ahead > 0:
		return "ahead"
	case behind > 0:
		return "behind"
	}
	return "identical"
}
