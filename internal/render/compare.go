package render

import (
	"bytes"
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/sergi/go-diff/diffmatchpatch"

	"github.com/shopctl/shopctl/internal/shop"
)

// built is one object of a build.
type builtObject struct {
	apiVersion, kind, name string
	text                   string
}

// Impact compares what ShopSets were built to with what they would be built to,
// and groups those in which the same changes. A ShopSet's own name counts as
// the same: in each it is its own.
func (b *Builder) Impact(before, after map[shop.ShopSetID]Build) (shop.Impact, error) {
	names := map[shop.ShopSetID]bool{}
	for n := range before {
		names[n] = true
	}
	for n := range after {
		names[n] = true
	}
	groups := map[string]*shop.ImpactGroup{}
	known := map[[2]*shared]difference{}
	for _, n := range slices.Sorted(maps.Keys(names)) {
		d, err := b.difference(before[n], after[n], known)
		if err != nil {
			return shop.Impact{}, err
		}
		if groups[d.key] == nil {
			groups[d.key] = &shop.ImpactGroup{Objects: named(d.objects, after[n].named())}
		}
		groups[d.key].ShopSets = append(groups[d.key].ShopSets, n)
	}
	var all shop.Impact
	for _, g := range groups {
		all.Groups = append(all.Groups, *g)
	}
	slices.SortFunc(all.Groups, func(a, b shop.ImpactGroup) int {
		return cmp.Or(cmp.Compare(len(b.ShopSets), len(a.ShopSets)), cmp.Compare(a.ShopSets[0], b.ShopSets[0]))
	})
	return all, nil
}

// difference is what changes in a ShopSet, and what is equal where the same does.
type difference struct {
	objects []shop.ObjectChange
	key     string
}

// difference compares two builds of a ShopSet. Where both are shared and the
// overlay stays, so do its parameters, and the comparison is that of all who share.
func (b *Builder) difference(before, after Build, known map[[2]*shared]difference) (difference, error) {
	pair := [2]*shared{before.share, after.share}
	stays := pair[0] != nil && pair[1] != nil && before.sameOverlay(after)
	if d, done := known[pair]; stays && done {
		return d, nil
	}
	var old, now []byte
	var err error
	d := difference{}
	name, namespace := string(cmp.Or(after.Name, before.Name)), ""
	switch {
	case stays:
		old, now = pair[0].text(), pair[1].text()
		name, namespace = labelHere, namespaceHere
	default:
		if old, err = b.Text(before); err != nil {
			return d, err
		}
		if now, err = b.Text(after); err != nil {
			return d, err
		}
		namespace = cmp.Or(namespaceOf(old), namespaceOf(now))
	}
	d.objects = compare(old, now)
	d.key = signature(d.objects, name, namespace)
	for i, o := range d.objects {
		d.objects[i].Fields = fields(o.Before, o.After)
	}
	if stays {
		known[pair] = d
	}
	return d, nil
}

func (x Build) sameOverlay(y Build) bool {
	return maps.EqualFunc(x.Files, y.Files, func(a, b []byte) bool { return bytes.Equal(a, b) })
}

// named puts the names of a ShopSet in for the placeholders.
func named(objects []shop.ObjectChange, names *strings.Replacer) []shop.ObjectChange {
	out := slices.Clone(objects)
	for i, o := range out {
		out[i].Before, out[i].After = names.Replace(o.Before), names.Replace(o.After)
		out[i].Lines, out[i].Fields = slices.Clone(o.Lines), slices.Clone(o.Fields)
		for j, l := range o.Lines {
			out[i].Lines[j].Text = names.Replace(l.Text)
		}
		for j, f := range o.Fields {
			out[i].Fields[j] = shop.ChangedField{Path: f.Path, Before: names.Replace(f.Before), After: names.Replace(f.After)}
		}
	}
	return out
}

func namespaceOf(text []byte) string { return first(namespaceLine, string(text)) }

// signature is equal where the same changes.
func signature(changes []shop.ObjectChange, name, namespace string) string {
	var b strings.Builder
	for _, c := range changes {
		b.WriteString(c.APIVersion + " " + c.Kind + " " + c.Name + "\n")
		for _, l := range c.Lines {
			b.WriteByte(l.Mark)
			b.WriteString(l.Text + "\n")
		}
	}
	return strings.NewReplacer(
		"namespace: "+namespace+"\n", "namespace:\n",
		"shopset.dev/shopset: "+name+"\n", "shopset.dev/shopset:\n",
		"SHOPSET: "+name+"\n", "SHOPSET:\n",
	).Replace(b.String())
}

