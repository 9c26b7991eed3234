#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Signals, and readers that go away, in the middle of an import. The report goes
# to a pipe that nobody reads, so that the import stands still in the middle.

load helper

setup_card() {
    mkdir card
    make_card many card "$fixtures" 3000
    source_state card > before
    glassine import -q -d whole card 2> /dev/null || [ $? -eq 1 ]
    tree whole > wanted
    mkfifo pipe
}

# Starts an import that waits for its reader: $pid, its report at descriptor 5.
start_import() {
    "$GLS_BINARY_DIR/glassine" import --json --jobs 2 -d lib card > pipe 2> messages &
    pid=$!
    exec 5< pipe
    # Once it reports it is at work, and a pipe does not hold all that it has to tell.
    read -r line <&5
}

# Reads the rest of the report and the exit status.
finish_import() {
    {
        echo "$line"
        cat <&5
    } > report
    exec 5<&-
    status=0
    wait $pid || status=$?
}

# After a rerun the library is as if nothing had happened.
check_rerun() {
    glassine import -q -d lib card 2> /dev/null || [ $? -eq 1 ]
    tree lib | diff wanted -
    [ -z "$(ls -A lib/.glassine/tmp)" ]
    glassine verify -q --library lib
    source_state card | diff before -
}

# One signal: what is in flight is finished, committed and told.
check_one_signal() {
    setup_card
    start_import
    kill -"$1" $pid
    finish_import
    [ $status -eq 130 ]
    # Nothing is begun any more, and everything that was found is accounted for.
    jq -sce 'map(select(.event == "summary"))[0] | .scanned < 3000 and .imported > 0 and
        .scanned == .imported + .duplicate + .skipped + .failed' report
    jq -sce '(map(select(.event == "file")) | length) == (map(select(.event == "summary"))[0].scanned)' report
    jq -sce 'map(select(.status == "skipped" and .reason != "interrupted before its turn came; import it again")) == []' report
    jq -r 'select(.status == "imported") | .destination' report | sort > told
    (cd lib && find "$PWD" -name .glassine -prune -o -type f -print | sort) | diff told -
    [ "$(sqlite3 lib/.glassine/library.db 'select count(*) from files')" = "$(wc -l < told)" ]
    [ "$(sqlite3 lib/.glassine/library.db 'select interrupted from runs')" = 1 ]
    [[ "$(glassine log --library lib)" == *" (interrupted)" ]]
    [ -z "$(ls -A lib/.glassine/tmp)" ]
    glassine verify -q --library lib
    check_rerun
}

@test "the first Ctrl-C finishes what was begun" {
    check_one_signal INT
}

@test "so does SIGTERM" {
    check_one_signal TERM
}

@test "after a signal no file is begun" {
    inject_library="$GLS_BINARY_DIR/tests/libgls_inject.so"
    [ -f "$inject_library" ] || skip "faults cannot be injected into a build with sanitizers"
    for i in $(seq 10 39); do photo card/$i.jpg "2020:01:02 03:04:$i" $i; done
    status=0
    LD_PRELOAD=$inject_library GLS_INJECT=open:1:INT:card/20.jpg \
        "$GLS_BINARY_DIR/glassine" import --json --jobs 1 -d lib card > report || status=$?
    [ $status -eq 130 ]
    # The one at hand is finished.
    [ "$(json_of report /20.jpg status)" = imported ]
    [ "$(jq 'select(.event == "summary") | .imported' report)" = 11 ]
    [ "$(json_of report /20.jpg reason)" = null ]
    jq -sce 'map(select(.status == "skipped")) | all(.reason == "interrupted before its turn came; import it again")' report
    jq -sce 'map(select(.event == "summary"))[0] | .scanned == .imported + .skipped' report
    [ "$(tree lib | wc -l)" = 11 ]
    glassine verify -q --library lib
    glassine import --json -d lib card > report
    [ "$(summary_of report)" = "[30,19,11,0,0]" ]
}

@test "the second Ctrl-C leaves at once, and nothing is lost" {
    [[ "${GLS_SANITIZE:-}" != *thread* ]] || skip "ThreadSanitizer holds signals back while a thread writes"
    setup_card
    start_import
    # Two that come too close are one; the third cannot be needed.
    for i in $(seq 200); do
        kill -INT $pid 2> /dev/null || break
        sleep 0.05
    done
    # Nobody has read the report yet.
    status=0
    wait $pid || status=$?
    [ $status -eq 130 ]
    exec 5<&-
    # What stands under a final name is whole.
    if [ -d lib ]; then tree lib | grep -vxFf wanted > strange || true; fi
    [ ! -s strange ]
    check_rerun
}

@test "a reader that goes away costs the report, not the import" {
    setup_card
    glassine import --json -d lib card 2> messages | head -n 1 > first || true
    [ "$(wc -l < first)" = 1 ]
    tree lib | diff wanted -
    refute grep "could not be written" messages
    check_rerun
    # Nor does the status tell of it, where nothing else is wrong.
    rm -rf lib card/*/*-broken.jpg
    { glassine import --json -d lib card 2> /dev/null; echo $? > status; } | head -n 1 > first
    [ "$(cat status)" = 0 ]
}

@test "a full disk behind stdout costs the report, not the import" {
    photo card/a.jpg "2020:01:02 03:04:05"
    for option in --json --verbose; do
        rm -rf lib
        status=0
        glassine import $option -d lib card > /dev/full 2> messages || status=$?
        [ $status -eq 1 ]
        grep -qx "glassine: the output could not be written" messages
        [ "$(tree lib | wc -l)" = 1 ]
        glassine verify -q --library lib
    done
}

@test "closed standard descriptors are no files of the library" {
    photo card/a.jpg "2020:01:02 03:04:05"
    photo card/b.jpg "2020:01:02 03:04:06"
    : > card/void.jpg
    status=0
    glassine import -v -d lib card <&- >&- 2>&- || status=$?
    [ $status -eq 1 ]
    [ ! -s lib/.glassine/lock ]
    [ "$(tree lib | wc -l)" = 2 ]
    glassine verify -q --library lib
    rm card/void.jpg
    # What could not be told is a failure; where there is nothing to tell, it is none.
    status=0
    glassine import --json -d lib card 2> messages >&- || status=$?
    [ $status -eq 1 ]
    [ "$(cat messages)" = "glassine: the output could not be written" ]
    glassine import --quiet -d lib card >&-
}

@test "a signal ends a walk through folders that hold nothing to import" {
    inject_library="$GLS_BINARY_DIR/tests/libgls_inject.so"
    [ -f "$inject_library" ] || skip "faults cannot be injected into a build with sanitizers"
    for i in $(seq 1000 3999); do mkdir -p "card/$i" && touch "card/$i/x.bin"; done
    status=0
    LD_PRELOAD=$inject_library GLS_INJECT=stat:1:INT:1005 \
        "$GLS_BINARY_DIR/glassine" import --json -d lib card > report || status=$?
    [ $status -eq 130 ]
    jq -sce 'map(select(.event == "summary"))[0] | .interrupted and (.left_out // 0) < 3000' report
}
