package forge

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
)

// Role is what a person may do in every repository.
type Role string

// The roles that matter here.
const (
	Admin Role = "admin"
	Write Role = "write"
	Read  Role = "read"
)

// Person is somebody with an account. Bots write their login as "name[bot]".
type Person struct {
	Login, Name, Email string
	Role               Role
	App                int64 // of a bot: the id of its App
}

func (p Person) bot() bool { return strings.HasSuffix(p.Login, "[bot]") }

// Kind of a token, by what it begins with.
type Kind string

// The kinds of tokens.
const (
	Personal    Kind = "ghp_"
	OAuth       Kind = "gho_"
	FineGrained Kind = "github_pat_"
	Install     Kind = "ghs_"
	UserOfApp   Kind = "ghu_"
)

// Token opens the forge for somebody.
type Token struct {
	Text       string   `json:"text"`
	Login      string   `json:"login"`
	Kind       Kind     `json:"kind"`
	Repository string   `json:"repository,omitempty"` // the only one that it opens
	Lacks      []string `json:"lacks,omitempty"`      // permissions such as "statuses=write"
}

func (p Person) firstToken() Token {
	t := Token{Login: p.Login, Kind: OAuth}
	if p.bot() {
		t.Kind = Install
	}
	t.Text = newText(t.Kind)
	return t
}

func newText(k Kind) string {
	var b [18]byte
	_, _ = rand.Read(b[:]) // never fails
	return string(k) + hex.EncodeToString(b[:])
}

// Issue gives somebody a further token; its Text is made up when it has none.
func (f *Forge) Issue(t Token) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if t.Text == "" {
		t.Text = newText(t.Kind)
	}
	f.state.Tokens = append(f.state.Tokens, t)
	return t.Text
}

// Revoke takes a token away.
func (f *Forge) Revoke(text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.state.Tokens = slices.DeleteFunc(f.state.Tokens, func(t Token) bool { return t.Text == text })
}

// TokenOf is the first token of somebody; empty: nobody has this login.
func (f *Forge) TokenOf(login string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, t := range f.state.Tokens {
		if t.Login == login {
			return t.Text
		}
	}
	return ""
}

// presented is the token of a request, and whether it has one.
func presented(r *http.Request) (string, bool) {
	if _, password, basic := r.BasicAuth(); basic {
		return password, true
	}
	header := r.Header.Get("Authorization")
	scheme, text, found := strings.Cut(header, " ")
	if !found || !strings.EqualFold(scheme, "bearer") && !strings.EqualFold(scheme, "token") {
		return header, header != ""
	}
	return strings.TrimSpace(text), true
}

// known finds the token of a request. Without one it is that of the anonymous
// person, or the zero token of nobody; unknown ones are not ok.
func (f *Forge) known(r *http.Request) (Token, bool) {
	text, given := presented(r)
	if !given {
		return Token{Login: f.options.Anonymous}, true
	}
	for _, t := range f.state.Tokens {
		if subtle.ConstantTimeCompare([]byte(t.Text), []byte(text)) == 1 {
			return t, true
		}
	}
	return Token{}, false
}

func (f *Forge) person(login string) (Person, bool) {
	i := slices.IndexFunc(f.options.People, func(p Person) bool { return strings.EqualFold(p.Login, login) })
	if i < 0 {
		return Person{Login: login}, false
	}
	return f.options.People[i], true
}

// may reports whether somebody's role is enough.
func (f *Forge) may(login string, need Role) bool {
	p, _ := f.person(login)
	rank := map[Role]int{"": 0, Read: 1, Write: 2, Admin: 3}
	return rank[p.Role] >= rank[need]
}

// Who says who sends a request to the git server, and the status for somebody
// who may not do this: 401 without a token, 403 when the token is not enough.
func (f *Forge) Who(r *http.Request, write bool) (login string, status int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	t, known := f.known(r)
	repo, err := f.find(repositoryIn(r.URL.Path))
	switch {
	case !known || t.Login == "" && (write || err == nil && repo.Private):
		return "", http.StatusUnauthorized
	case err != nil || t.Repository != "" && !strings.EqualFold(t.Repository, repo.Name) && (write || repo.Private):
		return t.Login, http.StatusNotFound
	case write && (!f.may(t.Login, Write) || t.lacks("contents=write")):
		return t.Login, http.StatusForbidden
	}
	return t.Login, 0
}

// repositoryIn is the repository's name in the path of a git request.
func repositoryIn(path string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), ".git/")
	return name
}
