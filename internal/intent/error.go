package intent

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Error is one mistake in one file of the intent. Line and Column count from 1;
// 0 means that the place is not known.
type Error struct {
	File         string
	Line, Column int
	Message      string
	Hint         string // what to write instead; may be empty
	Fleet        bool   // of a rule of the whole fleet that no file is rendered by: hosts, capacity
}

// Error is the form for people: file, line, mistake, and the hint in parentheses.
func (e *Error) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File)
		if e.Line > 0 {
			b.WriteString(":" + strconv.Itoa(e.Line))
		}
		b.WriteString(": ")
	}
	b.WriteString(e.Message)
	if e.Hint != "" {
		b.WriteString(" (" + e.Hint + ")")
	}
	return b.String()
}

// Errors are all mistakes that were found, sorted by file and line.
type Errors []*Error

// Error is one line a mistake.
func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the single mistakes to errors.As.
func (es Errors) Unwrap() []error {
	all := make([]error, len(es))
	for i, e := range es {
		all[i] = e
	}
	return all
}

// orNil sorts the mistakes and keeps an empty list from becoming an error.
func (es Errors) orNil() error {
	if len(es) == 0 {
		return nil
	}
	slices.SortStableFunc(es, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Message, b.Message))
	})
	return es
}
