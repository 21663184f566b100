#!/usr/bin/env bash
# Builds the Go programs of examples/go, each with symbols (NAME) and without
# (NAME-stripped).
#
#   tools/examples.sh GO FOLDER     GO: a go command; FOLDER: where they go
set -euo pipefail
go=$(realpath "$1")
mkdir -p "$2"
folder=$(realpath "$2")
cd "$(dirname "${BASH_SOURCE[0]}")/../examples/go"

# No C library, so that the programs are the same on every machine.
export CGO_ENABLED=0
release=$("$go" env GOVERSION)
for path in cmd/*/; do
    name=$(basename "$path")
    case $release:$name in
    go1.19*:shop | go1.20*:shop) continue ;; # uses packages that came with 1.21
    esac
    "$go" build -buildvcs=false -o "$folder/$name" "./cmd/$name"
    "$go" build -buildvcs=false -trimpath -ldflags '-s -w' -o "$folder/$name-stripped" "./cmd/$name"
done
printf 'examples: built with %s in %s\n' "$release" "$folder"
