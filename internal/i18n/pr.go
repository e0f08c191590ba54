package i18n

import "fmt"

// PR is what `pr` says.
type PR struct {
	Help Help

	Number, Repository, Author, Opened, State, TitleHead                                         string
	Open, Merged, Closed, Draft, Conflicts, Auto, Approved, WantsChanges, None                   string
	By                                                                                           func(author, age, head, base string) string
	Title                                                                                        func(title string) string
	From                                                                                         func(head, base, repository string, ahead int) string
	WillMerge, Nothing                                                                           string
	IsLive                                                                                       func(number int, tier string) string
	Question                                                                                     func(number int) string
	Merge                                                                                        func(number int, title, base string) string
	NotMerged, NotKnown                                                                          string
	ImagesSet, PullOpened, MergesByItself, PullMerged                                            string
	NoConfiguration, NoCheckout, Detached                                                        string
	NoNumber, BadImage, NotABranch, Unprintable, OtherRepository                                 func(string) string
	NoPull                                                                                       func(number int) string
	ListThem, NameBranch, MakeOne, PushIt, ThenAgain, Promote, Resolve, See, SetForge, ImagesAre string
	MergeLater, AwaitsMerge, AwaitsWord                                                          string
}

func pr() PR {
	grace := "how long a ShopSet is degraded before it counts"
	configuration := "in the configuration repository, not in the app's"
	method := "how to merge; else what the repository allows, a merge commit before the others"
	return PR{
		Help: Help{
			Line:  "pull requests on the right branch of the app or configuration repository",
			About: "The right branch is tier-0. What goes further up is promoted, never merged.",
			Examples: []Example{
				{"shopctl pr create", "of the branch that is checked out"},
				{"shopctl pr create --image web=registry.example/web:sha-123 --auto", "after a build, without a checkout"},
				{"shopctl pr merge 482", "merge it and wait until it is live on tier-0"},
			},
			Subs: map[string]Help{
				"create": {
					Line:  "open a pull request into tier-0, or find the one that is open",
					About: "The branch must be on the forge. With --image shopctl makes it itself: one commit that sets the images: of the Kustomize files. It waits until the change is live only with --wait.",
					Examples: []Example{
						{"shopctl pr create --reviewer mika --label urgent", "of the branch that is checked out"},
						{"shopctl pr create --image web=registry.example/web:sha-123 --auto --wait", "from CI: merged once nothing blocks it, live on tier-0"},
					},
					Flags: map[string]string{
						"image": "set this image in the Kustomize files; may be given several times", "title": "else the commit's, or the branch's name",
						"body": "else the list of commits", "label": "may be given several times", "reviewer": "a login, or org/team; may be given several times",
						"draft": "not done yet", "head": "the branch; else the one that is checked out", "auto": "let the forge merge it once nothing blocks it",
						"method": method, "configuration": configuration, "degraded-grace": grace,
					},
				},
				"list": {
					Line: "open pull requests into tier-0", Examples: []Example{{"shopctl pr list", "of both repositories"}},
					Flags: map[string]string{"configuration": "only of the configuration repository", "web": "in the browser"},
				},
				"show": {
					Line: "one pull request: reviews, checks, what is missing", Examples: []Example{{"shopctl pr show 482", "of the app repository"}},
					Flags: map[string]string{"configuration": configuration, "web": "in the browser"},
				},
				"merge": {
					Line:     "merge a pull request into tier-0 and wait until it is live there",
					About:    "Exactly the commit of the preview is merged. Somebody has to reconcile tier-0 for it to go live: the workflow of `shopctl ci github` does.",
					Examples: []Example{{"shopctl pr merge 482", "and wait"}, {"shopctl pr merge 482 --yes --no-wait", "from a script"}},
					Flags:    map[string]string{"method": method, "configuration": configuration, "degraded-grace": grace},
				},
			},
		},
		Number: "PR", Repository: "REPOSITORY", Author: "AUTHOR", Opened: "OPENED", State: "STATE", TitleHead: "TITLE",
		Open: "open", Merged: "merged", Closed: "closed", Draft: "draft", Conflicts: "conflicts", Auto: "merges by itself",
		Approved: "approved", WantsChanges: "wants changes", None: "No pull request into tier-0 is open.",
		By: func(author, age, head, base string) string {
			return fmt.Sprintf("%s, %s ago, %s -> %s", author, age, head, base)
		},
		Title: func(title string) string { return "Pull request  " + title },
		From: func(head, base, repository string, ahead int) string {
			text := fmt.Sprintf("%s -> %s of the %s repository", head, base, repository)
			if ahead > 0 {
				text += ", " + count(ahead, "commit")
			}
			return text
		},
		WillMerge: "it merges by itself once nothing blocks it",
		Nothing:   "tier-0 has it already: nothing to propose.",
		IsLive: func(number int, tier string) string {
			return fmt.Sprintf("#%d is merged and live on %s.", number, tier)
		},
		Question: func(number int) string { return fmt.Sprintf("Merge #%d?", number) },
		Merge: func(number int, title, base string) string {
			return fmt.Sprintf("Merge #%d  %s -> %s", number, title, base)
		},
		NotMerged: "it is not merged yet", NotKnown: "the forge does not say yet whether it can be merged",
		ImagesSet: "Images set on a branch", PullOpened: "Pull request is open", MergesByItself: "The forge merges it when it may", PullMerged: "Merged",
		NoConfiguration: "this system has no configuration repository",
		NoCheckout:      "this directory is no checkout, so there is no branch to take",
		Detached:        "no branch is checked out here",
		NoNumber:        func(text string) string { return fmt.Sprintf("%q is no number of a pull request", text) },
		BadImage:        func(text string) string { return fmt.Sprintf("%q is no image", text) },
		NotABranch:      func(name string) string { return fmt.Sprintf("%q is no branch of a change", name) },
		Unprintable:     func(flag string) string { return flag + " has control characters" },
		OtherRepository: func(dir string) string {
			return dir + " is a checkout of neither the app nor the configuration repository"
		},
		NoPull: func(number int) string {
			return fmt.Sprintf("there is no pull request #%d, or you may not see it", number)
		},
		ListThem: "see them", NameBranch: "name it", MakeOne: "make one", PushIt: "push it", ThenAgain: "try again", Promote: "a promotion is a push",
		Resolve: "mend it", See: "see it", SetForge: "in .shopctl.yml", ImagesAre: "they have", MergeLater: "try again",
		AwaitsMerge: "waits to be merged", AwaitsWord: "waits for the forge to say whether it merges",
	}
}

