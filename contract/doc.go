// Package contract holds shopctl's Argo CD client against Argo CD itself: its Go
// types, its generated REST gateway and its field filter, over a stand-in of
// its gRPC services. It is a module of its own, of tests only, so that none of
// Argo CD's dependencies reach the tool. It also holds the routes that shopctl
// renders against the definition that the Gateway API publishes, its rules in CEL
// included, and against Kubernetes' validation of an Ingress: with an apiserver's
// own code. It proves nothing about a cluster.
//
//	cd contract && go test ./...
package contract
