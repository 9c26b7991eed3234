#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# kill -9 at any instant of generate-db and of verify (law 7).

load helper

# A library of 80 photos and some companions, in ./start.
make_start() {
    make_card card 90
    glassine import -q -d start card || [ $? -eq 1 ]
    tree start > stored
    rows_of start > rows
}

# What the database says of each file, and nothing of when it said so.
rows_of() {
    database_of "$1"
    query database/library.db "
        select cast(path as text), size, hex(source_sha256), hex(stored_xxh128), hex(essence_xxh128),
        cast(source_path as text), date_taken from files order by path"
}

# Kills a command somewhere in its calls, or right after one.
kill_at_random() {
    local rule=KILL
    [ $((RANDOM % 3)) -ne 0 ] || rule=KILLED
    [ $((RANDOM % 4)) -ne 0 ] || rule=SHORT
    killed_at="any:$(($(random_below "$calls") + 1)):$rule"
    injected "$killed_at" "$@" > /dev/null 2>&1 || true
}

failed_in() {
    echo "round $round, killed at $killed_at"
    return 1
}

@test "generate-db that is killed leaves the old database or the new one" {
    need_injection
    make_start
    cp -a start lib
    calls=$(calls_of generate-db -q --source lib)
    for round in $(seq 1 "${rounds:-8}"); do
        rm -rf lib
        cp -a start lib
        # Some libraries have no database, or half of one.
        case $((RANDOM % 4)) in
        0) rm lib/.glassine/library.db ;;
        1) truncate -s 20000 lib/.glassine/library.db ;;
        *) whole=1 ;;
        esac
        kill_at_random generate-db -q --source lib
        tree lib | diff stored - || failed_in
        if [ -n "${whole:-}" ]; then
            rows_of lib | diff rows - || failed_in
        fi
        unset whole
        glassine generate-db -q --source lib || failed_in
        tree lib | diff stored - || failed_in
        rows_of lib | cut -d'|' -f1-5 | diff <(cut -d'|' -f1-5 rows) - || failed_in
        [ -z "$(find lib/.glassine -name '*.new*' -o -name '*.draft*')" ] || failed_in
        check_done lib || failed_in
    done
}

# Harm of every kind, by number.
damage() {
    local number=0 path
    while IFS= read -r path; do
        number=$((number + 1))
        case $((number % 6)) in
        0) rm "$1/$path" ;;
        1) mkdir -p "$1/elsewhere" && mv "$1/$path" "$1/elsewhere/$number.${path##*.}" ;;
        2) printf 'more' >> "$1/$path" && touch -d 2021-01-01 "$1/$path" ;;
        3)
            cp -p "$1/$path" before
            printf 'X' | dd of="$1/$path" bs=1 seek=50 conv=notrunc status=none
            touch -r before "$1/$path"
            ;;
        4) cp "$fixtures/formats/photo.jpeg" "$1/untracked-$number.jpg" ;;
        esac
    done < <(cd "$1" && find . -name .glassine -prune -o -type f -printf '%P\n' | LC_ALL=C sort)
}

@test "verify --accept that is killed changes no file, and the next run completes it" {
    need_injection
    make_start
    cp -a start harmed
    damage harmed
    tree harmed > harmed_tree
    states="edited,changed,moved,untracked"
    cp -a harmed lib
    calls=$(calls_of verify -q --library lib --accept $states)
    rows_of lib > accepted
    for round in $(seq 1 "${rounds:-8}"); do
        rm -rf lib
        cp -a harmed lib
        kill_at_random verify -q --library lib --accept $states
        tree lib | diff harmed_tree - || failed_in
        glassine verify -q --library lib --accept $states || [ $? -eq 1 ] || failed_in
        tree lib | diff harmed_tree - || failed_in
        rows_of lib | diff accepted - || failed_in
    done
}

