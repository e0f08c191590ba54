package world

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/shopctl/shopctl/internal/intent"
	"github.com/shopctl/shopctl/internal/shop"
	"github.com/shopctl/shopctl/internal/world/argocd"
)

// Subjects of findings that are no repository and no tier.
const (
	subjectIdentity = "identity"
	subjectArgoCD   = "argocd"
	subjectIntent   = "intent"
)

// findings gathers the lines of doctor.
type findings struct{ all []shop.Finding }

// add takes its facts as key, value, key, value.
func (f *findings) add(status shop.FindingStatus, subject, topic string, facts ...string) {
	m := make(map[string]string, len(facts)/2)
	for i := 0; i+1 < len(facts); i += 2 {
		m[facts[i]] = facts[i+1]
	}
	f.all = append(f.all, shop.Finding{Subject: subject, Status: status, Topic: topic, Facts: m})
}

// Examine checks everything, stops nowhere, and fixes nothing: who we are, what
// can be reached and written, what Argo CD says, and the invariants of the
// intent and of every tier branch, which is rendered again and compared.
func (w *World) Examine(ctx context.Context) []shop.Finding {
	f := &findings{}
	w.examineIdentity(f)
	reached := w.examineRepositories(ctx, f)
	answers := w.examineArgoCD(ctx, f)
	if !reached {
		w.examineForge(ctx, f, nil)
		return f.all
	}
	have, err := w.Observe(ctx, shop.Look{})
	w.examineIntent(ctx, f, have, err)
	if err != nil {
		return f.all
	}
	for _, t := range have.Tiers {
		w.examineTier(ctx, f, have, t, answers)
	}
	w.examineForge(ctx, f, have.Tiers)
	return f.all
}

func (w *World) examineIdentity(f *findings) {
	if w.Identity == nil {
		return
	}
	who, err := w.Identity()
	var at *shop.Fault
	if errors.As(err, &at) && at.OfForge() {
		return // the forge has a line of its own
	}
	if err != nil {
		f.add(shop.Warning, subjectIdentity, "no-identity")
		return
	}
	f.add(shop.Good, subjectIdentity, "identity", "actor", who.Actor)
}

// examineRepositories asks each repository as a push would. It reports whether
// all of them can be read.
func (w *World) examineRepositories(ctx context.Context, f *findings) (reached bool) {
	reached = true
	for _, name := range []shop.Repository{shop.AppRepository, shop.ConfigurationRepository, shop.SystemRepository} {
		repo := w.Repositories[name]
		if repo == nil {
			continue
		}
		refs, err := repo.RefsForPush(ctx)
		if err == nil {
			f.add(shop.Good, string(name), "repository", "branches", strconv.Itoa(tierBranches(refs.Tips)))
			continue
		}
		kind, facts := faultFacts(fault(name, err))
		if _, err := repo.Refs(ctx); err == nil && kind != string(shop.Unreachable) {
			status, topic := shop.Warning, "read-only"
			if kind == string(shop.NotAtomic) {
				status, topic = shop.Bad, kind
			}
			f.add(status, string(name), topic, facts...)
			continue
		}
		reached = false
		f.add(shop.Bad, string(name), kind, facts...)
	}
	return reached
}

func tierBranches[T any](tips map[string]T) (n int) {
	for ref := range tips {
		if isTierBranch(ref) {
			n++
		}
	}
	return n
}

// faultFacts is the kind of a fault, and what its sentence needs.
func faultFacts(err error) (kind string, facts []string) {
	var f *shop.Fault
	if !errors.As(err, &f) {
		return "failed", []string{"text", err.Error()}
	}
	text := f.Text
	if text == "" && f.Err != nil {
		text = f.Err.Error()
	}
	return string(f.Kind), []string{"address", f.Address, "text", text}
}

// versions is what the real client answers besides World.ArgoCD.
type versions interface {
	Version(context.Context) (string, error)
	UserInfo(context.Context) (loggedIn bool, name string, err error)
}

