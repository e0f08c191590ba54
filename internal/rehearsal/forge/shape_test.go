package forge

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// described reads GitHub's own description, cut to our paths. Names that have
// slashes in them get patterns, so that they route.
var described = sync.OnceValues(func() (*openapi3.T, error) {
	z, err := os.Open("testdata/openapi/github.json.gz")
	if err != nil {
		return nil, err
	}
	defer z.Close()
	plain, err := gzip.NewReader(z)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(plain)
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		return nil, err
	}
	paths := openapi3.NewPaths()
	for path, item := range doc.Paths.Map() {
		paths.Set(routed(path), item)
	}
	doc.Paths = paths
	return doc, nil
})

// routed is a path whose names may have slashes. A ref before a further step
// would swallow the shas of other paths: it has them below heads and tags only.
func routed(path string) string {
	if strings.HasSuffix(path, "/commits/{ref}") {
		return strings.Replace(path, "{ref}", "{ref:(?:heads|tags)/.+|[^/]+}", 1)
	}
	return regexp.MustCompile(`\{(ref|branch|basehead)\}`).ReplaceAllString(path, "{$1:.+}")
}

// router finds the operations of the description for a server.
func router(server string) (routers.Router, error) {
	doc, err := described()
	if err != nil {
		return nil, err
	}
	own := *doc
	own.Servers = openapi3.Servers{{URL: server + "/api/v3"}, {URL: server}}
	return gorillamux.NewRouter(&own)
}

// undescribed are the paths that GitHub's description does not have, beside the
// pages for people.
var undescribed = []string{"/api/graphql", "/graphql", "/login/", "/repositories/"}

// unlisted are statuses that GitHub answers with and that its description
// leaves out; the body must still say why.
var unlisted = []int{301, 307, 401, 403, 404, 405, 406, 409, 422, 429, 500, 502, 503}

// validated serves a handler and holds every request and every response against
// GitHub's description.
type validated struct {
	handler http.Handler
	report  func(format string, args ...any)
	router  routers.Router

	mu   sync.Mutex
	seen map[string]bool // operations that passed
}

func (v *validated) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	v.handler.ServeHTTP(answer, r)
	r.Body = io.NopCloser(bytes.NewReader(body))
	if err := v.check(r, answer); err != nil {
		v.report("%s %s -> %d is not as GitHub describes it:\n%v\n%s", r.Method, r.URL, answer.Code, err, answer.Body)
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

func (v *validated) check(r *http.Request, answer *httptest.ResponseRecorder) error {
	if page := strings.HasPrefix(r.URL.Path, "/acme/"); page || slices.ContainsFunc(undescribed, func(p string) bool { return strings.Contains(r.URL.Path, p) }) {
		return nil
	}
	if !strings.HasPrefix(answer.Header().Get("Content-Type"), "application/json") && answer.Code >= 500 {
		return nil // a gateway's page
	}
	asked := r.Clone(context.Background())
	asked.URL.Scheme, asked.URL.Host = "http", r.Host
	if answer.Code == http.StatusNotAcceptable {
		return says(answer.Body.Bytes()) // not the API's address
	}
	route, names, err := v.router.FindRoute(asked)
	if err != nil {
		if answer.Code == http.StatusNotFound {
			return nil // neither of the two knows it
		}
		return fmt.Errorf("no route: %w", err)
	}
	options := &openapi3filter.Options{
		IncludeResponseStatus: true, MultiError: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
	}
	in := &openapi3filter.RequestValidationInput{Request: asked, PathParams: names, Route: route, Options: options}
	asked.Body = r.Body
	if answer.Code < 400 {
		if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil {
			return fmt.Errorf("the request: %w", err)
		}
	}
	v.mu.Lock()
	v.seen[r.Method+" "+route.Path] = true
	v.mu.Unlock()
	if answer.Code == http.StatusNotModified {
		return nil
	}
	if slices.Contains(unlisted, answer.Code) && (route.Operation.Responses.Status(answer.Code) == nil || answer.Code >= 400) {
		return says(answer.Body.Bytes())
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: answer.Code, Header: answer.Header(), Options: options}
	out.SetBodyBytes(answer.Body.Bytes())
	return openapi3filter.ValidateResponse(context.Background(), out)
}

func says(body []byte) error {
	var said struct{ Message *string }
	if err := json.Unmarshal(body, &said); err != nil {
		return err
	}
	if said.Message == nil || *said.Message == "" {
		return fmt.Errorf("no message")
	}
	return nil
}

// operations are those of our routes, as the description names them.
func operations() []string {
	names := strings.NewReplacer("pulls/{number}", "pulls/{pull_number}", "issues/{number}", "issues/{issue_number}", "rulesets/{id}", "rulesets/{ruleset_id}",
		"{basehead...}", "{basehead}", "{branch...}", "{branch}", "{ref...}", "{ref}")
	more := map[string][]string{
		"GET /repos/{owner}/{repo}/commits/{rest...}":  {"{ref}", "{ref}/status", "{ref}/statuses", "{ref}/check-runs", "{commit_sha}/pulls"},
		"GET /repos/{owner}/{repo}/branches/{rest...}": {"{branch}", "{branch}/protection"},
	}
	var all []string
	for _, row := range table() {
		rests, many := more[row.pattern]
		if !many {
			rests = []string{""}
		}
		for _, rest := range rests {
			method, path, _ := strings.Cut(strings.TrimSuffix(names.Replace(row.pattern), "{rest...}"), " ")
			if !slices.ContainsFunc(undescribed, func(p string) bool { return strings.HasPrefix(path+"/", p) || strings.HasPrefix("/api"+path, p) }) {
				all = append(all, method+" "+routed(path+rest))
			}
		}
	}
	return all
}
