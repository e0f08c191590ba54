package cli

import (
	"slices"
	"strconv"
)

// Code is an error code. Its first hexadecimal digit is the exit code. A code
// is never used again for something else, and each has a page in i18n.
type Code string

// Every error code. What each means stands in its page: i18n/pages.go.
const (
	Failed       Code = "SHOP-1001"
	Defect       Code = "SHOP-1002"
	DoctorFailed Code = "SHOP-1003"

	UnknownCommand   Code = "SHOP-2001"
	UnknownFlag      Code = "SHOP-2002"
	MissingValue     Code = "SHOP-2003"
	GivenTwice       Code = "SHOP-2004"
	SurplusArgument  Code = "SHOP-2005"
	BadValue         Code = "SHOP-2006"
	NeedsAnswer      Code = "SHOP-2007"
	MissingArgument  Code = "SHOP-2008"
	NotBuiltYet      Code = "SHOP-2009"
	NoSystem         Code = "SHOP-2010"
	BadSystemFile    Code = "SHOP-2011"
	BadSettings      Code = "SHOP-2012"
	YesIsNotEnough   Code = "SHOP-2013"
	UnknownField     Code = "SHOP-2014"
	BadExpression    Code = "SHOP-2015"
	Ambiguous        Code = "SHOP-2016"
	NoIdentity       Code = "SHOP-2017"
	CannotBeKnown    Code = "SHOP-2018"
	NeedsReason      Code = "SHOP-2019"
	ConflictingFlags Code = "SHOP-2020"
	NeedsForge       Code = "SHOP-2031"
	NeedsTerminal    Code = "SHOP-2032"

	Declined  Code = "SHOP-3001"
	WrongName Code = "SHOP-3002"

	NotLoggedIn   Code = "SHOP-4001"
	LoginRejected Code = "SHOP-4002"
	NoRight       Code = "SHOP-4003"

	NoSuchTier          Code = "SHOP-5001"
	NoSuchRelease       Code = "SHOP-5002"
	NoSuchShopSet       Code = "SHOP-5003"
	NoSuchShop          Code = "SHOP-5004"
	NoSuchCode          Code = "SHOP-5005"
	NoSuchRepository    Code = "SHOP-5006"
	NoSuchCommit        Code = "SHOP-5007"
	NoDemo              Code = "SHOP-5008"
	NoPage              Code = "SHOP-5009"
	NoSuchConfiguration Code = "SHOP-5020"
	NoSuchPull          Code = "SHOP-5031"
	NoSuchBranch        Code = "SHOP-5032"
	NoSuchImage         Code = "SHOP-5033"

	Pinned           Code = "SHOP-6001"
	Frozen           Code = "SHOP-6002"
	OtherPromotion   Code = "SHOP-6003"
	ApprovalMissing  Code = "SHOP-6004"
	OthersKeepAtIt   Code = "SHOP-6005"
	OtherMove        Code = "SHOP-6020"
	OutdoneByOthers  Code = "SHOP-6021"
	MergeBlocked     Code = "SHOP-6031"
	BadIntent        Code = "SHOP-7001"
	BelowUnhealthy   Code = "SHOP-7002"
	TierSkipped      Code = "SHOP-7003"
	RejectedRelease  Code = "SHOP-7004"
	Diverged         Code = "SHOP-7005"
	RiskNotAccepted  Code = "SHOP-7006"
	ChecksRed        Code = "SHOP-7007"
	NotAtomic        Code = "SHOP-7008"
	EditedByHand     Code = "SHOP-7009"
	OtherContent     Code = "SHOP-7010"
	PlanChanged      Code = "SHOP-7011"
	DoesNotBuild     Code = "SHOP-7012"
	BranchesMissing  Code = "SHOP-7013"
	GateClosed       Code = "SHOP-7014"
	RuleRefuses      Code = "SHOP-7015"
	NameInUse        Code = "SHOP-7020"
	HostInUse        Code = "SHOP-7021"
	NoRoomLeft       Code = "SHOP-7022"
	StillServing     Code = "SHOP-7023"
	HeadDiffers      Code = "SHOP-7031"
	ImageByHand      Code = "SHOP-7032"
	PullNotMergeable Code = "SHOP-7033"
	NotAChange       Code = "SHOP-7034"
	TimeIsUp         Code = "SHOP-8001"
	OpensLater       Code = "SHOP-8002"
	Soaking          Code = "SHOP-8003"
	OutsideWindow    Code = "SHOP-8004"
	NeedsSync        Code = "SHOP-8005"
	ChecksRun        Code = "SHOP-8006"
	Unhealthy        Code = "SHOP-9001"
	SyncFailed       Code = "SHOP-9002"
	DidNotGetHealthy Code = "SHOP-9003"
	RouteRefused     Code = "SHOP-9004"

	RepositoryUnreachable Code = "SHOP-B001"
	ArgoCDUnreachable     Code = "SHOP-B002"
	ForgeUnreachable      Code = "SHOP-B003"
	ForgeLimit            Code = "SHOP-B004"
	GateSilent            Code = "SHOP-B005"
)

