package render

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/shopctl/shopctl/internal/shop"
)

// Overlay is what a tier branch holds of one ShopSet, its routes aside.
type Overlay struct {
	Name  shop.ShopSetID
	Files Files // by path in the repository
}

// A Builder builds many overlays. What it worked out for one pair of trees and
// does not hang on them it keeps for the next.
type Builder struct{ parameters map[string][]byte }

// Builds gives what Kustomize builds of each overlay on one pair of trees, byte
// for byte. Overlays that differ only in names and values are built once: see
// decision 15 for why that gives the same, and what is built one by one.
func (b *Builder) Builds(all []Overlay, base, config Tree) (map[shop.ShopSetID][]byte, error) {
	out := map[shop.ShopSetID][]byte{}
	kinds := map[string][]pattern{}
	var order []string
	for _, o := range all {
		p := patternOf(o)
		if p.key == "" || len(kinds[p.key]) == 0 {
			order = append(order, p.key)
		}
		kinds[p.key] = append(kinds[p.key], p)
	}
	slices.Sort(order)
	for _, key := range slices.Compact(order) {
		alike := kinds[key]
		if key != "" && len(alike) >= worthSharing {
			shared, err := b.together(alike, base, config)
			if err != nil {
				return nil, err
			}
			if shared != nil {
				maps.Copy(out, shared)
				continue
			}
		}
		for _, p := range alike {
			text, err := alone(p.Overlay, base, config)
			if err != nil {
				return nil, err
			}
			out[p.Name] = text
		}
	}
	return out, nil
}

// worthSharing is how many overlays it takes: the pattern is a build, and so is
// its proof.
const worthSharing = 3

func folderOf(name shop.ShopSetID) string { return "shopsets/" + string(name) }

// alone is `kubectl kustomize` of one overlay.
func alone(o Overlay, base, config Tree) ([]byte, error) {
	w := &clone{files: o.Files, base: base, config: config}
	g := &guard{clone: w, seen: map[string]bool{}}
	if err := g.visit("/" + folderOf(o.Name)); err != nil {
		return nil, err
	}
	return w.text(o.Name)
}

func (w *clone) text(name shop.ShopSetID) ([]byte, error) {
	built, err := w.run(folderOf(name))
	if err != nil {
		return nil, err
	}
	text, err := built.AsYaml()
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", folderOf(name), err)
	}
	return text, nil
}

// A pattern is an overlay with placeholders where ShopSets of one kind differ:
// the namespace, the label with the name, the values of the parameters.
type pattern struct {
	Overlay
	key              string // of those that are alike; empty: of none
	text             []byte // the kustomization with placeholders
	namespace, label string
}

// The placeholders are plain words, and so is what stands in their place.
const (
	namespaceHere = "shopset-namespace-here-0b1e5f7c"
	labelHere     = "shopset-label-here-0b1e5f7c"
	valueHere     = "shopset-value-here-0b1e5f7c-"
)

func patternOf(o Overlay) pattern {
	p := pattern{Overlay: o}
	file := folderOf(o.Name) + "/kustomization.yaml"
	root, err := mapping("/"+file, o.Files[file])
	if err != nil || !p.replace(root) {
		return p
	}
	p.text = document(root)
	var key strings.Builder
	key.Write(p.text)
	for _, name := range slices.Sorted(maps.Keys(o.Files)) {
		if name != file {
			fmt.Fprintf(&key, "%s\n%s\n", path.Base(name), o.Files[name])
		}
	}
	p.key = key.String()
	return p
}

// replace puts the placeholders in; false: the overlay has another shape than
// that which is rendered.
func (p *pattern) replace(root *yaml.Node) bool {
	namespace, labels, generators := valueOf(root, "namespace"), valueOf(root, "labels"), valueOf(root, "configMapGenerator")
	if namespace == nil || labels == nil || len(labels.Content) != 1 || generators == nil || len(generators.Content) != 1 {
		return false
	}
	pairs, name, literals := valueOf(labels.Content[0], "pairs"), valueOf(generators.Content[0], "name"), valueOf(generators.Content[0], "literals")
	if pairs == nil || name == nil || name.Value != parametersName || literals == nil {
		return false
	}
	label := valueOf(pairs, "shopset.dev/shopset")
	if label == nil || !opaque(namespace.Value) || !opaque(label.Value) {
		return false
	}
	p.namespace, p.label = namespace.Value, label.Value
	namespace.Value, label.Value = namespaceHere, labelHere
	for i, l := range literals.Content {
		key, _, ok := strings.Cut(l.Value, "=")
		if !ok {
			return false
		}
		literals.Content[i] = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key + "=" + valueHere + strconv.Itoa(i)}
	}
	return true
}

