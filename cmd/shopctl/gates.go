package main

import (
	"github.com/shopctl/shopctl/internal/cli"
	"github.com/shopctl/shopctl/internal/world"
)

// gateVariables are all that the program of a gate gets of the environment: no
// token is among them.
var gateVariables = []string{"PATH", "HOME", "USER", "TMPDIR", "LANG", "LC_ALL", "TZ", "SYSTEMROOT"}

// gates says how a team's own gates are asked on this machine.
func gates(o cli.WorldOptions) world.Gates {
	g := world.Gates{Program: o.Program}
	for _, name := range gateVariables {
		if v := o.Getenv(name); v != "" {
			g.Env = append(g.Env, name+"="+v)
		}
	}
	return g
}
