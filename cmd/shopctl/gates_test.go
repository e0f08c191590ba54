package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// answers gives a script an address that decides about a gate: each request is
// answered by what the file holds then, "503 the cart is empty" or "302 https://…".
// ANSWERS is the address, PORT its port.
func answers(ts *testscript.TestScript, _ bool, args []string) {
	file := ts.MkAbs(args[0])
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, err := os.ReadFile(file)
		code, words, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
		status, numeric := strconv.Atoi(code)
		if err != nil || numeric != nil {
			status = http.StatusInternalServerError
		}
		for name := range r.Header { // what a credential would come in
			if name == "Authorization" || name == "Cookie" {
				status, words = http.StatusTeapot, "a credential came along"
			}
		}
		if status == http.StatusFound {
			w.Header().Set("Location", words)
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(status)
		w.Write([]byte(words)) //nolint:errcheck // the other side says what it read
	}))
	ts.Defer(server.Close)
	ts.Setenv("ANSWERS", server.URL)
	ts.Setenv("PORT", server.URL[strings.LastIndexByte(server.URL, ':')+1:])
}
