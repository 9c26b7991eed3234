#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What a run that was cut off left, looked at on a disk that does not say all.

load helper

intents() { query lib/.glassine/library.db "select count(*) from intents"; }

# A library of one picture that rotted, and the good one's.
make_damaged() {
    photo card/a.jpg "2020:01:02 03:04:05"
    glassine import -q -d good card
    cp -a good harmed
    stored=$(cd good && find . -name '*.jpg' -printf '%P')
    printf 'X' | dd of="harmed/$stored" bs=1 seek=50 conv=notrunc status=none
    touch -r "good/$stored" "harmed/$stored"
}

@test "a repair that cannot be looked at stays for the next run, and both versions with it" {
    need_injection
    make_damaged
    repair="--repair-from good --repair rotten"
    told=0
    # Before the swap and after it, by an exchange and by links.
    for dies in exchange:1:KILL exchange:1:KILLED "exchange:1+:EINVAL;rename:1:KILL:lib/2" \
        "exchange:1+:EINVAL;rename:1:KILLED:lib/2"; do
        for error in read:1+:EIO:.glassine/tmp/ stat:1+:EIO:.glassine/tmp/ read:1+:EIO:lib/2 stat:1+:EIO:lib/2; do
            rm -rf lib
            cp -a harmed lib
            injected "$dies" verify -q --library lib $repair > /dev/null 2>&1 || true
            [ "$(intents)" = 1 ]
            injected "$error" verify --library lib > messages 2>&1 || true
            ! grep -q "cannot be looked at" messages || told=$((told + 1))
            cmp -s "lib/$stored" "good/$stored" || cmp "lib/$stored" "harmed/$stored"
            [ ! -e "lib/$stored.rotten" ] || cmp "lib/$stored.rotten" "harmed/$stored" || { echo "$dies, then $error"; false; }
            glassine verify -q --library lib $repair || true
            cmp "lib/$stored" "good/$stored" || { echo "$dies, then $error"; false; }
            cmp "lib/$stored.rotten" "harmed/$stored" || { echo "$dies, then $error"; false; }
            [ "$(intents)" = 0 ]
            [ -z "$(ls -A lib/.glassine/tmp)" ]
        done
    done
    echo "told: $told"
    [ "$told" -ge 8 ]
}

