// Only for the definitions of the Gateway API, config/crd/standard: nothing here is compiled.
module github.com/shopctl/shopctl/e2e/gateway

go 1.24.0

require sigs.k8s.io/gateway-api v1.2.1
