package render

import (
	"fmt"
	"path"
)

// Services are the names of the Services that a base brings, in the order in
// which it builds them: what init chooses from.
func Services(base string, app Tree) (names []string, err error) {
	const dir = "shopsets/inspected"
	w := &clone{base: app, files: Files{
		dir + "/kustomization.yaml": document(object{"resources": []string{path.Join("../../base", base)}}),
	}}
	built, err := w.build(dir)
	if err != nil {
		return nil, fmt.Errorf("look for Services: %w", err)
	}
	for _, r := range built.Resources() {
		if r.GetKind() == "Service" && r.GetGvk().Group == "" {
			names = append(names, r.GetName())
		}
	}
	return names, nil
}
