package i18n

// Version is what `version` says.
type Version struct {
	Help Help
}

func version() Version {
	return Version{Help: Help{
		Line:     "this version, and how it was built",
		Examples: []Example{{"shopctl version", "for a bug report"}, {"shopctl version --json=version --jq .version", "the number alone"}},
	}}
}
