package argocd

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestLean(t *testing.T) {
	for in, want := range map[string]string{
		``:                                    ``,
		`{"resources":[{"a":"]"},[1]],"b":2}`: `{"resources":[],"b":2}`,
		"{\"resources\" :\n [1, 2]}":          "{\"resources\" :\n []}",
		`{"resources":{"a":[1]}}`:             `{"resources":{"a":[1]}}`,
		`{"a":"resources","b":[1]}`:           `{"a":"resources","b":[1]}`,
		`["resources",[1]]`:                   `["resources",[1]]`,
		`{"resources2":[1],"xresources":[1]}`: `{"resources2":[1],"xresources":[1]}`,
		`{"a\"resources":[1]}`:                `{"a\"resources":[1]}`,
		`{"a":"\"resources\":[1]"}`:           `{"a":"\"resources\":[1]"}`,
		`{"resources":["\\\"]","\\"]}`:        `{"resources":[]}`,
		`{"resources":[{"a":1`:                `{"resources":[`,
		`{"resources":[]}{"resources":[0]}`:   `{"resources":[]}{"resources":[]}`,
	} {
		for name, r := range map[string]io.Reader{
			"whole": strings.NewReader(in), "byte by byte": iotest.OneByteReader(strings.NewReader(in)), "with its end": iotest.DataErrReader(strings.NewReader(in)),
		} {
			got, err := io.ReadAll(iotest.HalfReader(&lean{r: r}))
			if err != nil || string(got) != want {
				t.Errorf("%s, %s: %q, %v", in, name, got, err)
			}
		}
	}
	if _, err := io.ReadAll(&lean{r: iotest.ErrReader(io.ErrUnexpectedEOF)}); err != io.ErrUnexpectedEOF {
		t.Errorf("an error became %v", err)
	}
}
