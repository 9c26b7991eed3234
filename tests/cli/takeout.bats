#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A Google Takeout, as fixtures/make-takeout makes it: each picture is dated by its own JSON,
# whatever Takeout called that.

load helper

make_takeout() {
    "$fixtures/make-takeout" card
    [ "$(wc -l < card/truth.tsv)" -ge 200 ]
}

# What shall be known of each file, as fixtures/make-takeout says: a row of truth.tsv in the
# order of paths, without the rule.
wanted() {
    awk -F'\t' -v OFS='\t' '{ print $1, $3, $4, $5, $6, $7, $8, $9 }' | LC_ALL=C sort
}

# The same as the library has it: the path comes from the report, instants from the date with
# its offset, the rest from the database.
known() {
    jq -r --arg card "$PWD/card/" --arg lib "$PWD/lib/" '
        select(.event == "file" and .destination != null and (.source | endswith(".json") | not)
            and (.status == "imported" or .status == "duplicate")) |
        [(.destination | ltrimstr($lib)), (.source | ltrimstr($card)),
            (if .date_source != "Takeout.photoTakenTime" then "-" else
                ((.date_taken[0:19] + "Z") | fromdate) - (.date_taken[19:] as $z | if ($z | length) < 6 then 0 else
                    (($z[1:3] | tonumber) * 3600 + ($z[4:6] | tonumber) * 60) * (if $z[0:1] == "-" then -1 else 1 end) end)
            end)] | @tsv' report > filed.tsv
    sqlite3 lib/.glassine/library.db << 'SQL' | LC_ALL=C sort
create temp table filed (path, source, at);
.mode tabs
.import filed.tsv filed
select r.source, r.at, coalesce(m.latitude || ',' || m.longitude, '-'),
    case r.at when '-' then '-' else cast(m.original_name as text) end, coalesce(m.description, '-'),
    coalesce((select group_concat(name, '; ') from (select a.name from albums a join album_members c
        on c.album_id = a.id where c.file_id = f.id order by a.name)), '-'),
    coalesce(replace(m.people, char(10), '; '), '-'), m.favourite
from filed r join files f on cast(f.path as text) = r.path join metadata m on m.file_id = f.id;
SQL
}

@test "everything that a Takeout says is known of every file, whatever its JSON is called" {
    make_takeout
    glassine import --json -d lib card/Takeout > report
    wanted < card/truth.tsv > wanted.tsv
    known | grep -vE '/(Album [123]|Bare album)/' > known.tsv
    [ "$(wc -l < known.tsv)" -ge 200 ]
    diff wanted.tsv known.tsv
    [ "$(json_of report "Bare album/P1.jpg" date_source)" = Takeout.photoTakenTime ]
    [ "$(summary_of report | jq -c '[.[3], .[4]]')" = "[0,0]" ]
    # The JSON that names another file dates nothing.
    [ "$(json_of report "Photos from 2018/T.jpg" date_source)" != "Takeout.photoTakenTime" ]
}

@test "a picture in its year and in three albums is filed once, and is in all three" {
    make_takeout
    glassine import -q -d lib card/Takeout
    [ "$(find lib -name '*-v.jpg' | wc -l)" -eq 1 ]
    [ "$(sqlite3 lib/.glassine/library.db "select name from albums where name like 'Trip%' order by name" | xargs)" = "Trip 1 Trip 2 Trip 3" ]
    [ "$(sqlite3 lib/.glassine/library.db "select count(distinct file_id) from album_members m join albums a on a.id = m.album_id where name like 'Trip%'")" -eq 1 ]
    for trip in 1 2 3; do
        glassine list album "Trip $trip" --library lib | grep -q -- '-v.jpg$'
    done
    glassine views -q --library lib --by album views
    [ "$(find views -name '*-v.jpg' -printf '%h\n' | sort | xargs)" = "views/Trip 1 views/Trip 2 views/Trip 3" ]
}

