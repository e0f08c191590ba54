package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
)

// log keeps raw facts of this run. They reach the file only when something goes
// wrong, and stderr only with --debug.
type log struct {
	mu      sync.Mutex // goroutines tell facts at the same time
	file    string
	debug   io.Writer // nil: no --debug
	pairs   []string  // secrets, each with what stands for it
	secrets *strings.Replacer
	kept    []string
}

const (
	keptLines  = 2000
	logMaximum = 4 << 20 // bytes; then the file begins anew
)

func newLog(file string, debug io.Writer, getenv func(string) string) *log {
	var pairs []string
	for _, name := range []string{"SHOPCTL_TOKEN", "GH_TOKEN", "GITHUB_TOKEN", "ARGOCD_AUTH_TOKEN"} {
		if v := getenv(name); v != "" {
			pairs = append(pairs, v, "***")
		}
	}
	return &log{file: file, debug: debug, pairs: pairs, secrets: strings.NewReplacer(pairs...)}
}

// hide keeps one more secret out of the log and of everything that is printed.
func (l *log) hide(secret string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pairs = append(l.pairs, secret, "***")
	l.secrets = strings.NewReplacer(l.pairs...)
}

var credentials = regexp.MustCompile(`://[^/@\s]+@`)

// mask takes tokens and the credentials of addresses out.
func (l *log) mask(s string) string {
	return credentials.ReplaceAllString(l.secrets.Replace(s), "://***@")
}

func (l *log) printf(now time.Time, format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := now.UTC().Format("2006-01-02T15:04:05.000Z ") + l.mask(fmt.Sprintf(format, args...))
	if l.debug != nil {
		io.WriteString(l.debug, "debug: "+text+"\n")
	}
	if len(l.kept) == keptLines {
		l.kept = l.kept[1:]
	}
	l.kept = append(l.kept, text)
}

// masked is a stream on which no secret stands, whoever repeats it: a server
// may put what it was sent into its answer.
type masked struct {
	out io.Writer
	log *log
}

func (m masked) Write(b []byte) (int, error) {
	m.log.mu.Lock()
	secrets := m.log.secrets
	none := len(m.log.pairs) == 0
	m.log.mu.Unlock()
	if none {
		return m.out.Write(b) //nolint:wrapcheck // it stands in for the stream
	}
	if _, err := secrets.WriteString(m.out, string(b)); err != nil {
		return 0, err //nolint:wrapcheck // as above
	}
	return len(b), nil
}

// save writes what was kept; it reports whether the file holds it now.
func (l *log) save() bool {
	if os.MkdirAll(filepath.Dir(l.file), 0o700) != nil {
		return false
	}
	mode := os.O_APPEND
	if info, err := os.Stat(l.file); err == nil && info.Size() > logMaximum {
		mode = os.O_TRUNC
	}
	f, err := os.OpenFile(l.file, os.O_CREATE|os.O_WRONLY|mode, 0o600)
	if err != nil {
		return false
	}
	// Once more: a secret may have become known after the line was kept.
	_, err = io.WriteString(f, l.mask(strings.Join(l.kept, "\n"))+"\n")
	l.kept = nil
	return f.Close() == nil && err == nil
}
