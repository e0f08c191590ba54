package github

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestRow16NothingIsSentBeforeTheReset(t *testing.T) {
	full := false
	f := newForge(t, "", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-RateLimit-Limit", "5000")
		w.Header().Set("X-RateLimit-Reset", "1795177800") // noon + 30 min
		w.Header().Set("Date", noon.Format(http.TimeFormat))
		w.Header().Set("X-RateLimit-Remaining", "0")
		if full {
			w.WriteHeader(429)
			io.WriteString(w, saying("API rate limit exceeded"))
			return
		}
		io.WriteString(w, "[]")
	})
	// The last call that is left is a success, and the library does not know
	// that there is no other: whoever asks again is told by the forge.
	must(f.client.Reviews(t.Context(), bunko, 7))(t)
	full = true
	_, err := f.client.Reviews(t.Context(), bunko, 7)
	e := isKind(t, err, Limited)
	f.took()
	_, err = f.client.Reviews(t.Context(), bunko, 7)
	if held := isKind(t, err, Limited); !held.RetryAt.Equal(e.RetryAt) {
		t.Error("another time to try again")
	}
	f.wantAsked()
	if d, ok := Again(err, 3, f.now, 0); !ok || d != 30*time.Minute {
		t.Errorf("again after %s, %v", d, ok)
	}
	f.now, full = noon.Add(31*time.Minute), false
	must(f.client.Reviews(t.Context(), bunko, 7))(t)
	if b := f.client.Budget(); b.Calls != 3 || b.Points != 3 || b.Limit != 5000 || b.Remaining != 0 || b.Reset.IsZero() {
		t.Errorf("%+v", b)
	}
}

func TestRow15SecondaryLimitHoldsEverythingAndGrows(t *testing.T) {
	slowed := true
	f := newForge(t, "", func(w http.ResponseWriter, _ *http.Request) {
		if slowed {
			w.WriteHeader(403)
			io.WriteString(w, saying("You have exceeded a secondary rate limit."))
			return
		}
		io.WriteString(w, `{}`)
	})
	err := f.client.Comment(t.Context(), bunko, 7, "x")
	if e := isKind(t, err, Slowed); e.Uncertain {
		t.Error("a refused change counts as perhaps done")
	}
	last := time.Duration(0)
	for try := range 6 {
		d, ok := Again(err, try, f.now, 0)
		if !ok || d < time.Minute || d < last || d > time.Hour/2 {
			t.Errorf("try %d: again after %s, %v", try, d, ok)
		}
		last = d
	}
	f.took()
	isKind(t, f.client.AutoMerge(t.Context(), Pull{}, ""), Slowed)
	f.wantAsked()
	f.now, slowed = noon.Add(61*time.Second), false
	if err := f.client.Comment(t.Context(), bunko, 7, "x"); err != nil {
		t.Error(err)
	}
	if b := f.client.Budget(); b.Points != 10 {
		t.Errorf("two changes are %d points", b.Points)
	}
}

func TestRow17AnAnswerThatCannotBeUsedPasses(t *testing.T) {
	long := strings.Repeat(" ", 64)
	for name, answer := range map[string]http.HandlerFunc{
		"502 page": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(502)
			io.WriteString(w, "<html>Unicorn!</html>")
		},
		"cut": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "4096")
			w.Header().Set("ETag", `"a"`)
			io.WriteString(w, "[]")
		},
		"half a value": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("ETag", `"a"`)
			io.WriteString(w, `[{"user":`+long)
		},
		"no answer": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		f := newForge(t, "", answer)
		f.Config.ErrorLog = nil
		_, err := f.client.Reviews(t.Context(), bunko, 7)
		if e := isKind(t, err, Unavailable); !e.Passing() || e.Uncertain {
			t.Errorf("%s: %+v", name, e)
		}
		if e := isKind(t, f.client.Comment(t.Context(), bunko, 7, "x"), Unavailable); !e.Passing() || !e.Uncertain {
			t.Errorf("%s: a change without an answer is %+v", name, e)
		}
		if kept, _ := os.ReadDir(f.client.cache.dir); len(kept) != 0 {
			t.Errorf("%s: it was kept", name)
		}
	}
	_, ok := Again(errors.New("anything"), 0, noon, 0)
	if ok {
		t.Error("a foreign error is tried again")
	}
}

