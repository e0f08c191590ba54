package show

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"text/template"

	"github.com/itchyny/gojq"
)

// APIVersion stands in every JSON object.
const APIVersion = "shopctl/v1"

// JSON is how an object is written for programs. Its zero value writes all
// fields. Prepare checks it before anything is done.
type JSON struct {
	Fields   []string // only these of the top level; nil: all
	Query    string   // a jq expression
	Template string   // a Go template
	Indent   bool     // for a terminal

	query *gojq.Code
	text  *template.Template
}

// Errors of a JSON that cannot be written, for errors.As.
type (
	// UnknownField is a field that objects of this kind do not have.
	UnknownField struct {
		Field string
		Known []string
	}
	// BadExpression is a jq expression or a template that does not parse.
	BadExpression struct {
		What string // --jq, --template
		Err  error
	}
)

func (e *UnknownField) Error() string { return fmt.Sprintf("there is no field %q", e.Field) }

func (e *BadExpression) Error() string { return fmt.Sprintf("%s: %v", e.What, e.Err) }

func (e *BadExpression) Unwrap() error { return e.Err }

// Prepare compiles the expressions and compares the fields with those of
// sample, a struct value of the type that will be written.
func (j *JSON) Prepare(sample any) error {
	known := FieldsOf(sample)
	for _, f := range j.Fields {
		if !slices.Contains(known, f) {
			return &UnknownField{Field: f, Known: known}
		}
	}
	if j.Query != "" {
		parsed, err := gojq.Parse(j.Query)
		if err != nil {
			return &BadExpression{What: "--jq", Err: err}
		}
		// No environment: an expression cannot read a token.
		if j.query, err = gojq.Compile(parsed, gojq.WithEnvironLoader(func() []string { return nil })); err != nil {
			return &BadExpression{What: "--jq", Err: err}
		}
	}
	if j.Template != "" {
		text, err := template.New("--template").Option("missingkey=error").Parse(j.Template)
		if err != nil {
			return &BadExpression{What: "--template", Err: err}
		}
		j.text = text
	}
	return nil
}

// FieldsOf lists the names of a struct's JSON fields in their order, those of
// embedded structs among them.
func FieldsOf(sample any) []string {
	t := reflect.TypeOf(sample)
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	var names []string
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || !f.IsExported() || len(f.Index) > 1 && promotedFromNamed(t, f):
		case f.Anonymous && name == "":
		case name == "":
			names = append(names, f.Name)
		default:
			names = append(names, name)
		}
	}
	return names
}

// promotedFromNamed tells a field whose embedded struct has a JSON name: that
// one is an object of its own.
func promotedFromNamed(t reflect.Type, f reflect.StructField) bool {
	outer := t.FieldByIndex(f.Index[:1])
	return outer.Tag.Get("json") != ""
}

// Write writes v, a struct, as one object of the kind, on a line of its own.
func (j *JSON) Write(w io.Writer, kind string, v any) error {
	object, err := envelope(kind, v, j.Fields)
	if err != nil {
		return err
	}
	if j.query == nil && j.text == nil {
		return j.encode(w, object)
	}
	var plain any
	if err := json.Unmarshal(object, &plain); err != nil {
		return fmt.Errorf("read own JSON: %w", err)
	}
	if j.query == nil {
		return j.text.Execute(w, plain)
	}
	return j.filter(w, plain)
}

func (j *JSON) encode(w io.Writer, object []byte) error {
	var b bytes.Buffer
	if j.Indent {
		if err := json.Indent(&b, object, "", "  "); err != nil {
			return err
		}
	} else {
		b.Write(object)
	}
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}

func (j *JSON) filter(w io.Writer, plain any) error {
	for results := j.query.Run(plain); ; {
		v, more := results.Next()
		if !more {
			return nil
		}
		if err, bad := v.(error); bad {
			var halt *gojq.HaltError
			if errors.As(err, &halt) && halt.Value() == nil {
				return nil
			}
			return &BadExpression{What: "--jq", Err: err}
		}
		if s, is := v.(string); is {
			if _, err := io.WriteString(w, s+"\n"); err != nil {
				return err
			}
			continue
		}
		b, err := gojq.Marshal(v)
		if err != nil {
			return fmt.Errorf("write the result of --jq: %w", err)
		}
		if err := j.encode(w, b); err != nil {
			return err
		}
	}
}

// envelope puts apiVersion and kind in front and keeps the order of the fields.
func envelope(kind string, v any, only []string) ([]byte, error) {
	body, err := marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write %s as JSON: %w", kind, err)
	}
	if only != nil {
		if body, err = pick(body, only); err != nil {
			return nil, fmt.Errorf("write %s as JSON: %w", kind, err)
		}
	}
	head, err := marshal(struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
	}{APIVersion, kind})
	if err != nil {
		return nil, err
	}
	if bytes.Equal(body, []byte("{}")) {
		return head, nil
	}
	return slices.Concat(head[:len(head)-1], []byte(","), body[1:]), nil
}

// marshal leaves <, > and & as they are: this is no HTML.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

func pick(body []byte, only []string) ([]byte, error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(body, &all); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteByte('{')
	for i, name := range only {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := marshal(name)
		if err != nil {
			return nil, err
		}
		value := all[name]
		if value == nil { // left out because it is empty
			value = []byte("null")
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
