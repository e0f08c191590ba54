package rehearsal

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/internal/rehearsal/forge"
)

// ForgeMode says whether a world has a forge, and for whom it is open.
type ForgeMode int

// The modes. In an open forge somebody without a token is ForgeAdmin, as
// the demo has no secrets; in a strict one he may read and not write.
const (
	NoForge ForgeMode = iota
	OpenForge
	StrictForge
)

// ForgeOwner is the organisation that the repositories of a world belong to.
const ForgeOwner = "acme"

// The logins of a world's forge, beside those of its people: ryu, who is an
// administrator, takuya and mika, who may write.
const (
	ForgeAdmin = "ryu"
	ForgeBot   = "shopctl-acme[bot]" // an App: the only one whose statuses can be bound to a source
	ForgeApp   = 424242              // the number of that App
	ActionsBot = "github-actions[bot]"

	renovateBot = "renovate[bot]"
)

const (
	forgeFile      = "forge.json"
	forgeTokenFile = "forge.token"
	// The runner acts as ForgeBot.
	runnerTokenFile = "runner.token"
)

// ForgeTokenFile is where the world in a folder keeps ForgeAdmin's token of its
// forge, with mode 0600.
func ForgeTokenFile(dir string) string { return filepath.Join(dir, forgeTokenFile) }

// RunnerEnvironment is what the runner of the world in a folder needs to act as
// ForgeBot; empty without a forge.
func RunnerEnvironment(dir string) map[string]string {
	token, err := os.ReadFile(filepath.Join(dir, runnerTokenFile))
	var r record
	if err != nil || readState(filepath.Join(dir, recordFile), &r) != nil {
		return nil
	}
	return map[string]string{"SHOPCTL_TOKEN": string(token), "SHOPCTL_TOKEN_HOST": fmt.Sprintf("127.0.0.1:%d", r.Ports[0])}
}

func forgePeople() []forge.Person {
	person := func(login string, role forge.Role) forge.Person {
		return forge.Person{Login: login, Name: people[login].name, Email: people[login].email, Role: role}
	}
	return []forge.Person{
		person(ForgeAdmin, forge.Admin), person("takuya", forge.Write), person("mika", forge.Write),
		{Login: ForgeBot, Name: "shopctl", Email: "shopctl@example.com", Role: forge.Write, App: ForgeApp},
		{Login: renovateBot, Name: "renovate", Email: "renovate@example.com", Role: forge.Write, App: 2740},
		{Login: ActionsBot, Name: "github-actions", Email: "actions@example.com", Role: forge.Write, App: forge.ActionsApp},
	}
}

// openForge makes the forge of a world, or goes on with it.
func (w *World) openForge() error {
	if w.options.Forge == NoForge {
		return nil
	}
	state, err := os.ReadFile(filepath.Join(w.dir, forgeFile))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("read the state of the forge: %w", err)
	}
	o := forge.Options{
		Dir: w.gitDir(), Owner: ForgeOwner, Repositories: []string{"app", "configuration", "system"}, People: forgePeople(),
		Now: w.clock.Now, Seed: w.options.Seed, State: state, Changed: w.save,
		Moved: func(repository string, moved []forge.Move) {
			w.pushed(GitPush{Repository: repository, Moved: updates(moved)})
		},
	}
	if w.options.Forge == OpenForge {
		o.Anonymous = ForgeAdmin
	}
	if w.forge, err = forge.New(o); err != nil {
		return err
	}
	if len(state) == 0 && w.options.Forge == OpenForge {
		if err := w.recallHistory(); err != nil {
			return err
		}
	}
	if err := replaceFile(filepath.Join(w.dir, runnerTokenFile), []byte(w.forge.TokenOf(ForgeBot))); err != nil {
		return err
	}
	return replaceFile(ForgeTokenFile(w.dir), []byte(w.forge.TokenOf(ForgeAdmin)))
}

func (w *World) saveForge() error {
	if w.forge == nil {
		return nil
	}
	state, err := w.forge.State()
	if err != nil {
		return fmt.Errorf("write the state of the forge: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return replaceFile(filepath.Join(w.dir, forgeFile), state)
}

// Forge is the world's forge; nil: it has none.
func (w *World) Forge() *forge.Forge { return w.forge }

// ForgeURL is the base address of the forge's REST API, empty without a forge.
// GraphQL is at /api/graphql and the device login at /login on the same host, as
// on a GitHub Enterprise Server.
func (w *World) ForgeURL() string {
	if w.options.Forge == NoForge {
		return ""
	}
	return w.GitURL() + "/api/v3"
}

func (w *World) forgeText() string {
	if w.options.Forge == NoForge {
		return "forge: git\n"
	}
	return "forge: github\napi: " + w.ForgeURL() + "\n"
}

// gitOptions are those of the git server; with a forge it knows who asks, and a
// head branch may be deleted.
func (w *World) gitOptions() GitOptions {
	o := GitOptions{Fault: w.gitFault, OnPush: w.pushed}
	if w.forge != nil {
		o.Who = w.forge.Who
		o.Config = func(string) []string { return []string{"receive.denyDeletes=false"} }
	}
	return o
}

var errNoForge = errors.New("this world has no forge")

// breakForge begins a fault that is the forge's.
func (w *World) breakForge(f Fault) error {
	kinds := FaultKinds()
	i := slices.IndexFunc(kinds, func(k FaultKind) bool { return k.Name == f.Name })
	if i < 0 || kinds[i].quirk == "" {
		return nil
	}
	if w.forge == nil {
		return errNoForge
	}
	return w.forge.Break(forge.Quirk{Name: kinds[i].quirk})
}

// tellForge tells the forge what somebody pushed; what it moved itself it knows.
func (w *World) tellForge(p GitPush) {
	if w.forge != nil && p.User != "" {
		w.forge.Pushed(forge.Push{Repository: p.Repository, User: p.User, Moves: moves(p.Moved)})
	}
}

func moves(updates []RefUpdate) (out []forge.Move) {
	for _, u := range updates {
		out = append(out, forge.Move{Ref: u.Ref, Old: u.Old, New: u.New})
	}
	return out
}

func updates(moves []forge.Move) (out []RefUpdate) {
	for _, m := range moves {
		out = append(out, RefUpdate{Ref: m.Ref, Old: m.Old, New: m.New})
	}
	return out
}

// gitAndForge is the world's git server, with the forge before it if it has one.
func (w *World) gitAndForge() http.Handler {
	if w.forge == nil {
		return w.git
	}
	return ForgeBeforeGit(w.forge, w.git)
}

// ForgeBeforeGit serves the repositories of a git server at their own paths and
// as owner/name, and the forge on all others.
func ForgeBeforeGit(f *forge.Forge, git *GitServer) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		repository, service, _ := splitGitPath(r)
		if service == "" {
			f.ServeHTTP(rw, r)
			return
		}
		if folder, there := f.Folder(repository); there {
			r = r.Clone(r.Context())
			r.URL = &url.URL{Path: "/" + folder + strings.TrimPrefix(r.URL.Path, "/"+repository), RawQuery: r.URL.RawQuery}
		}
		git.ServeHTTP(rw, r)
	})
}
