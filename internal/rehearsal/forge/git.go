package forge

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

const noCommit = "0000000000000000000000000000000000000000"

var fullID = regexp.MustCompile(`^[0-9a-f]{40}$`)

// git runs git in the repository, apart from anybody's settings.
func (r *repository) git(args ...string) (string, error) { return r.gitFed("", nil, args...) }

func (r *repository) gitFed(input string, env []string, args ...string) (string, error) {
	cmd := exec.Command("git", append([]string{"--git-dir=" + r.dir}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "LC_ALL=C")
	cmd.Env = append(cmd.Env, env...)
	cmd.Stdin = strings.NewReader(input)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("git %s in %q: %w: %s", args[0], r.dir, err, strings.TrimSpace(said.String()))
	}
	return strings.TrimRight(out.String(), "\n"), nil
}

// branches are the tips by short name.
func (r *repository) branches() (map[string]string, error) {
	out, err := r.git("for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", "refs/heads")
	if err != nil {
		return nil, err
	}
	tips := map[string]string{}
	for line := range strings.Lines(out) {
		id, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		tips[name] = id
	}
	return tips, nil
}

// defaultBranch is what HEAD names.
func (r *repository) defaultBranch() string {
	head, err := os.ReadFile(filepath.Join(r.dir, "HEAD"))
	if err != nil {
		return "main"
	}
	return strings.TrimPrefix(strings.TrimSpace(string(head)), "ref: refs/heads/")
}

// commitAt finds the commit of a branch, a tag or an id; empty: none.
func (r *repository) commitAt(name string) string {
	candidates := []string{"refs/heads/" + name, "refs/tags/" + name, "refs/" + name}
	if fullID.MatchString(name) || len(name) >= 7 && strings.Trim(name, "0123456789abcdef") == "" {
		candidates = append(candidates, name)
	}
	for _, c := range candidates {
		if id, err := r.git("rev-parse", "--verify", "--quiet", "--end-of-options", c+"^{commit}"); err == nil {
			return id
		}
	}
	return ""
}

// contains reports whether a commit has another one behind it, or is it.
func (r *repository) contains(commit, other string) bool {
	if commit == other {
		return true
	}
	_, err := r.git("merge-base", "--is-ancestor", other, commit)
	return err == nil
}

func (r *repository) mergeBase(a, b string) string {
	base, err := r.git("merge-base", a, b)
	if err != nil {
		return ""
	}
	return base
}

// commit is what git knows of one.
type commit struct {
	id, tree          string
	parents           []string
	author, committer signature
	message           string
}

type signature struct {
	name, email string
	at          time.Time
}

const commitFormat = "--format=%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B"

// log reads commits, newest first, as git log does with these arguments.
func (r *repository) log(args ...string) ([]commit, error) {
	out, err := r.git(append([]string{"log", "-z", commitFormat}, args...)...)
	if err != nil || out == "" {
		return nil, err
	}
	fields := strings.Split(out, "\x00")
	var commits []commit
	for ; len(fields) >= 10; fields = fields[10:] {
		commits = append(commits, commit{
			id: fields[0], tree: fields[1], parents: strings.Fields(fields[2]),
			author: sign(fields[3:6]), committer: sign(fields[6:9]), message: strings.TrimRight(fields[9], "\n"),
		})
	}
	return commits, nil
}

func sign(f []string) signature {
	at, _ := time.Parse(time.RFC3339, f[2]) // git writes nothing else
	return signature{f[0], f[1], at.UTC()}
}

// move moves refs all at once, and none when one is not where it was.
func (r *repository) move(moves ...Move) error {
	text := "start\n"
	for _, m := range moves {
		if m.New == noCommit {
			text += fmt.Sprintf("delete %s %s\n", m.Ref, m.Old)
			continue
		}
		text += fmt.Sprintf("update %s %s %s\n", m.Ref, m.New, m.Old)
	}
	if _, err := r.gitFed(text+"commit\n", nil, "update-ref", "--stdin"); err != nil {
		return errors.Join(errRace, err)
	}
	return nil
}

var errRace = errors.New("the ref is not where it was")
