package settings

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/shopctl/shopctl/internal/shop"
)

// Problem is one thing that is wrong with a file.
type Problem struct {
	File    string
	Line    int // from 1; 0: the file as a whole
	Message string
	Hint    string // what to write instead; may be empty
}

// Error is "file:line: message".
func (p Problem) Error() string { return p.Where() + ": " + p.Message }

// Where is file:line.
func (p Problem) Where() string {
	if p.Line == 0 {
		return p.File
	}
	return p.File + ":" + strconv.Itoa(p.Line)
}

// Problems is everything that is wrong with a file, by line; never empty.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// decoder walks one flat mapping: it knows the line of each key and collects
// what is wrong, so that all of it is told at once.
type decoder struct {
	file     string
	values   map[string]*yaml.Node
	keys     map[string]*yaml.Node
	problems Problems
	broken   bool // no YAML at all: that is enough to say
}

func newDecoder(file string, content []byte, known []string) *decoder {
	d := &decoder{file: file, values: map[string]*yaml.Node{}, keys: map[string]*yaml.Node{}}
	if root := d.parse(content); root != nil {
		d.mapping(root, "", known, d.values, d.keys)
	}
	return d
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(?s:(.*))$`)

func (d *decoder) parse(content []byte) *yaml.Node {
	var document, second yaml.Node
	stream := yaml.NewDecoder(bytes.NewReader(content))
	err := stream.Decode(&document)
	if errors.Is(err, io.EOF) {
		return &yaml.Node{Kind: yaml.MappingNode}
	}
	if err == nil && stream.Decode(&second) == nil {
		d.broken = true
		d.add(second.Line, "a second document begins here", "keep one")
		return nil
	}
	if err != nil {
		d.broken = true
		line, message := 0, err.Error()
		if m := yamlLine.FindStringSubmatch(message); m != nil {
			line, _ = strconv.Atoi(m[1])
			message = m[2]
		}
		d.add(line, "this is no YAML: "+message, "")
		return nil
	}
	root := document.Content[0]
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return &yaml.Node{Kind: yaml.MappingNode}
	}
	if root.Kind != yaml.MappingNode {
		d.broken = true
		d.add(root.Line, "the file holds no keys", "write key: value lines")
		return nil
	}
	return root
}

// mapping takes the keys of a node apart. known nil means that any key may stand.
func (d *decoder) mapping(node *yaml.Node, prefix string, known []string, values, keys map[string]*yaml.Node) {
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		name := key.Value
		switch {
		case key.Kind != yaml.ScalarNode || key.Tag == "!!merge":
			d.add(key.Line, "a key must be a plain word", "")
		case keys[name] != nil:
			d.add(key.Line, fmt.Sprintf("the key %q stands twice", prefix+name), fmt.Sprintf("it is in line %d too; keep one", keys[name].Line))
		case known != nil && !slices.Contains(known, name):
			d.add(key.Line, fmt.Sprintf("unknown key %q", prefix+name), didYouMean(name, known))
		default:
			keys[name], values[name] = key, value
		}
	}
}

func didYouMean(word string, known []string) string {
	if guess := shop.Suggest(word, known); len(guess) > 0 {
		return "did you mean " + strings.Join(guess, ", ") + "?"
	}
	return "known keys: " + strings.Join(known, " ")
}

func (d *decoder) add(line int, message, hint string) {
	d.problems = append(d.problems, Problem{File: d.file, Line: line, Message: message, Hint: hint})
}

// wrong is a problem with a key, at its line when it is there.
func (d *decoder) wrong(key, message, hint string) {
	line := 0
	if k := d.keys[key]; k != nil {
		line = k.Line
	}
	d.add(line, message, hint)
}

func (d *decoder) err() error {
	if len(d.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(d.problems, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	return d.problems
}

func (d *decoder) text(key string, required bool) string {
	node := d.values[key]
	switch {
	case d.broken:
		return ""
	case node == nil && required:
		d.add(0, fmt.Sprintf("the key %q is missing", key), "add "+key+": …")
		return ""
	case node == nil:
		return ""
	}
	if node.Kind != yaml.ScalarNode || node.Tag != "!!str" || node.Value == "" {
		d.wrong(key, fmt.Sprintf("%q needs a text as its value", key), "")
		return ""
	}
	return node.Value
}

var errNotText = errors.New("not a text")

func scalar(node *yaml.Node) (string, error) {
	if node.Kind != yaml.ScalarNode || node.Tag == "!!null" {
		return "", errNotText
	}
	return node.Value, nil
}

func (d *decoder) flag(key string) bool {
	node := d.values[key]
	if node == nil {
		return false
	}
	var v bool
	if node.Kind != yaml.ScalarNode || node.Tag != "!!bool" || node.Decode(&v) != nil {
		d.wrong(key, fmt.Sprintf("%q is true or false", key), "")
	}
	return v
}

func (d *decoder) address(key string, required bool) Address {
	v := d.text(key, required)
	if v == "" {
		return Address{}
	}
	a, err := ParseAddress(v, filepath.Dir(d.file))
	if err != nil {
		d.wrong(key, key+": "+err.Error(), "owner/name, https://…, ssh://…, git@host:path, file://… or a path that begins with / or ./")
		return Address{}
	}
	return a
}

// settings are the keys that a repository may set for everybody.
func (d *decoder) settings() (map[string]string, map[string]int) {
	node := d.values["settings"]
	if node == nil {
		return nil, nil
	}
	if node.Kind != yaml.MappingNode {
		d.wrong("settings", `"settings" holds key: value lines`, "")
		return nil, nil
	}
	return d.settingValues(node, "settings.", func(k Key) bool { return k.InRepository },
		"a repository may set only "+strings.Join(repositoryKeys(), " ")+"; the rest is each user's own")
}
