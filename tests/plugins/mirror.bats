#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The plugin Mirror, as it is built and found.

load helper

mirror_config() {
    mkdir -p mirror
    printf '[Library]\ndestination=%s/lib\n[Plugins]\nplugins=Mirror\n[PluginMirror]\nfolder=%s/mirror\n%s\n' \
        "$work" "$work" "${1:-}" > config.ini
    export GLASSINE_CONFIG="$work/config.ini"
}

# Every file of the mirror, its own folder aside, with times.
mirror_tree() {
    (cd "$1" && find . \( -name .glassine-mirror -o -name .glassine \) -prune -o -type f -printf '%P %T@ ' -exec sha256sum {} \; | sed -E 's# \./.*##' | LC_ALL=C sort)
}

@test "all that is filed stands in the mirror, tags included, with its time" {
    photos 5
    cp -r "$fixtures/sample/DCIM/100GLASS" card/more
    mirror_config
    glassine import -q card || [ $? -eq 1 ]
    mirror_tree lib > stored
    [ "$(wc -l < stored)" -gt 8 ]
    mirror_tree mirror | diff stored -
    [ "$(ls mirror/.glassine-mirror)" = id ]
    [ "$(outbox 'select count(*) from outbox')" = 0 ]
}

@test "a kernel without getrandom: the mirror gets its mark all the same" {
    [ -z "${GLS_SANITIZE:-}" ] || skip "LeakSanitizer does not work under strace"
    strace -qq -o /dev/null -e inject=getrandom:error=ENOSYS true 2> /dev/null ||
        skip "strace is not here, or may not trace"
    photos 1
    mirror_config
    strace -f -qq -o trace -e trace=getrandom -e inject=getrandom:error=ENOSYS \
        "$GLS_BINARY_DIR/glassine" import -q card
    grep -q INJECTED trace
    grep -Eqx '[0-9a-f]{32}' mirror/.glassine-mirror/id
    mirror_tree lib > stored
    mirror_tree mirror | diff stored -
}

@test "it follows what update changes, and where it moves files" {
    photos 4
    mirror_config
    glassine import -q card
    glassine update -q --title 'Another' lib/2020-01-Jan/*/*10.jpg
    mirror_tree lib > stored
    mirror_tree mirror | diff stored -
    glassine update -q --time '2021-05-06 07:08:09' lib/2020-01-Jan/*/*.jpg
    mirror_tree lib > stored
    mirror_tree mirror | diff stored -
}

@test "a disk that is away: the files wait, nothing is written to its mount point, batch catches up" {
    photos 2
    mirror_config
    glassine import -q card
    mv mirror away
    mkdir mirror # the empty mount point
    rm -r card
    photos 5
    glassine import card 2> messages
    grep -q "plugin Mirror: rests until the next run: $work/mirror is not the mirror: is its disk there?" messages
    grep -q 'plugin Mirror: 3 files are queued' messages
    [ -z "$(ls -A mirror)" ]
    run glassine batch
    [ "$status" -eq 1 ]
    rmdir mirror
    mv away mirror
    glassine batch
    mirror_tree lib > stored
    mirror_tree mirror | diff stored -
}

@test "nothing of anybody else is overwritten or removed" {
    photos 2
    mirror_config
    glassine import -q -d other card
    mkdir -p mirror/2020-01-Jan/Sydney
    (cd other && find . -name '*10.jpg') > name
    echo mine > "mirror/$(cat name)"
    glassine import card 2> messages
    grep -q 'another file stands there; move it away' messages
    [ "$(cat "mirror/$(cat name)")" = mine ]
    [ "$(outbox 'select count(*) from outbox')" = 1 ]
    # An equal one is taken as it is.
    cp "lib/$(cat name)" "mirror/$(cat name)"
    glassine batch
    # What was changed there by hand stays, under the old name, when the library moves it.
    echo edited >> "mirror/$(cat name)"
    glassine update -q --time '2021-05-06 07:08:09' "lib/$(cat name)"
    [ "$(tail -c 7 "mirror/$(cat name)")" = edited ]
    [ -f "mirror/$(cd lib && find . -path '*2021*' -name '*.jpg')" ]
}

