#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A library that somebody else made (a stick, a share): no command reads, writes, moves or
# removes anything outside it, whatever its rows, links and folders say.

bats_require_minimum_version 1.5.0
load helper

# Sources in ./card and ./more, a library of ./card in ./start, and in ./victim, beside
# every library that a test makes, what must stay as it is.
prepare() {
    mkdir -p victim/folder
    echo precious > victim/thesis.odt
    echo precious > victim/folder/thesis.odt
    photo victim/photo.jpg "2001:02:03 04:05:06" victim
    photo card/a.jpg "2020:01:01 10:00:00" a
    photo card/b.jpg "2020:02:01 10:00:00" b
    photo more/c.jpg "2020:01:01 11:00:00" c
    glassine import -q -d start card
    folder=$(cd start && echo 2020-01*)
    source_state victim > victim.before
}

query() {
    sqlite3 lib/.glassine/library.db "$1"
}

# Every command that opens a library, on ./lib; none may touch ./victim.
harmless() {
    local what=$1 command
    for command in \
        "import -q -d lib more" \
        "import -q --move -d lib moved" \
        "verify -q --library lib" \
        "verify -q --library lib --accept edited,moved,missing,untracked" \
        "verify -q --library lib --repair-from backup" \
        "update -q --album Other lib/$folder" \
        "generate-db -q --source lib" \
        "import -q --dry-run -d lib more" \
        "log --library lib"; do
        rm -rf lib moved backup
        cp -a start lib
        cp -a more moved
        cp -a start backup
        $what
        # shellcheck disable=SC2086 # words
        timeout 60 "$GLS_BINARY_DIR/glassine" $command < /dev/null > out 2> err || true
        if ! source_state victim | diff victim.before - > changed; then
            echo "$what, glassine $command:"
            cat changed out err
            return 1
        fi
    done
}

# ---- Links where glassine keeps its own ------------------------------------------

tmp_is_a_link() {
    rm -rf lib/.glassine/tmp
    ln -s "$work/victim" lib/.glassine/tmp
}
tmp_is_a_relative_link() {
    rm -rf lib/.glassine/tmp
    ln -s ../../victim lib/.glassine/tmp
}
folder_is_a_link() {
    mv lib/.glassine victim.inner
    rm -rf "$work/elsewhere" && mv victim.inner "$work/elsewhere"
    ln -s "$work/victim" "$work/elsewhere/tmp.link"
    rm -rf "$work/elsewhere/tmp" && mv "$work/elsewhere/tmp.link" "$work/elsewhere/tmp"
    ln -s "$work/elsewhere" lib/.glassine
}
lock_is_a_link() {
    rm -f lib/.glassine/lock
    ln -s "$work/victim/thesis.odt" lib/.glassine/lock
}
database_is_a_link() {
    rm -f lib/.glassine/library.db
    ln -s "$work/victim/thesis.odt" lib/.glassine/library.db
}
database_is_a_dangling_link() {
    rm -f lib/.glassine/library.db
    ln -s "$work/victim/new.db" lib/.glassine/library.db
}
drafts_are_links() {
    local name
    rm -f lib/.glassine/library.db-*
    for name in -wal -shm -journal .draft .new .new-wal .new-journal; do
        ln -s "$work/victim/thesis.odt" "lib/.glassine/library.db$name"
    done
}
own_names_in_tmp_are_links() {
    local name
    for name in reserve probe probe-named 1-0-0 2-0-0 3-0-0 repair-1-0 repair-2-0; do
        ln -s "$work/victim/thesis.odt" "lib/.glassine/tmp/$name"
    done
}

@test "links in the place of glassine's own files and folders" {
    prepare
    for what in tmp_is_a_link tmp_is_a_relative_link folder_is_a_link lock_is_a_link \
        database_is_a_link database_is_a_dangling_link drafts_are_links own_names_in_tmp_are_links; do
        harmless $what
    done
}

@test "a library that cannot be trusted is refused with the reason, and nothing is changed" {
    prepare
    cp -a start lib
    tmp_is_a_link
    find lib > before
    run -3 --separate-stderr glassine import -d lib more
    [[ $stderr == *"lib/.glassine/tmp: is a symbolic link, and not the folder of glassine's that should be there; such a library cannot be trusted"* ]]
    find lib | diff before -
    tree lib | diff <(tree start) -
}

# ---- Links between the pictures ---------------------------------------------------

picture_folder_is_a_link() {
    rm -rf "lib/$folder"
    ln -s "$work/victim" "lib/$folder"
}
picture_is_a_link() {
    local name
    name=$(find "lib/$folder" -type f)
    rm "$name"
    ln -s "$work/victim/photo.jpg" "$name"
}
deep_folder_is_a_link() {
    local name
    name=$(find "lib/$folder" -mindepth 1 -type d | head -n 1)
    rm -rf "$name"
    ln -s ../../victim "$name"
}