func TestRow26ETags(t *testing.T) {
	etag := `W/"one"`
	f := newForge(t, "", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(304)
			return
		}
		if r.URL.Query().Get("page") == "" {
			w.Header().Set("Link", `<`+f0(r)+`?per_page=100&page=2>; rel="next"`)
		}
		io.WriteString(w, `[{"user":{"login":"aoi"},"state":"APPROVED"}]`)
	})
	for round := range 3 {
		if list := must(f.client.Reviews(t.Context(), bunko, 7))(t); len(list) != 2 {
			t.Fatalf("round %d: %d reviews", round, len(list))
		}
	}
	if b := f.client.Budget(); b.Calls != 6 || b.NotModified != 4 {
		t.Errorf("%+v", b)
	}
	// Another run of the program knows them too; another token does not.
	again := f.connect(Options{API: f.URL, Cache: f.client.cache.dir})
	must(again.Reviews(t.Context(), bunko, 7))(t)
	if b := again.Budget(); b.NotModified != 2 {
		t.Errorf("another run: %+v", b)
	}
	other := f.connect(Options{API: f.URL, Cache: f.client.cache.dir, Token: tokenOf("another")})
	must(other.Reviews(t.Context(), bunko, 7))(t)
	if b := other.Budget(); b.NotModified != 0 {
		t.Errorf("another token: %+v", b)
	}
	etag = `W/"two"`
	must(f.client.Reviews(t.Context(), bunko, 7))(t)
	if b := f.client.Budget(); b.NotModified != 4 {
		t.Errorf("what changed is taken from the cache: %+v", b)
	}
	// A broken cache costs a request, no more.
	files, err := filepath.Glob(filepath.Join(f.client.cache.dir, "*"))
	if err != nil || len(files) != 4 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v %v", info.Mode(), err)
		}
		data, err := os.ReadFile(name)
		if err != nil || strings.Contains(string(data), canary) {
			t.Errorf("the token is in the cache, or %v", err)
		}
		if err := os.WriteFile(name, data[:len(data)/2], 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if list := must(f.client.Reviews(t.Context(), bunko, 7))(t); len(list) != 2 {
		t.Error("a broken cache changes the answer")
	}
}

func TestTheCacheDoesNotGrow(t *testing.T) {
	c := cache{dir: t.TempDir()}
	for i := range mostKept + 10 {
		key := fmt.Sprintf("%064d", i)
		c.store(key, entry{ETag: "x", Body: json.RawMessage(`[]`)})
		at := noon.Add(time.Duration(i) * time.Second)
		if err := os.Chtimes(c.file(key), at, at); err != nil {
			t.Fatal(err)
		}
	}
	all, err := os.ReadDir(c.dir)
	if err != nil || len(all) > mostKept {
		t.Errorf("%d are kept, %v", len(all), err)
	}
	if newest := c.load(fmt.Sprintf("%064d", mostKept+9)); newest.ETag == "" {
		t.Error("the newest is gone")
	}
	if oldest := c.load(fmt.Sprintf("%064d", 0)); oldest.ETag != "" {
		t.Error("the oldest is kept")
	}
}

func f0(r *http.Request) string { return "http://" + r.Host + r.URL.Path }

