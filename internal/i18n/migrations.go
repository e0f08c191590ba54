package i18n

import (
	"fmt"
	"strings"
)

// Migrations is what is said of the database migrations of a release.
type Migrations struct {
	CanBeRolledBack    func(names []string) string
	CannotBeRolledBack func(names []string, risk string) string
	CannotBeTold       func(names []string) string
	GoBack             func(names []string, risk string) string
	Why                func(name, why string) string
}

func migrations() Migrations {
	migration := func(names []string) string { return count(len(names), "migration") }
	return Migrations{
		CanBeRolledBack: func(names []string) string {
			return migration(names) + " can be rolled back: " + strings.Join(names, ", ")
		},
		CannotBeRolledBack: func(names []string, risk string) string {
			return fmt.Sprintf("%s cannot be rolled back: %s   risk: %s", migration(names), strings.Join(names, ", "), risk)
		},
		CannotBeTold: func(names []string) string {
			return fmt.Sprintf("%s: whether it can be rolled back cannot be told: %s", migration(names), strings.Join(names, ", "))
		},
		GoBack: func(names []string, risk string) string {
			return fmt.Sprintf("the database stays behind %s that cannot be rolled back: %s   risk: %s", migration(names), strings.Join(names, ", "), risk)
		},
		Why: func(name, why string) string { return name + ": " + why },
	}
}
