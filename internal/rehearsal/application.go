package rehearsal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/shopctl/shopctl/internal/world/git"
)

var errBusy = errors.New("another operation is already in progress")

// application is an Application as it was asked for.
type application struct {
	Metadata struct {
		Name        string            `json:"name" yaml:"name"`
		Namespace   string            `json:"namespace,omitempty" yaml:"namespace"`
		Labels      map[string]string `json:"labels,omitempty" yaml:"labels"`
		Annotations map[string]string `json:"annotations,omitempty" yaml:"annotations"`
	} `json:"metadata" yaml:"metadata"`
	Spec spec   `json:"spec" yaml:"spec"`
	Root string `json:"root,omitempty" yaml:"-"` // the root Application that brought it; empty: the API
}

// spec is an Application's spec: what is needed of it, and all of it.
type spec struct {
	Project string
	Source  struct {
		RepoURL        string `json:"repoURL"`
		Path           string `json:"path"`
		TargetRevision string `json:"targetRevision"`
	}
	Destination struct {
		Namespace string `json:"namespace"`
	}
	SyncPolicy struct {
		Automated *struct{} `json:"automated"`
	} `json:"syncPolicy"`

	whole json.RawMessage
}

type plainSpec spec

// UnmarshalJSON reads what is needed and keeps all.
func (s *spec) UnmarshalJSON(b []byte) error {
	if err := json.Unmarshal(b, (*plainSpec)(s)); err != nil {
		return err
	}
	s.whole = slices.Clone(b)
	return nil
}

// MarshalJSON gives back all that was read.
func (s spec) MarshalJSON() ([]byte, error) { return s.whole, nil }

// UnmarshalYAML goes by way of JSON.
func (s *spec) UnmarshalYAML(n *yaml.Node) error {
	var all map[string]any
	if err := n.Decode(&all); err != nil {
		return err
	}
	b, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return s.UnmarshalJSON(b)
}

// automated reports whether Argo CD syncs by itself.
func (app application) automated() bool { return app.Spec.SyncPolicy.Automated != nil }

// applicationsIn reads the Applications of a folder of manifests.
func applicationsIn(repo Repository, tree string) ([]application, error) {
	id, err := git.ParseID(tree)
	if err != nil {
		return nil, err
	}
	entries, err := repo.Tree(id)
	if err != nil {
		return nil, err
	}
	var apps []application
	for _, e := range entries {
		if !strings.HasSuffix(e.Name, ".yaml") {
			continue
		}
		data, err := repo.Blob(e.ID)
		if err != nil {
			return nil, err
		}
		more, err := readApplications(data)
		if err != nil {
			return nil, fmt.Errorf("read %q: %w", e.Name, err)
		}
		apps = append(apps, more...)
	}
	return apps, nil
}

// readApplications reads the Applications of a file and skips other kinds.
func readApplications(data []byte) ([]application, error) {
	var apps []application
	err := documents(data, func(kind string, n *yaml.Node) error {
		if kind != "Application" {
			return nil
		}
		var app application
		if err := n.Decode(&app); err != nil {
			return err
		}
		apps = append(apps, app)
		return nil
	})
	return apps, err
}

// readProjects reads the AppProjects of a file, by name.
func readProjects(data []byte) (map[string]json.RawMessage, error) {
	projects := map[string]json.RawMessage{}
	err := documents(data, func(kind string, n *yaml.Node) error {
		if kind != "AppProject" {
			return nil
		}
		var named struct{ Metadata struct{ Name string } }
		var whole map[string]any
		if err := errors.Join(n.Decode(&named), n.Decode(&whole)); err != nil {
			return err
		}
		b, err := json.Marshal(whole)
		projects[named.Metadata.Name] = b
		return err
	})
	return projects, err
}

// documents calls do with the kind of each document of a file.
func documents(data []byte, do func(kind string, n *yaml.Node) error) error {
	for d := yaml.NewDecoder(bytes.NewReader(data)); ; {
		var n yaml.Node
		switch err := d.Decode(&n); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		var head struct{ Kind string }
		if err := n.Decode(&head); err != nil {
			return err
		}
		if err := do(head.Kind, &n); err != nil {
			return err
		}
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:20])
}
