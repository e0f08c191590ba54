package cli

import (
	"context"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/shopctl/shopctl/internal/show"
)

// live is the lower end of a terminal, which is drawn again in place while
// something goes on. What is said meanwhile goes through it as a writer, and
// stands above. It draws with the cursor alone: nothing has to be given back to
// the terminal when the program ends.
type live struct {
	mu    sync.Mutex
	out   io.Writer
	size  func() (width, height int)
	draw  func(width, height int) []string // nil: there is nothing to draw
	shown []string                         // on the screen, from the cursor up

	end   context.CancelFunc
	ended sync.WaitGroup
}

// redraw is the time between two pictures.
const redraw = 100 * time.Millisecond

// watchLive begins to draw on the terminal of the talk; nil where that is not
// one that can be drawn on, or where it is not wanted.
func (c *Call) watchLive(ctx context.Context) *live {
	if !c.livelyTerminal() {
		return nil
	}
	l := &live{out: c.Talk.Out, size: c.Env.Terminal.Size}
	ctx, l.end = context.WithCancel(ctx)
	l.ended.Go(func() {
		for c.Env.Sleep(ctx, redraw) == nil {
			l.paint()
		}
	})
	c.live, c.Talk.Out = l, l
	return l
}

// livelyTerminal reports whether lines may be drawn in place.
func (c *Call) livelyTerminal() bool {
	name := c.Env.Getenv("TERM")
	return c.Env.Terminal.Size != nil && name != "" && name != "dumb" &&
		!c.Quiet() && !c.Talk.Accessible && c.CI.Out == nil && c.front == nil && c.log.debug == nil
}

// endLive wipes what was drawn and gives the terminal back to the talk.
func (c *Call) endLive() {
	l := c.live
	if l == nil {
		return
	}
	c.live, c.Talk.Out = nil, l.out
	l.end()
	l.ended.Wait()
	l.show(nil)
}

// show changes what is drawn; nil wipes it.
func (l *live) show(draw func(width, height int) []string) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.draw = draw; draw == nil {
		l.wipe()
	}
}

// Write puts what is said above what is drawn.
func (l *live) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wipe()
	return l.out.Write(p) //nolint:wrapcheck // it stands in for the stream
}

// paint draws anew what has changed.
func (l *live) paint() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.draw == nil {
		return
	}
	w, h := l.cells()
	// The last cell of a line stays free, or the next one would wrap; the last
	// line is that of the cursor.
	lines := l.draw(w-1, h-1)
	if slices.Equal(lines, l.shown) {
		return
	}
	var b strings.Builder
	b.WriteString(l.cleared())
	for _, line := range lines {
		b.WriteString(line + "\r\n")
	}
	io.WriteString(l.out, b.String())
	l.shown = lines
}

// wipe takes what is drawn off the screen.
func (l *live) wipe() {
	if len(l.shown) > 0 {
		io.WriteString(l.out, l.cleared())
		l.shown = nil
	}
}

// The sequences that are used. What is below the cursor is never cleared as a
// whole: some terminals keep such a screen in what can be scrolled back to.
const (
	clearLine = "\r\x1b[2K"
	lineUp    = "\x1b[A"
)

// cleared goes up to the beginning of what is drawn and clears each line. A
// terminal that has become narrower has broken the lines in the meantime.
func (l *live) cleared() string {
	w, _ := l.cells()
	rows := 0
	for _, line := range l.shown {
		rows += max(1, (show.Width(line)+w-1)/w)
	}
	return clearLine + strings.Repeat(lineUp+clearLine, rows)
}

// cells is the size of the terminal, or what one has that does not say it.
func (l *live) cells() (width, height int) {
	width, height = l.size()
	if width < 2 || height < 2 {
		return 80, 24
	}
	return width, height
}
