// Package rails reads the Ruby of a Rails migration and says whether it can be
// rolled back, as far as the text tells: nothing is run. It knows the commands of
// ActiveRecord and the usual shapes around them; what it does not know it does
// not guess.
//
//	way, why := rails.Rollback(source) // rails.Impossible, "drop_table without a block"
package rails

// Way says whether a migration can be rolled back.
type Way string

// The answers. What cannot be told is neither of the others.
const (
	Possible   Way = "possible"
	Impossible Way = "impossible"
	Unknown    Way = "unknown"
)

// Rollback judges one migration file. why is empty when it is possible.
func Rollback(source string) (way Way, why string) {
	body, ok := parse(source)
	if !ok {
		return Unknown, "it cannot be read"
	}
	switch classes := migrations(body); len(classes) {
	case 0:
		return Unknown, "it has no migration class"
	case 1:
		return judge(classes[0])
	}
	return Unknown, "it has several migration classes"
}

// migrations finds the classes that inherit from a migration.
func migrations(body []statement) (found []statement) {
	for _, s := range body {
		switch {
		case s.opens == "module":
			found = append(found, migrations(s.body())...)
		case s.opens == "class" && inheritsMigration(s.words):
			found = append(found, s)
		}
	}
	return found
}

// inheritsMigration reads `class Name < ActiveRecord::Migration[8.0]`.
func inheritsMigration(words []token) bool {
	after := false
	for _, w := range words {
		after = after || w.is(mark, "<")
		if after && w.kind == word && (w.text == "Migration" || len(w.text) > 9 && w.text[len(w.text)-9:] == "Migration") {
			return true
		}
	}
	return false
}

// judge looks at the methods as Rails does: `change` before `up` and `down`.
func judge(class statement) (Way, string) {
	methods := map[string]statement{}
	for _, s := range class.body() {
		if s.opens == "def" {
			methods[s.defines] = s
		}
	}
	change, hasChange := methods["change"]
	up, hasUp := methods["up"]
	down, hasDown := methods["down"]
	switch {
	case hasChange:
		return reversed(change.body())
	case !hasUp:
		return Unknown, "it has neither change nor up"
	case !hasDown:
		return Impossible, "up without down"
	case len(down.body()) == 0 && len(up.body()) > 0:
		return Unknown, "its down does nothing"
	}
	return raises(down.body())
}

// raises reports whether a way back ends with an exception.
func raises(body []statement) (Way, string) {
	for _, s := range body {
		switch {
		case s.opens == "" && s.command() == "raise" && !s.conditional:
			return Impossible, "its down raises " + raised(s)
		case contains(s, "raise"):
			return Unknown, "its down may raise"
		}
	}
	return Possible, ""
}

// raised is the name of what is raised, for people.
func raised(s statement) string {
	name := ""
	for _, w := range s.words[1:] {
		if name == "" && w.is(mark, "(") {
			continue
		}
		if w.kind != word && !w.is(mark, "::") {
			break
		}
		name += w.text
	}
	if name == "" {
		return "an error"
	}
	return name
}

// contains reports whether a word stands anywhere in a statement.
func contains(s statement, text string) bool {
	for _, w := range s.words {
		if w.is(word, text) {
			return true
		}
	}
	for _, b := range s.blocks {
		for _, inner := range b {
			if contains(inner, text) {
				return true
			}
		}
	}
	return false
}
