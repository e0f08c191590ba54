package intent

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/shopctl/shopctl/internal/shop"
)

// head is what every resource begins with.
type head struct {
	apiVersion, kind string
	name             string
	spec             *yaml.Node
}

// kept takes any value and leaves it as it was written.
type kept struct{}

func (kept) read(_ *walk, n *yaml.Node, into any) { *into.(**yaml.Node) = n }
func (kept) schema() map[string]any               { return nil }

var headKeys = []field{
	must(at("apiVersion", text(short), func(h *head) *string { return &h.apiVersion })),
	must(at("kind", text(short), func(h *head) *string { return &h.kind })),
	must(at("metadata", object[head]{
		must(at("name", name[string](), func(h *head) *string { return &h.name })),
	}, func(h *head) *head { return h })),
	at("spec", kept{}, func(h *head) **yaml.Node { return &h.spec }),
}

// Decode reads the resource of one file, strictly. path says which resource it
// must be. The error is Errors: every mistake with its line, sorted.
func Decode(path string, data []byte) (Resource, error) {
	kind, fileName, ok := Identify(path)
	if !ok {
		return nil, Errors{{File: path, Message: "no place for a resource"}}
	}
	doc, e := parse(path, data)
	if e != nil {
		return nil, Errors{e}
	}
	w := &walk{file: path, path: make([]string, 0, 8)}
	root := w.resolve(doc.Content[0])
	var h head
	w.mapping(root, headKeys, &h)
	w.checkHead(root, h, kind, fileName)
	if h.spec == nil {
		h.spec = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: root.Line, Column: root.Column}
	}
	if len(w.errs) > 0 && h.kind != string(kind) {
		return nil, w.errs.orNil()
	}
	if fileName == "" {
		fileName = h.name
	}
	r := w.spec(kind, fileName, h.spec)
	if len(w.errs) == 0 {
		w.rules(r, h.spec)
	}
	if err := w.errs.orNil(); err != nil {
		return nil, err
	}
	return r, nil
}

func (w *walk) checkHead(root *yaml.Node, h head, kind shop.Kind, name string) {
	if h.apiVersion != "" && h.apiVersion != shop.APIVersion {
		w.fail(find(root, "apiVersion"), "", "apiVersion %q is not known: this is %s", h.apiVersion, shop.APIVersion)
	}
	if h.kind != "" && h.kind != string(kind) {
		w.fail(find(root, "kind"), "", "kind %q in a place for a %s", h.kind, kind)
	}
	if h.name != "" && name != "" && h.name != name {
		w.fail(find(root, "metadata", "name"), "", "metadata.name %q is not the name of the file, %q", h.name, name)
	}
}

// spec reads the fields of a kind.
func (w *walk) spec(kind shop.Kind, name string, n *yaml.Node) Resource {
	switch kind {
	case shop.KindPolicy:
		r := &shop.Policy{Name: name}
		w.mapping(n, policySpec, r)
		return r
	case shop.KindTier:
		r := &shop.TierSpec{Name: shop.Tier(name)}
		w.mapping(n, tierSpec, r)
		return r
	case shop.KindShopSet:
		r := &shop.ShopSet{Name: shop.ShopSetID(name)}
		w.mapping(n, shopSetSpec, r)
		return r
	case shop.KindShop:
		r := &shop.Shop{Name: shop.ShopID(name)}
		w.mapping(n, shopSpec, r)
		return r
	case shop.KindConfiguration:
		r := &shop.Configuration{Name: name}
		w.mapping(n, configurationSpec, r)
		return r
	case shop.KindCluster:
		r := &shop.Cluster{Name: name}
		w.mapping(n, clusterSpec, r)
		return r
	}
	w.fail(n, "", "kind %q is not known", kind)
	return nil
}

// find is the value under some keys, or the nearest mapping above it. Lists
// take an index: find(root, "spec", "hosts", "2").
func find(n *yaml.Node, path ...string) *yaml.Node {
	for _, key := range path {
		if n.Kind == yaml.AliasNode {
			n = n.Alias
		}
		next := child(n, key)
		if next == nil {
			return n
		}
		n = next
	}
	return n
}

func child(n *yaml.Node, key string) *yaml.Node {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				return n.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		var i int
		if _, err := fmt.Sscan(key, &i); err == nil && i >= 0 && i < len(n.Content) {
			return n.Content[i]
		}
	}
	return nil
}
