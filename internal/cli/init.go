package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/settings"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

type initResult struct {
	planResult
	Result  string      `json:"result"`
	Changed bool        `json:"changed"`
	System  string      `json:"system"`
	Tiers   []shop.Tier `json:"tiers"`
	File    string      `json:"file"`   // .shopctl.yml
	Rooted  bool        `json:"rooted"` // Argo CD follows all tiers
}

func initCommand() *Command {
	return &Command{
		Name: "init", Group: SetUp, Plain: true, Shell: true, Help: func(t *i18n.Text) i18n.Help { return t.Init.Help },
		Flags: []Flag{
			{Name: "name", Value: "NAME"}, {Name: "system", Value: "ADDRESS"}, {Name: "app", Value: "ADDRESS"},
			{Name: "configuration", Value: "ADDRESS"}, {Name: "forge", Value: "github|git", Choices: []string{"github", "git"}},
			{Name: "api", Value: "URL"}, {Name: "argocd", Value: "URL|none"}, {Name: "tiers", Value: "N", Kind: Number},
			{Name: "live"}, {Name: "base", Value: "DIR"}, {Name: "service", Value: "NAME"},
		},
		Mutates: true, Kind: "Init", Fields: initResult{}, Run: runInit,
	}
}

const (
	defaultTiers = 3
	mostTiers    = 10
)

// runInit sets a system up. What is in the folder already answers the
// questions, so that the same command goes on where another run stopped.
func runInit(ctx context.Context, c *Call) error {
	file, text, err := c.systemFile(ctx)
	if err != nil {
		return err
	}
	if c.system, err = settings.Decode(file, []byte(text)); err != nil {
		return err
	}
	c.noSystem = nil
	tiers, err := c.tiers(ctx)
	if err != nil {
		return err
	}
	g := shop.Init{
		System: c.system.Name, Tiers: tiers, Live: c.system.Live, Base: c.String("base"), Service: c.String("service"),
		Repositories: shop.Repositories{System: c.system.System.Written, App: c.system.App.Written, Configuration: c.system.Configuration.Written},
	}
	wrote := false
	return c.carryOut(ctx, errand{
		look: g,
		goal: func(World, shop.State) (shop.Goal, error) { return g, nil },
		confirm: func(shop.State, shop.Goal) Confirmation {
			return Confirmation{Level: LevelAsk, Question: c.Text.Init.Question}
		},
		preview: func(p show.Page, _ World, _ shop.State, _ shop.Goal, todo []plan.Op) error {
			p.Line(c.Text.Init.Title(g.System, g.Tiers), "   ", c.system.Title())
			for _, op := range todo {
				p.Line("  ", op.Wish())
			}
			return nil
		},
		begin: func() (err error) {
			if wrote {
				return nil
			}
			if wrote, err = c.writeSystemFile(file, text); err != nil || c.system.Forge != settings.ForgeGitHub || c.DryRun() {
				return err
			}
			return c.beginWorkflow(shop.TierAt(tiers - 1))
		},
		forgives: argoRefused,
		done: func(w World, _, have shop.State, _ shop.Goal, did []plan.Op, _ time.Duration) (Result, error) {
			return c.initialised(ctx, w, have, g, file, did, wrote)
		},
	})
}

// argoRefused reports whether it was Argo CD that did not take a root
// Application: the branches are there, and somebody with the right applies it.
func argoRefused(err error) bool {
	var f *shop.Fault
	return errors.As(err, &f) && f.Repository == ""
}

// systemFile is the .shopctl.yml as it stands, or as the flags and answers make it.
func (c *Call) systemFile(ctx context.Context) (file, text string, err error) {
	file = filepath.Join(c.Env.Dir, settings.FileName)
	if v := c.String("config"); v != "" {
		file = v
	}
	old, err := os.ReadFile(file)
	if len(old) > 0 && !c.Given("name") && !c.Given("system") && !c.Given("app") {
		return file, string(old), nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return file, "", fmt.Errorf("read %q: %w", file, err)
	}
	text, err = c.newSystemFile(ctx)
	if err == nil && len(old) > 0 && !sameSystem(file, old, text) {
		err = &Fail{Code: OtherContent, Message: c.Text.Init.OtherFile(file)}
	}
	if len(old) > 0 {
		text = string(old)
	}
	return file, text, err
}

// sameSystem reports whether two files say the same of a system.
func sameSystem(file string, old []byte, text string) bool {
	a, aerr := settings.Decode(file, old)
	b, berr := settings.Decode(file, []byte(text))
	return aerr == nil && berr == nil && a.Name == b.Name && a.System == b.System && a.App == b.App &&
		a.Configuration == b.Configuration && a.ArgoCD == b.ArgoCD && a.Forge == b.Forge && a.Live == b.Live
}

