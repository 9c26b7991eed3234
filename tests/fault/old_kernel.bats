#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A kernel that lacks a call: what comes out is the same, and the laws hold.

load helper

# A command under a kernel without CALL.
without() {
    local call=$1
    shift
    strace -f -qq -o trace -e "trace=$call" -e "inject=$call:error=ENOSYS" "$GLS_BINARY_DIR/glassine" "$@"
}

# Was the call made at all? Else the command before would show nothing.
was_refused() {
    grep -q ' ENOSYS .*(INJECTED)' trace || { echo "$1 was not called"; return 1; }
}

need_strace() {
    [ -z "${GLS_SANITIZE:-}" ] || skip "LeakSanitizer does not work under strace"
    strace -qq -o /dev/null -e inject=syncfs:error=ENOSYS true 2> /dev/null ||
        skip "strace is not here, or may not trace"
}

make_wanted() {
    make_card card 20
    cp -a card sources
    glassine import -q -d wanted card || [ $? -eq 1 ]
    tree wanted > wanted_tree
}

@test "import and update without one call after the other" {
    need_strace
    make_wanted
    cp -a wanted updated
    glassine update -q --title Other updated
    tree updated > updated_tree
    for call in renameat2 statx syncfs getrandom fallocate clone3 openat2; do
        rm -rf lib
        without $call import -q -d lib card || [ $? -eq 1 ]
        was_refused $call
        tree lib | diff wanted_tree - || { echo "without $call"; return 1; }
        check_done lib || { echo "without $call"; return 1; }
        without $call update -q --title Other lib
        tree lib | diff updated_tree - || { echo "update without $call"; return 1; }
    done
}

@test "--move and repair without renameat2, and without syncfs" {
    need_strace
    make_wanted
    damaged=$(cd wanted && find . -name '*.jpg' -printf '%P\n' | LC_ALL=C sort | head -n 1)
    for call in renameat2 syncfs; do
        rm -rf lib card
        cp -a sources card
        without $call import -q --move -d lib card || [ $? -eq 1 ]
        was_refused $call
        tree lib | diff wanted_tree - || { echo "without $call"; return 1; }
        [ "$(find card -type f | wc -l)" -eq 1 ] # what is no picture stays
        touch -r "lib/$damaged" before
        printf 'X' | dd of="lib/$damaged" bs=1 seek=50 conv=notrunc status=none
        touch -r before "lib/$damaged"
        without $call verify -q --library lib --repair-from wanted --repair rotten || [ $? -eq 1 ]
        cmp "lib/$damaged" "wanted/$damaged"
        [ -f "lib/$damaged.rotten" ]
    done
}

@test "without syncfs every copy is flushed before it gets a name, and an error counts" {
    need_injection
    make_wanted
    env LD_PRELOAD="$GLS_INJECT_LIBRARY" GLS_INJECT="syncfs:1+:ENOSYS" GLS_INJECT_TRACE=trace \
        "$GLS_BINARY_DIR/glassine" import -q -d lib card || [ $? -eq 1 ]
    awk -F'\t' '
        $1 == "fsync" && $2 ~ /\.glassine\/tmp\// { flushed[$2] = 1 }
        $1 == "rename" && $3 ~ /lib\/2/ && $4 == 0 { named++; if (!($2 in flushed)) { print; failed = 1 } }
        END { exit failed || named < 10 }' trace
    rm -rf lib
    run injected "syncfs:1+:ENOSYS;fsync:1:EIO:.glassine/tmp/" import --move -d lib card
    [ "$status" -ne 0 ]
    (cd sources && find . -type f -exec sha256sum {} +) | (cd card && sha256sum -c --quiet)
}
