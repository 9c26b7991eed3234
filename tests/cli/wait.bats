#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# One writer at a time: who waits for whom, and that readers stop nobody.

bats_require_minimum_version 1.5.0
load helper

notes() {
    local i
    mkdir -p "$1"
    for i in $(seq "$2"); do printf '%s %d' "$1" "$i" > "$1/note-$i.txt"; done
}

# A writer that holds ./lib until descriptor 9 is closed.
hold() {
    exec 9> lib/.glassine/lock
    flock 9
}

@test "eight imports into one library all end well" {
    for i in 1 2 3 4 5 6 7 8; do
        notes "card$i" 20
        glassine import -q -d lib "card$i" > "out$i" 2>&1 &
        pids="${pids:-} $!"
    done
    for pid in $pids; do wait "$pid"; done
    glassine verify --json --library lib | jq -e 'select(.event == "summary") | .ok == 160' > /dev/null
}

@test "--wait 0 fails at once and says who is at work" {
    notes card 1
    glassine import -q -d lib card
    mkfifo pipe
    notes many 400
    "$GLS_BINARY_DIR/glassine" import --json -d lib many > pipe 2> /dev/null &
    first=$!
    exec 5< pipe
    read -r line <&5
    run -3 --separate-stderr glassine import --wait 0 --json -d lib card
    [ "$(jq -r '[.event, .status] | join(" ")' <<< "$output")" = "error busy" ]
    [[ $stderr == *"$work/lib: another glassine (process $first: import) is at work in this library"* ]]
    [[ $(jq -r .message <<< "$output") == *"(process $first: import)"* ]]
    # It is told to be running, and not to have been cut off.
    run -0 glassine log --library lib
    [[ ${lines[0]} == *"(is running)" ]]
    kill -9 $first
    exec 5<&-
    wait $first || true
    run -0 glassine log --library lib
    [[ ${lines[0]} == *"(was cut off)" ]]
    # What it did is counted all the same.
    sqlite3 lib/.glassine/library.db "INSERT INTO actions (run_id, action) VALUES (2, 'published'), (2, 'failed')"
    published=$(glassine log --library lib 2 | grep -c '^  published')
    run -0 glassine log --library lib
    [[ ${lines[0]} == *"import       $published imported, 0 duplicate, 0 skipped, 1 failed (was cut off)" ]]
    # What a dead process left in the lock's file names nobody.
    hold
    run -3 --separate-stderr glassine import --wait 0 -d lib card
    [[ $stderr == *"another glassine is at work in this library"* ]]
}

@test "--wait waits for as long as it says, and says for whom" {
    notes card 1
    glassine import -q -d lib card
    hold
    before=$(date +%s%N)
    run -3 --separate-stderr glassine import --wait 1 -d lib card
    [ $(($(date +%s%N) - before)) -ge 1000000000 ]
    [[ ${stderr_lines[0]} == *"lib: waiting for another glassine"* ]]
    # One that goes away meanwhile is no failure.
    (sleep 1; flock -u 9) &
    glassine import -q --wait 60 -d lib card
    exec 9>&-
    run -2 glassine import --wait soon -d lib card
}

@test "a writer that waits can be stopped" {
    notes card 1
    glassine import -q -d lib card
    hold
    "$GLS_BINARY_DIR/glassine" import --wait 600 -d lib card 2> message 9>&- &
    waiting=$!
    until grep -q waiting message; do sleep 0.05; done
    kill -INT $waiting
    status=0
    wait $waiting || status=$?
    [ $status -eq 130 ]
}

# A dry run that stands still in the middle of its report.
start_dry_run() {
    notes many 400
    mkfifo pipe
    "$GLS_BINARY_DIR/glassine" import --dry-run --json -d lib many > pipe 2> dry.err &
    dry=$!
    exec 5< pipe
    read -r line <&5
}

