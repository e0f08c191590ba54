// Package settings reads .shopctl.yml, which says what the system is, and the
// user's own settings, and knows which line is wrong. It does not decide what a
// setting does, and reaches nothing but files.
//
//	file, err := settings.Find(dir)          // from dir up to the git root
//	system, err := settings.Load(file)       // Problems name file and line
//	all, err := settings.Read(settings.Sources{…})
//	all.Get("wait.timeout").Value            // "15m"
package settings

import (
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/shopctl/shopctl/internal/shop"
)

// FileName is the name of the file that makes a directory a system.
const FileName = ".shopctl.yml"

// The forges that shopctl knows.
const (
	ForgeGitHub = "github"
	ForgeGit    = "git"
)

// System is a decoded .shopctl.yml with its defaults filled in.
type System struct {
	File          string // absolute path of the file
	Name          string
	System        Address // the repositories
	App           Address
	Configuration Address // zero: the system has none
	ArgoCD        string  // URL without a slash at its end; empty: none
	Forge         string  // ForgeGitHub or ForgeGit
	API           string  // base address of the forge's REST API; empty with ForgeGit
	Live          bool    // real customers
	Demo          bool    // written by the demo
	Settings      map[string]string

	lines map[string]int // of the keys under settings
}

// AppName is the app's short name: the last part of its address, without .git.
func (s System) AppName() string { return s.App.Base() }

// Title is the name for headers and prompts: in capitals when it is live.
func (s System) Title() string {
	if s.Live {
		return strings.ToUpper(s.Name)
	}
	return s.Name
}

// Load reads and checks a .shopctl.yml. The error is Problems when the file is
// wrong, and wraps fs.ErrNotExist when it is not there.
func Load(file string) (System, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return System{}, fmt.Errorf("read %q: %w", file, err)
	}
	return Decode(file, content)
}

// Decode checks the content of a .shopctl.yml. Paths in it are taken from the
// folder of file.
func Decode(file string, content []byte) (System, error) {
	d := newDecoder(file, content, []string{
		"name", "system", "app", "configuration", "argocd", "forge", "api", "live", "settings", "demo",
	})
	s := System{File: file}
	s.Name = d.text("name", true)
	if s.Name != "" && !shop.ValidName(s.Name) {
		d.wrong("name", fmt.Sprintf("%q is no name", s.Name), "lower-case letters, digits and inner hyphens, at most 63")
	}
	s.System = d.address("system", true)
	s.App = d.address("app", true)
	s.Configuration = d.address("configuration", false)
	d.different(s)
	s.ArgoCD = d.argocd()
	s.Forge = d.forge(s.App)
	s.API = d.api(s)
	s.Live = d.flag("live")
	s.Demo = d.flag("demo")
	s.Settings, s.lines = d.settings()
	if s.Demo {
		d.demoOnly(s)
	}
	if err := d.err(); err != nil {
		return System{}, err
	}
	return s, nil
}

// different refuses one repository in two places: each tier branch has one meaning.
func (d *decoder) different(s System) {
	seen := map[string]string{}
	for _, r := range []struct {
		key string
		at  Address
	}{{"system", s.System}, {"app", s.App}, {"configuration", s.Configuration}} {
		if other := seen[r.at.URL]; other != "" && r.at.URL != "" {
			d.wrong(r.key, r.key+" and "+other+" are the same repository", "each has its own")
		}
		seen[r.at.URL] = r.key
	}
}

func (d *decoder) argocd() string {
	v := d.text("argocd", true)
	if v == "" || v == "none" {
		return ""
	}
	return d.web("argocd", v, "write an address such as https://argocd.example.com, or none")
}

func (d *decoder) forge(app Address) string {
	switch v := d.text("forge", false); v {
	case ForgeGitHub, ForgeGit:
		return v
	case "":
		if app.Host == "github.com" {
			return ForgeGitHub
		}
	default:
		d.wrong("forge", fmt.Sprintf("%q is no forge", v), "github or git")
	}
	return ForgeGit
}

func (d *decoder) api(s System) string {
	v := d.text("api", false)
	switch {
	case s.Forge == ForgeGit && v != "":
		d.wrong("api", "api is for forge: github only", "remove this line")
		return ""
	case s.Forge == ForgeGit:
		return ""
	case v != "":
		return d.web("api", v, "write the base address of the REST API, such as https://github.example.com/api/v3")
	case s.App.URL != "" && s.App.Host == "":
		d.wrong("forge", "GitHub without an app repository on github.com needs the key api", "add api: https://…, or write forge: git")
	case s.App.URL != "" && s.App.Host != "github.com":
		d.wrong("forge", "GitHub at "+s.App.Host+" needs the key api", "add api: https://"+s.App.Host+"/api/v3")
	}
	return "https://api.github.com"
}

// web checks an address of a server: https, or http on loopback.
func (d *decoder) web(key, v, hint string) string {
	u, err := url.Parse(v)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		d.wrong(key, fmt.Sprintf("%q is no https address", v), hint)
	case u.User != nil:
		d.wrong(key, "an address holds no user, password or token", "remove what stands before the @")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		d.wrong(key, fmt.Sprintf("%q is not encrypted; http is for loopback only", v), "write https://"+strings.TrimPrefix(v, "http://"))
	case u.RawQuery != "" || u.Fragment != "":
		d.wrong(key, fmt.Sprintf("%q has more than an address", v), "remove what follows the ? or #")
	default:
		return strings.TrimRight(v, "/")
	}
	return ""
}

func (d *decoder) demoOnly(s System) {
	for _, a := range []struct{ key, host string }{
		{"system", s.System.Host}, {"app", s.App.Host}, {"configuration", s.Configuration.Host},
		{"argocd", hostOf(s.ArgoCD)}, {"api", hostOf(s.API)},
	} {
		if a.host != "" && !loopback(a.host) {
			d.wrong("demo", "demo: true needs every address on this machine, and "+a.key+" is at "+a.host, "remove demo: true; it is written by shopctl demo start")
		}
	}
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
