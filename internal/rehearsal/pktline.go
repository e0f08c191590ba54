package rehearsal

import (
	"bytes"
	"strconv"
	"strings"
)

// packets splits a stream of git's pkt-lines; a flush is an empty packet. It
// stops at the first thing that is none, such as a pack.
func packets(b []byte) [][]byte {
	var out [][]byte
	for len(b) >= 4 {
		n, err := strconv.ParseUint(string(b[:4]), 16, 16)
		switch {
		case err != nil || n > uint64(len(b)) || n == 3:
			return out
		case n < 4:
			out = append(out, nil)
			b = b[4:]
		default:
			out = append(out, b[4:n])
			b = b[n:]
		}
	}
	return out
}

// pushedUpdates reads the commands at the head of a push.
func pushedUpdates(body []byte) []RefUpdate {
	var updates []RefUpdate
	for _, p := range packets(body) {
		if len(p) == 0 {
			break
		}
		line, _, _ := bytes.Cut(p, []byte{0})
		f := strings.Fields(string(line))
		if len(f) != 3 { // such as "shallow <id>"
			continue
		}
		updates = append(updates, RefUpdate{Ref: f[2], Old: f[0], New: f[1]})
	}
	return updates
}

// accepted gives the updates that git reports as done and that moved something.
func accepted(updates []RefUpdate, reply []byte) []RefUpdate {
	var report []byte
	for _, p := range packets(reply) {
		if len(p) > 1 && p[0] == 1 { // side band 1 carries the report
			report = append(report, p[1:]...)
		}
	}
	if report == nil {
		report = reply
	}
	done := map[string]bool{}
	for _, p := range packets(report) {
		if ref, ok := strings.CutPrefix(strings.TrimSpace(string(p)), "ok "); ok {
			done[ref] = true
		}
	}
	var moved []RefUpdate
	for _, u := range updates {
		if done[u.Ref] && u.Old != u.New {
			moved = append(moved, u)
		}
	}
	return moved
}
