package tui

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// sizes are those of the golden views.
var sizes = [][2]int{{60, 15}, {80, 24}, {110, 28}, {160, 50}}

// golden compares a screen with testdata/NAME.WxH.txt; UPDATE=1 writes it.
func golden(t *testing.T, name string, m *Model) {
	t.Helper()
	file := filepath.Join("testdata", fmt.Sprintf("%s.%dx%d.txt", name, m.w, m.h))
	got := screen(t, m)
	if os.Getenv("UPDATE") != "" {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs (UPDATE=1 writes it):\n%s", file, got)
	}
}

func TestPipelineGolden(t *testing.T) {
	for _, size := range sizes {
		golden(t, "pipeline", shown(t, newFakeDesk(), size[0], size[1]))
	}
}