@test "an old version that cannot be read stays, and the run that left it is not called complete" {
    need_injection
    photo card/a.jpg "2020:01:02 03:04:05"
    glassine import -q -d stored card
    old=$(cd stored && find . -name '*-a.jpg' -printf '%P')
    cp -a stored lib
    glassine update -q --title T lib
    new=$(cd lib && find . -name '*-t.jpg' -printf '%P')
    tree lib > wanted
    told=0
    # After the rename; and before it, where the new name is looked at once in vain and then given.
    for error in KILLED:{read:1+,stat:1+,stat:2,stat:3,stat:4}:EIO:"$old" \
        KILLED:{read:1+,stat:{1,2,3,4,5}+}:EIO:"$new" KILL:stat:{1,2}:EIO:"$new" KILL:stat:{1,2,3,4}:EIO:"$old"; do
        died=${error%%:*}
        error=${error#*:}
        rm -rf lib
        cp -a stored lib
        injected "rename:1:$died:lib/2" update -q --title T lib > /dev/null 2>&1 || true
        [ "$(intents)" = 1 ]
        injected "$error" verify --library lib > messages 2>&1 || true
        if grep -q "cannot be looked at" messages; then
            told=$((told + 1))
            cmp "lib/$old" "stored/$old"
            [ "$(query lib/.glassine/library.db "select cast(path as text) from files")" = "$old" ]
            [ "$(intents)" = 1 ]
        fi
        glassine update -q --title T lib
        tree lib | diff wanted - || { echo "$error"; false; }
        check_closed lib
    done
    echo "told: $told"
    [ "$told" -ge 5 ]
}

@test "a file system that gives no kinds with its names" {
    need_injection
    make_card card 30
    ln -s "$PWD/card" card/loop
    glassine import -q -d wanted card || [ $? -eq 1 ]
    injected "list:1+:NOTYPE" import -q -d lib card || [ $? -eq 1 ]
    tree wanted > wanted_tree
    tree lib | diff wanted_tree -
    # What a killed run left among the copies, rows anew, a folder's update, views.
    injected "syncfs:1:KILL" import -q --allow-duplicates -d lib card > /dev/null 2>&1 || true
    [ -n "$(ls -A lib/.glassine/tmp)" ]
    injected "list:1+:NOTYPE" verify -q --library lib
    check_closed lib
    # Another library below, and a folder that is named like a picture.
    mkdir lib/folder.jpg
    cp -a wanted lib/inner
    count=$(query lib/.glassine/library.db "select count(*) from files")
    injected "list:1+:NOTYPE" generate-db -q --source lib
    [ "$(query lib/.glassine/library.db "select count(*) from files")" = "$count" ]
    injected "list:1+:NOTYPE" verify --library lib --json > report
    [ "$(grep -c untracked report)" -le 1 ] # the summary's count
    injected "list:1+:NOTYPE" update -q --title Other lib
    tree lib/inner | diff wanted_tree -
    glassine verify -q --library lib
}

@test "the log of a database that is gone is not replayed into the next" {
    need_injection
    photo card/a.jpg "2020:01:02 03:04:05" one
    photo other/b.jpg "2021:01:02 03:04:05" two
    glassine import -q -d lib card
    cp -a lib other_library
    # A log that holds a row, as a crash leaves it.
    sqlite3 other_library/.glassine/library.db "pragma wal_autocheckpoint=0; insert into runs(command, version, started_s) values('x', '', 0);" \
        ".shell cp other_library/.glassine/library.db-wal log" > /dev/null 2>&1 || true
    [ -s log ]
    for command in "generate-db -q --source lib" "import -q -d lib other"; do
        rm -rf lib
        cp -a other_library lib
        rm -f lib/.glassine/library.db*
        cp log lib/.glassine/library.db-wal
        glassine $command
        [ "$(query lib/.glassine/library.db 'pragma integrity_check')" = ok ]
        [ "$(query lib/.glassine/library.db "select count(*) from runs where command = 'x'")" = 0 ]
    done
    # Nothing gets its name while the log cannot be removed, neither where the database is gone
    # nor where it is damaged.
    for harm in "rm lib/.glassine/library.db" "truncate -s 20000 lib/.glassine/library.db"; do
        rm -rf lib
        cp -a other_library lib
        rm -f lib/.glassine/library.db-*
        $harm
        cp log lib/.glassine/library.db-wal
        run injected unlink:1+:EIO:=$PWD/lib/.glassine/library.db-wal generate-db -q --source lib
        [ ! -s lib/.glassine/library.db-wal ] || [ "$status" -ne 0 ] || { echo "$harm"; false; }
        glassine generate-db -q --source lib
        [ "$(query lib/.glassine/library.db 'pragma integrity_check')" = ok ]
        [ "$(query lib/.glassine/library.db "select count(*) from runs where command = 'x'")" = 0 ]
    done
    # Commands that read refuse, and leave it.
    rm -rf lib
    cp -a other_library lib
    rm lib/.glassine/library.db*
    cp log lib/.glassine/library.db-wal
    for command in "verify --library lib" "log --library lib"; do
        run glassine $command
        [ "$status" -eq 3 ] || { echo "$command: $status"; false; }
        cmp log lib/.glassine/library.db-wal
    done
}

@test "a library below another one is no part of it" {
    need_injection
    photo card/a.jpg "2020:01:02 03:04:05" one
    photo card/b.jpg "2021:01:02 03:04:05" two
    glassine import -q -d start card/a.jpg
    glassine import -q -d start/inner card/b.jpg
    (cd start/inner && find . -type f -exec sha256sum {} +) | sort > inner
    inner_is_untouched() { (cd lib/inner && find . -type f -exec sha256sum {} +) | sort | diff inner -; }
    cp -a start lib
    glassine update --json --title T lib > report
    [ "$(summary_of report)" = "[1,1,0,0,0]" ]
    inner_is_untouched
    # Named beside files of the outer one, its files are another library's.
    for path in lib/inner lib/inner/*/*/*.jpg; do
        refute glassine update --json --title "U ${path##*/}" lib/20*/*/*.jpg "$path" > report
        [ "$(summary_of report)" = "[2,1,0,0,1]" ]
        grep -q "lies outside the library" report
        inner_is_untouched
    done
    # Alone they are their own's.
    glassine update --json --title V lib/inner > report
    [ "$(summary_of report)" = "[1,1,0,0,0]" ]
    [ "$(find lib/inner -name '*-v.jpg' | wc -l)" = 1 ]
    # A folder of which it cannot be told whether it is one fails.
    for at in 1 2 3 4 5; do
        rm -rf lib
        cp -a start lib
        injected "stat:$at:EIO:=.glassine" update -q --title T lib > message 2>&1 || [ $? -eq 1 ]
        ! grep -q "lib/inner: the folder cannot be opened" message || told=yes
        inner_is_untouched || { echo "stat $at"; false; }
    done
    [ "$told" = yes ]
}

# A disk that does not read the middle of a long file, which it lists, opens and begins to
# read: that file fails alone.
@test "a movie that cannot be read in its middle fails alone, and stays" {
    need_injection
    make_card card 20
    cp "$fixtures/sample/DCIM/100GLASS/IMG_0004.MOV" card/long.mov
    # More than the blocks that are read ahead of one another.
    head -c 12000000 /dev/urandom > noise
    { printf '\0\267\033\010mdat'; cat noise; } >> card/long.mov
    rm card/no-picture.jpg noise
    cp -a card sources
    for way in "" --move --trash "--move --write-metadata none"; do
        rm -rf card whole
        cp -a sources card
        # shellcheck disable=SC2086 # words
        glassine import -q $way -d whole card
        tree whole | grep -v long > wanted
        for at in 2 4 8; do
            rm -rf card lib
            cp -a sources card
            # Of the file's reads that one and all after it, by every way of reading.
            status=0
            # shellcheck disable=SC2086
            injected "read:$at+:EIO:long.mov" import --json $way -d lib card > report 2> /dev/null || status=$?
            [ "$status" -eq 1 ] || { echo "$way, read $at: $status"; false; }
            [ "$(json_of report long.mov status)" = failed ]
            [[ "$(json_of report long.mov reason)" == *"Input/output error"* ]]
            cmp card/long.mov sources/long.mov
            tree lib | diff wanted -
            check_done lib
            [ "$(find card -type f | wc -l)" = 1 ] || [ -z "$way" ] || { find card; false; }
        done
    done
}

# The number of the unit belongs to what recovery finishes as well.
@test "a companion that comes later is of one unit with its picture, wherever the run is cut off" {
    need_injection
    mkdir card both
    local shots="$GLS_SOURCE_DIR/fixtures/sample/DCIM/100GLASS"
    local units="select count(*), count(distinct unit_id), min(unit_id) > 0 from files"
    cp "$shots/IMG_0006.JPG" card
    glassine import -q -d start card
    cp "$shots/IMG_0006.AAE" card
    # The same in one run: the picture alone, and once more with its companion.
    cp "$shots/IMG_0006.JPG" both
    mkdir both/again
    cp "$shots"/IMG_0006.* both/again
    mkdir empty
    for begin in "start card" "empty both"; do
        at=0
        while rm -rf lib && cp -a "${begin% *}" lib && ! injected "any:$((at += 1)):KILL" import -q -d lib "${begin#* }"; do
            glassine import -q -d lib "${begin#* }"
            [ "$(query lib/.glassine/library.db "$units")" = "2|1|1" ] || { echo "$begin, $at"; false; }
        done
        [ "$at" -gt 10 ]
    done
}
