package i18n

import "fmt"

// Route is what is said of the routes of shops in the cluster.
type Route struct {
	Because                          map[string]string // by the gateway's word
	Says                             func(reason, message string) string
	Rival, OldStays                  func(shop, set string) string
	Refused                          func(set, took string) string
	Applied                          func(set string) string
	RouteApplied, RoutesApplied      string
	WaitsForGateway                  string
	GoOnMended, GoBack               string
	TooMany                          func(n, most string) string
	NarrowIt, SearchCannot, ListThem string
}

func route() Route {
	return Route{
		Because: map[string]string{
			"NoMatchingListenerHostname": "no listener of the gateway takes its hosts",
			"NotAllowedByListeners":      "the gateway lets no route of this ShopSet in",
			"NoMatchingParent":           "the gateway has no such listener",
			"UnsupportedValue":           "it asks for something that the gateway cannot do",
			"IncompatibleFilters":        "it asks for something that the gateway cannot do",
		},
		Says: func(reason, message string) string {
			switch {
			case message == "":
				return fmt.Sprintf("the gateway says %s", reason)
			case reason == "":
				return fmt.Sprintf("the gateway says: %s", message)
			}
			return fmt.Sprintf("the gateway says %s: %s", reason, message)
		},
		Rival: func(shop, set string) string {
			return fmt.Sprintf("shop %s in %s has the host as well; the older route keeps it", shop, set)
		},
		OldStays: func(shop, set string) string { return fmt.Sprintf("the old route of %s in %s stays", shop, set) },
		Refused: func(set, took string) string {
			if took == "" {
				return "refused in " + set
			}
			return "refused in " + set + " for " + took
		},
		Applied:      func(set string) string { return "applied in " + set + "; nobody says whether it is accepted" },
		RouteApplied: "Route applied", RoutesApplied: "Routes applied",
		WaitsForGateway: "waiting for the gateway to take the route",
		GoOnMended:      "go on when it is mended", GoBack: "or go back",
		TooMany: func(n, most string) string {
			return fmt.Sprintf("whether a route is refused is asked for one by one: %s shops are more than %s", n, most)
		},
		NarrowIt: "narrow it", SearchCannot: "a search does not know whether a route is refused", ListThem: "list them",
	}
}
