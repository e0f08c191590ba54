package cli

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/shopctl/shopctl/internal/i18n"
	"github.com/shopctl/shopctl/internal/show"
)

func authCommand() *Command {
	side := Arg{Name: "forge|argocd", Optional: true, Choices: []string{string(SideForge), string(SideArgoCD)}}
	return &Command{
		Name: "auth", Group: SetUp, Help: func(t *i18n.Text) i18n.Help { return t.Auth.Help },
		Subs: []*Command{
			{Name: "login", Args: []Arg{side}, Flags: []Flag{{Name: "with-token"}}, Kind: "Auth", Fields: authResult{}, Run: runLogin, Shell: true},
			{Name: "logout", Args: []Arg{side}, Kind: "Auth", Fields: authResult{}, Run: runLogout, Shell: true},
			{Name: "status", Args: []Arg{side}, Kind: "Auth", Fields: authResult{}, Run: runAuthStatus},
		},
	}
}

// atLogins opens the logins for one side, the forge unless the line says
// another.
func atLogins(c *Call) (Logins, Side, error) {
	side := SideForge
	if c.Arg(0) != "" {
		side = Side(c.Arg(0))
	}
	l, err := c.logins()
	if err != nil {
		return nil, side, err
	}
	if l.Host(side) == "" {
		return nil, side, &Fail{Code: BadValue, Message: c.Text.Auth.NoSide(string(side)), Hints: []Hint{{Command: "shopctl auth status"}}}
	}
	return l, side, nil
}

func runLogin(ctx context.Context, c *Call) error {
	l, side, err := atLogins(c)
	if err != nil {
		return err
	}
	if !c.Is("with-token") {
		if who, err := l.Who(ctx, side); err == nil {
			c.Say(c.Text.Auth.AlreadySo(l.Host(side), show.Clean(who.Name), show.Clean(who.Source)))
			return c.Show(identitiesOf(c, []identity{confirmed(l, side, who)}))
		}
	}
	who, where, err := logIn(ctx, c, l, side)
	if err != nil {
		return err
	}
	who.Source = where
	c.Say(c.Text.Auth.LoggedIn(l.Host(side), show.Clean(who.Name)))
	if where == KeyringPlace {
		c.Say(c.Text.Auth.InKeyring)
	} else {
		c.Say(c.Text.Auth.InFile(where))
	}
	if above := l.Above(side); above != "" {
		c.Say(c.Text.Auth.Weaker(above))
	}
	return c.Show(identitiesOf(c, []identity{confirmed(l, side, who)}))
}

// KeyringPlace is where Keep puts a token if it can.
const KeyringPlace = "keyring"

// logIn gets a login by the way that the line and the terminal allow.
func logIn(ctx context.Context, c *Call, l Logins, side Side) (who Login, where string, err error) {
	switch {
	case c.Is("with-token"):
		token, err := c.secret()
		if err != nil {
			return Login{}, "", err
		}
		return keepToken(ctx, c, l, side, token)
	case side == SideArgoCD:
		return Login{}, "", &Fail{Code: NeedsAnswer, Message: c.Text.Auth.HowArgoCD, Hints: []Hint{
			{Text: c.Text.Auth.ByArgoCD, Command: "argocd login " + l.Host(side) + " --sso"},
			{Text: c.Text.Auth.ByToken, Command: c.Again("--with-token < token.txt")},
		}}
	case c.Is("no-input") || !c.Env.Terminal.Err:
		return Login{}, "", &Fail{Code: NeedsAnswer, Message: c.Text.Auth.NoTerminal, Hints: []Hint{
			{Text: c.Text.Auth.ByToken, Command: c.Again("--with-token < token.txt")},
		}}
	}
	if c.CanAsk() && l.HasGH(ctx) {
		err := c.askYes(ctx, Confirmation{Question: c.Text.Auth.UseGH(l.Host(side))})
		if err == nil {
			where, err := l.KeepGH(ctx)
			if err != nil {
				return Login{}, "", err
			}
			who, err := l.Who(ctx, side)
			return who, where, c.loginFail(l, side, err)
		}
		var no *Fail
		if !errors.As(err, &no) || no.Code != Declined {
			return Login{}, "", err
		}
	}
	token, err := byDevice(ctx, c, l)
	if err != nil {
		return Login{}, "", c.loginFail(l, side, err)
	}
	return keepToken(ctx, c, l, side, token)
}

