#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Sequences by which a picture, or what the library says of one, could be lost.

load helper

# Every content of the list (hashes of sources) is on the card or whole in lib.
nothing_is_lost() {
    lost_of pictures card lib > lost
    [ ! -s lost ] || { echo "lost:"; cat lost; return 1; }
    check_closed lib
    glassine verify --library lib --json > verified || { cat verified; return 1; }
}

list_pictures() {
    find card -type f -print0 | xargs -0r sha256sum | cut -c1-64 | sort -u > pictures
}

need_root() {
    [ "$(id -u)" = 0 ] || skip "only root mounts"
}

# Runs `mount` in a mount namespace of the test's own: mounted 'SCRIPT'.
mounted() {
    unshare -m true 2> /dev/null || skip "no mount namespace here"
    unshare -m bash -e -c "$1"
}

ways=("--move" "--move --write-metadata none")

@test "two names of one content: one is stored, both may go" {
    for way in "${ways[@]}"; do
        rm -rf lib card
        photo card/a/IMG_1.JPG "2020:01:02 03:04:05" same
        photo card/b/IMG_2.JPG "2020:01:02 03:04:05" same
        list_pictures
        glassine import -q $way -d lib card
        [ -z "$(find card -type f)" ]
        [ "$(find lib -name '*.jpg' | wc -l)" = 1 ]
        nothing_is_lost
    done
}

@test "hard links: a source that is a stored file stays" {
    for way in "${ways[@]}"; do
        rm -rf lib card
        photo card/IMG_1.JPG "2020:01:02 03:04:05" one
        ln card/IMG_1.JPG card/IMG_2.JPG
        list_pictures
        glassine import -q $way -d lib card
        nothing_is_lost
        # A link to what is stored, laid on the card.
        mkdir -p card
        ln "$(find "$PWD/lib" -name '*.jpg')" card/LINK.JPG
        glassine import --json $way -d lib card > report
        [ "$(json_of report LINK.JPG source_fate)" = kept ]
        [ -e card/LINK.JPG ]
        nothing_is_lost
    done
}

@test "the library by another way: a symbolic link, a link to a folder, a link to a file" {
    for way in "${ways[@]}"; do
        rm -rf lib card away real
        mkdir real
        photo card/IMG_1.JPG "2020:01:02 03:04:05" one
        list_pictures
        ln -s real lib
        glassine import -q $way -d lib card
        [ -z "$(find card -type f)" ]
        nothing_is_lost
        tree lib > stored
        mkdir -p card/sub
        ln -s ../real card/library
        ln -s "$(find "$PWD/real" -name '*.jpg')" card/sub/LINK.JPG
        glassine import -q $way -d lib card card/library "$PWD/real" card/library/2020-01-Jan
        tree lib | diff stored -
        nothing_is_lost
    done
}

@test "the library by another way: bind mounts" {
    need_root
    for way in "${ways[@]}"; do
        rm -rf lib card
        photo card/IMG_1.JPG "2020:01:02 03:04:05" one
        photo card/IMG_2.JPG "2020:01:02 03:04:06" two
        list_pictures
        glassine import -q --allow-duplicates -d lib card
        glassine import -q --allow-duplicates -d lib card
        [ "$(find lib -name '*.jpg' | wc -l)" = 4 ]
        tree lib > stored
        mkdir -p way inner
        mounted "mount --bind lib way; mount --bind lib/2020-01-Jan inner
                 '$GLS_BINARY_DIR/glassine' import -q $way -d lib way inner"
        tree lib | diff stored -
        nothing_is_lost
    done
}

@test "two mounts of one disk: what cannot be renamed is copied" {
    need_root
    make_card card 30
    rm card/no-picture.jpg
    list_pictures
    mkdir -p lib from to
    mounted "mount --bind card from; mount --bind lib to
             '$GLS_BINARY_DIR/glassine' import -q --move --write-metadata none -d to from"
    [ -z "$(find card -type f)" ]
    nothing_is_lost
}

@test "a folder that nothing can leave: what is in it is filed and stays" {
    [ "$(id -u)" != 0 ] || skip "root may write everywhere"
    photo card/IMG_1.JPG "2020:01:02 03:04:05" one
    list_pictures
    chmod a-w card
    status=0
    glassine import --json --move --write-metadata none -d lib card > report || status=$?
    chmod u+w card
    [ "$status" -eq 1 ]
    [ "$(json_of report IMG_1.JPG status)" = imported ]
    [ "$(json_of report IMG_1.JPG source_fate)" = kept ]
    nothing_is_lost
}

