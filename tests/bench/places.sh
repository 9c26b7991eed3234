#!/bin/bash
# SPDX-License-Identifier: MIT
# places.sh [BUILD_FOLDER] [ROUNDS] - what it costs an import to name places: photos
# with a position in each beside the same photos without. Three sets are made, two as
# a person has them (40 journeys, each within some kilometres): "large", 300 of 3.5 MB,
# and "small", 2,000 of 20 KB; and "scattered", 2,000 of 20 KB all over the world. All
# go into folders by month alone, so that both imports make the same folders, and once
# more into folders by place. Prints the least real time and the least user time of all
# rounds, in seconds, with and without, and their ratios: what else the machine does adds
# to single rounds. Compare within one run only. Needs python3 and 4 GB in TMPDIR.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${1:-$here/../../build}" && pwd)
rounds=${2:-9}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 - "$here/../../fixtures/formats/photo.jpeg" "$work" << 'END'
import math, os, random, struct, sys

photo = open(sys.argv[1], "rb").read()
base = photo.index(b"Exif\0\0") + 6
order = "<" if photo[base:base + 2] == b"II" else ">"

def entries(ifd):
    for i in range(struct.unpack_from(order + "H", photo, base + ifd)[0]):
        at = base + ifd + 2 + 12 * i
        tag, _, _, value = struct.unpack_from(order + "HHII", photo, at)
        yield tag, at, value

first = struct.unpack_from(order + "I", photo, base + 4)[0]
pointer, gps = next((at, value) for tag, at, value in entries(first) if tag == 0x8825)
fields = {tag: (at, value) for tag, at, value in entries(gps)}

def with_position(latitude, longitude):
    out = bytearray(photo)
    for tag, degrees, letters in ((1, latitude, b"NS"), (3, longitude, b"EW")):
        out[fields[tag][0] + 8] = letters[degrees < 0]
        minutes, seconds = divmod(abs(degrees) * 3600, 60)
        whole, minutes = divmod(int(minutes), 60)
        struct.pack_into(order + "6I", out, base + fields[tag + 1][1], whole, 1, minutes, 1,
                         int(seconds * 1000), 1000)
    return out

def without_position():
    out = bytearray(photo)
    struct.pack_into(order + "H", out, pointer, 0x8826)  # a tag that nobody knows
    return out

def anywhere():
    return math.degrees(math.asin(random.uniform(-.6, .9))), random.uniform(-180, 180)

random.seed(6)
towns = [(48.1, 11.6), (40.7, -74.0), (35.7, 139.7), (-33.9, 151.2), (19.4, -99.1), (51.5, -.1),
         (27.7, 85.3), (-1.3, 36.8), (45.4, 12.3), (64.1, -21.9)]
for name, count, size, scattered in (("large", 300, 3500000, False), ("small", 2000, 20000, False),
                                     ("scattered", 2000, 20000, True)):
    for kind in ("with", "without"):
        os.makedirs(f"{sys.argv[2]}/{name}/{kind}")
    for i in range(count):
        town = towns[i * 40 // count % len(towns)]
        position = anywhere() if scattered else \
            (town[0] + random.uniform(-.05, .05) + i * 40 // count // 10, town[1] + random.uniform(-.05, .05))
        rest = random.randbytes(size)
        for kind, head in (("with", with_position(*position)), ("without", without_position())):
            with open(f"{sys.argv[2]}/{name}/{kind}/{i:05}.jpg", "wb") as f:
                f.write(head + rest)
END
printf '[Directory]\nfull_path=%%year\n' > "$work/month.ini"
printf '' > "$work/place.ini"

TIMEFORMAT='%R %U'
least() { awk -v "field=$2" '{print $field}' "$1" | sort -n | head -1; }
for set in large small scattered; do
    cat "$work/$set"/*/* > /dev/null
    for folders in month place; do
        results="$work/$set.$folders"
        for _ in $(seq "$rounds"); do
            for kind in with without; do
                rm -rf "$work/out"
                sync
                { time "$build/glassine" import -q --config "$work/$folders.ini" --write-metadata none -d "$work/out" "$work/$set/$kind"; } \
                    2>> "$results.$kind"
            done
        done
        echo "$(least "$results.with" 1) $(least "$results.without" 1) $(least "$results.with" 2) $(least "$results.without" 2)" \
            | awk -v "label=$set, folders by $folders" \
                '{printf "%-28s real %.3f / %.3f = %.3f   user %.3f / %.3f = %.3f\n", label, $1, $2, $1 / $2, $3, $4, $3 / $4}'
    done
done