end_dry_run() {
    cat <&5 > report
    exec 5<&-
    wait $dry
    [ "$(jq -c 'select(.event == "summary") | [.scanned, .imported, .duplicate]' report)" = "[400,$1,$2]" ]
}

@test "a dry run stops no writer, and sees the library as it was" {
    notes card 30
    notes some 10
    glassine import -q -d lib card
    start_dry_run
    # Enough for SQLite to move its log into the database, again and again.
    glassine import -q --wait 0 -d lib many
    glassine update -q --wait 0 --album Other lib
    glassine verify -q --wait 0 --library lib
    glassine generate-db -q --wait 0 --source lib
    end_dry_run 400 0
    glassine verify -q --library lib
    # What the log held back is in the database again.
    glassine import -q -d lib some
    [ ! -e lib/.glassine/library.db-wal ]
}

@test "a dry run that reads the log of a crash stops no writer either" {
    notes card 30
    glassine import -q -d lib card
    cp -a lib crashed
    sqlite3 lib/.glassine/library.db "pragma journal_mode = wal; pragma wal_autocheckpoint = 0;
        update files set checked_s = 5;" ".shell cp lib/.glassine/library.db* crashed/.glassine/" > /dev/null
    rm -rf lib crashed/.glassine/library.db-shm
    mv crashed lib
    [ -s lib/.glassine/library.db-wal ]
    start_dry_run
    glassine import -q --wait 0 -d lib many
    end_dry_run 400 0
    [ "$(sqlite3 lib/.glassine/library.db 'select count(*) from files')" -eq 430 ]
    [ "$(sqlite3 lib/.glassine/library.db 'pragma integrity_check')" = ok ]
}

# verify that stands still in the middle of its report.
start_verify() {
    mkfifo pipe
    "$GLS_BINARY_DIR/glassine" verify --json --library lib > pipe 2> verify.err &
    verifying=$!
    exec 5< pipe
    read -r line <&5
}

end_verify() {
    status=0
    cat <&5 > report
    exec 5<&-
    wait $verifying || status=$?
}

last_note() {
    (cd lib && find . -name '*.txt' -printf '%P\n' | LC_ALL=C sort | tail -n "$1" | head -n 1)
}

@test "verify stops no writer, and does not call missing what another run moves meanwhile" {
    notes many 1200
    notes some 10
    glassine import -q -d lib many
    start_verify
    glassine import -q --wait 0 -d lib some
    glassine update -q --wait 0 --time 2020-01-01 "lib/$(last_note 1)"
    glassine update -q --wait 0 --title Other "lib/$(last_note 3)" "lib/$(last_note 4)"
    rm "lib/$(last_note 8)"
    end_verify
    [ $status -eq 1 ]
    jq -c 'select(.event == "summary") | [.missing, .rotten + .edited + .changed + .moved + .untracked + .unreadable]' report > counts
    [ "$(cat counts)" = '[1,0]' ]
    # What it checked is recorded, and the next one begins anew.
    [ "$(sqlite3 lib/.glassine/library.db 'select count(*) from files where checked_s > 0')" -gt 1000 ]
    [ "$(glassine log --library lib --json | jq -r 'select(.command == "verify") | .state')" = finished ]
}

@test "verify beside a writer reads, and records when the writer has ended" {
    notes card 20
    glassine import -q -d lib card
    hold
    (sleep 1; flock -u 9) &
    glassine verify -q --library lib 9>&-
    exec 9>&-
    [ "$(sqlite3 lib/.glassine/library.db 'select count(*) from files where checked_s > 0')" -eq 20 ]
}

@test "--accept and --repair-from hold the library while they decide" {
    notes card 1
    glassine import -q -d lib card
    hold
    run -3 glassine verify --wait 0 --library lib --accept untracked 9>&-
    run -3 glassine verify --wait 0 --library lib --repair-from card 9>&-
    run -0 glassine verify --library lib 9>&-
    [[ $output == *"not all that was checked is recorded"* ]]
}
