#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The result does not depend on the number of workers, nor on how long they took.
# GLS_ROUNDS sets how often each comparison is made.

load helper

rounds=${GLS_ROUNDS:-1}

setup_card() {
    mkdir card
    make_card many card "$fixtures" 2000
    source_state card > before
}

# What must be equal: the tree, bytes, times and modes, the report, the rows and the log.
# Arguments: library, report, name of the record.
record() {
    local library=$1 report=$2 out=$3
    tree "$library" > "$out"
    (cd "$library" && find . -name .glassine -prune -o -printf '%p %y %s %m\n' -type f -printf '%p %T@\n' | sort) >> "$out"
    report_of "$library" "$report" >> "$out"
    sqlite3 "$library/.glassine/library.db" .dump > dump
    grep -vE 'INSERT INTO (runs|actions)' dump >> "$out"
    for run in $(sqlite3 "$library/.glassine/library.db" 'SELECT id FROM runs ORDER BY id'); do
        glassine log --json --library "$library" "$run" | grep '"event":"action"' >> "$out"
    done
}

report_of() {
    jq -c 'del(.seconds)' "$2" | sed "s#$work/$1/#LIBRARY/#g"
}

import_with() {
    local library=$1 status=0
    shift
    rm -rf "$library"
    glassine import --json "$@" -d "$library" card > report || status=$?
    [ $status -eq 1 ] || return 1
    record "$library" report "$library.record"
}

@test "a card of 2,000 files gives the same library and the same report with 1 worker and 16" {
    setup_card
    import_with one --jobs 1
    # It is a card that could go wrong.
    [ "$(jq 'select(.event == "summary") | .scanned' report)" -ge 2000 ]
    [ "$(jq 'select(.event == "summary") | .duplicate' report)" -ge 200 ]
    [ "$(jq 'select(.event == "summary") | .failed' report)" -ge 20 ]
    [ "$(grep -c -- '-[0-9]*\.[a-z]* ' one.record)" -ge 200 ]
    glassine verify --library one --json | tail -n 1 > verdict
    [ "$(jq -c '[.rotten, .edited, .changed, .missing, .untracked, .unreadable]' verdict)" = "[0,0,0,0,0,0]" ]
    for round in $(seq "$rounds"); do
        others=(2 5 64 3)
        for jobs in 16 ${others[round % 4]}; do
            import_with many --jobs $jobs
            diff one.record many.record || { echo "round $round, $jobs jobs"; false; }
            diff -r -x .glassine one many
        done
    done
    source_state card | diff before -
}

@test "a dry run tells what the run does, and touches nothing" {
    setup_card
    for jobs in 1 16; do
        glassine import --dry-run --json --jobs $jobs -d lib card > dry || [ $? -eq 1 ]
        [ ! -e lib ]
        # What is written is known only when it is written.
        report_of lib dry | jq -c 'del(.written, .written_reason)' > dry.$jobs
    done
    diff dry.1 dry.16
    glassine import --json -d lib card > real || [ $? -eq 1 ]
    report_of lib real | jq -c 'del(.written, .written_reason)' | diff dry.1 -
    find lib -printf '%p %s %T@ %C@ %i\n' | sort > untouched
    glassine import --dry-run --json -d lib card > dry || [ $? -eq 1 ]
    find lib -printf '%p %s %T@ %C@ %i\n' | sort | diff untouched -
    glassine import --json -d lib card > again || [ $? -eq 1 ]
    diff <(report_of lib dry) <(report_of lib again)
    [ "$(jq 'select(.event == "summary") | .imported' again)" = 0 ]
    source_state card | diff before -
}

@test "a run that adds to a library depends on nothing but both" {
    setup_card
    mkdir part
    cp -r card/1 card/5 card/7 part
    find part -name '*.JPG' -size -3 -print0 | sort -z | head -zn 20 | xargs -0 rm -f
    for jobs in 1 16; do
        rm -rf two
        glassine import --json --jobs 3 -d two part > first || [ $? -eq 1 ]
        glassine import --json --jobs $jobs -d two card > report || [ $? -eq 1 ]
        record two report two.$jobs
    done
    diff two.1 two.16
}

@test "a copy of what the library will hold is no duplicate, however soon it is stored" {
    photo card/a/IMG_1.JPG "2020:01:02 03:04:05" same
    glassine import -q -d other card
    stored=$(find other -name '*.jpg')
    refute cmp -s "$stored" card/a/IMG_1.JPG
    mkdir card/z
    cp "$stored" card/z/exported.jpg
    for count in 0 1600; do
        rm -rf lib card/m
        # Several batches between them, or nothing.
        mkdir card/m
        [ $count -eq 0 ] || make_card many card/m "$fixtures" $count
        glassine import --json -n -d lib card > dry || [ $? -eq 1 ]
        glassine import --json -d lib card > report || [ $? -eq 1 ]
        for file in dry report; do
            [ "$(json_of $file z/exported.jpg status)" = imported ]
        done
        # The next run knows both.
        glassine import --json -d lib card/a card/z > report
        [ "$(summary_of report)" = "[2,0,2,0,0]" ]
    done
}
