package render

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/shopctl/shopctl/internal/shop"
)

// fields are the fields in which two objects differ. Items of a list are told by
// their names where all have one. An object that comes or goes has none: it is
// the whole that changes.
func fields(before, after string) (out []shop.ChangedField) {
	if before == "" || after == "" {
		return nil
	}
	var a, b any
	if yaml.Unmarshal([]byte(before), &a) != nil || yaml.Unmarshal([]byte(after), &b) != nil {
		return nil
	}
	differ("", a, b, &out)
	return out
}

// nothing is the value of a field that is not there.
type nothing struct{}

func differ(at string, a, b any, out *[]shop.ChangedField) {
	if x, ok := a.(map[string]any); ok {
		if y, ok := b.(map[string]any); ok {
			differMaps(at, x, y, out)
			return
		}
	}
	if x, ok := a.([]any); ok {
		if y, ok := b.([]any); ok {
			differLists(at, x, y, out)
			return
		}
	}
	if before, after := valueText(a), valueText(b); before != after {
		*out = append(*out, shop.ChangedField{Path: at, Before: before, After: after})
	}
}

func differMaps(at string, a, b map[string]any, out *[]shop.ChangedField) {
	keys := map[string]bool{}
	for k := range a {
		keys[k] = true
	}
	for k := range b {
		keys[k] = true
	}
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		differ(below(at, k), entry(a, k), entry(b, k), out)
	}
}

func entry(m map[string]any, key string) any {
	if v, ok := m[key]; ok {
		return v
	}
	return nothing{}
}

// below is the path of a key; one with a dot or slash is quoted.
func below(at, key string) string {
	if !plainKey.MatchString(key) {
		return at + "[" + strconv.Quote(key) + "]"
	}
	if at == "" {
		return key
	}
	return at + "." + key
}

func differLists(at string, a, b []any, out *[]shop.ChangedField) {
	x, named := byName(a)
	y, both := byName(b)
	if named && both {
		var order []string
		for _, list := range [][]any{a, b} {
			for _, v := range list {
				if n := v.(map[string]any)["name"].(string); !slices.Contains(order, n) {
					order = append(order, n)
				}
			}
		}
		for _, n := range order {
			differ(at+"["+n+"]", entry(x, n), entry(y, n), out)
		}
		return
	}
	for i := range max(len(a), len(b)) {
		differ(at+"["+strconv.Itoa(i)+"]", item(a, i), item(b, i), out)
	}
}

func item(list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return nothing{}
}

// byName is a list by the names of its items, if each has one of its own.
func byName(list []any) (map[string]any, bool) {
	found := map[string]any{}
	for _, v := range list {
		m, _ := v.(map[string]any)
		n, ok := m["name"].(string)
		if _, twice := found[n]; !ok || twice {
			return nil, false
		}
		found[n] = v
	}
	return found, len(found) > 0
}

func valueText(v any) string {
	switch v := v.(type) {
	case nothing:
		return ""
	case string:
		return v
	}
	text, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(text)
}
