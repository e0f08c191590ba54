package cli

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/shopctl/shopctl/internal/shop"
)

// target is a tier, a ShopSet or a shop; Tier is where the other two live.
type target struct {
	Tier    shop.Tier
	ShopSet shop.ShopSetID // of a ShopSet or a shop
	Shop    shop.ShopID    // of a shop
}

// findTarget finds a TARGET. A name that is a ShopSet and a shop is refused
// unless it is written shopset/NAME or shop/NAME.
func findTarget(c *Call, w World, have shop.State, text string) (target, error) {
	name, kind := text, ""
	if k, rest, has := strings.Cut(text, "/"); has && (k == "shopset" || k == "shop") {
		kind, name = k, rest
	}
	if shop.Tier(name).Number() >= 0 && kind == "" {
		_, err := findTier(c, have, name)
		return target{Tier: shop.Tier(name)}, err
	}
	set, isSet := findShopSet(have, shop.ShopSetID(name))
	one, isShop, err := findShop(w, name)
	switch {
	case err != nil:
		return target{}, err
	case isSet && isShop && kind == "":
		return target{}, &Fail{Code: Ambiguous, Message: c.Text.Find.ShopSetAndShop(name), Hints: []Hint{
			{Text: c.Text.Find.TheShopSet, Command: c.instead(text, "shopset/"+name)},
			{Text: c.Text.Find.TheShop, Command: c.instead(text, "shop/"+name)},
		}}
	case isSet && kind != "shop":
		return set, nil
	case isShop && kind != "shopset":
		return one, nil
	}
	if kind == "shop" {
		return target{}, c.unknownShop(w, shop.ShopID(name))
	}
	return target{}, c.noTarget(have, kind, name)
}

func (c *Call) noTarget(have shop.State, kind, name string) error {
	f := &Fail{Code: NoSuchShop, Message: c.Text.Find.NoTarget(name)}
	known := append(tierNames(have), shopSetNames(have)...)
	if kind == "shopset" {
		f.Code, f.Message, known = NoSuchShopSet, c.Text.Find.NoShopSet(name), shopSetNames(have)
	}
	f.Hints = guesses(c.Text, name, known, func(guess string) string { return c.instead(name, guess) })
	if len(f.Hints) == 0 {
		f.Hints = []Hint{{Text: c.Text.Find.LookAtAll, Command: "shopctl status"}}
	}
	return f
}

func shopSetNames(have shop.State) (names []string) {
	for _, t := range have.Tiers {
		for _, s := range t.ShopSets {
			names = append(names, string(s.Name))
		}
	}
	return names
}

func findShopSet(have shop.State, name shop.ShopSetID) (target, bool) {
	for _, t := range have.Tiers {
		for _, s := range t.ShopSets {
			if s.Name == name {
				return target{Tier: t.Spec.Name, ShopSet: name}, true
			}
		}
	}
	return target{}, false
}

func findShop(w World, name string) (target, bool, error) {
	if !shop.ValidName(name) {
		return target{}, false, nil
	}
	s, set, err := w.Shop(shop.ShopID(name))
	if errors.Is(err, fs.ErrNotExist) {
		return target{}, false, nil
	}
	return target{Tier: set.Tier, ShopSet: s.ShopSet, Shop: s.Name}, err == nil, err
}

// mustShop is the shop of --shop.
func mustShop(c *Call, w World, name string) (target, error) {
	one, ok, err := findShop(w, name)
	if err == nil && !ok {
		err = c.unknownShop(w, shop.ShopID(name))
	}
	return one, err
}
