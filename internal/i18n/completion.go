package i18n

// Completion is what `completion` says.
type Completion struct {
	Help Help
}

func completion() Completion {
	return Completion{Help: Help{
		Line:  "print the completion script of a shell",
		About: "The script asks shopctl for the words; it runs no command and evaluates nothing.",
		Examples: []Example{
			{"shopctl completion bash > ~/.local/share/bash-completion/completions/shopctl", "bash"},
			{`shopctl completion zsh > "${fpath[1]}/_shopctl"`, "zsh"},
			{"shopctl completion fish > ~/.config/fish/completions/shopctl.fish", "fish"},
		},
	}}
}
