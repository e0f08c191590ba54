package rails

import "strings"

// kind is what a token of Ruby is.
type kind int

const (
	word   kind = iota // names and keywords, constants too
	label              // name: of an argument
	symbol             // :name
	value              // text, number, regular expression, list of words
	mark               // everything else
	line               // the end of a statement
)

type token struct {
	kind kind
	text string
}

func (t token) is(k kind, text string) bool { return t.kind == k && t.text == text }

// scanner cuts Ruby into tokens, as far as a migration needs it.
type scanner struct {
	in      string
	at      int
	out     []token
	heredoc []string // whose text begins on the next line
	open    []byte   // brackets
}

// scan gives the tokens of a file; false: a text or a bracket has no end.
func scan(source string) ([]token, bool) {
	s := &scanner{in: strings.ReplaceAll(source, "\r\n", "\n")}
	for s.at < len(s.in) {
		if !s.next() {
			return nil, false
		}
	}
	s.add(line, "")
	return s.out, len(s.open) == 0 && len(s.heredoc) == 0
}

func (s *scanner) add(k kind, text string) { s.out = append(s.out, token{k, text}) }

func (s *scanner) last() token {
	if len(s.out) == 0 {
		return token{kind: line}
	}
	return s.out[len(s.out)-1]
}

func (s *scanner) peek(n int) byte {
	if s.at+n < len(s.in) {
		return s.in[s.at+n]
	}
	return 0
}

func (s *scanner) next() bool {
	c := s.in[s.at]
	switch {
	case c == '\n':
		return s.newline()
	case c == ' ' || c == '\t':
		s.at++
		return true
	case c == '\\' && s.peek(1) == '\n':
		s.at += 2
		return true
	case c == '#':
		s.skipLine()
		return true
	case c == '"' || c == '\'' || c == '`':
		return s.quoted(c, c)
	case c == '%' && s.begins() && s.percent():
		return s.percentText()
	case c == '/' && s.begins():
		return s.quoted('/', '/')
	case c == '<' && s.heredocHere():
		return true
	case c == ':' && (s.peek(1) == '"' || letter(s.peek(1))) && s.peek(-1) != ':':
		return s.symbol()
	case letter(c):
		s.name()
		return true
	case c >= '0' && c <= '9':
		s.number()
		return true
	}
	return s.mark(c)
}

// newline ends a statement, unless it goes on.
func (s *scanner) newline() bool {
	s.at++
	if len(s.heredoc) > 0 && !s.heredocTexts() {
		return false
	}
	if strings.HasPrefix(s.in[s.at:], "=begin") {
		end := strings.Index(s.in[s.at:], "\n=end")
		if end < 0 {
			return false
		}
		s.at += end + 1
		s.skipLine()
	}
	if strings.HasPrefix(s.in[s.at:], "__END__\n") {
		s.at = len(s.in)
	}
	if s.goesOn() {
		return true
	}
	s.add(line, "")
	return true
}

// goesOn reports whether what follows belongs to the statement before.
func (s *scanner) goesOn() bool {
	if n := len(s.open); n > 0 && s.open[n-1] != '{' {
		return true
	}
	if last := s.last(); last.kind == mark && !strings.Contains(")]}|", last.text) {
		return true
	}
	rest := strings.TrimLeft(s.in[s.at:], " \t\n")
	return strings.HasPrefix(rest, ".") && !strings.HasPrefix(rest, "..") || strings.HasPrefix(rest, "&.")
}

func (s *scanner) skipLine() {
	if end := strings.IndexByte(s.in[s.at:], '\n'); end >= 0 {
		s.at += end
		return
	}
	s.at = len(s.in)
}

// begins reports whether a value may begin here: after a value, / divides.
func (s *scanner) begins() bool {
	last := s.last()
	switch last.kind {
	case value, symbol:
		return false
	case word:
		return s.peek(-1) == ' ' && s.peek(1) != ' ' && s.peek(1) != '='
	case mark:
		return !strings.Contains(")]}", last.text)
	}
	return true
}

// quoted reads a text from its opening to its closing quote.
func (s *scanner) quoted(opens, closes byte) bool {
	start := s.at
	s.at++
	for depth := 1; s.at < len(s.in); s.at++ {
		switch c := s.in[s.at]; {
		case c == '\\':
			s.at++
		case c == '#' && s.peek(1) == '{' && opens != '\'':
			if !s.interpolation() {
				return false
			}
		case c == closes:
			if depth--; depth == 0 {
				s.at++
				s.text(start, opens)
				return true
			}
		case c == opens:
			depth++
		}
	}
	return false
}

