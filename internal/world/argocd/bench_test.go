package argocd_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/shopctl/shopctl/internal/world/argocd"
)

func BenchmarkList(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		rows := make([]string, n)
		for i := range rows {
			rows[i] = rowItem(i)
		}
		body := `{"items":[` + strings.Join(rows, ",") + `],"metadata":{"resourceVersion":"1"}}`
		memory := roundTrip(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
		})
		c, err := argocd.New(argocd.Options{URL: "https://argocd.example.com", HTTP: memory})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				seen := 0
				_, err := c.List(b.Context(), argocd.Query{}, func(argocd.Application) error { seen++; return nil })
				if err != nil || seen != n {
					b.Fatal(seen, err)
				}
			}
		})
	}
}
