// Package arch holds the shape of the project as tests: who may import whom,
// what may be linked, what go.mod may say, what every package has to explain.
// It has no code of its own, and it is not for style: linters do that.
//
//	go test ./internal/arch
package arch
