//go:build !crashpoints

package git

import (
	"net/http"
	"os"
)

// WritePoint marks a place where being killed must do no harm: before or after
// something lasting is written, here or on a server. It does nothing, and costs
// nothing, but in the build of the crash test (tag crashpoints), which can be
// told to die there.
func WritePoint(point, what string) {}

// HalfWritten marks a file before its content is written; the crash test may
// die with half of it written.
func HalfWritten(f *os.File, what string, data []byte) {}

// halfSent marks a request before it is made; the crash test may die with half
// of its body sent, or with all of it and no answer.
func halfSent(q *http.Request, body []byte) *http.Request { return q }
