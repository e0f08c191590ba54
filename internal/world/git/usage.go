package git

import "sync/atomic"

// Usage counts what a repository cost so far. Bytes are those of bodies and of
// the headers that we set; over SSH and for paths only those of packs.
type Usage struct {
	RoundTrips int64 // requests that had to wait for one another
	Requests   int64
	Sent       int64 // bytes
	Received   int64 // bytes
	Pushes     int64 // pushes that reached the server
	PackSent   int64 // bytes of the packs that were sent
}

type counters struct{ roundTrips, requests, sent, received, pushes, packSent atomic.Int64 }

// Usage returns the counters.
func (r *Repository) Usage() Usage {
	c := &r.counts
	return Usage{
		RoundTrips: c.roundTrips.Load(), Requests: c.requests.Load(),
		Sent: c.sent.Load(), Received: c.received.Load(),
		Pushes: c.pushes.Load(), PackSent: c.packSent.Load(),
	}
}
