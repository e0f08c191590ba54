package intent

import (
	"encoding/json"
	"strings"

	"github.com/shopctl/shopctl/internal/shop"
)

func (o object[T]) schema() map[string]any { return schemaOf(o) }

func schemaOf(fields []field) map[string]any {
	properties := map[string]any{}
	var required []string
	for _, f := range fields {
		properties[f.key] = f.shape.schema()
		if f.required {
			required = append(required, f.key)
		}
	}
	s := map[string]any{"type": "object", "additionalProperties": false, "properties": properties}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

func (l list[T]) schema() map[string]any {
	s := map[string]any{"type": "array", "items": l.of.schema(), "maxItems": l.max}
	if l.min > 0 {
		s["minItems"] = l.min
	}
	if l.unique {
		s["uniqueItems"] = true
	}
	return s
}

func (t table[T]) schema() map[string]any {
	keys := t.key.schema()
	if len(t.miss) > 0 {
		var words []string
		for k := range t.miss {
			words = append(words, k)
		}
		keys = about(keys, map[string]any{"not": map[string]any{"enum": sorted(words)}})
	}
	return map[string]any{"type": "object", "propertyNames": keys, "additionalProperties": t.of.schema()}
}

// Schema is the published JSON schema (draft 2020-12) of a kind, for editors; nil
// for an unknown kind. It knows the form of one file; Decode knows more.
func Schema(kind shop.Kind) []byte {
	spec := specKeys(kind)
	if spec == nil {
		return nil
	}
	body := schemaOf(spec)
	names := name[string]().schema()
	switch kind {
	case shop.KindTier:
		names = tierName.schema()
	case shop.KindShopSet:
		names = about(names, map[string]any{"not": map[string]any{"pattern": "-shops$"}})
	}
	required := []string{"apiVersion", "kind", "metadata"}
	if body["required"] != nil {
		required = append(required, "spec")
	}
	out, err := json.MarshalIndent(map[string]any{
		"$schema":              "https://json-schema.org/draft/2020-12/schema",
		"$id":                  "https://shopset.dev/v1alpha1/" + strings.ToLower(string(kind)) + ".json",
		"title":                string(kind),
		"type":                 "object",
		"additionalProperties": false,
		"required":             required,
		"properties": map[string]any{
			"apiVersion": map[string]any{"const": shop.APIVersion},
			"kind":       map[string]any{"const": string(kind)},
			"metadata": map[string]any{"type": "object", "additionalProperties": false, "required": []string{"name"},
				"properties": map[string]any{"name": names}},
			"spec": body,
		},
	}, "", "  ")
	if err != nil {
		panic(err) // the tables hold nothing that JSON cannot
	}
	return append(out, '\n')
}

func specKeys(kind shop.Kind) []field {
	switch kind {
	case shop.KindPolicy:
		return policySpec
	case shop.KindTier:
		return tierSpec
	case shop.KindShopSet:
		return shopSetSpec
	case shop.KindShop:
		return shopSpec
	case shop.KindConfiguration:
		return configurationSpec
	case shop.KindCluster:
		return clusterSpec
	}
	return nil
}

// Kinds are all kinds of resource, in the order in which they build on each other.
func Kinds() []shop.Kind {
	return []shop.Kind{shop.KindPolicy, shop.KindTier, shop.KindConfiguration, shop.KindCluster, shop.KindShopSet, shop.KindShop}
}