@test "two copies before the card is wiped" {
    photos 3
    mirror_config required=yes
    glassine import -q --move card
    [ -z "$(find card -type f)" ]
    mirror_tree lib > stored
    mirror_tree mirror | diff stored -
    mv mirror away
    mkdir mirror
    photos 4
    glassine import --json --move card > report 2> /dev/null
    [ "$(json_of report IMG_13.JPG status)" = imported ]
    [[ "$(json_of report IMG_13.JPG source_reason)" = "plugin Mirror, which is required, has not taken it yet" ]]
    [ -f card/1/IMG_13.JPG ]
    # Those that both have are duplicates that may go.
    [ ! -e card/0/IMG_10.JPG ]
}

@test "the library by another way is no second copy, and wipes no card" {
    photos 3
    mirror_config required=yes
    rmdir mirror
    mkdir -p lib/sub outer
    ln -s "$work/lib" outer/lib
    for way in lib lib/sub . outer/lib outer/lib/sub; do
        ln -sfn "$work/$way" mirror
        glassine import --move card > /dev/null 2> messages
        grep -q 'plugin Mirror: rests until the next run: the mirror and the library lie in each other' messages
        [ "$(find card -type f | wc -l)" = 3 ]
        [ -z "$(find . -name .glassine-mirror)" ]
    done
    rm mirror
    # Nor is a hard link to the stored file, or a link to its folder.
    mkdir mirror
    cp -al lib/2020-01-Jan mirror
    glassine import --move card > /dev/null 2> messages
    grep -q "is the library's own file by another way, and no second copy" messages
    [ "$(find card -type f | wc -l)" = 3 ]
    rm -r mirror/2020-01-Jan
    ln -s "$work/lib/2020-01-Jan" mirror
    glassine import --move card > /dev/null 2> messages
    grep -q "is the library's own file by another way, and no second copy" messages
    [ "$(find card -type f | wc -l)" = 3 ]
    rm mirror/2020-01-Jan
    glassine import -q --move card
    [ -z "$(find card -type f)" ]
    mirror_tree lib > stored
    mirror_tree mirror | diff stored -
}

@test "verify --repair-from takes it" {
    photos 2
    mirror_config
    glassine import -q card
    file=$(find lib -name '*10.jpg')
    sha256sum "$file" > good
    stamp=$(stat -c %y "$file")
    printf 'X' | dd of="$file" bs=1 seek=5000 conv=notrunc status=none
    touch -d "$stamp" "$file"
    glassine verify -q --repair-from mirror || [ $? -eq 1 ]
    sha256sum -c --quiet good
}

@test "a file that rotted before it was copied is not copied" {
    photos 2
    mirror_config
    mv mirror away
    glassine import -q card 2> /dev/null
    file=$(find lib -name '*10.jpg')
    printf 'X' | dd of="$file" bs=1 seek=5000 conv=notrunc status=none
    mv away mirror
    run glassine batch
    [ "$status" -eq 1 ]
    [[ "$output" = *"is not what the library recorded; verify it"* ]]
    [ "$(find mirror -name '*.jpg' | wc -l)" = 1 ]
    [ "$(ls mirror/.glassine-mirror)" = id ]
}

@test "a run that is killed leaves a mirror that the next one completes" {
    photos 6
    mirror_config
    for delay in 0.02 0.05 0.1 0.2; do
        rm -rf lib mirror
        mkdir mirror
        timeout -s KILL $delay "$GLS_BINARY_DIR/glassine" import -q card > /dev/null 2>&1 || true
        glassine import -q card
        mirror_tree lib > stored
        mirror_tree mirror | diff stored -
    done
}
