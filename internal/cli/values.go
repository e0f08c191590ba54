package cli

import "context"

// The values of the system for the TAB key. They come from what an earlier
// command left in the cache: a TAB never goes to the network.

func completeTiers(context.Context, *Call, string) []Candidate { return nil }

func completeShopSets(context.Context, *Call, string) []Candidate { return nil }

func completeShops(context.Context, *Call, string) []Candidate { return nil }
