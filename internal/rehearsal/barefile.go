package rehearsal

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/shopctl/shopctl/internal/world/git"
)

// bareRepository reads a bare repository by one git process that stays.
type bareRepository struct {
	dir string

	mu  sync.Mutex
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func openBare(dir string) *bareRepository { return &bareRepository{dir: dir} }

// Tips are the refs of the repository, by full name.
func (b *bareRepository) Tips() (map[string]git.ID, error) {
	out, err := exec.Command("git", "-C", b.dir, "for-each-ref", "--format=%(objectname) %(refname)").Output()
	if err != nil {
		return nil, fmt.Errorf("read the refs of %q: %w", b.dir, err)
	}
	tips := map[string]git.ID{}
	for line := range strings.Lines(string(out)) {
		id, ref, _ := strings.Cut(strings.TrimSpace(line), " ")
		if tips[ref], err = git.ParseID(id); err != nil {
			return nil, fmt.Errorf("read ref %q of %q: %w", ref, b.dir, err)
		}
	}
	return tips, nil
}

func (b *bareRepository) start() error {
	cmd := exec.Command("git", "-C", b.dir, "cat-file", "--batch")
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("read %q: %w", b.dir, err)
	}
	b.cmd, b.in, b.out = cmd, in, bufio.NewReader(out)
	return nil
}

// Close ends the reading process.
func (b *bareRepository) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.cmd != nil {
		_ = b.in.Close()
		_ = b.cmd.Wait()
		b.cmd = nil
	}
}

func (b *bareRepository) object(id git.ID, kind string) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.cmd == nil {
		if err := b.start(); err != nil {
			return nil, err
		}
	}
	if _, err := fmt.Fprintln(b.in, id); err != nil {
		return nil, fmt.Errorf("ask for %s of %q: %w", id, b.dir, err)
	}
	head, err := b.out.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("read %s of %q: %w", id, b.dir, err)
	}
	f := strings.Fields(head)
	if len(f) != 3 {
		return nil, fmt.Errorf("read %s of %q: it is not there", id, b.dir)
	}
	size, err := strconv.Atoi(f[2])
	if err != nil {
		return nil, fmt.Errorf("read %s of %q: %w", id, b.dir, err)
	}
	data := make([]byte, size+1)
	if _, err := io.ReadFull(b.out, data); err != nil {
		return nil, fmt.Errorf("read %s of %q: %w", id, b.dir, err)
	}
	if f[1] != kind {
		return nil, fmt.Errorf("read %s of %q: it is a %s, no %s", id, b.dir, f[1], kind)
	}
	return data[:size], nil
}

// Blob reads a blob.
func (b *bareRepository) Blob(id git.ID) ([]byte, error) { return b.object(id, "blob") }

// Tree reads a tree.
func (b *bareRepository) Tree(id git.ID) ([]git.Entry, error) {
	data, err := b.object(id, "tree")
	if err != nil {
		return nil, err
	}
	var entries []git.Entry
	for len(data) > 0 {
		head, rest, ok := bytes.Cut(data, []byte{0})
		mode, name, _ := strings.Cut(string(head), " ")
		m, err := strconv.ParseUint(mode, 8, 32)
		if !ok || err != nil || len(rest) < 20 {
			return nil, fmt.Errorf("read tree %s of %q: it is malformed", id, b.dir)
		}
		e := git.Entry{Name: name, Mode: git.Mode(m)}
		copy(e.ID[:], rest)
		entries, data = append(entries, e), rest[20:]
	}
	return entries, nil
}

// Commit reads tree, parents and message of a commit.
func (b *bareRepository) Commit(id git.ID) (git.Commit, error) {
	data, err := b.object(id, "commit")
	if err != nil {
		return git.Commit{}, err
	}
	head, message, _ := strings.Cut(string(data), "\n\n")
	c := git.Commit{ID: id, Message: message}
	for line := range strings.Lines(head) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch key {
		case "tree":
			c.Tree, err = git.ParseID(value)
		case "parent":
			var p git.ID
			p, err = git.ParseID(value)
			c.Parents = append(c.Parents, p)
		case "author":
			c.Author = signature(value)
		case "committer":
			c.Committer = signature(value)
		}
		if err != nil {
			return git.Commit{}, fmt.Errorf("read commit %s of %q: %w", id, b.dir, err)
		}
	}
	return c, nil
}

func signature(s string) git.Signature {
	who, rest, _ := strings.Cut(s, "> ")
	name, email, _ := strings.Cut(who, " <")
	f := strings.Fields(rest)
	sig := git.Signature{Name: name, Email: email}
	if len(f) > 0 {
		if sec, err := strconv.ParseInt(f[0], 10, 64); err == nil {
			sig.When = time.Unix(sec, 0).UTC()
		}
	}
	return sig
}
