// Package e2e holds shopctl against the real Argo CD and the real Kubernetes:
// the shopctl that people run, git over HTTP, and the stack of package stack.
// `make e2e` builds what it needs and runs it.
package e2e
