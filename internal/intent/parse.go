package intent

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// The limits of one file (reliability.md, T8). maxMarks bounds what a parser
// allocates: every node costs at least one mark, and a node is 160 bytes.
const (
	maxBytes   = 1 << 20
	maxDepth   = 64
	maxAliases = 100
	maxMarks   = 50_000
)

// parse reads the one document of a file.
func parse(file string, data []byte) (*yaml.Node, *Error) {
	if err := limits(file, data); err != nil {
		return nil, err
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	var doc, more yaml.Node
	if err := d.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, &Error{File: file, Line: 1, Message: "the file is empty"}
	} else if err != nil {
		return nil, syntax(file, err)
	}
	if err := d.Decode(&more); err == nil {
		return nil, &Error{File: file, Line: more.Line, Message: "more than one document in a file", Hint: "one file a resource"}
	} else if !errors.Is(err, io.EOF) {
		return nil, syntax(file, err)
	}
	if n := tooDeep(&doc, 0); n != nil {
		return nil, &Error{File: file, Line: n.Line, Column: n.Column, Message: fmt.Sprintf("nested deeper than %d levels", maxDepth)}
	}
	return &doc, nil
}

// limits refuses what would cost a parser more memory than a resource can need.
func limits(file string, data []byte) *Error { return limitsOf(file, data, maxBytes) }

func limitsOf(file string, data []byte, most int) *Error {
	if len(data) > most {
		return &Error{File: file, Message: fmt.Sprintf("larger than %d MiB", most>>20)}
	}
	if !utf8.Valid(data) {
		good := 0
		for good < len(data) {
			r, size := utf8.DecodeRune(data[good:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			good += size
		}
		return &Error{File: file, Line: 1 + bytes.Count(data[:good], []byte("\n")), Message: "not UTF-8"}
	}
	if n := marks(data); n > maxMarks {
		return &Error{File: file, Message: fmt.Sprintf("more than %d values", maxMarks)}
	}
	return nil
}

// marks counts the bytes that can begin or end a YAML node.
func marks(data []byte) int {
	n := 0
	for i, c := range data {
		switch c {
		case ',', '[', ']', '{', '}', '\n':
			n++
		case ':', '-', '?':
			if i+1 == len(data) || data[i+1] == ' ' || data[i+1] == '\t' || data[i+1] == '\n' || data[i+1] == '\r' {
				n++
			}
		}
	}
	return n
}

func tooDeep(n *yaml.Node, depth int) *yaml.Node {
	if depth > maxDepth {
		return n
	}
	for _, c := range n.Content {
		if deep := tooDeep(c, depth+1); deep != nil {
			return deep
		}
	}
	return nil
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// The library counts the lines of these sentences from 0, of all others from 1.
var oneLess = regexp.MustCompile(`did not find expected (',' or|node content|'-' indicator|key|<)`)

// syntax turns the parser's sentence into a place and a mistake.
func syntax(file string, err error) *Error {
	m := yamlLine.FindStringSubmatch(strings.ReplaceAll(err.Error(), "\n", " "))
	if m == nil {
		return &Error{File: file, Line: 1, Message: "no YAML: " + err.Error()}
	}
	line, _ := strconv.Atoi(m[1])
	if oneLess.MatchString(m[2]) {
		line++
	}
	return &Error{File: file, Line: max(line, 1), Message: "no YAML: " + m[2]}
}