// changeStops are what stops a person's change into tier-0.
func changeStops() map[string]func(StopFacts) string {
	return map[string]func(StopFacts) string{
		"needs-forge": func(StopFacts) string { return "this system has no forge, so it has no pull requests" },
		"no-image": func(f StopFacts) string {
			return fmt.Sprintf("no Kustomize file of the %s repository has the image %s", f.Repository, f.Text)
		},
		"image-by-hand": func(f StopFacts) string { return "the image cannot be set in place: " + f.Text },
		"no-head": func(f StopFacts) string {
			return fmt.Sprintf("the %s repository has no branch %s", f.Repository, f.Text)
		},
		"head-differs": func(f StopFacts) string {
			return fmt.Sprintf("%s is at %s there, and at another commit here", f.Text, f.Commit)
		},
		"no-pull": func(f StopFacts) string {
			return fmt.Sprintf("there is no pull request #%s, or you may not see it", f.Text)
		},
		"not-a-change": func(f StopFacts) string {
			return fmt.Sprintf("#%s goes into %s: that is a promotion, and no button makes one", f.Text, f.Tier)
		},
		"taken-back": func(f StopFacts) string {
			return fmt.Sprintf("#%s brought these images as %s, and tier-0 has others since", f.Text, f.Commit)
		},
		"pull-closed":    func(f StopFacts) string { return fmt.Sprintf("#%s was closed without being merged", f.Text) },
		"pull-draft":     func(f StopFacts) string { return fmt.Sprintf("#%s is a draft", f.Text) },
		"pull-conflicts": func(f StopFacts) string { return fmt.Sprintf("#%s conflicts with tier-0", f.Text) },
	}
}
