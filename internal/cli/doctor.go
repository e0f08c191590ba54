package cli

import (
	"cmp"
	"context"
	"path/filepath"
	"strings"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

type doctorResult struct {
	OK       bool          `json:"ok"` // no finding is bad
	Findings []findingJSON `json:"findings"`
	// Rulesets are those that the forge lacks, to paste.
	Rulesets []rulesetJSON `json:"rulesets,omitempty"`
}

type findingJSON struct {
	Subject string             `json:"subject"` // here, settings, identity, app, configuration, system, argocd, intent, a tier
	Status  shop.FindingStatus `json:"status"`  // ok, warning, bad
	Topic   string             `json:"topic"`   // which check; never used again for another
	Message string             `json:"message"` // English
	Fix     string             `json:"fix,omitempty"`
	Facts   map[string]string  `json:"facts"`
}

func doctorCommand() *Command {
	return &Command{
		Name: "doctor", Group: Repair, Plain: true, Help: func(t *i18n.Text) i18n.Help { return t.Doctor.Help },
		Flags: []Flag{{Name: "fix", Shell: true}}, Kind: "Doctor", Fields: doctorResult{}, Run: runDoctor,
	}
}

func runDoctor(ctx context.Context, c *Call) error {
	if c.Is("fix") {
		return &Fail{Code: NotBuiltYet, Message: c.Text.Frame.NotYet("doctor --fix"), Hints: []Hint{
			{Text: c.Text.Doctor.SeeFixes, Command: "shopctl doctor"}, {Text: c.Text.Doctor.MendBranches, Command: "shopctl reconcile"},
		}}
	}
	found := c.examineHere()
	if found[0].Status != shop.Bad {
		w, err := c.World(ctx)
		if err != nil {
			found = append(found, shop.Finding{Subject: "here", Status: shop.Bad, Topic: "failed", Facts: map[string]string{"text": err.Error()}})
		} else {
			defer w.Close() //nolint:errcheck // nothing was written
			found = append(found, w.Examine(ctx)...)
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	english := i18n.For(i18n.English)
	v := doctorResult{OK: true, Findings: []findingJSON{}}
	var rows [][]string
	bad := 0
	for _, f := range found {
		one := findingJSON{f.Subject, f.Status, f.Topic, sentence(english, f), c.fixOf(english, f), f.Facts}
		if f.Status == shop.Bad {
			v.OK = false
			bad++
		}
		v.Findings = append(v.Findings, one)
		rows = append(rows, []string{string(one.Status), one.Subject, one.Topic, one.Message, one.Fix})
	}
	v.Rulesets = rulesets(found)
	c.byHand(c.fetchLine(shop.SystemRepository), "git -C system.git fsck --strict", "shopctl render --check TIER")
	if err := c.Show(Result{Value: v, Rows: rows, Human: func(p show.Page) { c.humanDoctor(p, found) }}); err != nil {
		return err
	}
	switch {
	case bad == 0:
		return nil
	case c.JSON():
		return Exit(ExitFailed) // the object has said it
	}
	return &Fail{Code: DoctorFailed, Message: c.Text.Doctor.Failed(bad)}
}

// examineHere checks what lies on this machine. The system comes first.
func (c *Call) examineHere() []shop.Finding {
	system, err := c.System()
	if err != nil {
		return []shop.Finding{{Subject: "here", Status: shop.Bad, Topic: "no-system", Facts: map[string]string{"text": c.classify(err).Message}}}
	}
	found := []shop.Finding{{Subject: "here", Status: shop.Good, Topic: "system", Facts: map[string]string{
		"name": system.Title(), "dir": c.home(filepath.Dir(system.File)),
	}}}
	if c.wrong != nil {
		f := c.classify(c.wrong)
		text := strings.Join(append([]string{f.Message}, f.Reasons...), ": ")
		found = append(found, shop.Finding{Subject: "settings", Status: shop.Bad, Topic: "settings", Facts: map[string]string{"text": text}})
	}
	return found
}

// home is a path as people write it: ~ for their home.
func (c *Call) home(dir string) string {
	if home := c.Env.Getenv("HOME"); home != "" {
		if rest, under := strings.CutPrefix(dir, home); under && (rest == "" || rest[0] == filepath.Separator) {
			return "~" + rest
		}
	}
	return dir
}

// sentence says what was found; without one of its own, in the raw words.
func sentence(t *i18n.Text, f shop.Finding) string {
	if say := t.Doctor.Found[f.Topic]; say != nil {
		return say(f.Facts)
	}
	return cmp.Or(f.Facts["text"], f.Topic)
}

// fixOf is the line under a finding: a command to paste, or what to do.
func (c *Call) fixOf(t *i18n.Text, f shop.Finding) string {
	if f.Status == shop.Good {
		return ""
	}
	tier := f.Subject
	switch f.Topic {
	case "no-system":
		return "shopctl init"
	case "settings":
		return "shopctl settings path"
	case "no-identity":
		return `git config --global user.name "…" && git config --global user.email "…"`
	case string(shop.NotLoggedIn):
		return "git ls-remote " + Quote(c.addressOf(f))
	case "argocd-login", "argocd-no-right":
		return "argocd login " + hostOf(c.system.ArgoCD)
	case "direct":
		return "git switch tier-0 && git merge " + f.Facts["commit"] + " && git push origin tier-0"
	case "no-branch":
		if f.Facts["repository"] == string(shop.SystemRepository) {
			return "shopctl reconcile " + tier
		}
		if id := f.Facts["commit"]; id != "" {
			return "git push " + Quote(c.addressOf(shop.Finding{Subject: f.Facts["repository"]})) + " " + id + ":refs/heads/" + tier
		}
	case "not-on-branch", "pin-not-followed", "behind", "half-promoted", "edited", "differs", "routes-missing", "routes-orphaned", "routes-changed", string(shop.BrokenRule):
		return "shopctl reconcile " + tier
	case "mixed":
		return "shopctl promote " + tier
	case "never-below", "runs-rejected":
		return "shopctl rollback " + tier
	case "never-healthy-below":
		return "shopctl status " + f.Facts["below"]
	case "no-root":
		return "shopctl tier add " + tier
	case "overdue":
		return "shopctl reconcile " + tier
	}
	if say := t.Doctor.Fixes[f.Topic]; say != nil {
		return say(f.Facts)
	}
	return ""
}

// addressOf is where the repository of a finding is.
func (c *Call) addressOf(f shop.Finding) string {
	switch shop.Repository(f.Subject) {
	case shop.AppRepository:
		return c.system.App.URL
	case shop.ConfigurationRepository:
		return c.system.Configuration.URL
	}
	return c.system.System.URL
}

func (c *Call) humanDoctor(p show.Page, found []shop.Finding) {
	width := 0
	for _, f := range found {
		width = max(width, show.Width(c.subject(f)))
	}
	for _, f := range found {
		text := show.Clean(sentence(c.Text, f))
		if p.Accessible {
			p.Line(c.subject(f), ": ", c.Text.Doctor.Status[f.Status], ": ", text)
		} else {
			p.Line(p.Mark(symbolOf(f.Status), show.Pad(c.subject(f), width)), "   ", text)
		}
		if fix := c.fixOf(c.Text, f); fix != "" {
			indent := show.Spaces(show.Width(p.Mark(symbolOf(f.Status), show.Pad(c.subject(f), width))) + 3)
			if p.Accessible {
				indent = ""
			}
			p.Line(indent, c.Text.Doctor.Fix, " ", show.Clean(fix))
		}
	}
}

func (c *Call) subject(f shop.Finding) string {
	return cmp.Or(c.Text.Doctor.Subjects[f.Subject], f.Subject)
}

func symbolOf(s shop.FindingStatus) show.Symbol {
	switch s {
	case shop.Good:
		return show.Good
	case shop.Warning:
		return show.Warn
	}
	return show.Bad
}
