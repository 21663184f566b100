#!/usr/bin/env bash
# Runs the checks, all of them even when one fails, and fails if one did.
#
#   tools/test.sh          everything
#   tools/test.sh lint     only what does not run the code
#
# `make test` and `make lint` set up what this needs: CARGO, GO, and Go's
# environment.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
what=${1:-all}
cargo=${CARGO:-cargo}
go=${GO:?is set by the Makefile}
gofmt=$(dirname "$go")/gofmt
failed=()

# step TITLE COMMAND...: runs one check and shows all of its output.
step() {
    local title=$1 status started=$SECONDS
    shift
    printf '\n==> %s\n' "$title"
    (
        set -e
        "$@"
    )
    status=$?
    if [ $status -eq 0 ]; then
        printf '    %s: ok, %d s\n' "$title" $((SECONDS - started))
    else
        printf '    %s: FAILED with exit status %d\n' "$title" $status
        failed+=("$title")
    fi
}

web() { cd web && npm run --silent "$@"; }

# Builds the viewer anew and compares with the bundle that is there.
bundle_is_current() {
    local before
    before=$(mktemp -d)
    # Expanded now: the variable is gone when the trap runs.
    trap "rm -rf '$before'" EXIT
    cp -R web/dist "$before/dist"
    (web build)
    diff -rq "$before/dist" web/dist
    # Where this is a git checkout, what is built must be what is committed.
    if git rev-parse --verify --quiet HEAD >/dev/null; then
        git diff --stat --exit-code -- web/dist
        local untracked
        untracked=$(git ls-files --others --exclude-standard -- web/dist)
        [ -z "$untracked" ] || {
            printf 'not committed:\n%s\n' "$untracked"
            exit 1
        }
    fi
}

# The runner is content with an empty folder; this is not.
browser_tests() {
    local log
    log=$(mktemp)
    trap "rm -f '$log'" EXIT
    CHROMIUM=$(tools/setup.sh browser-path)
    # Pictures come from the real program; `cargo test` has built it, unless something of it failed.
    "$cargo" build --quiet -p firesteel-cli
    FIRESTEEL_BIN=$(realpath "${CARGO_TARGET_DIR:-target}/debug/firesteel")
    export CHROMIUM FIRESTEEL_BIN
    (web e2e) | tee "$log"
    grep -qE '^(#|ℹ) tests [1-9]' "$log" || {
        echo 'no browser test was found'
        exit 1
    }
}

go_format() {
    local unformatted
    unformatted=$("$gofmt" -l examples/go)
    [ -z "$unformatted" ] || {
        printf 'gofmt would change:\n%s\n' "$unformatted"
        exit 1
    }
}

in_examples() { cd examples/go && "$@"; }

documentation() { RUSTDOCFLAGS='-D warnings' "$cargo" doc --workspace --no-deps; }

licences() {
    if "$cargo" deny --version >/dev/null 2>&1; then
        "$cargo" deny check
    else
        echo 'cargo-deny is not installed; licences and advisories are not checked'
    fi
}

step 'Rust: format' "$cargo" fmt --all --check
step 'Rust: clippy' "$cargo" clippy --workspace --all-targets -- -D warnings
[ "$what" = lint ] || step 'Rust: tests' "$cargo" test --workspace
step 'Rust: documentation' documentation
step 'Rust: licences' licences
step 'Web: types' web check
if [ "$what" != lint ]; then
    step 'Web: tests' web test
    step 'Web: bundle' bundle_is_current
    step 'Web: browser tests' browser_tests
fi
step 'Go: format' go_format
step 'Go: vet' in_examples "$go" vet ./...
[ "$what" = lint ] || step 'Go: tests' in_examples "$go" test ./...

echo
if [ ${#failed[@]} -gt 0 ]; then
    printf 'FAILED: %s\n' "${failed[@]}"
    exit 1
fi
printf 'All checks passed in %d s.\n' "$SECONDS"