// byDevice shows a code and waits until a person has typed it into a browser.
func byDevice(ctx context.Context, c *Call, l Logins) (token string, err error) {
	device, err := l.Begin(ctx)
	if err != nil {
		return "", err
	}
	code, address := device.Code()
	c.Talk.Line(c.Text.Auth.TypeCode(show.Clean(code), show.Clean(address)))
	for {
		token, again, err := device.Poll(ctx)
		if err != nil || token != "" {
			return token, err
		}
		if err := c.Env.Sleep(ctx, again); err != nil {
			return "", err
		}
	}
}

// keepToken asks the server about a token before it is put away.
func keepToken(ctx context.Context, c *Call, l Logins, side Side, token string) (Login, string, error) {
	who, err := l.Check(ctx, side, token)
	if err != nil {
		return Login{}, "", c.loginFail(l, side, err)
	}
	where, err := l.Keep(ctx, side, token)
	return who, where, err
}

const maxToken = 16 << 10

// secret reads a token: without echo from a terminal, else all of stdin.
func (c *Call) secret() (string, error) {
	var text string
	var err error
	if c.Env.Terminal.In && c.Env.ReadSecret != nil {
		io.WriteString(c.Env.Stderr, c.Text.Auth.Token)
		text, err = c.Env.ReadSecret()
		c.Talk.Line()
	} else {
		var data []byte
		data, err = io.ReadAll(io.LimitReader(c.Env.Stdin, maxToken))
		text = string(data)
	}
	if err != nil {
		return "", err
	}
	text = strings.TrimSpace(text)
	if text == "" || len(text) == maxToken || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", &Fail{Code: BadValue, Message: c.Text.Auth.NoToken, Hints: []Hint{{Command: "shopctl auth login --with-token < token.txt"}}}
	}
	c.log.hide(text)
	return text, nil
}

func runLogout(ctx context.Context, c *Call) error {
	l, side, err := atLogins(c)
	if err != nil {
		return err
	}
	where, err := l.Forget(ctx, side)
	if err != nil {
		return err
	}
	if len(where) == 0 {
		c.Say(c.Text.Auth.NothingKept(l.Host(side)))
	} else {
		c.Say(c.Text.Auth.LoggedOut(l.Host(side), strings.Join(where, ", ")))
	}
	if above := l.Above(side); above != "" {
		c.Say(c.Text.Auth.StillThere(above))
	}
	return c.Show(identitiesOf(c, []identity{{Side: side, Host: l.Host(side), State: "out"}}))
}

// loginFail gives an error of a login its code and the line that mends it.
func (c *Call) loginFail(l Logins, side Side, err error) error {
	var e *LoginError
	if err == nil || !errors.As(err, &e) {
		return err
	}
	t := c.Text.Auth
	host := l.Host(side)
	f := &Fail{Code: NotLoggedIn, Cause: err, Message: t.NotLoggedIn(host), Hints: []Hint{{Text: t.LogIn, Command: loginLine(side)}}}
	if e.Text != "" {
		f.Reasons = []string{e.Text}
	}
	switch e.Kind {
	case UnboundToken:
		f.Message, f.Reasons = t.Unbound(host), nil
		f.Hints = []Hint{{Text: t.BindIt, Command: "export ARGOCD_SERVER=" + host}, {Text: t.LogIn, Command: loginLine(side)}}
	case BadLogin:
		f.Code, f.Message = LoginRejected, t.Refused(host)
	case NoAnswer:
		f.Code, f.Message = ForgeUnreachable, t.Unreachable(host)
		if side == SideArgoCD {
			f.Code = ArgoCDUnreachable
		}
		f.Hints = []Hint{{Text: c.Text.Errand.AskAgainLater, Command: c.Again()}}
	case CodeDeclined:
		f.Code, f.Message = Declined, t.CodeDeclined
	case CodeExpired:
		f.Code, f.Message = TimeIsUp, t.CodeExpired
	case NoDeviceLogin:
		f.Code, f.Message = NeedsAnswer, t.NoDevice(host)
		f.Hints = []Hint{{Text: t.ByToken, Command: "shopctl auth login --with-token < token.txt"}, {Text: t.ByGH, Command: "gh auth token | shopctl auth login --with-token"}}
	}
	return f
}

func loginLine(side Side) string {
	if side == SideArgoCD {
		return "shopctl auth login argocd"
	}
	return "shopctl auth login"
}