func (c *Call) newSystemFile(ctx context.Context) (string, error) {
	t := c.Text.Init
	var b strings.Builder
	for _, q := range []struct {
		flag, ask string
		optional  bool
	}{{"name", t.AskName, false}, {"system", t.AskSystem, false}, {"app", t.AskApp, false}, {"configuration", t.AskConfiguration, true}, {"argocd", t.AskArgoCD, false}} {
		v, err := c.flagOrAnswer(ctx, q.flag, q.ask, q.optional)
		if err != nil {
			return "", err
		}
		if v != "" {
			fmt.Fprintf(&b, "%s: %s\n", q.flag, v)
		}
	}
	for _, flag := range []string{"forge", "api"} {
		if v := c.String(flag); v != "" {
			fmt.Fprintf(&b, "%s: %s\n", flag, v)
		}
	}
	if c.Is("live") {
		b.WriteString("live: true\n")
	}
	return b.String(), nil
}

func (c *Call) flagOrAnswer(ctx context.Context, flag, ask string, optional bool) (string, error) {
	if c.Given(flag) {
		return c.String(flag), nil
	}
	if !c.CanAsk() {
		if optional {
			return "", nil
		}
		return "", &Fail{Code: NeedsAnswer, Message: c.Text.Init.Needs("--" + flag), Hints: []Hint{{Text: c.Text.Frame.AnswerWith, Command: c.Again("--" + flag + " …")}}}
	}
	v, err := c.Ask(ctx, ask)
	if err != nil {
		return "", c.declined(err)
	}
	return v, nil
}

func (c *Call) tiers(ctx context.Context) (int, error) {
	n := c.Number("tiers", 0)
	if !c.Given("tiers") {
		n = defaultTiers
		if c.CanAsk() {
			v, err := c.Ask(ctx, c.Text.Init.AskTiers)
			if err != nil {
				return 0, c.declined(err)
			}
			if v != "" {
				if n, err = strconv.Atoi(v); err != nil {
					n = 0
				}
			}
		}
	}
	if n < 1 || n > mostTiers {
		return 0, &Fail{Code: BadValue, Message: c.Text.Init.BadTiers(c.String("tiers"))}
	}
	return n, nil
}

// writeSystemFile leaves a file that is there alone.
func (c *Call) writeSystemFile(file, text string) (wrote bool, err error) {
	if c.DryRun() {
		return false, nil
	}
	if old, err := os.ReadFile(file); err == nil && len(old) > 0 {
		return false, nil
	}
	if err := writeWhole(file, []byte(text), 0o644); err != nil {
		return false, fmt.Errorf("write %q: %w", file, err)
	}
	c.Say(c.Talk.Mark(show.Good, c.Text.Init.Wrote(file)))
	return true, nil
}

func (c *Call) initialised(ctx context.Context, w World, have shop.State, g shop.Init, file string, did []plan.Op, wrote bool) (Result, error) {
	have, err := w.Observe(ctx, g)
	if err != nil {
		return Result{}, err
	}
	v := initResult{Result: ExitName(ExitOK), Changed: len(did) > 0 || wrote, System: g.System, File: file, Rooted: true}
	var rows [][]string
	for _, t := range have.Tiers {
		v.Tiers = append(v.Tiers, t.Spec.Name)
		v.Rooted = v.Rooted && (have.ArgoCD.None || t.Rooted)
		rows = append(rows, []string{string(t.Spec.Name), string(t.App), string(t.System)})
	}
	if !v.Rooted {
		c.Talk.Line(c.Talk.Mark(show.Warn, c.Text.Init.ApplyRoots))
		for _, t := range have.Tiers {
			c.Talk.Linef("  git -C system.git show main:bootstrap/%s.yaml | kubectl apply -f -", t.Spec.Name)
		}
	}
	return Result{Value: v, Rows: rows, Human: func(p show.Page) {
		if !v.Changed {
			p.Line(c.Text.Init.Already(g.System))
			return
		}
		p.Line(c.Text.Init.Done(g.System))
		p.Line()
		p.Line(c.Text.Init.Paste)
		p.Line("  git add ", strings.Join(c.written(file), " "), " && git commit -m ", Quote(c.Text.Init.Commit))
		p.Line("  shopctl completion bash > ~/.local/share/bash-completion/completions/shopctl")
		if c.system.Forge == settings.ForgeGitHub {
			p.Line("  shopctl auth login")
		}
		p.Line("  shopctl status")
	}}, nil
}

// beginWorkflow writes the workflow of a system on GitHub. One that is there is
// somebody's work, and stays.
func (c *Call) beginWorkflow(top shop.Tier) error {
	wrote, err := c.writeWorkflow(workflowText(c.workflowLines(top)))
	var f *Fail
	switch {
	case errors.As(err, &f) && f.Code == OtherContent:
		c.Say(c.Talk.Mark(show.Warn, f.Message))
		return nil
	case wrote:
		c.Say(c.Talk.Mark(show.Good, c.Text.Init.Wrote(c.workflowPath())))
	}
	return err
}

// written are the files that init wrote here, as git is to be given them.
func (c *Call) written(file string) []string {
	files := []string{Quote(filepath.Base(file))}
	if c.system.Forge == settings.ForgeGitHub {
		files = append(files, workflowFile)
	}
	return files
}
