package stack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
)

const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"

// install creates the custom resource definitions and waits until each of them is served.
func (k *Kube) install(ctx context.Context, files []string) error {
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var made struct {
			Metadata struct{ Name string }
		}
		if err := k.Send(ctx, http.MethodPost, definitions, YAML, data, &made); err != nil {
			return fmt.Errorf("install %q: %w", file, err)
		}
		if err := eventually(ctx, made.Metadata.Name, k.APIServer, func(ctx context.Context) error {
			return k.served(ctx, made.Metadata.Name)
		}); err != nil {
			return err
		}
	}
	return nil
}

// served reports whether the objects of a definition can be listed.
func (k *Kube) served(ctx context.Context, definition string) error {
	var d struct {
		Spec struct {
			Group    string
			Names    struct{ Plural string }
			Versions []struct {
				Name    string
				Storage bool
			}
		}
	}
	if err := k.Get(ctx, definitions+"/"+definition, &d); err != nil {
		return err
	}
	for _, v := range d.Spec.Versions {
		if v.Storage {
			return k.Get(ctx, "/apis/"+d.Spec.Group+"/"+v.Name+"/"+d.Spec.Names.Plural, nil)
		}
	}
	return errors.New("no version is stored")
}

// create posts documents of YAML, each to its own path.
func (k *Kube) create(ctx context.Context, documents map[string][]string) error {
	for path, bodies := range documents {
		for _, body := range bodies {
			if err := k.Send(ctx, http.MethodPost, path+"?fieldValidation=Strict", YAML, []byte(body), nil); err != nil {
				return err
			}
		}
	}
	return nil
}

const argoNamespace = `apiVersion: v1
kind: Namespace
metadata: {name: argocd}
`

// configMap is a ConfigMap that Argo CD reads: only those with the label.
func configMap(name string, data map[string]string) string {
	return labelled("ConfigMap", name, "data", data)
}

func labelled(kind, name, field string, data map[string]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "apiVersion: v1\nkind: %s\nmetadata:\n  name: %s\n  labels: {app.kubernetes.io/part-of: argocd}\n", kind, name)
	if len(data) > 0 {
		fmt.Fprintf(&b, "%s:\n", field)
	}
	for k, v := range data {
		fmt.Fprintf(&b, "  %s: %q\n", k, v)
	}
	return b.String()
}
