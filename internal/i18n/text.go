// Package i18n holds every sentence that shopctl says, as typed Go: a struct a
// command, in a file of the command's name. It decides which language is
// spoken, and nothing else. Commands, flags, states in JSON, codes, TSV, logs
// and commit messages are never translated and do not stand here.
//
//	t := i18n.For(i18n.English)
//	t.Frame.UnknownCommand("promte")
package i18n

// Language is one that shopctl speaks.
type Language string

// The languages.
const (
	English  Language = "en"
	Japanese Language = "ja"
)

// Text is every sentence in one language. A command adds a field here, a type
// and its English words in a file of its own, and one line in For.
type Text struct {
	Frame   Frame
	Explain map[string]Page // by error code

	Errand      Errand
	Steps       Steps
	Menu        Menu
	Promote     Promote
	Rollback    Rollback
	Unpin       Unpin
	SyncTier    SyncTier
	Reconcile   Reconcile
	Wait        Wait
	When        When
	Closing     Maintenance
	Freeze      Freeze
	Reject      Reject
	Verify      Verify
	Gates       Gates
	Why         Why
	Render      Render
	TierAdd     TierAdd
	Init        Init
	Help        HelpCommand
	ExplainCmd  ExplainCommand
	Version     Version
	Settings    Settings
	Completion  Completion
	Demo        Demo
	Find        Find
	Look        Look
	Status      Status
	Where       Where
	Releases    Releases
	Activity    Activity
	Diff        Diff
	Migrations  Migrations
	Impact      Impact
	Open        Open
	Tier        Tier
	Shop        Shop
	Route       Route
	ShopSet     ShopSet
	Configs     Configuration
	Doctor      Doctor
	CI          CI
	PR          PR
	Auth        Auth
	Board       Board
	BoardDone   BoardDone
	BoardErrand BoardErrand
	BoardClose  BoardClose
	BoardKeys   BoardKeys
	BoardLooks  BoardLooks
	BoardLost   BoardLost
	BoardMenu   BoardMenu
	BoardPages  BoardPages
	BoardFind   BoardFind
}

// Help is what `help COMMAND` says. Examples come first on the screen.
type Help struct {
	Line     string            // one line, no full stop
	About    string            // what else must be known; may be empty
	Examples []Example         //
	Flags    map[string]string // by the flag's long name; flags that all commands share are known
	Subs     map[string]Help   // of a noun's verbs, by name
}

// Example is a command to paste, and what it is for.
type Example struct{ Command, For string }

// Page explains one error code.
type Page struct {
	Title string // the error in general
	Why   string // how it comes about
	Do    string // what to do
}

// For is the text of a language. Japanese is laid over English, so what is not
// translated yet is English.
func For(Language) *Text {
	return &Text{
		Frame:       frame(),
		Explain:     pages(),
		Errand:      errand(),
		Steps:       steps(),
		Menu:        menu(),
		Promote:     promote(),
		Rollback:    rollback(),
		Unpin:       unpin(),
		SyncTier:    syncTier(),
		Reconcile:   reconcile(),
		Wait:        wait(),
		When:        when(),
		Closing:     maintenance(),
		Freeze:      freeze(),
		Reject:      reject(),
		Verify:      verify(),
		Gates:       gateWords(),
		Why:         why(),
		Render:      renderText(),
		TierAdd:     tierAdd(),
		Init:        initText(),
		Help:        helpCommand(),
		ExplainCmd:  explainCommand(),
		Version:     version(),
		Settings:    settings(),
		Completion:  completion(),
		Demo:        demo(),
		Find:        find(),
		Look:        look(),
		Status:      status(),
		Where:       where(),
		Releases:    releases(),
		Activity:    activity(),
		Diff:        diff(),
		Migrations:  migrations(),
		Impact:      impact(),
		Open:        openText(),
		Tier:        tier(),
		Shop:        shopText(),
		Route:       route(),
		ShopSet:     shopSet(),
		Configs:     configuration(),
		Doctor:      doctor(),
		CI:          ci(),
		PR:          pr(),
		Auth:        auth(),
		Board:       board(),
		BoardDone:   boardDone(),
		BoardErrand: boardErrand(),
		BoardClose:  boardClose(),
		BoardKeys:   boardKeys(),
		BoardLooks:  boardLooks(),
		BoardLost:   boardLost(),
		BoardMenu:   boardMenu(),
		BoardPages:  boardPages(),
		BoardFind:   boardFind(),
	}
}
