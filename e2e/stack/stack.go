package stack

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Options say where the stack lives and what it is made of.
type Options struct {
	Dir      string // an empty folder: data, keys and, in logs/, the output of each process
	Programs Programs
	Say      func(format string, args ...any) // one line a step
}

// Stack is the whole of it, running.
type Stack struct {
	Kube    *Kube
	ArgoCD  *ArgoCD
	Kubelet *Kubelet

	launcher *launcher
	stop     context.CancelFunc
}

// Start starts everything and returns when Argo CD answers. When it does not
// succeed nothing is left running.
func Start(ctx context.Context, o Options) (_ *Stack, err error) {
	began := time.Now()
	l := &launcher{logs: filepath.Join(o.Dir, "logs")}
	if err := os.MkdirAll(l.logs, 0o755); err != nil {
		return nil, err
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	s := &Stack{launcher: l, stop: stop}
	defer func() {
		if err != nil {
			s.Stop()
		}
	}()
	if s.Kube, err = startKube(ctx, l, o.Dir, o.Programs); err != nil {
		return nil, err
	}
	o.Say("the apiserver answers after %s", since(began))
	if err := s.Kube.install(ctx, o.Programs.CRDs); err != nil {
		return nil, err
	}
	s.Kubelet = startKubelet(background, s.Kube)
	if s.ArgoCD, err = startArgoCD(ctx, l, o.Dir, o.Programs, s.Kube); err != nil {
		return nil, err
	}
	o.Say("Argo CD answers after %s", since(began))
	return s, nil
}

func since(t time.Time) time.Duration { return time.Since(t).Round(10 * time.Millisecond) }

// Stop ends everything that was started.
func (s *Stack) Stop() {
	s.stop()
	s.launcher.stop()
}

// Memory says what each process has resident, in MiB, and all together.
func (s *Stack) Memory() string {
	var parts []string
	var sum int64
	for _, p := range s.launcher.all {
		rss := p.RSS()
		sum += rss
		parts = append(parts, fmt.Sprintf("%s %d", p.Name, rss>>20))
	}
	return fmt.Sprintf("%d MiB: %s", sum>>20, strings.Join(parts, ", "))
}
