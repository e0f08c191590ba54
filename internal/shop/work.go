package shop

// WorkKind is what long work consists of.
type WorkKind string

// The kinds of work that take their time in a large system.
const (
	Reading   WorkKind = "reading"   // files of the intent
	Comparing WorkKind = "comparing" // a tier's branch with the intent
	Editing   WorkKind = "editing"   // the intent
	Rendering WorkKind = "rendering" // tier branches
	Sending   WorkKind = "sending"   // what was made
)

// Work is how far long work is.
type Work struct {
	What WorkKind
	Tier Tier // that it is about, if it is about one
	Done int
	Of   int // 0: nobody knows before the end
}
