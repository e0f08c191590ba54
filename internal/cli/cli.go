// Package cli is the command line: one file a command, and the frame that all
// of them share. It decides how things are asked for and answered; what has to
// happen is decided in plan, and done through the World that main gives.
//
// How to add a command:
//
//  1. i18n/<name>.go: a type with `Help Help` and the command's sentences, and a
//     function with the English ones; a field in i18n.Text and a line in i18n.For.
//  2. cli/<name>.go: a function that returns the Command: Name, Group, Help, Args,
//     Flags (a Value makes a flag take one), Mutates, Kind and Fields for JSON, Run.
//  3. One line in commands, below.
//  4. Run(ctx, c): c.Arg, c.Is, c.String, c.Duration read the line, which is checked
//     by then; c.System and c.World reach out; c.Talk and c.Say talk on stderr.
//  5. Show the preview on c.Talk, stop if c.DryRun, c.Confirm, act, wait if c.Waits.
//  6. Return c.Show(Result{Value, Rows, Human}) once, at the end: stdout is the result.
//  7. Go wrong with a *Fail (its code decides the exit code), an Exit for
//     --exit-code, or errors.Join of several. Errors of other packages get their
//     code in classify.go. A new code: codes.go and its page in i18n/pages.go.
//  8. Values for the TAB key: a Completer on the flag or argument.
//  9. cmd/shopctl/testdata/script/<name>.txtar shows it with the real binary.
//
// Example:
//
//	func unpin() *Command {
//		return &Command{
//			Name: "unpin", Group: Release, Help: func(t *i18n.Text) i18n.Help { return t.Unpin.Help },
//			Args: []Arg{{Name: "TIER", Complete: completeTiers}},
//			Mutates: true, Kind: "Unpin", Fields: unpinResult{}, Run: runUnpin,
//		}
//	}
package cli

// commands is every command, in the order in which help lists them.
func commands() []*Command {
	return []*Command{
		statusCommand(),
		diffCommand(),
		promoteCommand(),
		rollbackCommand(),
		unpinCommand(),
		rejectCommand(),
		verifyCommand(),
		syncCommand(),
		releasesCommand(),
		whereCommand(),
		whyCommand(),
		waitCommand(),
		openCommand(),
		shopCommand(),
		shopSetsCommand(),
		prCommand(),
		tierCommand(),
		configurationCommand(),
		maintenanceCommand(),
		uiCommand(),
		activityCommand(),
		reconcileCommand(),
		renderCommand(),
		doctorCommand(),
		initCommand(),
		authCommand(),
		settingsCommand(),
		demoCommand(),
		ciCommand(),
		completionCommand(),
		helpCommand(),
		explainCommand(),
		versionCommand(),
	}
}

// tree is the whole command line; its root is the program itself.
func tree() *Command {
	root := &Command{Name: "shopctl", Subs: commands()}
	return root.adopt()
}
