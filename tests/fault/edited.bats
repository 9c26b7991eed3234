#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Another program writes to a file in the instant in which its new version takes its name.

load helper

setup_library() {
    need_injection
    photo card/1.jpg "2020:01:01 01:02:03" 1
    # An album then changes no name.
    printf '[Directory]\ndate=%%Y\nfull_path=%%date\n' > config.ini
    glassine import -q --config config.ini -d lib card
    stored=$(cd lib && find . -name '*.jpg' -printf '%P\n')
    version=$(sha256sum < "lib/$stored")
}

pictures() {
    (cd lib && find . -name .glassine -prune -o -type f -printf '%P\n')
}

@test "an edit at the last moment gets its name back" {
    setup_library
    run injected "exchange:1:TOUCH:lib/2" update --config config.ini --album Other lib
    [ "$status" -eq 1 ]
    [[ $output == *"changed while it was updated"* ]]
    [ "$(sha256sum < "lib/$stored")" = "$version" ]
    [ "$(pictures)" = "$stored" ]
    [ -z "$(ls -A lib/.glassine/tmp)" ]
}

@test "an edit that cannot get its name back is kept beside it" {
    setup_library
    for second in EIO ENOSPC; do
        rm -rf lib
        glassine import -q --config config.ini -d lib card
        run injected "exchange:1:TOUCH:lib/2;exchange:2:$second:lib/2" update --config config.ini --album Other lib
        [ "$status" -eq 1 ]
        [[ $output == *"$stored.edited"* ]]
        [ "$(sha256sum < "lib/$stored.edited")" = "$version" ]
        [ -f "lib/$stored" ]
        glassine verify -q --library lib || [ $? -eq 1 ]
        [ "$(sha256sum < "lib/$stored.edited")" = "$version" ]
        [ -z "$(ls -A lib/.glassine/tmp)" ]
    done
}

@test "an edit that can be given no name at all is not cleared away" {
    setup_library
    injected "exchange:1:TOUCH:lib/2;exchange:2+:EIO;rename:1+:EIO:lib/2" update --config config.ini --album Other lib > message 2>&1 || [ $? -eq 1 ]
    kept=$(find lib/.glassine/tmp -name '*.edited')
    [ "$(sha256sum < "$kept")" = "$version" ]
    grep -qF "$kept" message
    glassine import -q -d lib card
    [ "$(sha256sum < "$kept")" = "$version" ]
}

# What another program put under a name while its unit was rolled back.
there() {
    grep -rlF "put there" lib
}

@test "a unit that is rolled back takes no other program's file along" {
    need_injection
    mkdir card
    cp "$fixtures"/sample/DCIM/100GLASS/IMG_0003.* card
    run injected "rename:2:EIO:lib/2;rename:3:PUT:lib/2" import -d lib card
    [ "$status" -eq 1 ]
    [[ $(there) == lib/2*.dng ]]
    run glassine import -d lib card
    [[ $(there) == lib/2*.dng ]]
    [ -z "$(ls -A lib/.glassine/tmp)" ]
    rm -rf lib
    # The rename back fails as well.
    injected "rename:2:EIO:lib/2;rename:3:PUT:lib/2;rename:4:EIO:lib/2" import -q -d lib card || [ $? -eq 1 ]
    [[ $(there) == lib/2*.dng.edited ]]
}

@test "an update that is rolled back takes no other program's file along" {
    need_injection
    mkdir card
    cp "$fixtures"/sample/DCIM/100GLASS/IMG_0003.* card
    glassine import -q -d lib card
    run injected "rename:2:EIO:lib/2001;rename:3:PUT:lib/2001" update --time "2001-02-03 04:05:06" lib
    [ "$status" -eq 1 ]
    [[ $(there) == lib/2001*.dng ]]
    [ "$(pictures | grep -c 2023)" -eq 2 ]
}

