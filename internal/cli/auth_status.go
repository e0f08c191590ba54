package cli

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/show"
)

type authResult struct {
	Identities []identity `json:"identities"`
}

// identity is who the user is at one side.
type identity struct {
	Side    Side     `json:"side"`
	Host    string   `json:"host"`
	State   string   `json:"state"` // in, out, refused, unreachable, none
	Login   string   `json:"login,omitempty"`
	Source  string   `json:"source,omitempty"`
	Token   string   `json:"token,omitempty"` // its kind, never the token
	Scopes  []string `json:"scopes,omitempty"`
	Expires string   `json:"expires,omitempty"`
	Robot   bool     `json:"robot,omitempty"`
	Problem string   `json:"problem,omitempty"`
	Rights  []Right  `json:"rights,omitempty"`

	expires time.Time
}

func confirmed(l Logins, side Side, who Login) identity {
	id := identity{
		Side: side, Host: l.Host(side), State: "in", Login: who.Name, Source: who.Source, Token: who.Kind,
		Scopes: who.Scopes, Robot: who.Robot, expires: who.Expires,
	}
	if !who.Expires.IsZero() {
		id.Expires = show.Stamp(who.Expires)
	}
	return id
}

func runAuthStatus(ctx context.Context, c *Call) error {
	l, err := c.logins()
	if err != nil {
		return err
	}
	sides := []Side{SideForge, SideArgoCD}
	if c.Arg(0) != "" {
		sides = []Side{Side(c.Arg(0))}
	}
	var list []identity
	var fails []error
	tiers := c.seenTiers(ctx)
	for _, side := range sides {
		id, err := c.identityAt(ctx, l, side, tiers)
		list = append(list, id)
		if err != nil {
			fails = append(fails, err)
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := c.Show(identitiesOf(c, list)); err != nil || len(fails) == 0 {
		return err
	}
	if c.JSON() {
		return Exit(worstOf(fails))
	}
	return errors.Join(fails...)
}

func worstOf(fails []error) int {
	var codes []int
	for _, err := range fails {
		if f, ok := asFail(err); ok {
			codes = append(codes, f.Exit())
		} else {
			codes = append(codes, ExitFailed)
		}
	}
	return Worst(codes...)
}

// seenTiers are those of the system as far as it can be seen.
func (c *Call) seenTiers(ctx context.Context) (names []shop.Tier) {
	if _, err := c.System(); err != nil {
		return nil
	}
	w, have, err := c.observe(ctx)
	if err != nil {
		c.Logf("auth status: the tiers: %s", err)
		for _, t := range c.known().Tiers {
			names = append(names, shop.Tier(t))
		}
		return names
	}
	defer w.Close() //nolint:errcheck // nothing was written
	for _, t := range have.Tiers {
		names = append(names, t.Spec.Name)
	}
	return names
}

func (c *Call) identityAt(ctx context.Context, l Logins, side Side, tiers []shop.Tier) (identity, error) {
	if l.Host(side) == "" {
		return identity{Side: side, State: "none"}, nil
	}
	who, err := l.Who(ctx, side)
	if err != nil {
		id := identity{Side: side, Host: l.Host(side), State: "unreachable", Problem: err.Error()}
		var e *LoginError
		if errors.As(err, &e) {
			id.Problem = e.Text
			switch e.Kind {
			case NoLogin, UnboundToken:
				id.State = "out"
			case BadLogin:
				id.State = "refused"
			}
		}
		return id, c.loginFail(l, side, err)
	}
	id := confirmed(l, side, who)
	rights, err := l.Rights(ctx, side, tiers)
	if err != nil {
		return id, c.loginFail(l, side, err)
	}
	id.Rights = rights
	return id, nil
}

func identitiesOf(c *Call, list []identity) Result {
	var rows [][]string
	for _, id := range list {
		var rights []string
		for _, r := range id.Rights {
			rights = append(rights, string(r.Tier)+"="+r.May)
		}
		rows = append(rows, []string{string(id.Side), id.Host, id.State, id.Login, id.Source, id.Token, id.Expires, strings.Join(rights, ",")})
	}
	return Result{Value: authResult{Identities: list}, Rows: rows, Human: func(p show.Page) { c.humanAuth(p, list) }}
}

func (c *Call) humanAuth(p show.Page, list []identity) {
	t := c.Text.Auth
	table := show.Table{Columns: []show.Column{{}, {Head: t.Host}, {Head: t.Login}, {Head: t.From, Flex: true}, {Head: t.Expires}}}
	for _, id := range list {
		if id.State == "none" {
			continue
		}
		login, expires := show.Clean(id.Login), t.Never
		if id.State != "in" {
			login, expires = t.State[id.State], ""
		}
		if !id.expires.IsZero() {
			expires = p.Clock(id.expires)
		}
		table.Rows = append(table.Rows, []string{t.Side[string(id.Side)], show.Clean(id.Host), login, show.Clean(sourceText(t.OfKind, id)), expires})
	}
	p.Table(table)
	rights := show.Table{Columns: []show.Column{{Head: t.Tier}, {Head: t.Side[string(SideForge)]}, {Head: t.Side[string(SideArgoCD)]}, {Head: t.Why, Flex: true}}}
	for i, tier := range tiersOf(list) {
		row := []string{string(tier), "", "", ""}
		for _, id := range list {
			if i >= len(id.Rights) {
				continue
			}
			at := 1
			if id.Side == SideArgoCD {
				at = 2
			}
			r := id.Rights[i]
			row[at] = t.May[r.May]
			if say := t.Because[r.Why]; say != nil {
				row[3] = strings.TrimSpace(row[3] + " " + show.Clean(say(r.Where, r.Rule)))
			}
		}
		rights.Rows = append(rights.Rows, row)
	}
	if len(rights.Rows) > 0 {
		p.Line()
		p.Table(rights)
	}
	for _, id := range list {
		if id.Robot {
			p.Line(t.Robot)
		}
		if strings.Contains(","+strings.Join(id.Scopes, ",")+",", ",repo,") {
			p.Line(t.Wide)
		}
	}
}

func sourceText(ofKind func(source, kind string) string, id identity) string {
	if id.Token == "" {
		return id.Source
	}
	return ofKind(id.Source, id.Token)
}

// tiersOf are the tiers that any of the identities has rights to.
func tiersOf(list []identity) (tiers []shop.Tier) {
	for _, id := range list {
		if len(id.Rights) > len(tiers) {
			tiers = nil
			for _, r := range id.Rights {
				tiers = append(tiers, r.Tier)
			}
		}
	}
	return tiers
}
