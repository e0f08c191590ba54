# Everything here needs Go, git and make; a linter is fetched once by the go
# command into bin/tools. The settings below are those of the released binary,
# so that tests and builds share one build cache.
SHELL := bash
export CGO_ENABLED := 0
GOFLAGS := -trimpath
export GOFLAGS

VERSION ?=
LDFLAGS := -s -w $(if $(VERSION),-X main.version=$(VERSION))
# Decisions 12, 16 and 19: what keeps the program under 29 MiB. Code that is run once a
# command, or waits for a network or a person, gains nothing from inlining;
# urfave's manual pages are not ours.
COLD := sigs.k8s.io/... k8s.io/... github.com/google/gnostic-models/... google.golang.org/protobuf/... \
	github.com/google/go-github/... github.com/ProtonMail/... github.com/cloudflare/... github.com/go-openapi/... github.com/urfave/... \
	github.com/go-git/gcfg/... github.com/charmbracelet/bubbletea/... github.com/itchyny/gojq/... \
	github.com/shopctl/shopctl/internal/cli github.com/shopctl/shopctl/internal/rehearsal/...
SMALL := -tags urfave_cli_no_docs $(foreach p,$(COLD),-gcflags=$(p)=-l)

LINT_VERSION := v2.15.0
LINT := bin/tools/golangci-lint-$(LINT_VERSION)

BINARY_LIMIT := 30408704
TEST_TIMEOUT ?= 600s

.DEFAULT_GOAL := help
.PHONY: help build test demo check format vet lint shape module size tidy golden screens screens-check bench contract e2e clean

help: ## show this
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## the program, as bin/shopctl
	go build $(SMALL) -ldflags '$(LDFLAGS)' -o bin/shopctl ./cmd/shopctl

test: vet ## all tests of the main module
	go test -timeout $(TEST_TIMEOUT) $$(go list ./... | grep -v /internal/crash$$)
	@# It builds the program itself, which go's test cache does not see.
	go test -count=1 -timeout $(TEST_TIMEOUT) ./internal/crash
	@command -v tmux >/dev/null || echo "make test: SKIPPED the board in a real terminal (TestTerminal of cmd/shopctl): tmux is not installed"

demo: build ## build, then play the release path in a world of its own
	bin/shopctl demo tour

check: format vet lint shape module size tidy ## everything that is not a test: format, linters, shape, modules, size
	@echo "check: passed"

format:
	@files=$$(git ls-files --cached --others --exclude-standard '*.go' | xargs gofmt -l); \
	if [ -n "$$files" ]; then echo "gofmt would change:"; echo "$$files"; exit 1; fi

vet:
	go vet ./...

lint: $(LINT)
	$(LINT) run ./...

$(LINT):
	@mkdir -p bin/tools
	GOBIN=$(CURDIR)/bin/tools go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)
	mv bin/tools/golangci-lint $@

# Import rules, linked modules and packages, docs/dependencies.md against go.mod.
shape:
	go test -count=1 -timeout 300s -v ./internal/arch | grep -E '^(---|===|ok|FAIL|panic)|figure|_test.go' | grep -v '^=== '; \
	exit $${PIPESTATUS[0]}

# `go install …@latest` refuses a module with replace or exclude.
module:
	@! go mod edit -json | grep -E '"(Replace|Exclude)": \[' || { echo "go.mod has replace or exclude: go install would refuse it"; exit 1; }

size: build
	@bytes=$$(wc -c < bin/shopctl); echo "figure binary-bytes=$$bytes limit=$(BINARY_LIMIT)"; test $$bytes -le $(BINARY_LIMIT)

tidy:
	go mod tidy -diff

golden: ## write the golden files anew; read the difference before you commit
	UPDATE=1 go test -count=1 -timeout $(TEST_TIMEOUT) ./...

screens: ## draw the pictures of docs/screens anew (needs tmux); look at them before you commit
	SCREENS=1 UPDATE=1 go test -count=1 -timeout $(TEST_TIMEOUT) -run '^TestScreens$$|^TestPages' ./cmd/shopctl

screens-check: ## whether the pictures of docs/screens show what the board shows
	@command -v tmux >/dev/null || echo "make screens-check: SKIPPED, tmux is not installed"
	SCREENS=1 go test -count=1 -timeout $(TEST_TIMEOUT) -run '^TestScreens$$|^TestPages' ./cmd/shopctl

bench: build ## the marks: start-up, size, what a promotion sends and costs
	go test -count=1 -timeout 60m -run '^$$' -bench . -benchtime 1x ./internal/bench

contract: ## our Argo CD client against Argo CD's own types and gateway (slow to build)
	cd contract && GOFLAGS= go test -timeout 20m ./...

e2e: build ## shopctl against the real Argo CD and Kubernetes (builds them once, about 12 CPU minutes)
	GOFLAGS= e2e/run

clean: ## remove what was built
	rm -rf bin dist