func TestRow24TheBaseAddressIsTakenAsItIs(t *testing.T) {
	f := newForge(t, "/api/v3", func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "graphql") {
			io.WriteString(w, `{"data":{}}`)
			return
		}
		io.WriteString(w, pullJSON(7, nil))
	})
	must(f.client.Pull(t.Context(), bunko, 7))(t)
	if err := f.client.Enqueue(t.Context(), Pull{}); err != nil {
		t.Fatal(err)
	}
	got := f.took()
	if got[0] != "GET /api/v3/repos/bunko/storefront/pulls/7" || !strings.HasPrefix(got[1], "POST /api/graphql ") {
		t.Errorf("asked %q", got)
	}
	page := newForge(t, "", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<html>Sign in</html>")
	})
	_, err := page.client.Pull(t.Context(), bunko, 7)
	isKind(t, err, WrongAddress)
}

func TestNewRefusesAddresses(t *testing.T) {
	for _, bad := range []string{"", "github.com", "http://github.example", "https://me:secret@github.example", "https://x/?a=b", "https://x/#y", "ftp://x", "https://", "://"} {
		_, err := New(Options{API: bad})
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, good := range []string{"https://api.github.com", "https://github.example/api/v3/", "http://127.0.0.1:80/forge", "http://[::1]:1", "http://localhost"} {
		if _, err := New(Options{API: good}); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}

func TestRow25ACutComparisonSaysSo(t *testing.T) {
	commit := `{"sha":"a","commit":{"message":"One\n\nTwo","author":{"name":"Aoi"},"committer":{"date":"2026-11-20T11:00:00Z"}}}`
	file := `{"filename":"x"}`
	for _, c := range []struct {
		commits, total, files int
		cutCommits, cutFiles  bool
	}{{2, 2, 1, false, false}, {250, 251, 1, true, false}, {1, 1, 300, false, true}} {
		body := fmt.Sprintf(`{"status":"ahead","ahead_by":%d,"total_commits":%d,"commits":[%s],"files":[%s]}`, c.total, c.total,
			strings.TrimSuffix(strings.Repeat(commit+",", c.commits), ","), strings.TrimSuffix(strings.Repeat(file+",", c.files), ","))
		f := newForge(t, "", says(200, body))
		got := must(f.client.Compare(t.Context(), bunko, "tier-1", "a/b"))(t)
		if got.CutCommits != c.cutCommits || got.CutFiles != c.cutFiles || got.Commits[0].Title != "One" || got.Commits[0].Author != "Aoi" {
			t.Errorf("%+v: %v %v %+v", c, got.CutCommits, got.CutFiles, got.Commits[0])
		}
		f.wantAsked("GET /repos/bunko/storefront/compare/tier-1...a%2Fb?per_page=250")
	}
}

func TestRow31ARenamedRepositoryIsFollowedOnItsServer(t *testing.T) {
	f := newForge(t, "", func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/repos/bunko/old"):
			status := http.StatusMovedPermanently
			if r.Method != http.MethodGet {
				status = http.StatusTemporaryRedirect
			}
			if strings.HasSuffix(r.URL.Path, "/comments") && r.Method == http.MethodPost && strings.Contains(r.URL.Path, "/8/") {
				status = http.StatusMovedPermanently
			}
			w.Header().Set("Location", "/repositories/42"+strings.TrimPrefix(r.URL.Path, "/repos/bunko/old"))
			w.WriteHeader(status)
			io.WriteString(w, saying("Moved Permanently"))
		case r.Method == http.MethodGet:
			io.WriteString(w, `{"id":42,"full_name":"bunko/new","permissions":{"push":true},"allow_squash_merge":false}`)
		default:
			io.WriteString(w, `{}`)
		}
	})
	old := Repo{"bunko", "old"}
	got := must(f.client.Repository(t.Context(), old))(t)
	if got.Repo != (Repo{"bunko", "new"}) || !got.Permissions.Push || got.AllowSquash != Off || got.AllowMergeCommit != Unset {
		t.Errorf("%+v", got)
	}
	must(f.client.Repository(t.Context(), old))(t)
	if n := strings.Count(f.log.String(), "/repos/bunko/old is at /repositories/42 now"); n != 1 {
		t.Errorf("said %d times:\n%s", n, f.log.String())
	}
	f.took()
	if err := f.client.Comment(t.Context(), old, 7, "hello"); err != nil {
		t.Fatal(err)
	}
	f.wantAsked(`POST /repos/bunko/old/issues/7/comments {"body":"hello"}`, `POST /repositories/42/issues/7/comments {"body":"hello"}`)
	// A change must not arrive as a read.
	isKind(t, f.client.Comment(t.Context(), old, 8, "hello"), Renamed)
}

