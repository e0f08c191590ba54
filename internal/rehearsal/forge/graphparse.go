package forge

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Our own reader of GraphQL: one operation with one field, its variables and
// arguments held against the types of GitHub's schema. What it does not know it
// refuses, as a server does.

// inputs are the fields of GitHub's input types that we meet.
var inputs = map[string]map[string]string{
	"EnablePullRequestAutoMergeInput": {
		"authorEmail": "String", "clientMutationId": "String", "commitBody": "String", "commitHeadline": "String", "expectedHeadOid": "GitObjectID",
		"mergeMethod": "PullRequestMergeMethod", "pullRequestId": "ID!",
	},
	"DisablePullRequestAutoMergeInput": {"clientMutationId": "String", "pullRequestId": "ID!"},
	"EnqueuePullRequestInput":          {"clientMutationId": "String", "expectedHeadOid": "GitObjectID", "jump": "Boolean", "pullRequestId": "ID!"},
	"UpdateRefsInput":                  {"clientMutationId": "String", "refUpdates": "[RefUpdate!]!", "repositoryId": "ID!"},
	"RefUpdate":                        {"afterOid": "GitObjectID!", "beforeOid": "GitObjectID", "force": "Boolean", "name": "GitRefname!"},
}

// payloads are the fields that our operations answer with.
var payloads = map[string][]string{
	"enablePullRequestAutoMerge":  {"actor", "clientMutationId", "pullRequest"},
	"disablePullRequestAutoMerge": {"actor", "clientMutationId", "pullRequest"},
	"enqueuePullRequest":          {"clientMutationId", "mergeQueueEntry"},
	"updateRefs":                  {"clientMutationId"},
	"viewer":                      {"login", "id"},
}

// words is an error as GitHub words it.
type words string

func (w words) Error() string { return string(w) }

func wordsf(format string, args ...any) error { return words(fmt.Sprintf(format, args...)) }

// operation is what a document asks for.
type operation struct {
	field string
	input json.RawMessage // of a mutation
}

// graphReader reads tokens of a document.
type graphReader struct {
	tokens    []string
	types     map[string]string // of the variables that are declared
	variables map[string]json.RawMessage
	used      map[string]bool
}

func graphTokens(query string) (tokens []string) {
	for i := 0; i < len(query); {
		switch c := query[i]; {
		case strings.IndexByte(" \t\r\n,", c) >= 0:
			i++
		case c == '#':
			for i < len(query) && query[i] != '\n' {
				i++
			}
		case c == '"':
			end := i + 1
			for end < len(query) && query[end] != '"' {
				end++
			}
			tokens = append(tokens, query[i:min(end+1, len(query))])
			i = end + 1
		case wordByte(c):
			end := i
			for end < len(query) && wordByte(query[end]) {
				end++
			}
			tokens = append(tokens, query[i:end])
			i = end
		default:
			tokens = append(tokens, string(c))
			i++
		}
	}
	return tokens
}

