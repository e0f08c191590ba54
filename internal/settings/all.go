package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sort"
	"strings"
)

// The places that a value may come from, the strongest first.
const (
	FromFlag        = "flag"
	FromEnvironment = "environment"
	FromSystem      = ".shopctl.yml"
	FromUser        = "user settings"
	FromBuiltIn     = "built in"
)

// Value is a setting as it holds now.
type Value struct {
	Name, Value string
	Origin      string // one of the From constants
	Where       string // the variable, or file:line; empty when built in
}

// Sources is where Read looks.
type Sources struct {
	Flags    map[string]string // from the command line, by name of the setting
	Getenv   func(string) string
	System   System // zero: none
	UserFile string
}

// All are the settings from all sources. The zero value has the built-in ones.
type All struct {
	src   Sources
	user  map[string]string
	lines map[string]int
}

// Read reads the user's file and checks the environment. Problems, when
// something is wrong; the All beside them holds what was right.
func Read(src Sources) (All, error) {
	all := All{src: src}
	var problems Problems
	content, err := os.ReadFile(src.UserFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return all, fmt.Errorf("read %q: %w", src.UserFile, err)
	default:
		d := newDecoder(src.UserFile, nil, nil)
		if root := d.parse(content); root != nil {
			all.user, all.lines = d.settingValues(root, "", func(Key) bool { return true }, "")
		}
		if d.err() != nil {
			problems = d.problems
		}
	}
	for _, k := range Keys() {
		variable := Variable(k.Name)
		if _, many := k.family(); many {
			continue
		}
		if v := src.Getenv(variable); v != "" {
			if err := k.Check(normalBool(k, v)); err != nil {
				problems = append(problems, Problem{File: variable, Message: err.Error()})
			}
		}
	}
	if len(problems) > 0 {
		return all, problems
	}
	return all, nil
}

// normalBool lets a switch in the environment be 1 or 0 too.
func normalBool(k Key, v string) string {
	if len(k.Values) == 2 && k.Values[0] == "true" {
		switch v {
		case "1":
			return "true"
		case "0":
			return "false"
		}
	}
	return v
}

// Get is the value that holds for a setting. A name that is no setting has an
// empty value.
func (a All) Get(name string) Value {
	key, known := KeyOf(name)
	if !known {
		return Value{Name: name}
	}
	if v, ok := a.src.Flags[name]; ok {
		return Value{name, v, FromFlag, "--" + strings.ReplaceAll(name, "_", "-")}
	}
	if a.src.Getenv != nil {
		if v := normalBool(key, a.src.Getenv(Variable(name))); v != "" && key.Check(v) == nil {
			return Value{name, v, FromEnvironment, Variable(name)}
		}
	}
	if v, ok := a.src.System.Settings[name]; ok {
		return Value{name, v, FromSystem, Problem{File: a.src.System.File, Line: a.src.System.lines[name]}.Where()}
	}
	if v, ok := a.user[name]; ok {
		return Value{name, v, FromUser, Problem{File: a.src.UserFile, Line: a.lines[name]}.Where()}
	}
	return Value{name, key.Default, FromBuiltIn, ""}
}

// List is every setting, families by what is set of them.
func (a All) List() []Value {
	var values []Value
	for _, k := range Keys() {
		prefix, many := k.family()
		if !many {
			values = append(values, a.Get(k.Name))
			continue
		}
		var names []string
		for name := range a.user {
			if strings.HasPrefix(name, prefix) {
				names = append(names, name)
			}
		}
		sort.Strings(names)
		for _, name := range names {
			values = append(values, a.Get(name))
		}
	}
	return values
}
