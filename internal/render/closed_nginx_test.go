package render

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/shop"
)

// serving runs the real nginx with exactly the generated configuration: but for
// its folder, its port and the addresses of the two Services, which only a
// cluster has.
func serving(t *testing.T, in Input, s shop.Shop, app, own string) (address string) {
	t.Helper()
	program, err := exec.LookPath("nginx")
	if err != nil {
		program = "/usr/sbin/nginx"
		if _, err := os.Stat(program); err != nil {
			t.Skip("NO NGINX HERE (apt-get install nginx): the generated backend was NOT proven against it")
		}
	}
	_, data := Route(in, s)
	config := documents(t, data)[1]["data"].(object)
	dir := t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer(
		"listen 8080;", fmt.Sprintf("listen 127.0.0.1:%d;", port), "alias "+configDir+"/", "alias "+dir+"/", " /tmp/", " "+dir+"/",
		"http://web:80;", "http://"+app+";", "http://maintenance:8080;", "http://"+own+";",
	).Replace(config["nginx.conf"].(string))
	write(t, filepath.Join(dir, "nginx.conf"), []byte(text))
	write(t, filepath.Join(dir, "closed.html"), []byte(config["closed.html"].(string)))
	more := "daemon off;"
	if os.Geteuid() == 0 {
		more += " user root;" // the folder of a test is nobody else's
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, program, "-c", filepath.Join(dir, "nginx.conf"), "-e", "stderr", "-g", more)
	var said strings.Builder
	cmd.Stderr = &said
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { cancel(); <-ended })
	address = fmt.Sprintf("http://127.0.0.1:%d", port)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(20 * time.Second); ; <-tick.C {
		if r, err := http.Get(address + readyPath); err == nil {
			_ = r.Body.Close()
			if r.StatusCode == http.StatusNoContent {
				return address
			}
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("nginx refuses it: %v\n%s\n%s", err, said.String(), text)
		default:
		}
		if time.Now().After(end) {
			t.Fatalf("nginx does not answer:\n%s", said.String())
		}
	}
}

type request struct {
	method, path, forwarded, cookie, header, body string
}

func (r request) send(t *testing.T, address string) (*http.Response, string) {
	t.Helper()
	if r.method == "" {
		r.method = http.MethodGet
	}
	q, err := http.NewRequestWithContext(t.Context(), r.method, address+r.path, strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	q.Host = "bunko.example"
	for name, value := range map[string]string{"X-Forwarded-For": r.forwarded, "Cookie": r.cookie, BypassHeader: r.header} {
		if value != "" {
			q.Header.Set(name, value)
		}
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Timeout: 20 * time.Second}
	answer, err := client.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(body)
}

// application says what it was asked.
func application(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.URL.Path == "/busy" {
			http.Error(w, "the app is busy", http.StatusServiceUnavailable)
			return
		}
		_, _ = fmt.Fprintf(w, "app %s %s%s %s", r.Method, r.Host, r.URL.RequestURI(), body)
	}))
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

// The generated backend, served by nginx itself.
func TestNginxServesTheBackend(t *testing.T) {
	in, s := place(0), shop.Shop{Name: "bunko", Hosts: []string{"bunko.example"}, Maintenance: shut("14:33", "203.0.113.0/28", "2001:db8:7::/48")}
	s.Maintenance.Message = "在庫の点検中です <b>"
	address := serving(t, in, s, application(t), "")
	word := Bypass("prod", shop.KindShop, "bunko", *s.Maintenance)

	for name, r := range map[string]request{
		"a customer": {path: "/products?page=2", forwarded: "198.51.100.9"}, "nobody said": {path: "/"}, "a form": {method: http.MethodPost, path: "/orders", body: "a=b"},
		"next to the range": {forwarded: "203.0.113.16"}, "writes an address in front": {forwarded: "203.0.113.7, 198.51.100.9"},
		"through a private hop": {forwarded: "203.0.113.7, 198.51.100.9, 10.1.2.3"}, "wrong cookie": {cookie: BypassKey + "=" + word[1:]},
		"wrong header": {header: "1"}, "wrong word": {path: "/?" + BypassKey + "=x"}, "another IPv6": {forwarded: "2001:db8:8::1"},
	} {
		answer, body := r.send(t, address)
		if answer.StatusCode != http.StatusServiceUnavailable || answer.Header.Get("Retry-After") != "Fri, 20 Nov 2026 05:33:00 GMT" || answer.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %s %v", name, answer.Status, answer.Header)
		}
		if kind := answer.Header.Get("Content-Type"); kind != "text/html; charset=utf-8" {
			t.Errorf("%s: %q", name, kind)
		}
		for _, want := range []string{"在庫の点検中です &lt;b&gt;", "2026-11-20 14:33 (UTC+09:00)"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: the page lacks %q:\n%s", name, want, body)
			}
		}
	}
	for name, r := range map[string]request{
		"from the office": {path: "/products?page=2", forwarded: "203.0.113.7"}, "behind a private hop": {path: "/products?page=2", forwarded: "203.0.113.15, 10.1.2.3"},
		"IPv6": {path: "/products?page=2", forwarded: "2001:db8:7:1::9"}, "with the cookie": {path: "/products?page=2", forwarded: "198.51.100.9", cookie: "a=b; " + BypassKey + "=" + word},
		"with the header": {path: "/products?page=2", header: word},
	} {
		answer, body := r.send(t, address)
		if answer.StatusCode != http.StatusOK || body != "app GET bunko.example/products?page=2 " {
			t.Errorf("%s: %s %q", name, answer.Status, body)
		}
		if answer.Header.Get("Shopset-Maintenance") != "until 2026-11-20T05:33:00Z" {
			t.Errorf("%s: the staff takes it for open: %v", name, answer.Header)
		}
	}
	if answer, body := (request{method: http.MethodPost, path: "/orders", header: word, body: "a=b"}).send(t, address); answer.StatusCode != http.StatusOK || body != "app POST bunko.example/orders a=b" {
		t.Errorf("a form of the staff: %s %q", answer.Status, body)
	}
	if answer, body := (request{path: "/busy", header: word}).send(t, address); answer.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, "the app is busy") {
		t.Errorf("the app's own 503 is hidden from the staff: %s %q", answer.Status, body)
	}
	answer, _ := (request{path: "/?" + BypassKey + "=" + word}).send(t, address)
	cookie := answer.Header.Get("Set-Cookie")
	if answer.StatusCode != http.StatusFound || answer.Header.Get("Location") != "/" || !strings.HasPrefix(cookie, BypassKey+"="+word+";") || !strings.Contains(cookie, "HttpOnly") {
		t.Errorf("the link lets nobody in: %s %v", answer.Status, answer.Header)
	}
}