// T2: the token goes to its own server and nowhere else.
func TestTheTokenStaysWithItsServer(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("asked %s with %q", r.URL, r.Header.Get("Authorization"))
	}))
	defer elsewhere.Close()
	port := elsewhere.URL[strings.LastIndex(elsewhere.URL, ":"):]
	for _, to := range []string{elsewhere.URL + "/x", "http://localhost" + port + "/x", "https://127.0.0.1" + port + "/x", "//127.0.0.1" + port + "/x"} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			f := newForge(t, "", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", to)
				w.WriteHeader(status)
			})
			_, err := f.client.Repository(t.Context(), bunko)
			isKind(t, err, WrongAddress)
			if err := f.client.Comment(t.Context(), bunko, 7, "x"); err == nil {
				t.Errorf("%d to %s is a success", status, to)
			}
		}
	}
	f := newForge(t, "", says(200, `{}`))
	must(f.client.Repository(t.Context(), bunko))(t)
	if got := f.seen[0].Get("Authorization"); got != "Bearer "+canary {
		t.Errorf("its own server got %q", got)
	}
}

// Below the rule for redirects stands another: a request to elsewhere gets none.
func TestARequestToElsewhereGetsNoToken(t *testing.T) {
	c, err := New(Options{API: "https://github.example/api/v3", Token: tokenOf(canary)})
	if err != nil {
		t.Fatal(err)
	}
	for address, gets := range map[string]bool{
		"https://github.example/x": true, "https://GITHUB.example:443/x": true, "http://github.example/x": false,
		"https://github.example:444/x": false, "https://github.example.evil/x": false, "https://x.github.example/x": false,
	} {
		r := httptest.NewRequest(http.MethodGet, address, nil)
		if _, err := c.authorise(r); err != nil || (r.Header.Get("Authorization") != "") != gets {
			t.Errorf("%s: %q, %v", address, r.Header.Get("Authorization"), err)
		}
	}
}

// The library stops calls by the real clock once it has seen that none are left.
func TestTrapTheLibraryIsToldNothingOfLimits(t *testing.T) {
	f := newForge(t, "", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-RateLimit-Limit", "60")
		w.Header().Set("X-RateLimit-Remaining", "0")
		w.Header().Set("X-RateLimit-Reset", fmt.Sprint(time.Now().Add(time.Hour).Unix()))
		io.WriteString(w, "[]")
	})
	for range 2 {
		must(f.client.Reviews(t.Context(), bunko, 7))(t)
	}
	if n := len(f.took()); n != 2 {
		t.Errorf("%d calls", n)
	}
}

func TestTheCacheIsKeyedByWhatWasAskedFor(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "https://github.example/x", nil)
	r.Header.Set("Accept", "application/json")
	first := cacheKey(NewToken("a"), r)
	if first != cacheKey(NewToken("a"), r) || first == cacheKey(NewToken("b"), r) || first == cacheKey(Token{}, r) {
		t.Error("not bound to the token")
	}
	r.Header.Set("Accept", "application/vnd.github.raw")
	if first == cacheKey(NewToken("a"), r) {
		t.Error("not bound to what is accepted")
	}
}

