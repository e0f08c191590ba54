package i18n

import "maps"

// pages explains every error code. A test compares it with the registry in cli.
func pages() map[string]Page {
	all := map[string]Page{
		"SHOP-1001": {"something went wrong", "No better code fits. The reason stands in the error, the whole story in the log file.", "Read the reason. Running the command again is safe: it looks first and does only what is missing."},
		"SHOP-1002": {"shopctl has a defect", "shopctl stopped in the middle of its work. Git is whole: a write happens completely or not at all.", "Run shopctl status, then the command again. Send the log file to the maintainers."},
		"SHOP-1003": {"doctor found something broken", "At least one line of doctor is marked ✗.", "Follow the fix under that line, then run shopctl doctor again."},

		"SHOP-2001": {"unknown command", "shopctl has no command of that name.", "Run shopctl help. The word that you may have meant is shown, never run."},
		"SHOP-2002": {"unknown flag", "The command has no flag of that name. Nothing was done.", "Run shopctl help COMMAND."},
		"SHOP-2003": {"a flag lacks its value", "The flag needs a value, and the line ends or another flag follows.", "Write --flag value or --flag=value. A value that begins with - needs the second form."},
		"SHOP-2004": {"a flag is given twice", "The flag takes one value, and the line has two. shopctl does not guess which one you mean.", "Keep one."},
		"SHOP-2005": {"too many arguments", "The command takes fewer arguments.", "Run shopctl help COMMAND. Words with spaces need quotes."},
		"SHOP-2006": {"a value is not of the right kind", "A duration is 30s, 15m or 4h; a number has digits only; some flags take one of a few words.", "Correct the value."},
		"SHOP-2007": {"an answer is missing", "The command asks before it acts, and there is no terminal to ask on, or --no-input is given.", "Add the flag that the hint names: --yes, or --confirm=NAME."},
		"SHOP-2008": {"an argument is missing", "The command needs one more word.", "Run shopctl help COMMAND."},
		"SHOP-2009": {"not built yet", "The word is reserved for a later version of shopctl.", "Run shopctl help to see what this version has."},
		"SHOP-2010": {"no system here", "There is no .shopctl.yml in this directory or above it, up to the root of the repository.", "Change into the app repository, give --config FILE, set one up with shopctl init, or try shopctl demo."},
		"SHOP-2011": {".shopctl.yml has a mistake", "The file is read strictly: an unknown or duplicate key, a wrong address or a missing key is an error.", "Correct the lines that the error names."},
		"SHOP-2012": {"the user's settings have a mistake", "The settings file or a SHOPCTL_ variable has an unknown key or a wrong value.", "Correct what the error names; shopctl settings path says where the file is."},
		"SHOP-2013": {"--yes is not enough", "What this changes is protected: it wants a name, so that it cannot be done by habit.", "Give --confirm=NAME with the name that the error shows."},
		"SHOP-2014": {"unknown JSON field", "The output of this command has no field of that name.", "Run the command with --json= to list the fields."},
		"SHOP-2015": {"--jq or --template does not work", "The expression does not parse, or does not fit the output.", "Try it on the whole output of --json first."},
		"SHOP-2016": {"the name is two things", "A ShopSet and a shop, or two commits, have the same name or beginning.", "Write shopset/NAME or shop/NAME, or more digits of the commit."},
		"SHOP-2017": {"git does not know who you are", "Each change is recorded with its author.", `Run git config --global user.name "…" and git config --global user.email "…".`},
		"SHOP-2018": {"this cannot be known here", "The system has argocd: none, so sync and health are unknown.", "Name an Argo CD in .shopctl.yml, or look at git alone with shopctl status."},
		"SHOP-2019": {"a reason is missing", "A freeze, a rejection or an accepted risk is recorded with its reason.", "Add -m and the reason."},
		"SHOP-2020": {"two flags exclude each other", "Together the flags have no meaning.", "Keep one."},

		"SHOP-3001": {"declined", "The answer was no. Nothing was written.", "Run the command again when you are sure."},
		"SHOP-3002": {"the wrong name", "The name that was typed or given is not the one that was asked for. Nothing was written.", "Run the command again and type the name that stands in brackets."},

		"SHOP-4001": {"not logged in", "The server asked who you are, and shopctl has nothing to show.", "Log in, or set SHOPCTL_TOKEN for the forge and ARGOCD_AUTH_TOKEN for Argo CD."},
		"SHOP-4002": {"the login is not accepted", "The token is wrong, expired or revoked.", "Log in again, or renew the token."},
		"SHOP-4003": {"no right to do this", "The server knows you and says no.", "Ask for the right to push to the branch that the error names."},

		"SHOP-5001": {"no such tier", "The system has no tier of that name.", "Run shopctl tier list."},
		"SHOP-5002": {"no such release", "No release of that number or commit is known for the tier.", "Run shopctl releases TIER."},
		"SHOP-5003": {"no such ShopSet", "The intent holds no ShopSet of that name.", "Run shopctl status."},
		"SHOP-5004": {"no such shop", "The intent holds no shop of that name.", "Look for it by name or host."},
		"SHOP-5005": {"no such error code", "shopctl never gives this code.", "Run shopctl explain to list all."},
		"SHOP-5006": {"no such repository", "There is no repository at that address, or your login may not see it.", "Compare the address in .shopctl.yml; check your login."},
		"SHOP-5007": {"no such commit", "No commit of the app or the configuration repository begins with these digits.", "Is it pushed? Give more digits, or the whole id."},
		"SHOP-5008": {"no demo runs", "The command works on the demo, and the demo does not run.", "Run shopctl demo start."},
		"SHOP-5009": {"there is no page", "The target has no page on the web: the repository lies on no forge with pages, the system has no Argo CD, or a shop has no host.", "Look in the terminal: shopctl diff, shopctl status, shopctl where."},

		"SHOP-5020": {"no such Configuration", "The intent holds no Configuration of that name.", "Run shopctl configuration list."},

		"SHOP-6001": {"the tier is pinned", "A rollback pinned the tier to a release. It stays there until somebody lifts the pin.", "Run shopctl unpin TIER, or promote with --unpin."},
		"SHOP-6002": {"the tier is frozen", "Somebody closed the tier for new releases, perhaps until a time.", "Wait with shopctl wait TIER --for open. No flag steps over a freeze."},
		"SHOP-6003": {"another promotion is on its way", "Somebody else is moving a release into the same tier.", "Wait until it is there, then look again: it may have done what you want."},
		"SHOP-6004": {"an approval is missing", "A person must say yes: by a review, or by trying the release on the tier below.", "The error says who or what is waited for."},
		"SHOP-6005": {"others write all the time", "Each try found that somebody else had written first, until the time was up. Nothing of yours was written.", "Run the command again."},

		"SHOP-6021": {"somebody changed it again", "This run had written what you asked for, and somebody else changed it before the run ended. Their word is the newer one.", "Look who it was with shopctl activity, talk, and run the command again if you still want it."},
		"SHOP-6020": {"the shop is on its way elsewhere", "A move to another ShopSet has begun and is not finished: the shop has two routes.", "Finish it with the line in the hint, then move the shop again."},

		"SHOP-7001": {"the intent has a mistake", "A file on main of the system repository is wrong: an unknown key, a wrong kind, a name used twice.", "Correct the file and line that the error names, and push."},
		"SHOP-7002": {"the tier below is not healthy", "A release moves up only while it is healthy below.", "Mend it there, or go back there."},
		"SHOP-7003": {"a tier would be skipped", "A release takes one tier after the other.", "Use shopctl promote --to TIER, which goes hop by hop."},
		"SHOP-7004": {"the release is rejected", "Somebody decided that nobody may promote it again.", "Promote a newer one."},
		"SHOP-7005": {"the branches have diverged", "A tier branch has commits that the tier below does not have. shopctl only moves branches forward.", "Bring the commits to tier-0, or undo them on the tier's branch by hand."},
		"SHOP-7006": {"a risk is not accepted", "The preview names a risk that somebody must take on.", "Read the preview, then give --accept-risk=NAME and a reason with -m."},
		"SHOP-7007": {"checks are red", "A check on the commit failed.", "Mend it; the newer commit goes to tier-0 by itself."},
		"SHOP-7008": {"the server cannot push atomically", "A promotion writes several branches at once or none; the server of this repository does not offer that.", "Use a git server with atomic push."},
		"SHOP-7009": {"a tier branch was edited by hand", "The branch of the system repository holds what shopctl did not generate.", "Look with shopctl render --check TIER, mend with shopctl reconcile TIER."},
		"SHOP-7010": {"the repository holds something else", "init found content that is not a system of shopctl. Nothing was written.", "Give an empty repository, or the right one."},
		"SHOP-7011": {"the plan changed", "While the plan ran, the world changed so that something would have to be done that nobody approved.", "Run the command again: it shows the new plan."},
		"SHOP-7012": {"the manifests do not build", "The base or the configuration cannot be rendered for this tier.", "Mend what the error names in the app or the configuration repository."},
		"SHOP-7013": {"the number of a tier branch is wrong", "A repository lacks a tier branch or has one too many.", "Run shopctl doctor, then shopctl reconcile."},
		"SHOP-7014": {"a gate is closed", "A gate of the tier does not open by itself.", "The error names the gate and what opens it."},
		"SHOP-7015": {"a rule of the branch refuses the push", "The forge has a rule on this branch that a promotion, which is a fast-forward push, cannot meet. The error names the rule.", "Set what the error says; shopctl doctor shows all rules of every tier."},
		"SHOP-7020": {"the name is in use", "Another shop or ShopSet has the name, and it is not what was asked for. Nothing was written.", "Take another name, or change the one that is there with shopctl shop set."},
		"SHOP-7021": {"the host is in use", "A hostname belongs to one shop in the whole system. Nothing was written.", "Take it from its holder first, with shopctl shop set NAME --remove-host HOST."},
		"SHOP-7022": {"no ShopSet has room", "Each ShopSet that could take the shop is full, draining, closed or not healthy; the table says which. Nothing was written.", "Add a ShopSet with shopctl shopset add, raise its capacity in the intent, or name one with --shopset."},
		"SHOP-7023": {"the ShopSet still serves", "Shops have their routes in it, or the wildcard leads there. Nothing was written.", "Move them away with shopctl shopset drain NAME."},

		"SHOP-8001": {"the time is up", "It has not arrived within the time limit. Nothing failed, and it goes on.", "Go on waiting with the line in the hint, or give a longer --timeout."},
		"SHOP-8002": {"a gate opens later", "A gate opens by itself at a later time.", "Run the same command again after the time that the error names."},
		"SHOP-8003": {"the soak is not over", "The release must stay healthy on the tier below for longer.", "Run the same command again after the time that the error names."},
		"SHOP-8004": {"outside the window", "The tier takes releases only at certain times.", "Run the same command again when the window opens."},
		"SHOP-8005": {"a hand step is needed", "The tier has sync: manual.", "Run shopctl sync TIER."},
		"SHOP-8006": {"checks are not through", "A check on the commit still runs, or was never reported.", "Run the same command again when it is through. A check that nobody runs is named in gates.checks of the tier's file."},

		"SHOP-9001": {"something is unhealthy", "At least one tier, ShopSet or shop is in a bad state.", "Run shopctl status; the reason stands under the table."},
		"SHOP-9002": {"the sync failed", "Argo CD could not apply what git says.", "Read its message; mend the manifests, or go back with shopctl rollback TIER."},
		"SHOP-9003": {"the release did not become healthy", "It arrived and stayed in a bad state.", "Read the app's own words in the error; go back with shopctl rollback TIER."},
		"SHOP-9004": {"the gateway refuses a route", "The shop is written and its route is in the cluster, but the gateway does not take it, so its customers are not served by it. A move keeps the old route.", "Read what the gateway says; change the hosts with shopctl shop set, or have the gateway changed. Then run the same command again."},

		"SHOP-B001": {"the repository cannot be reached", "The server of the repository does not answer.", "Look at your network, then try again."},
		"SHOP-B002": {"Argo CD cannot be reached", "Argo CD does not answer. What it would say is unknown, not good.", "Try again. Commands that need git alone still work."},
		"SHOP-B003": {"the forge cannot be reached", "The forge's API does not answer, or asks to come back later.", "Try again later."},
		"SHOP-B005": {"a gate does not answer", "The address or the program that decides about this tier gave no answer within its time. No answer is not yes.", "Run the same command again; shopctl why TIER says what is asked."},
		"SHOP-B004": {"the forge allows no more calls", "The calls of this login are used up for now, by shopctl or by other tools of the same person.", "Try again after the time that the error names."},
	}
	maps.Copy(all, pagesOfChanges())
	return all
}
