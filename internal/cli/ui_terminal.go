package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/shopctl/shopctl/internal/settings"
)

// startsBoard reports whether the bare program is the board, as the user has set
// it: on a terminal, and where there is a system to show.
func (c *Call) startsBoard() bool {
	return c.Setting("default_command") == "ui" && c.noSystem == nil && c.Env.Terminal.In && c.Env.Terminal.Out
}

// ambiguousWidth is what the user says of the terminal; 0: nothing, it has to be asked.
func (c *Call) ambiguousWidth() int {
	v := c.settings.Get("ui.ambiguous_width")
	if v.Origin == settings.FromBuiltIn {
		return 0
	}
	n, err := strconv.Atoi(v.Value)
	if err != nil {
		return 0
	}
	return n
}

// terminalFile remembers what this terminal answers. A terminal is known by what
// it says of itself; its language counts, for some choose widths by it.
func (c *Call) terminalFile() string {
	var says []string
	for _, name := range []string{"TERM", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "COLORTERM", "VTE_VERSION", "LC_ALL", "LC_CTYPE", "LANG"} {
		says = append(says, c.Env.Getenv(name))
	}
	sum := sha256.Sum256([]byte(strings.Join(says, "\x00")))
	dir := filepath.Join(c.Paths.Cache, "terminals")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "" // it is asked each time then
	}
	return filepath.Join(dir, hex.EncodeToString(sum[:8]))
}
