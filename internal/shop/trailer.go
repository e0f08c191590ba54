package shop

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Trailers are the last lines of a commit that shopctl wrote. They are a
// record, not proof: anybody with the right to push can write them.
type Trailers struct {
	Operation string       // 128 random bits in hexadecimal, made once for a run
	Actor     string       // who
	Plan      string       // hash of the approved plan
	Intent    CommitID     // on a tier branch: the commit of main that it was rendered from
	Mistakes  int          // on a tier branch: of that intent, which kept this write off nothing
	Goal      Tier         // of a promotion over several tiers: where it is bound
	Gates     []GateRecord // of a promotion
	Risks     []string     // that were accepted
	Replaced  *Carried     // of a commit that replaces a release: what was last seen of the old one
}

// GateRecord is the result of one gate at the time of the write.
type GateRecord struct {
	Gate, Result string
	At           time.Time
}

const trailerPrefix = "Shopctl-"

// Message puts a commit message together: title, reason, trailers. A reason
// cannot forge a trailer: trailers are read from the last paragraph only, and
// that one is always ours.
func (t Trailers) Message(title, reason string) string {
	var b strings.Builder
	b.WriteString(oneLine(title) + "\n\n")
	if reason = strings.TrimSpace(reason); reason != "" {
		b.WriteString(strings.ReplaceAll(reason, "\r", "") + "\n\n")
	}
	line := func(key, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s%s: %s\n", trailerPrefix, key, oneLine(value))
		}
	}
	line("Operation", t.Operation)
	line("Actor", t.Actor)
	line("Plan", t.Plan)
	line("Intent", string(t.Intent))
	if t.Mistakes > 0 {
		line("Mistakes", strconv.Itoa(t.Mistakes))
	}
	line("Goal", string(t.Goal))
	for _, g := range t.Gates {
		line("Gate", g.Gate+" "+g.Result+" "+stamp(g.At))
	}
	for _, r := range t.Risks {
		line("Risk", r)
	}
	if r := t.Replaced; r != nil {
		line("Replaced", fmt.Sprintf("app=%s configuration=%s health=%s since=%s",
			orDash(string(r.Release.App)), orDash(string(r.Release.Configuration)), orDash(string(r.Health)), stamp(r.HealthySince)))
	}
	return b.String()
}

// ParseTrailers reads the trailers of a commit message. ok is false when
// shopctl did not write it: there is no operation. A line that cannot be read
// counts as absent.
func ParseTrailers(message string) (t Trailers, ok bool) {
	paragraphs := strings.Split(strings.TrimRight(message, "\n"), "\n\n")
	for _, l := range strings.Split(paragraphs[len(paragraphs)-1], "\n") {
		key, value, found := strings.Cut(strings.TrimPrefix(l, trailerPrefix), ": ")
		if !found || !strings.HasPrefix(l, trailerPrefix) {
			continue
		}
		switch key {
		case "Operation":
			t.Operation = value
		case "Actor":
			t.Actor = value
		case "Plan":
			t.Plan = value
		case "Intent":
			if id := CommitID(value); id.Valid() {
				t.Intent = id
			}
		case "Mistakes":
			if n, err := strconv.Atoi(value); err == nil && n > 0 {
				t.Mistakes = n
			}
		case "Goal":
			if tier, err := ParseTier(value); err == nil {
				t.Goal = tier
			}
		case "Gate":
			if f := strings.Fields(value); len(f) == 3 {
				t.Gates = append(t.Gates, GateRecord{f[0], f[1], unstamp(f[2])})
			}
		case "Risk":
			t.Risks = append(t.Risks, value)
		case "Replaced":
			t.Replaced = parseReplaced(value)
		}
	}
	return t, t.Operation != ""
}

func parseReplaced(value string) *Carried {
	var c Carried
	for _, f := range strings.Fields(value) {
		k, v, _ := strings.Cut(f, "=")
		if v == "-" {
			v = ""
		}
		switch k {
		case "app":
			c.Release.App = CommitID(v)
		case "configuration":
			c.Release.Configuration = CommitID(v)
		case "health":
			c.Health = Health(v)
		case "since":
			c.HealthySince = unstamp(v)
		}
	}
	if c.Health != Healthy {
		c.HealthySince = time.Time{}
	}
	return &c
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.RFC3339)
}

func unstamp(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

// ReasonOf is what stands between the title and the trailers of a message.
func ReasonOf(message string) string {
	paragraphs := strings.Split(strings.TrimRight(message, "\n"), "\n\n")
	if len(paragraphs) < 3 {
		return ""
	}
	return strings.Join(paragraphs[1:len(paragraphs)-1], "\n\n")
}
