// Package forge is a GitHub-compatible server for the rehearsal world: a part
// of the REST API, a few GraphQL mutations and the device flow, over bare
// repositories that git itself serves. Pull requests, statuses and rules are
// its own; commits and branches it reads from git each time.
//
// It behaves as GitHub does on a bad day, not on a good one: mergeability comes
// late, what was just written is seldom seen at once, limits hold, and the rules
// of a branch refuse pushes and buttons in GitHub's own words. What goes wrong
// beyond that has names: see Quirks.
//
//	f, err := forge.New(forge.Options{Dir: dir, Owner: "acme", Repositories: []string{"app"}, Now: time.Now})
//	http.Serve(l, f)                       // REST at /api/v3, GraphQL at /api/graphql, login at /login
//	why := f.Judge(push)                   // what the pre-receive hook says
//	err = f.Approve("app", 1, "mika")      // a person acts
package forge
