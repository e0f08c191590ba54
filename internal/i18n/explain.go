package i18n

import "fmt"

// ExplainCommand is what `explain` says.
type ExplainCommand struct {
	Help            Help
	Unknown         func(code string) string
	Exit            func(code int, name string) string
	Why, Do, ListIt string
}

func explainCommand() ExplainCommand {
	return ExplainCommand{
		Help: Help{
			Line:     "what an error code means and what to do",
			About:    "Without a code it lists all.",
			Examples: []Example{{"shopctl explain SHOP-6002", "a tier is frozen"}},
		},
		Unknown: func(code string) string { return fmt.Sprintf("there is no error code %q", code) },
		Exit:    func(code int, name string) string { return fmt.Sprintf("exit %d (%s)", code, name) },
		Why:     "Why", Do: "What to do", ListIt: "list them",
	}
}
