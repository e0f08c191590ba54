package stack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Process is one server. It can be stopped, killed and started again with the
// same arguments; its output of all lives goes to one file.
type Process struct {
	Name string
	Log  string // the file of its output

	path          string
	args          []string
	env           []string
	more, moreEnv []string // of Restart
	dir           string
	cmd           *exec.Cmd
	done          chan struct{} // closed when the process of cmd has ended
}

// Start starts the process.
func (p *Process) Start() error {
	log, err := os.OpenFile(p.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("open the log of %s: %w", p.Name, err)
	}
	defer func() { _ = log.Close() }() // the process has its own
	cmd := exec.Command(p.path, slices.Concat(p.args, p.more)...)
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = slices.Concat(p.env, p.moreEnv), p.dir, log, log
	// No server outlives the suite, however that ends.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if err := spawn(cmd); err != nil {
		return fmt.Errorf("start %s: %w", p.Name, err)
	}
	done := make(chan struct{})
	p.cmd, p.done = cmd, done
	go func() {
		_ = cmd.Wait() // how it ended is in its log; whether it should have, the caller knows
		close(done)
	}()
	return nil
}

// spawner runs on one thread for ever: the kernel ties Pdeathsig to the thread
// that started a process, not to the whole program.
var spawner = sync.OnceValue(func() chan func() {
	work := make(chan func())
	go func() {
		runtime.LockOSThread()
		for f := range work {
			f()
		}
	}()
	return work
})

func spawn(cmd *exec.Cmd) error {
	result := make(chan error)
	spawner() <- func() { result <- cmd.Start() }
	return <-result
}

// Stop ends the process in an orderly way, or by force after a while.
func (p *Process) Stop() {
	p.end(syscall.SIGTERM, 3*time.Second)
}

// Kill ends the process at once, as a crash would.
func (p *Process) Kill() {
	p.end(syscall.SIGKILL, 0)
}

func (p *Process) end(signal syscall.Signal, patience time.Duration) {
	if p.cmd == nil {
		return
	}
	_ = syscall.Kill(-p.cmd.Process.Pid, signal) // it may have ended already
	select {
	case <-p.done:
	case <-time.After(patience):
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
		<-p.done
	}
	p.cmd = nil
}

// Running reports whether the process was started and neither stopped nor killed since.
func (p *Process) Running() bool { return p.cmd != nil }

// Restart stops the process and starts it with more arguments and environment
// than it was launched with; without any it is as before.
func (p *Process) Restart(args, env []string) error {
	p.Stop()
	p.more, p.moreEnv = args, env
	return p.Start()
}

// running reports an error when the process has ended by itself.
func (p *Process) running() error {
	select {
	case <-p.done:
		return fmt.Errorf("%s ended by itself: %s\n%s", p.Name, p.cmd.ProcessState, p.tail(20))
	default:
		return nil
	}
}

// tail is the end of the log.
func (p *Process) tail(lines int) string {
	data, err := os.ReadFile(p.Log)
	if err != nil {
		return err.Error()
	}
	all := bytes.Split(bytes.TrimRight(data, "\n"), []byte("\n"))
	return string(bytes.Join(all[max(0, len(all)-lines):], []byte("\n")))
}

// RSS is the memory that the process has resident, in bytes; 0 when it is not known.
func (p *Process) RSS() int64 {
	if p.cmd == nil {
		return 0
	}
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.cmd.Process.Pid))
	var size, resident int64
	if err != nil {
		return 0
	}
	if _, err := fmt.Sscan(string(data), &size, &resident); err != nil {
		return 0
	}
	return resident * int64(os.Getpagesize())
}

// launcher makes the processes of one stack.
type launcher struct {
	logs string
	all  []*Process
}

func (l *launcher) launch(name, path string, env []string, args ...string) (*Process, error) {
	p := &Process{Name: name, Log: filepath.Join(l.logs, name+".log"), path: path, args: args, env: env, dir: l.logs}
	l.all = append(l.all, p)
	return p, p.Start()
}

// stop ends what was started last first.
func (l *launcher) stop() {
	for i := len(l.all) - 1; i >= 0; i-- {
		l.all[i].Stop()
	}
}

// eventually asks until there is no error, the context ends or the process does.
func eventually(ctx context.Context, what string, p *Process, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, 90*time.Second)
	defer cancel()
	for {
		err := ask(ctx)
		if err == nil {
			return nil
		}
		if p != nil {
			if dead := p.running(); dead != nil {
				return dead
			}
		}
		select {
		case <-ctx.Done():
			text := ""
			if p != nil {
				text = "\n" + p.tail(20)
			}
			return fmt.Errorf("wait for %s: %w: %w%s", what, ctx.Err(), err, text)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// freePorts finds ports of the loopback address that nobody listens on.
func freePorts(n int) (ports []string, err error) {
	var listeners []net.Listener
	defer func() {
		for _, l := range listeners {
			err = errors.Join(err, l.Close())
		}
	}()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		listeners = append(listeners, l)
		_, port, _ := strings.Cut(l.Addr().String(), ":")
		ports = append(ports, port)
	}
	return ports, nil
}
