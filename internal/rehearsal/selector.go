package rehearsal

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// selector is a Kubernetes label selector: all its requirements hold.
type selector []requirement

type requirement struct {
	key    string
	values []string // none: the key alone counts
	not    bool
}

var requirements = regexp.MustCompile(`^\s*(!?)\s*([\w./-]+)\s*(?:(==?|!=)\s*([\w.-]*)|\s(in|notin)\s*\(([^)]*)\))?\s*(?:,|$)`)

// parseSelector reads "a=b,c!=d,e in (f,g),h,!i".
func parseSelector(s string) (selector, error) {
	var out selector
	for rest := s; strings.TrimSpace(rest) != ""; {
		m := requirements.FindStringSubmatch(rest)
		if m == nil {
			return nil, fmt.Errorf("error parsing labels with selectors: unable to parse requirement: %q", rest)
		}
		rest = rest[len(m[0]):]
		r := requirement{key: m[2], not: m[1] == "!" || m[3] == "!=" || m[5] == "notin"}
		switch {
		case m[3] != "":
			r.values = []string{m[4]}
		case m[5] != "":
			for v := range strings.SplitSeq(m[6], ",") {
				r.values = append(r.values, strings.TrimSpace(v))
			}
		}
		out = append(out, r)
	}
	return out, nil
}

// matches reports whether labels meet every requirement.
func (s selector) matches(labels map[string]string) bool {
	for _, r := range s {
		value, ok := labels[r.key]
		if r.values != nil {
			ok = ok && slices.Contains(r.values, value)
		}
		if ok == r.not {
			return false
		}
	}
	return true
}
