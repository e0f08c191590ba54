//go:build linux

package bench

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/creack/pty"
)

const (
	boardShops      = 50_000
	boardMemory     = 120 << 20
	boardIdle       = 0.01 // of one CPU
	boardIdleFor    = 30 * time.Second
	boardFirstFrame = 150 * time.Millisecond
	boardStarts     = 9
	boardPatience   = 60 * time.Second
)

// The board on a terminal, over the demo with 50,000 shops: what it keeps in
// memory once all shops were looked through, what it costs when nobody touches
// it, and how soon there is something to see when it is started again.
func BenchmarkBoard(b *testing.B) {
	env, _ := demo(b)
	s := openBoard(b, env)
	s.awaits("fresh")
	s.types("/")
	s.awaits("50,000 of 50,000 shops")
	s.types("~hnkb")
	s.awaits("hanabi-kobo")
	s.types("\x1b")
	s.awaits("50,000 of 50,000 shops")
	s.types("\x1b")
	s.awaits("waiting for this tier")
	before := s.spent()
	time.Sleep(boardIdleFor) //nolint:forbidigo // what it costs to do nothing is measured over a time
	idle := float64(s.spent()-before) / float64(boardIdleFor)
	most := s.mostMemory()
	s.quit()
	figure("board", "shops", boardShops, "memory-bytes", most, "memory-limit", boardMemory, "idle-cpu-percent", 100*idle, "idle-limit-percent", 100*boardIdle)
	atMost(b, "board: memory", most, boardMemory)
	atMost(b, "board: CPU of an idle one", idle, boardIdle)

	var first []time.Duration
	for range boardStarts {
		s := openBoard(b, env)
		s.awaits("as of ")
		first = append(first, time.Since(s.began))
		s.awaits("fresh")
		s.quit()
	}
	slices.Sort(first)
	figure("board-first-frame", "shops", boardShops, "best", first[0], "median", first[len(first)/2], "limit", boardFirstFrame, "starts", len(first))
	atMost(b, "board: first frame from the cache", first[0], boardFirstFrame)
}

// demo starts one with 50,000 shops, and gives the environment of its users and
// the file that leads to it.
func demo(b *testing.B) (env []string, config string) {
	b.Helper()
	env = append(bare(b), "SHELL=/bin/sh", "SHOPCTL_LANG=en")
	demo := func(args ...string) string {
		cmd := exec.Command(shopctl(b), append([]string{"demo"}, args...)...)
		cmd.Env, cmd.Dir = env, "/"
		_, out := run(b, cmd)
		return out
	}
	b.Cleanup(func() { demo("stop") })
	config = strings.TrimSpace(demo("start", "--shops", strconv.Itoa(boardShops), "--json", "--jq", ".config"))
	return append(env, "SHOPCTL_CONFIG="+config), config
}

// screened is a board on a terminal.
type screened struct {
	b     *testing.B
	cmd   *exec.Cmd
	tty   *os.File
	began time.Time

	mu   sync.Mutex
	more *sync.Cond
	said bytes.Buffer // since the last thing that was awaited
	each func([]byte) // is given all that is drawn; may be nil
	gone bool
}

func openBoard(b *testing.B, env []string) *screened {
	b.Helper()
	s := &screened{b: b, cmd: exec.Command(shopctl(b), "ui")}
	s.more = sync.NewCond(&s.mu)
	s.cmd.Env, s.cmd.Dir = env, "/"
	s.began = time.Now()
	var err error
	if s.tty, err = pty.StartWithSize(s.cmd, &pty.Winsize{Rows: 28, Cols: 110}); err != nil {
		b.Fatalf("start the board: %v", err)
	}
	go s.read()
	return s
}

// read takes what is drawn, and answers where the cursor is: after one narrow cell.
func (s *screened) read() {
	buffer := make([]byte, 32<<10)
	for {
		n, err := s.tty.Read(buffer)
		if bytes.Contains(buffer[:n], []byte("\x1b[6n")) {
			_, _ = io.WriteString(s.tty, "\x1b[1;2R")
		}
		s.mu.Lock()
		s.said.Write(buffer[:n])
		if s.each != nil {
			s.each(buffer[:n])
		}
		s.gone = err != nil
		s.more.Broadcast()
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// awaits waits until something is drawn, and gives all that was since the last time.
func (s *screened) awaits(text string) (said string) {
	s.b.Helper()
	late := false
	timer := time.AfterFunc(boardPatience, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		late = true
		s.more.Broadcast()
	})
	defer timer.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for !strings.Contains(ansi.Strip(s.said.String()), text) {
		if late || s.gone {
			s.b.Fatalf("the board never said %q:\n%q", text, s.said.String())
		}
		s.more.Wait()
	}
	said = ansi.Strip(s.said.String())
	s.said.Reset()
	return said
}

func (s *screened) types(text string) {
	s.b.Helper()
	if _, err := io.WriteString(s.tty, text); err != nil {
		s.b.Fatal(err)
	}
}

func (s *screened) quit() {
	s.b.Helper()
	s.types("q")
	if err := s.cmd.Wait(); err != nil {
		s.b.Errorf("the board: %v", err)
	}
	_ = s.tty.Close()
}

// spent is the CPU time of the program so far.
func (s *screened) spent() time.Duration {
	s.b.Helper()
	stat := s.proc("stat")
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	ticks := 0
	for _, f := range fields[11:13] { // utime and stime
		n, err := strconv.Atoi(f)
		if err != nil {
			s.b.Fatal(err)
		}
		ticks += n
	}
	const ticksPerSecond = 100
	return time.Duration(ticks) * time.Second / ticksPerSecond
}

func (s *screened) mostMemory() (most int64) {
	s.b.Helper()
	if _, err := fmt.Sscanf(s.proc("status")[strings.Index(s.proc("status"), "VmHWM:"):], "VmHWM: %d kB", &most); err != nil {
		s.b.Fatal(err)
	}
	return most << 10
}

func (s *screened) proc(name string) string {
	s.b.Helper()
	data, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.cmd.Process.Pid), name))
	if err != nil {
		s.b.Fatal(err)
	}
	return string(data)
}