// Codes is the registry: every code, in order.
func Codes() []Code {
	return []Code{
		Failed, Defect, DoctorFailed,
		UnknownCommand, UnknownFlag, MissingValue, GivenTwice, SurplusArgument, BadValue, NeedsAnswer,
		MissingArgument, NotBuiltYet, NoSystem, BadSystemFile, BadSettings, YesIsNotEnough, UnknownField,
		BadExpression, Ambiguous, NoIdentity, CannotBeKnown, NeedsReason, ConflictingFlags, NeedsForge, NeedsTerminal,
		Declined, WrongName,
		NotLoggedIn, LoginRejected, NoRight,
		NoSuchTier, NoSuchRelease, NoSuchShopSet, NoSuchShop, NoSuchCode, NoSuchRepository, NoSuchCommit, NoDemo, NoPage, NoSuchConfiguration,
		NoSuchPull, NoSuchBranch, NoSuchImage,
		Pinned, Frozen, OtherPromotion, ApprovalMissing, OthersKeepAtIt, OtherMove, OutdoneByOthers, MergeBlocked,
		BadIntent, BelowUnhealthy, TierSkipped, RejectedRelease, Diverged, RiskNotAccepted, ChecksRed, NotAtomic,
		EditedByHand, OtherContent, PlanChanged, DoesNotBuild, BranchesMissing, GateClosed, RuleRefuses,
		NameInUse, HostInUse, NoRoomLeft, StillServing,
		HeadDiffers, ImageByHand, PullNotMergeable, NotAChange,
		TimeIsUp, OpensLater, Soaking, OutsideWindow, NeedsSync, ChecksRun,
		Unhealthy, SyncFailed, DidNotGetHealthy, RouteRefused,
		RepositoryUnreachable, ArgoCDUnreachable, ForgeUnreachable, ForgeLimit, GateSilent,
	}
}

// Exit is the exit code that the error code stands for.
func (c Code) Exit() int {
	const prefix = "SHOP-"
	if len(c) <= len(prefix) {
		return 1
	}
	n, err := strconv.ParseInt(string(c[len(prefix):len(prefix)+1]), 16, 0)
	if err != nil || n == 0 {
		return 1
	}
	return int(n)
}

// The exit codes. Scripts may try 6, 8 and 11 again, no others.
const (
	ExitOK          = 0
	ExitFailed      = 1
	ExitUsage       = 2
	ExitDeclined    = 3
	ExitAuth        = 4
	ExitNotFound    = 5
	ExitBusy        = 6
	ExitRefused     = 7
	ExitPending     = 8
	ExitUnhealthy   = 9
	ExitChanges     = 10
	ExitUnavailable = 11
	ExitInterrupt   = 130
	ExitTerminated  = 143
)

// ExitCode is a row of the table of exit codes.
type ExitCode struct {
	Code int
	Name string // as result= in CI and in JSON has it
}

// ExitCodes is the table.
func ExitCodes() []ExitCode {
	return []ExitCode{
		{ExitOK, "ok"}, {ExitFailed, "failed"}, {ExitUsage, "usage"}, {ExitDeclined, "declined"}, {ExitAuth, "auth"},
		{ExitNotFound, "not found"}, {ExitBusy, "busy"}, {ExitRefused, "refused"}, {ExitPending, "pending"},
		{ExitUnhealthy, "unhealthy"}, {ExitChanges, "changes"}, {ExitUnavailable, "unavailable"},
		{ExitInterrupt, "signal"}, {ExitTerminated, "signal"},
	}
}

// ExitName is the name of an exit code.
func ExitName(code int) string {
	for _, e := range ExitCodes() {
		if e.Code == code {
			return e.Name
		}
	}
	return "failed"
}

// Worst is the exit code of a command with several targets or gates: the first
// of 9, 1, 4, 5, 7, 6, 11, 8 that occurred, else any other that is not 0.
func Worst(codes ...int) int {
	for _, c := range []int{ExitUnhealthy, ExitFailed, ExitAuth, ExitNotFound, ExitRefused, ExitBusy, ExitUnavailable, ExitPending} {
		if slices.Contains(codes, c) {
			return c
		}
	}
	for _, c := range codes {
		if c != ExitOK {
			return c
		}
	}
	return ExitOK
}
