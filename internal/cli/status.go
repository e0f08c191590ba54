package cli

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/shopctl/shopctl/internal/apply"
	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

type statusResult struct {
	System     string        `json:"system"`
	App        string        `json:"app"`
	ObservedAt string        `json:"observedAt"`
	Stale      bool          `json:"stale"`  // Argo CD does not answer
	ArgoCD     string        `json:"argocd"` // ok, none, or why it is silent
	Tiers      []tierStatus  `json:"tiers"`
	Shop       *shopStatus   `json:"shop,omitempty"` // of a shop as TARGET
	Problems   []problemJSON `json:"problems"`
	Next       string        `json:"next,omitempty"`
}

type tierStatus struct {
	Name     shop.Tier       `json:"name"`
	Release  releaseJSON     `json:"release"`
	Since    string          `json:"since"`
	Health   shop.Health     `json:"health"`
	Sync     shop.Sync       `json:"sync"`
	Progress progressJSON    `json:"progress"`
	Shops    int             `json:"shops"`
	Waiting  waitingJSON     `json:"waiting"`
	Frozen   *freezeJSON     `json:"frozen"`
	Pinned   *pinJSON        `json:"pinned"`
	Closed   *closedJSON     `json:"maintenance"`
	ShopSets []shopSetStatus `json:"shopsets,omitempty"` // with a TARGET
}

type progressJSON struct {
	Ready    int `json:"shopsetsReady"`
	ShopSets int `json:"shopsets"`
}

type waitingJSON struct {
	Commits       int   `json:"commits"`
	OldestSeconds int64 `json:"oldestSeconds"`
}

type closedJSON struct {
	recordJSON
	Until   string `json:"until"`
	Message string `json:"message,omitempty"`
}

type shopSetStatus struct {
	Name     shop.ShopSetID `json:"name"`
	Health   shop.Health    `json:"health"`
	Sync     shop.Sync      `json:"sync"`
	Live     bool           `json:"live"` // runs exactly the tier's release, healthy
	Shops    int            `json:"shops"`
	Since    string         `json:"since,omitempty"`
	Revision shop.CommitID  `json:"revision,omitempty"`
	Message  string         `json:"message,omitempty"`
}

type shopStatus struct {
	Name    shop.ShopID    `json:"name"`
	ShopSet shop.ShopSetID `json:"shopset"`
	Hosts   []string       `json:"hosts"`
	Closed  *closedJSON    `json:"maintenance"`
}

type problemJSON struct {
	Tier    shop.Tier      `json:"tier"`
	ShopSet shop.ShopSetID `json:"shopset"`
	Message string         `json:"message"`
}

func statusCommand() *Command {
	return &Command{
		Name: "status", Group: Release, Help: func(t *i18n.Text) i18n.Help { return t.Status.Help },
		Args:  []Arg{{Name: "TARGET", Optional: true, Complete: completeTiers}},
		Flags: []Flag{{Name: "watch", Short: "w"}, exitCodeFlag(), tierFlag(), shopsetFlag(), shopFlag()},
		Kind:  "Status", Fields: statusResult{}, Run: runStatus,
	}
}

func runStatus(ctx context.Context, c *Call) error {
	wanted, err := c.scope()
	if err != nil {
		return err
	}
	w, err := c.World(ctx)
	if err != nil {
		return err
	}
	defer w.Close() //nolint:errcheck // nothing was written
	if c.Is("watch") {
		return watchStatus(ctx, c, w, wanted)
	}
	s, err := look(ctx, c, w, wanted)
	if err != nil {
		return err
	}
	c.byHand(c.fetchLine(shop.SystemRepository), "git -C system.git log -1 refs/heads/tier-0", applicationsLine(s.have, ""))
	if err := c.Show(s.result(c)); err != nil {
		return err
	}
	return s.exit(c)
}

// scope is what TARGET, --tier, --shopset or --shop names; only one of them.
func (c *Call) scope() (string, error) {
	wanted, by := c.Arg(0), "TARGET"
	for _, flag := range []string{"tier", "shopset", "shop"} {
		if !c.Given(flag) {
			continue
		}
		if wanted != "" {
			return "", &Fail{Code: ConflictingFlags, Message: c.Text.Frame.ConflictingOptions(by, "--"+flag)}
		}
		wanted, by = c.String(flag), "--"+flag
		if flag != "tier" {
			wanted = flag + "/" + wanted
		}
	}
	return wanted, nil
}

