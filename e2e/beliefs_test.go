package e2e

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/e2e/stack"
	"github.com/shopctl/shopctl/internal/rehearsal"
	"github.com/shopctl/shopctl/internal/world/argocd"
)

// client is shopctl's own client with the token of an account.
func client(t *testing.T, account string) *argocd.Client {
	t.Helper()
	token, err := world.ArgoCD.TokenOf(t.Context(), account)
	if err != nil {
		t.Fatal(err)
	}
	c, err := argocd.New(argocd.Options{URL: world.ArgoCD.URL, Token: func(context.Context) (argocd.Token, error) {
		return argocd.NewToken(token), nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What shopctl's client believes of Argo CD, one by one, on a system that stands.
func TestBeliefs(t *testing.T) {
	p := repositories(t, "beliefs", rehearsal.GitOptions{})
	settled(t, p, 1)
	c := client(t, "shopctl")
	ours := argocd.Query{Selector: map[string]string{"shopset.dev/system": "beliefs"}}

	t.Run("version and login", func(t *testing.T) {
		version, err := c.Version(t.Context())
		if err != nil || !strings.HasPrefix(version, "v2.14.21") {
			t.Errorf("version %q, %v", version, err)
		}
		in, name, err := c.UserInfo(t.Context())
		if err != nil || !in || name != "shopctl" {
			t.Errorf("logged in %v as %q, %v", in, name, err)
		}
	})

	t.Run("a list by labels and fields", func(t *testing.T) {
		kinds := map[string]int{}
		for _, detail := range []argocd.Detail{argocd.Rows, argocd.Operations, argocd.Whole} {
			ours.Detail = detail
			version, err := c.List(t.Context(), ours, func(a argocd.Application) error {
				kinds[a.Labels.Kind]++
				if a.Labels.Kind == "shops" { // without shops: Synced, and no operation ever
					if a.Sync != argocd.Synced || a.Health != argocd.Healthy || a.Phase != "" {
						t.Errorf("detail %d: %s is %s, %s, %q", detail, a.Name, a.Sync, a.Health, a.Phase)
					}
					return nil
				}
				if a.Sync != argocd.Synced || a.Health != argocd.Healthy || a.Phase != argocd.Succeeded {
					t.Errorf("detail %d: %s is %s, %s, %s", detail, a.Name, a.Sync, a.Health, a.Phase)
				}
				if (a.Revision != "") != (detail == argocd.Whole) {
					t.Errorf("detail %d: %s has the revision %q", detail, a.Name, a.Revision)
				}
				if (a.OperationRevision != "") != (detail != argocd.Rows) {
					t.Errorf("detail %d: %s has the revision %q of its operation", detail, a.Name, a.OperationRevision)
				}
				if a.HealthSince.IsZero() || a.FinishedAt.IsZero() {
					t.Errorf("detail %d: %s lacks times: %v %v", detail, a.Name, a.HealthSince, a.FinishedAt)
				}
				return nil
			})
			if err != nil || version == "" {
				t.Errorf("detail %d: version %q, %v", detail, version, err)
			}
		}
		if kinds["root"] != 3 || kinds["shopset"] != 3 || kinds["shops"] != 3 {
			t.Errorf("kinds in three lists: %v", kinds)
		}
	})

	t.Run("403 for what is not there and for what one may not", func(t *testing.T) {
		for account, name := range map[string]string{"shopctl": "beliefs-nowhere", "nobody": "beliefs-s-001"} {
			if _, err := client(t, account).Get(t.Context(), name); !errors.Is(err, argocd.Forbidden) {
				t.Errorf("%s asks for %s: %v", account, name, err)
			}
		}
		n := 0
		if _, err := client(t, "nobody").List(t.Context(), ours, func(argocd.Application) error { n++; return nil }); err != nil || n != 0 {
			t.Errorf("a list of nobody: %d, %v", n, err)
		}
		if err := client(t, "reader").Sync(t.Context(), "beliefs-s-001", argocd.SyncRequest{}); !errors.Is(err, argocd.Forbidden) {
			t.Errorf("a reader syncs: %v", err)
		}
	})

	t.Run("415 without a content type", func(t *testing.T) {
		var refused *stack.Refusal
		err := world.ArgoCD.Send(t.Context(), http.MethodPost, "/api/v1/applications/beliefs-s-001/sync", "", []byte("{}"), nil)
		if !errors.As(err, &refused) || refused.Status != http.StatusUnsupportedMediaType {
			t.Errorf("got %v", err)
		}
	})

	t.Run("a wrong token", func(t *testing.T) {
		wrong, err := argocd.New(argocd.Options{URL: world.ArgoCD.URL, Token: func(context.Context) (argocd.Token, error) {
			return argocd.NewToken("eyJhbGciOiJIUzI1NiJ9.e30.wrong"), nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := wrong.Get(t.Context(), "beliefs-s-001"); !errors.Is(err, argocd.Unauthorized) {
			t.Errorf("got %v", err)
		}
	})

	t.Run("refresh waits until it has compared", func(t *testing.T) {
		commit := p.commit("system", "tier-0", "By hand, of no account", files{"shopsets/s-001/patches/.keep": "x\n"})
		a, err := c.Refresh(t.Context(), "beliefs-s-001", argocd.Normal)
		if err != nil || a.Revision != commit {
			t.Errorf("revision %q, want %q, %v", a.Revision, commit, err)
		}
		p.shopctl(0, "reconcile", "--yes")
	})

	t.Run("a watch begins with all there is and tells changes", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		seen := map[string]string{}
		done := errors.New("seen enough")
		changed, refreshed := false, make(chan struct{})
		err := c.Watch(ctx, ours, "", func(e argocd.Event) error {
			if e.Type == argocd.Added {
				seen[e.App.Name] = e.App.Revision
			}
			if len(seen) == 3 && !changed {
				changed = true
				go func() {
					defer close(refreshed)
					_, _ = c.Refresh(ctx, "beliefs-s-001", argocd.Hard) // its effect is what is waited for
				}()
			}
			if e.Type == argocd.Modified && e.App.Name == "beliefs-s-001" {
				return done
			}
			return nil
		})
		if !errors.Is(err, done) {
			t.Errorf("the watch ended with %v; seen %v", err, seen)
		}
		<-refreshed // two refreshes at once: the second one would be lost
		for name, revision := range seen {
			if revision == "" {
				t.Errorf("%s came without a revision", name)
			}
		}
	})
}

// webhook tells Argo CD of a push as GitHub does.
func webhook(t *testing.T, repository, branch, commit, path string) {
	t.Helper()
	body, err := json.Marshal(map[string]any{
		"ref": "refs/heads/" + branch, "before": strings.Repeat("0", 40), "after": commit,
		"repository": map[string]any{"html_url": repository, "default_branch": "main"},
		"commits":    []map[string]any{{"id": commit, "modified": []string{path}, "added": []string{}, "removed": []string{}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, []byte(stack.WebhookSecret))
	mac.Write(body) // never fails
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, world.ArgoCD.URL+"/api/webhook", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-GitHub-Event", "push")
	r.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("the webhook answers %s", resp.Status)
	}
}
