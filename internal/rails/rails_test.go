package rails

import (
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

func TestRollback(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/migrations.txtar")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[Way]int{}
	for _, f := range archive.Files {
		t.Run(f.Name, func(t *testing.T) {
			source := string(f.Data)
			first, _, _ := strings.Cut(source, "\n")
			want := strings.TrimPrefix(first, "# ")
			way, why := Rollback(source)
			got := string(way)
			if why != "" {
				got += ": " + why
			}
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			seen[way]++
			if crlf, _ := Rollback(strings.ReplaceAll(source, "\n", "\r\n")); crlf != way {
				t.Errorf("with CRLF: %s", crlf)
			}
		})
	}
	for _, way := range []Way{Possible, Impossible, Unknown} {
		if seen[way] < 10 {
			t.Errorf("only %d migrations are %s", seen[way], way)
		}
	}
}

// What is cut off is never said to be possible: half a file is no migration.
func TestCutOff(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/migrations.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		source := strings.TrimRight(string(f.Data), "\n")
		if whole, _ := Rollback(source); whole == Unknown || !strings.HasSuffix(source, "\nend") {
			continue
		}
		for cut := range len(source) - len("end") {
			if way, _ := Rollback(source[:cut]); way != Unknown {
				t.Errorf("%s: the first %d bytes are %s", f.Name, cut, way)
				break
			}
		}
	}
}

func FuzzRollback(f *testing.F) {
	archive, err := txtar.ParseFile("testdata/migrations.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range archive.Files {
		f.Add(string(file.Data))
	}
	f.Fuzz(func(t *testing.T, source string) {
		if way, why := Rollback(source); (way == Possible) != (why == "") {
			t.Errorf("%s: %q", way, why)
		}
	})
}