// T1: wherever a token is printed or encoded there are stars.
func TestATokenIsNeverSeen(t *testing.T) {
	token := NewToken(" " + canary + "\n")
	holder := struct{ T Token }{token}
	texts := []string{fmt.Sprint(token), fmt.Sprintf("%v %+v %#v %s %q %x %d", token, token, token, token, token, token, token),
		fmt.Sprintf("%v %+v %#v", holder, holder, &holder)}
	data, err := json.Marshal(holder)
	if err != nil {
		t.Fatal(err)
	}
	texts = append(texts, string(data))
	for _, status := range []int{200, 401, 403, 404, 405, 422, 429, 500} {
		f := newForge(t, "", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(status)
			io.WriteString(w, saying("no"))
		})
		_, err := f.client.Repository(t.Context(), bunko)
		texts = append(texts, fmt.Sprintf("%v %+v %#v", err, err, err), f.log.String())
		_, err = f.connect(Options{API: "http://127.0.0.1:1"}).Repository(t.Context(), bunko)
		texts = append(texts, fmt.Sprintf("%v %+v", err, err), f.log.String(), fmt.Sprintf("%+v %#v", f.client.Budget(), token))
	}
	for _, text := range texts {
		if strings.Contains(text, canary) || strings.Contains(text, canary[4:]) || strings.Contains(text, fmt.Sprintf("%x", canary)) {
			t.Errorf("seen in %q", text)
		}
	}
	if token.Reveal() != canary || !NewToken(" \n").IsZero() || NewToken("").Reveal() != "" {
		t.Error("the token itself is lost")
	}
}

func TestABrokenTokenIsNotSent(t *testing.T) {
	f := newForge(t, "", says(200, `{}`))
	for _, text := range []string{"a\nX-Evil: 1", "a b", "tokén"} {
		c := f.connect(Options{API: f.URL, Token: tokenOf(text)})
		_, err := c.Repository(t.Context(), bunko)
		isKind(t, err, Unauthorized)
	}
	f.wantAsked()
}

func TestRow14WhoWeAre(t *testing.T) {
	f := newForge(t, "", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-OAuth-Scopes", "repo, read:org")
		w.Header().Set("GitHub-Authentication-Token-Expiration", "2026-12-31 09:00:00 UTC")
		io.WriteString(w, `{"login":"ryu","type":"User"}`)
	})
	me := must(f.client.Me(t.Context()))(t)
	want := User{Login: "ryu", Token: Classic, Scopes: []string{"repo", "read:org"}, Expires: time.Date(2026, 12, 31, 9, 0, 0, 0, time.UTC)}
	if !reflect.DeepEqual(me, want) {
		t.Errorf("%+v", me)
	}
	app := newForge(t, "", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/graphql" {
			io.WriteString(w, `{"data":{"viewer":{"login":"github-actions[bot]"}}}`)
			return
		}
		w.WriteHeader(403)
		io.WriteString(w, saying("Resource not accessible by integration"))
	})
	me = must(app.connect(Options{API: app.URL, Token: tokenOf("ghs_x")}).Me(t.Context()))(t)
	if !me.IsActions() || !me.Bot || me.Token != Installation {
		t.Errorf("%+v", me)
	}
	if got := app.seen[1].Get(queryHeader); got != "" {
		t.Errorf("our mark was sent: %q", got)
	}
	for text, kind := range map[string]TokenKind{"": NoToken, "ghp_1": Classic, "github_pat_1": FineGrained, "gho_1": OAuth, "ghs_1": Installation, "ghu_1": AppUser, "x": OtherToken} {
		if got := NewToken(text).Kind(); got != kind {
			t.Errorf("%s is %s", text, got)
		}
	}
}

func TestParseRepo(t *testing.T) {
	for address, want := range map[string]string{
		"https://github.com/bunko/storefront.git": "bunko/storefront", "https://github.com/bunko/storefront": "bunko/storefront",
		"git@github.com:bunko/storefront.git": "bunko/storefront", "ssh://git@ssh.github.com:443/bunko/store.front": "bunko/store.front",
		"http://127.0.0.1:3000/git/bunko/storefront.git": "bunko/storefront", "bunko/storefront": "bunko/storefront",
		"https://github.com/bunko": "", "https://github.com/bunko/..": "", "file:///x": "", "https://github.com/-x/y": "", "": "", "https://github.com/a/b%2Fc": "",
	} {
		got, err := ParseRepo(address)
		if (err == nil) != (want != "") || err == nil && got.String() != want {
			t.Errorf("%s: %s, %v", address, got, err)
		}
	}
}

