#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A folder that cannot be listed to its end, or a companion that cannot be looked at, is
# no folder that ends there and no shot without a companion.

load helper

setup_card() {
    need_injection
    photo card/a/IMG_1.JPG "2020:01:01 01:02:03" 1
    sidecar card/a/IMG_1.xmp "A title"
    photo card/a/IMG_2.JPG "2020:01:01 01:02:04" 2
    photo card/a/below/IMG_3.JPG "2020:01:01 01:02:05" 3
    photo card/b/IMG_4.JPG "2020:01:01 01:02:06" 4
}

sidecar() {
    cat > "$1" << END
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt>
<rdf:li xml:lang="x-default">$2</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta>
END
}

@test "import takes nothing of a folder that it cannot list, and says so" {
    setup_card
    # ".", "..", and then one name after the other: every place where reading may stop.
    for at in 1 2 3 4 5 6 7; do
        rm -rf lib
        run injected "list:$at:EIO:card/a" import --move -n --json -d lib card
        [ "$status" -eq 1 ]
        [[ $output == *'/card/a"'*"the folder cannot be read: Input/output error"* ]]
        refute grep -q 'IMG_[12]' <<< "$output"
        grep -q IMG_4 <<< "$output"
    done
}

@test "a shot fails as a whole if one of its files cannot be looked at" {
    setup_card
    local failed=0
    cp -a card whole
    find card -type f | sort > before
    for part in IMG_1.xmp IMG_1.JPG; do
        for at in 1 2 3 4; do
            run injected "stat:$at:EIO:$part" import --move -d lib card/a/IMG_1.JPG card/a/IMG_1.xmp
            # With its title and its sidecar, or not at all.
            if [ "$status" -eq 1 ]; then
                find card -type f | sort | diff before -
                [ -z "$(find lib -name '*img_1*')" ]
                failed=$((failed + 1))
            else
                [ "$(find lib -name '*a-title*' | wc -l)" -ge 2 ]
            fi
            rm -rf card lib
            cp -a whole card
        done
    done
    [ "$failed" -ge 2 ]
}

@test "what the file system keeps for itself is never opened" {
    need_injection
    photo card/IMG_1.JPG "2020:01:01 01:02:03"
    mkdir -p "card/lost+found" "card/System Volume Information" lib/lost+found
    run injected "open:1+:EACCES:lost+found;open:1+:EACCES:System Volume" import -d lib card
    [ "$status" -eq 0 ]
    run injected "open:1+:EACCES:lost+found" generate-db -s lib
    [ "$status" -eq 0 ]
}

all_rows() {
    sqlite3 "$1/.glassine/library.db" "select cast(path as text), hex(stored_xxh128), run_id from files order by path"
}

@test "generate-db replaces no database when a folder cannot be listed; verify tells of it" {
    setup_card
    glassine import -q -d lib card
    all_rows lib > before
    cp lib/.glassine/library.db database
    for at in 1 3 4 5; do
        run injected "list:$at:EIO:lib/2020" generate-db -s lib
        [ "$status" -ne 0 ]
        [[ $output == *"this folder cannot be listed"* ]]
        [[ $output == *"the old database stays in force"* ]]
        all_rows lib | diff before -
        [ -z "$(find lib/.glassine -name '*.new*' -o -name '*.draft*')" ]
        run injected "list:$at:EIO:lib/2020" verify --library lib
        [ "$status" -eq 1 ]
        [[ $output == *"unreadable 2020"*"cannot be looked at"* ]]
    done
    # Afterwards nothing is filed again.
    glassine import -d lib card > report 2>&1
    grep -q ' 0 imported' report
}

@test "generate-db keeps the row of a file that cannot be read, and fails" {
    setup_card
    glassine import -q -d lib card
    all_rows lib > before
    run injected "read:1+:EIO:img_4.jpg" generate-db -s lib
    [ "$status" -eq 1 ]
    [[ $output == *"img_4.jpg"*"Input/output error"* ]]
    all_rows lib | diff before -
    run injected "read:1+:EIO:img_4.jpg" verify --library lib
    [ "$status" -eq 1 ]
    [[ $output == *"unreadable"*"img_4.jpg"* ]]
}

@test "update tells a folder above the library that cannot be looked at" {
    local at count status told=0
    need_injection
    photo card/a.jpg "2020:01:02 03:04:05"
    glassine import -q -d stored card
    cp -a stored lib
    count=$(env LD_PRELOAD="$GLS_INJECT_LIBRARY" GLS_INJECT=stat:999999:EIO GLS_INJECT_COUNT=calls \
        "$GLS_BINARY_DIR/glassine" update -q --title T lib > /dev/null; sed -n 2p calls)
    [ "$count" -gt 50 ]
    for at in $(seq 1 "$count"); do
        rm -rf lib
        cp -a stored lib
        status=0
        injected "stat:$at:EIO" update -q --title T lib > messages 2>&1 || status=$?
        [ "$status" -le 3 ] || { echo "stat $at: status $status"; cat messages; false; }
        ! grep -q 'the folder cannot be opened' messages || told=$((told + 1))
    done
    [ "$told" -ge 1 ]
}

@test "an import whose input cannot be looked at is no dry run" {
    need_injection
    photo card/a.jpg "2020:01:02 03:04:05"
    for at in 1 2 3 4; do
        rm -rf lib
        status=0
        injected "stat:$at:EIO:card" import -q -d lib card > message 2>&1 || status=$?
        [ "$status" -ne 0 ] || [ "$(find lib -name '*.jpg' | wc -l)" -eq 1 ] || { echo "look $at: status 0, and nothing is filed"; false; }
    done
}
