package shop

// Impact is what a release would change in what the ShopSets of a tier are made
// of, grouped by equal change: the blast radius. The group with the most
// ShopSets comes first.
type Impact struct{ Groups []ImpactGroup }

// ImpactGroup are ShopSets in which the same changes, by name.
type ImpactGroup struct {
	ShopSets []ShopSetID
	Objects  []ObjectChange // none: nothing changes; texts are those of the first ShopSet
}

// ObjectChange is one object that changes.
type ObjectChange struct {
	APIVersion, Kind, Name string
	Before, After          string // as Kustomize writes it; empty: it is not there
	Lines                  []ChangedLine
	Fields                 []ChangedField
}

// ChangedLine is a line of a difference.
type ChangedLine struct {
	Mark byte // '+', '-', or ' ' for what only says where it is
	Text string
}

// ChangedField is a field that differs: spec.template.spec.containers[web].image.
// A value that is not there is empty; what is no text is JSON.
type ChangedField struct {
	Path          string
	Before, After string
}

// Counts are the lines that come and go.
func (g ImpactGroup) Counts() (added, removed int) {
	for _, o := range g.Objects {
		for _, l := range o.Lines {
			switch l.Mark {
			case '+':
				added++
			case '-':
				removed++
			}
		}
	}
	return added, removed
}
