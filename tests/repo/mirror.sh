#!/bin/sh
# SPDX-License-Identifier: MIT
# mirror.sh - each source of the engine has a unit test of its name, or stands in the table
# of tests/README.md with what covers it; and whatever the table names is there.
set -eu
bad=0

complain() {
    echo "mirror.sh: $*"
    bad=1
}

# shellcheck disable=SC2016 # backquotes of Markdown
rows=$(grep -E '^\| `[a-z_/]+\.c`' tests/README.md)
sources=$(printf '%s\n' "$rows" | cut -d'|' -f2 | tr -d '`')
tests=$(printf '%s\n' "$rows" | cut -d'|' -f3 | tr -d '`')

for source in $sources; do
    [ -f "src/engine/$source" ] || complain "tests/README.md names src/engine/$source, which is not there"
done
for test in $tests; do
    [ -f "tests/$test" ] || complain "tests/README.md names tests/$test, which is not there"
done
for path in $(find src/engine -name '*.c' | LC_ALL=C sort); do
    name=$(basename "$path" .c)
    [ ! -f "tests/unit/test_$name.c" ] || continue
    printf '%s\n' "$sources" | tr ' ' '\n' | grep -qx "${path#src/engine/}" ||
        complain "$path has no tests/unit/test_$name.c and stands in no row of tests/README.md"
done
exit $bad