func TestAListThatNeverEnds(t *testing.T) {
	page := 0
	f := newForge(t, "", func(w http.ResponseWriter, r *http.Request) {
		page++
		w.Header().Set("Link", fmt.Sprintf(`<%s?page=%d>; rel="next"`, f0(r), page+1))
		io.WriteString(w, `[]`)
	})
	_, err := f.client.Reviews(t.Context(), bunko, 7)
	isKind(t, err, Invalid)
	circle := newForge(t, "", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", fmt.Sprintf(`<%s?page=1>; rel="next"`, f0(r)))
		io.WriteString(w, `[]`)
	})
	_, err = circle.client.Reviews(t.Context(), bunko, 7)
	isKind(t, err, Invalid)
}

// T10: whatever characters a name holds, it stays one segment of its path, and
// the address stays below the base.
func FuzzEndpoint(f *testing.F) {
	for _, s := range []string{"bunko", "a/b", "..", ".", "", "a?b", "a#b", "a%2Fb", "a\\b", "//evil.example", "a:b", "https:", " ", "タグ", "a\x00b", "\xff", "a;b", "a&b"} {
		f.Add(s, "storefront", "tier-0")
		f.Add("bunko", s, "tier-0")
		f.Add("bunko", "storefront", s)
	}
	base, err := url.Parse("https://github.example/api/v3/")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, owner, name, branch string) {
		path := []string{"repos", owner, name, "branches", branch, "protection"}
		address, err := endpoint(path, url.Values{"head": {owner + ":" + branch}})
		if err != nil {
			return
		}
		u, err := base.Parse(address)
		if err != nil {
			t.Fatalf("%q: %v", address, err)
		}
		if u.Host != base.Host || u.Scheme != "https" || u.Fragment != "" || u.User != nil {
			t.Fatalf("%q leads to %s", address, u)
		}
		segments := strings.Split(strings.TrimPrefix(u.EscapedPath(), "/api/v3/"), "/")
		if len(segments) != len(path) {
			t.Fatalf("%q has segments %q", address, segments)
		}
		for i, s := range segments {
			if got, err := url.PathUnescape(s); err != nil || got != path[i] {
				t.Fatalf("segment %d is %q, want %q (%v)", i, got, path[i], err)
			}
		}
		if got := u.Query().Get("head"); got != owner+":"+branch {
			t.Fatalf("head is %q", got)
		}
	})
}

func FuzzRetryAfter(f *testing.F) {
	for _, s := range []string{"", "0", "17", "-1", "99999999999999999999", "1e9", "Fri, 20 Nov 2026 12:00:30 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", " 5"} {
		f.Add(s, "Fri, 20 Nov 2026 12:00:00 GMT", s)
	}
	f.Fuzz(func(t *testing.T, after, date, reset string) {
		h := http.Header{"Retry-After": {after}, "Date": {date}, "X-Ratelimit-Reset": {reset}}
		if d, ok := retryAfter(h); d < 0 || d > longestAsk || !ok && d != 0 {
			t.Fatalf("%q is %s", after, d)
		}
		if d, ok := untilReset(h, noon); d < 0 || d > longestAsk || !ok && d != 0 {
			t.Fatalf("%q is %s", reset, d)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"17": 17 * time.Second, "0": 0, "Fri, 20 Nov 2026 12:00:30 GMT": 30 * time.Second, "Fri, 20 Nov 2026 11:00:00 GMT": 0,
		"999999999999": longestAsk, "-1": -1, "soon": -1, "": -1,
	} {
		got, ok := retryAfter(http.Header{"Retry-After": {text}, "Date": {"Fri, 20 Nov 2026 12:00:00 GMT"}})
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: %s %v", text, got, ok)
		}
	}
}
