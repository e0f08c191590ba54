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
type Builder struct {
	parameters map[string][]byte  // ConfigMaps by kustomization
	patterns   map[string]pattern // by kustomization, the ShopSet's own name aside
}

// A Build is what Kustomize builds of one overlay.
type Build struct {
	text  []byte  // built by itself
	share *shared // or with others
	pattern
}

// shared is a build with placeholders, parted where the parameters stand.
type shared struct{ before, after []byte }

// text of the placeholders, without the parameters.
func (s *shared) text() []byte {
	before := bytes.TrimSuffix(s.before, []byte("---\n"))
	if len(before) == 0 {
		return bytes.TrimPrefix(s.after, []byte("---\n"))
	}
	return slices.Concat(before, s.after)
}

// named is a replacer that puts the names of an overlay in.
func (p pattern) named() *strings.Replacer {
	return strings.NewReplacer(namespaceHere, p.namespace, labelHere, p.label)
}

// Builds gives what Kustomize builds of each overlay on one pair of trees, byte
// for byte. Overlays that differ only in names and values are built once: see
// decision 15 for why that gives the same, and what is built one by one.
func (b *Builder) Builds(all []Overlay, base, config Tree) (map[shop.ShopSetID]Build, error) {
	out := map[shop.ShopSetID]Build{}
	kinds := map[string][]pattern{}
	for _, o := range all {
		p := b.patternOf(o)
		kinds[p.key] = append(kinds[p.key], p)
	}
	for _, key := range slices.Sorted(maps.Keys(kinds)) {
		alike := kinds[key]
		if key != "" && len(alike) >= worthSharing {
			s, err := b.together(alike, base, config)
			if err != nil {
				return nil, err
			}
			if s != nil {
				for _, p := range alike {
					out[p.Name] = Build{share: s, pattern: p}
				}
				continue
			}
		}
		for _, p := range alike {
			text, err := alone(p.Overlay, base, config)
			if err != nil {
				return nil, err
			}
			out[p.Name] = Build{text: text, pattern: p}
		}
	}
	return out, nil
}

// Text is the whole build, as kubectl kustomize prints it.
func (b *Builder) Text(x Build) ([]byte, error) {
	if x.share == nil {
		return x.text, nil
	}
	own, err := b.parametersAlone(x.Name, x.Files[folderOf(x.Name)+"/kustomization.yaml"])
	if err != nil {
		return nil, err
	}
	names := x.named()
	return slices.Concat([]byte(names.Replace(string(x.share.before))), own, []byte(names.Replace(string(x.share.after)))), nil
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
	kustomization    []byte // with placeholders
	namespace, label string
}

// The placeholders are plain words, and so is what stands in their place.
const (
	namespaceHere = "shopset-namespace-here-0b1e5f7c"
	labelHere     = "shopset-label-here-0b1e5f7c"
	valueHere     = "shopset-value-here-0b1e5f7c-"
)

// patternOf reads an overlay. Most differ in nothing but their own name, in
// three lines of a known form: those are read once.
func (b *Builder) patternOf(o Overlay) pattern {
	file := folderOf(o.Name) + "/kustomization.yaml"
	quick := ""
	if name := string(o.Name); len(o.Files) == 1 && opaque(name) {
		quick = strings.NewReplacer("\nnamespace: "+name+"\n", "\nnamespace:\n", " shopset.dev/shopset: "+name+"\n", " shopset.dev/shopset:\n",
			" - SHOPSET="+name+"\n", " - SHOPSET=\n").Replace(string(o.Files[file]))
	}
	if p, known := b.patterns[quick]; known {
		p.Overlay, p.namespace, p.label = o, string(o.Name), string(o.Name)
		return p
	}
	p := pattern{Overlay: o}
	root, err := mapping("/"+file, o.Files[file])
	if err != nil || !p.replace(root) {
		return p
	}
	p.kustomization = document(root)
	var key strings.Builder
	key.Write(p.kustomization)
	for _, name := range slices.Sorted(maps.Keys(o.Files)) {
		if name != file {
			fmt.Fprintf(&key, "%s\n%s\n", path.Base(name), o.Files[name])
		}
	}
	p.key = key.String()
	if quick != "" && p.namespace == string(o.Name) && p.label == p.namespace {
		if b.patterns == nil {
			b.patterns = map[string]pattern{}
		}
		b.patterns[quick] = p
	}
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

// together builds the pattern. It gives nil where it is not proven that with the
// names and the parameters of each overlay that is what Kustomize builds.
func (b *Builder) together(alike []pattern, base, config Tree) (*shared, error) {
	first := alike[0]
	w := &clone{files: maps.Clone(first.Files), base: base, config: config}
	w.files[folderOf(first.Name)+"/kustomization.yaml"] = first.kustomization
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
	parameters, err := b.parametersAlone(first.Name, first.kustomization)
	if err != nil {
		return nil, nil
	}
	s := &shared{}
	ok := false
	if s.before, s.after, ok = around(text, parameters); !ok || bytes.Contains(s.text(), []byte(valueHere)) {
		return nil, nil
	}
	last := alike[len(alike)-1]
	proof, err := alone(last.Overlay, base, config)
	if err != nil {
		return nil, err
	}
	same, err := b.Text(Build{share: s, pattern: last})
	if err != nil || !bytes.Equal(proof, same) {
		return nil, nil
	}
	return s, nil
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
