package forge

import (
	"fmt"
	"html"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Pages for people: plain, so that addresses that shopctl prints lead to
// something, and that a demo has somebody who approves.

func (f *Forge) pages() []route {
	at := "/" + f.options.Owner + "/{repo}"
	return []route{
		{"GET " + at, "", (*call).pullsPage},
		{"GET " + at + "/pull/{number}", "", (*call).onePage},
		{"POST " + at + "/pull/{number}", "", (*call).answerPage},
		{"GET " + at + "/runs/{id}", "", (*call).runPage},
	}
}

// webPage is a page of lines; what comes from people in them is escaped by then.
func webPage(title string, lines ...string) reply {
	return reply{status: http.StatusOK, text: `<!DOCTYPE html><html><head><meta charset="utf-8"><title>` + html.EscapeString(title) + "</title></head><body>\n<h1>" +
		html.EscapeString(title) + "</h1>\n" + strings.Join(lines, "\n") + "\n</body></html>\n"}
}

func gone() reply { return reply{status: http.StatusNotFound, text: "<h1>404</h1>\n"} }

// pageOf finds the repository that a page is about.
func (c *call) pageOf() bool {
	name := c.r.PathValue("repo")
	if to, old := c.renamed(name); old {
		name = to
	}
	r, err := c.find(name)
	if err != nil || !c.sees(r) || c.follow(r, "") != nil {
		return false
	}
	c.repo = r
	return true
}

func (c *call) link(path, text string) string {
	return fmt.Sprintf(`<a href="%s">%s</a>`, html.EscapeString(c.repoPage(c.repo)+path), html.EscapeString(text))
}

func (c *call) pullsPage() reply {
	if !c.pageOf() {
		return gone()
	}
	var lines []string
	for _, p := range slices.Backward(c.repo.Pulls) {
		c.settle(p)
		lines = append(lines, "<p>"+c.link(fmt.Sprintf("/pull/%d", p.Number), fmt.Sprintf("#%d %s", p.Number, p.Title))+" "+html.EscapeString(p.standing()+", by "+p.Author)+"</p>")
	}
	return webPage(c.options.Owner+"/"+c.repo.Name, lines...)
}

func (p *pull) standing() string {
	switch {
	case p.merged():
		return "merged"
	case p.State == "open" && p.Draft:
		return "draft"
	}
	return p.State
}

func (c *call) onePage() reply {
	if !c.pageOf() {
		return gone()
	}
	p, found := c.numbered()
	if !found {
		return gone()
	}
	c.settle(p)
	say := func(format string, args ...any) string {
		return "<p>" + html.EscapeString(fmt.Sprintf(format, args...)) + "</p>"
	}
	lines := []string{
		say("%s: %s wants %s in %s", p.standing(), p.Author, p.Head, p.Base), "<pre>" + html.EscapeString(p.Body) + "</pre>",
	}
	for _, x := range c.repo.runsOf(p.HeadSHA) {
		lines = append(lines, "<p>"+c.link(fmt.Sprintf("/runs/%d", x.ID), x.Name)+" "+html.EscapeString(first(x.Conclusion, x.Status))+"</p>")
	}
	for _, s := range c.repo.latest(p.HeadSHA) {
		lines = append(lines, say("%s %s %s", s.Context, s.State, s.Description))
	}
	for _, r := range p.Reviews {
		lines = append(lines, say("%s: %s %s", r.By, r.State, r.Body))
	}
	for _, x := range c.repo.Comments {
		if x.Pull == p.Number {
			lines = append(lines, say("%s: %s", x.By, x.Body))
		}
	}
	if p.State == "open" {
		lines = append(lines, c.reviewForm(p))
	}
	return webPage(fmt.Sprintf("#%d %s", p.Number, p.Title), lines...)
}

func (c *call) reviewForm(p *pull) string {
	options := ""
	for _, who := range c.options.People {
		if !who.bot() && who.Login != p.Author {
			options += "<option>" + html.EscapeString(who.Login) + "</option>"
		}
	}
	return `<form method="post">As <select name="login">` + options + `</select> <button name="verdict" value="` + Approves + `">Approve</button> ` +
		`<button name="verdict" value="` + WantsChanges + `">Request changes</button></form>`
}

// answerPage is a person who presses a button.
func (c *call) answerPage() reply {
	if !c.pageOf() {
		return gone()
	}
	in := c.form()
	p, found := c.numbered()
	who, known := c.person(in.Get("login"))
	verdict := in.Get("verdict")
	switch {
	case !found || !known:
		return gone()
	case who.Login == p.Author || p.State != "open" || verdict != Approves && verdict != WantsChanges:
		return reply{status: http.StatusUnprocessableEntity, text: "<h1>422</h1>\n"}
	}
	c.reviewed(p, review{By: who.Login, State: verdict})
	return reply{status: http.StatusSeeOther, text: "<p>Done.</p>\n"}.with("Location", c.pullPage(p))
}

func (c *call) runPage() reply {
	if !c.pageOf() {
		return gone()
	}
	id, _ := strconv.ParseInt(c.r.PathValue("id"), 10, 64)
	for _, x := range c.repo.Runs {
		if x.ID == id {
			return webPage(x.Name+": "+first(x.Conclusion, x.Status), "<p>"+html.EscapeString(x.Commit)+"</p>")
		}
	}
	return gone()
}