@test "a copy that reads back wrong is removed, and nothing else" {
    need_injection
    photo card/1.jpg "2020:01:01 01:02:03" 1
    run injected "read:1:PUT:lib/2" import --move -d lib card
    [ "$status" -eq 1 ]
    [[ $(there) == lib/2*.jpg ]]
    [ -f card/1.jpg ]
}

@test "an edit that no rename can save is kept by the next run" {
    setup_library
    injected "exchange:1:PUT:lib/2;exchange:2+:EIO;rename:1+:EIO" update --config config.ini --album Other lib > message 2>&1 || [ $? -eq 1 ]
    [[ $(there) == lib/.glassine/tmp/* ]]
    grep -qF "$(there)" message
    glassine import -q -d lib card
    [ "$(there)" = "lib/$stored.edited" ]
    [ -z "$(ls -A lib/.glassine/tmp)" ]
}

@test "what lies among the copies and cannot be looked at is kept" {
    need_injection
    setup_library
    echo edited > lib/.glassine/tmp/gone-1
    injected "stat:1:EIO:gone-1" import -q -d lib card
    [ "$(cat lib/.glassine/tmp/gone-1)" = edited ]
    echo copy > lib/.glassine/tmp/copy
    injected "stat:1:EIO:copy" import -q -d lib card
    [ -e lib/.glassine/tmp/copy ]
    glassine import -q -d lib card
    [ ! -e lib/.glassine/tmp/copy ]
}

@test "an edit that a repair took away, and no rename can save, is kept by the next run" {
    setup_library
    cp -a lib good
    printf 'rotten' | dd of="lib/$stored" bs=1 seek=400 conv=notrunc status=none
    touch -r "good/$stored" "lib/$stored"
    injected "exchange:1:PUT:lib/2;exchange:2+:EIO;rename:1+:EIO" verify -q --library lib --repair-from good || [ $? -eq 1 ]
    [[ $(there) == lib/.glassine/tmp/* ]]
    glassine import -q -d lib card
    [ "$(there)" = "lib/$stored.rotten" ]
}

# Another program saves the old name in the instant before it goes: between the last look at
# it and the call that takes it away.
save_before_removal() {
    need_injection
    photo card/a.jpg "2020:01:02 03:04:05"
    glassine import -q -d lib card
    old=$(find lib -name '*-a.jpg')
    injected "unlink:1:PUT:-05-a.jpg;rename:1:PUT:-05-a.jpg" update -v "$@" lib > message 2>&1
    [ "$(cat "$old")" = "put there" ] || { find lib; cat message; false; }
    [ -e "${old%.jpg}-new.jpg" ]
    [ -z "$(ls -A lib/.glassine/tmp)" ]
    [ "$(query lib/.glassine/library.db 'select count(*) from intents')" = 0 ]
    run glassine verify --library lib
    [ "$(grep -c untracked <<< "$output")" -ge 1 ]
}

@test "an edit saved under the old name as it goes stays: a new version" {
    save_before_removal --title New
}

@test "an edit saved under the old name as it goes stays: another name only" {
    save_before_removal --title New --write-metadata none
}

@test "an edit whose run dies as it is given back stays in the folder for copies" {
    need_injection
    photo card/a.jpg "2020:01:02 03:04:05"
    glassine import -q -d lib card
    injected "rename:1:PUT:-05-a.jpg;rename:2:KILL:gone-" update -q --title New lib || true
    [ "$(cat lib/.glassine/tmp/gone-*)" = "put there" ]
    glassine update -q --title New lib
    [ "$(cat lib/.glassine/tmp/gone-*)" = "put there" ]
}

@test "an old version whose run dies as it goes is nothing that stays" {
    need_injection
    photo card/a.jpg "2020:01:02 03:04:05"
    glassine import -q -d lib card
    injected "unlink:1:KILL:gone-" update -q --title New lib || true
    [ -n "$(ls lib/.glassine/tmp)" ]
    glassine verify -q --library lib
    check_closed lib
}
