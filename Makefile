# make help lists what there is.
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
.DEFAULT_GOAL := help

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo development)
STATICCHECK := go tool -modfile=tools/go.mod staticcheck
FUZZTIME ?= 30s
PORTS ?=
# Packages whose tests take longest, to begin with them.
LONG = ./cmd/sallyport ./store ./web ./gateway

.PHONY: help build demo test check fmt fuzz bench clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build build/sallyport
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o build/sallyport ./cmd/sallyport

demo: build ## try it: the service, a test identity provider and applications, on this machine only
	@build/sallyport demo $(PORTS)

test: ## run every test, after installing what the suites need (as root on Debian)
	@.ci/install
	@go build -C tools -o ../build/testreport ./testreport
	@go test $$(command -v gcc >/dev/null && echo -race) -timeout 15m -json $(LONG) ./... | build/testreport

check: ## what needs no running: format, vet, staticcheck, modules, architecture
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$unformatted" ]; then echo "gofmt would change:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	$(STATICCHECK) ./...
	go mod tidy -diff
	go mod verify
	go test -count=1 ./internal/archtest
	go -C tools test ./testreport

fmt: ## format every Go file
	gofmt -w $$(git ls-files '*.go')

fuzz: ## run every fuzz target, each for FUZZTIME
	@set -e; go list ./... | while read -r package; do \
	  for target in $$(go test -list '^Fuzz' "$$package" | grep '^Fuzz' || true); do \
	    echo "$$package $$target"; \
	    go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$package"; \
	  done; \
	done

bench: ## measure
	go test -run '^$$' -bench . -benchmem ./...

clean: ## remove what was built
	rm -rf build
