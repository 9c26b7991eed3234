#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# kill -9 at calls that change something, on a small card: the next run of the same
# command finishes it, and nothing is left: no source that is stored, no copy, no half of
# a pair, no description of a file that is not in the trash. GLS_FAULT_STEP=1 kills at
# every call; the default is each ninth.

load helper

step=${GLS_FAULT_STEP:-9}

make_source() {
    mkdir source
    cp "$fixtures"/formats/sidecar-xmp.jpg source/a.jpg
    cp "$fixtures"/formats/sidecar-xmp.jpg.xmp source/a.jpg.xmp
    cp "$fixtures"/sample/DCIM/100GLASS/IMG_0006.* source
}

# kill_everywhere COMMAND...: runs prepare, the killed command, the command, check.
kill_everywhere() {
    local calls at rule
    need_injection
    prepare
    calls=$(calls_of "$@")
    # From another call each time, so that many runs of the test meet them all.
    for at in $(seq $((RANDOM % step + 1)) "$step" "$calls"); do
        prepare
        injected "any:$at:KILL" "$@" > /dev/null 2>&1 || true
        glassine "$@" > messages 2>&1 || { echo "killed at $at: the next run fails"; cat messages; return 1; }
        check || { echo "killed at call $at of $calls: $*"; return 1; }
    done
}

prepare_import() {
    rm -rf lib card "$XDG_DATA_HOME"
    cp -a source card
}

check_import() {
    [ -z "$(find card -type f)" ] || { echo "still on the card:"; find card -type f; return 1; }
    tree lib | diff wanted - || return 1
    check_trash && check_done lib
}

@test "import --move, --trash and --move by rename leave nothing" {
    make_source
    for way in --move --trash "--move --write-metadata none"; do
        prepare() { prepare_import; }
        check() { check_import; }
        prepare
        glassine import -q $way -d lib card
        tree lib > wanted
        kill_everywhere import -q $way -d lib card
    done
}

@test "import leaves nothing" {
    make_source
    prepare() { prepare_import; }
    check() { tree lib | diff wanted - && diff -r source card && check_done lib; }
    prepare
    glassine import -q -d lib card
    tree lib > wanted
    kill_everywhere import -q -d lib card
}

# The folders that it empties go as well: also by way of names only, with links and without.
@test "update leaves nothing" {
    make_source
    glassine import -q -d stored source
    prepare() { rm -rf lib; cp -a stored lib; }
    check() { tree lib | diff wanted - && find lib -type d | LC_ALL=C sort | diff folders - && check_done lib; }
    for way in "" "--write-metadata none"; do
        prepare
        # shellcheck disable=SC2086 # words
        glassine update -q $way --album A --title T lib
        tree lib > wanted
        find lib -type d | LC_ALL=C sort > folders
        # shellcheck disable=SC2086
        kill_everywhere update -q $way --album A --title T lib
    done
}

@test "a folder that a file left without a second name is no leftover" {
    need_injection
    make_source
    glassine import -q -d lib source
    before=$(find lib -type d | wc -l)
    injected "link:1+:EPERM:lib/2;syncfs:2:KILL" update -q --write-metadata none --time "2001-02-03 04:05:06" lib || true
    glassine verify -q --library lib
    [ "$(find lib -type d -empty | grep -cv "/tmp$")" -eq 0 ] || { find lib -type d -empty; false; }
    [ "$(find lib -type d | wc -l)" -le "$before" ]
}

