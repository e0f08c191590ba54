package world

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/shop"
)

// Limits of what is quoted in a pull request.
const (
	proposalCommits = 50
	proposalSubject = 120
)

// proposal is the text of a promotion's pull request. What people wrote stands
// in a quoted block where nothing of it acts: no markup, no HTML, no mention,
// no word that would close an issue.
func (w *World) proposal(op plan.Propose) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "This asks for approval to let a release into `%s`.\n\n", op.Tier)
	fmt.Fprintf(&b, "| | from | to |\n| --- | --- | --- |\n| app | %s | %s |\n", code(op.From.App), code(op.Release.App))
	if op.Release.Configuration != "" {
		fmt.Fprintf(&b, "| configuration | %s | %s |\n", code(op.From.Configuration), code(op.Release.Configuration))
	}
	for _, part := range []struct {
		repo     shop.Repository
		from, to shop.CommitID
	}{{shop.AppRepository, op.From.App, op.Release.App}, {shop.ConfigurationRepository, op.From.Configuration, op.Release.Configuration}} {
		if part.to == "" || part.from == part.to {
			continue
		}
		commits, err := w.Commits(part.repo, part.from, part.to, 0)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "\nCommits of the %s repository:\n\n", part.repo)
		quote(&b, commits)
	}
	b.WriteString("\nGates:\n\n> ```\n")
	for _, g := range op.Gates {
		fmt.Fprintf(&b, "> %-8s %s\n", g.Name, g.Status)
	}
	fmt.Fprintf(&b, "> ```\n\nApprove it, and `shopctl promote %s` pushes exactly these commits to `%s`, which closes this pull request. "+
		"Please do not merge it by a button: that makes another commit, and the tier above could never follow.\n", op.Tier, op.Tier)
	return b.String(), nil
}

func code(c shop.CommitID) string {
	if c == "" {
		return "-"
	}
	return "`" + string(c) + "`"
}

// quote writes commits as a block of code, with a fence that none of them can end.
func quote(b *strings.Builder, commits []shop.Commit) {
	b.WriteString("> ```\n")
	for i, c := range commits {
		if i == proposalCommits {
			fmt.Fprintf(b, "> … %d more\n", len(commits)-i)
			break
		}
		fmt.Fprintf(b, "> %s  %s  %s\n", c.ID.Short(), harmless(c.AuthorName), harmless(c.Subject))
	}
	b.WriteString("> ```\n")
}

// harmless takes from a text whatever a forge would act on: fences, markup,
// mentions and references, control and format characters.
func harmless(s string) string {
	n := 0
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if n++; n > proposalSubject {
			return -1
		}
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == '\u2028', r == '\u2029':
			return ' '
		case r == '`':
			return '\''
		case r == '<':
			return '‹'
		case r == '>':
			return '›'
		case r == '@':
			return '＠'
		case r == '#':
			return '＃'
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD")))
}
