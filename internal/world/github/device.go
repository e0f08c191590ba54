package github

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The kinds of the device login.
const (
	// Unanswered: the person has not typed the code yet; RetryAt is the next look.
	Unanswered Kind = "the code has not been entered yet"
	// Denied: the person said no.
	Denied Kind = "declined in the browser"
	// CodeExpired: nobody typed it in time.
	CodeExpired Kind = "the code has expired"
)

// Device is a login by a code that a person types into a browser, so that no
// password and no token passes through shopctl's input. It never waits: the
// caller asks again at the RetryAt of Unanswered.
type Device struct {
	API      string // as in Options
	ClientID string // of the OAuth App
	Scopes   []string
	HTTP     *http.Client
	Now      func() time.Time
}

// DeviceCode is a login that has begun.
type DeviceCode struct {
	UserCode string // for the person to type
	Address  string // where
	Expires  time.Time

	code     string
	interval time.Duration
}

// Start asks for a code.
func (d Device) Start(ctx context.Context) (DeviceCode, error) {
	const op = "begin to log in"
	var v struct {
		Code     string `json:"device_code"`
		UserCode string `json:"user_code"`
		Address  string `json:"verification_uri"`
		Expires  int    `json:"expires_in"`
		Interval int    `json:"interval"`
	}
	form := url.Values{"client_id": {d.ClientID}, "scope": {strings.Join(d.Scopes, " ")}}
	if err := d.post(ctx, op, []string{"login", "device", "code"}, form, &v); err != nil {
		return DeviceCode{}, err
	}
	if v.Code == "" || v.UserCode == "" || !safeAddress(v.Address) {
		return DeviceCode{}, &Error{Kind: WrongAddress, Op: op, Text: "it offers no login by code"}
	}
	return DeviceCode{
		UserCode: clean(v.UserCode), Address: clean(v.Address), code: v.Code,
		Expires:  d.Now().Add(time.Duration(min(max(v.Expires, 1), 3600)) * time.Second),
		interval: time.Duration(min(max(v.Interval, 1), 60)) * time.Second,
	}, nil
}

// Poll asks whether the person has typed the code. The code that it gives back
// is the one to ask with next: the forge may have asked for more patience.
func (d Device) Poll(ctx context.Context, c DeviceCode) (Token, DeviceCode, error) {
	const op = "log in"
	if !d.Now().Before(c.Expires) {
		return Token{}, c, &Error{Kind: CodeExpired, Op: op}
	}
	var v struct {
		Token string `json:"access_token"`
	}
	form := url.Values{"client_id": {d.ClientID}, "device_code": {c.code}, "grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}}
	err := d.post(ctx, op, []string{"login", "oauth", "access_token"}, form, &v)
	var e *Error
	if errors.As(err, &e) && e.Kind == Unanswered {
		if e.Text == "slow_down" {
			c.interval += 5 * time.Second
		}
		e.RetryAt = d.Now().Add(c.interval)
		return Token{}, c, e
	}
	if err != nil {
		return Token{}, c, err
	}
	token := NewToken(v.Token)
	if token.IsZero() || !token.isClean() {
		return Token{}, c, &Error{Kind: Unavailable, Op: op, Text: "the answer holds no token", RetryAt: d.Now().Add(c.interval)}
	}
	return token, c, nil
}

// post sends one form. No answer of it is ever shown: it may hold a token.
func (d Device) post(ctx context.Context, op string, path []string, form url.Values, v any) error {
	base, err := webBase(d.API)
	if err != nil {
		return &Error{Kind: Invalid, Op: op, Text: clean(err.Error())}
	}
	ctx, cancel := context.WithTimeout(ctx, defaultTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+strings.Join(path, "/"), strings.NewReader(form.Encode()))
	if err != nil {
		return &Error{Kind: Invalid, Op: op, Text: "the address is none"}
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if d.HTTP != nil {
		client.Transport = d.HTTP.Transport
	}
	unusable := &Error{Kind: Unavailable, Op: op, RetryAt: d.Now().Add(shortWait)}
	resp, err := client.Do(req)
	if err != nil {
		if errors.Is(err, context.Canceled) {
			return context.Canceled //nolint:wrapcheck // who called it off knows
		}
		unusable.Text, unusable.Err = "no answer", errors.Unwrap(err)
		return unusable
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return unusable
	}
	if e := classify(answer{status: resp.StatusCode, header: resp.Header, body: body, now: d.Now()}); e != nil {
		e.Op = op
		return e
	}
	var said struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(body, &said) != nil || json.Unmarshal(body, v) != nil {
		return &Error{Kind: WrongAddress, Op: op, Status: resp.StatusCode, Text: "it offers no login by code"}
	}
	return deviceError(op, said.Error)
}

func deviceError(op, word string) error {
	kind, known := map[string]Kind{
		"authorization_pending": Unanswered, "slow_down": Unanswered, "expired_token": CodeExpired, "access_denied": Denied,
	}[word]
	switch {
	case word == "":
		return nil
	case known:
		return &Error{Kind: kind, Op: op, Text: word}
	}
	return &Error{Kind: Invalid, Op: op, Text: clean(word)}
}

// webBase is where people meet the forge whose API is known.
func webBase(api string) (string, error) {
	u, err := parseBase(api)
	if err != nil {
		return "", err
	}
	if below, ok := strings.CutPrefix(strings.ToLower(u.Host), "api."); ok && (below == "github.com" || strings.HasSuffix(below, ".ghe.com")) {
		u.Host = below
	}
	if above, ok := strings.CutSuffix(u.Path, "/api/v3/"); ok {
		u.Path = above + "/"
	}
	return u.String(), nil
}

// safeAddress reports whether an address may be shown to a person to open.
func safeAddress(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.User == nil && u.Hostname() != "" && (u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname()))
}
