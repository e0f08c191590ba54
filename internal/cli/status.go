package cli

import (
	"context"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/shop"
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
	Name     shop.Tier    `json:"name"`
	Release  releaseJSON  `json:"release"`
	Since    string       `json:"since"`
	Health   shop.Health  `json:"health"`
	Sync     shop.Sync    `json:"sync"`
	Progress progressJSON `json:"progress"`
	Shops    int          `json:"shops"`
	Waiting  waitingJSON  `json:"waiting"`
	Frozen   *freezeJSON  `json:"frozen"`
	Pinned   *pinJSON     `json:"pinned"`
	Closed   *closedJSON  `json:"maintenance"`
	// ClosedInside counts its ShopSets and shops that are closed by themselves.
	ClosedInside int             `json:"closedInside"`
	ShopSets     []shopSetStatus `json:"shopsets,omitempty"` // with a TARGET
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
	Overdue bool   `json:"overdue"` // its time is over, and nobody has opened it yet
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
		Flags: []Flag{{Name: "watch", Short: "w", Shell: true}, exitCodeFlag(), tierFlag(), shopsetFlag(), shopFlag()},
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
