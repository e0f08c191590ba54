package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

// The values of the system for the TAB key. They come from what an earlier
// command left in the cache: a TAB never goes to the network.

// names is what the TAB key knows of a system.
type names struct {
	Tiers    []string    `json:"tiers"`
	ShopSets []string    `json:"shopsets"`
	Releases []Candidate `json:"releases"` // tier-1:v128, newest first
	Plans    []string    `json:"plans"`

	Configurations []string `json:"configurations"` // of the last look that saw them
}

// releasesKept is how many releases of a tier the TAB key offers.
const releasesKept = 20

func namesOf(have shop.State) (n names) {
	for _, t := range have.Tiers {
		n.Tiers = append(n.Tiers, string(t.Spec.Name))
		for _, s := range t.ShopSets {
			n.ShopSets = append(n.ShopSets, string(s.Name))
		}
		seen := map[int]bool{}
		for _, h := range t.History {
			if !seen[h.Number] && len(seen) < releasesKept {
				seen[h.Number] = true
				n.Releases = append(n.Releases, Candidate{string(t.Spec.Name) + ":" + number(h.Number), h.Release.Short()})
			}
		}
	}
	n.Plans, n.Configurations = sortedKeys(have.Policy.Plans), have.Fleet.Configurations
	return n
}

// remembering keeps what each look saw for the TAB key.
type remembering struct {
	World
	file string
}

func (r remembering) Observe(ctx context.Context, g shop.Goal) (shop.State, error) {
	have, err := r.World.Observe(ctx, g)
	if err == nil && len(have.Tiers) > 0 {
		n := namesOf(have)
		if len(n.Configurations) == 0 {
			n.Configurations = kept(r.file).Configurations
		}
		keep(r.file, n)
	}
	return have, err
}

// keep is best effort: without it TAB knows less.
func keep(file string, n names) {
	data, err := json.Marshal(n)
	if err != nil {
		return
	}
	if old, err := os.ReadFile(file); err == nil && string(old) == string(data) {
		return
	}
	if os.MkdirAll(filepath.Dir(file), 0o700) != nil {
		return
	}
	_ = writeWhole(file, data, 0o600) // nothing depends on it
}

func (c *Call) namesFile() string {
	sum := sha256.Sum256([]byte(c.file))
	return filepath.Join(c.Paths.Cache, "names", hex.EncodeToString(sum[:8])+".json")
}

// known is what an earlier command left; empty when there was none.
func (c *Call) known() names { return kept(c.namesFile()) }

func kept(file string) (n names) {
	data, err := os.ReadFile(file)
	if err != nil || json.Unmarshal(data, &n) != nil {
		return names{}
	}
	return n
}

func candidatesOf(words []string) (found []Candidate) {
	for _, w := range words {
		found = append(found, Candidate{Word: w})
	}
	return found
}

func completeTiers(_ context.Context, c *Call, _ string) []Candidate {
	return candidatesOf(c.known().Tiers)
}

func completeShopSets(_ context.Context, c *Call, _ string) []Candidate {
	return candidatesOf(c.known().ShopSets)
}

func completePlans(_ context.Context, c *Call, _ string) []Candidate {
	return candidatesOf(c.known().Plans)
}

func completeConfigurations(_ context.Context, c *Call, _ string) []Candidate {
	return candidatesOf(c.known().Configurations)
}

// How many letters of a shop's name there must be, and how many shops are offered.
const (
	shopLetters = 2
	shopsOnTab  = 200
)

// completeShops offers the shops that the kept list of all has.
func completeShops(ctx context.Context, c *Call, prefix string) (found []Candidate) {
	if len(prefix) < shopLetters {
		return nil
	}
	w, err := c.World(ctx)
	if err != nil {
		return nil
	}
	defer w.Close() //nolint:errcheck // nothing was opened that could be lost
	for _, e := range w.Remembered(prefix, shopsOnTab) {
		found = append(found, Candidate{string(e.Name), e.DisplayName})
	}
	return found
}

// completeReleases offers those of the tier that stands on the line, else of all.
func completeReleases(_ context.Context, c *Call, _ string) (found []Candidate) {
	for _, r := range c.known().Releases {
		tier, v, _ := strings.Cut(r.Word, ":")
		if len(c.line.args) == 0 {
			found = append(found, r)
		} else if c.line.args[0] == tier {
			found = append(found, Candidate{v, r.About})
		}
	}
	return found
}

// completeRisks offers the risks that have a name; a team's own gates add theirs.
func completeRisks(context.Context, *Call, string) []Candidate {
	risks := []string{shop.IrreversibleMigration, shop.RemovesShop, shop.OldCluster}
	for _, gate := range []string{"soak", "checks", "review", "verify", "windows"} {
		risks = append(risks, plan.SkipRisk(gate))
	}
	return candidatesOf(risks)
}
