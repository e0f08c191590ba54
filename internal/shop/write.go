package shop

import "time"

// Init sets a system up: branches in the app and configuration repository,
// then the intent and the tier branches of the system repository, last the
// root Applications. Started again, it goes on.
type Init struct {
	System       string
	Repositories Repositories
	Tiers        int
	Live         bool   // the top tier is protected
	Base         string // directory of the base; empty: found
	Service      string // of the base; empty: found
}

func (Init) goal() {}

// Found is what Init and AddTier learnt from the repositories.
type Found struct {
	Heads    map[Repository]CommitID // tips of the default branches; absent: no commit yet
	Base     string                  // directory with a kustomization.yaml; empty: none
	Services []string                // names of the Services of the base, without the maintenance Service
	Path     string                  // "." when the configuration repository can be built in
	Pattern  *ShopSet                // for AddTier: a ShopSet of the tier below
	Foreign  bool                    // the system repository holds something else
}

// Commit is a commit as people read it.
type Commit struct {
	ID          CommitID
	AuthorName  string
	AuthorEmail string
	At          time.Time
	Subject     string
	Body        string
}

// Draft is one commit that a write would make, before it is pushed: enough to
// make the same tree by hand.
type Draft struct {
	Ref     string   // full name
	Parent  CommitID // empty: the branch is new
	Commit  CommitID
	Message string
	Changes []Change // by path
}

// Change is one path of a tree.
type Change struct {
	Path    string
	Link    CommitID // of a gitlink
	Data    []byte   // of a file
	Removed bool
	Added   bool // it was not there before
}

// Activity is one operation that git holds: what, who, when and why.
type Activity struct {
	Commit    CommitID // on the first of Branches that was looked at
	At        time.Time
	By        string
	What      string // the commit's first line
	Reason    string
	Operation string // empty: written without shopctl
	Branches  []string
	Risks     []string // that were accepted
}
