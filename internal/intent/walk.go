package intent

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/shopctl/shopctl/internal/shop"
)

// walk reads one document into a Go value and collects every mistake.
type walk struct {
	file    string
	path    []string // keys down to the value being read
	errs    Errors
	aliases int
}

func (w *walk) fail(n *yaml.Node, hint, format string, args ...any) {
	e := &Error{File: w.file, Message: fmt.Sprintf(format, args...), Hint: hint}
	if n != nil {
		e.Line, e.Column = n.Line, n.Column
	}
	w.errs = append(w.errs, e)
}

// key is the path of the value being read, as people write it: gates.soak.
func (w *walk) key() string { return strings.Join(w.path, ".") }

// resolve follows an alias, at most maxAliases times a file.
func (w *walk) resolve(n *yaml.Node) *yaml.Node {
	if n.Kind != yaml.AliasNode {
		return n
	}
	if w.aliases++; w.aliases > maxAliases {
		if w.aliases == maxAliases+1 {
			w.fail(n, "", "more than %d aliases", maxAliases)
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Line: n.Line, Column: n.Column}
	}
	return n.Alias
}

func (w *walk) wrongType(n *yaml.Node, want string) {
	hint := ""
	switch {
	case n.Kind == yaml.ScalarNode && n.Tag == "!!null":
		w.fail(n, "leave the key out", "%q has no value", w.key())
		return
	case want == "text" && n.Kind == yaml.ScalarNode:
		hint = fmt.Sprintf("put it in quotes: %q", n.Value)
	}
	w.fail(n, hint, "%q must be %s, not %s", w.key(), want, typeOf(n))
}

func typeOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.ShortTag() {
	case "!!int", "!!float":
		return "a number"
	case "!!bool":
		return "true or false"
	case "!!timestamp":
		return "a time"
	case "!!str":
		return "text"
	case "!!null":
		return "nothing"
	}
	return n.Tag
}

// shape says what a value may be: it reads one into the Go value that into
// points to, and describes itself for the JSON schema.
type shape interface {
	read(w *walk, n *yaml.Node, into any)
	schema() map[string]any
}

// field is one key of a mapping and the Go field that it fills.
type field struct {
	key      string
	shape    shape
	required bool
	of       func(any) any // from a pointer to the struct to a pointer to the field
}

// at ties a key to a Go field.
func at[T, F any](key string, s shape, of func(*T) *F) field {
	return field{key: key, shape: s, of: func(v any) any { return of(v.(*T)) }}
}

// must makes the key required.
func must(f field) field {
	f.required = true
	return f
}

// object is a mapping with fixed keys.
type object[T any] []field

func (o object[T]) read(w *walk, n *yaml.Node, into any) {
	t, direct := into.(*T)
	if !direct {
		t = new(T)
		*into.(**T) = t
	}
	w.mapping(n, o, t)
}

// mapping reads the fixed keys of a mapping.
func (w *walk) mapping(n *yaml.Node, fields []field, into any) {
	if n.Kind != yaml.MappingNode {
		w.wrongType(n, "a mapping")
		return
	}
	var seen uint32
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		at := indexOf(fields, k)
		if at < 0 {
			w.unknown(k, fields)
			continue
		}
		if seen&(1<<at) != 0 {
			w.fail(k, "", "duplicate key %q", k.Value)
			continue
		}
		seen |= 1 << at
		w.value(k.Value, n.Content[i+1], fields[at].shape, fields[at].of(into))
	}
	for i, f := range fields {
		if f.required && seen&(1<<i) == 0 {
			w.fail(n, "", "%q is missing", strings.Join(append(w.path, f.key), "."))
		}
	}
}

// value reads the value of a key.
func (w *walk) value(key string, n *yaml.Node, s shape, into any) {
	w.path = append(w.path, key)
	s.read(w, w.resolve(n), into)
	w.path = w.path[:len(w.path)-1]
}

func indexOf(fields []field, k *yaml.Node) int {
	if k.Kind != yaml.ScalarNode {
		return -1
	}
	for i := range fields {
		if fields[i].key == k.Value {
			return i
		}
	}
	return -1
}

func (w *walk) unknown(k *yaml.Node, fields []field) {
	known := make([]string, len(fields))
	for i, f := range fields {
		known[i] = f.key
	}
	hint := ""
	if near := shop.Suggest(k.Value, known); len(near) > 0 {
		hint = fmt.Sprintf("did you mean %q?", near[0])
	}
	if k.Kind != yaml.ScalarNode {
		w.fail(k, "", "a key must be text")
		return
	}
	w.fail(k, hint, "unknown key %q", k.Value)
}

// list is a sequence. Every one has a max: looking for twins is quadratic.
type list[T any] struct {
	of       shape
	min, max int
	unique   bool
}

func (l list[T]) read(w *walk, n *yaml.Node, into any) {
	if n.Kind != yaml.SequenceNode {
		w.wrongType(n, "a list")
		return
	}
	if len(n.Content) < l.min {
		w.fail(n, "", "%q has no entry", w.key())
	}
	if len(n.Content) > l.max {
		w.fail(n.Content[l.max], "", "%q has %d entries; at most %d are possible", w.key(), len(n.Content), l.max)
		return
	}
	all := make([]T, len(n.Content))
	for i, c := range n.Content {
		before := len(w.errs)
		l.of.read(w, w.resolve(c), &all[i])
		if l.unique && len(w.errs) == before && slices.ContainsFunc(all[:i], func(v T) bool { return any(v) == any(all[i]) }) {
			w.fail(c, "", "%q names %q twice", w.key(), fmt.Sprint(all[i]))
		}
	}
	*into.(*[]T) = all
}

// table is a mapping with free keys.
type table[T any] struct {
	key  scalar[string]
	of   shape
	miss map[string]string // keys that are refused, and why
}

func (t table[T]) read(w *walk, n *yaml.Node, into any) {
	if n.Kind != yaml.MappingNode {
		w.wrongType(n, "a mapping")
		return
	}
	all := make(map[string]T, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := w.resolve(n.Content[i])
		var key string
		before := len(w.errs)
		t.key.read(w, k, &key)
		if len(w.errs) > before {
			continue
		}
		if _, twice := all[key]; twice {
			w.fail(k, "", "duplicate key %q", key)
			continue
		}
		if why := t.miss[key]; why != "" {
			w.fail(k, "", "key %q of %q %s", key, w.key(), why)
			continue
		}
		var v T
		w.value(key, n.Content[i+1], t.of, &v)
		all[key] = v
	}
	*into.(*map[string]T) = all
}
