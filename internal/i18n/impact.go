package i18n

import (
	"fmt"
	"strings"
)

// Impact is what is said of what a release changes in the ShopSets.
type Impact struct {
	Summary func(shops string, shopsets, lines, differ int) string
	Group   func(shops string, shopsets []string, added, removed int) string
	Unknown func(why string) string
	// Estimate has no span when n is 1.
	Estimate func(about string, n int, least, most string) string
}

func impact() Impact {
	shop := func(shops string) string {
		if shops == "1" {
			return "1 shop"
		}
		return shops + " shops"
	}
	return Impact{
		Summary: func(shops string, shopsets, lines, differ int) string {
			s := shop(shops) + " in " + counted(shopsets, "ShopSet") + ": "
			switch {
			case lines == 0:
				s += "nothing changes"
			case shopsets == 1:
				s += counted(lines, "line")
			default:
				s += "the same " + counted(lines, "line")
			}
			if differ == 1 {
				return s + "; 1 differs."
			}
			return s + fmt.Sprintf("; %d differ.", differ)
		},
		Group: func(shops string, shopsets []string, added, removed int) string {
			s := shop(shops) + " in " + strings.Join(shopsets, " ") + ": "
			if added+removed == 0 {
				return s + "nothing changes"
			}
			return s + fmt.Sprintf("%s (+%d -%d)", counted(added+removed, "line"), added, removed)
		},
		Unknown: func(why string) string { return "what changes in the ShopSets cannot be told: " + why },
		Estimate: func(about string, n int, least, most string) string {
			if n == 1 {
				return "About " + about + "."
			}
			words := map[int]string{2: "two", 3: "three", 4: "four", 5: "five"}
			return fmt.Sprintf("About %s (last %s: %s to %s).", about, words[n], least, most)
		},
	}
}
