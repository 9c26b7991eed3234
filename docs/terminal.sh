#!/bin/sh
# SPDX-License-Identifier: MIT
# terminal.sh GLASSINE SAMPLE - the README's picture: runs the commands in a terminal (of
# script(1)) and writes what it shows as SVG. What differs from run to run is left out:
# the progress, and how long it took.
set -eu
glassine=$1 sample=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$sample" "$work/card"
cd "$work"
export TZ=UTC LC_ALL=C.UTF-8 HOME="$work" XDG_CONFIG_HOME="$work"

run() {
    printf '$ glassine %s\n' "$*"
    script -qec "'$glassine' $*" /dev/null </dev/null | tr -d '\r' | sed 's/.*\x1b\[K//' |
        grep -vE ' in [0-9.]+ s' | sed "s|$work/||g"
}

{
    run import -d library --dry-run card
    run import -d library card
    run show library/2023-06-Jun/Paris/2023-06-10_09-12-31-img_0001.jpg
    run verify --library library
} | sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g' | awk '
    { lines[NR] = $0 }
    END {
        step = 19
        print "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1040\" height=\"" NR * step + 30 "\">"
        print "<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#1e2227\"/>"
        print "<g font-family=\"monospace\" font-size=\"14\" fill=\"#d7dae0\" xml:space=\"preserve\">"
        for (i = 1; i <= NR; i++)
            printf "<text x=\"16\" y=\"%d\"%s>%s</text>\n", 12 + i * step,
                lines[i] ~ /^\$/ ? " fill=\"#8fd18f\"" : "", lines[i]
        print "</g>"
        print "</svg>"
    }'
