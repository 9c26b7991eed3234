#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# One fault at each step of the gate that sources pass when they are removed: the
# source is there, or the stored file is whole and known; never neither. The table
# of steps and outcomes is written to tests/let-go-table.txt in the build folder.

load helper

# STEP | RULE | "others" where other files than without the fault may get a name first
steps() {
    cat <<'STEPS'
write of a copy|write:1:EIO:/lib/.glassine/tmp/
write of a copy, cut off by kill -9|write:2:SHORT:/lib/.glassine/tmp/
disk full while copying|write:3+:ENOSPC:/lib/.glassine/tmp/
disk full for the database|write:12+:ENOSPC:library.db-wal
quota used up for the database|write:30+:EDQUOT:library.db-wal
flush of the copies|syncfs:1:EIO
flush of the names|syncfs:2:EIO
commit 1 (of the run)|fsync:1:EIO:library.db-wal
commit 2|fsync:2:EIO:library.db-wal
commit 3|fsync:3:EIO:library.db-wal
commit 4|fsync:4:EIO:library.db-wal
commit 5|fsync:5:EIO:library.db-wal
commit 6|fsync:6:EIO:library.db-wal
commit 7|fsync:7:EIO:library.db-wal
every commit from the 4th on|fsync:4+:EIO:library.db-wal
first rename|rename:1:EIO:/lib/2
second rename (a companion's)|rename:2:EACCES:/lib/2
every rename|rename:1+:EIO:/lib/2
no rename that never replaces|rename:1+:EINVAL:/lib/2
neither rename nor link|rename:1+:EINVAL:/lib/2;link:1+:EPERM:/lib/2
read back: an I/O error|read:1:EIO:/lib/2
read back: one bit is wrong|read:1:FLIP:/lib/2
read back: a companion's bit is wrong|read:1:FLIP:.dng
read back: every one is wrong|read:1+:FLIP:/lib/2
the RAW of a pair cannot be read|read:1:EIO:IMG_0003.DNG
a source changes while it is read|read:2:TOUCH:/card/p.JPG|others
a source changes before it is copied|read:4+:TOUCH:/card/|others
unlink of the first source|unlink:1:EIO:/card/
unlink of a companion|unlink:2:EACCES:/card/
every unlink|unlink:1+:EROFS:/card/
trash: the information file|write:1+:ENOSPC:.trashinfo
trash: the rename|rename:1+:EIO:/Trash/
trash: another file system|rename:1+:EXDEV:/Trash/
STEPS
}

# Shots with equal names or bytes come behind the others, so that a fault in the first write changes
# no names.
make_sources() {
    mkdir -p card
    cp "$fixtures"/sample/DCIM/100GLASS/IMG_000[36].* card
    photo card/p.JPG "2020:01:02 03:04:05" a
    photo card/b/p.JPG "2020:01:02 03:04:05" b
    photo card/same.JPG "2020:01:02 03:04:05" a
}

# Runs one step one way, checks, and adds a line to the table.
try_step() {
    local step=$1 rule=$2 names=$3 status=0
    shift 3
    rm -rf lib card "$XDG_DATA_HOME/Trash"
    cp -a sources card
    injected "$rule" import --json "$@" -d lib card > report 2> messages || status=$?
    [ "$status" -ne 99 ]
    lost_of pictures card lib > lost
    [ ! -s lost ] || { echo "$step ($*), $rule: lost"; cat lost report messages; return 1; }
    [ "$names" = others ] || check_dead lib wanted || { echo "$step ($*), $rule"; return 1; }
    # Whatever is not reported as moved or trashed is where it was.
    jq -r 'select(.event == "file" and .source_fate == "kept") | .source' report > kept
    while IFS= read -r path; do
        [ -e "$path" ] || { echo "$step ($*): said to be kept, and gone: $path"; return 1; }
    done < kept
    local left stored
    left=$(find card -type f | wc -l)
    stored=$([ ! -d lib ] || tree lib | wc -l)
    glassine import -q "$@" -d lib card 2> messages || { echo "$step ($*): the next run fails"; cat messages; return 1; }
    [ "$names" = others ] || tree lib | diff wanted - || { echo "$step ($*), $rule: the next run ends otherwise"; return 1; }
    [ -z "$(find card -type f)" ] || { echo "$step ($*), $rule: the next run leaves"; find card -type f; cat messages; return 1; }
    check_closed lib || { echo "$step ($*), $rule"; return 1; }
    printf '%-40s | %-8s | %6s | %12s | %6s | complete\n' "$step" "$way" "$status" "$left of $total" "${stored:-0}" >> "$table"
}

try_way() {
    need_injection
    way=$1
    shift
    table="$GLS_BINARY_DIR/tests/let-go-table-$way.txt"
    printf '%-40s | %-8s | %6s | %12s | %6s | %s\n' "fault" "way" "exit" "sources left" "stored" "next run" > "$table"
    make_sources
    mv card sources
    total=$(find sources -type f | wc -l)
    find sources -type f -print0 | xargs -0 sha256sum | cut -c1-64 | sort -u > pictures
    cp -a sources card
    glassine import -q "$@" -d lib card
    tree lib > wanted
    while IFS='|' read -r step rule names <&9; do
        try_step "$step" "$rule" "$names" "$@"
    done 9< <(steps)
    # kill -9, spread evenly over all calls.
    rm -rf lib card; cp -a sources card
    calls=$(calls_of import -q "$@" -d lib card)
    for i in $(seq 1 "${rounds:-6}"); do
        try_step "kill -9 at call $((calls * i / (${rounds:-6} + 1)))" "any:$((calls * i / (${rounds:-6} + 1))):KILL" "" "$@"
    done
}

@test "--move: a fault at each step of the gate" {
    try_way copy --move
}

@test "--move by rename: a fault at each step of the gate" {
    try_way rename --move --write-metadata none
}

@test "--trash: a fault at each step of the gate" {
    try_way trash --trash
}

@test "a copy that reads back wrong is a failure, leaves nothing, and no row claims it" {
    need_injection
    make_sources
    state() { source_state card | cut -d' ' -f1-3,5-; } # all but ctime, which a rename moves
    state > before
    for way in --move --trash "--move --jobs 1"; do
        for rule in read:1+:FLIP:/lib/2 read:1+:EIO:/lib/2; do
            rm -rf lib
            status=0
            injected "$rule" import $way --json -d lib card > report 2> messages || status=$?
            [ "$status" -eq 1 ]
            [ "$(summary_of report)" = "[7,0,0,0,7]" ] || { cat report messages; false; }
            state | grep -v "^\. " | diff <(grep -v "^\. " before) -
            [ -z "$(find lib -path lib/.glassine -prune -o -type f -print)" ]
            [ "$(query lib/.glassine/library.db 'select count(*) from files')" = 0 ]
            check_closed lib
        done
    done
    # One companion of a pair is enough, and costs no other shot.
    rm -rf lib
    injected read:1:FLIP:.dng import --move --json -d lib card > report 2> messages || true
    [ "$(json_of report IMG_0003.DNG status)" = failed ]
    [ "$(json_of report IMG_0003.JPG status)" = failed ]
    [ "$(json_of report card/p.JPG status)" = imported ]
    [ "$(find card -type f | wc -l)" = 2 ]
    glassine import --move -q -d lib card
    [ -z "$(find card -type f)" ]
    check_done lib
}

@test "the duplicate of a damaged file is a failure, and stays" {
    photo card/p.JPG "2020:01:02 03:04:05" a
    glassine import -q -d lib card
    stored=$(find lib -name '*.jpg')
    touch -r "$stored" time
    printf x | dd of="$stored" bs=1 seek=2000 conv=notrunc status=none
    touch -r time "$stored"
    status=0
    glassine import --move --json -d lib card > report || status=$?
    [ "$status" -eq 1 ]
    [ "$(json_of report p.JPG status)" = failed ]
    [ -f card/p.JPG ]
    # What the message says, mends it.
    [[ "$(json_of report p.JPG reason)" == *"remove it and import this file again" ]]
    rm "$stored"
    glassine import -q -d lib card
    check_done lib
    # One that somebody edited is no damage.
    touch "$stored"
    printf x >> "$stored"
    glassine import --move --json -d lib card > report
    [ "$(json_of report p.JPG status)" = duplicate ]
    [ -f card/p.JPG ]
}

@test "an error while the trash is looked for makes no other trash" {
    local at count
    need_injection
    photo sources/a.jpg "2020:01:02 03:04:05"
    cp -a sources card
    count=$(env LD_PRELOAD="$GLS_INJECT_LIBRARY" GLS_INJECT=stat:999999:EIO:/card GLS_INJECT_COUNT=calls \
        "$GLS_BINARY_DIR/glassine" import -q --trash -d lib card > /dev/null; sed -n 2p calls)
    [ "$count" -gt 5 ]
    for at in $(seq 1 "$count"); do
        rm -rf lib card "$XDG_DATA_HOME/Trash"
        cp -a sources card
        injected "stat:$at:EIO:/card" import -q --trash -d lib card > /dev/null 2>&1 || true
        [ -z "$(find card -name '.Trash*')" ] || { echo "stat $at"; find card; false; }
    done
}

@test "a source that an error keeps is stored, and the exit status is 1" {
    local rule at count status kept=0
    need_injection
    photo sources/a.jpg "2020:01:02 03:04:05"
    renew() { rm -rf lib card "$XDG_DATA_HOME/Trash"; cp -a sources card; }
    for rule in unlink:AT:EIO:/card read:AT:EIO:library.db stat:AT:EIO:/card stat:AT:EIO:2020-01-Jan; do
        renew
        count=$(env LD_PRELOAD="$GLS_INJECT_LIBRARY" GLS_INJECT="${rule/AT/999999}" GLS_INJECT_COUNT=calls \
            "$GLS_BINARY_DIR/glassine" import -q --move -d lib card; sed -n 2p calls)
        for at in $(seq 1 "$count"); do
            renew
            status=0
            injected "${rule/AT/$at}" import --json --move -d lib card > report 2> messages || status=$?
            [ "$status" -ne 0 ] || [ -z "$(find card -type f)" ] || { echo "$rule $at: status 0, and still on the card"; cat report; false; }
            [ "$(jq 'select(.event == "summary") | .sources_kept // 0' report)" = 1 ] || continue
            [ "$status" -eq 1 ]
            [ -f card/a.jpg ]
            [ "$(summary_of report)" = "[1,1,0,0,0]" ]
            kept=$((kept + 1))
        done
    done
    [ "$kept" -ge 5 ] || { echo "kept: $kept"; false; }
}

@test "what the trash cannot take stays and makes the exit status 1, whatever the error" {
    need_injection
    photo sources/a.jpg "2020:01:02 03:04:05"
    for rule in 'rename:1+:EXDEV:/Trash/' 'rename:1+:EIO:/Trash/' \
        'rename:1+:'{EINVAL,ENOSYS}':/Trash/;link:1+:'{EPERM,ENOSYS,EXDEV}':/Trash/'; do
        rm -rf lib card "$XDG_DATA_HOME/Trash"
        cp -a sources card
        # Stored now, and a duplicate later.
        for counts in '[1,1,0,0,0]' '[1,0,1,0,0]'; do
            status=0
            injected "$rule" import --json --trash -d lib card > report 2> messages || status=$?
            [ "$status" -eq 1 ] || { echo "$rule: status $status"; cat report messages; false; }
            [ "$(jq 'select(.event == "summary") | .sources_kept' report)" = 1 ]
            [ "$(summary_of report)" = "$counts" ]
            [[ "$(json_of report a.jpg source_reason)" == *"cannot be put into the trash"* ]]
            [ -f card/a.jpg ]
        done
    done
}
