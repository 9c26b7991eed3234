#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What a power loss would find: the order of writes, flushes, renames, commits,
# reads and removals, from a trace of the system calls.

load helper

# trace COMMAND...: leaves the calls in ./trace, paths relative to the folder of work.
traced() {
    rm -f trace
    env LD_PRELOAD="$GLS_INJECT_LIBRARY" GLS_INJECT_TRACE="$work/trace" "$GLS_BINARY_DIR/glassine" "$@"
    sed -i "s#$work/##g" trace
}

# Every file that gets a name in the library was flushed, then meant (a commit),
# then named; then the names are flushed before anything else is committed.
check_publishing() {
    awk -F'\t' '
        function bad(text) { print "line " NR ": " text ": " $0; failed = 1 }
        $1 == "write" && $2 ~ /^lib\/.glassine\/tmp\// { written[$2] = NR }
        $1 == "syncfs" && $4 == 0 { synced = NR }
        $1 == "fsync" && $2 ~ /library.db-wal$/ && $4 == 0 { committed = NR; synced_at_commit = synced }
        $1 == "write" && $2 ~ /library.db-wal$/ && named > synced { bad("a commit before the names are flushed") }
        ($1 == "rename" || $1 == "exchange") && $3 ~ /^lib\/2/ && $4 == 0 {
            names++
            named = NR
            if (!($2 in written) && $2 ~ /tmp/) bad("a copy that nobody wrote")
            if (synced_at_commit < written[$2]) bad("named before its bytes were flushed and then meant")
        }
        END { if (names < wanted) { print names " names"; failed = 1 } exit failed }
    ' wanted="$1" trace
}

# A source goes when its stored file was named, flushed, committed and read back.
# And no copy is recorded before it was read back from where it is named and flushed.
# PAIRS: source<tab>destination<tab>size, of copies.
check_letting_go() {
    awk -F'\t' '
        function bad(text) { print "line " FNR ": " text ": " $0; failed = 1 }
        NR == FNR { stored[$1] = $2; size_of[$2] = $3; next }
        ($1 == "rename" || $1 == "exchange") && $2 ~ /tmp/ && $3 ~ /^lib\/2/ && $4 == 0 { named[$3] = FNR }
        $1 == "syncfs" && $4 == 0 { synced = FNR }
        $1 == "fsync" && $2 ~ /library.db-wal$/ && $4 == 0 {
            for (path in named) if (named[path] < synced && !(path in safe)) {
                safe[path] = FNR
                if (got[path] < size_of[path]) bad("recorded before it was read back: " path)
            }
        }
        $1 == "read" && $2 ~ /^lib\/2/ && $4 > 0 && named[$2] < synced { got[$2] += $4 }
        (($1 == "unlink" && $2 ~ /^card\//) || ($1 == "rename" && $2 ~ /^card\// && $3 ~ /Trash\/files/)) && $4 == 0 {
            gone++
            if (!($2 in stored)) bad("a source that was not stored")
            else if (!(stored[$2] in safe)) bad("gone before its stored file was named, flushed and committed")
        }
        END { if (gone < wanted) { print gone " gone"; failed = 1 } exit failed }
    ' wanted="$1" pairs trace
}

# Old versions go, at least so many, and none before the last new name is flushed.
check_old_versions() {
    awk -F'\t' '
        ($1 == "rename" || $1 == "exchange") && $3 ~ /^lib\/2/ && $4 == 0 { named = NR }
        $1 == "syncfs" && $4 == 0 { synced = NR }
        $1 == "unlink" && $2 ~ /^lib\/(2|.glassine\/tmp)/ && $4 == 0 {
            gone++
            if (synced < named) { print "line " NR ": " $0; failed = 1 }
        }
        END { exit failed || gone < wanted }
    ' wanted="$1" trace
}

pairs_of() {
    jq -r 'select(.event == "file" and .destination != null) | [.source, .destination] | @tsv' report |
        while IFS=$'\t' read -r source destination; do
            printf '%s\t%s\t%s\n' "$source" "$destination" "$(stat -c %s "$destination")"
        done | sed "s#$work/##g" > pairs
}

@test "import: bytes, then intents, then names, then rows" {
    need_injection
    make_card card 80
    traced import -q -d lib card || [ $? -eq 1 ]
    check_publishing 70
}

@test "--move and --trash: a source goes last" {
    need_injection
    for way in --move --trash; do
        rm -rf lib card
        make_card card 40
        rm card/no-picture.jpg card/duplicate.jpg card/*/*.AAE
        traced import --json $way -d lib card > report
        check_publishing 30
        pairs_of
        check_letting_go 30
        [ -z "$(find card -type f)" ]
    done
}

@test "--move by rename: meant before it is done" {
    need_injection
    make_card card 40
    # Of a shot of several files one alone is renamed; the others are copied.
    rm -r card/no-picture.jpg card/duplicate.jpg card/a card/b
    traced import --json --move --write-metadata none -d lib card > report
    # The rename is the only call on a source, and comes after a commit.
    awk -F'\t' '
        $1 == "fsync" && $2 ~ /library.db-wal$/ { commits++; committed = NR }
        $1 == "syncfs" { synced = NR }
        $1 == "rename" && $2 ~ /^card\// { renamed++; if (commits < 2 || committed < synced) { print; failed = 1 } }
        $1 != "rename" && $1 != "read" && $2 ~ /^card\// { print; failed = 1 }
        END { exit failed || renamed < 25 }' trace
}

@test "update: the old version goes when the new one is on disk under its name" {
    need_injection
    make_card card 40
    glassine import -q -d lib card || [ $? -eq 1 ]
    for what in "--title A" "--time 2001-02-03"; do
        traced update -q $what lib
        check_publishing 20
        check_old_versions 20
    done
}

@test "finishing an update that died: the old version goes when the new one is on disk" {
    need_injection
    make_card card 40
    glassine import -q -d lib card || [ $? -eq 1 ]
    year=2000
    for step in "rename:1:KILL:/lib/2" "rename:3:KILLED:/lib/2" "unlink:2:KILL:gone-"; do
        year=$((year + 1))
        injected "$step" update -q --time "$year-02-03 04:05:06" lib > /dev/null 2>&1 || true
        [ "$(query lib/.glassine/library.db 'select count(*) from intents')" -gt 0 ]
        traced verify -q --library lib
        check_old_versions 1
        check_closed lib
    done
}
