#!/bin/sh
# SPDX-License-Identifier: MIT
# smoke.sh BUILD_FOLDER - does glassine-bench work? Runs nearly all its cases once, with as
# few files as they can have, and looks at what it writes. Asserts no time.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
for program in python3 time; do
    if ! [ -x "$(command -v "$program")" ] && ! [ -x "/usr/bin/$program" ]; then
        echo "smoke.sh: skipped, there is no $program"
        exit 77
    fi
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/docs"
for document in README.md docs/performance.md; do
    printf 'before\n<!-- glassine-bench -->\nold\n<!-- end -->\nbehind\n' > "$work/$document"
done
"$here/glassine-bench" --build "$1" --dir "$work" --turns 1 --scale 0.002 \
    --json "$work/json" --publish "$work" \
    small equal xmp duplicates takeout reimport verify generate-db show update library-size files
for document in README.md docs/performance.md; do
    [ "$(head -n 1 "$work/$document")" = before ]
    [ "$(tail -n 1 "$work/$document")" = behind ]
    [ "$(grep -c '^old$' "$work/$document")" = 0 ]
done
[ "$(grep -cE '^\| [^|]+ \| [0-9.]+ s \| \*\*[0-9.]+\*\* \| ([a-z][^|]* [0-9.]+)? *\|$' "$work/README.md")" = 10 ]
for contestant in 'glassine import' 'glassine verify' 'glassine generate-db' \
    'glassine show --json' 'glassine update' 'library of 2,000'; do
    grep -qE "^\\| $contestant \\| [0-9.]+ \\| [0-9.]+ \\*\\*[0-9.]+\\*\\* [0-9.]+ \\| [0-9]+ \\|\$" \
        "$work/docs/performance.md"
    grep -q "\"contestant\": \"$contestant\"" "$work/json"
done
