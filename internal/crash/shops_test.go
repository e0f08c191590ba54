//go:build unix

package crash

import (
	"fmt"
	"slices"
	"strings"
)

// shopLife is what a person does with a shop of his own: it comes, changes its
// ShopSet in two steps, for nobody can tell here when a route is accepted, gets
// one more host, is closed and opened, and every second one leaves again.
func shopLife(n, round int) [][]string {
	name := fmt.Sprintf("life-%d-%d", n, round)
	to := "s-201"
	if round%2 == 0 {
		to = "s-101"
	}
	life := [][]string{
		{"shop", "add", name, "--host", name + ".example.com", "--tier", tier(crowdTiers - 1)},
		{"shop", "move", name, "--shopset", to, "--yes"},
		{"shop", "move", name, "--shopset", to, "--yes"},
		{"shop", "set", name, "--add-host", "www." + name + ".example.com", "--yes"},
		{"maintenance", "on", "--shop", name, "--for", "30m", "--yes"},
		{"maintenance", "off", "--shop", name},
	}
	if round%2 == 1 {
		life = append(life, []string{"shop", "remove", name, "--confirm=" + name, "--accept-risk=remove-shop", "-m", "closed"})
	}
	return life
}

// shopUnkept says what is missing of a deed about a shop that was acknowledged.
// Each shop is one person's, whose deeds come one after the other.
func (s snapshot) shopUnkept(d deed) string {
	if !s.wrote(d, strings.Join(d.args[:3], " ")) {
		return "main has no commit of it"
	}
	routes := 0
	for _, tree := range s.trees {
		for file := range tree {
			if strings.HasSuffix(file, "/shops/"+d.args[2]+".yaml") && strings.HasPrefix(file, "shopsets/") {
				routes++
			}
		}
	}
	if d.args[1] == "remove" && routes != 0 {
		return fmt.Sprintf("it has %d routes yet", routes)
	}
	return ""
}

// switchUnkept says what is missing of a shop that was closed or opened.
func (s snapshot) switchUnkept(d deed) string {
	title := map[string]string{"on": "close shop ", "off": "open shop "}[d.args[1]] + d.args[3]
	if !s.wrote(d, title) {
		return "main has no commit of it"
	}
	return ""
}

// wrote reports whether main has a commit of a deed.
func (s snapshot) wrote(d deed, title string) bool {
	return slices.ContainsFunc(s.system.line("main"), func(one commit) bool {
		return strings.HasPrefix(one.actor, d.name+" <") && strings.HasPrefix(one.title, title)
	})
}
