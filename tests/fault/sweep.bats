#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Every kind of system call fails once, and from then on, at places spread over a run:
# nothing is lost, nothing half stands under a final name, and the next run ends as one
# that was not disturbed. GLS_FAULT_ROUNDS places a kind; the default is few.

load helper

faults="write:ENOSPC write:EIO read:EIO open:EIO open:EMFILE list:EIO stat:EIO rename:EIO exchange:EIO exchange:ENOSYS link:EPERM
    unlink:EIO mkdir:ENOSPC fsync:EIO syncfs:EIO times:EPERM ftruncate:EIO flock:ENOLCK
    thread:EAGAIN alloc:ENOMEM"
# A program that is interrupted, or is given only half of what it asks, goes on.
nuisances="read:EINTR write:EINTR open:EINTR read:SOME write:SOME"

setup_sweep() {
    same_end="diff" emptied=
    need_injection
    shot="$fixtures/sample/DCIM/100GLASS"
    mkdir sources
    cp "$shot"/IMG_0003.* "$shot"/IMG_0005.* "$shot"/IMG_0006.* sources
    find sources -type f -print0 | xargs -0 sha256sum | cut -c1-64 | sort -u > pictures
    glassine import -q -d stored sources
}

names_of() {
    tree "$1" | cut -c67- | LC_ALL=C sort
}

# Puts card and lib as they are before the command: START is the library's folder, or "".
renew() {
    rm -rf card lib
    cp -a sources card
    rm -rf "$XDG_DATA_HOME/Trash"
    [ -z "$1" ] || cp -a "$1" lib
}

# An update that fails in the middle of rolling a unit back may leave another name; the
# pictures are all there.
no_fewer_pictures() {
    [ "$(grep -c -e '\.jpg$' -e '\.dng$' "$2")" -ge "$(grep -c -e '\.jpg$' -e '\.dng$' "$1")" ]
}

# How many calls of that kind the command makes.
count_of() {
    env LD_PRELOAD="$GLS_INJECT_LIBRARY" GLS_INJECT="$1:999999999:EIO" GLS_INJECT_COUNT=calls \
        "$GLS_BINARY_DIR/glassine" "${@:2}" > /dev/null 2>&1 || true
    sed -n 2p calls
}

# One fault in one run, and the run after it.
try_fault() {
    local fault=$1 start=$2 status=0
    shift 2
    renew "$start"
    injected "$fault" "$@" > messages 2>&1 || status=$?
    [ "$status" -le 3 ] || { echo "$fault: status $status"; cat messages; return 1; }
    lost_of pictures card lib > lost
    [ ! -s lost ] || { echo "$fault: lost"; cat lost messages; return 1; }
    # A run that says that all went well has done all, or left an old version, whose new one
    # is there, to the next.
    names_of lib > names
    [ "$status" -ne 0 ] || [ "$(query lib/.glassine/library.db 'select count(*) from intents')" -gt 0 ] ||
        diff wanted names || { echo "$fault: status 0, and another result"; cat messages; return 1; }
    [ "$status" -ne 0 ] || [ -z "$emptied" ] || [ -z "$(find card -type f)" ] ||
        { echo "$fault: status 0, and still on the card"; cat messages; return 1; }
    (cd card && find . -type f -exec sha256sum {} +) | sort > left
    [ -z "$(comm -13 untouched left)" ] || { echo "$fault: a source is another"; return 1; }
    glassine "$@" > messages 2>&1 || [ $? -eq 1 ] || { echo "$fault: the next run"; cat messages; return 1; }
    names_of lib > names
    $same_end wanted names || { echo "$fault: the next run ends otherwise"; return 1; }
    check_done lib || { echo "$fault"; return 1; }
    [ -z "$emptied" ] || [ -z "$(find card -type f)" ] || { echo "$fault: still on the card"; find card -type f; return 1; }
    check_trash || { echo "$fault"; return 1; }
}

sweep() {
    local start=$1 fault kind count at
    shift
    renew "$start"
    (cd card && find . -type f -exec sha256sum {} +) | sort > untouched
    glassine "$@" > messages
    names_of lib > wanted
    for fault in $faults $nuisances; do
        kind=${fault%:*}
        renew "$start"
        count=$(count_of "$kind" "$@")
        for at in $(seq $((RANDOM % (count / ${rounds:-1} + 1) + 1)) $((count / ${rounds:-1} + 1)) "$count"); do
            try_fault "$kind:$at:${fault#*:}" "$start" "$@"
            # Whoever is interrupted for ever waits for ever.
            case $fault in alloc* | *EINTR) ;; *) try_fault "$kind:$at+:${fault#*:}" "$start" "$@" ;; esac
        done
    done
}

@test "faults everywhere: import" {
    setup_sweep
    sweep "" import -q -d lib card
}

@test "faults everywhere: import --move" {
    setup_sweep
    emptied=card
    sweep "" import -q --move -d lib card
}

@test "faults everywhere: import --trash" {
    setup_sweep
    emptied=card
    sweep "" import -q --trash -d lib card
}

@test "faults everywhere: generate-db" {
    setup_sweep
    sweep stored generate-db -q --source lib
}

@test "faults everywhere: verify" {
    setup_sweep
    sweep stored verify -q --library lib
}

@test "faults everywhere: update" {
    setup_sweep
    same_end=no_fewer_pictures
    sweep stored update -q --time "2001-02-03 04:05:06" lib
}
