# Everything a stranger needs: make run, make test, make build. Needs Go, Node with npm, make and git; nothing else.
.DEFAULT_GOAL := help
.PHONY: help check-tools setup build run test bench clean shots

NODE_STAMP := node_modules/.package-lock.json
ASSETS := internal/web/assets/dist/manifest.json
ASSET_SOURCES := $(wildcard internal/web/assets/src/*) $(wildcard tools/assets/*.go)

help: ## what can be made
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*##/\t/'

check-tools:
	@command -v go >/dev/null || { echo "Go is missing: install Go 1.26 or later from https://go.dev/dl/ and run make again."; exit 1; }
	@command -v npm >/dev/null || { echo "Node with npm is missing: install Node 20 or later from https://nodejs.org/ and run make again."; exit 1; }
	@node -e 'process.exit(parseInt(process.versions.node) >= 18 ? 0 : 1)' || { echo "Node is too old: install Node 20 or later and run make again."; exit 1; }

setup: check-tools $(ASSETS) ## fetch the libraries, bundle styles and scripts
	go mod download

$(NODE_STAMP): package.json package-lock.json .npmrc
	npm ci --ignore-scripts
	@touch $@

$(ASSETS): $(NODE_STAMP) $(ASSET_SOURCES)
	go run ./tools/assets

build: setup ## the binary, bin/lianxin
	CGO_ENABLED=0 go build -trimpath -o bin/lianxin ./cmd/lianxin

run: build ## the demonstration city on http://127.0.0.1:8080
	bin/lianxin demo

# The race detector needs a C compiler. Where there is none those tests still run, without it.
RACED := $(wildcard ./internal/web ./internal/store ./internal/backup ./internal/files ./internal/event ./internal/identity ./internal/job ./internal/deliver ./internal/notice)

test: setup ## all tests; PostgreSQL, Chromium and LibreOffice are used where they are
	go vet ./...
	go test -timeout 45m ./...
	@if command -v gcc >/dev/null; then \
		CGO_ENABLED=1 go test -race -short -timeout 45m $(RACED); \
	else \
		echo "SKIPPED, NOT TESTED FOR RACES: no gcc, which the race detector needs"; \
	fi

CASES ?= 1000
bench: build ## the closed loop over HTTP with 1, 4 and 16 clients, and lists and boards with 100,000 suggestions; CASES=100000 for a full store, ENGINE=--database=postgres://… for PostgreSQL
	@for n in 1 4 16; do bin/lianxin bench --clients $$n --loops 300 --cases $(CASES) $(ENGINE); done
	go test ./cmd/lianxin -run '^$$' -bench SuggestionPages -benchtime 100x -timeout 45m

shots: setup ## pictures of every page the browser tests see, and every kind of paper, in ./shots
	LIANXIN_SHOTS=$(CURDIR)/shots go test -count=1 -timeout 45m ./internal/web/... ./internal/render/... ./cmd/...

clean: ## remove what was built
	rm -rf bin shots node_modules
	find internal/web/assets/dist -type f ! -name .gitkeep -delete