@test "links that lead out between the pictures" {
    prepare
    for what in picture_folder_is_a_link picture_is_a_link deep_folder_is_a_link; do
        harmless $what
    done
    # A new picture that belongs behind such a link is failed, and filed nowhere.
    rm -rf lib
    cp -a start lib
    deep_folder_is_a_link
    run -1 glassine import --json -d lib more
    [[ $output == *"lies behind a link that leads out of the library"* ]]
    # The user's own configuration may say that it is theirs.
    printf '[Library]\nfollow_links=yes\n' > follow.ini
    glassine import -q --config follow.ini -d lib more
    [ "$(find victim -name '*-c.jpg' | wc -l)" -eq 1 ]
}

# ---- Rows --------------------------------------------------------------------------

# Paths that lead out of ./lib to a file of the victim's, or could: $1 is its name.
escapes() {
    printf '%s\n' "../victim/$1" "$work/victim/$1" "$folder/../../victim/$1" "./../victim/$1" \
        "$folder//../../victim/$1" ".glassine/../../victim/$1" "out/$1" "out/folder/../$1"
}

hash_of() {
    xxhsum -H2 "$1" | cut -d' ' -f1 | sed 's/.*_//'
}

# One intent of each kind for each way out, as a run that died would have left it: the
# copy in the library whole, and the name outside free or taken.
hostile_intents() {
    local kind path hash
    printf 'evil' > lib/payload
    hash=$(hash_of lib/payload)
    ln -s "$work/victim" lib/out
    path=$(escapes "$name" | sed -n "${escape}p")
    for kind in 0 1 2 3 4 5 6; do
        for column in tmp_path path old_path; do
            case $column in
            tmp_path) values="cast('$path' as blob), cast('new-$kind' as blob), cast('payload' as blob)" ;;
            path) values="cast('payload' as blob), cast('$path' as blob), cast('payload' as blob)" ;;
            old_path) values="null, cast('new-$kind' as blob), cast('$path' as blob)" ;;
            esac
            query "insert into intents (kind, tmp_path, path, old_path, file_id, size, mtime_ns, source_size,
                stored_xxh128, source_sha256, unit_id, run_id, checked_s)
                values ($kind, $values, 0, 4, 0, 4, x'$hash', x'$sha', 0, 1, 0)"
        done
    done
}

@test "intents that lead out" {
    prepare
    command -v xxhsum > /dev/null || skip "xxhsum is not there"
    sha=$(sha256sum victim/thesis.odt | cut -d' ' -f1)
    # The name outside is free, or taken.
    name=evil.desktop
    for escape in 1 2 3 4 5 6 7 8; do
        [ "$escape" -ne 5 ] || name=thesis.odt
        harmless hostile_intents
    done
}

# All rows lead out to a file whose hash is known, or that could be made.
hostile_files() {
    local path id=0
    ln -s "$work/victim" lib/out
    for path in $(escapes photo.jpg) $(escapes new.jpg); do
        id=$((id + 1))
        query "insert into files (path, size, mtime_ns, source_size, source_sha256, stored_xxh128, unit_id, checked_s)
            values (cast('$path' as blob), $(stat -c %s victim/photo.jpg), 0, $(stat -c %s victim/photo.jpg),
                x'$(sha256sum "$1" | cut -d' ' -f1)', x'$(hash_of "$1")', 0, 0)"
    done
}
rows_of_victim() { hostile_files victim/photo.jpg; }
rows_of_card() { hostile_files card/a.jpg; }
rows_of_source() { hostile_files more/c.jpg; }

@test "rows that lead out" {
    prepare
    command -v xxhsum > /dev/null || skip "xxhsum is not there"
    for what in rows_of_victim rows_of_card rows_of_source; do
        harmless $what
    done
}

@test "rows that name what is no file of a library are refused with the reason" {
    prepare
    for path in ../x /x a/../b a//b ./a a/ .glassine/library.db a/.glassine/tmp/x; do
        rm -rf lib
        cp -a start lib
        query "update files set path = cast('$path' as blob) where id = 1"
        run -3 --separate-stderr glassine verify --library lib
        [[ $stderr == *"it names \"$path\", which is no file of this library; a database that says so cannot be trusted"* ]]
    done
    # generate-db, which the message names, makes it anew.
    glassine generate-db -q --source lib
    glassine verify -q --library lib
}

# ---- What the database keeps beside files ------------------------------------------

kept_places_lead_out() {
    query "delete from places; insert into places (latitude, longitude, city, state, country, country_code,
        time_zone, population) values (41.9, 12.5, '../../victim', '..', '/', 'IT', '../../victim/thesis.odt', 1)"
}

@test "kept places lead nowhere" {
    prepare
    cp "$fixtures"/sample/DCIM/100GLASS/IMG_0003.JPG more
    harmless kept_places_lead_out
}
