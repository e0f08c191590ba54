package shop

import "slices"

// Risk is something in front of a tier that somebody has to accept by name.
// What was accepted is written into the commit.
type Risk struct {
	Tier Tier
	Name string
}

// IrreversibleMigration is the risk of a database migration that cannot be
// rolled back: after it there is no simple way back.
const IrreversibleMigration = "irreversible-migration"

// RemovesShop is the risk of taking a shop out of service.
const RemovesShop = "remove-shop"

// OldCluster is the risk of ending a move to another cluster: whoever DNS still
// leads to the old one finds nothing there.
const OldCluster = "dns"

// RisksOf are the names of the risks of some tiers, each once, sorted.
func RisksOf(risks []Risk, tiers ...Tier) (names []string) {
	for _, r := range risks {
		if slices.Contains(tiers, r.Tier) {
			names = append(names, r.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
