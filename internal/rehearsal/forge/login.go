package forge

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// device is a login that waits for a person to enter its code.
type device struct {
	Code     string    `json:"code"`
	UserCode string    `json:"userCode"`
	Expires  time.Time `json:"expires"`
	Asked    time.Time `json:"asked,omitzero"`
	Interval int       `json:"interval"` // seconds between two questions
	Login    string    `json:"login,omitempty"`
	Denied   bool      `json:"denied,omitempty"`
}

const deviceLife = 15 * time.Minute

// form reads the body of a login request: JSON or a form.
func (c *call) form() url.Values {
	if strings.Contains(c.r.Header.Get("Content-Type"), "json") {
		in := map[string]string{}
		values := url.Values{}
		if c.read(&in).status == 0 {
			for name, v := range in {
				values.Set(name, v)
			}
		}
		return values
	}
	values, err := url.ParseQuery(string(c.body))
	if err != nil {
		return c.r.URL.Query()
	}
	for name, v := range c.r.URL.Query() {
		values[name] = v
	}
	return values
}

// loginReply answers in JSON to who asks for it, else as a form.
func (c *call) loginReply(o object) reply {
	if strings.Contains(c.r.Header.Get("Accept"), "json") {
		return ok(o)
	}
	values := url.Values{}
	for name, v := range o {
		values.Set(name, fmt.Sprint(v))
	}
	return reply{status: http.StatusOK, text: values.Encode()}.with("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
}

func (c *call) deviceCode() reply {
	if c.form().Get("client_id") == "" {
		return refuse(http.StatusNotFound, "Not Found")
	}
	text := strings.ToUpper(strings.TrimPrefix(newText(OAuth), string(OAuth)))
	d := &device{Code: strings.ToLower(text), UserCode: text[:4] + "-" + text[4:8], Expires: c.now.Add(deviceLife), Interval: 5}
	c.state.Devices = append(c.state.Devices, d)
	c.dirty = true
	return c.loginReply(object{
		"device_code": d.Code, "user_code": d.UserCode, "verification_uri": c.web() + "/login/device", "expires_in": int(deviceLife.Seconds()), "interval": d.Interval,
	})
}

const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

func (c *call) accessToken() reply {
	in := c.form()
	fail := func(code, text string) reply {
		return c.loginReply(object{"error": code, "error_description": text, "error_uri": documentation})
	}
	if in.Get("grant_type") != deviceGrant {
		return fail("unsupported_grant_type", "The grant type is not supported.")
	}
	d := c.device(func(d *device) bool { return d.Code == in.Get("device_code") })
	switch {
	case d == nil:
		return fail("incorrect_device_code", "The device_code provided is not valid.")
	case !c.now.Before(d.Expires):
		return fail("expired_token", "This 'device_code' has expired.")
	case d.Denied:
		return fail("access_denied", "The authorization request was denied.")
	case d.Login == "":
		if !d.Asked.IsZero() && c.now.Sub(d.Asked) < time.Duration(d.Interval)*time.Second && c.has("device-slow-down") {
			d.Interval += 5
			d.Asked = c.now
			r := fail("slow_down", "Too many requests have been made in the same timeframe.")
			if o, is := r.body.(object); is {
				o["interval"] = d.Interval
			}
			return r
		}
		d.Asked = c.now
		return fail("authorization_pending", "The authorization request is still pending.")
	}
	t := Token{Login: d.Login, Kind: OAuth, Text: newText(OAuth)}
	c.state.Tokens = append(c.state.Tokens, t)
	d.Expires = c.now // it is used up
	c.dirty = true
	return c.loginReply(object{"access_token": t.Text, "token_type": "bearer", "scope": "repo"})
}

func (f *Forge) device(is func(*device) bool) *device {
	for _, d := range f.state.Devices {
		if is(d) {
			return d
		}
	}
	return nil
}

// Authorize lets a person enter the code that a device shows; an empty login
// denies it. An empty code is that of the newest device.
func (f *Forge) Authorize(userCode, login string) error {
	return f.act(func(time.Time) error {
		d := f.device(func(d *device) bool { return strings.EqualFold(d.UserCode, userCode) })
		if n := len(f.state.Devices); userCode == "" && n > 0 {
			d = f.state.Devices[n-1]
		}
		if d == nil {
			return errors.New("no device shows this code")
		}
		d.Login, d.Denied = login, login == ""
		f.dirty = true
		return nil
	})
}

const devicePage = `<!DOCTYPE html><html><head><meta charset="utf-8"><title>Device login</title></head><body><h1>Device login of the rehearsal forge</h1>
<form method="post"><p><label>Code <input name="user_code" autofocus></label></p><p><label>As <select name="login">%s</select></label></p><p><button>Authorize</button></p></form></body></html>
`

func (c *call) devicePage() reply {
	options := ""
	for _, p := range c.options.People {
		if !p.bot() {
			options += "<option>" + p.Login + "</option>"
		}
	}
	return reply{status: http.StatusOK, text: fmt.Sprintf(devicePage, options)}
}

// deviceAnswer is a person who entered a code on the page.
func (c *call) deviceAnswer() reply {
	in := c.form()
	d := c.device(func(d *device) bool { return strings.EqualFold(d.UserCode, strings.TrimSpace(in.Get("user_code"))) })
	p, known := c.person(in.Get("login"))
	if d == nil || !known {
		return reply{status: http.StatusNotFound, text: "<p>No device shows this code.</p>\n"}
	}
	d.Login = p.Login
	c.dirty = true
	return reply{status: http.StatusOK, text: "<p>Done. You may close this page.</p>\n"}
}
