#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Libraries that cannot be used, in whole or from some time on, and what is given
# twice: the exit status, what is said, and that nothing is touched.

load helper
load bad_input_helper

# Everything below the folder at hand, but for the lock, which names its last holder.
state() {
    find . -type d -name .glassine -printf '%p %i\n' -o ! -name lock -printf '%p %y %s %i %T@\n' | sort
}

# refuses STATUS MESSAGE WORDS...: the import fails so, tells nothing else, and changes
# nothing.
refuses() {
    local expected=$1 message=$2
    shift 2
    state > "$BATS_TEST_TMPDIR/before"
    status=0
    "$@" > "$BATS_TEST_TMPDIR/out" 2> "$BATS_TEST_TMPDIR/err" || status=$?
    [ "$status" -eq "$expected" ] || { echo "exit status $status"; cat "$BATS_TEST_TMPDIR/err"; return 1; }
    [ "$(cat "$BATS_TEST_TMPDIR/err")" = "glassine: $message" ] || { cat "$BATS_TEST_TMPDIR/err"; return 1; }
    # With --json the same as an event, and nothing else.
    [ ! -s "$BATS_TEST_TMPDIR/out" ] || [ "$(jq -r .message "$BATS_TEST_TMPDIR/out")" = "$message" ]
    state | diff "$BATS_TEST_TMPDIR/before" - || return 1
}

@test "a destination that is no folder, or lies below a file" {
    good_files
    echo > file
    refuses 3 "$work/file: cannot be used as a library: Not a directory" glassine import --json -d file card
    refuses 3 "$work/file/below: cannot be used as a library: Not a directory" glassine import --json -d file/below card
    refuses 3 "/dev/null: cannot be used as a library: Not a directory" glassine import --json -d /dev/null card
    ln -s nowhere link
    status=0
    glassine import --json -d link card > report 2> messages || status=$?
    [ $status -eq 3 ]
    grep -q "$work/link" messages
    refuses 2 "a path is empty" glassine import --json -d lib ""
}

@test "a destination that may not be written" {
    good_files
    mkdir -m 555 closed
    mkdir -m 755 open
    need_nobody # and its user is prepared before anything is compared
    refuses 3 "$work/closed/.glassine: cannot be used as a library: Permission denied" as_nobody import --json -d closed card
    refuses 3 "$work/closed/below: cannot be made a folder: Permission denied" as_nobody import --json -d closed/below card
    # A library that was writable once.
    glassine import -q -d open/lib card
    chmod -R a-w open
    status=0
    as_nobody import --json -d open/lib card > report 2> messages || status=$?
    [ $status -eq 3 ]
    grep -q "^glassine: $work/open/lib.*Permission denied" messages
    # Looking is allowed.
    as_nobody import --dry-run --json -d open/lib card > report
    [ "$(summary_of report)" = "[3,0,3,0,0]" ]
    chmod -R u+w open
}

