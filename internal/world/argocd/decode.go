package argocd

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// maxValue bounds one Application, or one line of a stream, in bytes.
const maxValue = 16 << 20

// decodeList reads {"items":[…],"metadata":{"resourceVersion":"…"}} in any
// order, one item in memory at a time.
func decodeList(r io.Reader, filtered bool, visit func(Application) error) (resourceVersion string, err error) {
	in := make(interner)
	if filtered {
		r = &lean{r: r}
	}
	src := &bounded{r: r, left: maxValue}
	dec := json.NewDecoder(src)
	if err := expect(dec, '{'); err != nil {
		return "", err
	}
	for dec.More() {
		src.left = maxValue
		key, err := dec.Token()
		if err != nil {
			return "", broken(err)
		}
		switch key {
		case "items":
			err = decodeItems(dec, src, in, filtered, visit)
		case "metadata":
			var m struct {
				ResourceVersion string `json:"resourceVersion"`
			}
			err = broken(dec.Decode(&m))
			resourceVersion = clean(m.ResourceVersion)
		default:
			err = broken(dec.Decode(&json.RawMessage{}))
		}
		if err != nil {
			return "", err
		}
	}
	// The closing brace tells a whole list from one that was cut.
	return resourceVersion, expect(dec, '}')
}

func decodeItems(dec *json.Decoder, src *bounded, in interner, filtered bool, visit func(Application) error) error {
	first, err := dec.Token()
	if err != nil {
		return broken(err)
	}
	if first == nil { // null: Argo CD's empty list
		return nil
	}
	if first != json.Delim('[') {
		return broken(fmt.Errorf("items are no list"))
	}
	for dec.More() {
		src.left = maxValue
		var a answer
		if err := dec.Decode(&a); err != nil {
			return broken(err)
		}
		if a.Metadata.Name == "" {
			return broken(errors.New("an application has no name"))
		}
		if err := visit(a.row(in, filtered)); err != nil {
			return &visitError{err}
		}
	}
	return expect(dec, ']')
}

// visitError sets what the caller's own function returned apart from faults of
// the body.
type visitError struct{ err error }

func (e *visitError) Error() string { return e.err.Error() }

func expect(dec *json.Decoder, want json.Delim) error {
	t, err := dec.Token()
	if err != nil {
		return broken(err)
	}
	if t != want {
		return broken(fmt.Errorf("expected %v", want))
	}
	return nil
}

// broken says that a body ended early or is not the JSON that was expected.
func broken(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("the answer was cut off: %w", io.ErrUnexpectedEOF)
	case errors.As(err, &syntax), errors.As(err, &kind):
		return fmt.Errorf("the answer is not what Argo CD sends: %w", err)
	}
	return err
}

// bounded is a reader that fails when one value needs more than left bytes.
type bounded struct {
	r    io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("the answer holds a value of more than %d MiB", maxValue>>20)
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// interner keeps one copy of texts that many rows share. It is bounded: a
// server must not be able to fill the memory with it.
type interner map[string]string

func (in interner) text(s string) string {
	if s == "" || len(s) > 128 {
		return clean(s)
	}
	if known, ok := in[s]; ok {
		return known
	}
	c := clean(s)
	if len(in) < 1024 {
		in[s] = c
	}
	return c
}