@test "a duplicate of a stored file that rotted stays" {
    for way in --move --trash; do
        rm -rf lib card
        photo card/IMG_1.JPG "2020:01:02 03:04:05" one
        cp -a card kept
        glassine import -q -d lib card
        stored=$(find lib -name '*.jpg')
        cp -p "$stored" good
        printf 'X' | dd of="$stored" bs=1 seek=600 conv=notrunc status=none
        touch -r good "$stored"
        status=0
        glassine import --json $way -d lib card > report || status=$?
        [ "$status" -eq 1 ]
        [ "$(json_of report IMG_1.JPG source_fate)" = kept ]
        cmp card/IMG_1.JPG kept/IMG_1.JPG
        rm -rf kept
    done
}

@test "a new version is not made of a file that rotted" {
    photo card/IMG_1.JPG "2020:01:02 03:04:05" one
    glassine import -q -d lib card
    stored=$(find lib -name '*.jpg')
    cp -p "$stored" good
    # In the picture itself, the last bytes; size and time stay.
    printf 'X' | dd of="$stored" bs=1 seek=$(($(stat -c %s "$stored") - 10)) conv=notrunc status=none
    touch -r good "$stored"
    cp -p "$stored" rotten
    refute glassine update --json --title T "$stored" > report
    grep -q rotten report
    cmp "$stored" rotten
    refute glassine verify --library lib --json > verified
    grep -q '"rotten"' verified
    # Mended, it can be updated; and so can one that somebody edited since.
    cp -p good "$stored"
    glassine update -q --title T "$stored"
    stored=$(find lib -name '*.jpg')
    printf 'more' >> "$stored"
    glassine update -q --title U "$stored"
}

@test "one file by many ways is updated once" {
    photo card/IMG_1.JPG "2020:01:02 03:04:05" one
    glassine import -q -d lib card
    stored=$(find lib -name '*.jpg')
    ln -s "$PWD/$stored" link.jpg
    ln -s lib other
    glassine update --json --title T "$stored" "$stored" link.jpg "other/${stored#lib/}" "$(dirname "$stored")" > report
    [ "$(summary_of report)" = "[1,1,0,0,0]" ]
    [ "$(find lib -name '*.jpg' | wc -l)" = 1 ]
    glassine verify --library lib -q
}

@test "repairing a library from itself takes only good bytes" {
    photo card/a/IMG_1.JPG "2020:01:02 03:04:05" one
    photo card/b/IMG_2.JPG "2020:01:02 03:04:06" two
    glassine import -q --allow-duplicates -d lib card
    glassine import -q --allow-duplicates -d lib card/b
    for stored in $(find lib -name '*.jpg' | sort | head -2); do
        cp -p "$stored" good
        printf 'X' | dd of="$stored" bs=1 seek=700 conv=notrunc status=none
        touch -r good "$stored"
    done
    tree lib | cut -c1-64 | sort > before
    glassine verify --library lib --repair-from lib --json > report || true
    # The one with a good copy is good again, the other is as it was; nothing is gone.
    [ "$(jq -r 'select(.event == "summary") | .repaired' report)" = 1 ]
    tree lib | cut -c1-64 | sort > after
    [ -z "$(comm -23 before after)" ]
}

@test "a library at work lets nobody else in" {
    photo card/IMG_1.JPG "2020:01:02 03:04:05" one
    glassine import -q -d lib card
    tree lib > stored
    cp lib/.glassine/library.db database.before
    exec 8> lib/.glassine/lock
    flock 8
    for command in "import -q -d lib card" "generate-db --source lib" "update --title T lib" \
        "verify --library lib --accept missing"; do
        status=0
        glassine $command --wait 0 > /dev/null 2> message || status=$?
        [ "$status" = 3 ] || { echo "$command: $status"; cat message; false; }
        grep -q "another glassine" message
    done
    exec 8>&-
    tree lib | diff stored -
    cmp lib/.glassine/library.db database.before
    nothing_is_lost_count=$(query lib/.glassine/library.db "select count(*) from files")
    [ "$nothing_is_lost_count" = 1 ]
}

