package rehearsal

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/git"
)

// Change is a pull request that a person merges into tier-0.
type Change struct {
	Repository shop.Repository   `json:"repository,omitempty"` // app
	Name       string            `json:"name,omitempty"`       // author
	Email      string            `json:"email,omitempty"`
	Subject    string            `json:"subject,omitempty"`
	Files      map[string]string `json:"files,omitempty"` // whole contents by path
}

// Merged is what came of a Change.
type Merged struct {
	Repository shop.Repository `json:"repository"`
	Commit     shop.CommitID   `json:"commit"`
	Subject    string          `json:"subject"`
}

// prepared are the pull requests that wait to be merged; after the last one they
// come again with other numbers.
func prepared(n, pull int) Change {
	who := []string{"mika", "ryu", "takuya", "renovate"}[n%4]
	c := Change{Name: people[who].name, Email: people[who].email}
	switch n % 4 {
	case 0:
		c.Subject = fmt.Sprintf("検索結果に在庫数を表示 (#%d)", pull)
		c.Files = map[string]string{"app/views/products/_result.html.erb": fmt.Sprintf("<%%# %d %%>\n<%%= product.name %%>\n残り <%%= product.stocks.sum(&:quantity) %%> 点\n", pull)}
	case 1:
		c.Subject = fmt.Sprintf("Show the delivery date in the cart (#%d)", pull)
		c.Files = map[string]string{"app/views/carts/_delivery.html.erb": fmt.Sprintf("<%%# %d %%>\n<%%= l cart.delivery_on, format: :long %%>\n", pull)}
	case 2:
		c.Subject = fmt.Sprintf("領収書のPDFを軽くする (#%d)", pull)
		c.Files = map[string]string{"app/models/receipt.rb": fmt.Sprintf("# %d\nclass Receipt\n  FONT_SUBSET = true\nend\n", pull)}
	case 3:
		c.Subject = fmt.Sprintf("Bump solid_queue to 1.1.%d (#%d)", n, pull)
		c.Files = map[string]string{".tool-versions": fmt.Sprintf("ruby 3.4.4\n# solid_queue 1.1.%d\n", n)}
	}
	return c
}

// Merge merges a change into tier-0, as a person does at the forge. The zero
// Change is the next of the prepared ones. A change of the app repository also
// moves the image to its own build.
func (w *World) Merge(ctx context.Context, c Change) (Merged, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := w.record.Merged
	if c.Subject == "" {
		c = prepared(n, w.nextPull(shop.AppRepository, n))
	}
	if c.Repository == "" {
		c.Repository = shop.AppRepository
	}
	if c.Name == "" {
		c.Name, c.Email = people["ryu"].name, people["ryu"].email
	}
	number := w.nextPull(c.Repository, n)
	id, old, err := w.merge(ctx, c, number)
	if err == nil {
		err = w.recallMerge(c, number, id, old, w.clock.Now().Truncate(time.Second))
	}
	if err != nil {
		return Merged{}, fmt.Errorf("merge %q: %w", c.Subject, err)
	}
	w.record.Merged++
	if err := w.writeRecord(); err != nil {
		return Merged{}, err
	}
	w.pushed(GitPush{Repository: string(c.Repository) + ".git", Moved: []RefUpdate{{shop.TierAt(0).Branch(), old.String(), string(id)}}})
	return Merged{c.Repository, id, c.Subject}, nil
}

func (w *World) merge(ctx context.Context, c Change, pull int) (id shop.CommitID, old git.ID, err error) {
	name := string(c.Repository) + ".git"
	repo, ok := w.bare[name]
	if !ok || c.Repository == shop.SystemRepository {
		return "", old, fmt.Errorf("%q is no repository that people write", c.Repository)
	}
	branch := shop.TierAt(0).Branch()
	refs, err := repo.Refs()
	if err != nil {
		return "", old, err
	}
	old = refs.Tips[branch]
	files := map[string]string{}
	for path, text := range c.Files {
		files[path] = text
	}
	if _, given := files[kustomization]; !given && c.Repository == shop.AppRepository {
		if before, err := fileAt(repo, old, kustomization); err == nil {
			files[kustomization] = retagged(string(before), fmt.Sprintf("build-%d", pull))
		}
	}
	dir := filepath.Join(w.gitDir(), name)
	in, err := startImport(ctx, dir)
	if err != nil {
		return "", old, err
	}
	// A branch of its own first: the ref moves by compare and swap, for people push
	// at the same time.
	const scratch = "refs/rehearsal/merge"
	mark := in.add(commit{
		branch: scratch, by: person{c.Name, c.Email}, at: w.clock.Now().Truncate(time.Second),
		message: strings.TrimSpace(c.Subject) + "\n", from: old.String(), files: files,
	})
	ids, err := in.finish()
	if err != nil {
		return "", old, err
	}
	id = ids[mark]
	moves := fmt.Sprintf("start\nupdate %s %s %s\ndelete %s\ncommit\n", branch, id, old, scratch)
	cmd := gitCommand(ctx, dir, "update-ref", "--stdin")
	cmd.Stdin = strings.NewReader(moves)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", old, fmt.Errorf("move %s: %w: %s", branch, err, strings.TrimSpace(string(out)))
	}
	return id, old, nil
}
