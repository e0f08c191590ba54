package cli

import (
	"context"
	"net/url"
	"regexp"
	"strings"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/shop"
)

// docsPage is where the documentation can be read.
const docsPage = "https://github.com/shopctl/shopctl/tree/main/docs"

type openResult struct {
	Target string `json:"target"`
	URL    string `json:"url"`
}

func openCommand() *Command {
	return &Command{
		Name: "open", Group: Release, Help: func(t *i18n.Text) i18n.Help { return t.Open.Help },
		Args: []Arg{{Name: "TARGET", Optional: true, Complete: completeTiers}}, Flags: []Flag{tierFlag()},
		Kind: "Page", Fields: openResult{}, Run: runOpen,
	}
}

var pullForm = regexp.MustCompile(`^#?([1-9][0-9]{0,8})$`)

func runOpen(ctx context.Context, c *Call) error {
	text := c.Arg(0)
	if _, err := c.System(); err != nil && text != "docs" {
		return err
	}
	page, err := c.pageOf(ctx, text)
	if err != nil {
		return err
	}
	return c.browse(ctx, openResult{text, page}, page)
}

// pageOf is the address of a target. Words that name no thing of the system come
// first; a shop of such a name is shop/docs.
func (c *Call) pageOf(ctx context.Context, text string) (string, error) {
	switch {
	case text == "docs":
		return docsPage, nil
	case text == "argocd" || text == "":
		return c.argoPage("/applications?" + labels("shopset.dev/system="+c.system.Name))
	case text == "configuration":
		return c.branchPage(shop.ConfigurationRepository)
	}
	if m := pullForm.FindStringSubmatch(text); m != nil {
		return c.forgePage(shop.AppRepository, "/pull/"+m[1])
	}
	w, have, err := c.observe(ctx)
	if err != nil {
		return "", err
	}
	defer w.Close() //nolint:errcheck // nothing was written
	at, err := findTarget(c, w, have, text)
	switch {
	case err != nil:
		return "", err
	case at.Shop != "":
		return c.shopPage(w, at.Shop)
	case at.ShopSet != "":
		return c.argoPage("/applications/" + url.PathEscape(argoNamespace(have)) + "/" + url.PathEscape(have.System+"-"+string(at.ShopSet)))
	}
	return c.argoPage("/applications?" + labels("shopset.dev/system="+have.System+",shopset.dev/tier="+string(at.Tier)))
}

// labels is the query with which Argo CD's list begins.
func labels(selector string) string { return url.Values{"labels": {selector}}.Encode() }

func (c *Call) argoPage(path string) (string, error) {
	if c.system.ArgoCD == "" {
		return "", &Fail{Code: NoPage, Message: c.Text.Open.NoArgoCD, Reasons: []string{c.Text.Open.Forms}}
	}
	return strings.TrimSuffix(c.system.ArgoCD, "/") + path, nil
}

func (c *Call) forgePage(repo shop.Repository, path string) (string, error) {
	web := c.webOf(repo)
	if web == "" {
		return "", &Fail{Code: NoPage, Message: c.Text.Open.NoForge, Reasons: []string{c.Text.Open.Forms}}
	}
	return web + path, nil
}

// branchPage is the branch of --tier, else that of the lowest tier.
func (c *Call) branchPage(repo shop.Repository) (string, error) {
	tier := c.String("tier")
	if tier == "" {
		tier = string(shop.TierAt(0))
	}
	if _, err := shop.ParseTier(tier); err != nil {
		return "", &Fail{Code: NoSuchTier, Message: c.Text.Find.NoTier(tier)}
	}
	return c.forgePage(repo, "/tree/"+tier)
}

func (c *Call) shopPage(w World, name shop.ShopID) (string, error) {
	s, _, err := w.Shop(name)
	if err != nil {
		return "", err
	}
	if len(s.Hosts) == 0 {
		return "", &Fail{Code: NoPage, Message: c.Text.Open.NoHost(string(name))}
	}
	return (&url.URL{Scheme: "https", Host: s.Hosts[0], Path: "/"}).String(), nil
}
