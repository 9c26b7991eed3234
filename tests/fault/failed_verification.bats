#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# An edited copy that does not read back as it should: the plain copy is kept.

load helper

# Reading back the first copy begins with another byte.
doubted() {
    injected "read:1:FLIP:.glassine/tmp" "$@"
}

@test "what the copy was to say goes into a sidecar, and the copy is the source" {
    need_injection
    photo card/Holiday/a.jpg "2020:01:02 03:04:05"
    photo card/Holiday/b.jpg "2020:01:02 03:04:06"
    before=$(source_state card)
    doubted import --json --album-from-folder -j 1 -d lib card > report
    [ "$(json_of report a.jpg written)" = sidecar ]
    [ -n "$(json_of report a.jpg written_reason)" ]
    stored=$(json_of report a.jpg destination)
    cmp "$stored" card/Holiday/a.jpg
    grep -q Holiday "$stored.xmp"
    [ "$(glassine show --json "$stored" | jq -r .album)" = Holiday ]
    [ "$(json_of report b.jpg written)" = embedded ]
    [ "$(source_state card)" = "$before" ]
    glassine verify -q --library lib
}

@test "a sidecar that is there already takes it in" {
    need_injection
    mkdir -p card/Holiday
    cp "$fixtures/formats/sidecar-xmp.jpg" card/Holiday/a.jpg
    sed '/[Aa]lbum/d' "$fixtures/formats/sidecar-xmp.jpg.xmp" > card/Holiday/a.jpg.xmp
    title=$(glassine show --json card/Holiday/a.jpg | jq -r .title)
    [ "$title" != null ]
    doubted import --json --album-from-folder -j 1 -d lib card > report
    [ "$(json_of report a.jpg written)" = sidecar ]
    stored=$(json_of report a.jpg destination)
    cmp "$stored" card/Holiday/a.jpg
    [ "$(glassine show --json "$stored" | jq -r '[.album, .title] | join("|")')" = "Holiday|$title" ]
    [ "$(find lib -name '*.xmp' | wc -l)" = 1 ]
    glassine verify -q --library lib
}

@test "the original name alone is worth no sidecar" {
    need_injection
    photo card/a.jpg "2020:01:02 03:04:05"
    doubted import --json -j 1 -d lib card > report
    [ "$(json_of report a.jpg written)" = none ]
    [ -n "$(json_of report a.jpg written_reason)" ]
    cmp "$(json_of report a.jpg destination)" card/a.jpg
}

# Which bytes stand where, but for the times.
bytes_of() {
    (cd "$1" && find . -name .glassine -prune -o -type f -exec sha256sum {} +) | LC_ALL=C sort
}

# The command fails the one file, or does the whole of what it does undisturbed: an error
# while a file is read for its edit says nothing about it, so that neither a sidecar stands
# in for the edit nor a part of it is left out. sweep_reads PREPARE PART COMMAND...
sweep_reads() {
    local prepare=$1 part=$2 at count
    shift 2
    $prepare
    bytes_of lib > before
    env LD_PRELOAD="$GLS_INJECT_LIBRARY" GLS_INJECT="read:999999999:EIO:$part" GLS_INJECT_COUNT=calls \
        "$GLS_BINARY_DIR/glassine" "$@" > /dev/null
    count=$(sed -n 2p calls)
    bytes_of lib > wanted
    [ "$count" -ge 1 ] || { echo "only $count reads"; return 1; }
    for at in $(seq 1 "$count"); do
        $prepare
        status=0
        injected "read:$at:EIO:$part" "$@" > report 2>&1 || status=$?
        bytes_of lib > now
        if [ "$status" = 0 ]; then
            diff wanted now || { echo "read $at: another result"; cat report; return 1; }
        else
            [ "$status" = 1 ]
            [ "$(comm -13 <(cat before wanted | LC_ALL=C sort -u) now)" = "" ] || { echo "read $at"; cat report; return 1; }
        fi
    done
}

new_library() {
    rm -rf lib
    mkdir lib
}

stored_library() {
    rm -rf lib
    cp -a stored lib
}

@test "an error of the disk while an edit is planned or checked fails the file" {
    need_injection
    mkdir -p card/Holiday
    cp "$fixtures"/sample/DCIM/100GLASS/IMG_0004.* card/Holiday
    photo card/Holiday/a.jpg "2020:01:02 03:04:05"
    head -c 100000 /dev/zero >> card/Holiday/a.jpg
    for name in IMG_0004.HEIC IMG_0004.MOV a.jpg; do
        sweep_reads new_library "$name" import -q --album-from-folder -j 1 -d lib "card/Holiday/$name"
        sweep_reads new_library .glassine/tmp import -q --album-from-folder -j 1 -d lib "card/Holiday/$name"
    done
}

@test "an update that cannot read what is left word of leaves the file as it is" {
    need_injection
    photo card/a.jpg "2020:01:02 03:04:05"
    head -c 100000 /dev/zero >> card/a.jpg
    glassine import -q -d stored card
    name=$(cd stored && find . -name '*.jpg')
    grep -q 'gls-undo-1:' "stored/$name"
    sweep_reads stored_library "${name#./}" update -q --in-place --title New "lib/$name"
    stored_library
    glassine update -q --in-place --title New "lib/$name"
    grep -q 'gls-hash-1:' "lib/$name"
}
