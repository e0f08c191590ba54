package render

import (
	"flag"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/shop"
)

// system is what a test renders.
type system struct {
	intent      map[string][]byte
	app, config fstest.MapFS
}

// sample reads the system of testdata; edits replace texts in its files and in their
// names, old and new.
func sample(t testing.TB, edits ...string) system {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/system.txtar")
	if err != nil {
		t.Fatal(err)
	}
	s := system{map[string][]byte{}, fstest.MapFS{}, fstest.MapFS{}}
	replace := strings.NewReplacer(edits...)
	for _, f := range archive.Files {
		data := []byte(replace.Replace(string(f.Data)))
		switch top, name, _ := strings.Cut(replace.Replace(f.Name), "/"); top {
		case "intent":
			s.intent[name] = data
		case "app":
			s.app[name] = &fstest.MapFile{Data: data}
		case "config":
			s.config[name] = &fstest.MapFile{Data: data}
		}
	}
	return s
}

func (s system) set(t testing.TB) *intent.Set {
	t.Helper()
	set, err := intent.Load(maps.All(s.intent))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func (s system) facts(t testing.TB, set *intent.Set) map[string]Facts {
	t.Helper()
	all := map[string]Facts{}
	for name, c := range set.Configurations {
		f, err := Inspect(*c, *set.Policy, FromFS(s.app), FromFS(s.config))
		if err != nil {
			t.Fatal(err)
		}
		all[name] = f
	}
	return all
}

func (s system) tier(t testing.TB, tier shop.Tier) Files {
	t.Helper()
	set := s.set(t)
	files, err := Tier(set, tier, s.facts(t, set))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func input(t testing.TB, set *intent.Set, name shop.ShopSetID, facts map[string]Facts) Input {
	t.Helper()
	in, err := inputOf(set, *set.Tiers[set.ShopSets[name].Tier], set.ShopSets[name], facts)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestGolden(t *testing.T) {
	s := sample(t)
	set := s.set(t)
	for _, tier := range []shop.Tier{"tier-0", "tier-1"} {
		files := s.tier(t, tier)
		name, boot := Bootstrap(*set.Policy, *set.Tiers[tier], set.Clusters)
		var got txtar.Archive
		for _, file := range slices.Sorted(maps.Keys(files)) {
			got.Files = append(got.Files, txtar.File{Name: file, Data: files[file]})
		}
		got.Files = append(got.Files, txtar.File{Name: "main/" + name, Data: boot})
		golden := filepath.Join("testdata", string(tier)+".txtar")
		text := txtar.Format(&got)
		if os.Getenv("UPDATE") == "1" {
			if err := os.WriteFile(golden, text, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(text)); diff != "" {
			t.Errorf("%s differs (UPDATE=1 writes it anew):\n%s", golden, diff)
		}
		if err := Check9(files, tier); err != nil {
			t.Error(err)
		}
	}
}

// Maps of Go have another order in every loop, so 20 times is a shuffle.
func TestSameBytes(t *testing.T) {
	s := sample(t)
	want := s.tier(t, "tier-1")
	for range 20 {
		if diff := cmp.Diff(want, s.tier(t, "tier-1")); diff != "" {
			t.Fatal(diff)
		}
	}
}

var kubectl = flag.String("kubectl", "kubectl", "program to compare builds with")

func TestAssertBuildsAsKubectl(t *testing.T) {
	s := sample(t)
	set := s.set(t)
	facts := s.facts(t, set)
	for name, shopSet := range set.ShopSets {
		files := s.tier(t, shopSet.Tier)
		got, err := Assert(input(t, set, name, facts), files, FromFS(s.app), FromFS(s.config))
		if err != nil {
			t.Fatal(err)
		}
		program, err := exec.LookPath(*kubectl)
		if err != nil {
			t.Skip("no kubectl on PATH: its build was not compared")
		}
		dir := t.TempDir()
		for file, data := range files {
			write(t, filepath.Join(dir, file), data)
		}
		for sub, tree := range map[string]fs.FS{"base": s.app, "config": s.config} {
			if err := os.CopyFS(filepath.Join(dir, sub), tree); err != nil {
				t.Fatal(err)
			}
		}
		want, err := exec.Command(program, "kustomize", filepath.Join(dir, "shopsets", string(name))).Output()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s: kubectl builds something else:\n%s", name, diff)
		}
	}
}

func write(t *testing.T, file string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o666); err != nil {
		t.Fatal(err)
	}
}
