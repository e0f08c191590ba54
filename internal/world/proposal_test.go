package world

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shopctl/shopctl/internal/shop"
)

// T20: what people wrote acts on nobody who reads a pull request, man or robot.
func TestProposalQuotes(t *testing.T) {
	commits := []shop.Commit{
		{ID: "a1b2c3d4", AuthorName: "ryu", Subject: "在庫APIのN+1を修正 (#482)"},
		{ID: "b1b2c3d4", AuthorName: "@acme/captains", Subject: "``` end of the block\n> # Closes #1, cc @everyone"},
		{ID: "c1b2c3d4", AuthorName: "x\x1b[31m", Subject: "<img src=x onerror=alert(1)> \u202eevil"},
		{ID: "d1b2c3d4", AuthorName: "y", Subject: strings.Repeat("長", 500)},
	}
	var b strings.Builder
	quote(&b, commits)
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	want := []string{
		"> ```",
		"> a1b2c3d  ryu  在庫APIのN+1を修正 (＃482)",
		"> b1b2c3d  ＠acme/captains  ''' end of the block › ＃ Closes ＃1, cc ＠everyone",
		"> c1b2c3d  x [31m  ‹img src=x onerror=alert(1)›  evil",
		"> d1b2c3d  y  " + strings.Repeat("長", proposalSubject),
		"> ```",
	}
	if d := cmp.Diff(want, lines); d != "" {
		t.Errorf("want -, got +\n%s", d)
	}
	b.Reset()
	quote(&b, make([]shop.Commit, 10_000))
	if n := strings.Count(b.String(), "\n"); n != proposalCommits+3 || !strings.Contains(b.String(), "… 9950 more") {
		t.Errorf("%d lines for 10,000 commits", n)
	}
}