@test "a JSON that cannot be understood is told, and filed beside its picture" {
    photo card/A.jpg "2020:01:02 03:04:05"
    photo card/B.jpg "2020:01:02 03:04:06"
    printf '{"title":"A.jpg","photoTakenTime":{"timestamp"' > card/A.jpg.json
    printf '{"title":"B.jpg","photoTakenTime":{"timestamp":"1500000000"}}' > card/B.jpg.json
    glassine import -v -d lib card 2> messages
    grep -q "card/A.jpg: the JSON is not used: $work/card/A.jpg.json: no JSON object: " messages
    refute grep -q B.jpg messages
    [ -n "$(find lib -name '2020-01-02_03-04-05-a.jpg.json')" ]
}

@test "what was trashed in Google Photos is left out and counted unless it is asked for" {
    make_takeout
    glassine import --json -d lib card/Takeout > report
    jq -r --arg card "$PWD/card/" 'select(.event == "left_out" and (.reason | test("trash"))) | .path | ltrimstr($card)' report | sort > left
    printf 'Takeout/Google Photos/%s\n' Corbeille Papierkorb "Photos from 2018/X.jpg" "Photos from 2018/X.jpg.json" Trash | diff - left
    jq -r 'select(.event == "summary") | .left_out_by[] | select(.reason | test("trash")) | .count' report | sort | xargs > counts
    [ "$(cat counts)" = "1 1 3" ]
    while IFS=$'\t' read -r path _; do
        name=$(basename "$path" | tr '[:upper:]' '[:lower:]')
        [ -z "$(find lib -name "*-$name")" ]
    done < card/trashed.tsv
    glassine import -q --include-ignored -d lib card/Takeout
    while IFS=$'\t' read -r path _; do
        name=$(basename "$path" | tr '[:upper:]' '[:lower:]')
        [ -n "$(find lib -name "*-$name")" ]
    done < card/trashed.tsv
}

@test "an album keeps what its JSON says of it" {
    make_takeout
    glassine import -q -d lib card/Takeout
    glassine list albums --library lib --json > albums
    [ "$(jq -r 'select(.name == "Trip 2") | [.title, .description] | join("|")' albums)" = "Trip 2|About Trip 2" ]
    at=$(jq -r .date.timestamp "card/Takeout/Google Photos/Album 2/Metadaten.json")
    [ "$(date -ud "$(jq -r 'select(.name == "Trip 2") | .date' albums)" +%s)" = "$at" ]
    glassine list albums --library lib | grep -qx "     1  Trip 1"
    # The folder of a year is none, and what no picture is in goes; a name is one album, composed or not.
    cut -f 7 card/truth.tsv | sed 's/; /\n/g' | grep -vx -- - | sort -u > names
    glassine list albums --library lib --json | jq -r .name | sort | diff names -
    [ "$(glassine list album $'Cafe\xcc\x81' --library lib | wc -l)" -eq 2 ]
    glassine update -q --album $'Cafe\xcc\x81' --add "$(find lib -name '*-s1.jpg')"
    [ "$(glassine list album $'Caf\xc3\xa9' --library lib | wc -l)" -eq 3 ]
    glassine list albums --library lib --json > albums
    glassine generate-db -q --source lib
    glassine list albums --library lib --json | diff albums -
    glassine import -q --dry-run -d none card/Takeout
    [ ! -e none ]
}

# said PICTURE DATE SALT MORE: a picture and its JSON.
said() {
    photo "$1" "$2" "$3"
    printf '{"title":"%s","photoTakenTime":{"timestamp":"1577872800"}%s}\n' "$(basename "$1")" "$4" > "$1.json"
}

