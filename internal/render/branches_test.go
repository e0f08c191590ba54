package render

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/shopctl/shopctl/internal/shop"
)

// forms are the systems whose branches are looked at as a whole: with a wildcard,
// on gateways and on Ingresses, open and closed in every way.
func forms(t testing.TB) map[string]system {
	const tier1 = "metadata:\n  name: tier-1\nspec:\n"
	const closed = "  maintenance:\n    until: 2026-01-31T10:00:00+09:00\n"
	return map[string]system{
		"as it is":                    sample(t),
		"the wildcard on an Ingress":  sample(t, "host: \"*.example.jp\"\n    shopset: s-101", "host: \"*.example.jp\"\n    shopset: s-102"),
		"closed":                      sample(t, tier1, tier1+closed, "  shopset: s-001\n", "  shopset: s-001\n"+closed),
		"closed by what is generated": sample(t, "  - maintenance\n", "", tier1, tier1+closed, "  shopset: s-001\n", "  shopset: s-001\n"+closed),
	}
}

// Every overlay of a rendered branch builds with kubectl, and so does every
// folder of routes, of which each object comes out once and as it stands there.
func TestBranchesBuildWithKubectl(t *testing.T) {
	program, err := exec.LookPath(*kubectl)
	if err != nil {
		t.Skip("NO KUBECTL ON PATH: NO BRANCH WAS BUILT WITH IT")
	}
	kinds := map[string]int{}
	for name, s := range forms(t) {
		for _, tier := range []shop.Tier{"tier-0", "tier-1"} {
			dir := t.TempDir()
			for file, data := range s.tier(t, tier) {
				write(t, filepath.Join(dir, file), data)
			}
			for sub, tree := range map[string]fs.FS{"base": s.app, "config": s.config} {
				if err := os.CopyFS(filepath.Join(dir, sub), tree); err != nil {
					t.Fatal(err)
				}
			}
			sets, err := filepath.Glob(filepath.Join(dir, "shopsets", "*"))
			if err != nil || len(sets) == 0 {
				t.Fatal(err, sets)
			}
			for _, set := range sets {
				build(t, program, set)
				routes, err := filepath.Glob(filepath.Join(set, "shops", "*.yaml"))
				if err != nil {
					t.Fatal(err)
				}
				list := "resources:\n"
				want := 0
				for _, file := range routes {
					data, err := os.ReadFile(file)
					if err != nil {
						t.Fatal(err)
					}
					want += len(documentsOf(t, data))
					list += "- " + filepath.Base(file) + "\n"
				}
				if want == 0 {
					continue
				}
				write(t, filepath.Join(set, "shops", "kustomization.yaml"), []byte(list))
				built := documentsOf(t, build(t, program, filepath.Join(set, "shops")))
				if len(built) != want {
					t.Errorf("%s, %s: %d objects of %d", name, set, len(built), want)
				}
				for _, o := range built {
					kinds[fmt.Sprint(o["kind"])]++
				}
			}
		}
	}
	t.Logf("figure built %v", kinds)
	for _, kind := range []string{"HTTPRoute", "Ingress", "Deployment"} {
		if kinds[kind] == 0 {
			t.Errorf("no %s was built", kind)
		}
	}
}

func build(t *testing.T, program, dir string) []byte {
	t.Helper()
	cmd := exec.Command(program, "kustomize", dir)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", dir, err, said.String())
	}
	return out
}

func documentsOf(t *testing.T, data []byte) (all []object) {
	t.Helper()
	for d := yaml.NewDecoder(bytes.NewReader(data)); ; {
		var o object
		switch err := d.Decode(&o); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatalf("%v\n%s", err, data)
		}
		all = append(all, o)
	}
}

// In all branches together a host leads to one shop, or to the wildcard: a shop
// on its way has it twice, and nobody else.
func TestHostsAreUnique(t *testing.T) {
	for name, s := range forms(t) {
		all := Files{}
		for _, tier := range []shop.Tier{"tier-0", "tier-1"} {
			for file, data := range s.tier(t, tier) {
				all[string(tier)+"/"+file] = data
			}
		}
		hosts, twice := hostsOf(t, all)
		if len(hosts) < 6 || len(hosts["*.example.jp"]) != 1 || len(hosts["123.example.jp"]) != 2 {
			t.Errorf("%s: %v", name, hosts)
		}
		if len(twice) > 0 {
			t.Errorf("%s: hosts of two shops: %v", name, twice)
		}
		// The same host once more, on another tier, is seen.
		const momiji = "tier-0/shopsets/s-001/shops/momiji.yaml"
		all[momiji] = bytes.ReplaceAll(all[momiji], []byte("momiji.example.jp"), []byte("kome.example.jp"))
		if _, twice := hostsOf(t, all); !slices.Equal(twice, []string{"kome.example.jp"}) {
			t.Errorf("%s: a host of two shops was not seen: %v", name, twice)
		}
	}
}

// hostsOf are the hosts of all routes with the files that they stand in, and
// those that more than one shop has.
func hostsOf(t *testing.T, files Files) (hosts map[string][]string, twice []string) {
	t.Helper()
	hosts = map[string][]string{}
	shops := map[string]map[string]bool{}
	for _, file := range slices.Sorted(maps.Keys(files)) {
		if !strings.Contains(file, "/shopsets/") || !strings.HasSuffix(file, ".yaml") {
			continue
		}
		for _, o := range documentsOf(t, files[file]) {
			spec, _ := o["spec"].(object)
			for _, h := range hostsIn(spec) {
				hosts[h] = append(hosts[h], file)
				if shops[h] == nil {
					shops[h] = map[string]bool{}
				}
				shops[h][path.Base(file)] = true
			}
		}
	}
	for _, h := range slices.Sorted(maps.Keys(shops)) {
		if len(shops[h]) > 1 {
			twice = append(twice, h)
		}
	}
	return hosts, twice
}

func hostsIn(spec object) (hosts []string) {
	names, _ := spec["hostnames"].([]any)
	for _, h := range names {
		hosts = append(hosts, fmt.Sprint(h))
	}
	rules, _ := spec["rules"].([]any)
	for _, r := range rules {
		if rule, _ := r.(object); rule["host"] != nil {
			hosts = append(hosts, fmt.Sprint(rule["host"]))
		}
	}
	return hosts
}
