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

@test "generate-db fails for a file of any name that cannot be read, for it may be a picture" {
    local cause
    setup_card
    glassine import -q -d lib card
    cp card/a/IMG_1.JPG lib/IMG_9
    echo text > lib/notes
    for cause in EIO EMFILE EACCES; do
        rm -rf lib/.glassine
        run injected "open:1+:$cause:lib/IMG_9" generate-db -s lib
        [ "$status" -eq 1 ]
        [[ $output == *"IMG_9"* ]]
        refute grep -q notes <<< "$output"
        run injected "open:1+:$cause:lib/IMG_9" update -q --title T lib
        [ "$status" -eq 1 ]
        [[ $output == *"IMG_9"* ]]
    done
    rm -rf lib/.glassine
    run glassine generate-db -s lib
    [ "$status" -eq 0 ]
    [ "$(sqlite3 lib/.glassine/library.db "select count(*) from files where cast(path as text) = 'IMG_9'")" -eq 1 ]
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

# at_each_call FAULT WHERE COMMAND...: the fault at each call of its kind, once, from a fresh copy of
# ./stored (as lib) and ./sources (as card); then check, with $status and $at set.
at_each_call() {
    local fault=$1 where=$2 count
    shift 2
    renew
    count=$(env LD_PRELOAD="$GLS_INJECT_LIBRARY" GLS_INJECT="${fault%:*}:999999:EIO$where" GLS_INJECT_COUNT=calls \
        "$GLS_BINARY_DIR/glassine" "$@" > /dev/null 2>&1; sed -n 2p calls)
    [ "$count" -gt 0 ]
    for at in $(seq 1 "$count"); do
        renew
        status=0
        injected "${fault%:*}:$at:${fault#*:}$where" "$@" > messages 2>&1 || status=$?
        check || { echo "${fault%:*} $at, status $status"; cat messages; return 1; }
    done
}

renew() {
    rm -rf lib card
    [ ! -d stored ] || cp -a stored lib
    [ ! -d sources ] || cp -a sources card
}

@test "a stored file that cannot be looked at is not gone: its picture is not filed again" {
    need_injection
    photo sources/a.jpg "2020:01:02 03:04:05"
    glassine import -q -d stored sources
    tree stored > wanted
    check() {
        [ "$status" -le 3 ] && tree lib | diff wanted - &&
            [ "$(query lib/.glassine/library.db 'select count(*) from files')" -eq 1 ]
    }
    at_each_call stat:EIO :2020-01 import -q -d lib card
    at_each_call stat:EACCES :2020-01 import -q -d lib card
}

@test "pictures behind a link whose disk is away are not filed again, and not missing" {
    photo card/a.jpg "2020:01:02 03:04:05"
    glassine import -q -d lib card
    printf '[Library]\nfollow_links=yes\n' > follow.ini
    mkdir disk
    mv lib/2020-01-Jan disk/jan
    ln -s "$work/disk/jan" lib/2020-01-Jan
    mv disk away
    for config in /dev/null follow.ini; do
        glassine import --config $config --json -d lib card > report
        [ "$(summary_of report)" = "[1,0,1,0,0]" ]
        status=0
        glassine verify --config $config --json --library lib --accept missing > report || status=$?
        [ "$status" -eq 1 ]
        [ "$(jq -r 'select(.event == "file") | .state' report)" = unreadable ]
        glassine generate-db -q --config $config --source lib || [ $? -eq 1 ]
    done
    mv away disk
    glassine verify -q --config follow.ini --library lib
}

@test "verify --accept forgets nothing and adopts nothing while something cannot be read" {
    need_injection
    mkdir sources
    cp "$fixtures"/formats/sidecar-xmp.jpg sources/a.jpg
    cp "$fixtures"/formats/sidecar-xmp.jpg.xmp sources/a.jpg.xmp
    glassine import -q -d stored sources
    mkdir stored/else
    mv stored/2*/*/*.jpg stored/else/moved.jpg
    # Its date is the sidecar's, which it has left: only the row knows it.
    rows() { query "$1/.glassine/library.db" "select hex(stored_xxh128), date_taken from files order by 1"; }
    rows stored > wanted
    check() {
        [ "$status" -le 3 ] && rows lib | diff wanted -
    }
    for fault in read:EIO stat:EIO open:EIO; do
        at_each_call $fault :lib/ verify -q --library lib --accept moved,missing,untracked
    done
}

@test "a file of Elodie's library that cannot be read is not one that hash.json does not name" {
    need_injection
    mkdir elodie
    photo stored/one.jpg "2020:01:01 01:02:03" 1
    photo card/new.jpg "2021:01:01 01:02:03" 4
    jq -n --arg sha "$(sha256sum < stored/one.jpg | cut -c1-64)" '{($sha): "/elsewhere/one.jpg"}' > elodie/hash.json
    : > elodie/config.ini
    ELODIE_APPLICATION_DIRECTORY=$PWD/elodie glassine import -q -d stored card
    check() {
        [ "$(jq -r 'select(.event == "summary").untracked' messages)" = 0 ]
    }
    for fault in open:EIO read:EIO; do
        at_each_call $fault :one.jpg verify --json --library lib
    done
}

@test "what is adopted or described anew is read whole, or not at all" {
    need_injection
    mkdir sources
    cp "$fixtures"/formats/sidecar-xmp.jpg sources/a.jpg
    cp "$fixtures"/formats/sidecar-xmp.jpg.xmp sources/a.jpg.xmp
    glassine import -q -d stored sources
    rows() { query "$1/.glassine/library.db" "select cast(path as text), hex(source_sha256), hex(stored_xxh128), date_taken from files order by 1"; }
    # Its tags gone from the database: only the files say them.
    sqlite3 stored/.glassine/library.db "delete from files"
    cp -a stored lib
    glassine generate-db -q --source lib
    rows lib > wanted
    check() {
        [ "$status" -ne 0 ] || rows lib | diff wanted -
    }
    for fault in read:EIO open:EIO stat:EIO; do
        at_each_call $fault :lib/2 generate-db -q --source lib
    done
    rm -rf lib
    cp -a stored lib
    glassine verify -q --library lib --accept untracked || [ $? -eq 1 ]
    rows lib > wanted
    for fault in read:EIO open:EIO; do
        at_each_call $fault :lib/2 verify -q --library lib --accept untracked
    done
}

@test "show reads all that a file and its sidecar say, or fails" {
    need_injection
    mkdir sources
    cp "$fixtures"/formats/sidecar-xmp.jpg sources/a.jpg
    cp "$fixtures"/formats/sidecar-xmp.jpg.xmp sources/a.jpg.xmp
    # The JSON of the picture counts for its edited version.
    cp "$fixtures"/formats/photo.jpeg sources/b.jpg
    cp "$fixtures"/formats/photo.jpeg sources/b-edited.jpg
    echo '{"title":"b.jpg","photoTakenTime":{"timestamp":"1462176132"},"description":"of b"}' > sources/b.jpg.json
    renew
    check() {
        [ "$status" -ne 0 ] || grep '^{' messages | diff wanted -
    }
    for file in a b-edited; do
        glassine show --json card/$file.jpg > wanted
        for fault in read:EIO open:EIO stat:EIO; do
            at_each_call $fault :card/ show --json card/$file.jpg
        done
    done
    jq -e '.description == "of b"' wanted
}

@test "an old version that cannot be looked at stays for the next run, as the old version" {
    need_injection
    photo sources/a.jpg "2020:01:02 03:04:05"
    glassine import -q -d stored sources
    rm -r sources
    cp -a stored lib
    glassine update -q --title T lib
    tree lib > wanted
    check() {
        glassine update -q --title T lib || return 1
        tree lib | diff wanted - && check_closed lib
    }
    at_each_call stat:EIO :lib/ update -q --title T lib
    # And where recovery finds it.
    cp -a stored started
    for call in rename:1:KILLED:lib/2020 rename:2:KILL:lib/2020; do
        rm -rf lib stored
        cp -a started lib
        injected $call update -q --title T lib 2> /dev/null || true
        mv lib stored
        at_each_call stat:EIO :lib/ verify -q --library lib
    done
}

@test "a library or a configuration that cannot be looked at is not another one, nor none" {
    need_injection
    photo sources/a.jpg "2020:01:02 03:04:05"
    glassine import -q -d stored sources
    rm -r sources
    mkdir elodie
    printf '[Directory]\nfull_path=%%date\ndate=%%Y\n' > elodie/config.ini
    photo a.jpg "2021:01:02 03:04:05"
    export ELODIE_APPLICATION_DIRECTORY="$work/elodie"
    check() { [ "$status" -ne 0 ] || [ -e lib/2021/2021-01-02_03-04-05-a.jpg ]; }
    at_each_call stat:EIO :elodie import -q -d lib a.jpg
    unset ELODIE_APPLICATION_DIRECTORY
    # The inner library is meant, not the one around it.
    rm -rf stored/outer
    mkdir outer
    glassine import -q -d outer a.jpg
    cp -a stored outer/inner
    rm -rf stored
    mv outer stored
    check() {
        [ "$(find lib/inner -name '*.jpg' | wc -l)" -eq 1 ] &&
            [ "$(query lib/.glassine/library.db 'select count(*) from files')" -eq 1 ]
    }
    at_each_call stat:EIO :inner/.glassine update -q --title T lib/inner
}

@test "a table of iCloud Photos that cannot be read is told, and no picture of its export is filed" {
    need_injection
    local part="card/iCloud Photos Part 1 of 1"
    photo "$part/Photos/IMG_1.JPG" "2020:01:01 01:02:03" 1
    photo "card/other/IMG_2.JPG" "2020:01:01 01:02:04" 2
    mkdir "$part/Albums"
    printf 'imgName,favorite,hidden,deleted,originalCreationDate\nIMG_1.JPG,no,no,yes,x\n' > "$part/Photos/Photo Details.csv"
    printf 'Images\nIMG_1.JPG\n' > "$part/Albums/Zoo.csv"
    glassine import --json -n -d lib card > report
    [ "$(summary_of report)" = "[1,1,0,0,0]" ]
    for rule in open:1+:EIO:Details.csv open:1+:EACCES:Details.csv read:1+:EIO:Details.csv \
        open:1+:EIO:Zoo.csv read:1+:EIO:Zoo.csv open:1+:EIO:Albums list:1+:EIO:Albums; do
        rm -rf lib
        run injected "$rule" import --move --json -d lib card
        [ "$status" -eq 1 ]
        grep -E "${rule##*:}\"?:? .*(Input/output error|Permission denied)" <<< "$output"
        [ "$(find lib -name '*img_1*')" = "" ]
        [ "$(find lib -name '*img_2*' | wc -l)" -eq 1 ]
        [ -f "$part/Photos/IMG_1.JPG" ]
        mv lib/*/*/*img_2* card/other/IMG_2.JPG
    done
    # Another part may have an album of it, if its disk fails, and is another user's, if it is closed.
    mkdir "card/iCloud Photos Part 2"
    run injected "open:1+:EIO:Part 2" import --json -n -d lib "$part"
    [ "$(summary_of <(echo "$output"))" = "[1,0,0,0,1]" ]
    run injected "open:1+:EACCES:Part 2" import --json -n -d lib "$part"
    [ "$(summary_of <(echo "$output"))" = "[0,0,0,0,0]" ]
}

@test "--include-ignored: what of the file system may not be read is left out, and named" {
    need_nobody
    photo card/IMG_1.JPG "2020:01:01 01:02:03" 1
    photo "card/lost+found/IMG_2.JPG" "2020:01:01 01:02:04" 2
    chmod 0 "card/lost+found"
    run as_nobody import --json --include-ignored -d nobody/lib card
    [ "$status" -eq 0 ]
    grep -q 'lost+found","reason":"of the file system, and may not be read"' <<< "$output"
    # A folder that is named is asked for.
    run as_nobody import -d nobody/lib "card/lost+found"
    [ "$status" -eq 1 ]
}

@test "views by camera: a file that cannot be read is named, and keeps its link" {
    need_injection
    photo card/IMG_1.JPG "2020:01:01 01:02:03" 1
    photo card/IMG_2.JPG "2020:01:01 01:02:04" 2
    glassine import -q -d lib card
    glassine views -q --library lib --by camera out
    find out -type l -printf '%p %l\n' | sort > links
    [ "$(wc -l < links)" -eq 2 ]
    for rule in open:1+:EIO:img_1 read:1+:EIO:img_1 open:1+:EACCES:img_1; do
        run injected "$rule" views --library lib --by camera out
        [ "$status" -eq 1 ]
        [[ $output == *img_1.jpg:\ *"its link stays as it is"*", 1 failed"* ]]
        find out -type l -printf '%p %l\n' | sort | diff links -
    done
    run injected "list:1+:EIO:strange" views --library lib --by camera strange
    [ "$status" -ne 0 ]
}

@test "--repair-from: a copy that cannot be read is not taken for none" {
    need_injection
    photo card/IMG_1.JPG "2020:01:01 01:02:03" 1
    glassine import -q -d lib card
    cp -a lib copy
    local path
    path="$(cd lib && find . -name '*img_1.jpg' -printf '%P')"
    rm "lib/$path"
    run injected "open:1+:EIO:copy/$path" verify --library lib --repair missing --repair-from copy
    [ "$status" -eq 1 ]
    [[ $output == *"copy/$path: cannot be opened: Input/output error"* ]]
    mv "copy/$path" "copy/${path%/*}/else.jpg"
    run injected "list:1+:EIO:copy/2020" verify --library lib --repair missing --repair-from copy
    [ "$status" -eq 1 ]
    [[ $output == *"where not all can be read: "*"copy/2020"*": Input/output error"* ]]
    glassine verify -q --library lib --repair missing --repair-from copy || [ $? -eq 1 ]
    [ -f "lib/$path" ]
}

@test "the plugin Mirror: what it cannot read is another's, or none, for no reason but that it is" {
    need_injection
    photo card/IMG_1.JPG "2020:01:01 01:02:03" 1
    mkdir mirror
    printf '[Library]\ndestination=%s/lib\n[Plugins]\nplugins=Mirror\n[PluginMirror]\nfolder=%s/mirror\n' \
        "$work" "$work" > config.ini
    export GLASSINE_CONFIG="$work/config.ini"
    glassine import -q card
    local path
    path="$(cd mirror && find . -name '*img_1.jpg' -printf '%P')"
    # The earlier version of a file that is changed, and the old name of one that is moved.
    for change in "--title T" "--time 2021-05-06T07:08:09"; do
        injected "open:1+:EIO:mirror/$path" update $change "lib/$path" 2> messages || true
        grep -q "mirror/$path: cannot be opened: Input/output error" messages
        refute grep -q 'another file stands there' messages
        [ -f "mirror/$path" ]
        glassine batch -q
        diff <(tree lib) <(cd mirror && find . -name .glassine-mirror -prune -o -type f -print0 | sort -z | xargs -0r sha256sum)
        path="$(cd lib && find . -name '*img_1*.jpg' -o -name '*-t.jpg' | sed 's,^./,,')"
    done
    # Its mark.
    photo card/IMG_3.JPG "2020:01:01 01:02:05" 3
    injected "open:1+:EIO:glassine-mirror/id" import card 2> messages || true
    grep -q "glassine-mirror/id: Input/output error" messages
}

@test "a database that the disk does not read is not called damaged, and is made anew by nobody" {
    need_injection
    photo card/IMG_1.JPG "2020:01:01 01:02:03" 1
    glassine import -q -d lib card
    for command in "verify --library lib" "log --library lib" "import -d lib card" "generate-db --source lib"; do
        for at in 1 2 3 4 5 6 2+ 3+ 5+; do
            run injected "read:$at:EIO:library.db" $command
            [[ $output != *"is damaged"* ]] || { echo "$command, read $at"; echo "$output"; false; }
            [ "$status" -le 3 ]
        done
    done
    run injected "read:1+:EIO:library.db" generate-db --source lib
    [ "$status" -eq 3 ]
    [[ $output == *"library.db"*"rror"* ]]
}

# generate_held AT: generate-db while another program holds a log that alone has the album.
generate_held() {
    rm -rf lib
    cp -a stored lib
    sqlite3 -batch lib/.glassine/library.db "pragma journal_mode = wal; pragma wal_autocheckpoint = 0;
        insert into albums (name, title) values ('Summer', 't');
        insert into album_members (album_id, file_id) select albums.id, files.id from albums, files;" \
        ".shell LD_PRELOAD='$GLS_INJECT_LIBRARY' GLS_INJECT='read:$1:EIO:library.db-wal' GLS_INJECT_COUNT=calls '$GLS_BINARY_DIR/glassine' generate-db --source lib > messages 2>&1; echo \$? > status" \
        > /dev/null 2>&1
}

albums_of() {
    database_of "$1"
    query database/library.db "select name from albums join album_members on album_id = albums.id"
}

@test "generate-db loses no album to a log that the disk does not read" {
    need_injection
    photo card/IMG_1.JPG "2020:01:01 01:02:03" 1
    glassine import -q -d stored card
    generate_held 999999
    local count at
    count=$(sed -n 2p calls)
    [ "$(cat status)" -eq 0 ]
    [ "$(albums_of lib)" = Summer ]
    [ "$count" -ge 5 ]
    for at in $(seq 1 "$count") $(seq -f %g+ 1 "$count"); do
        generate_held "$at"
        [ "$(cat status)" -eq 3 ] && grep -q "library.db.*: Input/output error (see to the disk" messages &&
            [ -z "$(find lib -name 'library.db.*')" ] && [ "$(albums_of lib)" = Summer ] ||
            { echo "read $at: $(cat status)"; cat messages; false; }
        glassine generate-db -q --source lib
        [ "$(albums_of lib)" = Summer ]
    done
}

@test "a database that cannot be opened, read or written: the cause and what to do are said" {
    need_injection
    photo card/IMG_1.JPG "2020:01:01 01:02:03" 1
    glassine import -q -d lib card
    local rule command of
    for rule in EIO:"Input/output error (see to the disk" ENOSPC:"No space left on device (make room" \
        EDQUOT:"Disk quota exceeded (make room or" EROFS:"Read-only file system (mount it"; do
        for command in "log --library lib" "import -d lib card"; do
            for of in open:1+ read:1 fsync:1+ fdatasync:1+ write:1+; do
                run injected "$of:${rule%%:*}:library.db" $command
                [[ $output != *"disk I/O error"* && $output != *"unable to open"* ]] || { echo "$of $command"; echo "$output"; false; }
                [ "$status" -eq 0 ] || [[ $output == *"library.db"*": ${rule#*:}"* ]] || { echo "$of $command"; echo "$output"; false; }
            done
        done
        run injected "open:1+:${rule%%:*}:library.db" log --library lib
        [ "$status" -eq 3 ]
    done
}

@test "a movie fails whose companions' folder cannot be read, or a file in it not be looked at" {
    need_injection
    mkdir -p card/BDMV/STREAM card/BDMV/CLIPINF
    cp "$fixtures/formats/photo.mts" card/BDMV/STREAM/00000.MTS
    echo clip > card/BDMV/CLIPINF/00000.CPI
    find card -type f | sort > before
    # Its own turn comes first; then it is looked at for the movies.
    for error in open:{2,1+}:{EIO,EACCES}:=CLIPINF list:{5,6,7,1+}:EIO:BDMV/CLIPINF; do
        rm -rf lib
        run injected "$error" import --move --write-metadata none -d lib card
        [ "$status" -eq 1 ] || { echo "$error"; false; }
        [[ $output == *"CLIPINF"* ]]
        find card -type f | sort | diff before -
        [ -z "$(find lib -name '*.mts')" ]
    done
    # The kind of the name is not known, and cannot be looked at.
    run injected "list:1+:NOTYPE:BDMV/CLIPINF;stat:1+:EIO:00000.CPI" import --move --write-metadata none -d lib card
    [ "$status" -eq 1 ]
    find card -type f | sort | diff before -
    glassine import -q --move --write-metadata none -d lib card
    [ -z "$(find card -type f)" ]
}

@test "a picture of an album fails where its JSON beside another copy cannot be looked for" {
    need_injection
    google="card/Takeout/Google Photos"
    photo "$google/Album X/A.jpg" "0000:00:00 00:00:00" a
    touch -d '2024-05-06 07:08:09' "$google/Album X/A.jpg"
    mkdir "$google/Photos from 2020"
    cp -p "$google/Album X/A.jpg" "$google/Photos from 2020"
    echo '{"title":"A.jpg","photoTakenTime":{"timestamp":"1600000001"}}' > "$google/Photos from 2020/A.jpg.json"
    cp -a card whole
    failed=0
    for error in {open,stat,list}:{1,2,3,4,5}:EIO:"from 2020" read:{1,2}:EIO:"from 2020/A.jpg"; do
        rm -rf card lib
        cp -a whole card
        status=0
        injected "$error" import -q --move -d lib card > messages 2>&1 || status=$?
        [ "$status" -eq 0 ] || failed=$((failed + 1))
        # By what the JSON says, or not at all.
        [ -z "$(find lib -name '2024-*')" ] || { echo "$error"; find lib; false; }
        [ "$status" -eq 0 ] || [ -n "$(find card -type f)" ]
    done
    echo "failed: $failed"
    [ "$failed" -ge 6 ]
}
