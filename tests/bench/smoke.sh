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
printf 'before\n<!-- glassine-bench -->\nold\n<!-- end -->\nbehind\n' > "$work/readme"
"$here/glassine-bench" --build "$1" --dir "$work" --turns 1 --scale 0.002 \
    --json "$work/json" --readme "$work/readme" \
    small equal xmp duplicates takeout reimport verify generate-db show update library-size
[ "$(head -n 1 "$work/readme")" = before ]
[ "$(tail -n 1 "$work/readme")" = behind ]
[ "$(grep -c '^old$' "$work/readme")" = 0 ]
for contestant in 'glassine import' 'glassine verify' 'glassine generate-db' \
    'glassine show --json' 'glassine update' 'library of 2,000'; do
    grep -qE "^\\| $contestant \\| [0-9.]+ \\| [0-9.]+ \\*\\*[0-9.]+\\*\\* [0-9.]+ \\| [0-9]+ \\|\$" "$work/readme"
    grep -q "\"contestant\": \"$contestant\"" "$work/json"
done