// status is one look: the facts, and what is to be seen of them.
type status struct {
	have  shop.State
	of    target
	value statusResult
}

func look(ctx context.Context, c *Call, w World, wanted string) (status, error) {
	have, err := w.Observe(ctx, shop.Look{})
	s := status{have: have}
	if err != nil {
		return s, err
	}
	if wanted != "" {
		if s.of, err = findTarget(c, w, have, wanted); err != nil {
			return s, err
		}
	}
	s.value = statusResult{
		System: c.system.Name, App: c.system.AppName(), ObservedAt: show.Stamp(have.Now),
		Stale: have.ArgoCD.Silent != "", ArgoCD: argoText(have.ArgoCD), Problems: []problemJSON{},
	}
	for _, t := range have.Tiers {
		if s.of.Tier != "" && t.Spec.Name != s.of.Tier {
			continue
		}
		one, err := s.tier(w, t)
		if err != nil {
			return s, err
		}
		s.value.Tiers = append(s.value.Tiers, one)
		s.problems(t)
	}
	if s.of.Shop != "" {
		if err := s.shop(w); err != nil {
			return s, err
		}
	}
	s.value.Next = s.next()
	return s, nil
}

func argoText(a shop.ArgoCD) string {
	switch {
	case a.None:
		return "none"
	case a.Silent != "":
		return a.Silent
	}
	return "ok"
}

func (s *status) tier(w World, t shop.TierState) (tierStatus, error) {
	changes, err := waiting(w, s.have, t.Spec.Name)
	one := tierStatus{
		Name: t.Spec.Name, Release: releaseOf(t.Runs, t.Number), Since: show.Stamp(t.BroughtAt),
		Health: tierHealth(t), Sync: t.Sync(), Progress: progressJSON{t.Ready(), len(t.ShopSets)}, Shops: t.Shops,
		Waiting: waitingJSON{Commits: len(changes), OldestSeconds: int64(oldest(s.have.Now, changes) / time.Second)},
		Frozen:  freezeOf(t.Spec, s.have.Now), Pinned: pinOf(s.have, t), Closed: closedOf(t.Spec.Maintenance, s.have.Now),
	}
	if s.of.Tier == "" {
		return one, err
	}
	for _, set := range t.ShopSets {
		if s.of.ShopSet != "" && set.Name != s.of.ShopSet {
			continue
		}
		one.ShopSets = append(one.ShopSets, shopSetStatus{
			Name: set.Name, Health: setHealth(set), Sync: setSync(set), Live: set.Live(), Shops: set.Shops,
			Since: show.Stamp(set.Since), Revision: set.Revision, Message: trouble(set),
		})
	}
	return one, err
}

// setSync is OutOfSync also for what is synced at another release.
func setSync(s shop.ShopSetState) shop.Sync {
	if s.Sync == shop.Synced && s.Revision != "" && !s.Current {
		return shop.OutOfSync
	}
	return s.Sync
}

func (s *status) shop(w World) error {
	one, _, err := w.Shop(s.of.Shop)
	s.value.Shop = &shopStatus{Name: one.Name, ShopSet: one.ShopSet, Hosts: one.Hosts, Closed: closedOf(one.Maintenance, s.have.Now)}
	return err
}

func oldest(now time.Time, changes []change) (age time.Duration) {
	for _, one := range changes {
		age = max(age, now.Sub(one.At))
	}
	return age
}

func closedOf(m *shop.Maintenance, now time.Time) *closedJSON {
	if m == nil || !now.Before(m.Until) {
		return nil
	}
	return &closedJSON{recordOf(m.Record), show.Stamp(m.Until), m.Message}
}

// pinOf is the pin of a tier, with the release that would run without it.
func pinOf(have shop.State, t shop.TierState) *pinJSON {
	if t.Spec.Pin == nil {
		return nil
	}
	p := &pinJSON{Release: releaseOf(t.Spec.Pin.Release, numberOf(t, t.Spec.Pin.Release)), recordJSON: recordOf(t.Spec.Pin.Record)}
	if held := heldBack(have, t); held != t.Spec.Pin.Release {
		r := releaseOf(held, numberOf(t, held))
		p.HoldsBack = &r
	}
	return p
}

