package intent

import "testing"

const oneShop = `apiVersion: shopset.dev/v1alpha1
kind: Shop
metadata:
  name: hana
spec:
  displayName: はな
  hosts:
    - hana.example.jp
    - www.hana.example.jp
  shopset: s-201
  plan: small
`

func BenchmarkDecodeShop(b *testing.B) {
	path := Path("Shop", "hana")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(path, []byte(oneShop)); err != nil {
			b.Fatal(err)
		}
	}
}
