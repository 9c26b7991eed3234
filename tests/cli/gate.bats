#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Removal of sources: what looks like a source, and is the library's own file.

bats_require_minimum_version 1.5.0
load helper

stored_file() {
    find lib -name .glassine -prune -o -type f -print
}

setup_alias() {
    photo card/a.jpg "2020:01:02 03:04:05"
    glassine import -q -d lib card
    stored=$(stored_file)
    tree lib > before
}

@test "--move and --trash of a folder of the library by another name take nothing" {
    setup_alias
    ln -s "lib/2020-01-Jan" alias
    ln -s lib whole
    for way in --move --trash; do
        for name in alias alias/* whole; do
            glassine import $way --json -d lib "$name" > report
            [ "$(summary_of report)" = "[1,0,0,1,0]" ]
            [[ "$(jq -r 'select(.event == "file") | .reason' report)" == *"inside the library"* ]]
            tree lib | diff before -
        done
        glassine import $way --allow-duplicates --json -d lib alias > report
        tree lib | diff before -
    done
}

@test "the summary says how many sources are gone" {
    photo card/a.jpg "2020:01:02 03:04:05"
    cp card/a.jpg a.jpg
    glassine import -d lib card 2> messages
    refute grep -q source messages
    glassine import --dry-run --move -d lib card 2> messages
    refute grep -q source messages
    photo card/b.jpg "2020:01:02 03:04:06"
    printf 'no picture' > card/c.jpg
    run -1 glassine import --move -d lib card
    grep -qx "2 sources removed, 1 left where it is" <<< "$output"
    cp a.jpg card
    rm card/c.jpg
    glassine import --trash -d lib card 2> messages
    grep -qx "1 source trashed, 0 left where they are" messages
}

@test "what is filed but cannot be removed is said to stay" {
    [ "$(id -u)" -eq 0 ] || skip "needs root"
    photo card/a.jpg "2020:01:02 03:04:05"
    chattr +i card/a.jpg 2> /dev/null || skip "needs a file system with chattr +i"
    status=0
    glassine import --move -d lib card 2> messages || status=$?
    glassine import --move --json -d lib card > report || status=$status$?
    chattr -i card/a.jpg
    [ "$status" = 11 ]
    [ "$(jq -r 'select(.event == "summary") | .sources_kept' report)" = 1 ]
    grep -qx "glassine: $work/card/a.jpg stays: Operation not permitted" messages
    [ -f card/a.jpg ]
}

@test "a link to the stored file is no second copy" {
    setup_alias
    ln -s "../$stored" card/link.jpg
    ln "$stored" card/hard.jpg
    for way in --move --trash; do
        glassine import $way --json -d lib card/link.jpg card/hard.jpg > report
        [ "$(summary_of report)" = "[2,0,2,0,0]" ]
        [ "$(json_of report hard.jpg source_fate)" = kept ]
        [[ "$(json_of report hard.jpg source_reason)" == *"is the stored file itself"* ]]
        tree lib | diff before -
        [ -e card/hard.jpg ]
    done
}

@test "a bind mount of the library is no second copy" {
    setup_alias
    mkdir bound
    mount --bind lib/2020-01-Jan bound 2>/dev/null || skip "mounts need root"
    status=0
    glassine import --move --json -d lib bound > report || status=$?
    glassine import --trash --json -d lib bound > report2 || status=$?
    umount bound
    [ $status -eq 0 ]
    tree lib | diff before -
    [[ "$(jq -r 'select(.event == "file") | .source_fate' report report2 | sort -u)" == kept ]]
}

@test "a renamed source that must go back has its old time" {
    cp -r "$fixtures/sample/DCIM/100GLASS" card
    find card -type f ! -name 'IMG_0003.*' -delete
    touch -d 2001-02-03T04:05:06Z card/*
    find card -type f -printf '%p %s %T@ %i\n' | sort > before
    glassine import -q -n --json --move --write-metadata none -d lib card > plan
    raw=$(json_of plan IMG_0003.DNG destination)
    jpg=$(json_of plan IMG_0003.JPG destination)
    [ -n "$raw" ] && [ -n "$jpg" ]
    # The second of the two cannot be filed.
    [ -f "$GLS_BINARY_DIR/tests/libgls_inject.so" ] || skip "faults cannot be injected into a build with sanitizers"
    run env LD_PRELOAD="$GLS_BINARY_DIR/tests/libgls_inject.so" GLS_INJECT="rename:2:EIO:/lib/2" \
        "$GLS_BINARY_DIR/glassine" import --json --move --write-metadata none -d lib card
    [ "$status" -eq 1 ]
    find card -type f -printf '%p %s %T@ %i\n' | sort > after
    diff before after
}
