package forge

import (
	"fmt"
	"strconv"
	"strings"
)

// ParseClassic reads a classic protection from words, as scripts have it:
// status=CONTEXT, reviews=N, strict, restricted, pusher=LOGIN, linear, admins.
func ParseClassic(words []string) (c Classic, err error) {
	for _, w := range words {
		name, value, _ := strings.Cut(w, "=")
		switch name {
		case "status":
			c.Contexts = append(c.Contexts, Context{Context: value})
		case "reviews":
			if c.Reviews, err = strconv.Atoi(value); err != nil {
				return c, err
			}
		case "pusher":
			c.Restricted, c.Pushers = true, append(c.Pushers, value)
		case "strict":
			c.Strict = true
		case "restricted":
			c.Restricted = true
		case "linear":
			c.Linear = true
		case "admins":
			c.Admins = true
		default:
			return c, fmt.Errorf("%q is no word of a classic protection", w)
		}
	}
	return c, nil
}

// ParseRuleset reads a ruleset for a pattern of branches from words:
// status=CONTEXT, reviews=N, update, deletion, noforce, linear, queue,
// bypass=LOGIN, disabled, and unknown, which is a rule from the future.
func ParseRuleset(branches string, words []string) (Ruleset, error) {
	s := Ruleset{Branches: []string{branches}, Enforcement: "active"}
	plain := map[string]string{"update": "update", "deletion": "deletion", "creation": "creation", "noforce": "non_fast_forward", "linear": "required_linear_history"}
	var contexts []string
	for _, w := range words {
		name, value, _ := strings.Cut(w, "=")
		switch {
		case plain[name] != "":
			s.Rules = append(s.Rules, Rule{Type: plain[name]})
		case name == "status":
			contexts = append(contexts, value)
		case name == "reviews":
			n, err := strconv.Atoi(value)
			if err != nil {
				return s, err
			}
			s.Rules = append(s.Rules, RequirePull(n))
		case name == "queue":
			s.Rules = append(s.Rules, rule("merge_queue", queueParameters))
		case name == "bypass":
			s.Bypass = append(s.Bypass, Bypass{Kind: "Team", ID: 7, Users: []string{value}})
		case name == "disabled" || name == "evaluate":
			s.Enforcement = name
		case name == "unknown":
			s.Rules = append(s.Rules, rule("of_the_future", object{"strength": 11}))
		default:
			return s, fmt.Errorf("%q is no word of a ruleset", w)
		}
	}
	if len(contexts) > 0 {
		s.Rules = append(s.Rules, RequireStatuses(contexts...))
	}
	return s, nil
}

var queueParameters = object{
	"check_response_timeout_minutes": 60, "grouping_strategy": "ALLGREEN", "max_entries_to_build": 5, "max_entries_to_merge": 5,
	"merge_method": "MERGE", "min_entries_to_merge": 1, "min_entries_to_merge_wait_minutes": 5,
}
