// Package simulation holds tests, and nothing else: a whole system in virtual
// time, with many clients, a controller and a person with plain git, over the
// production planner, engine and World. Only the far side is replaced: git
// servers, Argo CD, clock and randomness. Every choice comes from a seed, so a
// seed that breaks an invariant breaks it again.
//
//	go test -run TestSimulation ./internal/world/simulation
//	SHOPCTL_SEEDS=100000 go test -timeout 1h -run TestSimulation ./internal/world/simulation
//
// It is not the rehearsal world, which speaks real protocols to the real binary.
package simulation