@test "a folder of the library that may not be written costs what belongs there" {
    need_nobody
    good_files
    as_nobody import -q -d nobody/lib card
    photo card/more.jpg "2020:01:02 03:04:07"
    photo card/other.jpg "2021:01:02 03:04:07"
    chmod a-w nobody/lib/2020-01-Jan/*
    status=0
    as_nobody import --json -d nobody/lib card > report || status=$?
    [ $status -eq 1 ]
    lib=nobody/lib
    check_import
    says_like more.jpg failed "Permission denied"
    says other.jpg imported ""
    chmod u+w nobody/lib/2020-01-Jan/*
    as_nobody import --json -d nobody/lib card > report
    [ "$(summary_of report)" = "[5,1,4,0,0]" ]
}

mount_full() {
    mkdir -p full
    mount -t tmpfs -o size=8m tmpfs full 2> /dev/null || skip "a disk to fill needs root"
}

@test "a disk that gets full: what fits is there, the rest is told, a rerun completes" {
    mount_full
    good_files
    for i in $(seq 12); do
        photo "card/m$i.jpg" "2020:01:03 03:04:$((i + 10))" $i
        head -c 1000000 /dev/urandom >> "card/m$i.jpg"
    done
    lib=full/lib
    # One worker: a large copy beside, until it is given up, takes the room of the last small one.
    run_card 1 "$GLS_BINARY_DIR/glassine" import --json -j 1 -d full/lib card
    [ "$(jq 'select(.event == "summary") | .failed' report)" -ge 4 ]
    [ "$(jq 'select(.event == "summary") | .imported' report)" -ge 8 ]
    jq -r 'select(.status == "failed") | .reason' report | sort -u > reasons
    refute grep -qv ': No space left on device (make room, and try again)$' reasons
    glassine verify -q --library full/lib
    # Nothing is free yet but what was kept for the database.
    run_card 1 "$GLS_BINARY_DIR/glassine" import --json -j 1 -d full/lib card
    [ "$(jq 'select(.event == "summary") | .imported' report)" -le 1 ]
    mount -o remount,size=32m full
    run_card 0 "$GLS_BINARY_DIR/glassine" import --json -d full/lib card
    [ "$(tree full/lib | wc -l)" = 15 ]
    glassine verify -q --library full/lib
}

@test "a disk that gets full so that the database cannot grow leaves the library sound" {
    mount_full
    good_files
    mkdir card/m
    make_card many card/m "$fixtures" 3000
    find card/m -name '*.txt' -exec truncate -s 4000 {} +
    inputs=$(find card -type f | wc -l)
    status=0
    glassine import --json -d full/lib card > report 2> messages || status=$?
    # The database was kept room for: each input is told of.
    [ $status -eq 1 ] || { cat messages && false; }
    check_report
    [ "$(jq 'select(.event == "summary") | .scanned' report)" = "$inputs" ]
    [ "$(jq 'select(.event == "summary") | .imported' report)" -gt 500 ]
    grep -q "not copied, because the library's disk is full; make room and import it again" report
    [ -z "$(ls -A full/lib/.glassine/tmp)" ]
    # What is left may be too little for anything.
    for run in second third; do
        status=0
        glassine import --json -d full/lib card > report 2> messages || status=$?
        [ $status -eq 1 ] || { [ $status -eq 3 ] && grep -q "the disk is full" messages; }
        [ -z "$(ls -A full/lib/.glassine/tmp)" ]
    done
    mount -o remount,size=64m full
    glassine import --json -d full/lib card > report || [ $? -eq 1 ]
    glassine import -q -d whole card 2> /dev/null || [ $? -eq 1 ]
    [ "$(tree full/lib | wc -l)" = "$(tree whole | wc -l)" ]
    diff <(tree full/lib | cut -c1-64 | sort) <(tree whole | cut -c1-64 | sort)
    glassine verify -q --library full/lib
}

@test "a disk that is full from the start" {
    mount_full
    good_files
    head -c 9000000 /dev/zero > full/fill 2> /dev/null || true
    status=0
    glassine import --json -d full/lib card > report 2> messages || status=$?
    [ $status -eq 3 ]
    [ "$(jq -r .event report)" = error ]
    grep -qi "full\|No space left on device" messages
    rm full/fill
    glassine import --json -d full/lib card > report
    [ "$(summary_of report)" = "[3,3,0,0,0]" ]
}

@test "a database that is cut, damaged, empty, foreign or of a newer version" {
    good_files
    glassine import -q -d lib card
    db=lib/.glassine/library.db
    cp $db good.db
    tree lib > stored
    advice='the pictures are not touched by this: "glassine generate-db --source LIBRARY" makes it anew from them'
    head -c 5000 good.db > $db
    refuses 3 "$work/$db: is damaged (database disk image is malformed); $advice" glassine import --json -d lib card
    echo "this is no database, and it is long enough to be looked at as if it were one" > $db
    refuses 3 "$work/$db: is damaged (file is not a database); $advice" glassine import --json -d lib card
    # Another program's, with a table of its own.
    rm $db
    sqlite3 $db 'pragma journal_mode = wal; create table theirs (x)' > /dev/null
    refuses 3 "$work/$db: is no database of glassine; move it away and run \"glassine generate-db --source LIBRARY\" to make one from the files" glassine import --json -d lib card
    : > $db
    status=0
    glassine import --json -d lib card > report 2> messages || status=$?
    [ $status -eq 3 ]
    grep -q "is no database of glassine" messages
    cp good.db $db
    sqlite3 $db 'pragma user_version = 999'
    rm -f $db-*
    refuses 3 "$work/$db: was made by a newer glassine (database version 999, this one knows 2); use that one for this library" glassine import --json -d lib card
    rm $db
    mkdir $db
    status=0
    glassine import --json -d lib card > report 2> messages || status=$?
    [ $status -eq 3 ]
    rmdir $db
    # The advice holds.
    head -c 5000 good.db > $db
    glassine generate-db -q --source lib
    glassine import --json -d lib card > report
    [ "$(summary_of report)" = "[3,0,3,0,0]" ]
    tree lib | diff stored -
}

@test "a database that another program has locked" {
    good_files
    glassine import -q -d lib card
    mkfifo hold
    sqlite3 lib/.glassine/library.db > locked < hold &
    exec 6> hold
    echo "begin exclusive; select 'held';" >&6
    until grep -qs held locked; do sleep 0.02; done
    status=0
    glassine import --json -d lib card > report 2> messages || status=$?
    echo "rollback;" >&6
    exec 6>&-
    wait
    [ $status -eq 3 ]
    [ "$(jq -r .status report)" = busy ]
    [ "$(cat messages)" = "glassine: $work/lib/.glassine/library.db: is locked by another program; try again when that has finished" ]
    glassine import --json -d lib card > report
    [ "$(summary_of report)" = "[3,0,3,0,0]" ]
}

@test "two imports into one library at once: the second need not wait" {
    good_files
    mkdir card/m
    make_card many card/m "$fixtures" 1000
    mkfifo pipe
    "$GLS_BINARY_DIR/glassine" import --json -d lib card > pipe 2> /dev/null &
    first=$!
    exec 5< pipe
    # It has begun, and cannot end before the rest of its report is read.
    read -r line <&5
    status=0
    glassine import --json --wait 0 -d lib card/a > report 2> messages || status=$?
    [ $status -eq 3 ]
    [ "$(jq -r .status report)" = busy ]
    [ "$(cat messages)" = "glassine: $work/lib: another glassine (process $first: import) is at work in this library; try again when it has finished, or wait for it with --wait SECONDS" ]
    # One that touches nothing may look.
    glassine import --dry-run --json -d lib card/a > /dev/null
    { echo "$line"; cat <&5; } > report
    exec 5<&-
    status=0
    wait $first || status=$?
    [ $status -eq 1 ]
    check_report
    glassine verify -q --library lib
    # A holder that died holds nothing.
    echo 1 > lib/.glassine/lock
    glassine import --json -d lib card/a > report
    [ "$(summary_of report)" = "[1,0,1,0,0]" ]
}

@test "an exclude regex that does not compile is a usage error before anything is touched" {
    good_files
    refuses 2 'exclude regex "(" does not compile: missing closing parenthesis at byte 1' \
        glassine import --json -d lib --exclude-regex good --exclude-regex '(' card
    printf '[Exclusions]\nfirst=fine\nsecond=[a-\n' > config.ini
    refuses 2 "$work/config.ini:3: [Exclusions] second: \"[a-\" is no regular expression: missing terminating ] for character class at character 4" \
        glassine import --json -d lib --config config.ini card
    # Those of the command line stand for those of the configuration.
    sed -i '/second/d; s/fine/good/' config.ini
    glassine import --json -d lib --config config.ini --exclude-regex 'too' card > report
    [ "$(summary_of report)" = "[2,2,0,0,0]" ]
}

@test "a source given twice, in whole or in part, is scanned once" {
    good_files
    ln -s card alias
    glassine import --json -d lib card card/ ./card card/a card/good.jpg "$work/card/../card" --source card --file card/good.jpg > report
    check_report
    [ "$(summary_of report)" = "[3,3,0,0,0]" ]
    # By another way the same files are duplicates.
    glassine import --json -d lib alias card > report
    [ "$(summary_of report)" = "[6,0,6,0,0]" ]
}

@test "the library as its own source, and the library within its source" {
    good_files
    glassine import -q -d card/lib card
    tree card/lib > stored
    # The library below its source is no source.
    run_card_library 0 "[3,0,3,0,0]" card
    for source in card/lib card/lib/2020-01-Jan card/lib/2020-01-Jan/../../lib; do
        run_card_library 0 "[3,0,0,3,0]" $source
        [ "$(jq -r 'select(.event == "file") | .reason' report | sort -u)" = "is inside the library" ]
    done
    # Named beside its parent it is an input, and every file of it is accounted for.
    run_card_library 0 "[6,0,3,3,0]" card card/lib
}

# An import into card/lib that changes nothing there.
run_card_library() {
    local expected=$1 counts=$2
    shift 2
    status=0
    glassine import --json -d card/lib "$@" > report || status=$?
    [ $status -eq "$expected" ]
    check_report
    [ "$(summary_of report)" = "$counts" ] || { summary_of report; return 1; }
    tree card/lib | diff stored -
}

@test "a mistyped library is not made by generate-db, nor by an import of nothing" {
    run glassine generate-db --source "$work/typo/lib"
    [ "$status" -eq 3 ] && [[ "$output" == *typo/lib* ]]
    run glassine import -d "$work/typo/lib" "$work/nope"
    [ "$status" -eq 1 ]
    [ ! -e "$work/typo" ]
}

@test "a database that has lost a table is made anew, with what the others hold" {
    local table
    photo card/a.jpg "2020:01:02 03:04:05"
    for table in runs files metadata actions intents albums outbox; do
        rm -rf lib
        glassine import -q -d lib card
        sqlite3 -batch lib/.glassine/library.db "PRAGMA foreign_keys = OFF; DROP TABLE $table"
        run glassine verify --library lib
        [ "$status" -eq 3 ]
        [[ $output == *"the table $table is gone"*generate-db* ]]
        run glassine generate-db --source lib
        [ "$status" -eq 0 ] || { echo "$table: $output"; false; }
        [[ $output == *"the old database has lost tables ($table)"* ]]
        glassine verify -q --library lib
        [ "$(glassine import -d lib card 2>&1 | grep -c '1 duplicate')" = 1 ]
    done
}
