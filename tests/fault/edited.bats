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
