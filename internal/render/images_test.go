package render

import (
	"strings"
	"testing"

	"github.com/shopctl/shopctl/internal/shop"
)

func TestSetImage(t *testing.T) {
	sum := "sha256:" + strings.Repeat("0a", 32)
	const file = `# ours
resources: [web.yaml]
images:
  - name: web   # the app
    newName: registry.example/web
    newTag: "7" # by CI
  # the worker is the same
  - newTag: a
    name: worker
  -   name: cache
# end
`
	for _, c := range []struct{ name, image, old, new string }{
		{"a tag", "web=registry.example/web:sha-8", `newTag: "7" # by CI`, `newTag: sha-8 # by CI`},
		{"a tag that looks like a number", "web=registry.example/web:1.10", `newTag: "7" # by CI`, `newTag: "1.10" # by CI`},
		{"name and tag", "web=other.example/web:8", "newName: registry.example/web\n    newTag: \"7\"", "newName: other.example/web\n    newTag: \"8\""},
		{"a digest for a tag", "web=registry.example/web@" + sum, "  - name: web   # the app\n    newName: registry.example/web\n    newTag: \"7\" # by CI\n",
			"  - name: web   # the app\n    digest: " + sum + "\n    newName: registry.example/web\n"},
		{"keys that are not there", "cache=redis:8", "  -   name: cache\n", "  -   name: cache\n      newTag: \"8\"\n      newName: redis\n"},
		{"name last", "worker=web:b", "  - newTag: a\n    name: worker\n", "  - newTag: b\n    name: worker\n    newName: web\n"},
	} {
		i, err := shop.ParseImage(c.image)
		if err != nil {
			t.Fatal(err)
		}
		got, found, err := SetImage([]byte(file), i)
		if want := strings.Replace(file, c.old, c.new, 1); err != nil || !found || string(got) != want || want == file {
			t.Errorf("%s: %v, %v\n%s", c.name, found, err, got)
		}
		again, _, err := SetImage(got, i)
		if err != nil || string(again) != string(got) {
			t.Errorf("%s, again: %v\n%s", c.name, err, again)
		}
	}
}

func TestSetImageElsewhere(t *testing.T) {
	i, _ := shop.ParseImage("web=registry.example/web:2")
	for file, found := range map[string]bool{
		"": false, "resources: []\n": false, "images: none\n": false, "images: [{newName: web}]\n": false,
	} {
		got, has, err := SetImage([]byte(file), i)
		if has != found || err != nil || string(got) != file {
			t.Errorf("%q: %q, %v, %v", file, got, has, err)
		}
	}
	for _, file := range []string{
		"images: [{name: web, newTag: 1}]\n",
		"images:\n- digest: sha256:00\n  name: web\n",
		"images:\n- name: web\n  newTag: >-\n    long\n",
		"images:\n- name: web\n  newTag: &t a\n- name: other\n  newTag: *t\n",
		"images:\n- name: web\n  newTag:\n    a\n",
	} {
		if got, _, err := SetImage([]byte(file), i); err == nil {
			t.Errorf("%q became %q", file, got)
		}
	}
	got, _, err := SetImage([]byte("images:\r\n- name: web\r\n"), i)
	if err != nil || string(got) != "images:\r\n- name: web\r\n  newTag: \"2\"\r\n  newName: registry.example/web\r\n" {
		t.Errorf("%q, %v", got, err)
	}
	got, _, err = SetImage([]byte("images:\n- name: web"), i)
	if err != nil || string(got) != "images:\n- name: web\n  newTag: \"2\"\n  newName: registry.example/web\n" {
		t.Errorf("%q, %v", got, err)
	}
}

// FuzzSetImage: whatever the file, nothing panics and what comes back is a file
// that has the image, or the same bytes.
func FuzzSetImage(f *testing.F) {
	f.Add("images:\n- name: web\n  newTag: a\n")
	f.Add("images: [{name: web}]\n")
	f.Add("images:\n- {name: web,\n   newTag: a}\n")
	i, _ := shop.ParseImage("web=registry.example/web:2")
	f.Fuzz(func(t *testing.T, file string) {
		got, found, err := SetImage([]byte(file), i)
		if err == nil && !found && string(got) != file {
			t.Errorf("%q became %q", file, got)
		}
	})
}
