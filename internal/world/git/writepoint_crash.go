//go:build crashpoints

package git

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"path"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// The crash test says in SHOPCTL_CRASH where the process dies: "point what n",
// at the n-th pass. In SHOPCTL_CRASH_LOG it names a file that gets a line
// "point what" for every pass.

var passes = struct {
	sync.Mutex
	count map[string]int
}{count: map[string]int{}}

// WritePoint kills the process when it is its turn.
func WritePoint(point, what string) {
	if reached(point, what) {
		die()
	}
}

// HalfWritten kills the process with half of a file written.
func HalfWritten(f *os.File, what string, data []byte) {
	if !reached("half", what) {
		return
	}
	if _, err := f.Write(data[:len(data)/2]); err != nil {
		panic(err)
	}
	die()
}

// halfSent kills the process with half of a push on its way, or all of it.
func halfSent(q *http.Request, body []byte) *http.Request {
	if !strings.HasSuffix(q.URL.Path, "/git-receive-pack") {
		return q
	}
	repository := path.Dir(q.URL.Path)
	if reached("push-half", repository) {
		sendHalf(q, body)
		die()
	}
	if !reached("push-sent", repository) {
		return q
	}
	return q.WithContext(httptrace.WithClientTrace(q.Context(), &httptrace.ClientTrace{
		WroteRequest: func(httptrace.WroteRequestInfo) { die() },
	}))
}

func sendHalf(q *http.Request, body []byte) {
	var whole bytes.Buffer
	if err := q.Clone(q.Context()).Write(&whole); err != nil {
		panic(err)
	}
	c, err := net.Dial("tcp", q.URL.Host)
	if err != nil {
		panic(err)
	}
	if _, err := c.Write(whole.Bytes()[:whole.Len()-(len(body)+1)/2]); err != nil {
		panic(err)
	}
}

// reached counts a pass and reports whether it is the one to die at.
func reached(point, what string) bool {
	switch ext := path.Ext(what); {
	case ext == ".pack" || ext == ".tips" || ext == ".idx":
		what = ext // the rest of the name is never the same
	default:
		what = path.Base(what)
	}
	key := point + " " + what
	passes.Lock()
	defer passes.Unlock()
	passes.count[key]++
	if name := os.Getenv("SHOPCTL_CRASH_LOG"); name != "" {
		note(name, key)
	}
	return os.Getenv("SHOPCTL_CRASH") == key+" "+strconv.Itoa(passes.count[key])
}

func note(name, key string) {
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	fmt.Fprintln(f, key)
}

// die is kill -9: nothing is closed, nothing tidied.
func die() {
	if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
		panic(err)
	}
	select {}
}
