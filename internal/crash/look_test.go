//go:build unix

package crash

import (
	"archive/tar"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// A commit is what plain git tells of one.
type commit struct {
	id, tree  string
	parents   []string
	at        time.Time
	title     string
	operation string // of the trailer
	actor     string
	intent    string
	pair      pair // of the gitlinks, on tier branches of the system repository
}

type pair struct{ app, configuration string }

// A book is one repository: its branches and every commit that they reach.
type book struct {
	refs    map[string]string
	commits map[string]commit
}

// contains reports whether one commit is another, or in its history.
func (b book) contains(ancestor, descendant string) bool {
	seen := map[string]bool{}
	todo := []string{descendant}
	for len(todo) > 0 {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if id == ancestor {
			return true
		}
		if !seen[id] {
			seen[id] = true
			todo = append(todo, b.commits[id].parents...)
		}
	}
	return false
}

// line is the first-parent history of a branch, oldest first.
func (b book) line(ref string) (all []commit) {
	for id := b.refs[ref]; id != ""; {
		c := b.commits[id]
		all = append(all, c)
		if id = ""; len(c.parents) > 0 {
			id = c.parents[0]
		}
	}
	slices.Reverse(all)
	return all
}

// A snapshot is the three repositories as plain git sees them.
type snapshot struct {
	app, configuration, system book
	files                      map[string]string            // of main, by path
	trees                      map[string]map[string]string // of each tier branch: mode, type and id by path
}

func (p *place) look() snapshot {
	p.t.Helper()
	s := snapshot{app: p.book("app.git"), configuration: p.book("configuration.git"), system: p.book("system.git"), files: map[string]string{}, trees: map[string]map[string]string{}}
	for ref := range s.system.refs {
		if ref == "main" {
			continue
		}
		s.trees[ref] = map[string]string{}
		for line := range strings.Lines(p.git("system.git", "ls-tree", "-r", ref)) {
			what, name, _ := strings.Cut(strings.TrimSpace(line), "\t")
			s.trees[ref][name] = what
		}
	}
	p.readPairs(s.system)
	if s.system.refs["main"] != "" {
		p.readFiles(s)
	}
	return s
}

func (p *place) book(name string) book {
	p.t.Helper()
	b := book{refs: map[string]string{}, commits: map[string]commit{}}
	const format = "%H%x1f%T%x1f%P%x1f%cI%x1f%s%x1f" +
		"%(trailers:key=Shopctl-Operation,valueonly,separator=%x20)%x1f%(trailers:key=Shopctl-Actor,valueonly,separator=%x20)%x1f%(trailers:key=Shopctl-Intent,valueonly,separator=%x20)%x1f%D"
	for line := range strings.Lines(p.git(name, "log", "--branches", "--decorate=full", "--format="+format)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\x1f")
		when, err := time.Parse(time.RFC3339, f[3])
		if err != nil {
			p.t.Fatal(err)
		}
		b.commits[f[0]] = commit{id: f[0], tree: f[1], parents: strings.Fields(f[2]), at: when, title: f[4], operation: f[5], actor: f[6], intent: f[7]}
		for ref := range strings.SplitSeq(strings.TrimPrefix(f[8], "HEAD -> "), ", ") {
			if branch, ok := strings.CutPrefix(ref, "refs/heads/"); ok {
				b.refs[branch] = f[0]
			}
		}
	}
	return b
}

// refs are the branches of all repositories, and no more.
func (p *place) refs() map[string]string {
	p.t.Helper()
	all := map[string]string{}
	for _, name := range repositories {
		for line := range strings.Lines(p.git(name, "for-each-ref", "--format=%(refname:lstrip=2) %(objectname)", "refs/heads")) {
			ref, id, _ := strings.Cut(strings.TrimSpace(line), " ")
			all[strings.TrimSuffix(name, ".git")+" "+ref] = id
		}
	}
	return all
}

func (s snapshot) refs() map[string]string {
	all := map[string]string{}
	for name, b := range map[string]book{"app": s.app, "configuration": s.configuration, "system": s.system} {
		for ref, id := range b.refs {
			all[name+" "+ref] = id
		}
	}
	return all
}

// readPairs reads the gitlinks of every commit of the tier branches.
func (p *place) readPairs(b book) {
	p.t.Helper()
	var ids, args []string
	seen := map[string]bool{}
	for ref := range b.refs {
		for _, c := range b.line(ref) {
			if ref != "main" && !seen[c.id] {
				seen[c.id] = true
				ids, args = append(ids, c.id), append(args, c.id+":base", c.id+":config")
			}
		}
	}
	if len(args) == 0 {
		return
	}
	links := strings.Fields(p.git("system.git", append([]string{"rev-parse"}, args...)...))
	for i, id := range ids {
		c := b.commits[id]
		c.pair = pair{links[2*i], links[2*i+1]}
		b.commits[id] = c
	}
}

func (p *place) readFiles(s snapshot) {
	p.t.Helper()
	maps.Copy(s.files, p.filesOf("main"))
}

// filesOf are the files of a commit of the system repository.
func (p *place) filesOf(commit string) map[string]string {
	p.t.Helper()
	all := map[string]string{}
	files := tar.NewReader(strings.NewReader(p.git("system.git", "archive", commit)))
	for {
		h, err := files.Next()
		if err == io.EOF {
			return all
		}
		if err != nil {
			p.t.Fatal(err)
		}
		text, err := io.ReadAll(files)
		if err != nil {
			p.t.Fatal(err)
		}
		if h.Typeflag == tar.TypeReg {
			all[h.Name] = string(text)
		}
	}
}

// resource is what the tests read of the intent's files.
type resource struct {
	Metadata struct{ Name string }
	Spec     struct {
		Tier, Shopset string
		MovingFrom    string `yaml:"movingFrom"`
		Hosts         []string
		Pin           *struct{ App, Configuration string }
	}
}

func (s snapshot) resources(folder string) (all []resource) {
	for _, name := range slices.Sorted(maps.Keys(s.files)) {
		if !strings.HasPrefix(name, folder+"/") {
			continue
		}
		var r resource
		if err := yaml.Unmarshal([]byte(s.files[name]), &r); err != nil {
			r.Metadata.Name = err.Error()
		}
		all = append(all, r)
	}
	return all
}

// pins are the pinned releases by tier.
func (s snapshot) pins() map[string]pair {
	pins := map[string]pair{}
	for _, r := range s.resources("tiers") {
		if r.Spec.Pin != nil {
			pins[r.Metadata.Name] = pair{r.Spec.Pin.App, r.Spec.Pin.Configuration}
		}
	}
	return pins
}

// tiers are the branches of the system repository that are generated.
func (s snapshot) tiers() int { return max(0, len(s.system.refs)-1) }

// broken lists which of the invariants I1, I2, I3, I6 and I9 do not hold.
func (s snapshot) broken() (found []string) {
	say := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	for _, b := range []book{s.app, s.configuration} {
		for k := 0; b.refs[tier(k+1)] != ""; k++ {
			if !b.contains(b.refs[tier(k+1)], b.refs[tier(k)]) {
				say("I1: %s is not in the history of %s", tier(k+1), tier(k))
			}
		}
	}
	pins := s.pins()
	for k := range s.tiers() {
		tip := s.system.commits[s.system.refs[tier(k)]]
		if !s.app.contains(tip.pair.app, s.app.refs[tier(k)]) || !s.configuration.contains(tip.pair.configuration, s.configuration.refs[tier(k)]) {
			say("I2: the gitlinks of %s are not in the history of its branches", tier(k))
		}
		if pin, is := pins[tier(k)]; is && pin != tip.pair {
			say("I2: %s is pinned to %v and carries %v", tier(k), pin, tip.pair)
		}
		for _, c := range s.system.line(tier(k)) {
			if c.operation == "" {
				say("%s: %s was not written by shopctl", tier(k), c.id)
			}
			if !s.system.contains(c.intent, s.system.refs["main"]) {
				say("%s: %s was rendered from %q, which is not on main", tier(k), c.id, c.intent)
			}
			if k > 0 && !slices.ContainsFunc(s.system.line(tier(k-1)), func(below commit) bool { return below.pair == c.pair }) {
				say("I3: %s carried %v, which %s never did", tier(k), c.pair, tier(k-1))
			}
		}
	}
	return append(found, s.misplaced()...)
}

// misplaced checks shops and ShopSets: I6 and I9.
func (s snapshot) misplaced() (found []string) {
	say := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	home, held := map[string]string{}, map[string]string{}
	for _, r := range s.resources("shopsets") {
		home[r.Metadata.Name] = r.Spec.Tier
	}
	routes := map[string]int{}
	for ref, tree := range s.trees {
		for name := range tree {
			parts := strings.Split(name, "/")
			switch {
			case len(parts) > 1 && parts[0] == "shopsets" && home[parts[1]] != ref:
				say("I9: %s of %s belongs to a ShopSet of %q", name, ref, home[parts[1]])
			case len(parts) == 4 && parts[2] == "shops" && strings.HasSuffix(name, ".yaml"):
				routes[strings.TrimSuffix(parts[3], ".yaml")]++
			}
		}
	}
	for _, r := range s.resources("shops") {
		for _, host := range r.Spec.Hosts {
			if by, taken := held[host]; taken {
				say("I6: %s belongs to %s and to %s", host, by, r.Metadata.Name)
			}
			held[host] = r.Metadata.Name
		}
		most := 1
		if r.Spec.MovingFrom != "" {
			most = 2 // during a move that main records
		}
		if n := routes[r.Metadata.Name]; n > most {
			say("I6: %s has %d routes", r.Metadata.Name, n)
		}
	}
	return found
}

func tier(k int) string { return fmt.Sprintf("tier-%d", k) }

// moment is what an "at:" line says.
var moment = regexp.MustCompile(`(?m)^(\s+)at: .*$`)

// fingerprint is everything in the repositories that does not hang on times:
// two runs of one command on one state have one fingerprint.
func (s snapshot) fingerprint() string {
	var out strings.Builder
	for _, r := range []struct {
		name string
		book book
	}{{"app", s.app}, {"configuration", s.configuration}, {"system", s.system}} {
		for _, ref := range slices.Sorted(maps.Keys(r.book.refs)) {
			fmt.Fprintf(&out, "%s %s: %d commits\n", r.name, ref, len(r.book.line(ref)))
			if r.name != "system" {
				fmt.Fprintf(&out, "  tree %s\n", r.book.commits[r.book.refs[ref]].tree)
			} else if ref != "main" {
				out.WriteString(s.generated(ref))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.files)) {
		fmt.Fprintf(&out, "main %s\n%s", name, moment.ReplaceAllString(s.files[name], "${1}at: -"))
	}
	return out.String()
}

// generated is a tier branch with its gitlinks named by how many commits they
// have behind them, since the first commits of empty repositories bear times.
func (s snapshot) generated(ref string) string {
	count := func(b book, id string) string {
		n := 0
		for other := range b.commits {
			if b.contains(other, id) {
				n++
			}
		}
		return fmt.Sprintf("%d commits", n)
	}
	var out strings.Builder
	link := s.system.commits[s.system.refs[ref]].pair
	for _, name := range slices.Sorted(maps.Keys(s.trees[ref])) {
		what := s.trees[ref][name]
		switch name {
		case "base":
			what = count(s.app, link.app)
		case "config":
			what = count(s.configuration, link.configuration)
		}
		fmt.Fprintf(&out, "  %s %s\n", what, name)
	}
	return out.String()
}

// fsck runs git fsck --strict on all repositories and gives its complaints.
func (p *place) fsck() (complaints []string) {
	p.t.Helper()
	for _, name := range repositories {
		cmd := exec.Command("git", "--git-dir="+p.repository(name), "fsck", "--strict", "--no-dangling", "--no-progress")
		cmd.Env = gitEnvironment()
		if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 && !onlyNotices(string(out)) {
			complaints = append(complaints, fmt.Sprintf("git fsck %s: %v %s", name, err, out))
		}
	}
	return complaints
}

// onlyNotices: an empty repository has no branch to check, and fsck says so.
func onlyNotices(out string) bool {
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, "notice: ") {
			return false
		}
	}
	return true
}

// leftovers lists files that somebody who was killed left behind.
func leftovers(dir string) (found []string) {
	_ = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // there is no cache yet
		}
		base := path.Base(name)
		for _, mark := range []string{"tmp_*", ".tmp*", "*.lock", "incoming-*", "tmp_obj*", "new-*", "*.dropped-*"} {
			if ok, _ := path.Match(mark, base); ok {
				found = append(found, name)
				if d.IsDir() {
					return fs.SkipDir
				}
				break
			}
		}
		return nil
	})
	return found
}
