package forge

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

type object = map[string]any

// reply is an answer before it is sent.
type reply struct {
	status int
	body   any // nil: none
	header http.Header
	text   string // instead of a body: a page
}

func ok(body any) reply      { return reply{status: http.StatusOK, body: body} }
func created(body any) reply { return reply{status: http.StatusCreated, body: body} }

const documentation = "https://docs.github.com/rest"

// refuse answers with a message, as GitHub words it.
func refuse(status int, format string, args ...any) reply {
	return reply{status: status, body: object{
		"message": fmt.Sprintf(format, args...), "documentation_url": documentation, "status": strconv.Itoa(status),
	}}
}

// invalid answers 422 with errors.
func invalid(errors ...object) reply {
	r := refuse(http.StatusUnprocessableEntity, "Validation Failed")
	r.body.(object)["errors"] = errors
	return r
}

func custom(resource, format string, args ...any) object {
	return object{"resource": resource, "code": "custom", "message": fmt.Sprintf(format, args...)}
}

func notFound() reply { return refuse(http.StatusNotFound, "Not Found") }

// with adds a header to an answer.
func (r reply) with(name, value string) reply {
	if r.header == nil {
		r.header = http.Header{}
	}
	r.header.Set(name, value)
	return r
}

// page cuts a list to what was asked for: 30 of it, unless per_page says
// otherwise, and at most 100.
func page[T any](c *call, all []T) ([]T, reply) {
	q := c.r.URL.Query()
	size, number := 30, 1
	if n, err := strconv.Atoi(q.Get("per_page")); err == nil && n > 0 {
		size = min(n, 100)
	}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 0 {
		number = n
	}
	from, to := min((number-1)*size, len(all)), min(number*size, len(all))
	last := max((len(all)+size-1)/size, 1)
	var links []string
	link := func(n int, rel string) { links = append(links, fmt.Sprintf("<%s>; rel=%q", c.pageURL(q, n), rel)) }
	if number > 1 {
		link(number-1, "prev")
	}
	if number < last {
		link(number+1, "next")
		link(last, "last")
	}
	if number > 1 {
		link(1, "first")
	}
	r := reply{status: http.StatusOK}
	if len(links) > 0 {
		r = r.with("Link", strings.Join(links, ", "))
	}
	return all[from:to:to], r
}

func (c *call) pageURL(q url.Values, n int) string {
	q.Set("page", strconv.Itoa(n))
	return c.api() + c.r.URL.EscapedPath() + "?" + q.Encode()
}

// list answers with a page of a list, each item in its JSON shape.
func list[T any](c *call, all []T, shape func(T) object) reply {
	some, r := page(c, all)
	items := make([]object, 0, len(some))
	for _, one := range some {
		items = append(items, shape(one))
	}
	r.body = items
	return r
}
