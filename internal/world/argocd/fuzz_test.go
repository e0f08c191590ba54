package argocd

import (
	"net/url"
	"strings"
	"testing"
	"unicode"
)

func wantClean(t *testing.T, texts ...string) {
	t.Helper()
	for _, s := range texts {
		if i := strings.IndexFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }); i >= 0 {
			t.Errorf("unclean text %q", s)
		}
	}
}

func wantCleanApplication(t *testing.T, a Application) {
	t.Helper()
	wantClean(t, a.Name, a.Namespace, a.Labels.Tier, a.Labels.ShopSet, a.Revision, string(a.Sync), string(a.Health),
		a.HealthMessage, string(a.Phase), a.OperationMessage, a.OperationRevision)
	for _, c := range a.Conditions {
		wantClean(t, c.Type, c.Message)
	}
	for _, r := range a.Unhealthy {
		wantClean(t, r.Kind, r.Name, r.Message, string(r.Health))
	}
	if a.Sync == "" || a.Health == "" {
		t.Errorf("a status that is empty, not unknown: %+v", a)
	}
}

func FuzzList(f *testing.F) {
	f.Add(`{"items":[{"metadata":{"name":"a"}}],"metadata":{"resourceVersion":"1"}}`)
	f.Add(`{"metadata":null,"items":null}`)
	f.Add("{\"items\":[{\"metadata\":{\"name\":\"a\\u001b\"},\"status\":{\"health\":{\"message\":\"\\u202e\"},\"conditions\":[{}]}}]")
	f.Add(`{"a":[[[[{}]]]],"items":[{"status":{"resources":[{"health":{}}]}}]}`)
	f.Fuzz(func(t *testing.T, body string) {
		_, _ = decodeList(strings.NewReader(body), true, func(a Application) error { wantCleanApplication(t, a); return nil })
	})
}

func FuzzStream(f *testing.F) {
	f.Add("data: {\"result\":{\"type\":\"ADDED\",\"application\":{\"metadata\":{\"name\":\"a\"}}}} \n\n:\n")
	f.Add("{\"error\":{\"http_code\":503,\"message\":\"\\u0007\"}}")
	f.Add("data:data:\n\n{}\nnull\n[]\n")
	f.Fuzz(func(t *testing.T, body string) {
		err := decodeStream(strings.NewReader(body), call{op: "watch"}, func(e Event) error {
			wantCleanApplication(t, e.App)
			wantClean(t, string(e.Type))
			return nil
		})
		if err == nil {
			t.Error("a stream ended without saying why")
		}
	})
}

// A name stays one segment below the base, whatever it holds.
func FuzzEndpoint(f *testing.F) {
	for _, s := range []string{"a", "..", "a/../../x", "%2e%2e", "a?b#c", "a\nb", "", "é"} {
		f.Add(s)
	}
	c, err := New(Options{URL: "https://argocd.example.com/root"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name string) {
		s, err := c.endpoint([]string{"api", name, "sync"}, url.Values{"x": {name}})
		if err != nil {
			return
		}
		u, err := url.Parse(s)
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		parts := strings.Split(u.EscapedPath(), "/")
		if u.Host != "argocd.example.com" || len(parts) != 5 || parts[1] != "root" || parts[4] != "sync" || u.Fragment != "" {
			t.Errorf("%q became %q", name, s)
		}
		if got, _ := url.PathUnescape(parts[3]); got != name || u.Query().Get("x") != name {
			t.Errorf("%q arrives as %q", name, got)
		}
	})
}

func FuzzErrorBody(f *testing.F) {
	f.Add([]byte(`{"error":{"message":"x"}}`))
	f.Add([]byte("\x1b]8;;evil\x07"))
	f.Fuzz(func(t *testing.T, body []byte) {
		e := Error{Op: "x", Message: clean(messageOf(body))}
		wantClean(t, e.Error())
	})
}
