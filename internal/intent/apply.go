package intent

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/shopctl/shopctl/internal/shop"
)

// Apply makes edits on the text of one file; data is nil when there is none yet.
// Comments and the order of other keys survive; when nothing changes, out is data
// byte for byte. out is nil when the file goes. was tells, for each edit, what
// stood there before: the value of the field (as its Go type), the whole Resource
// for an edit without Field, or nil for nothing. Field may name an inner key:
// gates.soak, parameters.QUEUE.
func Apply(path string, data []byte, edits ...shop.Edit) (out []byte, was []any, err error) {
	kind, name, ok := Identify(path)
	if !ok {
		return nil, nil, Errors{{File: path, Message: "no place for a resource"}}
	}
	out = data
	for _, e := range edits {
		if e.Kind != kind || e.Name != name && kind != shop.KindPolicy {
			return nil, nil, fmt.Errorf("edit %s: %s %q lies elsewhere", path, e.Kind, e.Name)
		}
		var before any
		if e.Field == "" {
			out, before, err = replaceFile(path, out, e.Value)
		} else {
			out, before, err = editField(path, out, e.Field, e.Value)
		}
		if err != nil {
			return nil, nil, err
		}
		was = append(was, before)
	}
	return out, was, nil
}

// nothing reports whether a value asks for removal: nil, or a nil pointer.
func nothing(v any) bool {
	if v == nil {
		return true
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice:
		return r.IsNil()
	}
	return false
}

func replaceFile(path string, data []byte, value any) (out []byte, was any, err error) {
	var old Resource
	if data != nil {
		// A file with a mistake can still be replaced or removed.
		old, _ = Decode(path, data)
	}
	if nothing(value) {
		return nil, old, nil
	}
	r := pointerTo(value)
	if file := Path(KindOf(r), NameOf(r)); file != path {
		return nil, nil, fmt.Errorf("write %s: the value is %s %q", path, KindOf(r), NameOf(r))
	}
	out, err = Encode(r)
	if err != nil {
		return nil, nil, err
	}
	if old != nil && same(old, r) {
		return data, old, nil
	}
	return out, old, nil
}

// pointerTo makes a Resource of a struct that was given by value.
func pointerTo(v any) any {
	if r := reflect.ValueOf(v); r.Kind() == reflect.Struct {
		p := reflect.New(r.Type())
		p.Elem().Set(r)
		return p.Interface()
	}
	return v
}

// same compares by what would be written.
func same(a, b any) bool {
	x, err := write(a)
	if err != nil {
		return false
	}
	y, err := write(b)
	return err == nil && bytes.Equal(x, y)
}

func editField(path string, data []byte, key string, value any) (out []byte, was any, err error) {
	if data == nil {
		return nil, nil, Errors{{File: path, Message: fmt.Sprintf("the file is missing: %q cannot be set", key)}}
	}
	old, err := Decode(path, data)
	if err != nil {
		return nil, nil, err
	}
	keys := strings.Split(key, ".")
	was, err = fieldOf(old, keys)
	if err != nil {
		return nil, nil, fmt.Errorf("edit %s: %w", path, err)
	}
	if nothing(value) && was == nil || !nothing(value) && was != nil && same(was, value) {
		return data, was, nil
	}
	var node *yaml.Node
	if !nothing(value) {
		node = &yaml.Node{}
		if err := node.Encode(value); err != nil {
			return nil, nil, fmt.Errorf("edit %s: encode %q: %w", path, key, err)
		}
	}
	out, err = editText(path, data, append([]string{"spec"}, keys...), node)
	return out, was, err
}

// fieldOf is the value at a key of a resource, nil when it is absent.
func fieldOf(r Resource, keys []string) (any, error) {
	fields, v := specKeys(KindOf(r)), any(r)
	for i, key := range keys {
		at := indexOf(fields, &yaml.Node{Kind: yaml.ScalarNode, Value: key})
		if at < 0 {
			return nil, fmt.Errorf("there is no key %q", strings.Join(keys[:i+1], "."))
		}
		f := fields[at]
		v = f.of(v)
		rest := keys[i+1:]
		if len(rest) == 0 {
			return present(reflect.ValueOf(v).Elem()), nil
		}
		value := reflect.ValueOf(v).Elem()
		if value.Kind() == reflect.Map && len(rest) == 1 {
			entry := value.MapIndex(reflect.ValueOf(rest[0]))
			if !entry.IsValid() {
				return nil, nil
			}
			return entry.Interface(), nil
		}
		inner, ok := f.shape.(interface{ fields() []field })
		if !ok {
			return nil, fmt.Errorf("%q has no key %q", strings.Join(keys[:i+1], "."), rest[0])
		}
		fields = inner.fields()
		if value.Kind() == reflect.Pointer {
			if value.IsNil() {
				value = reflect.New(value.Type().Elem())
			}
			v = value.Interface()
		}
	}
	return nil, fmt.Errorf("no key is named")
}

func (o object[T]) fields() []field { return o }

func present(v reflect.Value) any {
	if v.IsZero() {
		return nil
	}
	return v.Interface()
}

// editText changes one key in the text. Only the lines of that key change; where
// the text is written in another style, or the narrow change would mean something
// else, the whole file is written anew from its nodes.
func editText(path string, data []byte, keys []string, value *yaml.Node) ([]byte, error) {
	doc, e := parse(path, data)
	if e != nil {
		return nil, Errors{e}
	}
	narrow, narrowed := splice(data, doc.Content[0], keys, value)
	expand(doc.Content[0])
	set(doc.Content[0], keys, value)
	whole, err := write(doc)
	if err != nil {
		return nil, fmt.Errorf("edit %s: %w", path, err)
	}
	want, err := Decode(path, whole)
	if err != nil {
		return nil, err
	}
	if narrowed {
		if got, err := Decode(path, narrow); err == nil && reflect.DeepEqual(got, want) {
			return narrow, nil
		}
	}
	return whole, nil
}

// expand puts the values in the place of their aliases: the key that holds the
// anchor may be the one that goes.
func expand(n *yaml.Node) {
	if n.Kind == yaml.AliasNode {
		*n = *n.Alias
	}
	n.Anchor = ""
	own := make([]*yaml.Node, len(n.Content))
	for i, c := range n.Content {
		node := *c
		own[i] = &node
		expand(own[i])
	}
	n.Content = own
}

// set changes one key among the nodes; a nil value removes it, and the mapping
// around it when nothing is left there.
func set(n *yaml.Node, keys []string, value *yaml.Node) {
	key, rest := keys[0], keys[1:]
	at := -1
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			at = i
		}
	}
	if at < 0 {
		if value == nil {
			return
		}
		if len(n.Content) == 0 {
			n.Style &^= yaml.FlowStyle
		}
		n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}, &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"})
		at = len(n.Content) - 2
	}
	if len(rest) > 0 {
		set(n.Content[at+1], rest, value)
		if len(n.Content[at+1].Content) > 0 || value != nil || key == "spec" {
			return
		}
		value = nil
	}
	if value == nil {
		n.Content = append(n.Content[:at], n.Content[at+2:]...)
		return
	}
	comment := n.Content[at+1].LineComment
	n.Content[at+1] = value
	if value.Kind == yaml.ScalarNode {
		value.LineComment = comment
	}
}
