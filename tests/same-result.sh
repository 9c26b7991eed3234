#!/bin/bash
# SPDX-License-Identifier: MIT
# same-result.sh chroot STATIC NATIVE - the static command, in an empty root without /proc, /dev and
#     environment, imports what the native one does: same files, same bytes, same JSON.
# same-result.sh emulated "COMMAND..." NATIVE - so does one for another processor, and each
#     reads the database that the other has written.
#
# The input are the fixtures, some of them in a ZIP and in a compressed tar, and the folder
# $GLS_CORPUS where that is set. Exit status 77: chroot is not permitted here.
set -euo pipefail
mode=${1:?} other=${2:?} native=$(realpath "${3:?}")
repo=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
native() { env -i TZ=UTC0 "$native" "$@"; }

mkdir -p "$work/a/in" "$work/b"
cp -a "$repo"/fixtures/{sample,formats,elodie} "$work/a/in/"
mkdir "$work/packed"
mv "$work"/a/in/{sample,elodie} "$work/packed/"
if [ -n "${GLS_CORPUS:-}" ]; then cp -a "$GLS_CORPUS" "$work/a/in/corpus"; fi
find "$work/a/in" "$work/packed" -exec touch -h -d '2024-05-06 07:08:09 UTC' {} +
python3 - "$work/a" "$work/packed" <<'END'
import shutil, sys
shutil.make_archive(sys.argv[1] + "/card", "zip", sys.argv[2], "sample")
shutil.make_archive(sys.argv[1] + "/elodie", "gztar", sys.argv[2], "elodie")
END
cp -a "$work/a/in" "$work"/a/{card.zip,elodie.tar.gz} "$work/b/"

case $mode in
chroot)
    cp "$other" "$work/b/glassine"
    # Elsewhere the home folder and the zone of the machine would count: here are none.
    other() { env -i "$(command -v chroot)" "$work/b" /glassine "$@"; }
    chroot "$work/b" /glassine --version >/dev/null 2>&1 || {
        [ "$(id -u)" = 0 ] || { echo 'same-result.sh: chroot is not permitted'; exit 77; }
        echo 'same-result.sh: the static command does not run in an empty root'
        exit 1
    }
    b=''
    ;;
emulated)
    read -ra words <<<"$other"
    other() { env -i TZ=UTC0 "${words[@]}" "$@"; }
    b=$work/b
    ;;
*) exit 2 ;;
esac

# What was reported, without what may differ: the time it took, and where it was.
report() { sed "s#$1/#/#g" "$2" | jq -cS 'del(.seconds)'; }
# Every file with its time and hash.
tree() {
    (cd "$1/lib" && find . -name .glassine -prune -o -type f -printf '%P %T@ ' -exec sha256sum {} \;)
}
same() {
    diff "$work/$1" "$work/$2" >"$work/difference" || {
        echo "same-result.sh: $1 and $2 differ:"
        head -n 20 "$work/difference"
        exit 1
    }
}

# Some fixtures are there to fail: then both do.
native import --json -d "$work/a/lib" "$work/a"/{in,card.zip,elodie.tar.gz} >"$work/a.json" 2>"$work/a.messages" || true
other import --json -d "$b/lib" "$b"/{in,card.zip,elodie.tar.gz} >"$work/b.json" 2>"$work/b.messages" || true
report "$work/a" "$work/a.json" >"$work/a.report"
report "$work/b" "$work/b.json" >"$work/b.report"
[ "$(grep -c '"status":"imported"' "$work/a.report")" -gt 40 ]
for archive in card.zip elodie.tar.gz; do
    grep -q "$archive/.*\"status\":\"imported\"" "$work/a.report"
done
same a.report b.report
tree "$work/a" | sort >"$work/a.tree"
tree "$work/b" | sort >"$work/b.tree"
same a.tree b.tree

# Each is content with the library of the other, and finds all of it stored.
if [ "$mode" = emulated ]; then
    mv "$work/a/lib" "$work/lib" && mv "$work/b/lib" "$work/a/lib" && mv "$work/lib" "$work/b/lib"
fi
native verify -q --library "$work/a/lib"
other verify -q --library "$b/lib"
native import --json -d "$work/a/lib" "$work/a"/{in,card.zip,elodie.tar.gz} >"$work/a.again" 2>/dev/null || true
other import --json -d "$b/lib" "$b"/{in,card.zip,elodie.tar.gz} >"$work/b.again" 2>/dev/null || true
report "$work/a" "$work/a.again" >"$work/a.repeated"
report "$work/b" "$work/b.again" >"$work/b.repeated"
same a.repeated b.repeated
if grep -q '"status":"imported"' "$work/a.repeated"; then
    echo 'same-result.sh: a second import files again what is stored'
    exit 1
fi
echo "same-result.sh: $mode: $(wc -l <"$work/a.tree") files, $(wc -l <"$work/a.report") lines are the same"