@test "a file that cannot be read keeps its row when the database is made anew" {
    need_injection
    photo card/IMG_1.JPG "2020:01:02 03:04:05" one
    photo card/IMG_2.JPG "2020:01:02 03:04:06" two
    glassine import -q -d lib card
    query lib/.glassine/library.db "select path, source_sha256, stored_xxh128 from files order by path" > rows
    refute injected "read:1+:EIO:img_2.jpg" generate-db --source lib --json > report
    [ "$(summary_of report)" = "[2,1,0,0,1]" ]
    query lib/.glassine/library.db "select path, source_sha256, stored_xxh128 from files order by path" | diff rows -
    glassine verify --library lib -q
}

@test "a companion that cannot be rolled back is filed, and said to be" {
    need_injection
    mkdir -p card
    cp "$fixtures"/sample/DCIM/100GLASS/IMG_0003.* card
    list_pictures
    # The first rename into a folder works, the second does not, nor does the way back.
    status=0
    injected "rename:2+:EIO:/lib/2" import --json -d lib card > report || status=$?
    [ "$status" = 1 ]
    [ "$(jq -r 'select(.event == "file") | .status' report | sort | tr '\n' ' ')" = "failed imported " ]
    jq -r 'select(.status == "imported") | .reason' report | grep -q "could not be filed"
    nothing_is_lost
    # The other joins it later.
    glassine import -q -d lib card
    [ "$(find lib -type f -name '2*' | sed 's/\.[^.]*$//' | sort -u | wc -l)" = 1 ]
    nothing_is_lost
}

@test "companions of which one is updated and cannot be rolled back are completed by the next run" {
    need_injection
    mkdir -p card
    cp "$fixtures"/sample/DCIM/100GLASS/IMG_000[35].* card
    list_pictures
    glassine import -q -d stored card
    cp -a stored lib
    glassine update -q --title New lib
    find lib -name '2*' -type f -exec sha256sum {} + | sort > wanted
    for at in 2 4; do
        rm -r lib
        cp -a stored lib
        status=0
        injected "rename:$at+:EIO:/lib/2" update --json --title New lib > report || status=$?
        [ "$status" = 1 ]
        [ "$(jq -r 'select(.event == "file") | .reason' report | grep -c "the next run completes it")" -eq 1 ]
        lost_of pictures card lib > lost
        [ ! -s lost ]
        # Whatever the next run is.
        glassine verify -q --library lib
        glassine update -q --title New lib
        find lib -name '2*' -type f -exec sha256sum {} + | sort | diff wanted -
        [ -z "$(ls -A lib/.glassine/tmp)" ]
        nothing_is_lost
    done
}

@test "a database that fails leaves no copies to fill the disk" {
    need_injection
    for i in $(seq 1 400); do photo "card/IMG_$i.JPG" "2020:01:02 03:04:05" "salt $i"; done
    list_pictures
    status=0
    injected "fsync:4+:ENOSPC:library.db-wal" import -q -d lib card > /dev/null 2>&1 || status=$?
    [ "$status" = 3 ]
    [ "$(ls lib/.glassine/tmp | wc -l)" = 0 ]
    glassine import -q -d lib card
    nothing_is_lost
}

@test "a disk on which nothing can be named without replacing is refused before anything is copied" {
    need_injection
    photo card/IMG_1.JPG "2020:01:02 03:04:05" one
    list_pictures
    status=0
    injected "rename:1+:EINVAL:probe;link:1+:EPERM:probe" import --move -d lib card 2> message || status=$?
    [ "$status" = 3 ]
    grep -q "use another one for the library" message
    [ "$(find lib -type f -not -path '*/.glassine/*' | wc -l)" = 0 ]
    [ -z "$(ls -A lib/.glassine/tmp)" ]
    [ -e card/IMG_1.JPG ]
    glassine import -q --move -d lib card
    nothing_is_lost
}

@test "an old version that cannot be removed is removed by the next run" {
    need_injection
    for i in 1 2 3; do photo "card/IMG_$i.JPG" "2020:01:02 03:04:0$i" "salt $i"; done
    cp "$fixtures/formats/photo.avi" card/IMG_4.AVI
    glassine import -q -d lib card
    injected "rename:1+:EIO:gone-" update --json --time "2001-02-03 04:05:06" lib > report
    [ "$(summary_of report)" = "[4,4,0,0,0]" ]
    [ "$(jq -r 'select(.event == "file") | .reason' report | grep -c 'the old version is still there')" = 4 ]
    [ "$(find lib -name '20[12][06]*.*' | wc -l)" = 4 ]
    # As long as it cannot be, the library goes on.
    injected "rename:1+:EIO:gone-" verify -q --library lib
    [ "$(find lib -name '20[12][06]*.*' | wc -l)" = 4 ]
    # One of them is another program's meanwhile.
    edited=$(find lib -name '2020*img_3.jpg')
    photo edited.jpg "2020:01:02 03:04:05" theirs
    mv edited.jpg "$edited"
    glassine verify -q --library lib
    [ "$(find lib -name '20[12][06]*.*')" = "$edited" ]
    [ "$(find lib -name '2001*.*' -not -name '*.xmp' | wc -l)" = 4 ]
    [ "$(query lib/.glassine/library.db 'select count(*) from intents')" = 0 ]
}

