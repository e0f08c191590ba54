package cli

import (
	"slices"
	"strings"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

// usage is a refusal that needs no more than its sentence.
func usage(code Code, message func(*i18n.Text) string) refusal {
	return func(t *i18n.Text) *Fail { return &Fail{Code: code, Message: message(t)} }
}

func unknownCommand(t *i18n.Text, root, at *Command, argv []string, i int) *Fail {
	word := argv[i]
	f := &Fail{Code: UnknownCommand, Message: t.Frame.UnknownCommand(at.path(), word)}
	if at == root {
		if say, ok := t.Frame.Elsewhere[word]; ok {
			message, hint, command := say()
			f.Message, f.Hints = message, []Hint{{Text: hint, Command: command}}
			return f
		}
		if slices.Contains(laterWords(), word) {
			f.Code, f.Message = NotBuiltYet, t.Frame.Later(word)
			return f
		}
	}
	path := strings.TrimPrefix(at.path()+" "+word, "shopctl ")
	if slices.Contains(reservedPaths(), path) {
		f.Code, f.Message = NotBuiltYet, t.Frame.NotYet(path)
		f.Hints = []Hint{helpHint(t, at)}
		return f
	}
	f.Hints = guesses(t, word, at.subNames(), func(guess string) string { return instead(argv, i, guess) })
	if len(f.Hints) == 0 {
		f.Hints = []Hint{helpHint(t, at)}
	}
	return f
}

func unknownFlag(t *i18n.Text, at *Command, argv []string, i int, word string) *Fail {
	f := &Fail{Code: UnknownFlag, Message: t.Frame.UnknownFlag(at.path(), word)}
	if name, long := strings.CutPrefix(word, "--"); long && i >= 0 {
		var known []string
		for _, flag := range append(at.flags(), globalFlags()...) {
			known = append(known, flag.Name)
		}
		f.Hints = guesses(t, name, known, func(guess string) string {
			if _, value, has := strings.Cut(argv[i], "="); has {
				guess += "=" + value
			}
			return instead(argv, i, "--"+guess)
		})
	}
	if len(f.Hints) == 0 {
		f.Hints = []Hint{helpHint(t, at)}
	}
	return f
}

func needsVerb(t *i18n.Text, at *Command) *Fail {
	return &Fail{
		Code: MissingArgument, Message: t.Frame.NeedsVerb(at.path()) + ": " + strings.Join(at.subNames(), " "),
		Hints: []Hint{helpHint(t, at)},
	}
}

func missingArgument(t *i18n.Text, at *Command, a Arg) *Fail {
	return &Fail{Code: MissingArgument, Message: t.Frame.MissingArgument(at.path(), a.Name), Hints: []Hint{helpHint(t, at)}}
}

func badArgument(t *i18n.Text, at *Command, a Arg, word string) *Fail {
	return &Fail{
		Code: BadValue, Message: t.Frame.BadChoice(at.path(), word, a.Choices),
		Hints: guesses(t, word, a.Choices, func(guess string) string { return at.path() + " " + guess }),
	}
}

func surplus(t *i18n.Text, at *Command, word string) *Fail {
	return &Fail{Code: SurplusArgument, Message: t.Frame.Surplus(at.path(), word), Hints: []Hint{helpHint(t, at)}}
}

func fieldsNeedEquals(t *i18n.Text, argv []string, i int) *Fail {
	words := slices.Concat(argv[:i-1], []string{"--json=" + argv[i]}, argv[i+1:])
	return &Fail{
		Code: SurplusArgument, Message: t.Frame.JSONNeedsEquals,
		Hints: []Hint{{Text: t.Frame.WriteIt, Command: commandLine(words)}},
	}
}

func helpHint(t *i18n.Text, at *Command) Hint {
	command := "shopctl help"
	if at.parent != nil {
		command += strings.TrimPrefix(at.path(), "shopctl")
	}
	return Hint{Text: t.Frame.SeeHelp, Command: command}
}

// guesses are hints to what a mistyped word may have meant.
func guesses(t *i18n.Text, word string, known []string, line func(guess string) string) []Hint {
	var hints []Hint
	for _, guess := range shop.Suggest(word, known) {
		h := Hint{Command: line(guess)}
		if len(hints) == 0 {
			h.Text = t.Frame.DidYouMean
		}
		hints = append(hints, h)
	}
	return hints
}

// instead is the line with one word changed.
func instead(argv []string, i int, word string) string {
	words := slices.Clone(argv)
	words[i] = word
	return commandLine(words)
}

// commandLine is a line to paste.
func commandLine(argv []string) string {
	words := []string{"shopctl"}
	for _, w := range argv {
		words = append(words, Quote(w))
	}
	return strings.Join(words, " ")
}

// Quote makes a word one word for the shell.
func Quote(word string) string { return show.Quote(word) }
