// Package rehearsal is a whole world in one process, for practice and for
// tests: git over HTTP, an Argo CD-compatible API that follows the
// repositories, a clock that can be moved, three tiers, a sample Rails shop
// and its shops. It listens on loopback only and needs no program but git.
//
// Nothing in it is secret. Argo CD lets everybody on this machine do everything,
// unless Options.RequireToken is set; its token lies in TokenFile, never in the
// .shopctl.yml. The controls, for another process to advance, break and merge,
// ask for the token that only the owner of the folder can read: see Find.
//
// With Options.Forge a GitHub-compatible forge stands before the repositories:
// see package forge. In the demo it is open, so whoever has no token is one of
// its people; a strict one asks for the tokens that World.Forge gives out.
//
// It knows nothing of shopctl's engine: the engine meets it over the network,
// exactly as it meets the real thing. It is no model of Kubernetes: nothing is
// applied anywhere, rollouts are sums of durations.
//
//	w, err := rehearsal.Create(ctx, dir, rehearsal.Options{Shops: 200})
//	defer w.Stop()
//	fmt.Println(w.ConfigFile()) // a .shopctl.yml that leads into it
//	err = w.Advance(4 * time.Hour)
package rehearsal
