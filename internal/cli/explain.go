package cli

import (
	"context"
	"strings"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/show"
)

type explainResult struct {
	Codes []explained `json:"codes"`
}

type explained struct {
	Code  Code   `json:"code"`
	Exit  int    `json:"exit"`
	Title string `json:"title"`
	Why   string `json:"why"`
	Do    string `json:"do"`
}

func explainCommand() *Command {
	return &Command{
		Name: "explain", Group: HelpGroup, Plain: true,
		Help: func(t *i18n.Text) i18n.Help { return t.ExplainCmd.Help },
		Args: []Arg{{Name: "CODE", Optional: true, Complete: completeCodes}},
		Kind: "Explanation", Fields: explainResult{}, Run: runExplain,
	}
}

func runExplain(_ context.Context, c *Call) error {
	wanted := Code(strings.ToUpper(c.Arg(0)))
	if wanted != "" && !strings.HasPrefix(string(wanted), "SHOP-") {
		wanted = "SHOP-" + wanted
	}
	var r explainResult
	var rows [][]string
	for _, code := range Codes() {
		page := c.Text.Explain[string(code)]
		if wanted == "" || code == wanted {
			r.Codes = append(r.Codes, explained{code, code.Exit(), page.Title, page.Why, page.Do})
			rows = append(rows, []string{string(code), page.Title, page.Why, page.Do})
		}
	}
	if len(r.Codes) == 0 {
		return noSuchCode(c, wanted)
	}
	return c.Show(Result{Value: r, Rows: rows, Human: func(p show.Page) {
		if wanted == "" {
			listCodes(p, r.Codes)
			return
		}
		explainOne(p, c.Text.ExplainCmd, r.Codes[0])
	}})
}

func noSuchCode(c *Call, wanted Code) error {
	f := &Fail{Code: NoSuchCode, Message: c.Text.ExplainCmd.Unknown(c.Arg(0))}
	var known []string
	for _, code := range Codes() {
		known = append(known, string(code))
	}
	f.Hints = guesses(c.Text, string(wanted), known, func(guess string) string { return "shopctl explain " + guess })
	if len(f.Hints) == 0 {
		f.Hints = []Hint{{Text: c.Text.ExplainCmd.ListIt, Command: "shopctl explain"}}
	}
	return f
}

func listCodes(p show.Page, codes []explained) {
	t := show.Table{Columns: []show.Column{{}, {Flex: true}}}
	for _, e := range codes {
		t.Rows = append(t.Rows, []string{string(e.Code), e.Title})
	}
	p.Table(t)
}

func explainOne(p show.Page, t i18n.ExplainCommand, e explained) {
	p.Line(p.Paint(show.Bold, string(e.Code)), "  ", e.Title, "   ", t.Exit(e.Exit, ExitName(e.Exit)))
	p.Line()
	p.Line(t.Why, ": ", e.Why)
	p.Line(t.Do, ": ", e.Do)
}
