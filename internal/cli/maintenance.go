package cli

import (
	"strings"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/shop"
)

// maintenanceResult is how a maintenance stands: the JSON of `maintenance on`
// and `off`, filled after the wait.
type maintenanceResult struct {
	planResult
	Kind         string   `json:"target"` // shop, shopset, tier
	Name         string   `json:"name"`
	Result       string   `json:"result"`  // the name of the exit code
	Changed      bool     `json:"changed"` // false: it was so already
	Closed       bool     `json:"closed"`  // by this switch
	Until        string   `json:"until,omitempty"`
	Message      string   `json:"message,omitempty"`
	Allow        []string `json:"allow"`
	DrainSeconds float64  `json:"drainSeconds"`
	recordJSON
	VisibleSince string          `json:"visibleSince,omitempty"` // empty: it was not looked at
	Answers      []answerJSON    `json:"answers"`
	Link         string          `json:"staffLink,omitempty"`
	ClosedToo    []closedAllJSON `json:"closedToo"` // other switches that close it
	Runner       string          `json:"opensBy,omitempty"`
	TookSeconds  float64         `json:"tookSeconds"`
	Header       string          `json:"staffHeader,omitempty"` // where no link lets in, this does

	knock string // the line that sends it
}

// answerJSON is what an address said.
type answerJSON struct {
	ShopSet    shop.ShopSetID `json:"shopset"`
	Host       string         `json:"host,omitempty"`
	Applied    bool           `json:"applied"` // the cluster has the routes
	Status     int            `json:"status,omitempty"`
	RetryAfter string         `json:"retryAfter,omitempty"`
	LetIn      bool           `json:"letIn,omitempty"` // closed, and this machine gets in
	Failure    string         `json:"failure,omitempty"`
}

func maintenanceCommand() *Command {
	scope := []Flag{shopFlag(), shopsetFlag(), tierFlag()}
	return &Command{
		Name: "maintenance", Group: Shops, Help: func(t *i18n.Text) i18n.Help { return t.Closing.Help },
		Subs: []*Command{
			{
				Name: "on", Mutates: true, Kind: "Maintenance", Fields: maintenanceResult{}, Run: runMaintenanceOn,
				Flags: append(append([]Flag{}, scope...),
					Flag{Name: "until", Value: "TIME"}, Flag{Name: "for", Value: "30m", Kind: Duration}, Flag{Name: "message", Value: "TEXT"},
					Flag{Name: "allow", Value: "CIDR", Many: true}, Flag{Name: "drain", Value: "30s", Kind: Duration}),
			},
			{Name: "off", Mutates: true, Kind: "Maintenance", Fields: maintenanceResult{}, Flags: scope, Run: runMaintenanceOff},
			{Name: "status", Kind: "Maintenances", Fields: maintenancesResult{}, Flags: append(append([]Flag{}, scope...), limitFlag()), Run: runMaintenanceStatus},
		},
	}
}

// scopes are the flags that name what is closed.
var scopes = []struct {
	flag string
	kind shop.Kind
}{{"shop", shop.KindShop}, {"shopset", shop.KindShopSet}, {"tier", shop.KindTier}}

// theSubject is the one thing that the line names.
func (c *Call) theSubject(missing string) (s shop.Subject, err error) {
	for _, scope := range scopes {
		if !c.Given(scope.flag) {
			continue
		}
		if s.Kind != "" {
			return s, &Fail{Code: ConflictingFlags, Message: c.Text.Closing.OneOnly}
		}
		s = shop.Subject{Kind: scope.kind, Name: c.String(scope.flag)}
	}
	if s.Kind == "" {
		return s, &Fail{Code: MissingValue, Message: missing, Hints: []Hint{{Text: c.Text.Closing.Name, Command: c.Again("--shop …")}}}
	}
	return s, nil
}

// theScene refuses a subject that is not there, with what may be meant.
func (c *Call) theScene(w World, have shop.State, s shop.Subject) error {
	switch {
	case have.Scene.Found:
		return nil
	case s.Kind == shop.KindTier:
		_, err := findTier(c, have, s.Name)
		return err
	case s.Kind == shop.KindShop:
		return c.unknownShop(w, shop.ShopID(s.Name))
	}
	return c.noTarget(have, wordOf(s), s.Name)
}

// wordOf is the kind of a subject as the flags have it.
func wordOf(s shop.Subject) string { return strings.ToLower(string(s.Kind)) }

// kindOf is the kind of a subject for people.
func (c *Call) kindOf(s shop.Subject) string { return c.Text.Closing.Kinds[wordOf(s)] }

// switchLine is the line that turns the switch of a subject.
func switchLine(to string, s shop.Subject) string {
	return "shopctl maintenance " + to + " --" + wordOf(s) + " " + Quote(s.Name)
}

// serves counts what a subject closes.
func serves(have shop.State, s shop.Subject) (shops, sets int) {
	for _, t := range have.Tiers {
		for _, set := range t.ShopSets {
			if s.Kind == shop.KindTier && string(t.Spec.Name) == s.Name || s.Kind == shop.KindShopSet && string(set.Name) == s.Name {
				shops, sets = shops+set.Shops, sets+1
			}
		}
	}
	return shops, sets
}