func wordByte(c byte) bool {
	return c == '_' || c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func (g *graphReader) peek() string {
	if len(g.tokens) == 0 {
		return ""
	}
	return g.tokens[0]
}

func (g *graphReader) next() string {
	t := g.peek()
	if t != "" {
		g.tokens = g.tokens[1:]
	}
	return t
}

func (g *graphReader) want(tokens ...string) error {
	for _, t := range tokens {
		if got := g.next(); got != t {
			return wordsf("Parse error on %q: expected %q", got, t)
		}
	}
	return nil
}

// readOperation reads a document with its variables.
func readOperation(query string, variables map[string]json.RawMessage) (op operation, err error) {
	g := &graphReader{tokens: graphTokens(query), types: map[string]string{}, variables: variables, used: map[string]bool{}}
	kind := "query"
	if g.peek() != "{" {
		kind = g.next()
	}
	if kind != "query" && kind != "mutation" {
		return op, wordsf("Parse error on %q", kind)
	}
	if g.peek() != "{" && g.peek() != "(" {
		g.next() // the operation's name
	}
	if err := g.declarations(); err != nil {
		return op, err
	}
	if err := g.want("{"); err != nil {
		return op, err
	}
	op.field = g.next()
	fields, known := payloads[op.field]
	if !known || (kind == "query") != (op.field == "viewer") {
		return op, wordsf("Field '%s' doesn't exist on type '%s'", op.field, strings.ToUpper(kind[:1])+kind[1:])
	}
	if kind == "mutation" {
		if err := g.want("(", "input", ":"); err != nil {
			return op, err
		}
		if op.input, err = g.value(strings.ToUpper(op.field[:1]) + op.field[1:] + "Input!"); err != nil {
			return op, err
		}
		if err := g.want(")"); err != nil {
			return op, err
		}
	}
	if err := g.selection(op.field, fields); err != nil {
		return op, err
	}
	if err := g.want("}"); err != nil {
		return op, err
	}
	if len(g.tokens) > 0 {
		return op, wordsf("Parse error on %q", g.peek())
	}
	return op, g.allUsed()
}

func (g *graphReader) declarations() error {
	if g.peek() != "(" {
		return nil
	}
	g.next()
	for g.peek() != ")" {
		if err := g.want("$"); err != nil {
			return err
		}
		name := g.next()
		if err := g.want(":"); err != nil {
			return err
		}
		for g.peek() != "$" && g.peek() != ")" && g.peek() != "" {
			g.types[name] += g.next()
		}
		if value, given := g.variables[name]; strings.HasSuffix(g.types[name], "!") && (!given || string(value) == "null") {
			return wordsf("Variable $%s of type %s was provided invalid value", name, g.types[name])
		}
	}
	return g.want(")")
}

func (g *graphReader) allUsed() error {
	for name := range g.types {
		if !g.used[name] {
			return wordsf("Variable $%s is declared by %s but not used", name, "anonymous mutation")
		}
	}
	return nil
}

// value reads a value of a type, as JSON.
func (g *graphReader) value(kind string) (json.RawMessage, error) {
	bare := strings.TrimSuffix(kind, "!")
	switch t := g.next(); {
	case t == "$":
		name := g.next()
		have, declared := g.types[name]
		if !declared {
			return nil, wordsf("Variable $%s is used by anonymous mutation but not declared", name)
		}
		g.used[name] = true
		if strings.TrimSuffix(have, "!") != bare || strings.HasSuffix(kind, "!") && !strings.HasSuffix(have, "!") {
			return nil, wordsf("Type mismatch on variable $%s and argument (%s / %s)", name, have, kind)
		}
		if value := g.variables[name]; value != nil {
			return value, checkInput(bare, value)
		}
		return json.RawMessage("null"), nil
	case t == "{" && inputs[bare] != nil:
		return g.object(bare)
	case t == "[" && strings.HasPrefix(bare, "["):
		var items []json.RawMessage
		for g.peek() != "]" {
			item, err := g.value(strings.Trim(bare, "[]"))
			if err != nil {
				return nil, err
			}
			items = append(items, item)
		}
		g.next()
		return json.Marshal(items)
	case t == "true" || t == "false" || t == "null" || strings.HasPrefix(t, `"`):
		return json.RawMessage(t), nil
	case t != "" && wordByte(t[0]): // of an enum
		return json.Marshal(t)
	default:
		return nil, wordsf("Parse error on %q", t)
	}
}

func (g *graphReader) object(kind string) (json.RawMessage, error) {
	out := map[string]json.RawMessage{}
	for g.peek() != "}" {
		name := g.next()
		field, known := inputs[kind][name]
		if !known {
			return nil, wordsf("InputObject '%s' doesn't accept argument '%s'", kind, name)
		}
		if err := g.want(":"); err != nil {
			return nil, err
		}
		value, err := g.value(field)
		if err != nil {
			return nil, err
		}
		out[name] = value
	}
	g.next()
	for name, field := range inputs[kind] {
		if strings.HasSuffix(field, "!") && out[name] == nil {
			return nil, wordsf("Argument '%s' on InputObject '%s' is required. Expected type %s", name, kind, field)
		}
	}
	return json.Marshal(out)
}

// checkInput holds a variable that is a whole input object against its type.
func checkInput(kind string, value json.RawMessage) error {
	if item, list := strings.CutPrefix(kind, "["); list {
		var items []json.RawMessage
		if err := json.Unmarshal(value, &items); err != nil {
			return wordsf("Variable of type %s was provided invalid value", kind)
		}
		for _, one := range items {
			if err := checkInput(strings.Trim(item, "]!"), one); err != nil {
				return err
			}
		}
		return nil
	}
	fields, known := inputs[kind]
	if !known {
		return nil
	}
	var have map[string]json.RawMessage
	if err := json.Unmarshal(value, &have); err != nil {
		return wordsf("Variable of type %s was provided invalid value", kind)
	}
	for name, part := range have {
		if err := checkInput(strings.TrimSuffix(fields[name], "!"), part); err != nil {
			return err
		}
		if fields[name] == "" {
			return wordsf("Variable of type %s was provided invalid value for %s (Field is not defined on %s)", kind, name, kind)
		}
	}
	for name, field := range fields {
		if strings.HasSuffix(field, "!") && have[name] == nil {
			return wordsf("Variable of type %s was provided invalid value for %s (Expected value to not be null)", kind, name)
		}
	}
	return nil
}

// selection reads the fields that are asked for; only the first level is ours
// to know.
func (g *graphReader) selection(field string, known []string) error {
	if err := g.want("{"); err != nil {
		return err
	}
	for depth := 1; depth > 0; {
		switch t := g.next(); {
		case t == "":
			return words("Expected a closing brace")
		case t == "{":
			depth++
		case t == "}":
			depth--
		case depth == 1 && !slices.Contains(known, t):
			return wordsf("Field '%s' doesn't exist on the answer of '%s'", t, field)
		}
	}
	return nil
}
