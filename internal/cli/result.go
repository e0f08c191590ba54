package cli

import (
	"strings"

	"github.com/shopctl/shopctl/internal/show"
)

// Result is what a command found or did, in the three forms of its output.
type Result struct {
	Value any             // a struct of the command's Fields type, for --json
	Rows  [][]string      // off a terminal: raw numbers, whole ids, show.Stamp
	Human func(show.Page) // on a terminal
}

// Show prints a result on stdout in the form that is wanted. What has no form
// for people prints its rows.
func (c *Call) Show(r Result) error {
	switch {
	case c.json != nil:
		return c.json.Write(c.stdout(), c.line.command.Kind, r.Value)
	case (c.Env.Terminal.Out || c.Out.Accessible) && r.Human != nil:
		r.Human(c.Out)
		return nil
	default:
		return show.TSV(c.stdout(), r.Rows)
	}
}

// JSON reports whether the result is for a program, so that stdout is its alone.
func (c *Call) JSON() bool { return c.json != nil }

// prepareJSON checks the wish for JSON before anything is done. listed means
// that the fields were asked for, and printed.
func (c *Call) prepareJSON() (listed bool, err error) {
	fields, wanted := c.line.value("json")
	query, _ := c.line.value("jq")
	template, _ := c.line.value("template")
	if !wanted && query == "" && template == "" {
		return false, nil
	}
	command := c.line.command
	if command.Kind == "" {
		return false, &Fail{Code: UnknownFlag, Message: c.Text.Frame.NoJSON(command.path())}
	}
	if wanted && fields == "" {
		for _, name := range show.FieldsOf(command.Fields) {
			c.Out.Line(name)
		}
		return true, nil
	}
	j := &show.JSON{Query: query, Template: template, Indent: c.Env.Terminal.Out}
	if wanted && fields != all {
		j.Fields = strings.Split(fields, ",")
	}
	if err := j.Prepare(command.Fields); err != nil {
		return false, err
	}
	c.json = j
	return false, nil
}
