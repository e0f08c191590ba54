package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
	"github.com/shopctl/shopctl/internal/tui"
)

// desk is what the board has of the program: one World to look with, and the
// command line.
type desk struct {
	c       *Call
	looking sync.Mutex // a World is used by one at a time
	w       World
	now     *now  // what is known of the system
	scene   scene // of the dialog of a maintenance

	rights rights

	chance sync.Mutex
	keptAt time.Time // of this machine, when the board was written down
}

func (c *Call) openDesk(ctx context.Context) (*desk, error) {
	w, err := c.World(ctx)
	return &desk{c: c, w: w, now: newNow()}, err
}

func (d *desk) close() {
	defer d.w.Close() //nolint:errcheck // nothing was written through it
	d.rights.end()
}

// empty is what is known without a look.
func (d *desk) empty() tui.Board {
	s := d.c.system
	return tui.Board{System: show.Clean(s.Name), App: show.Clean(s.AppName()), Live: s.Live, Demo: s.Demo}
}

// Look observes the system.
func (d *desk) Look(ctx context.Context) (tui.Board, error) {
	d.looking.Lock()
	defer d.looking.Unlock()
	return d.look(ctx)
}

// inWords is an error as the command line tells it, in one line.
func (d *desk) inWords(err error) error {
	f := d.c.classify(err)
	if len(f.Reasons) == 0 {
		return f
	}
	return fmt.Errorf("%w (%s)", f, strings.Join(f.Reasons, "; "))
}

func (d *desk) look(ctx context.Context) (tui.Board, error) {
	d.now.begin()
	s, err := look(ctx, d.c, d.w, "")
	if err != nil {
		return tui.Board{}, d.inWords(err)
	}
	b, err := d.board(ctx, s, d.now.seen(s, d.c.Env.Now()))
	if err == nil {
		d.keep(b)
	}
	return b, err
}

// board is what is to be seen of a state.
func (d *desk) board(ctx context.Context, s status, number int) (tui.Board, error) {
	b := d.empty()
	b.Look, b.List = number, s.have.List
	b.At, b.NoArgoCD, b.Silent = s.have.Now, s.have.ArgoCD.None, show.Clean(s.have.ArgoCD.Silent)
	b.Closed = closings(s.have)
	b.Done = string(s.have.Main)
	for _, t := range s.have.Tiers {
		b.Done += " " + string(t.System)
	}
	closed := closedSets(s.have)
	for i, t := range s.have.Tiers {
		one, err := d.tier(s.have, t, s.value.Tiers[i], s.waits[t.Spec.Name])
		if err != nil {
			return b, err
		}
		for j := range one.ShopSets {
			closed.on(&one.ShopSets[j], s.have.Now, t.Spec.Maintenance)
		}
		b.Tiers = append(b.Tiers, one)
	}
	d.rights.begin(ctx, d.c, s.have)
	d.rights.on(&b)
	return b, nil
}

func (d *desk) tier(have shop.State, t shop.TierState, v tierStatus, waits []change) (tui.Tier, error) {
	one := tui.Tier{
		Name: t.Spec.Name, Number: t.Number, Release: t.Runs, Since: t.BroughtAt, Health: v.Health, Sync: v.Sync, Ready: v.Progress.Ready,
		Shops: t.Shops, ByName: t.Spec.Protection == "name", Manual: t.Spec.Sync == "manual", ShopSets: shopSetsOf(t),
	}
	one.Waiting = d.commits(waits)
	if len(t.History) > 1 {
		recent, err := between(d.w, have, t.History[1].Release, t.Runs)
		if err != nil {
			return one, err
		}
		one.Recent = d.commits(recent)
	}
	p := d.c.Out
	p.Now = have.Now
	if len(waits) > 0 {
		one.Gates = d.gates(have, t.Spec.Name)
	}
	one.Holds, one.Notes = d.holds(have, v), d.notes(p, have, t, v)
	return one, nil
}

// gates are those in front of what waits for a tier.
func (d *desk) gates(have shop.State, tier shop.Tier) (notes []tui.Note) {
	below, upper := tier.Below()
	if !upper {
		return nil
	}
	b, _ := have.Tier(below)
	for _, g := range plan.Gates(have, tier, b.Runs, false) {
		notes = append(notes, tui.Note{Mark: gateSymbol(g), Text: show.Clean(g.Name) + " " + d.c.gateRow(have.Now, g)})
	}
	return notes
}