// text takes "name": for a label, as Ruby does.
func (s *scanner) text(start int, opens byte) {
	if (opens == '"' || opens == '\'') && s.peek(0) == ':' && s.peek(1) != ':' {
		s.add(label, s.in[start+1:s.at-1])
		s.at++
		return
	}
	s.add(value, s.in[start:s.at])
}

// interpolation skips #{…} inside a text; s.at ends on its closing brace.
func (s *scanner) interpolation() bool {
	for depth := 0; s.at < len(s.in); s.at++ {
		switch s.in[s.at] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return true
			}
		}
	}
	return false
}

// percent reports whether %… is a text or a list here, not a remainder.
func (s *scanner) percent() bool {
	c := s.peek(1)
	if strings.IndexByte("wWiIqQrxs", c) >= 0 {
		c = s.peek(2)
	}
	return c != 0 && strings.IndexByte("([{<|!/", c) >= 0
}

func (s *scanner) percentText() bool {
	s.at++
	if letter(s.peek(0)) {
		s.at++
	}
	opens := s.peek(0)
	closes := opens
	if i := strings.IndexByte("([{<", opens); i >= 0 {
		closes = ")]}>"[i]
	}
	return s.quoted(opens, closes)
}

// heredocHere notes a text that begins on the next line.
func (s *scanner) heredocHere() bool {
	rest := s.in[s.at:]
	if !strings.HasPrefix(rest, "<<") {
		return false
	}
	rest = rest[2:]
	squiggly := rest != "" && (rest[0] == '~' || rest[0] == '-')
	if squiggly {
		rest = rest[1:]
	}
	quote := rest != "" && (rest[0] == '"' || rest[0] == '\'')
	if quote {
		rest = rest[1:]
	}
	n := 0
	for n < len(rest) && (letter(rest[n]) || rest[n] >= '0' && rest[n] <= '9') {
		n++
	}
	if n == 0 || !squiggly && !quote && (rest[0] < 'A' || rest[0] > 'Z') {
		return false
	}
	s.heredoc = append(s.heredoc, rest[:n])
	if quote {
		n++
	}
	s.at = len(s.in) - len(rest) + min(n, len(rest))
	s.add(value, "<<")
	return true
}

func (s *scanner) heredocTexts() bool {
	for len(s.heredoc) > 0 {
		if s.at >= len(s.in) {
			return false
		}
		text, rest, _ := strings.Cut(s.in[s.at:], "\n")
		s.at = len(s.in) - len(rest)
		if strings.TrimSpace(text) == s.heredoc[0] {
			s.heredoc = s.heredoc[1:]
		}
	}
	return true
}

func (s *scanner) symbol() bool {
	s.at++
	if s.peek(0) == '"' {
		return s.quoted('"', '"')
	}
	start := s.at
	for letter(s.peek(0)) || digit(s.peek(0)) {
		s.at++
	}
	if c := s.peek(0); c == '?' || c == '!' {
		s.at++
	}
	s.add(symbol, s.in[start:s.at])
	return true
}

func (s *scanner) name() {
	start := s.at
	for letter(s.peek(0)) || digit(s.peek(0)) {
		s.at++
	}
	if c := s.peek(0); (c == '?' || c == '!') && s.peek(1) != '=' {
		s.at++
	}
	text := s.in[start:s.at]
	if s.peek(0) == ':' && s.peek(1) != ':' && !s.last().is(mark, "?") {
		s.at++
		s.add(label, text)
		return
	}
	s.add(word, text)
}

func (s *scanner) number() {
	start := s.at
	for letter(s.peek(0)) || digit(s.peek(0)) || s.peek(0) == '.' && digit(s.peek(1)) {
		s.at++
	}
	s.add(value, s.in[start:s.at])
}

// mark reads one operator or bracket; brackets must match.
func (s *scanner) mark(c byte) bool {
	switch n := len(s.open); {
	case strings.IndexByte("([{", c) >= 0:
		s.open = append(s.open, c)
	case strings.IndexByte(")]}", c) >= 0:
		if n == 0 || s.open[n-1] != "([{"[strings.IndexByte(")]}", c)] {
			return false
		}
		s.open = s.open[:n-1]
	case c == ';':
		s.at++
		s.add(line, "")
		return true
	}
	for _, long := range []string{"::", "=>", "&.", "->", "==", "!=", "||", "&&", "<=", ">=", "+=", "-="} {
		if strings.HasPrefix(s.in[s.at:], long) {
			s.at += len(long)
			s.add(mark, long)
			return true
		}
	}
	s.at++
	s.add(mark, string(c))
	return true
}

// letter also takes @ and $, and every byte of a letter outside ASCII.
func letter(c byte) bool {
	return c == '_' || c == '@' || c == '$' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

func digit(c byte) bool { return c >= '0' && c <= '9' }
