package intent

import (
	"bytes"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/shopctl/shopctl/internal/shop"
)

// Encode is the canonical file of a resource. It decodes back to the same; a
// resource that Decode would refuse is an error.
func Encode(r Resource) ([]byte, error) {
	kind, name := KindOf(r), NameOf(r)
	if kind == "" {
		return nil, fmt.Errorf("encode %T: no resource", r)
	}
	var spec yaml.Node
	if err := spec.Encode(r); err != nil {
		return nil, fmt.Errorf("encode %s %q: %w", kind, name, err)
	}
	data, err := write(struct {
		APIVersion string    `yaml:"apiVersion"`
		Kind       shop.Kind `yaml:"kind"`
		Metadata   struct {
			Name string `yaml:"name"`
		} `yaml:"metadata"`
		Spec *yaml.Node `yaml:"spec"`
	}{shop.APIVersion, kind, struct {
		Name string `yaml:"name"`
	}{name}, &spec})
	if err != nil {
		return nil, fmt.Errorf("encode %s %q: %w", kind, name, err)
	}
	if _, err := Decode(Path(kind, name), data); err != nil {
		return nil, err
	}
	return data, nil
}

// write is the one style of all files: two spaces a level.
func write(v any) ([]byte, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	if err := e.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func sorted(words []string) []string {
	slices.Sort(words)
	return words
}
