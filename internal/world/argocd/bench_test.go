package argocd

import (
	"fmt"
	"strings"
	"testing"
)

// benchRow is an Application as a list of Rows has it.
func benchRow(i int) string {
	return fmt.Sprintf(`{"metadata":{"labels":{"shopset.dev/cluster":"tokyo-a","shopset.dev/kind":"shopset","shopset.dev/shopset":"s-%d","shopset.dev/system":"prod","shopset.dev/tier":"tier-%d"},"name":"prod-s-%d","namespace":"argocd"},"status":{"health":{"status":"Healthy","lastTransitionTime":"2026-11-20T10:42:00Z"},"operationState":{"finishedAt":"2026-11-20T10:41:00Z","phase":"Succeeded","startedAt":"2026-11-20T10:40:00Z"},"sync":{"status":"Synced"}}}`, i, i%3, i)
}

func BenchmarkDecodeList(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		rows := make([]string, n)
		for i := range rows {
			rows[i] = benchRow(i)
		}
		body := `{"items":[` + strings.Join(rows, ",") + `],"metadata":{"resourceVersion":"1"}}`
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				seen := 0
				_, err := decodeList(strings.NewReader(body), true, func(Application) error { seen++; return nil })
				if err != nil || seen != n {
					b.Fatal(seen, err)
				}
			}
		})
	}
}