// heldBack is what a pinned tier would run if nobody held it.
func heldBack(have shop.State, t shop.TierState) shop.Release {
	t.Spec.Pin, t.Spec.Freeze = nil, nil
	without := have
	without.Tiers = append([]shop.TierState(nil), have.Tiers...)
	without.Tiers[t.Spec.Name.Number()] = t
	r, _ := plan.Want(without, t.Spec.Name)
	return r
}

// trouble is what a ShopSet says of itself when it is not well.
func trouble(s shop.ShopSetState) string {
	if s.Failure != "" {
		return s.Failure
	}
	return s.Message
}

func (s *status) problems(t shop.TierState) {
	for _, set := range t.ShopSets {
		if s.of.ShopSet != "" && set.Name != s.of.ShopSet {
			continue
		}
		text := trouble(set)
		if text == "" && unhealthy(set) {
			text = string(set.Health)
		}
		if text != "" && !set.Live() {
			s.value.Problems = append(s.value.Problems, problemJSON{t.Spec.Name, set.Name, text})
		}
	}
}

// next is the line to go on with: the lowest tier for which something waits,
// rather one that may take it.
func (s *status) next() string {
	if s.have.ArgoCD.Silent != "" {
		return "shopctl doctor"
	}
	held := ""
	for _, t := range s.value.Tiers {
		spec, _ := s.have.Tier(t.Name)
		if spec.Spec.Sync == "manual" && t.Sync == shop.OutOfSync {
			return "shopctl sync " + string(t.Name)
		}
		if t.Waiting.Commits == 0 {
			continue
		}
		line := "shopctl diff " + string(t.Name)
		if t.Name.Number() == 0 {
			line = "shopctl reconcile " + string(t.Name)
		}
		if t.Frozen == nil && t.Pinned == nil {
			return line
		}
		if held == "" {
			held = line
		}
	}
	return held
}

// exit is what --exit-code says: 9 for what is unhealthy, 11 when Argo CD does
// not say, 10 when something waits or is behind.
func (s *status) exit(c *Call) error {
	if !c.Is("exit-code") {
		return nil
	}
	codes := []int{ExitOK}
	for _, t := range s.have.Tiers {
		if s.of.Tier != "" && t.Spec.Name != s.of.Tier {
			continue
		}
		for _, set := range t.ShopSets {
			if (s.of.ShopSet == "" || set.Name == s.of.ShopSet) && unhealthy(set) {
				codes = append(codes, ExitUnhealthy)
			}
		}
		if t.Sync() == shop.OutOfSync {
			codes = append(codes, ExitChanges)
		}
	}
	for _, t := range s.value.Tiers {
		if t.Waiting.Commits > 0 {
			codes = append(codes, ExitChanges)
		}
	}
	if s.value.Stale {
		codes = append(codes, ExitUnavailable)
	}
	if code := Worst(codes...); code != ExitOK {
		return Exit(code)
	}
	return nil
}

// watchEvery is the time between two looks.
const watchEvery = 2 * time.Second

// watchStatus looks again and again, and prints what has changed: a block of
// lines, or one JSON object a line. A passing fault does not end it.
func watchStatus(ctx context.Context, c *Call, w World, wanted string) error {
	if c.json != nil {
		c.json.Indent = false
	}
	last := ""
	for faults := 0; ; {
		s, err := look(ctx, c, w, wanted)
		var passing *apply.AgainError
		switch {
		case errors.As(err, &passing):
			faults++
			c.Say(c.Talk.Mark(show.Warn, c.Text.Status.Reconnecting(faults)))
		case err != nil:
			return err
		default:
			faults = 0
			if facts := s.facts(); facts != last {
				if err := c.Show(s.result(c)); err != nil {
					return err
				}
				last = facts
			}
		}
		if err := c.Env.Sleep(ctx, watchEvery); err != nil {
			return err
		}
	}
}

// facts is what must differ for a look to be worth a line: not the clock.
func (s *status) facts() string {
	v := s.value
	v.ObservedAt = ""
	v.Tiers = slices.Clone(v.Tiers)
	for i := range v.Tiers {
		v.Tiers[i].Waiting.OldestSeconds = 0
	}
	text, err := json.Marshal(v)
	if err != nil {
		return show.Stamp(s.have.Now) // never the same
	}
	return string(text)
}
