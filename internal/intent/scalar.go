package intent

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/shopctl/shopctl/internal/shop"
)

// scalar is a single value; tags are the YAML types it may be written as.
type scalar[T any] struct {
	want  string // in "must be …"
	tags  []string
	parse func(string) (T, error)
	form  map[string]any
}

// hinted is a mistake in a value with what to write instead.
type hinted struct{ message, hint string }

func (h hinted) Error() string { return h.message }

func (s scalar[T]) schema() map[string]any { return s.form }

func (s scalar[T]) read(w *walk, n *yaml.Node, into any) {
	if n.Kind != yaml.ScalarNode || !s.takes(n) {
		w.wrongType(n, s.want)
		return
	}
	v, err := s.parse(n.Value)
	if err != nil {
		var h hinted
		errors.As(err, &h)
		if len(w.path) == 0 {
			w.fail(n, h.hint, "%v", err)
			return
		}
		w.fail(n, h.hint, "%q: %v", w.key(), err)
		return
	}
	switch p := into.(type) {
	case *T:
		*p = v
	case **T:
		*p = &v
	}
}

func (s scalar[T]) takes(n *yaml.Node) bool {
	for _, t := range s.tags {
		if n.Tag == t {
			return true
		}
	}
	return false
}

var texts = []string{"!!str"}

func about(schema map[string]any, more map[string]any) map[string]any {
	all := maps.Clone(schema)
	maps.Copy(all, more)
	return all
}

var textSchema = map[string]any{"type": "string"}

// text is anything a person may write, in one value of at most limit bytes.
func text(limit int) scalar[string] {
	return scalar[string]{"text", texts, func(v string) (string, error) {
		switch {
		case v == "":
			return "", hinted{"is empty", "leave the key out"}
		case len(v) > limit:
			return "", fmt.Errorf("has %d bytes; at most %d are possible", len(v), limit)
		}
		return v, nil
	}, about(textSchema, map[string]any{"minLength": 1, "maxLength": limit})}
}

// anyText may be empty too.
func anyText(limit int) scalar[string] {
	s := text(limit)
	strict := s.parse
	s.parse = func(v string) (string, error) {
		if v == "" {
			return "", nil
		}
		return strict(v)
	}
	s.form = about(textSchema, map[string]any{"maxLength": limit})
	return s
}

// pattern is text of one form.
func pattern[T ~string](what, form string) scalar[T] {
	re := regexp.MustCompile(form)
	return scalar[T]{"text", texts, func(v string) (T, error) {
		if !re.MatchString(v) {
			return "", fmt.Errorf("%q is no %s", v, what)
		}
		return T(v), nil
	}, about(textSchema, map[string]any{"pattern": form})}
}

const nameForm = `^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`

// name is the name of a resource.
func name[T ~string]() scalar[T] {
	return scalar[T]{"text", texts, func(v string) (T, error) {
		if !shop.ValidName(v) {
			return "", hinted{fmt.Sprintf("%q is no name", v), "lower-case letters, digits and inner hyphens, at most 63"}
		}
		return T(v), nil
	}, about(textSchema, map[string]any{"pattern": nameForm})}
}

var tierName = scalar[shop.Tier]{"text", texts, shop.ParseTier, about(textSchema, map[string]any{"pattern": `^tier-(0|[1-9][0-9]?)$`})}

var commitID = scalar[shop.CommitID]{"text", texts, func(v string) (shop.CommitID, error) {
	if c := shop.CommitID(v); c.Valid() {
		return c, nil
	}
	return "", hinted{fmt.Sprintf("%q is no commit", v), "all 40 hexadecimal digits of its id"}
}, about(textSchema, map[string]any{"pattern": `^[0-9a-f]{40}$`})}

// oneOf is one word of a few.
func oneOf(words ...string) scalar[string] {
	return scalar[string]{"text", texts, func(v string) (string, error) {
		for _, w := range words {
			if v == w {
				return v, nil
			}
		}
		return "", hinted{fmt.Sprintf("%q is not possible", v), "one of " + strings.Join(words, ", ")}
	}, about(textSchema, map[string]any{"enum": words})}
}

// number is a whole number.
func number(low, high int) scalar[int] {
	return scalar[int]{"a whole number", []string{"!!int"}, func(v string) (int, error) {
		n, err := strconv.Atoi(v)
		if err != nil {
			return 0, fmt.Errorf("%s is no whole number", v)
		}
		if n < low || n > high {
			return 0, fmt.Errorf("%d is not between %d and %d", n, low, high)
		}
		return n, nil
	}, map[string]any{"type": "integer", "minimum": low, "maximum": high}}
}

var truth = scalar[bool]{"true or false", []string{"!!bool"}, func(v string) (bool, error) {
	switch v {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, hinted{fmt.Sprintf("%q is not possible", v), "true or false"}
}, map[string]any{"type": "boolean"}}

// duration is a length of time, at least low.
func duration(low time.Duration) scalar[shop.Duration] {
	return scalar[shop.Duration]{"a duration", texts, func(v string) (shop.Duration, error) {
		var d shop.Duration
		if err := d.UnmarshalText([]byte(v)); err != nil {
			return 0, hinted{fmt.Sprintf("%q is no duration", v), "write 30s, 10m or 4h"}
		}
		if time.Duration(d) < low {
			return 0, fmt.Errorf("%s is less than %s", d, shop.Duration(low))
		}
		return d, nil
	}, about(textSchema, map[string]any{"pattern": `^([0-9]+h([0-9]+m)?([0-9]+s)?|[0-9]+m([0-9]+s)?|[0-9]+s)$`})}
}

// instant is a time with its zone.
var instant = scalar[time.Time]{"a time", []string{"!!str", "!!timestamp"}, func(v string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, v)
	if err == nil {
		return t, nil
	}
	for _, form := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04"} {
		if local, err := time.Parse(form, v); err == nil {
			return time.Time{}, hinted{fmt.Sprintf("%q has no zone", v), local.Format("2006-01-02T15:04:05") + "+09:00, or Z for UTC"}
		}
	}
	return time.Time{}, hinted{fmt.Sprintf("%q is no time", v), "like 2026-01-31T10:00:00+09:00"}
}, about(textSchema, map[string]any{"pattern": `^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$`})}
