// Package bench holds the marks of speed, size and traffic that shopctl must
// not miss, as benchmarks that fail. Each compares two things that it measures
// in the same run, alternately, and judges their ratio or a count, never
// milliseconds alone. Results are printed on lines that begin with "figure".
// It is not for finding out where time goes: packages have benchmarks of their
// own for that.
//
//	make bench
//	go test -run '^$' -bench Start -benchtime 1x ./internal/bench
package bench