// holds are the words for what a person holds.
func (d *desk) holds(have shop.State, v tierStatus) (holds []tui.Note) {
	t := d.c.Text.Look
	if v.Frozen != nil {
		holds = append(holds, tui.Note{Mark: show.Held, Text: t.Frozen})
	}
	if v.Pinned != nil {
		holds = append(holds, tui.Note{Mark: show.Held, Text: t.Pinned})
	}
	one := status{have: have}
	for _, x := range one.closedMarks(d.c, v) {
		holds = append(holds, tui.Note{Mark: x.mark, Text: x.text})
	}
	return holds
}

// notes are who holds what, until when and why.
func (d *desk) notes(p show.Page, have shop.State, t shop.TierState, v tierStatus) (notes []tui.Note) {
	text := d.c.Text.Status
	if f := v.Frozen; f != nil {
		notes = append(notes, tui.Note{Mark: show.Held, Text: text.FrozenBy(clockOf(p, f.Until), show.Clean(nameOf(f.By)), show.Clean(f.Reason))})
	}
	if f := v.Pinned; f != nil {
		notes = append(notes, tui.Note{Mark: show.Held, Text: text.PinnedBy(number(f.Release.Number), show.Clean(nameOf(f.By)), show.Clean(f.Reason), "")})
	}
	one := status{have: have}
	for _, n := range one.closedNotes(d.c, p, t.Spec.Name) {
		notes = append(notes, tui.Note{Mark: n.mark, Text: n.text})
	}
	return notes
}

func (d *desk) commits(changes []change) (all []tui.Commit) {
	for _, one := range changes {
		pull, title := titleOf(one.Commit)
		page := ""
		if web := d.c.webOf(one.Repository); web != "" && pull != 0 {
			page = web + "/pull/" + strconv.Itoa(pull)
		}
		all = append(all, tui.Commit{
			ID: one.ID, Repository: one.Repository, Author: show.Clean(one.AuthorName), At: one.At, Title: show.Clean(title), Pull: pullText(pull), URL: page,
		})
	}
	return all
}

// call is a command line of its own in this process, as if it had been typed in
// the same directory.
func (d *desk) call(args []string, width int, out, talk io.Writer) *Call {
	env := *d.c.Env
	env.Args = slices.Concat(d.shared(), args)
	env.Stdin, env.Stdout, env.Stderr = strings.NewReader(""), out, talk
	env.Terminal = Terminal{Out: true, Err: true, Width: width}
	d.chance.Lock()
	env.Rand = rand.New(rand.NewPCG(d.c.Env.Rand.Uint64(), d.c.Env.Rand.Uint64()))
	d.chance.Unlock()
	c := newCall(&env, tree())
	c.apart = true
	return c
}

// shared are the flags that the board was started with and that say where things are.
func (d *desk) shared() (flags []string) {
	for _, name := range []string{"config", "lang", "color"} {
		if v, given := d.c.line.value(name); given {
			flags = append(flags, "--"+name+"="+v)
		}
	}
	return flags
}

// Read carries out a command that changes nothing.
func (d *desk) Read(ctx context.Context, args []string, width int) ([]string, error) {
	var out bytes.Buffer
	c := d.call(args, width, &out, &out)
	if err := c.looksOnly(); err != nil {
		c.finish(ctx, err)
		return lines(out.String()), nil
	}
	c.finish(ctx, c.run(ctx))
	return lines(out.String()), nil
}

func lines(text string) []string {
	return strings.Split(strings.TrimRight(text, "\n"), "\n")
}

// Run carries a command out with the board in front of it. When the board is
// left, the command is told what a terminal would tell it: Ctrl-C.
func (d *desk) Run(ctx context.Context, args []string, f tui.Front) tui.Outcome {
	own, end := context.WithCancelCause(context.WithoutCancel(ctx))
	defer end(nil)
	defer context.AfterFunc(ctx, func() { end(Interrupted{ExitInterrupt}) })()
	var out, talk bytes.Buffer
	c := d.call(args, 0, &out, &talk)
	c.front = f
	err := c.run(own)
	if err != nil {
		talk.Reset() // the board has shown what came before the error
	}
	o := tui.Outcome{Exit: c.finish(own, err), Lines: lines(strings.TrimLeft(out.String(), "\n"))}
	if o.Exit != ExitOK {
		o.Lines = lines(talk.String())
	}
	o.Offers = d.offers(o.Lines)
	return o
}
