package rails

import (
	"slices"
	"strings"
)

// statement is one statement: its words, without those of the blocks in it.
type statement struct {
	opens       string  // class, def, if and so on; empty: an expression
	defines     string  // of a def: the name
	words       []token // of the head
	blocks      [][]statement
	conditional bool // `… if x`
}

// body is what stands between the head and the end.
func (s statement) body() []statement {
	if len(s.blocks) == 0 {
		return nil
	}
	return s.blocks[len(s.blocks)-1]
}

// command is the first word of an expression.
func (s statement) command() string {
	if len(s.words) == 0 || s.words[0].kind != word {
		return ""
	}
	return s.words[0].text
}

// Words that open what `end` closes, at the beginning of a statement.
var openers = []string{"class", "module", "def", "if", "unless", "while", "until", "case", "for", "begin"}

// Words that part a body.
var clauses = []string{"rescue", "else", "elsif", "ensure", "when", "in", "then"}

// Words that make a statement depend on something, behind it.
var modifiers = []string{"if", "unless", "while", "until", "rescue"}

type parser struct {
	in []token
	at int
}

// parse gives the statements of a file; false: it has another shape than Ruby
// that is complete.
func parse(source string) ([]statement, bool) {
	tokens, ok := scan(source)
	if !ok {
		return nil, false
	}
	p := &parser{in: tokens}
	body, ok := p.statements("")
	return body, ok && p.at == len(p.in)
}

func (p *parser) now() (token, bool) {
	if p.at < len(p.in) {
		return p.in[p.at], true
	}
	return token{}, false
}

// ends reports whether a token closes a body.
func ends(t token, closes string) bool {
	return closes == "end" && t.is(word, "end") || closes == "}" && t.is(mark, "}")
}

// statements reads up to what closes them, and over it.
func (p *parser) statements(closes string) (body []statement, ok bool) {
	for {
		t, more := p.now()
		switch {
		case !more:
			return body, closes == ""
		case ends(t, closes):
			p.at++
			return body, true
		case t.is(word, "end"), t.is(mark, "}"):
			return nil, false
		case t.kind == line:
			p.at++
			continue
		}
		s, ok := p.statement(closes)
		if !ok {
			return nil, false
		}
		body = append(body, s)
	}
}

func (p *parser) statement(closes string) (s statement, ok bool) {
	t, _ := p.now()
	switch {
	case t.kind == word && slices.Contains(openers, t.text):
		return p.compound()
	case t.kind == word && slices.Contains(clauses, t.text):
		s.opens = t.text
	}
	return s, p.rest(&s, closes)
}

// rest reads an expression to its end, with the blocks in it.
func (p *parser) rest(s *statement, closes string) bool {
	for {
		t, more := p.now()
		switch {
		case !more:
			return false
		case t.kind == line:
			p.at++
			return true
		case ends(t, closes):
			return true
		case t.is(word, "end"):
			return false
		}
		if !p.part(s, t) {
			return false
		}
	}
}

// part reads one token of an expression, or a block.
func (p *parser) part(s *statement, t token) bool {
	var before token
	if n := len(s.words); n > 0 {
		before = s.words[n-1]
	}
	block := before.kind == word || before.kind == value || before.is(mark, ")")
	switch {
	case t.is(word, "do"):
		return p.block(s, "end")
	case t.is(mark, "{") && block:
		return p.block(s, "}")
	case t.is(mark, "{"):
		s.words = append(s.words, t)
		p.at++
		inner, ok := p.hash()
		s.words = append(s.words, inner...)
		return ok
	case t.kind == word && slices.Contains(openers, t.text) && len(s.words) > 0 && before.kind == mark && !before.is(mark, ".") && !before.is(mark, ")") && !before.is(mark, "]"):
		inner, ok := p.compound()
		s.blocks = append(s.blocks, []statement{inner})
		s.conditional = true
		return ok
	case t.kind == word && slices.Contains(modifiers, t.text) && len(s.words) > 0 && !before.is(mark, "."):
		s.conditional = true
	}
	s.words = append(s.words, t)
	p.at++
	return true
}

// hash reads a literal up to its closing brace.
func (p *parser) hash() (words []token, ok bool) {
	for depth := 1; ; p.at++ {
		t, more := p.now()
		if !more {
			return words, false
		}
		words = append(words, t)
		switch {
		case t.is(mark, "{"):
			depth++
		case t.is(mark, "}"):
			depth--
		}
		if depth == 0 {
			p.at++
			return words, true
		}
	}
}

// block reads do |x| … end or { |x| … }.
func (p *parser) block(s *statement, closes string) bool {
	p.at++
	if t, _ := p.now(); t.is(mark, "|") {
		for p.at++; ; p.at++ {
			t, more := p.now()
			if !more {
				return false
			}
			if t.is(mark, "|") {
				p.at++
				break
			}
		}
	}
	body, ok := p.statements(closes)
	s.blocks = append(s.blocks, body)
	return ok
}

// compound reads what `end` closes.
func (p *parser) compound() (s statement, ok bool) {
	t, _ := p.now()
	p.at++
	s.opens = t.text
	if s.opens == "def" {
		if endless := p.signature(&s); endless {
			var one statement
			ok := p.rest(&one, "")
			s.blocks = [][]statement{{one}}
			return s, ok
		}
	} else {
		p.head(&s)
	}
	body, ok := p.statements("end")
	s.blocks = append(s.blocks, body)
	if !ok {
		return s, false
	}
	var tail statement // end.join, end if x
	return s, p.rest(&tail, "end")
}

// head reads to the end of the line, over a `do` or `then`.
func (p *parser) head(s *statement) {
	for {
		t, more := p.now()
		if !more {
			return
		}
		p.at++
		if t.kind == line || t.is(word, "then") || t.is(word, "do") {
			return
		}
		s.words = append(s.words, t)
	}
}

// signature reads the name and parameters of a method; it is endless when a
// single expression follows.
func (p *parser) signature(s *statement) (endless bool) {
	depth := 0
	for {
		t, more := p.now()
		if !more {
			return false
		}
		p.at++
		switch {
		case t.kind == line:
			return false
		case t.is(mark, "("):
			depth++
		case t.is(mark, ")"):
			depth--
		case t.is(mark, "=") && depth == 0:
			return true
		case t.kind == word && depth == 0 && t.text != "self":
			s.defines = strings.TrimSpace(t.text)
		}
		s.words = append(s.words, t)
	}
}