@test "Google's folder of trash is known by its name, by what stands beside it, and by its JSONs" {
    photo "Takeout/Google Fotos/Fotos von 2020/a.jpg" "2020:01:01 10:00:00" one
    said "Takeout/Google Fotos/Papierkorb/b.jpg" "2020:01:02 10:00:00" two ',"trashed":true'
    photo "Takeout/Google Fotos/Papierkorb/b2.jpg" "2020:01:02 10:00:01" two
    photo "Takeout/Google Fotos/Bin 2/c.jpg" "2020:01:03 10:00:00" three
    said elsewhere/Bin/d.jpg "2020:01:04 10:00:00" four ''
    # Folders of one's own that have such a name: without a JSON, with another, with an album's.
    photo "Takeout/Google Fotos/Bin/e.jpg" "2020:01:05 10:00:00" five
    said "Takeout/Google Fotos/Kosz/f.jpg" "2020:01:06 10:00:00" six ''
    said "Takeout/Google Fotos/Kosz/f2.jpg" "2020:01:06 10:00:01" six ',"trashed":true'
    said "Takeout/Google Fotos/Trash/g.jpg" "2020:01:07 10:00:00" seven ',"trashed":true'
    photo "Takeout/Google Fotos/Trash/g2.jpg" "2020:01:07 10:00:01" seven
    echo '{"title":"Trash"}' > "Takeout/Google Fotos/Trash/metadata.json"
    glassine import --json -d lib Takeout elsewhere > report
    [ "$(find lib -name '*.jpg' -printf '%f\n' | grep -o '[a-g]2*\.jpg' | sort | xargs)" = "a.jpg c.jpg d.jpg e.jpg f.jpg g2.jpg" ]
    jq -r --arg in "$PWD/Takeout/Google Fotos/" 'select(.event == "left_out") | [(.path | ltrimstr($in)), .reason] | join("|")' report |
        grep -v 'metadata.json' | sort > left
    printf '%s\n' "Kosz/f2.jpg.json|in the trash of Google Photos" "Kosz/f2.jpg|in the trash of Google Photos" \
        "Papierkorb|the trash of Google Photos" "Trash/g.jpg.json|in the trash of Google Photos" \
        "Trash/g.jpg|in the trash of Google Photos" | diff - left
    glassine import -q --include-ignored -d all Takeout
    find all -name '*-b.jpg' | grep .
    # Who names it means it, as far as its pictures are not said to be trashed.
    glassine import -q -d named "Takeout/Google Fotos/Papierkorb"
    find named -name '*-b2.jpg' | grep .
}

@test "a Takeout leaves the card with its JSONs; what belongs to nothing stays" {
    make_takeout
    glassine import -q --move -d lib card/Takeout
    # What is left: JSONs of albums, one that names another file, and the trash.
    (cd card/Takeout && find . -type f ! -name 'metad*.json' ! -name 'Metad*.json' ! -name 'm*tadonn*.json' ! -name 'メ*.json' \
        -printf '%f\n' | LC_ALL=C sort | xargs) > left
    [ "$(cat left)" = "T.json X.jpg X.jpg.json Z-Corbeille-2.jpg Z-Corbeille.jpg Z-Corbeille.jpg.json Z-Papierkorb-2.jpg Z-Papierkorb.jpg Z-Papierkorb.jpg.json Z-Trash-2.jpg Z-Trash.jpg Z-Trash.jpg.json" ]
    # Each JSON stands beside its picture, under its name.
    find lib -name '*.json' | while read -r json; do
        picture=${json%.json}
        picture=${picture%%.jpg*}
        ls "$picture".* > /dev/null
    done
}

