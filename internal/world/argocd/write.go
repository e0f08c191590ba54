package argocd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"

	"github.com/argoproj/argo-cd/v2/pkg/apis/application"
	"go.yaml.in/yaml/v3"
)

// SyncRequest is how to sync. The zero value syncs to the branch's tip without
// deleting anything.
type SyncRequest struct {
	Revision string `json:"revision,omitempty"` // full commit id; refused by Argo CD for an Application that syncs by itself
	Prune    bool   `json:"prune,omitempty"`    // delete objects that git no longer has
	DryRun   bool   `json:"dryRun,omitempty"`   // only try
}

// Sync asks Argo CD to make the cluster as git says, and does not wait for it:
// Application.Requested, then Phase, tell how it goes on.
func (c *Client) Sync(ctx context.Context, name string, r SyncRequest) error {
	body, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("sync application %q: %w", name, err)
	}
	return c.post(ctx, call{op: "sync application", app: name,
		path: []string{"api", "v1", "applications", name, "sync"}, body: body})
}

// Upsert creates or replaces the AppProjects and Applications of a YAML stream,
// projects first, and stops at the first that is refused. Any other kind is an
// error, and then nothing is sent. Again with the same content changes nothing.
func (c *Client) Upsert(ctx context.Context, manifests []byte) error {
	calls, err := upserts(manifests)
	if err != nil {
		return err
	}
	for _, q := range calls {
		if err := c.post(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

func upserts(manifests []byte) ([]call, error) {
	var projects, applications []call
	dec := yaml.NewDecoder(bytes.NewReader(manifests))
	for {
		var doc map[string]any
		if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("read a manifest for Argo CD: %w", err)
		}
		if doc == nil {
			continue
		}
		metadata, _ := doc["metadata"].(map[string]any)
		name, _ := metadata["name"].(string)
		switch doc["kind"] {
		case application.AppProjectKind:
			body, err := json.Marshal(map[string]any{"project": doc, "upsert": true})
			if err != nil {
				return nil, fmt.Errorf("write project %q: %w", name, err)
			}
			projects = append(projects, call{op: "write project", app: name,
				path: []string{"api", "v1", "projects"}, body: body})
		case application.ApplicationKind:
			body, err := json.Marshal(doc)
			if err != nil {
				return nil, fmt.Errorf("write application %q: %w", name, err)
			}
			applications = append(applications, call{op: "write application", app: name,
				path: []string{"api", "v1", "applications"}, query: url.Values{"upsert": {"true"}}, body: body})
		default:
			return nil, fmt.Errorf("write %q to Argo CD: kind %v is neither AppProject nor Application", name, doc["kind"])
		}
	}
	return slices.Concat(projects, applications), nil
}

func (c *Client) post(ctx context.Context, q call) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	q.method = http.MethodPost
	resp, err := c.do(ctx, q)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}
