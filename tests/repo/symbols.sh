#!/bin/sh
# SPDX-License-Identifier: MIT
# symbols.sh LIBRARY HEADER - the shared library exports exactly the functions
# that the public header declares.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
nm -D --defined-only "$1" | awk '$2 ~ /^[TDBRVWi]$/ { sub("@.*", "", $3); print $3 }' |
    sort -u >"$work/library"
# A declaration may go over several lines: its name is what stands before "(".
tr '\n' ' ' <"$2" | grep -oE 'GLS_API [^;(]*\(' | grep -oE 'gls_[a-z0-9_]+ *\($' | tr -d ' (' |
    sort -u >"$work/header"
[ -s "$work/header" ] || { echo "symbols.sh: found no function in $2" >&2; exit 1; }
if ! diff "$work/header" "$work/library" >"$work/difference"; then
    echo 'symbols.sh: header (<) and library (>) differ:'
    cat "$work/difference"
    exit 1
fi
echo "symbols.sh: $(wc -l <"$work/header") functions"
