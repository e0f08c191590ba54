package cli

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/shopctl/shopctl/internal/plan"
	"github.com/shopctl/shopctl/internal/settings"
	"github.com/shopctl/shopctl/internal/shop"
)

// showCommands prints the plain git and kubectl lines that do the same by
// hand, with full ids everywhere. With --dry-run they are the result.
func (c *Call) showCommands(ctx context.Context, w World, have shop.State, todo []plan.Op) error {
	lines, err := c.plainCommands(ctx, w, have, todo)
	if err != nil {
		return err
	}
	out := c.Talk
	if c.DryRun() {
		out = c.Out
	}
	out.Out.Write(lines) //nolint:errcheck // a reader that left is no error of ours
	return nil
}

// plainCommands are the lines of a plan.
func (c *Call) plainCommands(ctx context.Context, w World, have shop.State, todo []plan.Op) ([]byte, error) {
	s := &script{c: c, w: w, have: have, system: c.system, cloned: map[shop.Repository]bool{}}
	s.line("# " + c.Text.Errand.ByHand)
	for _, op := range todo {
		if more, err := s.op(ctx, op); err != nil || !more {
			if err != nil {
				return nil, err
			}
			break
		}
	}
	return s.out.Bytes(), nil
}

// script is a list of shell lines in the making. Its words are those of git
// and kubectl, in every language.
type script struct {
	c      *Call
	w      World
	have   shop.State
	system settings.System
	out    bytes.Buffer
	cloned map[shop.Repository]bool
	wrote  []string // refs of the system repository
}

func (s *script) line(format string, args ...any) { fmt.Fprintf(&s.out, format+"\n", args...) }

// op writes one operation down. more is false where the rest cannot be known yet.
func (s *script) op(ctx context.Context, op plan.Op) (more bool, err error) {
	switch op := op.(type) {
	case plan.MoveBranch:
		s.status(op)
		s.push(op.Repository, []string{lease(op.Tier.Branch(), op.From)}, []string{string(op.To) + ":" + op.Tier.Branch()})
	case plan.CreateBranches:
		var leases, refs []string
		for i, tier := range op.Tiers {
			if op.To[i] == "" {
				s.line("# first make a commit in the %s repository", op.Repository)
				return false, nil
			}
			leases, refs = append(leases, lease(tier.Branch(), "")), append(refs, string(op.To[i])+":"+tier.Branch())
		}
		s.push(op.Repository, leases, refs)
	case plan.Seed:
		s.line("# first make a commit in the %s repository", op.Repository)
		return false, nil
	case plan.WriteSystem:
		if s.wrote != nil { // a second one builds on commits that are not there yet
			s.line("# then ask for these lines again: the rest builds on what they wrote")
			return false, nil
		}
		return true, s.write(ctx, op)
	case plan.AwaitRoutes:
		s.routes(op)
	case plan.Propose:
		s.propose(op)
	case plan.AwaitGates:
		s.line("# wait for the gates of %s, then ask for these lines again", op.Tier)
		return false, nil
	case plan.Sync:
		s.line("argocd app sync -l %s", s.selector(op.Tier))
	case plan.InstallRoot:
		s.line("git -C system.git fetch -q origin main; git -C system.git show FETCH_HEAD:bootstrap/%s.yaml | kubectl apply -f -", op.Tier)
	case plan.AwaitHand:
		s.line("# somebody does the hand step: argocd app sync -l %s", s.selector(op.Tier))
	case plan.AwaitFront:
		s.front(op)
	case plan.AwaitDrain:
		s.line("sleep %s", s.c.String("drain"))
	case plan.AwaitRollout:
		s.line("kubectl -n %s wait application -l %s,shopset.dev/kind=shopset --timeout=%s --for=jsonpath='{.status.health.status}'=Healthy",
			s.namespace(), s.selector(op.Tier), shop.Duration(s.c.Timeout()))
	case plan.AwaitRead:
		s.line(`kubectl -n %s wait application -l %s,shopset.dev/kind=shopset --timeout=%s --for=jsonpath='{.status.sync.revision}'="$%s"`,
			s.namespace(), s.selector(op.Tier), shop.Duration(s.c.Timeout()), variable(op.Tier.Branch()))
	}
	return true, nil
}

// routes waits until the routes of some ShopSets are as the branch has them.
func (s *script) routes(op plan.AwaitRoutes) {
	revision := `"$` + variable(op.Tier.Branch()) + `"`
	if t, _ := s.have.Tier(op.Tier); !slices.Contains(s.wrote, op.Tier.Branch()) {
		revision = string(t.System)
	}
	sets := map[shop.ShopSetID]bool{}
	for _, r := range op.Routes {
		if !sets[r.ShopSet] {
			sets[r.ShopSet] = true
			s.line("kubectl -n %s wait application/%s-%s-shops --timeout=%s --for=jsonpath='{.status.sync.revision}'=%s",
				s.namespace(), s.have.System, r.ShopSet, shop.Duration(s.c.Timeout()), revision)
		}
	}
}

