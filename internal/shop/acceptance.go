package shop

import "time"

// Acceptance is what the gateway of a cluster says of a route that is in the
// cluster. Nobody says it of an Ingress, nor where no controller answers.
type Acceptance struct {
	Asked   bool // whether anybody was asked at all
	Verdict RouteVerdict
	// Of a refusal: the gateway's word and its sentence, and the route that it
	// says to have the host.
	Reason  string
	Message string
	Rival   RouteID
	// Since is when the gateway said so; of what it says nothing of: since when it
	// could have.
	Since time.Time
}

// RouteVerdict is whether a gateway takes a route.
type RouteVerdict string

// The verdicts.
const (
	RouteUnsaid   RouteVerdict = ""
	RouteAccepted RouteVerdict = "accepted"
	RouteRefused  RouteVerdict = "refused"
)