@test "what the database claims is there at every instant of an update" {
    need_injection
    make_card card 30
    cp "$fixtures/formats/photo.avi" card/MOVIE.AVI
    glassine import -q -d start card || [ $? -eq 1 ]
    cp -a start lib
    what="--time 2001-02-03 --album A"
    calls=$(calls_of update -q $what lib)
    glassine verify -q --library lib
    tree lib > wanted
    for at in $(seq 1 $((calls / ${rounds:-12} + 1)) "$calls"); do
        rm -rf lib
        cp -a start lib
        injected "any:$at:KILL" update -q $what lib > /dev/null 2>&1 || true
        claimed_paths lib > claimed
        [ "$(wc -l < claimed)" -gt 20 ]
        while IFS= read -r path; do
            [ -f "lib/$path" ] || { echo "killed at $at: claimed, and not there: $path"; false; }
        done < claimed
        glassine update -q $what lib
        tree lib | diff wanted - || { echo "killed at $at"; false; }
        check_done lib || { echo "killed at $at"; false; }
    done
}

@test "a sidecar that cannot be read fails its photo too; one that says nonsense does not" {
    need_injection
    mkdir source
    cp "$fixtures"/formats/sidecar-xmp.jpg source/a.jpg
    cp "$fixtures"/formats/sidecar-xmp.jpg.xmp source/a.jpg.xmp
    for rule in read:1:EIO:a.jpg.xmp open:1:EIO:a.jpg.xmp; do
        rm -rf card lib
        cp -a source card
        status=0
        injected "$rule" import --move --json -d lib card > report || status=$?
        [ "$status" -eq 1 ]
        [ "$(summary_of report)" = "[2,0,0,0,2]" ]
        diff -r source card
        glassine import --move -q -d lib card
        [ -n "$(find lib -path '*Album of xmp*' -name '*title-of-xmp.jpg.xmp')" ]
        [ -z "$(find card -type f)" ]
    done
    rm -rf lib
    cp -a source/a.jpg card
    echo "no XMP" > card/a.jpg.xmp
    glassine import --move -q -d lib card
    [ "$(tree lib | wc -l)" = 2 ]
    [ -z "$(find card -type f)" ]
}

@test "the halves of a Live Photo of two names are filed together or not at all" {
    need_injection
    mkdir source
    cp "$fixtures/sample/DCIM/100GLASS/IMG_0004.HEIC" source/still.heic
    cp "$fixtures/sample/DCIM/100GLASS/IMG_0004.MOV" source/movie.mov
    cp -a source card
    glassine import -q -d whole card
    tree whole > wanted
    for call in read open; do
        rm -rf card lib
        cp -a source card
        # The still is read to be asked whose half it is: the movie stays with it.
        injected $call:1:EIO:still.heic import --move --json -d lib card > report || true
        [ "$(summary_of report)" = "[2,0,0,0,2]" ]
        diff -r source card
        glassine import --move -q -d lib card
        tree lib | diff wanted -
    done
}