func (s *script) namespace() string {
	return argoNamespace(s.have)
}

func (s *script) selector(tier shop.Tier) string {
	return fmt.Sprintf("shopset.dev/system=%s,shopset.dev/tier=%s", s.system.Name, tier)
}

// clone makes a bare copy of a repository once.
func (s *script) clone(repo shop.Repository) {
	if s.cloned[repo] {
		return
	}
	s.cloned[repo] = true
	address := map[shop.Repository]settings.Address{
		shop.AppRepository: s.system.App, shop.ConfigurationRepository: s.system.Configuration, shop.SystemRepository: s.system.System,
	}[repo]
	s.line("git clone -q --bare %s %s.git", Quote(address.URL), repo)
}

// push is the plain-git form of our compare-and-swap: the lease is the old id,
// and no rewind can follow, for the new one is a proven descendant.
func (s *script) push(repo shop.Repository, leases, refs []string) {
	s.clone(repo)
	s.line("git -C %s.git push --atomic %s origin %s", repo, strings.Join(leases, " "), strings.Join(refs, " "))
}

func lease(ref string, old shop.CommitID) string {
	return fmt.Sprintf("--force-with-lease=%s:%s", ref, old)
}

// noObject is the id of nothing.
const noObject = "0000000000000000000000000000000000000000"

// write makes the trees and commits of a system write with git's plumbing.
func (s *script) write(ctx context.Context, op plan.WriteSystem) error {
	drafts, err := s.w.Draft(ctx, op)
	if err != nil {
		return err
	}
	s.clone(shop.SystemRepository)
	var leases, refs []string
	var main shop.CommitID
	for _, d := range drafts {
		s.commit(d, main)
		if d.Ref == shop.MainBranch {
			main = d.Commit
		}
		s.wrote = append(s.wrote, d.Ref)
		leases, refs = append(leases, lease(d.Ref, d.Parent)), append(refs, `"$`+variable(d.Ref)+`:`+d.Ref+`"`)
	}
	if len(refs) > 0 {
		s.push(shop.SystemRepository, leases, refs)
	}
	return nil
}

// commit makes one commit and keeps its id in a variable of the branch's name.
func (s *script) commit(d shop.Draft, main shop.CommitID) {
	name := variable(d.Ref)
	index := "GIT_INDEX_FILE=" + name + ".index git -C system.git "
	if d.Parent == "" {
		s.line("%sread-tree --empty", index)
	} else {
		s.line("%sread-tree %s", index, d.Parent)
	}
	for _, ch := range d.Changes {
		switch {
		case ch.Removed:
			// update-index --force-remove wants a work tree; mode 0 does not.
			s.line(`printf '0 %s\t%%s\0' %s | %supdate-index -z --index-info`, noObject, Quote(ch.Path), index)
		case ch.Link != "":
			s.line("%supdate-index --add --cacheinfo 160000,%s,%s", index, ch.Link, Quote(ch.Path))
		default:
			s.line("blob=$(%s)", hashed(ch.Data))
			s.line(`%supdate-index --add --cacheinfo "100644,$blob,"%s`, index, Quote(ch.Path))
		}
	}
	parent := ""
	if d.Parent != "" {
		parent = "-p " + string(d.Parent) + " "
	}
	var words []string
	for _, l := range strings.Split(strings.TrimSuffix(d.Message, "\n"), "\n") {
		if main != "" && l == "Shopctl-Intent: "+string(main) {
			words = append(words, `"Shopctl-Intent: $`+variable(shop.MainBranch)+`"`)
			continue
		}
		words = append(words, Quote(l))
	}
	s.line(`%s=$(printf '%%s\n' %s | git -C system.git commit-tree %s-F - "$(%swrite-tree)")`, name, strings.Join(words, " "), parent, index)
}

// variable is a shell variable for a branch: tier-1 is tier_1.
func variable(ref string) string {
	return strings.ReplaceAll(strings.TrimPrefix(ref, "refs/heads/"), "-", "_")
}

// hashed stores a file's content byte for byte and prints its id.
func hashed(data []byte) string {
	const hash = "git -C system.git hash-object -w --stdin"
	if len(data) == 0 {
		return hash + " </dev/null"
	}
	if !bytes.HasSuffix(data, []byte("\n")) {
		return "printf %s " + Quote(string(data)) + " | " + hash
	}
	end := "END"
	for slices.Contains(strings.Split(string(data), "\n"), end) {
		end += "_"
	}
	return fmt.Sprintf("%s <<'%s'\n%s%s\n", hash, end, data, end)
}