// opaque reports whether a name is one like another: written without quotes,
// and not the namespace that Kustomize takes for none.
func opaque(name string) bool {
	return plainForm.MatchString(name) && !words[name] && name != "default"
}

// What a kustomization may say for its builds to be shared. Nothing of this
// reads a value to decide or to put it elsewhere; replacements, vars and plugins do.
var valueBlind = strings.Fields(`apiversion kind metadata resources bases components patches patchesstrategicmerge
	patchesjson6902 configmapgenerator secretgenerator generatoroptions labels commonlabels commonannotations images
	replicas namespace nameprefix namesuffix`)

// together builds the pattern and puts the names and the parameters of each
// overlay in. It gives nil where that is not proven to be what Kustomize builds.
func (b *Builder) together(alike []pattern, base, config Tree) (map[shop.ShopSetID][]byte, error) {
	first := alike[0]
	w := &clone{files: maps.Clone(first.Files), base: base, config: config}
	w.files[folderOf(first.Name)+"/kustomization.yaml"] = first.text
	g := &guard{clone: w, seen: map[string]bool{}, keys: map[string]bool{}}
	if err := g.visit("/" + folderOf(first.Name)); err != nil {
		return nil, err
	}
	for key := range g.keys {
		if !slices.Contains(valueBlind, key) {
			return nil, nil
		}
	}
	text, err := w.text(first.Name)
	if err != nil {
		return nil, nil // perhaps the placeholders are to blame: one by one says so
	}
	parameters, err := b.parametersAlone(first.Name, first.text)
	if err != nil {
		return nil, nil
	}
	before, after, ok := around(text, parameters)
	if !ok || bytes.Contains(before, []byte(valueHere)) || bytes.Contains(after, []byte(valueHere)) {
		return nil, nil
	}
	out := map[shop.ShopSetID][]byte{}
	for _, p := range alike {
		own, err := b.parametersAlone(p.Name, p.Files[folderOf(p.Name)+"/kustomization.yaml"])
		if err != nil {
			return nil, nil
		}
		names := strings.NewReplacer(namespaceHere, p.namespace, labelHere, p.label)
		out[p.Name] = slices.Concat([]byte(names.Replace(string(before))), own, []byte(names.Replace(string(after))))
	}
	last := alike[len(alike)-1]
	proof, err := alone(last.Overlay, base, config)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(proof, out[last.Name]) {
		return nil, nil
	}
	return out, nil
}

// parametersAlone is the ConfigMap of an overlay as Kustomize builds it, by
// itself: nothing else of the overlay is needed for it.
func (b *Builder) parametersAlone(name shop.ShopSetID, kustomization []byte) ([]byte, error) {
	if text, known := b.parameters[string(kustomization)]; known {
		return text, nil
	}
	file := folderOf(name) + "/kustomization.yaml"
	root, err := mapping("/"+file, kustomization)
	if err != nil {
		return nil, err
	}
	var kept []*yaml.Node
	for i := 0; i+1 < len(root.Content); i += 2 {
		if key := root.Content[i].Value; key != "resources" && key != "components" {
			kept = append(kept, root.Content[i], root.Content[i+1])
		}
	}
	root.Content = kept
	w := &clone{files: Files{file: document(root)}}
	text, err := w.text(name)
	if err != nil {
		return nil, err
	}
	if b.parameters == nil {
		b.parameters = map[string][]byte{}
	}
	b.parameters[string(kustomization)] = text
	return text, nil
}

// around parts a build at one of its objects, which must be there once, as it is.
func around(text, object []byte) (before, after []byte, ok bool) {
	at := -1
	for from := 0; ; {
		i := bytes.Index(text[from:], object)
		if i < 0 {
			break
		}
		i += from
		begins := i == 0 || bytes.HasSuffix(text[:i], []byte("\n---\n"))
		ends := i+len(object) == len(text) || bytes.HasPrefix(text[i+len(object):], []byte("---\n"))
		if begins && ends {
			if at >= 0 {
				return nil, nil, false
			}
			at = i
		}
		from = i + 1
	}
	if at < 0 {
		return nil, nil, false
	}
	return text[:at], text[at+len(object):], true
}
