package show

import (
	"io"
	"strings"
)

// Actions writes workflow commands of GitHub Actions. Its methods do nothing
// when Out is nil, so that callers need not ask.
type Actions struct{ Out io.Writer }

// Group opens a fold in the log; the returned function closes it.
func (a Actions) Group(title string) (end func()) {
	a.command("group", "", title)
	return func() { a.command("endgroup", "", "") }
}

// Notice, Warning and Error are annotations; title is shown in bold.
func (a Actions) Notice(title, message string) { a.command("notice", title, message) }

// Warning is an annotation that does not fail the run.
func (a Actions) Warning(title, message string) { a.command("warning", title, message) }

// Error is an annotation of what failed.
func (a Actions) Error(title, message string) { a.command("error", title, message) }

func (a Actions) command(name, title, message string) {
	if a.Out == nil {
		return
	}
	line := "::" + name
	if title != "" {
		line += " title=" + EscapeProperty(title)
	}
	io.WriteString(a.Out, line+"::"+EscapeData(message)+"\n")
}

// EscapeData makes text the message of a workflow command.
func EscapeData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// EscapeProperty makes text a property of a workflow command.
func EscapeProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}

// OutputLine is an entry of the file $GITHUB_OUTPUT. A value with line ends
// gets a delimiter that does not occur in it.
func OutputLine(name, value string) string {
	if !strings.ContainsAny(value, "\r\n") {
		return name + "=" + value + "\n"
	}
	mark := "SHOPCTL_END"
	for strings.Contains(value, mark) {
		mark += "_"
	}
	return name + "<<" + mark + "\n" + value + "\n" + mark + "\n"
}

// A summary of a step may have 1 MiB; below it there is room for the last line.
const summaryLimit = 1<<20 - 4096

// Summary cuts Markdown at the end of a line so that GitHub takes it.
func Summary(markdown string) string {
	if len(markdown) <= summaryLimit {
		return markdown
	}
	cut := markdown[:summaryLimit]
	if end := strings.LastIndexByte(cut, '\n'); end >= 0 {
		cut = cut[:end+1]
	}
	return cut + "\n…\n"
}

// MarkdownCell makes text from outside one cell of a Markdown table.
func MarkdownCell(s string) string {
	return strings.NewReplacer("\\", "\\\\", "|", "\\|", "<", "&lt;", ">", "&gt;", "`", "\\`", "[", "\\[", "@", "@\u200b").Replace(Clean(s))
}
