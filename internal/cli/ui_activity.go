package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
	"github.com/shopctl/shopctl/internal/tui"
)

// Activity lists who did what, from what the last look saw.
func (d *desk) Activity(_ context.Context, since time.Time) (rows []tui.Activity, err error) {
	d.looking.Lock()
	defer d.looking.Unlock()
	all, err := d.w.Activity(since)
	if err != nil {
		return nil, err
	}
	have := d.now.state()
	for _, a := range all {
		one := activityOf(have, a)
		mark, word := d.c.resultOf(one)
		row := tui.Activity{
			At: a.At, Who: show.Clean(nameOf(one.By)), What: show.Clean(one.What), Reason: show.Clean(one.Reason), Targets: one.Targets,
			Result: tui.Note{Mark: mark, Text: word}, Took: one.took(), Commit: one.Commit, Source: one,
		}
		row.Tier, row.Release = releaseBy(have, a)
		rows = append(rows, row)
	}
	return rows, nil
}

// releaseBy is the release that an operation brought, if it did.
func releaseBy(have shop.State, a shop.Activity) (shop.Tier, string) {
	for _, name := range a.Branches {
		t, ok := have.Tier(shop.Tier(name))
		if !ok {
			continue
		}
		for _, h := range carriedBy(have, t) {
			if h.Commit == a.Commit {
				return t.Spec.Name, number(h.Number)
			}
		}
	}
	return "", ""
}

// Export writes what `activity --json` would print of these operations into a
// new file of the working directory.
func (d *desk) Export(_ context.Context, all []tui.Activity) (string, error) {
	v := activityResult{Activities: []activityJSON{}}
	for _, a := range all {
		if one, ok := a.Source.(activityJSON); ok {
			v.Activities = append(v.Activities, one)
		}
	}
	now := d.c.Env.Now().In(d.c.zone())
	name := "shopctl-activity-" + now.Format("20060102-150405") + ".json"
	f, err := os.OpenFile(filepath.Join(d.c.Env.Dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return "", errors.New(d.c.Text.BoardDone.Taken(name))
	}
	if err != nil {
		return "", fmt.Errorf("write the activity: %w", err)
	}
	err = (&show.JSON{Indent: true}).Write(f, "Activity", v)
	return f.Name(), errors.Join(err, f.Close())
}
