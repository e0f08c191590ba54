package shop

// Asked is what the gates of a team's own answered, which stand in front of one
// tier, for one release. What was not asked is not there; nobody may take it
// for open.
type Asked struct {
	Tier    Tier
	Release Release
	Answers map[string]GateAnswer // by the gate's name
}

// GateAnswer is what one gate said.
type GateAnswer struct {
	Verdict Verdict
	Text    string // its own words, or why there are none
}

// Verdict is how a gate answered.
type Verdict string

// The verdicts. Only Opens lets a release pass.
const (
	Opens  Verdict = "opens"
	Shuts  Verdict = "shuts"
	Mute   Verdict = "mute"    // no answer within its time
	NotSet Verdict = "not-set" // this machine's settings name no program for it
)

// Of is the answer of one gate for a release that wants to enter a tier.
func (a Asked) Of(t Tier, r Release, gate string) (GateAnswer, bool) {
	if a.Tier != t || a.Release != r {
		return GateAnswer{}, false
	}
	answer, ok := a.Answers[gate]
	return answer, ok
}

// Custom lists the names of the gates of a team's own.
func (g Gates) Custom() (names []string) {
	for _, h := range g.HTTP {
		names = append(names, h.Name)
	}
	for _, c := range g.Commands {
		names = append(names, c.Name)
	}
	return names
}
