# What there is to do; `make help` lists it. Nothing here touches the user's own Go, Python or PATH:
# toolchains live in .tools/, and everything that is built in an ignored folder.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

GO_VERSION := 1.27.3
GO_OLDER_VERSION := 1.22.10
GO_MATRIX_VERSIONS := 1.21.13 $(GO_OLDER_VERSION) 1.23.9 1.24.11 1.25.5 1.26.6 $(GO_VERSION)
# Debian's packaged release, older than those of the package index; used where it is installed.
GO_PACKAGED := $(wildcard /usr/lib/go-1.19/bin/go)

CARGO ?= cargo
TARGET_DIR := $(or $(CARGO_TARGET_DIR),target)
FUZZ ?=
FUZZ_SECONDS ?= 600
BENCH ?=

# Tests use these toolchains; those of the matrix use every one in .tools/ and the packaged one.
export GO := $(CURDIR)/.tools/go-$(GO_VERSION)/go/bin/go
export FIRESTEEL_GO := $(GO)
export FIRESTEEL_GO_OLDER := $(CURDIR)/.tools/go-$(GO_OLDER_VERSION)/go/bin/go
go_matrix := $(GO_PACKAGED) $(GO_MATRIX_VERSIONS:%=$(CURDIR)/.tools/go-%/go/bin/go)

# Go works offline, with no other toolchain than the one that is called, and leaves the user's caches and settings alone.
export GOTOOLCHAIN := local
export GOFLAGS := -mod=mod
export GOPROXY := off
export GOENV := off
export GOWORK := off
export GOCACHE := $(CURDIR)/.tools/gocache
export GOPATH := $(CURDIR)/.tools/gopath
unexport GOROOT GOOS GOARCH GOEXPERIMENT GODEBUG

export CARGO

##@ For everybody

.PHONY: help
help: ## List the targets.
	@awk -F ':.*## ' '/^##@ /{print "\n" substr($$0, 5)} /^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: require-cargo setup-go examples ## Profile the sample Go service; leaves an HTML and an SVG in demo-out/.
	$(CARGO) build --release --bin firesteel
	@mkdir -p demo-out
	$(TARGET_DIR)/release/firesteel record -d 10s -o demo-out/shop.html -o demo-out/shop.svg \
		-- examples/go/bin/shop-stripped -load 4 -duration 12s
	@test -s demo-out/shop.html && test -s demo-out/shop.svg
	@printf '\nThe flame graph of the sample service:\n  %s\n  %s\n' '$(CURDIR)/demo-out/shop.html' '$(CURDIR)/demo-out/shop.svg'
	@if [ -n "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ] && command -v xdg-open >/dev/null; then \
		xdg-open demo-out/shop.html >/dev/null 2>&1 & \
	fi

##@ For contributors

.PHONY: setup
setup: setup-go setup-older-go setup-web setup-browser ## Install what demo and test need: Go, web packages, Chromium.
	@echo 'Set-up is complete.'

.PHONY: examples
examples: setup-go ## Build the Go programs of examples/go, stripped and not.
	@tools/examples.sh "$(GO)" examples/go/bin

.PHONY: test
test: require-cargo setup examples ## Run every check, in Rust, TypeScript, the browser and Go.
	@tools/test.sh

.PHONY: lint
lint: require-cargo setup-go setup-web ## Run only the checks that do not run the code.
	@tools/test.sh lint

.PHONY: fmt
fmt: require-cargo setup-go ## Format Rust and Go.
	$(CARGO) fmt --all
	$(dir $(GO))gofmt -w examples/go

.PHONY: matrix
matrix: require-cargo ## Check symbols against every Go release from 1.19 (if packaged) to the newest.
	@tools/setup.sh go $(GO_MATRIX_VERSIONS)
	@for go in $(go_matrix); do tools/examples.sh "$$go" "examples/go/bin/$$("$$go" env GOVERSION)"; done
	@for go in $(filter-out $(GO_PACKAGED),$(go_matrix)); do \
		printf '\n==> Go tests with %s\n' "$$("$$go" env GOVERSION)"; \
		(cd examples/go && "$$go" vet ./... && "$$go" test ./...); \
	done
	@printf '\n==> Rust tests named matrix\n'
	$(CARGO) test --workspace --no-fail-fast -- --ignored --nocapture matrix | tee .tools/matrix.log
	@grep -q '^test .*matrix' .tools/matrix.log || { echo 'matrix: no Rust test has that name' >&2; exit 1; }

.PHONY: bench
bench: require-cargo examples ## Compare with the peers and write BENCHMARKS.md; BENCH= takes arguments.
	$(CARGO) run --release --package firesteel-xtask -- bench $(BENCH)

.PHONY: fuzz
fuzz: require-cargo ## Fuzz every parser for FUZZ_SECONDS (600) each; FUZZ= names some. Needs cargo-fuzz.
	@$(CARGO) fuzz --version >/dev/null 2>&1 || { \
		echo 'fuzz: cargo-fuzz is not installed' >&2; \
		echo '  hint: cargo install --locked cargo-fuzz' >&2; \
		exit 1; \
	}
	@$(CARGO) test --quiet -p firesteel-formats --test every_format -- --ignored seeds >/dev/null
	@targets='$(FUZZ)'; targets=$${targets:-$$($(CARGO) fuzz list)}; \
	for target in $$targets; do \
		printf '\n==> fuzz %s for %s s\n' "$$target" '$(FUZZ_SECONDS)'; \
		RUSTC_BOOTSTRAP=1 $(CARGO) fuzz run "$$target" -- -max_total_time=$(FUZZ_SECONDS) -timeout=20; \
	done

.PHONY: clean-tools
clean-tools: ## Remove what set-up installed and the built examples.
	rm -rf .tools web/node_modules examples/go/bin

# Parts of the set-up; each says what it does, and does nothing the second time.

.PHONY: setup-go setup-older-go setup-web setup-browser require-cargo
setup-go:
	@tools/setup.sh go $(GO_VERSION)

setup-older-go:
	@tools/setup.sh go $(GO_OLDER_VERSION)

setup-web:
	@tools/setup.sh web

setup-browser:
	@tools/setup.sh browser

require-cargo:
	@command -v $(CARGO) >/dev/null || { \
		echo 'Firesteel is written in Rust, and there is no cargo.' >&2; \
		echo '  hint: install it from https://rustup.rs; the version in rust-toolchain.toml then comes by itself' >&2; \
		exit 1; \
	}
