package rehearsal

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
)

// importer writes commits into a bare repository by one git fast-import.
type importer struct {
	dir   string
	marks string // the file where git leaves the ids
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Writer
	said  bytes.Buffer
	count int
	err   error
}

// commit is one commit to write.
type commit struct {
	branch  string // full name
	by      person
	at      time.Time
	message string
	from    string            // mark or id of the parent; empty: what the branch has in this import
	files   map[string]string // written; whole contents
	remove  []string
	links   map[string]shop.CommitID
}

// startImport begins an import into dir, a bare repository.
func startImport(ctx context.Context, dir string) (*importer, error) {
	i := &importer{dir: dir, marks: filepath.Join(dir, "marks.tmp")}
	// Forced, for the ref that a killed merge left; no branch is ever moved so.
	i.cmd = gitCommand(ctx, dir, "fast-import", "--quiet", "--force", "--export-marks="+i.marks)
	// A compressor for each of 100,000 small files: without these the C library
	// takes its memory from the kernel and gives it back, each time.
	i.cmd.Env = append(i.cmd.Env, "MALLOC_MMAP_THRESHOLD_=67108864", "MALLOC_TRIM_THRESHOLD_=268435456")
	i.cmd.Stderr = &i.said
	in, err := i.cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("import into %q: %w", dir, err)
	}
	if err := i.cmd.Start(); err != nil {
		return nil, fmt.Errorf("import into %q: %w", dir, err)
	}
	i.in, i.out = in, bufio.NewWriterSize(in, 1<<16)
	return i, nil
}

// gitCommand runs git apart from the settings of the user and of the machine.
func gitCommand(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", append([]string{"--git-dir=" + dir}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull)
	return cmd
}

func (i *importer) printf(format string, args ...any) {
	if i.err == nil {
		_, i.err = fmt.Fprintf(i.out, format, args...)
	}
}

func (i *importer) data(text string) {
	i.printf("data %d\n", len(text))
	if i.err == nil {
		_, i.err = i.out.WriteString(text)
	}
	i.printf("\n")
}

// add writes a commit and gives its mark.
func (i *importer) add(c commit) (mark string) {
	i.count++
	mark = fmt.Sprintf(":%d", i.count)
	i.printf("commit %s\nmark %s\n", c.branch, mark)
	i.printf("author %s <%s> %d +0900\n", c.by.name, c.by.email, c.at.Unix())
	i.printf("committer %s <%s> %d +0900\n", c.by.name, c.by.email, c.at.Unix())
	i.data(c.message)
	if c.from != "" {
		i.printf("from %s\n", c.from)
	}
	for _, path := range c.remove {
		i.printf("D %s\n", path)
	}
	for _, path := range sortedKeys(c.files) {
		i.printf("M 100644 inline %s\n", path)
		i.data(c.files[path])
	}
	for _, path := range sortedKeys(c.links) {
		i.printf("M 160000 %s %s\n", c.links[path], path)
	}
	return mark
}

// branch points another branch at a mark.
func (i *importer) branch(name, mark string) { i.printf("reset %s\nfrom %s\n\n", name, mark) }

// finish waits for git and gives the ids of the marks.
func (i *importer) finish() (map[string]shop.CommitID, error) {
	if i.err == nil {
		i.err = i.out.Flush()
	}
	_ = i.in.Close()
	if err := i.cmd.Wait(); err != nil {
		return nil, fmt.Errorf("import into %q: %w: %s", i.dir, err, strings.TrimSpace(i.said.String()))
	}
	if i.err != nil {
		return nil, fmt.Errorf("import into %q: %w", i.dir, i.err)
	}
	data, err := os.ReadFile(i.marks)
	if err != nil {
		return nil, fmt.Errorf("read what was imported: %w", err)
	}
	if err := os.Remove(i.marks); err != nil {
		return nil, fmt.Errorf("tidy up after the import: %w", err)
	}
	ids := map[string]shop.CommitID{}
	for line := range strings.Lines(string(data)) {
		mark, id, _ := strings.Cut(strings.TrimSpace(line), " ")
		ids[mark] = shop.CommitID(id)
	}
	return ids, nil
}

// makeBare makes an empty bare repository whose HEAD is a branch.
func makeBare(ctx context.Context, dir, head string) error {
	cmd := exec.CommandContext(ctx, "git", "init", "--quiet", "--bare", "--template=", "--initial-branch="+head, dir)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("make repository %q: %w: %s", dir, err, bytes.TrimSpace(out))
	}
	return nil
}
