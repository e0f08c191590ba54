package i18n

// pagesOfChanges explain what can go wrong with a person's change into tier-0.
func pagesOfChanges() map[string]Page {
	return map[string]Page{
		"SHOP-2031": {"the system has no forge", "Pull requests, checks and reviews need one, and .shopctl.yml says forge: git.", "Write forge: github into .shopctl.yml, or merge with git: a push to tier-0 does the same."},
		"SHOP-2032": {"this needs a terminal", "The board draws on a full screen and reads keys; here input or output is a file or a pipe.", "Run it in a terminal; in a script take shopctl status --watch or shopctl status --json."},
		"SHOP-5031": {"no such pull request", "The repository has none of that number, or your token may not see it.", "Run shopctl pr list. Of the configuration repository: add --configuration."},
		"SHOP-5032": {"the branch is not on the forge", "A pull request is made of a branch that the forge has.", "Push it with the line in the hint, then run the command again."},
		"SHOP-5033": {"no file has the image", "No kustomization.yaml of the repository has an entry of that name under images:.", "Look at the names there, or add the entry once by hand."},
		"SHOP-6031": {"the forge holds the merge back", "A required check or a review is missing.", "See what with shopctl pr show NUMBER. With shopctl pr create --auto the forge merges it by itself then."},
		"SHOP-7031": {"the branch on the forge is another one", "What was pushed is not what is checked out here.", "Push it, then run the command again."},
		"SHOP-7032": {"the image cannot be set in place", "Its entry is written in one line, or refers to another one.", "Write the entry over several lines, - name: first, or set the image by hand."},
		"SHOP-7033": {"the pull request cannot be merged", "It is closed, a draft, or in conflict with tier-0.", "Do what the error says, push, and run the command again."},
		"SHOP-7034": {"this is a promotion", "A pull request into a higher tier is the record of a promotion. A merge button would make another commit, and no tier above could be fast-forwarded again.", "Run shopctl promote TIER; its push closes the pull request."},
	}
}
