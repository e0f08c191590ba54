package shop

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// APIVersion is the version of every resource of the intent.
const APIVersion = "shopset.dev/v1alpha1"

// Duration is a length of time as people write it: 30s, 10m, 4h.
type Duration time.Duration

// String is the shortest form: 4h, 1h30m, 2m.
func (d Duration) String() string {
	s := time.Duration(d).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// MarshalText writes the shortest form.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads 30s, 10m, 4h or a sum of them like 1h30m; nothing finer
// than a second, never a negative one.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	if err != nil || !durationForm.Match(b) {
		return fmt.Errorf("%q is no duration: write 30s, 10m or 4h", b)
	}
	*d = Duration(v)
	return nil
}

var durationForm = regexp.MustCompile(`^([0-9]+h([0-9]+m)?([0-9]+s)?|[0-9]+m([0-9]+s)?|[0-9]+s)$`)

// The resources of the intent, one Go type a kind. The field comments name the
// default; "absent" means that nothing is done. product.md, Resources, is their
// source; package intent decodes and checks them.
type (
	// Policy is the one of the system; its name is the system's.
	Policy struct {
		Name               string          `yaml:"-"`
		Repositories       Repositories    `yaml:"repositories"`
		ArgoCDNamespace    string          `yaml:"argocdNamespace,omitempty"` // argocd
		Shops              int             `yaml:"shops,omitempty"`           // 2500
		DBConnections      int             `yaml:"dbConnections,omitempty"`   // absent: not counted
		Plans              map[string]Plan `yaml:"plans,omitempty"`           // one plan: standard
		DefaultPlan        string          `yaml:"defaultPlan,omitempty"`     // the only plan
		Wildcard           *Wildcard       `yaml:"wildcard,omitempty"`
		MaintenanceService string          `yaml:"maintenanceService,omitempty"` // maintenance
		Migrations         string          `yaml:"migrations,omitempty"`         // db/migrate
		Rejected           []Rejected      `yaml:"rejected,omitempty"`
	}
	// Repositories are the addresses as Argo CD fetches them.
	Repositories struct {
		System        string `yaml:"system"`
		App           string `yaml:"app"`
		Configuration string `yaml:"configuration,omitempty"`
	}
	// Plan is what a shop of it costs, and the tier of new ones.
	Plan struct {
		Weight        int  `yaml:"weight,omitempty"` // 1
		DBConnections int  `yaml:"dbConnections,omitempty"`
		Tier          Tier `yaml:"tier,omitempty"` // the top tier
	}
	// Wildcard says where hosts go that no shop has.
	Wildcard struct {
		Host    string    `yaml:"host"`
		ShopSet ShopSetID `yaml:"shopset"`
	}
	// Rejected is a release that nobody may promote again.
	Rejected struct {
		Release `yaml:",inline"`
		Record  `yaml:",inline"`
	}
	// Record says who did something, when and why.
	Record struct {
		Reason string    `yaml:"reason,omitempty"`
		By     string    `yaml:"by,omitempty"`
		At     time.Time `yaml:"at,omitempty"`
	}

	// TierSpec is the file of a tier.
	TierSpec struct {
		Name        Tier         `yaml:"-"`
		Sync        string       `yaml:"sync,omitempty"`       // auto; manual
		Protection  string       `yaml:"protection,omitempty"` // none; name
		Review      string       `yaml:"review,omitempty"`     // none; required
		Dwell       *Duration    `yaml:"dwell,omitempty"`      // 2m
		Gates       Gates        `yaml:"gates,omitempty"`
		Freeze      *Freeze      `yaml:"freeze,omitempty"`
		Pin         *Pin         `yaml:"pin,omitempty"`
		Verified    *Verified    `yaml:"verified,omitempty"`
		Maintenance *Maintenance `yaml:"maintenance,omitempty"`
	}
	// Gates are the conditions for what enters a tier.
	Gates struct {
		Soak      Duration      `yaml:"soak,omitempty"`   // 0s
		Checks    *Checks       `yaml:"checks,omitempty"` // all
		Verify    bool          `yaml:"verify,omitempty"`
		Windows   []Window      `yaml:"windows,omitempty"`
		HTTP      []HTTPGate    `yaml:"http,omitempty"`
		Commands  []CommandGate `yaml:"commands,omitempty"`
		Skippable []string      `yaml:"skippable,omitempty"`
	}
	// Checks is `all` or a list of contexts.
	Checks struct {
		All      bool
		Contexts []string
	}
	// Window is a time of the week when a release may enter.
	Window struct {
		Days []string `yaml:"days"`
		From string   `yaml:"from"`
		To   string   `yaml:"to"`
		Zone string   `yaml:"zone"`
	}
	// HTTPGate opens while its address answers 200.
	HTTPGate struct {
		Name    string   `yaml:"name"`
		URL     string   `yaml:"url"`
		Timeout Duration `yaml:"timeout,omitempty"` // 10s
	}
	// CommandGate opens while its program exits with 0.
	CommandGate struct {
		Name    string   `yaml:"name"`
		Timeout Duration `yaml:"timeout,omitempty"` // 60s
	}
	// Freeze keeps every release out, until a time or until it is lifted.
	Freeze struct {
		Record `yaml:",inline"`
		Until  time.Time `yaml:"until,omitempty"`
	}
	// Pin keeps the tier at one release.
	Pin struct {
		Release `yaml:",inline"`
		Record  `yaml:",inline"`
	}
	// Verified is what a person found when trying a release.
	Verified struct {
		Release `yaml:",inline"`
		Result  string    `yaml:"result"` // good, bad
		Note    string    `yaml:"note,omitempty"`
		By      string    `yaml:"by,omitempty"`
		At      time.Time `yaml:"at,omitempty"`
	}
	// Maintenance closes a shop, a ShopSet or a tier until a time.
	Maintenance struct {
		Until   time.Time `yaml:"until"`
		Message string    `yaml:"message,omitempty"`
		Allow   []string  `yaml:"allow,omitempty"`
		Drain   Duration  `yaml:"drain,omitempty"` // 0s
		Record  `yaml:",inline"`
	}

	// ShopSet is one full copy of the application.
	ShopSet struct {
		Name          ShopSetID         `yaml:"-"`
		Tier          Tier              `yaml:"tier"`
		Configuration string            `yaml:"configuration"`
		Cluster       string            `yaml:"cluster"`
		FailureDomain string            `yaml:"failureDomain,omitempty"` // the cluster's only one
		Namespace     string            `yaml:"namespace,omitempty"`     // the ShopSet's name
		Shops         int               `yaml:"shops,omitempty"`         // the Policy's
		DBConnections int               `yaml:"dbConnections,omitempty"` // the Policy's
		Parameters    map[string]string `yaml:"parameters,omitempty"`
		Draining      bool              `yaml:"draining,omitempty"`
		Maintenance   *Maintenance      `yaml:"maintenance,omitempty"`
	}
	// Shop is a tenant.
	Shop struct {
		Name        ShopID       `yaml:"-"`
		DisplayName string       `yaml:"displayName,omitempty"` // the name
		Hosts       []string     `yaml:"hosts"`
		ShopSet     ShopSetID    `yaml:"shopset"`
		Plan        string       `yaml:"plan,omitempty"` // the Policy's
		MovingFrom  ShopSetID    `yaml:"movingFrom,omitempty"`
		Maintenance *Maintenance `yaml:"maintenance,omitempty"`
	}
	// Configuration says what a ShopSet is made with.
	Configuration struct {
		Name       string            `yaml:"-"`
		Base       string            `yaml:"base,omitempty"` // .
		Path       string            `yaml:"path,omitempty"` // absent: nothing of it is built in
		Service    string            `yaml:"service"`
		Port       int               `yaml:"port,omitempty"` // 80
		Parameters map[string]string `yaml:"parameters,omitempty"`
	}
	// Cluster says where a ShopSet lives.
	Cluster struct {
		Name           string   `yaml:"-"`
		Destination    string   `yaml:"destination"`
		Cloud          string   `yaml:"cloud,omitempty"`
		Region         string   `yaml:"region,omitempty"`
		FailureDomains []string `yaml:"failureDomains,omitempty"` // the cluster's name
		Routing        string   `yaml:"routing,omitempty"`        // gateway; ingress
		Gateway        string   `yaml:"gateway,omitempty"`        // default/shops
		IngressClass   string   `yaml:"ingressClass,omitempty"`
	}
)