@test "verify --repair-from that is killed loses nothing, and the next run completes it" {
    need_injection
    make_start
    cp -a start harmed
    damage harmed
    tree harmed | cut -c1-64 | sort > harmed_hashes
    repair="--repair-from start --repair rotten,missing,changed"
    cp -a harmed lib
    calls=$(calls_of verify -q --library lib $repair)
    tree lib > repaired
    for round in $(seq 1 "${rounds:-8}"); do
        rm -rf lib
        cp -a harmed lib
        kill_at_random verify -q --library lib $repair
        # Every content is there still, good or bad (a damaged one may wait among the
        # copies for its name), and nothing is half.
        tree lib | cut -c1-64 | sort > hashes
        find lib/.glassine/tmp -type f -print0 | xargs -0r sha256sum | cut -c1-64 | sort - hashes > all
        [ -z "$(comm -23 harmed_hashes all)" ] || { echo "gone"; failed_in; }
        [ -z "$(comm -13 <(sort -u harmed_hashes <(cut -c1-64 stored)) <(sort -u hashes))" ] || { echo "half"; failed_in; }
        glassine verify -q --library lib $repair || [ $? -eq 1 ] || failed_in
        tree lib | diff repaired - || failed_in
        [ -z "$(ls -A lib/.glassine/tmp)" ] || failed_in
    done
}

# Every instant, not a sample: the name of a damaged file shows the damaged or the good
# version, whole, and the next run completes the repair.
every_kill_of_a_repair() {
    local more=${1:-} call action number path
    for number in 1 2 3 4; do photo "card/$number.jpg" "2020:01:0$number 03:04:05" "salt $number"; done
    glassine import -q -d start card
    cp -a start harmed
    (cd start && find . -name .glassine -prune -o -type f -name '*.jpg' -printf '%P\n' | LC_ALL=C sort) > names
    for path in $(head -n 2 names); do
        cp -p "harmed/$path" before
        printf 'X' | dd of="harmed/$path" bs=1 seek=50 conv=notrunc status=none
        touch -r before "harmed/$path"
    done
    rm "harmed/$(sed -n 3p names)"
    repair="--repair-from start --repair rotten,missing"
    cp -a harmed lib
    calls=$(calls_of verify -q --library lib $repair)
    tree lib > repaired
    [ "$(grep -c '\.rotten$' repaired)" -eq 2 ]
    for action in KILL KILLED; do
        for call in $(seq 1 $((calls + 20))); do
            rm -rf lib
            cp -a harmed lib
            killed_at="any:$call:$action"
            injected "$more$killed_at" verify -q --library lib $repair > /dev/null 2>&1 || true
            for path in $(head -n 2 names); do
                cmp -s "lib/$path" "start/$path" || cmp -s "lib/$path" "harmed/$path" || failed_in
            done
            glassine verify -q --library lib $repair || [ $? -eq 1 ] || failed_in
            tree lib | diff repaired - || failed_in
            check_closed_but_for_rotten || failed_in
        done
    done
}

check_closed_but_for_rotten() {
    [ -z "$(ls -A lib/.glassine/tmp)" ] && [ "$(query lib/.glassine/library.db 'select count(*) from intents')" = 0 ]
}

@test "verify --repair-from that is killed at any call: the name holds the bad or the good file" {
    need_injection
    every_kill_of_a_repair
}

@test "the same on a file system that exchanges no names" {
    need_injection
    every_kill_of_a_repair "exchange:1+:EINVAL;"
}

# Renaming without replacing and hard links: file systems that know only one of them, or neither.
@test "generate-db that is killed where names cannot be given in one way leaves no half backup" {
    need_injection
    make_card card 18
    glassine import -q -d start card || [ $? -eq 1 ]
    tree start > stored
    rows_of start > rows
    for lacks in 'link:1+:EPERM' 'rename:1:EINVAL:library.db.2'; do
        rm -rf lib
        cp -a start lib
        at=0
        until injected "$lacks;any:$((at += 1)):KILL:library.db.draft" generate-db -q --source lib; do
            [ -z "$(find lib/.glassine -name 'library.db.2*' -size 0)" ] || { echo "half, at $at"; return 1; }
            for backup in lib/.glassine/library.db.2*; do
                [ ! -e "$backup" ] || [ "$(query "$backup" 'PRAGMA integrity_check')" = ok ]
            done
            rows_of lib | cut -d'|' -f1-5 | diff <(cut -d'|' -f1-5 rows) -
            rm -rf lib
            cp -a start lib
        done
        [ "$at" -gt 5 ]
        [ -n "$(find lib/.glassine -name 'library.db.2*')" ]
    done
    # Where it can neither, there is no backup, and so no other database.
    rm -rf lib
    cp -a start lib
    run injected 'link:1+:EPERM;rename:1:EINVAL:library.db.2' generate-db -q --source lib
    [ "$status" -ne 0 ]
    [[ "$output" == *"the old database cannot be backed up, and stays in force"* ]]
    rows_of lib | diff rows -
    [ -z "$(find lib/.glassine -name 'library.db.*')" ]
}
