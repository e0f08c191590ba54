package forge

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Rename gives a repository a second name, the one that it has from now on to
// those who ask; the folder keeps its own. The old name leads to the new one.
func (f *Forge) Rename(old, name string) error {
	return f.act(func(time.Time) error {
		r, err := f.find(old)
		if err != nil {
			return err
		}
		delete(f.state.Repositories, r.Name)
		if f.state.Renamed == nil {
			f.state.Renamed = map[string]string{}
		}
		f.state.Renamed[r.Name] = name
		r.Name = name
		f.state.Repositories[name] = r
		f.dirty = true
		return nil
	})
}

// Folder is where a repository lies below Dir, by the path that a git client
// asks for: owner/name with or without .git. Old names lead to it as well.
func (f *Forge) Folder(path string) (string, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	owner, name, found := strings.Cut(strings.TrimSuffix(path, ".git"), "/")
	if !found || !strings.EqualFold(owner, f.options.Owner) {
		return "", false
	}
	if to, old := f.renamed(name); old {
		name = to
	}
	r, err := f.find(name)
	if err != nil {
		return "", false
	}
	return r.Folder, true
}

func (f *Forge) renamed(name string) (string, bool) {
	for old, to := range f.state.Renamed {
		if strings.EqualFold(old, name) {
			return to, true
		}
	}
	return "", false
}

// elsewhere is where a renamed repository is now.
func (c *call) elsewhere(name string) reply {
	r, err := c.find(name)
	if err != nil {
		return notFound()
	}
	_, rest, _ := strings.Cut(strings.TrimPrefix(c.r.URL.EscapedPath(), "/repos/"), "/")
	_, rest, _ = strings.Cut(rest, "/")
	to := strings.TrimSuffix(fmt.Sprintf("%s/repositories/%d/%s", c.api(), r.ID, rest), "/")
	if c.r.URL.RawQuery != "" {
		to += "?" + c.r.URL.RawQuery
	}
	status := http.StatusMovedPermanently
	if c.r.Method != http.MethodGet {
		status = http.StatusTemporaryRedirect
	}
	return reply{status: status, body: object{
		"message": "Moved Permanently", "url": to, "documentation_url": documentation,
	}}.with("Location", to)
}

// cutSuffix cuts a suffix off that does not stand alone.
func cutSuffix(s, suffix string) (string, bool) {
	before, found := strings.CutSuffix(s, suffix)
	return before, found && before != ""
}
