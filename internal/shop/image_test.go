package shop

import (
	"strings"
	"testing"
)

func TestParseImage(t *testing.T) {
	sum := "sha256:" + strings.Repeat("0a", 32)
	for _, text := range []string{"web=registry.example/web:sha-123", "web=localhost:5000/a/web:1.0", "registry.example/web=web:2", "web=web@" + sum, "web=web:" + strings.Repeat("a", 128)} {
		i, err := ParseImage(text)
		if err != nil || i.String() != text {
			t.Errorf("%q: %+v, %v", text, i, err)
		}
	}
	for _, text := range []string{"", "web", "web=", "=web:1", "web=web", "web=localhost:5000/web", "web=web:", "web=web: 1", "web=web@sha256:12", "web=we\nb:1", "WEB=web:1", "web=web:1@" + sum, "web=-web:1", "web=web:" + strings.Repeat("a", 129), "web=web@sha256:" + strings.Repeat("0g", 32), "web=web@" + sum + "0"} {
		if i, err := ParseImage(text); err == nil {
			t.Errorf("%q is taken for %+v", text, i)
		}
	}
}
