package cli

import "strings"

// laterWords are kept for later versions.
func laterWords() []string {
	return strings.Fields("ps logs alias plugin cluster addon hook")
}

// reservedPaths are the commands of the whole tool. Those that the tree has are
// found there first; the others are answered with "not yet".
func reservedPaths() []string {
	var paths []string
	for _, row := range []string{
		"status", "diff", "promote", "rollback", "unpin", "reject", "verify", "sync", "releases show", "where", "why", "wait",
		"pr create list show merge", "open",
		"shop add list search show set move remove", "shopset list show add drain remove",
		"tier list show add freeze unfreeze", "configuration list show", "maintenance on off status",
		"ui", "activity", "reconcile", "render", "doctor",
		"init", "auth login logout status", "settings list get set unset path", "demo start reset stop tour advance break",
		"ci github", "completion", "help", "explain", "version",
	} {
		words := strings.Fields(row)
		paths = append(paths, words[0])
		for _, verb := range words[1:] {
			paths = append(paths, words[0]+" "+verb)
		}
	}
	return paths
}