// Where the base brings a Service of its own, that one answers the customers,
// and knows until when and why; the staff is let past it.
func TestNginxInFrontOfTheBasesOwn(t *testing.T) {
	own := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "60")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = fmt.Fprintf(w, "own page of %s until %s: %s", r.Host, r.Header.Get("Shopset-Maintenance-Until"), r.Header.Get("Shopset-Maintenance-Message"))
	}))
	defer own.Close()
	in, s := place(8080), shop.Shop{Name: "bunko", Hosts: []string{"bunko.example"}, Maintenance: shut("14:33", "203.0.113.0/28")}
	s.Maintenance.Message = "点検 $host"
	address := serving(t, in, s, application(t), strings.TrimPrefix(own.URL, "http://"))
	answer, body := (request{path: "/", forwarded: "198.51.100.9"}).send(t, address)
	if want := "own page of bunko.example until 2026-11-20T05:33:00Z: %E7%82%B9%E6%A4%9C%20%24host"; answer.StatusCode != http.StatusServiceUnavailable || body != want || answer.Header.Get("Retry-After") != "60" {
		t.Errorf("%s %q", answer.Status, body)
	}
	if answer, body := (request{path: "/", forwarded: "203.0.113.7"}).send(t, address); answer.StatusCode != http.StatusOK || body != "app GET bunko.example/ " {
		t.Errorf("%s %q", answer.Status, body)
	}
}

// Every range that the intent takes is one that nginx takes: a file that it
// refuses would leave a shop neither open nor closed.
func TestNginxTakesWhatTheIntentTakes(t *testing.T) {
	in, s := place(0), shop.Shop{Name: "bunko", Hosts: []string{"bunko.example"}, Maintenance: shut("14:33")}
	for _, word := range []string{"203.0.113.7/32", "0.0.0.0/0", "10.0.0.0/8", "2001:db8::/32", "::/0", "2001:db8::1/128", "::ffff:192.0.2.0/120", "203.0.113.7", "203.0.113.9/28", "fe80::1%eth0/64", "1.2.3.4/33", "x"} {
		text := strings.Replace(maintenanceFile, "CIDR", word, 1)
		if _, err := intent.Decode("shops/"+intent.Path(shop.KindShop, "bunko")[len("shops/"):], []byte(text)); err == nil {
			s.Maintenance.Allow = append(s.Maintenance.Allow, word)
		}
	}
	if len(s.Maintenance.Allow) < 5 {
		t.Errorf("the intent takes only %v", s.Maintenance.Allow)
	}
	address := serving(t, in, s, application(t), "")
	if answer, body := (request{forwarded: "198.51.100.9"}).send(t, address); answer.StatusCode != http.StatusOK { // 0.0.0.0/0 lets everybody in
		t.Errorf("%s %q", answer.Status, body)
	}
}

const maintenanceFile = `apiVersion: shopset.dev/v1alpha1
kind: Shop
metadata:
  name: bunko
spec:
  hosts: [bunko.example]
  shopset: s-104
  maintenance:
    until: 2026-11-20T14:33:00+09:00
    allow: ["CIDR"]
`
