package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/shopctl/shopctl/internal/settings"
	"github.com/shopctl/shopctl/internal/shop"
)

// askWithin bounds one answer of a shop's own address.
const askWithin = 5 * time.Second

// asker asks the address of a shop as a customer would: one request without
// credentials, no redirect followed. The hosts of the demo lead nowhere: there the
// door beside its Argo CD is asked.
func asker(s settings.System) func(context.Context, string) shop.Answer {
	client := &http.Client{
		Timeout:       askWithin,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return func(ctx context.Context, host string) shop.Answer {
		address := url.URL{Scheme: "https", Host: host, Path: "/"}
		if s.Demo {
			door, err := url.Parse(s.ArgoCD)
			if err != nil {
				return shop.Answer{Failure: err.Error()}
			}
			address.Scheme, address.Host = door.Scheme, door.Host
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
		if err != nil {
			return shop.Answer{Failure: err.Error()}
		}
		r.Host = host
		r.Header.Set("User-Agent", "shopctl")
		answer, err := client.Do(r)
		if err != nil {
			var name *net.DNSError
			return shop.Answer{Failure: err.Error(), Nowhere: errors.As(err, &name)}
		}
		defer func() { _ = answer.Body.Close() }()
		_, _ = io.CopyN(io.Discard, answer.Body, 64<<10) // so that the connection can be used again
		return shop.Answer{
			Status: answer.StatusCode, RetryAfter: answer.Header.Get("Retry-After"),
			LetIn: answer.StatusCode != http.StatusServiceUnavailable && answer.Header.Get("Shopset-Maintenance") != "",
		}
	}
}