@test "generate-db and show read a picture's JSON again" {
    make_takeout
    glassine import --json --write-metadata none -d lib card/Takeout > report
    rm -r lib/.glassine
    glassine generate-db -q --source lib
    # All but albums, and letters that a name in the library cannot hold.
    awk -F'\t' '$2 != "contradicted"' card/truth.tsv > own.tsv
    wanted < own.tsv | cut -f 1,3,5,7,8 > wanted.tsv
    known | cut -f 1,3,5,7,8 | join -t $'\t' -j 1 - <(cut -f 1 wanted.tsv) > known.tsv
    [ "$(wc -l < known.tsv)" -ge 150 ]
    diff wanted.tsv known.tsv
    file=$(find lib -name '*-s1.jpg')
    [ "$(glassine show --json "$file" | jq -r '[.description, .date_source] | join("|")')" = "Caption of S1.jpg|Takeout.photoTakenTime" ]
    echo '{' > "$file.json"
    glassine show "$file" | grep -q "the JSON is not used: "
}

@test "a word that no table has makes an edited version only of what states the same time" {
    photo card/Anna.jpg "2020:01:02 03:04:05" anna
    photo card/Anna-Maria.jpg "0000:00:00 00:00:00" maria
    photo card/B.jpg "2020:01:02 03:05:05" b
    photo card/B-muokattu.jpg "2020:01:02 03:05:05" muokattu
    for name in Anna B; do
        echo '{"title":"'$name'.jpg","photoTakenTime":{"timestamp":"1577934245"},"description":"of '$name'"}' > "card/$name.jpg.json"
    done
    glassine import --json -d lib card > report
    [[ "$(json_of report /Anna-Maria.jpg destination)" == *-anna-maria.jpg ]]
    [[ "$(json_of report /B-muokattu.jpg destination)" == */2020-01-02_03-05-05-b-edited.jpg ]]
    known=$(for name in Anna-Maria B-muokattu; do
        glassine show --json "$(json_of report "/$name.jpg" destination)" | jq -r '[.original_name, .description // "-"] | join(" ")'
    done)
    [ "$known" = $'Anna-Maria.jpg -\nB-muokattu.jpg of B' ]
}

@test "an edited picture by a word that no table has takes the JSON of its original, which is not there" {
    photo card/A-muokattu.jpg "2020:01:02 03:04:05" a
    photo "card/B-muokattu(1).jpg" "2020:01:02 03:04:05" b
    photo card/Anna-Maria.jpg "2020:01:02 03:04:06" maria # its JSON is of another picture
    bare card/C-muokattu.jpg c                            # which states no time
    # 03:04:05 in a zone of half an hour.
    for name in A C; do spoken card/$name.jpg 1577914445; done
    spoken card/B.jpg 1577914445 "card/B.jpg(1).json"
    spoken card/Anna.jpg 1577914000
    glassine import --json -d lib card > report
    known=$(for name in A-muokattu "B-muokattu(1)" Anna-Maria C-muokattu; do
        glassine show --json "$(json_of report "/$name.jpg" destination)" | jq -r '[.original_name, .description // "-"] | join("|")'
    done)
    [ "$known" = $'A-muokattu.jpg|of 1577914445\nB-muokattu(1).jpg|of 1577914445\nAnna-Maria.jpg|-\nC-muokattu.jpg|-' ]
}

@test "show reads the JSON of the shot for a movie and an edited version alone" {
    make_takeout
    # Each file of a Live Photo, a motion photo, an edited version; as Takeout has it, and filed.
    awk -F'\t' '$2 ~ /^(live-photo|motion-photo|edited)$/ { print $1 "\t" $6 }' card/truth.tsv | grep -v "(1)" > rows
    [ "$(wc -l < rows)" -ge 30 ]
    glassine import --json --write-metadata none -d lib card/Takeout > report
    while IFS=$'\t' read -r path caption; do
        for file in "card/$path" "$(json_of report "$path" destination)"; do
            [ "$(glassine show --json "$file" | jq -r '[.date_source, .description] | join(" ")')" = "Takeout.photoTakenTime $caption" ] ||
                { echo "$file"; glassine show "$file"; false; }
        done
    done < rows
    # What contradicts that it is of the shot has a JSON of its own or none.
    photo two/A.jpg "2020:01:02 03:04:05"
    photo two/A-edited.jpg "2021:01:02 03:04:05"
    echo '{"title":"A.jpg","photoTakenTime":{"timestamp":"1500000000"},"description":"of A"}' > two/A.jpg.json
    [ "$(glassine show --json two/A.jpg two/A-edited.jpg | jq -r .description | xargs)" = "of A null" ]
    # Stills of every extension that import pairs with a movie.
    mkdir three
    for kind in jpe JFIF avif mpo; do
        photo "three/$kind.$kind" "0000:00:00 00:00:00" "$kind"
        cp "$fixtures/formats/photo.mp4" "three/$kind.MOV"
        echo '{"title":"'"$kind.$kind"'","photoTakenTime":{"timestamp":"1500000000"},"description":"of '"$kind"'"}' > "three/$kind.$kind.json"
        [ "$(glassine show --json "three/$kind.MOV" | jq -r .description)" = "of $kind" ]
    done
}