// compare gives the objects that differ, in the order of their kinds and names.
func compare(before, after []byte) (changes []shop.ObjectChange) {
	old, now := objects(before), objects(after)
	type key struct{ apiVersion, kind, name string }
	found := map[key]*shop.ObjectChange{}
	change := func(o builtObject) *shop.ObjectChange {
		k := key{o.apiVersion, o.kind, o.name}
		if found[k] == nil {
			found[k] = &shop.ObjectChange{APIVersion: o.apiVersion, Kind: o.kind, Name: o.name}
		}
		return found[k]
	}
	same := map[string]int{}
	for _, o := range old {
		same[o.text]++
	}
	kept := map[string]int{}
	for _, o := range now {
		if same[o.text] > 0 {
			same[o.text]--
			kept[o.text]++
			continue
		}
		change(o).After += o.text
	}
	for _, o := range old {
		if kept[o.text] > 0 {
			kept[o.text]--
			continue
		}
		change(o).Before += o.text
	}
	for _, c := range found {
		c.Lines = lineDiff(c.Before, c.After)
		changes = append(changes, *c)
	}
	slices.SortFunc(changes, func(a, b shop.ObjectChange) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name), cmp.Compare(a.APIVersion, b.APIVersion))
	})
	return changes
}

var (
	apiVersionLine = regexp.MustCompile(`(?m)^apiVersion: (.*)$`)
	kindLine       = regexp.MustCompile(`(?m)^kind: (.*)$`)
	namespaceLine  = regexp.MustCompile(`(?m)^  namespace: (.*)$`)
	plainKey       = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	nameLine       = regexp.MustCompile(`(?m)^metadata:\n(?:[ -].*\n)*?  name: (.*)$`)
)

// objects parts a build. Kustomize writes every object in one way, so its head
// can be read without parsing all of it.
func objects(text []byte) (all []builtObject) {
	if len(text) == 0 {
		return nil
	}
	for part := range bytes.SplitSeq(text, []byte("\n---\n")) {
		t := strings.TrimSuffix(string(part), "\n") + "\n"
		all = append(all, builtObject{first(apiVersionLine, t), first(kindLine, t), first(nameLine, t), t})
	}
	return all
}

func first(form *regexp.Regexp, text string) string {
	if m := form.FindStringSubmatch(text); m != nil {
		return strings.Trim(m[1], `"'`)
	}
	return ""
}

// lineDiff is the difference of two texts by line. Around what changes stands only
// what says where it is: the lines that it lies under.
func lineDiff(before, after string) (out []shop.ChangedLine) {
	differ := diffmatchpatch.New()
	differ.DiffTimeout = 0 // the clock decides nothing here
	a, b, table := differ.DiffLinesToRunes(before, after)
	var all []shop.ChangedLine
	for _, d := range differ.DiffCharsToLines(differ.DiffMainRunes(a, b, false), table) {
		mark := map[diffmatchpatch.Operation]byte{diffmatchpatch.DiffDelete: '-', diffmatchpatch.DiffInsert: '+', diffmatchpatch.DiffEqual: ' '}[d.Type]
		for l := range strings.Lines(d.Text) {
			all = append(all, shop.ChangedLine{Mark: mark, Text: strings.TrimSuffix(l, "\n")})
		}
	}
	shown := map[int]string{}
	for i, l := range all {
		if l.Mark == ' ' {
			continue
		}
		shown[i] = l.Text
		for up := above(all, i); up >= 0; up = above(all, up) {
			if _, done := shown[up]; done {
				break
			}
			shown[up] = called(all, up)
		}
	}
	for _, i := range slices.Sorted(maps.Keys(shown)) {
		out = append(out, shop.ChangedLine{Mark: all[i].Mark, Text: shown[i]})
	}
	return out
}

// depth is how far in a line begins; an item of a list lies under its own dash.
func depth(text string) (n int, item bool) {
	rest := strings.TrimLeft(text, " ")
	return len(text) - len(rest), strings.HasPrefix(rest, "- ") || rest == "-"
}

// above is the line that another lies under, -1 for none. A list stands as far
// in as its key.
func above(all []shop.ChangedLine, i int) int {
	n, item := depth(all[i].Text)
	for j := i - 1; j >= 0; j-- {
		if all[i].Mark != ' ' && all[j].Mark != ' ' && all[i].Mark != all[j].Mark {
			continue // of the other side
		}
		m, dash := depth(all[j].Text)
		if m < n || m == n && item && !dash {
			return j
		}
	}
	return -1
}

// called is a line that says where something is: of an item of a list its name.
func called(all []shop.ChangedLine, i int) string {
	text := all[i].Text
	n, item := depth(text)
	if !item || all[i].Mark != ' ' {
		return text
	}
	inner := strings.Repeat(" ", n+2)
	for j := i + 1; j < len(all); j++ {
		if m, _ := depth(all[j].Text); m <= n {
			break
		}
		if rest, ok := strings.CutPrefix(all[j].Text, inner+"name: "); ok && all[j].Mark == ' ' {
			return inner[:n] + "- name: " + rest
		}
	}
	return text
}
