#!/bin/bash
# SPDX-License-Identifier: MIT
# writing.sh [BUILD_FOLDER] [ROUNDS] - what it costs to write tags on the way: imports
# of 60 JPEG and 60 HEIC of 4 MB, and of a movie of 500 MB, with the original name
# written into the copies, beside the same with --write-metadata none, by turns.
# Prints the medians over the rounds, their ratios, and the largest memory. Needs
# ImageMagick, heif-enc and ffmpeg, and 3 GB in TMPDIR; the two kinds of import must
# share the machine with nothing else to be compared.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${1:-$here/../../build}" && pwd)
rounds=${2:-7}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# No two of one size: a size that is known makes an import read a file twice.
make_jpegs() {
    local i
    mkdir jpeg
    for i in $(seq 60); do
        { cat "$here/../../fixtures/formats/photo.jpeg"; head -c $((4000000 + 1000 * i)) /dev/urandom; } > "jpeg/IMG_$i.JPG"
    done
}

make_heics() {
    local i
    mkdir heic
    convert -size 1700x1280 xc:gray +noise Random seed.png
    heif-enc -q 100 -L -p preset=ultrafast -o seed.heic seed.png > /dev/null 2>&1
    for i in $(seq 60); do # a box of free space behind makes the sizes differ
        # shellcheck disable=SC2059 # the octal escapes are the format
        { cat seed.heic; printf "$(printf '\\x%02x' 0 0 1 "$i")free"; head -c $((256 + i - 8)) /dev/zero; } > "heic/IMG_$i.HEIC"
    done
}

make_movie() {
    mkdir mp4
    ffmpeg -nostdin -v error -f lavfi -i testsrc2=s=640x480:r=25 -frames:v 550 -pix_fmt rgb24 \
        -c:v rawvideo -f mov -metadata creation_time=2020-01-02T03:04:05Z mp4/MVI_1.MP4
}

measure() { # SET HOW
    rm -rf out
    sync
    /usr/bin/env time -a -o "$1.$2" -f '%e %U %S %M' \
        "$build/glassine" import -q -j 1 --write-metadata "$2" -d out "$1"
}

# The median of a column; of columns 2 and 3 their sum.
median() { # FILE COLUMN
    awk -v c="$2" '{ print c == 2 ? $2 + $3 : $c }' "$1" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

make_jpegs
make_heics
make_movie
du -shc jpeg heic mp4 | sed 's/^/made /'
cat jpeg/* heic/* mp4/* > /dev/null
for _ in $(seq "$rounds"); do
    for set in jpeg heic mp4; do
        measure $set none
        measure $set embed
    done
done
printf '%-6s %10s %10s %7s %10s %10s %7s %9s %9s\n' set wall-none wall-embed ratio cpu-none cpu-embed ratio kB-none kB-embed
for set in jpeg heic mp4; do
    echo "$(median $set.none 1) $(median $set.embed 1) $(median $set.none 2) $(median $set.embed 2) $(median $set.none 4) $(median $set.embed 4)" |
        awk -v set=$set '{ printf "%-6s %10.2f %10.2f %7.3f %10.2f %10.2f %7.3f %9d %9d\n", set, $1, $2, $2 / $1, $3, $4, $4 / $3, $5, $6 }'
done
