package rails

import (
	"slices"
	"strings"
)

// Commands that Rails itself knows how to take back, as they stand.
var invertible = strings.Fields(`add_column add_index add_reference add_belongs_to add_timestamps add_foreign_key
	add_check_constraint add_exclusion_constraint add_unique_constraint create_table create_join_table drop_join_table
	create_enum rename_enum enable_extension disable_extension rename_column rename_index rename_table remove_reference
	remove_belongs_to remove_timestamps change_column_null create_schema drop_schema create_virtual_table`)

// Commands that do the same in both directions and harm neither.
var neutral = strings.Fields(`say puts validate_foreign_key validate_check_constraint validate_constraint up_only`)

// Commands that do nothing but what stands in their block.
var wrappers = strings.Fields(`safety_assured transaction say_with_time suppress_messages revert`)

// What a table has in change_table that Rails takes back.
var tableInvertible = strings.Fields(`column index references belongs_to timestamps rename rename_index foreign_key
	check_constraint exclusion_constraint unique_constraint remove_references remove_belongs_to remove_timestamps change_null
	bigint binary boolean blob citext date datetime decimal float hstore inet integer json jsonb primary_key string text
	time timestamp timestamptz uuid virtual bit cidr daterange int4range int8range interval macaddr money numrange tsrange
	tstzrange tsvector xml enum tinyint mediumtext longtext unsigned_integer unsigned_bigint`)

// reversed judges the body of `change`: every command must be one that can be
// turned around. What certainly cannot counts before what cannot be told.
func reversed(body []statement) (Way, string) {
	return worst(body, command)
}

func worst(body []statement, judge func(statement) (Way, string)) (way Way, why string) {
	way = Possible
	for _, s := range body {
		switch w, y := judge(s); {
		case w == Impossible:
			return w, y
		case w == Unknown && way == Possible:
			way, why = w, y
		}
	}
	return way, why
}

// command judges one statement of `change`.
func command(s statement) (Way, string) {
	name := s.command()
	switch {
	case s.opens != "" || s.conditional:
		return Unknown, "it depends on a condition"
	case name == "raise":
		return Impossible, "it raises " + raised(s)
	case len(s.words) > 1 && (s.words[1].is(mark, ".") || s.words[1].is(mark, "=") || s.words[1].is(mark, "::")):
		return Unknown, "it does more than commands"
	case slices.Contains(invertible, name), slices.Contains(neutral, name):
		return Possible, ""
	case name == "reversible":
		return directions(s)
	case slices.Contains(wrappers, name) && len(s.blocks) == 1:
		return reversed(s.body())
	case name == "change_table":
		return worst(s.body(), tableCommand)
	}
	a := arguments(s)
	return conditional(name, a, len(s.blocks) > 0)
}

// conditional judges commands that can be taken back only when they say enough.
func conditional(name string, a given, block bool) (Way, string) {
	needs := func(enough bool, what string) (Way, string) {
		if enough {
			return Possible, ""
		}
		return Impossible, name + " without " + what
	}
	switch name {
	case "remove_column":
		return needs(a.positional >= 3, "a type")
	case "remove_columns":
		return needs(a.has("type"), "a type")
	case "remove_index":
		return needs(a.positional >= 2 || a.has("column"), "its columns")
	case "remove_foreign_key":
		return needs(a.positional >= 2 || a.has("to_table"), "its table")
	case "remove_check_constraint", "remove_exclusion_constraint", "remove_unique_constraint":
		return needs(a.positional >= 2, "its definition")
	case "change_column_default", "change_column_comment", "change_table_comment", "rename_enum_value":
		return needs(a.has("from") && a.has("to"), "from: and to:")
	case "drop_table":
		return needs(block && a.positional == 1, "a block")
	case "drop_enum":
		return needs(a.positional >= 2, "its values")
	case "drop_virtual_table":
		return needs(a.positional >= 3, "its definition")
	case "change_column", "execute", "execute_block", "add_enum_value", "change_column_type":
		return Impossible, name + " in change"
	}
	return Unknown, "what " + shown(name) + " does is not known"
}

func shown(name string) string {
	if name == "" {
		return "a statement"
	}
	return name
}

// directions judges reversible do |dir| …: each direction has its own block.
func directions(s statement) (Way, string) {
	return worst(s.body(), func(s statement) (Way, string) {
		if len(s.words) < 3 || !s.words[1].is(mark, ".") || s.opens != "" || s.conditional {
			return Unknown, "its reversible has another shape"
		}
		if s.words[2].is(word, "down") {
			return raises(s.body())
		}
		return Possible, ""
	})
}

// tableCommand judges a line of change_table: t.remove :name, type: :string.
func tableCommand(s statement) (Way, string) {
	if s.opens != "" || s.conditional || len(s.words) < 3 || !s.words[1].is(mark, ".") {
		return Unknown, "its change_table has another shape"
	}
	name := s.words[2].text
	a := arguments(statement{words: s.words[2:]})
	switch {
	case slices.Contains(tableInvertible, name):
		return Possible, ""
	case name == "change":
		return Impossible, "t.change in change"
	case name == "remove" && !a.has("type"):
		return Impossible, "t.remove without a type"
	case name == "remove":
		return Possible, ""
	case name == "change_default" && !(a.has("from") && a.has("to")):
		return Impossible, "t.change_default without from: and to:"
	case name == "change_default":
		return Possible, ""
	case name == "remove_index":
		return conditional("remove_index", given{a.positional + 1, a.labels}, false)
	}
	return Unknown, "what t." + name + " does is not known"
}

// given is what a command was given.
type given struct {
	positional int
	labels     []string
}

func (g given) has(name string) bool { return slices.Contains(g.labels, name) }

// arguments counts what stands between the commas, on the outside alone.
func arguments(s statement) (g given) {
	words := s.words[1:]
	if n := len(words); n >= 2 && words[0].is(mark, "(") && words[n-1].is(mark, ")") {
		words = words[1 : n-1]
	}
	depth, fresh := 0, true
	for i, w := range words {
		switch {
		case w.kind == mark && strings.Contains("([{", w.text):
			depth++
		case w.kind == mark && strings.Contains(")]}", w.text):
			depth--
		case depth == 0 && w.is(mark, ","):
			fresh = true
			continue
		case depth == 0 && w.kind == label:
			g.labels, fresh = append(g.labels, w.text), false
			continue
		}
		if fresh && (depth == 0 || depth == 1 && w.kind == mark) {
			fresh = false
			if i+1 < len(words) && words[i+1].is(mark, "=>") {
				g.labels = append(g.labels, w.text)
				continue
			}
			g.positional++
		}
	}
	return g
}
