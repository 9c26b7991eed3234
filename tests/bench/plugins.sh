#!/bin/bash
# SPDX-License-Identifier: MIT
# plugins.sh [BUILD_FOLDER] [ROUNDS] [BYTES] - what plugins that do nothing cost an
# import of 1,000 photos of 1 MB (or of BYTES): one of each kind, and a hook in Python.
# Prints the least wall and CPU seconds of the rounds, which take turns, and their ratio
# to those without plugins; compare them within one run only. Needs 3 GB in TMPDIR.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${1:-$here/../../build}" && pwd)
rounds=${2:-7}
bytes=${3:-1000000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/plugins" "$work/card"
cp "$build"/tests/plugins/*.so "$work/plugins"
chmod -R go-w "$work/plugins"
for i in $(seq 1000); do
    date=$(printf '2016:%02d:%02d %02d:%02d:%02d' $((i % 12 + 1)) $((i % 28 + 1)) $((i % 24)) $((i % 60)) $((i / 7 % 60)))
    { LC_ALL=C sed "s/2016:05:02 08:02:12/$date/" "$here/../../fixtures/formats/photo.jpeg"; head -c $((bytes + i * 7)) /dev/urandom; } > "$work/card/IMG_$i.JPG"
done
cat > "$work/hook.py" << 'END'
#!/usr/bin/env python3
import json, sys
for line in sys.stdin:
    print(json.dumps({"id": json.loads(line)["id"]}), flush=True)
END
chmod +x "$work/hook.py"

config() {
    printf '[Plugins]\nplugins=%s\npath=%s/plugins\n' "$1" "$work"
    [ -z "$2" ] || printf '[Hooks]\n%s=%s/hook.py\n' "$2" "$work"
}
kinds=(none Before One Any Batch before.py after.py)
for kind in "${kinds[@]}"; do
    case $kind in
    none) config '' '' ;;
    *.py) config '' "${kind%.py}" ;;
    *) config "$kind" '' ;;
    esac > "$work/$kind.ini"
done
cat "$work"/card/* > /dev/null
for _ in $(seq "$rounds"); do
    for kind in "${kinds[@]}"; do
        rm -rf "$work/out"
        sync
        /usr/bin/env time -f "$kind %e %U %S" -a -o "$work/times" \
            "$build/glassine" import -q -j 2 --config "$work/$kind.ini" -d "$work/out" "$work/card" > /dev/null 2>&1
    done
    kinds=("${kinds[@]:1}" "${kinds[0]}") # what runs behind what makes a difference
done
awk '{ cpu = $3 + $4 } !($1 in wall) || $2 < wall[$1] { wall[$1] = $2 } !($1 in least) || cpu < least[$1] { least[$1] = cpu }
     END { for (kind in wall) printf "%-10s %.2f s  x %.3f   CPU %.2f s  x %.3f\n", kind, wall[kind], wall[kind] / wall["none"], least[kind], least[kind] / least["none"] }' "$work/times" | sort