// MarshalYAML writes the word all, or the list of contexts.
func (c Checks) MarshalYAML() (any, error) {
	if c.All {
		return "all", nil
	}
	return c.Contexts, nil
}

// Kind is a kind of resource.
type Kind string

// The kinds of v1alpha1.
const (
	KindPolicy        Kind = "Policy"
	KindTier          Kind = "Tier"
	KindConfiguration Kind = "Configuration"
	KindCluster       Kind = "Cluster"
	KindShopSet       Kind = "ShopSet"
	KindShop          Kind = "Shop"
)

// Edit is one change of the intent, by key: it is applied anew to whatever the
// file holds when it is written, so edits of other keys survive.
type Edit struct {
	Kind  Kind
	Name  string
	Field string // a key of spec, such as "pin"; empty: the whole resource
	Value any    // nil removes the key, or the file when Field is empty
}

// DwellOr is how long a release stays healthy in the tier before it counts as arrived.
func (t TierSpec) DwellOr() time.Duration {
	if t.Dwell == nil {
		return 2 * time.Minute
	}
	return time.Duration(*t.Dwell)
}

// Frozen is the freeze that is in force at a time, nil if none.
func (t TierSpec) Frozen(now time.Time) *Freeze {
	if t.Freeze == nil || !t.Freeze.Until.IsZero() && !now.Before(t.Freeze.Until) {
		return nil
	}
	return t.Freeze
}
