package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/shop"
)

type whereResult struct {
	Commit     shop.CommitID   `json:"commit,omitempty"`
	Repository shop.Repository `json:"repository,omitempty"`
	Subject    string          `json:"subject,omitempty"`
	Author     string          `json:"author,omitempty"`
	Shop       *shopStatus     `json:"shop,omitempty"` // of --shop, or of a shop as argument
	Tiers      []whereTier     `json:"tiers"`
	Next       string          `json:"next,omitempty"`
}

// whereTier is how far a commit came on a tier; three hops.
type whereTier struct {
	Name      shop.Tier    `json:"name"`
	Branch    bool         `json:"branch"`             // the tier's branch holds the commit
	BranchAt  string       `json:"branchAt,omitempty"` // about when it came there
	Release   *releaseJSON `json:"release"`            // that brought it, while the tier carries it
	Synced    int          `json:"shopsetsSynced"`     // to a revision with it, by Argo CD
	Ready     int          `json:"shopsetsLive"`       // of those, healthy
	ShopSets  int          `json:"shopsets"`
	Health    shop.Health  `json:"health"` // of the ShopSets that run it
	Live      answer       `json:"live"`   // yes, partly, no, unknown
	Since     string       `json:"since"`  // live since
	LiveShops int          `json:"liveShops"`
	Shops     int          `json:"shops"`
	Because   string       `json:"because"` // why not; English
}

// answer is what three hops come to.
type answer string

const (
	liveYes     answer = "yes"
	livePartly  answer = "partly"
	liveNo      answer = "no"
	liveUnknown answer = "unknown"
)

func whereCommand() *Command {
	return &Command{
		Name: "where", Group: Release, Help: func(t *i18n.Text) i18n.Help { return t.Where.Help },
		Args:  []Arg{{Name: "COMMIT|SHOP", Complete: completeShops}},
		Flags: []Flag{shopFlag()},
		Kind:  "Where", Fields: whereResult{}, Run: runWhere,
	}
}

func runWhere(ctx context.Context, c *Call) error {
	w, have, err := c.observe(ctx)
	if err != nil {
		return err
	}
	defer w.Close() //nolint:errcheck // nothing was written
	h := hops{c: c, w: w, have: have}
	if h.repo, h.commit, err = findCommit(c, w, have, c.Arg(0)); err != nil {
		return err
	}
	name := c.String("shop")
	if h.commit == "" {
		if name != "" {
			return &Fail{Code: ConflictingFlags, Message: c.Text.Frame.ConflictingOptions("SHOP", "--shop")}
		}
		name = strings.TrimPrefix(c.Arg(0), "shop/")
	}
	if name != "" {
		if h.only, err = mustShop(c, w, name); err != nil {
			return err
		}
		one, _, err := w.Shop(h.only.Shop)
		if err != nil {
			return err
		}
		h.value.Shop = &shopStatus{Name: one.Name, ShopSet: one.ShopSet, Hosts: one.Hosts, Closed: closedBy(have, h.only)}
	}
	if err := h.walk(); err != nil {
		return err
	}
	c.byHand(h.commands()...)
	return c.Show(h.result())
}

// findCommit finds a commit of the app or the configuration by its first
// digits. None is no error when the word may be a shop's name.
func findCommit(c *Call, w World, have shop.State, word string) (shop.Repository, shop.CommitID, error) {
	digits := strings.ToLower(word)
	if !commitForm.MatchString(digits) {
		return "", "", nil
	}
	repos := []shop.Repository{shop.AppRepository}
	if have.HasConfiguration {
		repos = append(repos, shop.ConfigurationRepository)
	}
	for _, repo := range repos {
		id, err := w.Find(repo, digits)
		var f *shop.Fault
		if errors.As(err, &f) && f.Kind == shop.AmbiguousID {
			return "", "", &Fail{Code: Ambiguous, Message: c.Text.Find.Ambiguous(digits)}
		}
		if err != nil || id != "" {
			return repo, id, err
		}
	}
	if _, isShop, err := findShop(w, word); isShop || err != nil {
		return "", "", err
	}
	return "", "", &Fail{Code: NoSuchCommit, Message: c.Text.Find.NoCommit(digits), Reasons: []string{c.Text.Where.IsItMerged}}
}

// hops follows a commit, or what a shop runs, from branch to cluster.
type hops struct {
	c      *Call
	w      World
	have   shop.State
	repo   shop.Repository
	commit shop.CommitID // empty: what the shop runs
	about  shop.Commit
	only   target // of --shop or SHOP
	value  whereResult
	texts  map[shop.Tier]string // why not, in the user's language
}

func (h *hops) walk() (err error) {
	h.texts = map[shop.Tier]string{}
	h.value.Tiers = []whereTier{}
	if h.commit != "" {
		if h.about, err = h.w.Describe(h.repo, h.commit); err != nil {
			return err
		}
		h.value.Commit, h.value.Repository = h.commit, h.repo
		h.value.Subject, h.value.Author = h.about.Subject, h.about.AuthorName
	}
	for _, t := range h.have.Tiers {
		if h.only.Tier != "" && t.Spec.Name != h.only.Tier {
			continue
		}
		one := h.tier(t)
		h.value.Tiers = append(h.value.Tiers, one)
		if h.value.Next == "" && one.Live != liveYes {
			h.value.Next = h.next(t, one)
		}
	}
	if h.value.Next == "" && h.commit == "" && h.only.Tier != "" {
		if changes, err := waiting(h.w, h.have, h.only.Tier); err == nil && len(changes) > 0 {
			h.value.Next = "shopctl diff " + string(h.only.Tier)
		}
	}
	return nil
}

// next is the line to go on with from the lowest tier where it is not live.
func (h *hops) next(t shop.TierState, one whereTier) string {
	tier := string(t.Spec.Name)
	switch {
	case one.Live == liveUnknown && h.have.ArgoCD.Silent != "":
		return "shopctl doctor"
	case one.Live == liveUnknown:
		return ""
	case one.Release != nil:
		return waitLine(t.Spec.Name, t.Runs)
	case t.Spec.Pin != nil:
		return "shopctl unpin " + tier
	case t.Spec.Name.Number() == 0 || one.Branch:
		return "shopctl reconcile " + tier
	}
	if _, shut := h.gate(t); shut {
		return "shopctl wait " + tier + " --for open"
	}
	return "shopctl promote " + tier
}

func (h *hops) commands() []string {
	lines := []string{h.c.fetchLine(shop.SystemRepository)}
	if h.commit != "" {
		lines = append([]string{h.c.fetchLine(h.repo)}, lines...)
	}
	for _, t := range h.value.Tiers {
		if h.commit != "" {
			lines = append(lines, fmt.Sprintf("git -C %s.git merge-base --is-ancestor %s %s && echo on %s", h.repo, h.commit, t.Name, t.Name))
		}
		lines = append(lines, fmt.Sprintf("git -C system.git ls-tree %s base config", t.Name),
			applicationsLine(h.have, t.Name)+" -o jsonpath='{range .items[*]}{.metadata.name} {.status.sync.revision} {.status.health.status}{\"\\n\"}{end}'")
	}
	return lines
}
