package render

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// guard goes through every kustomization that a build reads, before it is built.
// It refuses what Kustomize would fetch from elsewhere, and collects the patches
// with a target: one that matches nothing succeeds silently.
type guard struct {
	*clone
	seen    map[string]bool
	patches []targeted
	keys    map[string]bool // that were used, in small letters; nil: nobody asks
}

// targeted is a patch that chooses what it changes.
type targeted struct {
	file  string // absolute
	index int    // in the list of patches
	line  int
	text  string // the target, for people
}

// kustomizationNames are those that Kustomize looks for.
var kustomizationNames = []string{"kustomization.yaml", "kustomization.yml", "Kustomization"}

// kustomizationIn is the kustomization file of a folder.
func (w *clone) kustomizationIn(dir string) (file string, data []byte, err error) {
	for _, name := range kustomizationNames {
		file = path.Join(dir, name)
		if data, err = w.ReadFile(file); err == nil {
			return file, data, nil
		}
	}
	return "", nil, fmt.Errorf("no kustomization.yaml in %q", shown(dir))
}

// shown is a path in the form for people: without the leading slash.
func shown(p string) string { return strings.TrimPrefix(p, "/") }

func (g *guard) visit(dir string) error {
	file, data, err := g.kustomizationIn(dir)
	if err != nil || g.seen[file] {
		return err
	}
	g.seen[file] = true
	root, err := mapping(file, data)
	if err != nil {
		return err
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		if err := g.key(file, root.Content[i].Value, root.Content[i+1]); err != nil {
			return err
		}
	}
	return nil
}

// mapping parses a kustomization. An alias would hide values from the guard.
func mapping(file string, data []byte) (*yaml.Node, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("read %s: %w", shown(file), err)
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("read %s: no kustomization", shown(file))
	}
	if n := aliased(&doc); n != nil {
		return nil, fmt.Errorf("read %s:%d: shopctl reads no YAML aliases in a kustomization", shown(file), n.Line)
	}
	return doc.Content[0], nil
}

func aliased(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode || n.Tag == "!!merge" {
		return n
	}
	for _, c := range n.Content {
		if a := aliased(c); a != nil {
			return a
		}
	}
	return nil
}

func (g *guard) key(file, key string, n *yaml.Node) error {
	if g.keys != nil {
		g.keys[strings.ToLower(key)] = true
	}
	switch strings.ToLower(key) {
	case "resources", "bases", "components", "generators", "transformers", "validators":
		return g.entries(file, n)
	case "commonlabels", "commonannotations", "labels", "images", "metadata", "replicas", "namespace", "nameprefix", "namesuffix", "buildmetadata":
		return nil // nothing of these is loaded
	case "helmcharts", "helmchartinflationgenerator":
		return fmt.Errorf("%s:%d: shopctl builds no Helm charts", shown(file), n.Line)
	case "patches":
		g.targets(file, n)
	}
	return g.remote(file, n)
}

// entries are files and folders; folders have kustomizations of their own.
func (g *guard) entries(file string, n *yaml.Node) error {
	for _, e := range n.Content {
		if e.Kind != yaml.ScalarNode || strings.Contains(e.Value, "\n") {
			if err := g.remote(file, e); err != nil {
				return err
			}
			continue // a generator or a transformer written in place
		}
		at := path.Join(path.Dir(file), e.Value)
		// Kustomize takes what looks like an address for one, even if a folder has
		// that very name.
		address := strings.ContainsAny(e.Value, ":@?") || strings.Contains(e.Value, "//") || strings.HasPrefix(strings.ToLower(e.Value), "github.com") || path.IsAbs(e.Value)
		if address || !g.Exists(at) {
			return fmt.Errorf("%s:%d: %q is not in the repository", shown(file), e.Line, e.Value)
		}
		if submodule(file) && !sameTop(file, at) {
			return fmt.Errorf("%s:%d: %q leaves the repository", shown(file), e.Line, e.Value)
		}
		if g.IsDir(at) {
			if err := g.visit(at); err != nil {
				return err
			}
		}
	}
	return nil
}

func sameTop(a, b string) bool {
	return strings.Split(shown(a), "/")[0] == strings.Split(shown(b), "/")[0]
}

// remote refuses addresses in what Kustomize loads: paths, files, envs.
func (g *guard) remote(file string, n *yaml.Node) error {
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if slices.Contains([]string{"patch", "literals", "options", "target", "inline"}, n.Content[i].Value) {
				continue
			}
			if err := g.remote(file, n.Content[i+1]); err != nil {
				return err
			}
		}
		return nil
	}
	for _, c := range n.Content {
		if err := g.remote(file, c); err != nil {
			return err
		}
	}
	if n.Kind != yaml.ScalarNode || strings.Contains(n.Value, "\n") {
		return nil
	}
	_, named, _ := strings.Cut(n.Value, "=")
	for _, v := range []string{n.Value, named} {
		v = strings.ToLower(strings.TrimSpace(v))
		if strings.HasPrefix(v, "http:") || strings.HasPrefix(v, "https:") {
			return fmt.Errorf("%s:%d: %q is not in the repository", shown(file), n.Line, n.Value)
		}
	}
	return nil
}

func (g *guard) targets(file string, n *yaml.Node) {
	for i, patch := range n.Content {
		if target := valueOf(patch, "target"); target != nil {
			var parts []string
			for j := 0; j+1 < len(target.Content); j += 2 {
				parts = append(parts, target.Content[j].Value+" "+target.Content[j+1].Value)
			}
			g.patches = append(g.patches, targeted{file, i, target.Line, strings.Join(parts, ", ")})
		}
	}
}

func valueOf(n *yaml.Node, key string) *yaml.Node {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}