@test "a limit on the size of files costs the file that is too large, and never the process" {
    [ -z "${GLS_SANITIZE:-}" ] || skip "a sanitizer writes before the command can ignore the signal"
    photo card/small.jpg "2020:01:02 03:04:05" small
    photo card/large.jpg "2020:01:02 03:04:06" large
    head -c 400000 /dev/zero >> card/large.jpg
    glassine import -q -d lib card/small.jpg
    status=0
    (ulimit -f 300; exec "$GLS_BINARY_DIR/glassine" import --json -d lib card) > report 2> message || status=$?
    [ "$status" -eq 1 ]
    [ "$(summary_of report)" = "[2,0,1,0,1]" ]
    [[ "$(json_of report large.jpg reason)" == *"File too large"* ]]
    # A database that may not grow, for commands that write and that only read.
    for command in "import -q -d lib card" "import -q --dry-run -d lib card" "verify -q --library lib" \
        "log --library lib" "list albums --library lib" "generate-db -q --source lib"; do
        for blocks in 0 1 40; do
            status=0
            (ulimit -f $blocks; exec "$GLS_BINARY_DIR/glassine" $command) > /dev/null 2> message || status=$?
            [ "$status" -lt 126 ] || { echo "$command, $blocks: $status"; cat message; false; }
        done
    done
    # It is told from a disk that fails.
    (ulimit -f 20; exec "$GLS_BINARY_DIR/glassine" log --library lib) > /dev/null 2> message || true
    grep -q "library.db: cannot be read and written: File too large (.*ulimit -f" message
    (ulimit -f 40; exec "$GLS_BINARY_DIR/glassine" import -d lib card) > /dev/null 2> message || true
    grep -q "library.db: cannot be read and written: File too large (.*ulimit -f" message
    glassine import -q -d lib card
    glassine verify -q --library lib
    [ "$(find lib -name '*.jpg' | wc -l)" -eq 2 ]
    [ -z "$(ls lib/.glassine/tmp)" ]
}

@test "too few files or threads are named with what to do, and a file that is not reached is not called unsupported" {
    [ -z "${GLS_SANITIZE:-}" ] || skip "a sanitizer needs files of its own"
    photo card/a.jpg "2020:01:02 03:04:05" a
    glassine import -q -d lib card
    local path files status told=0
    path=$(find lib -name '*-a.jpg')
    cp lib/.glassine/library.db before
    for files in $(seq 8 27); do
        status=0
        (ulimit -n "$files"; exec "$GLS_BINARY_DIR/glassine" update --title T "$path") > message 2>&1 || status=$?
        [ "$status" -ne 0 ] || break
        grep -q 'Too many open files (allow more: ulimit -n' message || { cat message; false; }
        told=$((told + 1))
    done
    [ "$told" -gt 5 ]
    need_injection
    for command in "import -d lib card" "verify --library lib" "generate-db -s lib"; do
        run injected "thread:1+:EAGAIN" $command
        [ "$status" -eq 3 ]
        [[ $output == *"cannot start a thread: Resource temporarily unavailable (allow"*"ulimit -u"* ]]
    done
}

@test "on a full disk a library can be listed, and each command that writes says what is full" {
    [ "$(id -u)" = 0 ] || skip "needs root"
    mkdir full
    mount -t tmpfs -o size=700k tmpfs full 2> /dev/null || skip "nothing can be mounted"
    photo card/a.jpg "2020:01:02 03:04:05" a
    photo other/b.jpg "2020:01:02 03:04:06" b
    glassine import -q -d full/lib card
    dd if=/dev/zero of=full/fill bs=4k 2> /dev/null || true
    tree full/lib > before
    local path command
    path=$(find full/lib -name '*-a.jpg')
    for command in "list albums --library full/lib" "log --library full/lib" "log 1 --library full/lib" \
        "show $path" "import -n -d full/lib other" "views --by year --library full/lib links"; do
        glassine $command > report || { echo "$command: $?"; false; }
    done
    [ "$(find links -type l | wc -l)" -eq 1 ]
    for command in "import --move -d full/lib other" "update --title T $path" "verify --accept missing --library full/lib" \
        "verify --library full/lib" "generate-db -s full/lib" "batch --library full/lib" "views --by year --library full/lib full/out"; do
        status=0
        glassine $command > report 2>&1 || status=$?
        [ "$status" -eq 3 ] || { echo "$command: $status"; cat report; false; }
        grep -q 'No space left on device' report
        refute grep -q 'I/O error' report
    done
    tree full/lib | diff before -
    [ -f other/b.jpg ]
    rm full/fill
    glassine import -q --move -d full/lib other
    glassine verify -q --library full/lib
    check_closed full/lib
}

@test "Ctrl-C between the last look for one and the wait for an answer leaves as well" {
    need_injection
    need_terminal
    local i status=0
    for i in $(seq 51); do photo "card/IMG_$i.jpg" "2016:05:02 08:02:12" "$i"; done
    glassine import -q -d lib card
    tree lib > before
    mkfifo nothing
    timeout 40 script -qec "env LD_PRELOAD=$GLS_INJECT_LIBRARY GLS_INJECT=poll:1:INT \
        $GLS_BINARY_DIR/glassine update --album Many lib/2016-05-May" /dev/null <> nothing > out || status=$?
    grep -q 'Go on' out
    [ "$status" -eq 130 ]
    tree lib | diff before -
}
