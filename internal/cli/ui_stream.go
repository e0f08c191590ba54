package cli

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
	"github.com/shopctl/shopctl/internal/tui"
)

// Glance looks as far as something has moved since the look before. While the
// stream is alive, and told nothing new, it asks where the branches stand and
// whether Argo CD answers.
func (d *desk) Glance(ctx context.Context) (tui.Board, error) {
	d.looking.Lock()
	defer d.looking.Unlock()
	have, quiet := d.now.still(d.c.Env.Now())
	if !quiet {
		return d.look(ctx)
	}
	d.now.begin()
	have, same, err := d.w.Again(ctx, have)
	if err != nil {
		return tui.Board{}, d.inWords(err)
	}
	if !same {
		return d.look(ctx)
	}
	have, number := d.now.goesOn(have)
	s, err := judged(d.c, d.w, have, "")
	if err != nil {
		return tui.Board{}, err
	}
	return d.board(ctx, s, number)
}

// Shops lists all shops by name, as the last look found them.
func (d *desk) Shops(ctx context.Context) ([]tui.Shop, error) {
	d.looking.Lock()
	defer d.looking.Unlock()
	if d.now.number == 0 {
		if _, err := d.look(ctx); err != nil {
			return nil, err
		}
	}
	have := d.now.state()
	entries, err := d.w.Entries("")
	if err != nil {
		return nil, err
	}
	tiers, plans := map[shop.ShopSetID]int{}, map[string]string{}
	n := 0
	for i, t := range have.Tiers {
		n += t.Shops
		for _, s := range t.ShopSets {
			tiers[s.Name] = i
		}
	}
	all := make([]tui.Shop, 0, n)
	for e := range entries {
		plan, known := plans[e.Plan]
		if !known {
			plan = show.Clean(planWord(have.Policy, e.Plan))
			plans[e.Plan] = plan
		}
		e.DisplayName = show.Clean(e.DisplayName)
		one := tui.Shop{Entry: e, Plan: plan, State: string(shop.WorseShopState(shop.ShopUnknown, e.State(have.Now)))}
		if i, ok := tiers[e.ShopSet]; ok {
			one.Tier, one.Release = have.Tiers[i].Spec.Name, have.Tiers[i].Number
		}
		all = append(all, one)
	}
	d.stayLean()
	return all, nil
}

// joinFor is how long changes are collected before they are told.
const joinFor = 100 * time.Millisecond

// Watch tells what the stream says of ShopSets, joined.
func (d *desk) Watch(ctx context.Context, tiers []shop.Tier, told func(tui.Change)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	panicked := ""
	go func() {
		var err error
		panicked = beside(func() { err = d.w.Watch(ctx, tiers, d.now.hear) })
		ended <- err
	}()
	for {
		select {
		case err := <-ended:
			d.now.ended()
			if panicked != "" {
				panic(panicked)
			}
			return err
		case <-d.now.wake:
			err := d.c.Env.Sleep(ctx, joinFor)
			if c := d.change(); err == nil && len(c.ShopSets) > 0 {
				told(c)
			}
		}
	}
}

// change judges anew what the stream has named, and gives what came of it.
func (d *desk) change() (c tui.Change) {
	d.now.mu.Lock()
	defer d.now.mu.Unlock()
	n := d.now
	if n.number == 0 || len(n.pending) == 0 {
		return c
	}
	names := slices.Collect(maps.Keys(n.pending))
	clear(n.pending)
	changed := d.w.Follow(&n.have, names)
	if len(changed) == 0 {
		return c
	}
	n.told = true
	is := make(map[shop.ShopSetID]bool, len(changed))
	for _, name := range changed {
		is[name] = true
	}
	c.Look = n.number
	closed := closedSets(n.have)
	concerned := make([]bool, len(n.have.Tiers)+1)
	for i, t := range n.have.Tiers {
		part := shop.TierState{Spec: t.Spec}
		for _, s := range t.ShopSets {
			if is[s.Name] {
				part.ShopSets = append(part.ShopSets, s)
			}
		}
		for _, s := range shopSetsOf(part) {
			closed.on(&s, n.have.Now, t.Spec.Maintenance)
			c.ShopSets = append(c.ShopSets, s)
			concerned[i], concerned[i+1] = true, true
		}
	}
	for i, t := range n.have.Tiers {
		if !concerned[i] {
			continue
		}
		now := tui.TierNow{Name: t.Spec.Name, Health: tierHealth(t), Sync: t.Sync(), Ready: t.Ready()}
		if d.now.waits[t.Spec.Name] {
			now.Gates = d.gates(n.have, t.Spec.Name)
		}
		c.Tiers = append(c.Tiers, now)
	}
	return c
}
