package cli

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/settings"
	"github.com/shopctl/shopctl/internal/show"
)

// completeWord is the hidden command that the scripts of the shells call:
// shopctl __complete -- WORD…, the last word being the one to complete.
const completeWord = "__complete"

// A TAB that takes longer is no help.
const completeLimit = 300 * time.Millisecond

// complete prints a candidate a line, its description behind a tab. It runs no
// action, asks nothing, and is silent when something is wrong.
func complete(ctx context.Context, root *Command, env *Env) {
	words := env.Args[1:]
	if len(words) > 0 && words[0] == "--" {
		words = words[1:]
	}
	if len(words) == 0 {
		words = []string{""}
	}
	var b strings.Builder
	for _, candidate := range completed(ctx, root, env, words) {
		b.WriteString(show.Clean(candidate.Word))
		if candidate.About != "" {
			b.WriteString("\t" + show.Clean(candidate.About))
		}
		b.WriteByte('\n')
	}
	io.WriteString(env.Stdout, b.String())
}

// completed are the words that may stand in the place of the last one.
func completed(ctx context.Context, root *Command, env *Env, words []string) []Candidate {
	quiet := *env
	quiet.Stderr, quiet.Stdin = io.Discard, strings.NewReader("")
	quiet.Args = words[:len(words)-1]
	quiet.Terminal = Terminal{}
	ctx, cancel := context.WithTimeout(ctx, completeLimit)
	defer cancel()
	return newCall(&quiet, root).candidates(ctx, words)
}

func (c *Call) candidates(ctx context.Context, words []string) (found []Candidate) {
	defer func() {
		if recover() != nil {
			found = nil
		}
	}()
	before, word := words[:len(words)-1], words[len(words)-1]
	at, args, flag, ended := c.place(before)
	if name, value, has := strings.Cut(word, "="); has && strings.HasPrefix(name, "--") && !ended {
		f, known := findFlag(allFlags(c.root), strings.TrimPrefix(name, "--"))
		if !known {
			return nil
		}
		return prefixed(c.values(ctx, at, f, value), name+"=")
	}
	switch {
	case flag != nil:
		return c.values(ctx, at, *flag, word)
	case strings.HasPrefix(word, "-") && !ended:
		return c.flagNames(at, word)
	}
	if args == 0 && !ended {
		for _, s := range at.Subs {
			found = append(found, Candidate{s.Name, s.help(c.Text).Line})
		}
	}
	return beginning(append(found, c.argument(ctx, at, args, word)...), word)
}

// place says where the next word stands: in which command, behind how many
// arguments, or behind a flag that waits for its value.
func (c *Call) place(before []string) (at *Command, args int, flag *Flag, ended bool) {
	at = c.root
	known := allFlags(c.root)
	for _, w := range before {
		switch {
		case flag != nil:
			flag = nil
		case ended:
			args++
		case w == "--":
			ended = true
		case strings.HasPrefix(w, "--"):
			f, own := at.flag(w[2:]) // diff has a --configuration without a value, shopset add one with
			if !own {
				f, _ = findFlag(known, w[2:])
			}
			if f.Value != "" && !f.Bare {
				flag = &f
			}
		case len(w) > 1 && w[0] == '-':
			if f, ok := findFlag(known, w[len(w)-1:]); ok && f.Value != "" && !strings.Contains(w, "=") {
				flag = &f
			}
		case args == 0 && at.sub(w) != nil:
			at = at.sub(w)
		default:
			args++
		}
	}
	return at, args, flag, ended
}

func (c *Call) argument(ctx context.Context, at *Command, i int, word string) []Candidate {
	if len(at.Args) == 0 {
		return nil
	}
	if i >= len(at.Args) {
		if i = len(at.Args) - 1; !at.Args[i].Many {
			return nil
		}
	}
	a := at.Args[i]
	if a.Complete != nil {
		return a.Complete(ctx, c, word)
	}
	return plain(a.Choices)
}

// values completes a flag's value; of --json, after the last comma.
func (c *Call) values(ctx context.Context, at *Command, f Flag, word string) []Candidate {
	if own, ok := at.flag(f.Name); ok {
		f = own
	}
	if f.Name == "json" {
		done := word[:strings.LastIndexByte(word, ',')+1]
		return beginning(prefixed(plain(show.FieldsOf(at.Fields)), done), word)
	}
	if f.Complete != nil {
		return beginning(f.Complete(ctx, c, word), word)
	}
	return beginning(plain(f.Choices), word)
}

func (c *Call) flagNames(at *Command, word string) []Candidate {
	var found []Candidate
	for _, f := range append(at.flags(), globalFlags()...) {
		found = append(found, Candidate{"--" + f.Name, flagHelp(c.Text, at.help(c.Text), f.Name)})
	}
	return beginning(found, word)
}

func beginning(candidates []Candidate, word string) []Candidate {
	var kept []Candidate
	for _, candidate := range candidates {
		if strings.HasPrefix(candidate.Word, word) {
			kept = append(kept, candidate)
		}
	}
	return kept
}

func prefixed(candidates []Candidate, prefix string) []Candidate {
	var all []Candidate
	for _, candidate := range candidates {
		all = append(all, Candidate{prefix + candidate.Word, candidate.About})
	}
	return all
}

func plain(words []string) []Candidate {
	var all []Candidate
	for _, w := range words {
		all = append(all, Candidate{Word: w})
	}
	return all
}

func completeCodes(_ context.Context, c *Call, _ string) []Candidate {
	var found []Candidate
	for _, code := range Codes() {
		found = append(found, Candidate{string(code), c.Text.Explain[string(code)].Title})
	}
	return found
}

func completeHelp(_ context.Context, c *Call, _ string) []Candidate {
	found := plain(nil)
	for _, s := range c.root.Subs {
		found = append(found, Candidate{s.Name, s.help(c.Text).Line})
	}
	for _, name := range topics() {
		found = append(found, Candidate{name, c.Text.Help.Topics[name].Line})
	}
	return found
}

func completeSettings(context.Context, *Call, string) []Candidate {
	var names []string
	for _, name := range settings.KeyNames() {
		names = append(names, strings.TrimSuffix(name, "*"))
	}
	return plain(names)
}

func completeSettingValue(_ context.Context, c *Call, _ string) []Candidate {
	words := c.Env.Args
	key, _ := settings.KeyOf(words[len(words)-1])
	return plain(key.Values)
}