# Files that are there already come again in another album, and leave it: their keywords.
@test "the keywords of albums are written to the end, wherever their writing is cut off" {
    make_source
    printf '[Metadata]\nalbum_tags=yes\n' > album_tags.ini
    glassine import -q -d stored source
    mkdir Trips
    cp -a source/* Trips
    prepare() { rm -rf lib; cp -a stored lib; }
    check() {
        tree lib | diff wanted - && check_done lib &&
            [ "$(query lib/.glassine/library.db 'select count(*) from album_changes')" -eq 0 ]
    }
    prepare
    glassine import -q --config album_tags.ini --album-from-folder -d lib Trips
    tree lib > wanted
    refute cmp -s <(tree stored) wanted
    kill_everywhere import -q --config album_tags.ini --album-from-folder -d lib Trips
    rm -r stored
    cp -a lib stored
    prepare
    glassine update -q --config album_tags.ini --album Trips --remove lib
    tree lib > wanted
    refute cmp -s <(tree stored) wanted
    kill_everywhere update -q --config album_tags.ini --album Trips --remove lib
}

@test "an error while an unfinished run is looked at is no verdict on its files" {
    need_injection
    make_source
    glassine import -q -d stored source
    cp -a stored lib
    glassine update -q --album A --title T lib
    tree lib > wanted
    told=0
    for call in rename:1:KILL:lib/2 rename:1:KILLED:lib/2 rename:2:KILLED:lib/2 unlink:1:KILL:lib/2 unlink:1:KILLED:lib/2; do
        for error in read:1+:EIO stat:1+:EIO:lib/2 read:1+:EIO:lib/2 read:1+:EIO:lib/.glassine/tmp; do
            rm -rf lib
            cp -a stored lib
            injected "$call" update -q --album A --title T lib > /dev/null 2>&1 || true
            injected "$error" verify --library lib > messages 2>&1 || true
            ! grep -q "of a run that was cut off cannot be looked at" messages || told=$((told + 1))
            glassine update -q --album A --title T lib || { echo "$call $error: the next run fails"; return 1; }
            tree lib | diff wanted - && check_done lib || { echo "$call, then $error"; cat messages; return 1; }
        done
    done
    echo "told: $told"
    [ "$told" -ge 5 ]
}

@test "generate-db waits until a run that was cut off can be completed" {
    need_injection
    make_source
    glassine import -q -d lib source
    injected rename:1:KILLED:lib/2 update -q --album A lib > /dev/null 2>&1 || true
    run injected read:1+:EIO:lib/2 generate-db --source lib
    [ "$status" -eq 3 ]
    [[ $output == *"cannot be looked at, and stay for the next run"* ]]
    glassine generate-db -q --source lib
    rm lib/.glassine/library.db.2*
    check_closed lib
}

# A backup is whole, or is not there.
@test "generate-db leaves nothing, and no half of a backup" {
    make_source
    glassine import -q -d stored source
    tree stored > wanted
    prepare() { rm -rf lib; cp -a stored lib; }
    check() {
        local backup
        for backup in lib/.glassine/library.db.*; do
            [ "$(query "$backup" 'pragma integrity_check')" = ok ] || { echo "half: $backup"; return 1; }
            [ "$(query "$backup" 'select count(*) from files')" = 4 ] || { echo "half: $backup"; return 1; }
            rm "$backup"
        done
        tree lib | diff wanted - && check_done lib
    }
    kill_everywhere generate-db -q --source lib
}

@test "generate-db backs up where there are no hard links" {
    need_injection
    make_source
    glassine import -q -d lib source
    injected "link:1+:EPERM" generate-db -q --source lib
    [ "$(query lib/.glassine/library.db.2* 'select count(*) from files')" = 4 ]
    status=0
    injected "link:1+:EPERM;rename:1+:ENOSPC" generate-db -q --source lib > messages 2>&1 || status=$?
    [ "$status" -eq 3 ]
    [ "$(find lib/.glassine -name 'library.db.*' | wc -l)" -eq 1 ]
    rm lib/.glassine/library.db.2*
    check_done lib
}

@test "update --in-place leaves nothing" {
    make_source
    rm source/IMG_0006.AAE
    prepare() { rm -rf card; cp -a source card; }
    check() { (cd card && find . | LC_ALL=C sort) | diff names - && tree card | diff wanted -; }
    prepare
    glassine update -q --in-place --album A --title T card
    (cd card && find . | LC_ALL=C sort) > names
    tree card > wanted
    kill_everywhere update -q --in-place --album A --title T card
}

@test "copies of a run that is at work, or of another machine, are nobody's leftovers" {
    need_injection
    photo card/a.jpg "2020:01:02 03:04:05"
    injected exchange:1:KILL update -q --in-place --album A card 2> /dev/null || true
    left=$(ls -A card | grep ^.glassine-)
    # Its process is this shell, which lives.
    live=$(sed "s/^\(.glassine-[0-9a-f]*-\)[0-9]*/\1$$/" <<< "$left")
    cp "card/$left" "card/$live"
    cp "card/$left" "card/$(sed 's/^.glassine-[0-9a-f]*/.glassine-00000000/' <<< "$left")"
    glassine update -q --in-place --album A card
    [ ! -e "card/$left" ]
    [ "$(find card -name '.glassine-*' | wc -l)" = 2 ]
}

@test "a sidecar alone goes only if its very bytes are stored under its name" {
    make_source
    cp -a source card
    glassine import -q --move -d lib card
    for name in a.jpg.xmp other.jpg.xmp; do
        cp source/a.jpg.xmp "card/$name"
        glassine import -q --move -d lib card
    done
    printf ' ' >> card/other.jpg.xmp
    [ "$(cd card && echo *)" = other.jpg.xmp ]
    # Without --move nothing is asked.
    cp source/a.jpg.xmp card
    glassine import --json -d lib card > report
    [ "$(summary_of report)" = "[0,0,0,0,0]" ]
    # A stored sidecar that reads back wrong keeps it.
    stored=$(find lib -name '*xmp-title-of-xmp.jpg.xmp')
    touch -r "$stored" time
    sed -i 's/Title/Elfen/' "$stored"
    touch -r time "$stored"
    status=0
    glassine import --json --move -d lib card > report || status=$?
    [ "$status" -eq 1 ]
    [ -f card/a.jpg.xmp ]
}

@test "a copy that no intent names goes with the next run that writes" {
    make_source
    glassine import -q -d lib source
    local command
    for command in "import -q -d lib source" "update -q --title T lib/20*" "generate-db -q -s lib" "verify -q --library lib"; do
        echo half > lib/.glassine/tmp/half
        glassine $command
        [ -z "$(ls lib/.glassine/tmp)" ] || { echo "$command: a copy is left"; false; }
    done
}
