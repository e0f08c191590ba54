package i18n

// BoardErrand is what the board says while it carries a command out.
type BoardErrand struct {
	Preview, Confirm, Live, Ended string
	GoesOn                        string
	TypeName                      func(name string) string
	Locked, Cancel, Do            string
}

func boardErrand() BoardErrand {
	return BoardErrand{
		Preview: "preview", Confirm: "confirm", Live: "on its way", Ended: "done",
		GoesOn:   "left running; it goes on",
		TypeName: func(name string) string { return "Type  " + name + "  to confirm:" },
		Locked:   "(locked until it matches)", Cancel: "Cancel", Do: "Do it",
	}
}
