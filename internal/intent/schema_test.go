package intent

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/shopctl/shopctl/internal/shop"
)

// The published schemas are those of the tables.
func TestPublishedSchemas(t *testing.T) {
	for _, kind := range Kinds() {
		published := filepath.Join("..", "..", "docs", "schemas", strings.ToLower(string(kind))+".json")
		if os.Getenv("UPDATE") == "1" {
			if err := os.WriteFile(published, Schema(kind), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		have, err := os.ReadFile(published)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(have), string(Schema(kind))); diff != "" {
			t.Errorf("%s differs (UPDATE=1 writes it anew):\n%s", published, diff)
		}
	}
}

func compiled(t *testing.T, kind shop.Kind) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema(kind)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// plainValue is a document as a JSON schema sees it: a YAML time is text.
func plainValue(t *testing.T, data []byte) any {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	var textTimes func(n *yaml.Node)
	textTimes = func(n *yaml.Node) {
		if n.Tag == "!!timestamp" {
			n.Tag = "!!str"
		}
		for _, c := range n.Content {
			textTimes(c)
		}
	}
	textTimes(&doc)
	var v any
	if err := doc.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// The schemas take every field of every kind, and what the tests load.
func TestSchemasTakeGoodFiles(t *testing.T) {
	for _, r := range examples() {
		data, err := Encode(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := compiled(t, KindOf(r)).Validate(plainValue(t, data)); err != nil {
			t.Errorf("%v\n%s", err, data)
		}
	}
	files := world()
	archive, err := txtar.ParseFile(filepath.Join("..", "render", "testdata", "system.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		if name, of := strings.CutPrefix(f.Name, "intent/"); of {
			files[name] = f.Data
		}
	}
	for file, data := range files {
		kind, _, ok := Identify(file)
		if !ok {
			continue
		}
		if err := compiled(t, kind).Validate(plainValue(t, data)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestSchemasRefuseMistakes(t *testing.T) {
	tier := func(spec ...string) []byte { return file("Tier", "tier-1", spec...) }
	for kind, files := range map[shop.Kind][][]byte{
		"Tier": {
			tier("soack: 4h"), tier("gates: {soack: 4h}"), tier("gates: {soak: 4 hours}"), tier("sync: never"), tier("pin: {app: 0123}"), tier("pin: {}"),
			tier("freeze: {until: 2026-01-31}"), tier("maintenance: {reason: x}"), tier("gates: {checks: some}"), tier("gates: {verify: maybe}"),
			tier("gates: {http: [{name: x, url: \"http://h\"}]}"), tier("gates: {windows: [{days: [monday], from: \"10:00\", to: \"11:00\", zone: UTC}]}"),
			file("Tier", "gold", "sync: auto"), file("Shop", "tier-1", "sync: auto"),
		},
		"Shop": {
			file("Shop", "hana", "shopset: s"), file("Shop", "hana", "hosts: [a.b]"), file("Shop", "hana", "shopset: s", "hosts: []"), file("Shop", "hana", "shopset: S_", "hosts: [a.b]"),
			file("Shop", "hana", "shopset: s", "hosts: [a.b, a.b]"), file("Shop", "hana", "shopset: s", "hosts: [\"https://a.b\"]"), file("Shop", "Hana", "shopset: s", "hosts: [a.b]"),
		},
		"ShopSet":       {file("ShopSet", "a-shops", "tier: tier-0", "configuration: c", "cluster: k"), file("ShopSet", "a", "tier: gold", "configuration: c", "cluster: k"), file("ShopSet", "a", "tier: tier-0", "configuration: c", "cluster: k", "shops: 2501"), file("ShopSet", "a", "tier: tier-0", "configuration: c", "cluster: k", "parameters: {TIER: x}"), file("ShopSet", "a", "tier: tier-0", "configuration: c", "cluster: k", "parameters: {A: 1}")},
		"Policy":        {file("Policy", "p", "shops: 3"), file("Policy", "p", "repositories: {system: a/s}"), file("Policy", "p", "repositories: {system: a/s, app: a/a}", "plans: {Large: {}}"), file("Policy", "p", "repositories: {system: a/s, app: a/a}", "rejected: [{by: x}]")},
		"Configuration": {file("Configuration", "c", "port: 80"), file("Configuration", "c", "service: web", "port: 0"), file("Configuration", "c", "service: web", "base: /k8s")},
		"Cluster":       {file("Cluster", "k", "routing: ingress"), file("Cluster", "k", "destination: x", "routing: mesh"), file("Cluster", "k", "destination: x", "gateway: shops")},
	} {
		schema := compiled(t, kind)
		for i, data := range files {
			if schema.Validate(plainValue(t, data)) == nil {
				t.Errorf("%s %d: the schema takes\n%s", kind, i, data)
			}
			if _, err := Decode(Path(kind, nameIn(t, data)), data); err == nil {
				t.Errorf("%s %d: Decode takes\n%s", kind, i, data)
			}
		}
	}
}

func nameIn(t *testing.T, data []byte) string {
	t.Helper()
	v := plainValue(t, data).(map[string]any)["metadata"].(map[string]any)
	return fmt.Sprint(v["name"])
}
