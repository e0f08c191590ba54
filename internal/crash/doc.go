// Package crash is two tests of the real program over git's own http-backend
// and nothing else: processes that are killed wherever they write, and fifty
// processes that write at once. What became of the repositories is judged by
// plain git.
//
//	go test ./internal/crash
//	SHOPCTL_LONG=1 go test -timeout 60m -v ./internal/crash    each point three times, 200 random kills, a minute of crowd
//	go test -run 'TestKilled/at/point/promote/push-sent' ./internal/crash
package crash
