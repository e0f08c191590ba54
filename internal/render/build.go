package render

import (
	"fmt"
	"strconv"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
)

// build is `kubectl kustomize dir`, in memory. A patch whose target matches
// nothing is an error here.
func (w *clone) build(dir string) (resmap.ResMap, error) {
	g := &guard{clone: w, seen: map[string]bool{}}
	if err := g.visit("/" + dir); err != nil {
		return nil, err
	}
	built, err := w.run(dir)
	if err != nil {
		return nil, err
	}
	return built, g.probe(dir)
}

func (w *clone) run(dir string) (resmap.ResMap, error) {
	options := krusty.MakeDefaultOptions()
	options.Reorder = krusty.ReorderOptionUnspecified // as kubectl and Argo CD have it
	built, err := krusty.MakeKustomizer(options).Run(w, "/"+dir)
	if err != nil {
		return nil, fmt.Errorf("build %s: %w", dir, err)
	}
	return built, nil
}

const probeKey = "probe.shopset.dev/"

// probe builds once more, with every targeted patch replaced by one that leaves a
// mark on what it matches: so Kustomize itself says what matches.
func (g *guard) probe(dir string) error {
	if len(g.patches) == 0 {
		return nil
	}
	marked := &clone{files: g.files, base: g.base, config: g.config, instead: map[string][]byte{}}
	for i, p := range g.patches {
		data, err := marked.ReadFile(p.file)
		if err != nil {
			return fmt.Errorf("read %s: %w", shown(p.file), err)
		}
		if marked.instead[p.file], err = mark(p, data, i); err != nil {
			return err
		}
	}
	built, err := marked.run(dir)
	if err != nil {
		return err
	}
	hit := map[string]bool{}
	for _, r := range built.Resources() {
		for key := range r.GetAnnotations() {
			hit[key] = true
		}
	}
	for i, p := range g.patches {
		if !hit[probeKey+strconv.Itoa(i)] {
			return fmt.Errorf("%s:%d: the patch matches nothing: target %s", shown(p.file), p.line, p.text)
		}
	}
	return nil
}

// mark puts the mark of a number in the place of a patch.
func mark(p targeted, data []byte, number int) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("read %s: %w", shown(p.file), err)
	}
	text := document(object{
		"apiVersion": "v1", "kind": "Probe",
		"metadata": object{"name": "probe", "annotations": object{probeKey + strconv.Itoa(number): "hit"}},
	})
	patch := valueOf(doc.Content[0], "patches").Content[p.index]
	patch.Content = []*yaml.Node{
		{Kind: yaml.ScalarNode, Tag: "!!str", Value: "target"}, valueOf(patch, "target"),
		{Kind: yaml.ScalarNode, Tag: "!!str", Value: "patch"}, {Kind: yaml.ScalarNode, Tag: "!!str", Value: string(text), Style: yaml.LiteralStyle},
	}
	return document(&doc), nil
}
