#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A kernel that lacks a call: the import's result is the same. strace answers ENOSYS
# in the kernel's place, one call at a time.

load helper

# What an import of the sample card leaves, and what it says, without times.
result() {
    tree "$1/lib"
    jq -cS 'del(.seconds) | walk(if type == "string" then sub("^.*/(?<n>lib/)"; .n) else . end)' "$1/report"
}

@test "without renameat2, statx, syncfs, getrandom, fallocate or openat2: the same library" {
    [ -z "${GLS_SANITIZE:-}" ] || skip "LeakSanitizer does not work under strace"
    command -v strace > /dev/null || skip "no strace"
    strace -f -o /dev/null true || skip "no process may be traced here"
    mkdir whole
    (cd whole && glassine import --json -d lib "$fixtures/sample" > report)
    result whole > expected
    [ "$(grep -c '"status":"imported"' expected)" -gt 5 ]
    for call in renameat2 statx syncfs getrandom fallocate openat2; do
        mkdir "$call"
        (cd "$call" && strace -f -o /dev/null -e trace="$call" -e inject="$call:error=ENOSYS" \
            "$GLS_BINARY_DIR/glassine" import --json -d lib "$fixtures/sample" > report) ||
            { echo "without $call the import fails"; cat "$call/report"; false; }
        result "$call" > "$call/result"
        diff expected "$call/result" || { echo "without $call it differs"; false; }
        glassine verify -q --library "$call/lib"
    done
}
