package i18n

import "fmt"

// BoardDone is what the page of who did what says.
type BoardDone struct {
	When, Who, What, Target, Result, Took string
	Reason, Commit                        string
	Filter, Detail, Release               string // in the last line
	Following, NoFilter                   string
	Filtered                              func(text string) string
	Paused                                func(missed int) string
	Exported                              func(file string) string
	Taken                                 func(file string) string
}

func boardDone() BoardDone {
	return BoardDone{
		When: "when", Who: "who", What: "what", Target: "target", Result: "result", Took: "took", Reason: "reason", Commit: "commit",
		Filter: "filter (who: what: target: result:)", Detail: "detail", Release: "the release",
		Following: "following", NoFilter: "filter: none", Filtered: func(text string) string { return "filter: " + text },
		Paused: func(missed int) string {
			if missed == 0 {
				return "paused"
			}
			return fmt.Sprintf("paused, %d new", missed)
		},
		Exported: func(file string) string { return "written to " + file },
		Taken:    func(file string) string { return file + " is there already; nothing was written" },
	}
}
