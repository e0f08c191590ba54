package argocd

import (
	"io"
)

// lean drops the elements of every array called "resources" from a stream of
// JSON. In a list they are the results of the last sync, object by object: most
// of the bytes, and nothing that is read. It keeps all else as it is, broken
// JSON too.
type lean struct {
	r    io.Reader
	buf  []byte
	in   []byte // of buf, not looked at yet
	err  error  // of r, for when in is used up
	text bool   // within a string
	back bool   // after a backslash
	same int    // bytes of the string that are those of the name; -1: it is another
	name bool   // the name came: an array may follow
	deep int    // brackets open within a dropped array; 0: nothing is dropped
}

const leanName = "resources"

// Read implements io.Reader.
func (l *lean) Read(p []byte) (n int, err error) {
	if len(p) == 0 {
		return 0, nil
	}
	if l.buf == nil {
		l.buf = make([]byte, 16<<10)
	}
	for n == 0 {
		if len(l.in) == 0 {
			if l.err != nil {
				return 0, l.err
			}
			var read int
			read, l.err = l.r.Read(l.buf)
			l.in = l.buf[:read]
		}
		n = l.copy(p)
	}
	return n, nil
}

// copy moves what is kept of the input to p.
func (l *lean) copy(p []byte) (n int) {
	for n < len(p) && len(l.in) > 0 {
		if l.deep > 0 {
			l.drop()
			continue
		}
		c := l.in[0]
		p[n] = c
		n++
		l.in = l.in[1:]
		switch {
		case l.text:
			l.letter(c)
		case c == '"':
			l.text, l.same, l.name = true, 0, false
		case c == '[' && l.name:
			l.deep, l.name = 1, false
		case c != ':' && c != ' ' && c != '\n' && c != '\t' && c != '\r':
			l.name = false
		}
	}
	return n
}

// letter follows one byte of a string.
func (l *lean) letter(c byte) {
	switch {
	case l.back:
		l.back, l.same = false, -1
	case c == '\\':
		l.back = true
	case c == '"':
		l.text, l.name = false, l.same == len(leanName)
	case l.same >= 0 && l.same < len(leanName) && leanName[l.same] == c:
		l.same++
	default:
		l.same = -1
	}
}

// drop leaves input out up to the end of the array, whose bracket is kept.
func (l *lean) drop() {
	for i, c := range l.in {
		switch {
		case l.back:
			l.back = false
		case l.text && c == '\\':
			l.back = true
		case c == '"':
			l.text = !l.text
		case l.text:
		case c == '[':
			l.deep++
		case c == ']':
			if l.deep--; l.deep == 0 {
				l.in = l.in[i:]
				return
			}
		}
	}
	l.in = nil
}
