package render

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/shopctl/shopctl/internal/shop"
)

// KustomizationNames are the names under which Kustomize finds its file.
func KustomizationNames() []string {
	return []string{"kustomization.yaml", "kustomization.yml", "Kustomization"}
}

// errByHand is for YAML that is right but written in a way that this leaves alone.
var errByHand = errors.New("the entry cannot be changed in place: write it over several lines, `- name: …` first")

// SetImage changes the entry of an image in a Kustomize file and leaves every
// other byte alone. found tells whether the file has the entry at all.
func SetImage(file []byte, i shop.Image) (changed []byte, found bool, err error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(file, &doc); err != nil {
		return nil, false, fmt.Errorf("read the Kustomize file: %w", err)
	}
	entry := imageEntry(&doc, i.Name)
	if entry == nil {
		return file, false, nil
	}
	text := newLines(file)
	for _, want := range []struct{ key, value string }{{"digest", i.Digest}, {"newTag", i.NewTag}, {"newName", i.NewName}} {
		if err := text.set(entry, want.key, want.value); err != nil {
			return nil, true, err
		}
	}
	changed = text.bytes()
	// Whatever the text looked like: read again it must say exactly this.
	if err := yaml.Unmarshal(changed, &doc); err != nil {
		return nil, true, errByHand
	}
	if again := imageEntry(&doc, i.Name); again == nil || !says(again, i) {
		return nil, true, errByHand
	}
	return changed, true, nil
}

// ImageNames are the names that a Kustomize file has under images:.
func ImageNames(file []byte) (names []string) {
	var doc yaml.Node
	if yaml.Unmarshal(file, &doc) != nil || len(doc.Content) == 0 {
		return nil
	}
	_, images := field(doc.Content[0], "images")
	if images == nil {
		return nil
	}
	for _, entry := range images.Content {
		if _, n := field(entry, "name"); n != nil {
			names = append(names, n.Value)
		}
	}
	return names
}

// imageEntry finds the entry of images: that has a name.
func imageEntry(doc *yaml.Node, name string) *yaml.Node {
	if len(doc.Content) == 0 {
		return nil
	}
	_, images := field(doc.Content[0], "images")
	if images == nil || images.Kind != yaml.SequenceNode {
		return nil
	}
	for _, entry := range images.Content {
		if _, n := field(entry, "name"); n != nil && n.Value == name {
			return entry
		}
	}
	return nil
}

func field(m *yaml.Node, key string) (k, v *yaml.Node) {
	if m.Kind != yaml.MappingNode {
		return nil, nil
	}
	for n := 0; n+1 < len(m.Content); n += 2 {
		if m.Content[n].Value == key {
			return m.Content[n], m.Content[n+1]
		}
	}
	return nil, nil
}

// says reports whether an entry puts exactly this image in its place.
func says(entry *yaml.Node, i shop.Image) bool {
	value := func(key string) string {
		if _, v := field(entry, key); v != nil {
			return v.Value
		}
		return ""
	}
	return value("newName") == i.NewName && value("newTag") == i.NewTag && value("digest") == i.Digest
}

// lines are a file's lines while some of them change; their numbers stay those
// of the file as it was read.
type lines struct {
	all   [][]byte // each with its end
	after map[int][]byte
}

func newLines(file []byte) *lines {
	return &lines{all: bytes.SplitAfter(slices.Clone(file), []byte("\n")), after: map[int][]byte{}}
}

func (l *lines) bytes() []byte {
	var b bytes.Buffer
	for n, line := range l.all {
		b.Write(line)
		b.Write(l.after[n+1])
	}
	return b.Bytes()
}

// set gives a key of a mapping a value, adds the key below name, or takes it
// away when the value is empty.
func (l *lines) set(entry *yaml.Node, key, value string) error {
	k, v := field(entry, key)
	switch {
	case entry.Style&yaml.FlowStyle != 0:
		return errByHand
	case k == nil && value == "":
		return nil
	case k == nil:
		name, _ := field(entry, "name")
		end := "\n"
		if line := l.all[name.Line-1]; bytes.HasSuffix(line, []byte("\r\n")) {
			end = "\r\n"
		} else if !bytes.HasSuffix(line, []byte("\n")) {
			l.all[name.Line-1] = append(line, '\n')
		}
		l.after[name.Line] = append(l.after[name.Line], (strings.Repeat(" ", name.Column-1) + key + ": " + scalar(value) + end)...)
		return nil
	case v.Kind != yaml.ScalarNode || v.Line != k.Line:
		return errByHand
	case value == "":
		if first := entry.Content[0]; first == k {
			return errByHand // the dash of the entry stands on its line
		}
		l.all[k.Line-1] = nil
		return nil
	case v.Value == value:
		return nil
	}
	line := l.all[k.Line-1]
	at := v.Column - 1
	old := written(v, line[min(at, len(line)):])
	if old == 0 {
		return errByHand
	}
	l.all[k.Line-1] = slices.Concat(line[:at], []byte(scalar(value)), line[at+old:])
	return nil
}

// written is how many bytes a scalar takes where it stands.
func written(v *yaml.Node, text []byte) int {
	switch {
	case v.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		if len(text) == 0 {
			return 0
		}
		if end := bytes.IndexByte(text[1:], text[0]); end >= 0 {
			return end + 2
		}
	case bytes.HasPrefix(text, []byte(v.Value)):
		return len(v.Value)
	}
	return 0
}

// scalar quotes what YAML would read as something other than text.
func scalar(value string) string {
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(value), &n); err == nil && len(n.Content) == 1 && n.Content[0].Kind == yaml.ScalarNode && n.Content[0].Tag == "!!str" && n.Content[0].Value == value {
		return value
	}
	return `"` + value + `"`
}
