package intent

import (
	"fmt"
	"iter"
	"strings"

	"github.com/shopctl/shopctl/internal/shop"
)

// Set is the intent of a system. Build it with Load, or by Add for a part of it;
// Check then holds for what is there.
type Set struct {
	Policy         *shop.Policy
	Tiers          map[shop.Tier]*shop.TierSpec
	ShopSets       map[shop.ShopSetID]*shop.ShopSet
	Shops          map[shop.ShopID]*shop.Shop
	Configurations map[string]*shop.Configuration
	Clusters       map[string]*shop.Cluster

	// Source gives the text of a file, so that Check can name lines. It is asked
	// only about files with mistakes. nil: no lines.
	Source func(file string) []byte
}

// Load decodes every file and checks them together. Files that hold no resource
// are passed over, but not a stray one in a folder of resources. The error is
// Errors with every mistake.
func Load(files iter.Seq2[string, []byte]) (*Set, error) {
	s := &Set{}
	sources := map[string][]byte{}
	s.Source = func(file string) []byte { return sources[file] }
	var errs Errors
	for file, data := range files {
		if _, _, ok := Identify(file); !ok {
			if e := stray(file, data); e != nil {
				errs = append(errs, e)
			}
			continue
		}
		sources[file] = data
		r, err := Decode(file, data)
		if err != nil {
			errs = append(errs, err.(Errors)...)
			continue
		}
		s.Add(r)
	}
	if _, has := sources[policyFile]; !has {
		errs = append(errs, &Error{File: policyFile, Message: "the file is missing"})
	}
	if len(errs) == 0 {
		return s, s.Check()
	}
	return s, errs.orNil()
}

// Add puts a resource into the set, in place of one with the same name.
func (s *Set) Add(r Resource) {
	switch r := r.(type) {
	case *shop.Policy:
		s.Policy = r
	case *shop.TierSpec:
		put(&s.Tiers, r.Name, r)
	case *shop.ShopSet:
		put(&s.ShopSets, r.Name, r)
	case *shop.Shop:
		put(&s.Shops, r.Name, r)
	case *shop.Configuration:
		put(&s.Configurations, r.Name, r)
	case *shop.Cluster:
		put(&s.Clusters, r.Name, r)
	}
}

func put[K comparable, V any](m *map[K]V, k K, v V) {
	if *m == nil {
		*m = map[K]V{}
	}
	(*m)[k] = v
}

// stray says why a file that looks like a resource is none. A shop in a wrong
// folder would be a second home of it.
func stray(file string, data []byte) *Error {
	folder, rest, nested := strings.Cut(file, "/")
	kind, resources := folders[folder]
	yaml := strings.HasSuffix(file, ".yaml") || strings.HasSuffix(file, ".yml")
	if !yaml || !resources || !nested {
		if file == "policy.yml" {
			return &Error{File: file, Message: "no place for a resource", Hint: "call it " + policyFile}
		}
		return nil
	}
	name := rest[strings.LastIndexByte(rest, '/')+1:]
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".yaml"), ".yml")
	if !shop.ValidName(name) {
		return &Error{File: file, Message: fmt.Sprintf("%q is no name of a %s", name, kind), Hint: "lower-case letters, digits and inner hyphens, at most 63"}
	}
	e := &Error{File: file, Message: fmt.Sprintf("no place for a %s", kind), Hint: fmt.Sprintf("%q belongs in %s", name, Path(kind, name))}
	if len(data) > 0 {
		e.Line = 1
	}
	return e
}
