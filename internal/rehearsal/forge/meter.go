package forge

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Counts is what the forge was asked for since it began or was last told to
// forget.
type Counts struct {
	Calls       int      `json:"calls"`
	Reads       int      `json:"reads"`
	Writes      int      `json:"writes"`
	NotModified int      `json:"notModified"` // 304
	Primary     int      `json:"primary"`     // points of the hourly limit
	Points      int      `json:"points"`      // of the secondary limit
	Pushes      int      `json:"pushes"`      // that moved a ref
	Refused     int      `json:"refused"`     // pushes that the rules refused
	Log         []string `json:"log"`         // "200 GET /repos/acme/app/pulls", the newest last
}

// Limits are those of GitHub when they are zero.
type Limits struct {
	Hour       int // primary, a user: 5,000
	Points     int // secondary, a minute: 900
	Content    int // content made, a minute: 80
	Concurrent int // 100
}

func (l Limits) withDefaults() Limits {
	set := func(n *int, v int) {
		if *n == 0 {
			*n = v
		}
	}
	set(&l.Hour, 5000)
	set(&l.Points, 900)
	set(&l.Content, 80)
	set(&l.Concurrent, 100)
	return l
}

// meter counts what is asked.
type meter struct {
	counts  Counts
	limits  Limits
	users   map[string]*usage
	running int
}

// usage is what one user has used.
type usage struct {
	since   time.Time // the hour began
	used    int
	minute  []spent
	content []time.Time
}

type spent struct {
	at     time.Time
	points int
}

func newMeter() meter { return meter{users: map[string]*usage{}, limits: Limits{}.withDefaults()} }

// Counts is what was asked so far.
func (f *Forge) Counts() Counts {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.meter.counts
	c.Log = slices.Clone(c.Log)
	return c
}

// Forget begins the counts anew.
func (f *Forge) Forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.meter.counts = Counts{}
}

// Limit sets the limits, and begins to count against them anew.
func (f *Forge) Limit(l Limits) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.meter.limits, f.meter.users = l.withDefaults(), map[string]*usage{}
}

func (c *call) usage() *usage {
	u := c.meter.users[c.token.Login]
	if u == nil {
		u = &usage{since: c.now}
		c.meter.users[c.token.Login] = u
	}
	if c.now.Sub(u.since) >= time.Hour {
		u.since, u.used = c.now, 0
	}
	old := func(at time.Time) bool { return c.now.Sub(at) >= time.Minute }
	u.minute = slices.DeleteFunc(u.minute, func(s spent) bool { return old(s.at) })
	u.content = slices.DeleteFunc(u.content, old)
	return u
}

func (c *call) hourly() int {
	if c.who.Login == actionsBot && c.meter.limits.Hour == 5000 {
		return 1000
	}
	return c.meter.limits.Hour
}

// cost is what a call costs of the secondary limit.
func (c *call) cost() int {
	if c.r.Method == http.MethodGet || c.r.Method == http.MethodHead {
		return 1
	}
	return 5
}

// limited counts a call, and refuses it when a limit is reached.
func (c *call) limited() reply {
	u, m := c.usage(), &c.meter
	if r := c.secondary(u, m); r.status != 0 {
		return r
	}
	if c.free() {
		return reply{}
	}
	if u.used >= c.hourly() || c.strike("primary-limit") {
		u.used = max(u.used, c.hourly())
		status := http.StatusForbidden
		if c.has("limits-429") {
			status = http.StatusTooManyRequests
		}
		return refuse(status, "API rate limit exceeded for user ID %d.", c.userID(c.token.Login))
	}
	u.used++
	m.counts.Primary++
	return reply{}
}

func (c *call) secondary(u *usage, m *meter) reply {
	points := 0
	for _, s := range u.minute {
		points += s.points
	}
	makes := c.r.Method == http.MethodPost && !c.isPage()
	over := points+c.cost() > m.limits.Points || makes && len(u.content) >= m.limits.Content || m.running > m.limits.Concurrent
	if c.strike("secondary-limit") || over {
		return c.tooFast()
	}
	u.minute = append(u.minute, spent{c.now, c.cost()})
	m.counts.Points += c.cost()
	if makes {
		u.content = append(u.content, c.now)
	}
	return reply{}
}

// tooFast is the secondary limit in one of the forms that GitHub has for it.
func (c *call) tooFast() reply {
	status := http.StatusForbidden
	if c.has("limits-429") {
		status = http.StatusTooManyRequests
	}
	r := refuse(status, "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.")
	r.body.(object)["documentation_url"] = "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"
	if c.has("limits-undocumented") {
		delete(r.body.(object), "documentation_url")
	}
	if !c.has("limits-untimed") {
		r = r.with("Retry-After", "60")
	}
	return r
}

// free are the calls that cost nothing of the hourly limit.
func (c *call) free() bool {
	return c.r.URL.Path == "/rate_limit" || c.isPage() || c.has("ghes")
}

// unchanged answers 304 to who has this answer already, by an ETag that is bound
// to the token, and gives the point back.
func (c *call) unchanged(r reply) reply {
	if c.r.Method != http.MethodGet || r.status != http.StatusOK || r.body == nil {
		return r
	}
	sum := sha256.Sum256(append([]byte(c.token.Text+"\n"+c.r.Header.Get("Accept")+"\n"+r.header.Get("Link")+"\n"), r.bytes()...))
	tag := `W/"` + hex.EncodeToString(sum[:]) + `"`
	r = r.with("ETag", tag).with("Cache-Control", "private, max-age=60, s-maxage=60").with("Vary", "Accept, Authorization, Cookie, X-GitHub-OTP")
	if c.r.Header.Get("If-None-Match") != tag {
		return r
	}
	c.meter.counts.NotModified++
	if !c.free() && c.token.Login != "" {
		c.usage().used--
		c.meter.counts.Primary--
	}
	r.status, r.body = http.StatusNotModified, nil
	return r
}

// keep is how much of the log is kept.
const keep = 2000

// meterHeaders writes what is left of the hourly limit, and counts the call.
func (c *call) meterHeaders(r *reply) {
	n := &c.meter.counts
	n.Calls++
	if c.cost() == 1 {
		n.Reads++
	} else {
		n.Writes++
	}
	n.Log = append(n.Log, strconv.Itoa(r.status)+" "+c.r.Method+" "+c.r.URL.Path)
	n.Log = n.Log[max(0, len(n.Log)-keep):]
	if c.has("ghes") {
		return
	}
	u := c.usage()
	*r = r.with("X-RateLimit-Limit", strconv.Itoa(c.hourly())).
		with("X-RateLimit-Remaining", strconv.Itoa(max(0, c.hourly()-u.used))).
		with("X-RateLimit-Used", strconv.Itoa(u.used)).
		with("X-RateLimit-Reset", strconv.FormatInt(u.since.Add(time.Hour).Unix(), 10)).
		with("X-RateLimit-Resource", "core")
}

func (c *call) rateLimit() reply {
	if c.has("ghes") {
		return refuse(http.StatusNotFound, "Rate limiting is not enabled.")
	}
	u := c.usage()
	core := object{"limit": c.hourly(), "remaining": max(0, c.hourly()-u.used), "used": u.used, "reset": u.since.Add(time.Hour).Unix()}
	search := object{"limit": 30, "remaining": 30, "used": 0, "reset": c.now.Add(time.Minute).Unix()}
	return ok(object{"resources": object{"core": core, "search": search}, "rate": core})
}
