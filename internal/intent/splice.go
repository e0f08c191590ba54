package intent

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"
)

// lines of a file, each with its end.
type lines [][]byte

func (ls lines) blank(i int) bool { return len(bytes.TrimSpace(ls[i])) == 0 }

func (ls lines) indent(i int) int { return len(ls[i]) - len(bytes.TrimLeft(ls[i], " ")) }

func (ls lines) comment(i int) bool {
	return bytes.HasPrefix(bytes.TrimLeft(ls[i], " "), []byte("#"))
}

// entry is one key of a block mapping and the lines it takes, from first up to
// but without end.
type entry struct {
	key, value *yaml.Node
	first, end int
}

// entries are the keys of a mapping that ends before a line. ok is false where
// lines and keys do not belong together: flow style, aliases, several keys a line.
func entries(ls lines, n *yaml.Node, end int) (all []entry, ok bool) {
	if n.Kind != yaml.MappingNode || n.Style&yaml.FlowStyle != 0 || len(n.Content) == 0 {
		return nil, false
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		first := k.Line - 1
		if first < 0 || first >= end || ls.indent(first) != k.Column-1 {
			return nil, false
		}
		if last := len(all) - 1; last >= 0 {
			if first <= all[last].first {
				return nil, false
			}
			all[last].end = first
		}
		all = append(all, entry{k, n.Content[i+1], first, end})
	}
	// What stands between two keys belongs to the next one, unless it is
	// indented more: then it may be the text of a literal.
	for i := range all {
		e := &all[i]
		for e.end > e.first+1 && (ls.blank(e.end-1) || ls.comment(e.end-1) && ls.indent(e.end-1) <= e.key.Column-1) {
			e.end--
		}
	}
	return all, true
}

// splice changes the lines of one key and leaves every other byte alone.
func splice(data []byte, root *yaml.Node, keys []string, value *yaml.Node) (out []byte, ok bool) {
	ls := lines(bytes.SplitAfter(data, []byte("\n")))
	if len(ls[len(ls)-1]) == 0 {
		ls = ls[:len(ls)-1]
	}
	n, end := root, len(ls)
	var outer *entry // the only key around, when n has no other
	for {
		all, fine := entries(ls, n, end)
		if !fine {
			return nil, false
		}
		e := named(all, keys[0])
		switch {
		case e == nil && value == nil:
			return nil, false
		case e == nil:
			last := all[len(all)-1]
			text, fine := block(keys, value, last.key.Column-1, "")
			return join(ls, last.end, last.end, text), fine
		case len(keys) > 1:
			if outer == nil || len(all) > 1 {
				outer = e
			}
			if keys[0] == "spec" {
				outer = nil
			}
			n, end, keys = e.value, e.end, keys[1:]
			continue
		case value == nil:
			if len(all) == 1 && outer != nil {
				e = outer
			} else if len(all) == 1 {
				return nil, false // an empty spec needs its braces
			}
			return join(ls, ls.head(e), e.end, nil), true
		}
		text, fine := block(keys, value, e.key.Column-1, lineComment(e))
		return join(ls, e.first, e.end, text), fine
	}
}

func named(all []entry, key string) *entry {
	for i := range all {
		if all[i].key.Value == key {
			return &all[i]
		}
	}
	return nil
}

// head is the first line of the comment that stands directly above a key.
func (ls lines) head(e *entry) int {
	first := e.first
	for first > 0 && ls.comment(first-1) && ls.indent(first-1) == e.key.Column-1 {
		first--
	}
	return first
}

// lineComment is the comment behind a value of one line.
func lineComment(e *entry) string {
	if e.value.Kind != yaml.ScalarNode || e.end != e.first+1 {
		return ""
	}
	if e.value.LineComment != "" {
		return e.value.LineComment
	}
	return e.key.LineComment
}

// block is a key with its value as lines, indented.
func block(keys []string, value *yaml.Node, indent int, comment string) (text []byte, ok bool) {
	for i := len(keys) - 1; i >= 0; i-- {
		value = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{{Kind: yaml.ScalarNode, Tag: "!!str", Value: keys[i]}, value}}
	}
	plain, err := write(value)
	if err != nil {
		return nil, false
	}
	var b bytes.Buffer
	all := bytes.SplitAfter(bytes.TrimSuffix(plain, []byte("\n")), []byte("\n"))
	for _, line := range all {
		if len(bytes.TrimSpace(line)) > 0 {
			b.WriteString(strings.Repeat(" ", indent))
		}
		b.Write(line)
	}
	if comment != "" && len(all) == 1 {
		b.WriteString(" " + comment)
	}
	b.WriteByte('\n')
	return b.Bytes(), true
}

// join puts text in the place of the lines from first up to but without end.
func join(ls lines, first, end int, text []byte) []byte {
	var b bytes.Buffer
	for _, l := range ls[:first] {
		b.Write(l)
	}
	if n := b.Len(); n > 0 && len(text) > 0 && b.Bytes()[n-1] != '\n' {
		b.WriteByte('\n')
	}
	b.Write(text)
	for _, l := range ls[end:] {
		b.Write(l)
	}
	return b.Bytes()
}
