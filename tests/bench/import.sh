#!/bin/bash
# SPDX-License-Identifier: MIT
# import.sh [BUILD_FOLDER] [ROUNDS] - what an import costs beside the least that it
# must do (one_pass.c), on photos that it makes: 500 of 3.5 MB, 2,000 of 100 KB, and
# 500 of 3.5 MB that are all of one size, as uncompressed RAW files are: any of these
# may be a duplicate of another, so they are hashed before they are copied.
# Build one_pass first (ninja -C build one_pass). Prints seconds; compare them within
# one run only. Needs 8 GB in TMPDIR.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${1:-$here/../../build}" && pwd)
rounds=${2:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fixture="$here/../../fixtures/formats/photo.jpeg"

make_photos() { # FOLDER COUNT BYTES STEP: each is STEP bytes larger than the one before
    mkdir "$work/$1"
    for i in $(seq "$2"); do
        date=$(printf '2016:%02d:%02d %02d:%02d:%02d' $((i % 12 + 1)) $((i % 28 + 1)) $((i % 24)) $((i % 60)) $((i / 7 % 60)))
        { LC_ALL=C sed "s/2016:05:02 08:02:12/$date/" "$fixture"; head -c $(($3 + i * $4)) /dev/urandom; } > "$work/$1/IMG_$i.JPG"
    done
}

seconds() { # LABEL COMMAND...
    local label=$1
    shift
    sync
    /usr/bin/env time -f "%e s  %M kB  $label" "$@"
}

make_photos large 500 3500000 7
make_photos small 2000 100000 7
make_photos equal 500 3500000 0
cat "$work"/*/* > /dev/null
for _ in $(seq "$rounds"); do
    for set in large small equal; do
        rm -rf "$work/out"
        mkdir "$work/out"
        seconds "one pass, $set" "$build/one_pass" "$work/out" "$work/$set"/*
        for how in none embed; do
            for jobs in 1 2; do
                rm -rf "$work/out"
                seconds "import -j $jobs, $set, write $how" "$build/glassine" import -q --write-metadata "$how" -j "$jobs" -d "$work/out" "$work/$set"
            done
        done
        [ "$set" = small ] || seconds "verify, $set" "$build/glassine" verify -q --library "$work/out"
    done
done
