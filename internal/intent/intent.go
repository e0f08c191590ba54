// Package intent reads and writes the resources of system@main: which tiers,
// ShopSets and shops there are, and what is pinned, frozen or closed. It decodes
// strictly and names file and line of every mistake. It fetches nothing, reads no
// clock and decides nothing about releases.
//
//	r, err := intent.Decode("tiers/tier-1.yaml", data)
//	// tiers/tier-1.yaml:7: unknown key "soack" (did you mean "soak"?)
package intent

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/shopctl/shopctl/internal/shop"
)

// Resource is one of *shop.Policy, *shop.TierSpec, *shop.ShopSet, *shop.Shop,
// *shop.Configuration and *shop.Cluster.
type Resource any

const policyFile = "policy.yaml"

// folders hold one file a resource; shops have a further level of folders.
var folders = map[string]shop.Kind{
	"tiers":          shop.KindTier,
	"configurations": shop.KindConfiguration,
	"clusters":       shop.KindCluster,
	"shopsets":       shop.KindShopSet,
	"shops":          shop.KindShop,
}

// Path is where a resource lies on system@main. The Policy has one place,
// whatever its name.
func Path(kind shop.Kind, name string) string {
	switch kind {
	case shop.KindPolicy:
		return policyFile
	case shop.KindTier:
		return "tiers/" + name + ".yaml"
	case shop.KindConfiguration:
		return "configurations/" + name + ".yaml"
	case shop.KindCluster:
		return "clusters/" + name + ".yaml"
	case shop.KindShopSet:
		return "shopsets/" + name + ".yaml"
	case shop.KindShop:
		return "shops/" + bucket(name) + "/" + name + ".yaml"
	}
	return ""
}

// bucket spreads the shops over 256 folders, so that none grows beyond what a
// forge shows and a push can carry.
func bucket(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:1])
}

// Identify tells which resource a file of system@main holds; the name of the
// Policy stands only inside its file, so it is empty. ok is false for every other
// file, bootstrap/ among them.
func Identify(path string) (kind shop.Kind, name string, ok bool) {
	if path == policyFile {
		return shop.KindPolicy, "", true
	}
	folder, _, _ := strings.Cut(path, "/")
	kind, ok = folders[folder]
	if !ok {
		return "", "", false
	}
	name, ok = strings.CutSuffix(path[strings.LastIndexByte(path, '/')+1:], ".yaml")
	if !ok || !shop.ValidName(name) || Path(kind, name) != path {
		return "", "", false
	}
	return kind, name, true
}

// KindOf is the kind of a resource, empty for anything else.
func KindOf(r Resource) shop.Kind {
	switch r.(type) {
	case *shop.Policy:
		return shop.KindPolicy
	case *shop.TierSpec:
		return shop.KindTier
	case *shop.ShopSet:
		return shop.KindShopSet
	case *shop.Shop:
		return shop.KindShop
	case *shop.Configuration:
		return shop.KindConfiguration
	case *shop.Cluster:
		return shop.KindCluster
	}
	return ""
}

// NameOf is the name of a resource, empty for anything else.
func NameOf(r Resource) string {
	switch r := r.(type) {
	case *shop.Policy:
		return r.Name
	case *shop.TierSpec:
		return string(r.Name)
	case *shop.ShopSet:
		return string(r.Name)
	case *shop.Shop:
		return string(r.Name)
	case *shop.Configuration:
		return r.Name
	case *shop.Cluster:
		return r.Name
	}
	return ""
}