# bare PICTURE SALT: a picture that says nothing of when it was taken.
bare() {
    photo "$1" "0000:00:00 00:00:00" "$2"
    touch -d '2024-05-06 07:08:09' "$1"
}

# spoken PICTURE SECONDS [JSON]: the JSON of a picture, by its base name.
spoken() {
    local name=${1##*/}
    printf '{"title":"%s","photoTakenTime":{"timestamp":"%s"},"description":"of %s"}\n' "${name/-edited/}" "$2" "$2" > "${3:-$1.json}"
}

# Pictures in an album without a JSON, whose copies in another folder have one.
make_divided() {
    local google="$1/Takeout/Google Photos" year=$2
    bare "$google/Album X/A.jpg" a
    echo '{"title":"X"}' > "$google/Album X/metadata.json"
    mkdir -p "$google/$year" "$google/Trip"
    cp -p "$google/Album X/A.jpg" "$google/$year"
    spoken "$google/$year/A.jpg" 1600000001 "$google/$year/A.jpg.supplemental-metadata.json"
    # Under another number, which its folder gave it.
    bare "$google/Album X/N.jpg" n
    bare "$google/$year/N.jpg" other
    cp -p "$google/Album X/N.jpg" "$google/$year/N(1).jpg"
    spoken "$google/$year/N.jpg" 1600000002
    spoken "$google/$year/N.jpg" 1600000003 "$google/$year/N.jpg.supplemental-metadata(1).json"
    # An edited version takes its original's.
    bare "$google/Album X/E-edited.jpg" edited
    bare "$google/$year/E.jpg" e
    cp -p "$google/Album X/E-edited.jpg" "$google/$year"
    spoken "$google/$year/E.jpg" 1600000004
    # A name that Takeout cut, and its JSON's.
    local long=Screenshot_20200913-122647_com.example.messenger
    bare "$google/Album X/$long.jpg" long
    cp -p "$google/Album X/$long.jpg" "$google/$year"
    spoken "$google/$year/$long.jpg" 1600000005 "$google/$year/${long:0:46}.json"
    # The year's folder has none; that of a further album has.
    bare "$google/$year/L.jpg" l
    cp -p "$google/$year/L.jpg" "$google/Trip"
    spoken "$google/Trip/L.jpg" 1600000006
    # Of one name and size, and another picture.
    bare "$google/Album X/O.jpg" o1
    bare "$google/$year/O.jpg" o2
    spoken "$google/$year/O.jpg" 1600000007
}

# What the library has of each: the instant in the JSON, from the caption, or none.
divided_of() {
    sqlite3 "$1/.glassine/library.db" "select coalesce(description, '-'), date_taken glob '2020-09-13*', cast(path as text) glob '*/X/*',
        coalesce((select group_concat(name) from albums join album_members on album_id = albums.id where album_members.file_id = files.id), '-')
        from files join metadata on metadata.file_id = files.id where cast(path as text) not glob '*.json' order by 1, 2, 3"
}

# The first copy decides the folder.
divided_rows=$'-|0|1|X\nof 1600000001|1|1|X\nof 1600000002|1|0|-\nof 1600000003|1|1|X\nof 1600000004|1|0|-\nof 1600000004|1|1|X\nof 1600000005|1|1|X\nof 1600000006|1|0|-\nof 1600000007|1|0|-'

@test "a picture of an album takes the JSON that only its copy in another folder has" {
    for year in "Photos from 2020" "2020年の写真"; do
        rm -rf card lib moved
        rows=$divided_rows
        [ "$year" = "Photos from 2020" ] || rows=$(echo "$rows" | sed '/^of/s/|1|1|/|1|0|/')
        make_divided card "$year"
        glassine import --json -d lib card > report
        [ "$(summary_of report | jq -c '.[4]')" -eq 0 ]
        diff <(echo "$rows") <(divided_of lib)
        glassine import --json -d lib card > again
        [ "$(summary_of again | jq -c '[.[1], .[4]]')" = "[0,0]" ]
        glassine import -q -j 16 -d wide card
        diff <(tree lib) <(tree wide)
        rm -rf wide
        # The folders by themselves, in another order.
        glassine import -q -d apart card/Takeout/*/Trip "card/Takeout/Google Photos/$year" "card/Takeout/Google Photos/Album X"
        diff <(tree lib) <(tree apart)
        rm -rf apart lib/.glassine
        glassine generate-db -q --source lib
        diff <(echo "$rows" | cut -d'|' -f 1-3) <(divided_of lib | cut -d'|' -f 1-3)
        glassine import -q --move -d moved card
        diff <(tree lib) <(tree moved)
        [ "$(find card -type f -printf '%f\n')" = metadata.json ]
    done
}

@test "a JSON beside a copy that cannot be read fails the picture, and is used no more than it is excluded" {
    make_divided card "Photos from 2020"
    chmod 000 "card/Takeout/Google Photos/Photos from 2020/A.jpg.supplemental-metadata.json"
    chmod -R a+rX card/Takeout/Google*/Album*
    need_nobody
    as_nobody import --json -d nobody/lib "$PWD/card" > report || true
    [ "$(json_of report "Album X/A.jpg" status)" = failed ]
    json_of report "Album X/A.jpg" reason | grep -q "A.jpg.supplemental-metadata.json"
    chmod 644 "card/Takeout/Google Photos/Photos from 2020/A.jpg.supplemental-metadata.json"
    glassine import --json --exclude-regex 'Photos from 2020/A.jpg' -d lib card > report
    [ "$(json_of report "Album X/A.jpg" date_source)" = file.mtime ]
}

@test "what is in the trash says nothing of a picture's copy elsewhere" {
    google="card/Takeout/Google Photos"
    bare "$google/Album A/P1.jpg" one
    bare "$google/Photos from 2019/other.jpg" other
    mkdir "$google/Bin" "$google/Trash"
    for trash in Bin Trash; do
        cp -p "$google/Album A/P1.jpg" "$google/$trash"
        printf '{"title":"P1.jpg","photoTakenTime":{"timestamp":"1600000000"},"trashed":true}\n' > "$google/$trash/P1.jpg.json"
    done
    # With a JSON that is of an album the folder is not known as the trash; its picture was deleted all the same.
    echo '{"title":"Trash"}' > "$google/Trash/metadata.json"
    glassine import --json -d lib card > report
    [ "$(json_of report "Album A/P1.jpg" status)" = imported ]
    jq -r 'select(.event == "left_out") | .path' report | grep -x ".*/Google Photos/Bin"
    rm -r "$google/Trash"
    glassine import --json -d without card > report
    [ "$(json_of report "Album A/P1.jpg" date_source)" = file.mtime ]
}

@test "a copy that cannot be looked at, opened, read or listed fails the picture whose JSON may lie beside it" {
    inject="$GLS_BINARY_DIR/tests/libgls_inject.so"
    [ -f "$inject" ] || skip "faults cannot be injected into a build with sanitizers"
    year="Photos from 2019"
    bare "card/Takeout/Album/P1.jpg" one
    mkdir "card/Takeout/$year"
    cp -p card/Takeout/Album/P1.jpg "card/Takeout/$year"
    spoken "card/Takeout/$year/P1.jpg" 1600000000
    for fault in open:1+:EIO:2019/P1.jpg stat:1+:EIO:2019/P1.jpg read:1+:EIO:2019/P1.jpg "open:1+:EIO:$year"; do
        rm -rf lib
        LD_PRELOAD=$inject GLS_INJECT=$fault glassine import --json -d lib card > report || true
        [ "$(json_of report Album/P1.jpg status)" = failed ] || { echo "$fault"; cat report; return 1; }
        json_of report Album/P1.jpg reason | grep -F "$year"
    done
    glassine import --json -d lib card > report
    [ "$(json_of report Album/P1.jpg date_source)" = Takeout.photoTakenTime ]
}

@test "a file of the same name, size and beginning is no copy" {
    bare card/Takeout/Album/P1.jpg one
    head -c 100000 /dev/zero >> card/Takeout/Album/P1.jpg
    mkdir "card/Takeout/Photos from 2019"
    cp -p card/Takeout/Album/P1.jpg "card/Takeout/Photos from 2019"
    printf x | dd of="card/Takeout/Photos from 2019/P1.jpg" bs=1 seek=90000 conv=notrunc status=none
    spoken "card/Takeout/Photos from 2019/P1.jpg" 1600000000
    glassine import --json -d lib card > report
    [ "$(json_of report Album/P1.jpg date_source)" = file.mtime ]
}

@test "a JSON that comes later says how its picture gets its date" {
    bare one/A.jpg a
    glassine import -q -d lib one
    mkdir two
    cp -p one/A.jpg two
    spoken two/A.jpg 1600000000
    glassine import -v -d lib two 2> told
    filed=$(find "$work/lib" -name '*-a.jpg')
    grep -F "two/A.jpg.json: the library has its picture as taken 2024-05-06T" told | grep -F "$filed"
    grep -o "glassine update.*$filed'" told > remedy
    # shellcheck source=/dev/null # what the message says
    source ./remedy
    find lib -name '2020-09-13_*-a.jpg' | grep .
    find lib -name '2020-09-13_*-a.jpg.json' | grep .
    glassine import -v -d lib two 2> told
    refute grep -F "as taken" told
    # An XMP sidecar likewise; a path is quoted.
    bare one/X.jpg x
    mv lib "Ann's lib"
    glassine import -q -d "Ann's lib" one
    cp -p one/X.jpg two
    echo '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
        xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:DateTimeOriginal="2020-09-13T12:26:40"/></rdf:RDF></x:xmpmeta>' > two/X.jpg.xmp
    glassine import -v -d "Ann's lib" two 2> told
    grep -F "two/X.jpg.xmp: the library has its picture as taken 2024-05-06T" told
    grep -o "glassine update.*-x.jpg'" told > remedy
    # shellcheck source=/dev/null # what the message says
    source ./remedy
    find "Ann's lib" -name '2020-09-13_12-26-40-x.jpg' | grep .
    find "Ann's lib" -name '2020-09-13_12-26-40-x.jpg.xmp' | grep .
    glassine import -v -d "Ann's lib" two 2> told
    refute grep -F "as taken" told
    mv "Ann's lib" lib
    # A picture that states its date has it, whatever its JSON says.
    photo three/B.jpg "2020:01:02 03:04:05" b
    glassine import -q -d lib three
    spoken three/B.jpg 1600000000
    glassine import -v -d lib three 2> told
    refute grep -F "as taken" told
}
