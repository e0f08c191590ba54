package rehearsal

import (
	"net/http"
	"strings"
)

// allowed asks for a token that opens this.
func (a *ArgoCD) allowed(write bool, next argoHandler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch who := a.who(r); {
		case who == "":
			answerError(w, http.StatusUnauthorized, "no session information")
		case write && who == readerName:
			answerError(w, http.StatusForbidden, "permission denied")
		default:
			next(w, r)
		}
	}
}

// who asks; empty: nobody who is known.
func (a *ArgoCD) who(r *http.Request) string {
	token, given := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if c, err := r.Cookie("argocd.token"); !given && err == nil {
		token, given = c.Value, true
	}
	switch {
	case given && a.options.Token != "" && same(token, a.options.Token):
		return userName
	case given && a.options.ReadToken != "" && same(token, a.options.ReadToken):
		return readerName
	case !given && a.options.Anonymous:
		return anonymousName
	}
	return ""
}

func (a *ArgoCD) version(w http.ResponseWriter, _ *http.Request) {
	answer(w, object{"Version": argoVersion})
}

// login gives the token to anybody who has the password: the token itself.
func (a *ArgoCD) login(w http.ResponseWriter, r *http.Request) {
	var in struct{ Username, Password string }
	if !readJSON(w, r, &in) {
		return
	}
	if a.options.Token == "" || !same(in.Password, a.options.Token) {
		answerError(w, http.StatusUnauthorized, "Invalid username or password")
		return
	}
	answer(w, object{"token": a.options.Token})
}

func (a *ArgoCD) userinfo(w http.ResponseWriter, r *http.Request) {
	who := a.who(r)
	if who == "" || who == anonymousName {
		answer(w, object{})
		return
	}
	answer(w, object{"loggedIn": true, "username": who, "iss": "argocd"})
}

func (a *ArgoCD) canI(w http.ResponseWriter, r *http.Request) {
	can := "yes"
	if a.who(r) == readerName && r.PathValue("action") != "get" {
		can = "no"
	}
	answer(w, object{"value": can})
}
