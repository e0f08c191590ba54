//go:build unix

package gate

import (
	"os/exec"
	"syscall"
)

// ofItsOwn lets a program be ended with everything that it has started.
func ofItsOwn(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
