package settings

import "testing"

// However an address is spelt, its repository is the same, and has one page.
func TestAddressesOfOneRepository(t *testing.T) {
	const page = "https://git.example.com/acme/storefront"
	same := []string{
		"https://git.example.com/acme/storefront", "https://git.example.com/acme/storefront.git", "https://git.example.com/acme/storefront/",
		"https://GIT.example.com:443/acme/storefront.git", "ssh://git@git.example.com/acme/storefront.git", "ssh://git@git.example.com:2222/acme/storefront",
		"git@git.example.com:acme/storefront.git",
	}
	for _, a := range same {
		for _, b := range append(same, "ryu@git.example.com:acme/storefront.git", "https://ryu@git.example.com/acme/storefront") {
			if !SameRepository(a, b) {
				t.Errorf("%s is not %s", a, b)
			}
		}
		for _, b := range []string{
			"https://git.example.com/acme/other", "https://git.example.com:8443/acme/storefront", "https://example.com/acme/storefront",
			"git@git.example.com:storefront.git", "/acme/storefront.git", "git.example.com/acme/storefront", "",
		} {
			if SameRepository(a, b) || SameRepository(b, a) {
				t.Errorf("%s is %s", a, b)
			}
		}
		parsed, err := ParseAddress(a, "/")
		if err != nil {
			t.Fatal(err)
		}
		if got := parsed.Web(); got != page || parsed.Base() != "storefront" {
			t.Errorf("%s: page %s, short name %s", a, got, parsed.Base())
		}
	}
	if !SameRepository("/srv/git/app.git", "file:///srv/git/app.git") || SameRepository("/srv/git/app", "/srv/git/web") {
		t.Error("paths on this machine are not told apart")
	}
	for written, want := range map[string]struct{ web, base string }{
		"acme/storefront":                     {"https://github.com/acme/storefront", "storefront"},
		"https://git.example.com:8443/a/b/c":  {"https://git.example.com:8443/a/b/c", "c"},
		"http://127.0.0.1:3000/acme/shop.git": {"", "shop"},
		"http://[::1]:3000/acme/shop.git":     {"", "shop"},
		"https://[2001:db8::1]/acme/shop":     {"https://[2001:db8::1]/acme/shop", "shop"},
		"/srv/git/app.git":                    {"", "app"},
		"./app.git":                           {"", "app"},
	} {
		a, err := ParseAddress(written, "/srv")
		if err != nil {
			t.Fatal(err)
		}
		if a.Web() != want.web || a.Base() != want.base {
			t.Errorf("%s: page %q, short name %q", written, a.Web(), a.Base())
		}
	}
	if (Address{}).Base() != "" || (Address{}).Web() != "" {
		t.Error("no address has a page")
	}
}
