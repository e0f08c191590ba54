package settings

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/shopctl/shopctl/internal/shop"
)

// Key is one setting. A name that ends in ".*" stands for all that begin so.
type Key struct {
	Name         string
	Default      string   // built in
	Values       []string // the only ones; nil: any, or a duration
	Duration     bool
	InRepository bool // .shopctl.yml may set it for everybody
}

var boolean = []string{"true", "false"}

// Keys is the table of all settings, in the order that they are shown in.
func Keys() []Key {
	return []Key{
		{Name: "lang", Values: []string{"en", "ja"}, InRepository: true},
		{Name: "color", Default: "auto", Values: []string{"auto", "always", "never"}, InRepository: true},
		{Name: "accessible", Default: "false", Values: boolean},
		{Name: "default_command", Default: "help", Values: []string{"help", "ui"}},
		{Name: "wait.timeout", Default: "15m", Duration: true, InRepository: true},
		{Name: "ui.theme", Default: "default", Values: []string{"default", "high-contrast", "blue-orange", "mono"}, InRepository: true},
		{Name: "ui.ambiguous_width", Default: "1", Values: []string{"1", "2"}},
		{Name: "ui.ascii", Default: "false", Values: boolean},
		{Name: "ui.mouse", Default: "true", Values: boolean},
		{Name: "ui.keys.*"},
		{Name: "gates.*"},
	}
}

// KeyOf finds the setting of a name.
func KeyOf(name string) (Key, bool) {
	for _, k := range Keys() {
		if k.matches(name) {
			return k, true
		}
	}
	return Key{}, false
}

// KeyNames lists the names that are not a family.
func KeyNames() []string {
	var names []string
	for _, k := range Keys() {
		names = append(names, k.Name)
	}
	return names
}

func repositoryKeys() []string {
	var names []string
	for _, k := range Keys() {
		if k.InRepository {
			names = append(names, k.Name)
		}
	}
	return names
}

func (k Key) family() (string, bool) { return strings.CutSuffix(k.Name, "*") }

func (k Key) matches(name string) bool {
	if prefix, many := k.family(); many {
		rest, ok := strings.CutPrefix(name, prefix)
		return ok && shop.ValidName(rest)
	}
	return k.Name == name
}

// Check says what is wrong with a value; nil when it may stand.
func (k Key) Check(value string) error {
	switch {
	case k.Values != nil && !slices.Contains(k.Values, value):
		return fmt.Errorf("%q is not one of %s", value, strings.Join(k.Values, " "))
	case k.Duration:
		var d shop.Duration
		return d.UnmarshalText([]byte(value))
	case value == "":
		return fmt.Errorf("the value is empty")
	}
	return nil
}

// Variable is the environment variable of a setting: wait.timeout is SHOPCTL_WAIT_TIMEOUT.
func Variable(name string) string {
	return "SHOPCTL_" + strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(name))
}

// settingValues reads key: value lines; allowed says which keys may stand here.
func (d *decoder) settingValues(node *yaml.Node, prefix string, allowed func(Key) bool, why string) (map[string]string, map[string]int) {
	values, keys := map[string]*yaml.Node{}, map[string]*yaml.Node{}
	d.mapping(node, prefix, nil, values, keys)
	set, lines := map[string]string{}, map[string]int{}
	for name, value := range values {
		line := keys[name].Line
		key, known := KeyOf(name)
		text, err := scalar(value)
		switch {
		case !known && value.Kind == yaml.MappingNode && len(value.Content) > 0:
			d.add(line, fmt.Sprintf("unknown key %q", prefix+name), fmt.Sprintf("write it in one line, as %s.%s: …", name, value.Content[0].Value))
		case !known:
			d.add(line, fmt.Sprintf("unknown key %q", prefix+name), didYouMean(name, KeyNames()))
		case !allowed(key):
			d.add(line, fmt.Sprintf("%q may not stand here", prefix+name), why)
		case err != nil:
			d.add(line, fmt.Sprintf("%q needs one word as its value", prefix+name), "")
		default:
			if err := key.Check(text); err != nil {
				d.add(line, prefix+name+": "+err.Error(), "")
				continue
			}
			set[name], lines[name] = text, line
		}
	}
	return set, lines
}
