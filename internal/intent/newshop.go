package intent

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/unicode/norm"

	"github.com/shopctl/shopctl/internal/shop"
)

// NewShop reads what people write of a shop to add; each mistake is one error.
// Text becomes NFC, hosts become ASCII.
func NewShop(name, displayName, plan, shopset string, hosts []string) (s shop.NewShop, mistakes []error) {
	fail := func(format string, args ...any) { mistakes = append(mistakes, fmt.Errorf(format, args...)) }
	if err := ShopName(name); err != nil {
		mistakes = append(mistakes, err)
	}
	s.Name, s.Plan, s.ShopSet = shop.ShopID(name), plan, shop.ShopSetID(shopset)
	var err error
	if s.DisplayName, err = DisplayName(displayName); err != nil {
		mistakes = append(mistakes, err)
	}
	if plan != "" && !shop.ValidName(plan) {
		fail("%q is no plan", plan)
	}
	if shopset != "" && !shop.ValidName(shopset) {
		fail("%q is no ShopSet", shopset)
	}
	for _, h := range hosts {
		host, err := HostName(h)
		switch {
		case err != nil:
			mistakes = append(mistakes, err)
		case slices.Contains(s.Hosts, host):
			fail("host %q is given twice", host)
		default:
			s.Hosts = append(s.Hosts, host)
		}
	}
	if len(hosts) == 0 {
		fail("the shop has no host")
	}
	return s, mistakes
}

// ShopName says what is wrong with the name of a new shop, nil if nothing is.
func ShopName(name string) error {
	if shop.ValidName(name) {
		return nil
	}
	return hinted{fmt.Sprintf("%q is no name of a shop", abridged(name)), "lower-case letters, digits and inner hyphens, at most 63"}
}

// HintOf is what to write instead, empty when a mistake does not tell.
func HintOf(mistake error) string {
	var h hinted
	errors.As(mistake, &h)
	return h.hint
}

// abridged is the beginning of what may be very long.
func abridged(v string) string {
	const most = 70
	if r := []rune(v); len(r) > most {
		return string(r[:most]) + "…"
	}
	return v
}

// HostName is Host for what people type: a wildcard is answered with where it belongs.
func HostName(v string) (string, error) {
	if strings.HasPrefix(v, "*") {
		return "", hinted{fmt.Sprintf("%q: a shop has no wildcard", abridged(v)), "the wildcard of the system stands in policy.yaml"}
	}
	h, err := Host(v)
	var hint hinted
	if errors.As(err, &hint) && len(v) > 70 {
		err = hinted{fmt.Sprintf("%q is no hostname", abridged(v)), hint.hint}
	}
	return h, err
}

// DisplayName is what a shop is called by people: one line of NFC.
func DisplayName(v string) (string, error) {
	v = norm.NFC.String(strings.TrimSpace(v))
	if len(v) > short {
		return "", fmt.Errorf("the display name has %d bytes; at most %d are possible", len(v), short)
	}
	if strings.ContainsFunc(v, func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == unicode.ReplacementChar
	}) {
		return "", errors.New("the display name has control characters")
	}
	return v, nil
}

// MaxNewShops is how many shops one file may add.
const MaxNewShops = 5_000

// ReadShops reads a file of shops to add: CSV with a line that names the
// columns, or a YAML list. The error is Errors with every mistake and its line.
func ReadShops(file string, data []byte) (shops []shop.NewShop, err error) {
	if e := limitsOf(file, data, maxBytes*8); e != nil {
		return nil, Errors{e}
	}
	r := &shopReader{file: file}
	if strings.HasSuffix(file, ".yaml") || strings.HasSuffix(file, ".yml") {
		r.yaml(data)
	} else {
		r.csv(data)
	}
	if len(r.shops) == 0 && len(r.errs) == 0 {
		r.fail(1, "the file names no shop")
	}
	if len(r.shops) > MaxNewShops {
		r.fail(r.shops[MaxNewShops].Line, "more than %d shops in a file", MaxNewShops)
	}
	return r.shops, r.errs.orNil()
}

type shopReader struct {
	file  string
	shops []shop.NewShop
	errs  Errors
}

// shopColumns are those of a CSV file, in any order.
var shopColumns = []string{"name", "host", "plan", "shopset", "displayName"}

func (r *shopReader) fail(line int, format string, args ...any) {
	r.errs = append(r.errs, &Error{File: r.file, Line: line, Message: fmt.Sprintf(format, args...)})
}

func (r *shopReader) add(line int, get func(column string) string) {
	s, mistakes := NewShop(get("name"), get("displayName"), get("plan"), get("shopset"), strings.Fields(get("host")))
	s.Line = line
	for _, m := range mistakes {
		r.errs = append(r.errs, &Error{File: r.file, Line: line, Message: m.Error(), Hint: HintOf(m)})
	}
	r.shops = append(r.shops, s)
}

func (r *shopReader) csv(data []byte) {
	c := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	c.FieldsPerRecord = -1
	head, err := c.Read()
	if err != nil {
		r.broken(err)
		return
	}
	at := map[string]int{}
	for i, name := range head {
		name = strings.TrimSpace(name)
		if _, twice := at[name]; twice || !slices.Contains(shopColumns, name) {
			r.fail(1, "the first line names the columns %s; it has %q", strings.Join(shopColumns, ", "), abridged(name))
			return
		}
		at[name] = i
	}
	for _, name := range shopColumns[:2] {
		if _, has := at[name]; !has {
			r.fail(1, "the first line names the columns; %q is missing", name)
			return
		}
	}
	for {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			r.broken(err)
			return
		}
		line, _ := c.FieldPos(0)
		if len(row) != len(head) {
			r.fail(line, "the line has %d fields; there are %d columns", len(row), len(head))
			continue
		}
		r.add(line, func(column string) string {
			if i, has := at[column]; has {
				return strings.TrimSpace(row[i])
			}
			return ""
		})
	}
}

func (r *shopReader) broken(err error) {
	var wrong *csv.ParseError
	switch {
	case errors.As(err, &wrong): // where the row begins: a quote that nobody closes ends far below
		r.fail(wrong.StartLine, "%s", wrong.Err)
	case errors.Is(err, io.EOF):
		r.fail(1, "the file is empty")
	default:
		r.fail(0, "%s", err)
	}
}

func (r *shopReader) yaml(data []byte) {
	doc, e := parse(r.file, data)
	if e != nil {
		r.errs = append(r.errs, e)
		return
	}
	list := doc.Content[0]
	if list.Kind != yaml.SequenceNode {
		r.fail(list.Line, "a list of shops is wanted: - {name: momiji, host: momiji.example}")
		return
	}
	for _, n := range list.Content {
		r.mapping(n)
	}
}

func (r *shopReader) mapping(n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		r.fail(n.Line, "a shop is a mapping: {name: momiji, host: momiji.example}")
		return
	}
	values := map[string]string{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, v := n.Content[i].Value, n.Content[i+1]
		_, twice := values[key]
		switch {
		case twice || !slices.Contains(shopColumns, key):
			r.fail(n.Content[i].Line, "unknown or repeated key %q: the keys are %s", abridged(key), strings.Join(shopColumns, ", "))
			return
		case key == "host" && v.Kind == yaml.SequenceNode:
			var hosts []string
			for _, h := range v.Content {
				hosts = append(hosts, h.Value)
			}
			values[key] = strings.Join(hosts, " ")
		case v.Kind != yaml.ScalarNode:
			r.fail(v.Line, "%q is text", key)
			return
		default:
			values[key] = v.Value
		}
	}
	r.add(n.Line, func(column string) string { return values[column] })
}
