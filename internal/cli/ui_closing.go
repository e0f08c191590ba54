package cli

import (
	"context"
	"io"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
	"github.com/shopctl/shopctl/internal/tui"
)

// scene is what was seen of the subject that the dialog of a maintenance is about.
type scene struct {
	about shop.Subject
	have  shop.State
	at    time.Time // of this machine
}

// sceneFor is how old a scene may be: the dialog asks at every change of its line.
const sceneFor = 10 * time.Second

// Closing says what a line of `maintenance on` would do.
func (d *desk) Closing(ctx context.Context, args []string) (tui.Closing, error) {
	c := d.call(args, 0, io.Discard, io.Discard)
	if c.line.refused != nil {
		return tui.Closing{}, c.line.refused(c.Text)
	}
	about, err := c.theSubject(c.Text.Closing.WhatToClose)
	if err != nil {
		return tui.Closing{}, err
	}
	g := shop.Close{Subject: about}
	if g.Maintenance, err = c.asked(); err != nil {
		return tui.Closing{}, err
	}
	have, err := d.sceneOf(ctx, g)
	if err != nil {
		return tui.Closing{}, c.classify(err)
	}
	if err := c.theScene(nil, have, about); err != nil { // the dialog has no room for hints, and the World is another's by now
		return tui.Closing{}, err
	}
	until, err := c.theEnd(ctx, have.Now)
	if err != nil {
		return tui.Closing{}, err
	}
	g.Maintenance.Until = until
	if err := c.drainEnds(g.Maintenance, have.Now); err != nil {
		return tui.Closing{}, err
	}
	p := pageAt(c.Talk, have.Now)
	v := tui.Closing{Until: until, ByItself: have.Scene.Runner != ""}
	for _, n := range c.closeNotes(p, have, g.Maintenance) {
		v.Notes = append(v.Notes, tui.Note{Mark: n.mark, Text: n.text})
	}
	if !v.ByItself {
		v.Notes = append(v.Notes, tui.Note{Mark: show.Warn, Text: c.Text.Closing.NoRunner})
	}
	return v, nil
}

// sceneOf looks at a subject, or remembers it.
func (d *desk) sceneOf(ctx context.Context, g shop.Close) (shop.State, error) {
	d.looking.Lock()
	defer d.looking.Unlock()
	now := d.c.Env.Now()
	if d.scene.about != g.Subject || now.Sub(d.scene.at) > sceneFor {
		have, err := d.w.Observe(ctx, g)
		if err != nil {
			return have, err
		}
		d.scene = scene{g.Subject, have, now}
	}
	return d.scene.have, nil
}

// closings are the maintenances that are on.
func closings(have shop.State) (all []tui.Closed) {
	for _, x := range have.Closed {
		all = append(all, tui.Closed{
			Kind: wordOf(x.Subject), Name: x.Name, Until: x.Until, Overdue: x.Over(have.Now), By: show.Clean(x.By), Message: show.Clean(x.Message),
		})
	}
	return all
}
