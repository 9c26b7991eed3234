#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Folders of a library that were moved aside and linked back: one rule in every command.

load helper

setup_library() {
    photo card/a/1.jpg "2020:01:01 01:02:03" 1
    photo card/a/2.jpg "2020:01:02 01:02:03" 2
    photo card/b/3.jpg "2021:01:01 01:02:03" 3
    glassine import -q -d lib card
    mkdir other
    mv lib/2020* other/
    linked=$(cd other && echo 2020*)
    ln -s "../other/$linked" "lib/$linked"
    printf '[Library]\nfollow_links=yes\n' > follow.ini
    rows > before
}

rows() {
    sqlite3 lib/.glassine/library.db \
        "select cast(path as text), hex(source_sha256), cast(source_path as text) from files order by path"
}

# What is in the library or linked to it.
pictures() {
    find -L lib other -name .glassine -prune -o -type f -print | sort
}

@test "rows behind a link that is not followed are kept, and their pictures not filed again" {
    setup_library
    pictures > all
    run glassine generate-db -s lib
    [ "$status" -eq 1 ]
    [ "$(grep -c "$linked.*lies behind a link that leads out of the library" <<< "$output")" -eq 2 ]
    rows | diff before -
    run glassine verify --library lib
    [ "$status" -eq 1 ]
    [[ $output == *"unreadable 2"* ]]
    glassine import -d lib card > report 2>&1
    grep -q '3 duplicate' report
    pictures | diff all -
}

@test "with follow_links=yes every command goes behind the link" {
    setup_library
    pictures > all
    cp other/"$linked"/*/*1.jpg other/"$linked"/new.jpg
    echo more >> other/"$linked"/new.jpg
    run glassine verify --config follow.ini --library lib
    [ "$status" -eq 0 ]
    [[ $output == *"untracked  $linked/new.jpg"* ]]
    rm other/"$linked"/new.jpg
    rm lib/.glassine/library.db
    glassine generate-db --config follow.ini -q -s lib
    rows | cut -d'|' -f1,2 | diff <(cut -d'|' -f1,2 before) -
    glassine import --config follow.ini -d lib card > report 2>&1
    grep -q '3 duplicate' report
    pictures | diff all -
}

@test "a disk that is not there today is not forgotten" {
    setup_library
    mv other elsewhere
    run glassine generate-db --config follow.ini -s lib
    [ "$status" -eq 1 ]
    [[ $output == *"lies behind a link: No such file or directory"* ]]
    rows | diff before -
}

@test "a copy of what lies on a disk that is not there is untracked, not moved" {
    setup_library
    mkdir lib/copies
    cp other/"$linked"/*/*1.jpg lib/copies/x.jpg
    mv other elsewhere
    run glassine verify --config follow.ini --library lib
    [ "$status" -eq 1 ]
    [[ $output == *"untracked  copies/x.jpg"* ]]
    [[ $output == *"unreadable 2"* ]]
}

@test "what was deleted behind a link that is followed is gone, and can be filed again" {
    setup_library
    gone=$(cd other && echo "$linked"/*/*1.jpg)
    rm "other/$gone"
    run glassine verify --config follow.ini --library lib
    [ "$status" -eq 1 ]
    [[ $output == *"missing    $gone"* ]]
    glassine import --config follow.ini -d lib card > report 2>&1
    grep -q '2 duplicate' report
    [ -f "other/$gone" ]
    glassine verify -q --config follow.ini --library lib
}

@test "a link that leads back to itself ends" {
    setup_library
    ln -s . "other/$linked/loop"
    ln -s "$PWD/lib" "other/$linked/home"
    glassine generate-db --config follow.ini -q -s lib
    rows | diff before -
}

@test "a link that stays in the library hides nothing, and nothing is listed twice" {
    setup_library
    rm "lib/$linked"
    mkdir lib/years
    mv "other/$linked" lib/years/
    ln -s "years/$linked" "lib/$linked"
    glassine generate-db -q -s lib
    [ "$(rows | wc -l)" -eq 3 ]
    rows | cut -d'|' -f2,3 | sort | diff <(cut -d'|' -f2,3 before | sort) -
    glassine verify -q --library lib
}
