#!/bin/sh
# SPDX-License-Identifier: MIT
# walk.sh - the walk of one JPEG in ARCHITECTURE.md is true: every function stands in
# the file that is named, and there are fewer than 25 files. Run at the root of the
# repository.
set -eu
bad=0
# shellcheck disable=SC2016 # the backquotes are markup
rows=$(sed -nE 's/^\|.*\| `([a-z_]+)` \| `(src\/[a-z_\/]+\.c)` \|$/\1 \2/p' ARCHITECTURE.md)
count=$(printf '%s\n' "$rows" | cut -d ' ' -f 2 | sort -u | wc -l)
if [ "$count" -le 10 ] || [ "$count" -ge 25 ]; then
    echo "walk.sh: $count files"
    bad=1
fi
while read -r function file; do
    grep -qE "^[a-z].*\<$function\(" "$file" 2>/dev/null ||
        { echo "walk.sh: $function does not stand in $file"; bad=1; }
done <<ROWS
$rows
ROWS
exit $bad