// examineArgoCD reports whether Argo CD answers.
func (w *World) examineArgoCD(ctx context.Context, f *findings) (answers bool) {
	if w.ArgoCD == nil {
		f.add(shop.Warning, subjectArgoCD, "argocd-none")
		return false
	}
	n := 0
	_, err := w.ArgoCD.List(ctx, argocd.Query{Selector: map[string]string{labelSystem: w.System}}, func(argocd.Application) error {
		n++
		return nil
	})
	v, asks := w.ArgoCD.(versions)
	user := ""
	if asks {
		if logged, name, err := v.UserInfo(ctx); err == nil && logged {
			user = name
		}
	}
	switch {
	case errors.Is(err, argocd.Unauthorized):
		f.add(shop.Bad, subjectArgoCD, "argocd-login", "text", err.Error())
	case errors.Is(err, argocd.Forbidden):
		f.add(shop.Bad, subjectArgoCD, "argocd-no-right", "user", user, "text", err.Error())
	case err != nil:
		f.add(shop.Bad, subjectArgoCD, "argocd-silent", "text", err.Error())
	default:
		f.add(shop.Good, subjectArgoCD, "argocd", "applications", strconv.Itoa(n), "user", user)
	}
	if !asks || err != nil && !errors.Is(err, argocd.Unauthorized) && !errors.Is(err, argocd.Forbidden) {
		return false
	}
	if version, err := v.Version(ctx); err == nil {
		if floor, old := belowFloor(version); old {
			f.add(shop.Warning, subjectArgoCD, "argocd-old", "version", version, "floor", floor)
		}
	}
	return err == nil
}

var versionForm = regexp.MustCompile(`^v?(\d+)\.(\d+)\.(\d+)`)

// belowFloor compares a version of Argo CD with the oldest that is free of
// CVE-2026-45737 and CVE-2026-45738 in its line; floor is what to upgrade to.
func belowFloor(version string) (floor string, old bool) {
	m := versionForm.FindStringSubmatch(version)
	if m == nil {
		return "", false
	}
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[2])
	patch, _ := strconv.Atoi(m[3])
	if major != 3 {
		return "3.2.12", major < 3
	}
	switch {
	case minor < 2:
		return "3.2.12", true
	case minor == 2:
		return "3.2.12", patch < 12
	case minor == 3:
		return "3.3.10", patch < 10
	case minor == 4:
		return "3.4.2", patch < 2
	}
	return "", false
}

// mostMistakes is how many mistakes of the intent are named.
const mostMistakes = 10

// examineIntent checks main as a whole: I6 among it. looked is what a look at
// the system came to.
func (w *World) examineIntent(ctx context.Context, f *findings, have shop.State, looked error) {
	v, err := w.main()
	if err == nil && looked == nil {
		var set *intent.Set
		if set, err = v.set(); err == nil {
			f.add(shop.Good, subjectIntent, "intent", "shops", strconv.Itoa(len(set.Shops)), "shopsets", strconv.Itoa(len(set.ShopSets)), "tiers", strconv.Itoa(len(set.Tiers)))
			w.examineEnds(ctx, f, set, have)
			return
		}
	}
	if looked != nil {
		err = looked
	}
	var several intent.Errors
	var one *intent.Error
	switch {
	case errors.As(err, &several):
	case errors.As(err, &one):
		several = intent.Errors{one}
	default:
		kind, facts := faultFacts(err)
		f.add(shop.Bad, string(shop.SystemRepository), kind, facts...)
		return
	}
	for i, e := range several {
		if i == mostMistakes {
			f.add(shop.Bad, subjectIntent, "more-mistakes", "n", strconv.Itoa(len(several)-i))
			break
		}
		f.add(shop.Bad, subjectIntent, "mistake", "text", e.Error())
	}
}

// examineEnds finds the maintenances whose time is over and that still stand,
// and whether anybody will end the others.
func (w *World) examineEnds(ctx context.Context, f *findings, set *intent.Set, have shop.State) {
	now, n := w.Now(), 0
	var next time.Time
	look := func(kind shop.Kind, name string, tier shop.Tier, m *shop.Maintenance) {
		if m == nil {
			return
		}
		if !m.Over(now) {
			if next.IsZero() || m.Until.Before(next) {
				next = m.Until
			}
			return
		}
		if n++; n <= mostMistakes {
			f.add(shop.Bad, string(tier), "overdue", "kind", strings.ToLower(string(kind)), "name", name,
				"until", m.Until.UTC().Format(time.RFC3339), "file", intent.Path(kind, name))
		}
	}
	for _, name := range sortedKeys(set.Tiers) {
		look(shop.KindTier, string(name), name, set.Tiers[name].Maintenance)
	}
	for _, name := range sortedKeys(set.ShopSets) {
		s := set.ShopSets[name]
		look(shop.KindShopSet, string(name), s.Tier, s.Maintenance)
	}
	for _, name := range sortedKeys(set.Shops) {
		if s := set.Shops[name]; s.Maintenance != nil {
			look(shop.KindShop, string(name), set.ShopSets[s.ShopSet].Tier, s.Maintenance)
		}
	}
	if n > mostMistakes {
		f.add(shop.Bad, subjectIntent, "more-overdue", "n", fmt.Sprint(n-mostMistakes))
	}
	if !next.IsZero() && w.runner(ctx, have) == "" {
		f.add(shop.Warning, subjectIntent, "no-runner", "until", next.UTC().Format(time.RFC3339))
	}
}
