package github

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"
)

// deviceForge answers the two addresses of a login by code.
func deviceForge(t *testing.T, start string, polls ...string) (*forge, Device) {
	f := newForge(t, "/api/v3", func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/login/device/code":
			io.WriteString(w, start)
		case r.URL.Path == "/login/oauth/access_token" && len(polls) > 0:
			io.WriteString(w, polls[0])
			polls = polls[1:]
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	})
	return f, Device{API: f.URL + "/api/v3", ClientID: "id", Scopes: []string{"repo", "read:org"}, Now: func() time.Time { return f.now }}
}

const deviceStart = `{"device_code":"secret-code","user_code":"ABCD-1234","verification_uri":"https://github.com/login/device","expires_in":900,"interval":5}`

func TestDeviceLogin(t *testing.T) {
	f, d := deviceForge(t, deviceStart, `{"error":"authorization_pending"}`, `{"error":"slow_down","interval":10}`, `{"error":"authorization_pending"}`, `{"access_token":"gho_x","token_type":"bearer"}`)
	code := must(d.Start(t.Context()))(t)
	if code.UserCode != "ABCD-1234" || code.Address != "https://github.com/login/device" || !code.Expires.Equal(noon.Add(15*time.Minute)) {
		t.Errorf("%+v", code)
	}
	for _, want := range []time.Duration{5 * time.Second, 10 * time.Second, 10 * time.Second} {
		_, next, err := d.Poll(t.Context(), code)
		if e := isKind(t, err, Unanswered); !e.RetryAt.Equal(noon.Add(want)) {
			t.Errorf("again after %s, want %s", e.RetryAt.Sub(noon), want)
		}
		code = next
	}
	token, _, err := d.Poll(t.Context(), code)
	if err != nil || token.Reveal() != "gho_x" {
		t.Errorf("%v, %v", token, err)
	}
	asked := f.took()
	want := "POST /login/device/code client_id=id&scope=repo+read%3Aorg"
	if asked[0] != want {
		t.Errorf("asked %q, want %q", asked[0], want)
	}
	want = "POST /login/oauth/access_token client_id=id&device_code=secret-code&grant_type=" + url.QueryEscape("urn:ietf:params:oauth:grant-type:device_code")
	if asked[4] != want {
		t.Errorf("asked %q, want %q", asked[4], want)
	}
}

func TestDeviceLoginThatEnds(t *testing.T) {
	for body, kind := range map[string]Kind{
		`{"error":"access_denied"}`: Denied, `{"error":"expired_token"}`: CodeExpired, `{"error":"incorrect_client_credentials"}`: Invalid,
		`{}`: Unavailable, `{"access_token":"a b"}`: Unavailable, `<html>`: WrongAddress,
	} {
		_, d := deviceForge(t, deviceStart, body)
		code := must(d.Start(t.Context()))(t)
		_, _, err := d.Poll(t.Context(), code)
		isKind(t, err, kind)
	}
	f, d := deviceForge(t, deviceStart)
	code := must(d.Start(t.Context()))(t)
	f.took()
	f.now = noon.Add(16 * time.Minute)
	_, _, err := d.Poll(t.Context(), code)
	isKind(t, err, CodeExpired)
	f.wantAsked()
}

// An address that a person shall open is one of the web, encrypted, and no code
// of anybody's.
func TestDeviceLoginRefusesAddresses(t *testing.T) {
	for _, address := range []string{"javascript:alert(1)", "http://evil.example/device", "https://me:x@evil.example", "file:///etc/passwd", ""} {
		_, d := deviceForge(t, fmt.Sprintf(`{"device_code":"c","user_code":"u","verification_uri":%q,"expires_in":900,"interval":5}`, address))
		_, err := d.Start(t.Context())
		isKind(t, err, WrongAddress)
	}
	_, d := deviceForge(t, `{}`)
	d.API = "http://github.example"
	_, err := d.Start(t.Context())
	isKind(t, err, Invalid)
}

func TestWebBase(t *testing.T) {
	for api, want := range map[string]string{
		"https://api.github.com": "https://github.com/", "https://ghes.example/api/v3": "https://ghes.example/", "https://api.shop.ghe.com": "https://shop.ghe.com/",
		"https://api.evil.example/": "https://api.evil.example/", "http://127.0.0.1:1/forge/api/v3": "http://127.0.0.1:1/forge/",
	} {
		if got := must(webBase(api))(t); got != want {
			t.Errorf("%s: %s, want %s", api, got, want)
		}
	}
}
