#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What the library knows of a picture, in the XMP that other programs read.

bats_require_minimum_version 1.5.0
load helper

# takeout_json PATH [MORE]
takeout_json() {
    printf '{"title":"%s","description":"At the lake","photoTakenTime":{"timestamp":"1577872800"},
        "people":[{"name":"Ada"},{"name":"Bob & Co"}],"favorited":true%s}\n' \
        "$(basename "$1" .json)" "${2:-}" > "$1"
}

configure() {
    printf '[Metadata]\n%s\n' "$@" > config.ini
    export GLASSINE_CONFIG=$PWD/config.ini
}

# values FILE TAG...: what ExifTool reads, one tag a line, the items of lists joined.
values() {
    local file=$1
    shift
    exiftool -s3 -f -sep '; ' "${@/#/-XMP:}" "$file"
}

stored() {
    find "${2:-lib}" -name "$1" ! -path '*/.glassine/*'
}

picture() {
    magick "$1" -auto-orient -depth 8 rgb:- | sha256sum
}

needs_exiftool() {
    command -v exiftool > /dev/null || skip "exiftool is not here"
}

@test "what a Takeout says of a picture is written into its copy" {
    needs_exiftool
    configure favourite_rating=5
    photo card/a.jpg "2020:01:01 10:00:00" one
    takeout_json card/a.jpg.json
    glassine import -q -d lib card
    copy=$(stored '*-a.jpg')
    [ "$(values "$copy" Description PersonInImage Rating)" = "At the lake
Ada; Bob & Co
5" ]
    [ "$(glassine show --json "$copy" | jq -c '[.description, .people, .rating]')" = '["At the lake",["Ada","Bob & Co"],5]' ]
    glassine verify -q --library lib
    # The picture is as it was.
    [ "$(glassine show --json "$copy" | jq .essence_xxh128)" = "$(glassine show --json card/a.jpg | jq .essence_xxh128)" ]
    # From the file alone.
    rm -r lib/.glassine
    find lib -name '*.json' -delete
    glassine generate-db -q --source lib
    [ "$(sqlite3 lib/.glassine/library.db 'select description, people, rating from metadata')" = "At the lake|Ada
Bob & Co|5" ]
}

@test "a favourite gets no rating unless it is asked for" {
    needs_exiftool
    photo card/a.jpg "2020:01:01 10:00:00" one
    takeout_json card/a.jpg.json
    glassine import -q -d lib card
    [ "$(values "$(stored '*-a.jpg')" Rating)" = "-" ]
    [ "$(sqlite3 lib/.glassine/library.db 'select rating, favourite from metadata order by favourite desc limit 1')" = "0|1" ]
}

@test "what the picture says itself is added to, and never replaced" {
    needs_exiftool
    configure favourite_rating=5 album_tags=yes
    mkdir card
    cp "$fixtures/formats/photo.jpeg" card/a.jpg
    exiftool -q -overwrite_original -XMP-dc:Description="Its own" -XMP:Rating=2 -XMP:PersonInImage=Eve \
        -XMP:HierarchicalSubject="Places|Rome" -XMP:TagsList="Places/Rome" card/a.jpg
    takeout_json card/a.jpg.json
    glassine import -q --album-from-folder -d lib card
    [ "$(values "$(stored '*-a.jpg')" Description Rating PersonInImage Album HierarchicalSubject TagsList)" = "Its own
2
Eve; Ada; Bob & Co
card
Places|Rome; Albums|card
Places/Rome; Albums/card" ]
}

@test "where nothing can be embedded a sidecar holds it all, and what it held before" {
    needs_exiftool
    configure favourite_rating=4 album_tags=yes
    mkdir card other
    cp "$fixtures/formats/photo.avi" card/m.avi
    takeout_json card/m.avi.json
    name=n.nef
    cp "$fixtures/formats/photo.nef" "other/$name"
    exiftool -q -o "other/$name.xmp" -XMP-dc:Subject=kept -XMP:PersonInImage=Eve -xmp:all "other/$name"
    takeout_json "other/$name.json"
    glassine import -q --album-from-folder -d lib card other
    [ "$(values "$(stored '*-m.avi.xmp')" Description PersonInImage Rating TagsList)" = "At the lake
Ada; Bob & Co
4
Albums/card" ]
    [ "$(values "$(stored "*-$name.xmp")" Description PersonInImage Rating TagsList Subject)" = "At the lake
Eve; Ada; Bob & Co
4
Albums/other
kept" ]
    rm -r lib/.glassine
    find lib -name '*.json' -delete
    glassine generate-db -q --source lib
    glassine list albums --library lib | awk '{ print $2 }' | xargs > names
    [ "$(cat names)" = "card other" ]
}

@test "every format that takes tags takes these, and keeps its essence" {
    needs_exiftool
    configure favourite_rating=5 album_tags=yes
    mkdir card
    for file in "$fixtures"/formats/photo.*; do
        name=${file##*.}.${file##*.}
        cp "$file" "card/$name"
        takeout_json "card/$name.json"
    done
    glassine import --json --album-from-folder -d lib card > report
    jq -r 'select(.event == "file" and .written == "embedded") | [.source, .destination] | @tsv' report > embedded
    [ "$(wc -l < embedded)" -ge 10 ]
    while IFS=$'\t' read -r source destination; do
        echo "$source"
        [ "$(glassine show --json "$source" | jq .essence_xxh128)" = "$(glassine show --json "$destination" | jq .essence_xxh128)" ]
        album=$(glassine show --json "$source" | jq -r '.album // "card"')
        [ "$(values "$destination" TagsList HierarchicalSubject)" = "Albums/$album
Albums|$album" ]
        [[ $(values "$destination" PersonInImage) == *"Ada; Bob & Co" ]]
        [ "$(glassine show --json "$destination" | jq -c .description)" != null ]
    done < embedded
    glassine verify -q --library lib
}

# One picture in three folders, each its album.
three_albums() {
    photo card/Rome/a.jpg "2020:01:01 10:00:00" one
    mkdir -p card/Trips "card/Zoo & co"
    cp card/Rome/a.jpg card/Trips/a.jpg
    cp card/Rome/a.jpg "card/Zoo & co/other-name.jpg"
}

@test "a picture in three albums is filed once and states them all" {
    needs_exiftool
    configure album_tags=yes
    three_albums
    source_state card > before
    glassine import -q --album-from-folder -d lib card
    source_state card | diff before -
    copy=$(stored '*-a.jpg')
    [ "$(find lib -name '*.jpg' | wc -l)" -eq 1 ]
    [ "$(values "$copy" Album TagsList HierarchicalSubject)" = "Rome
Albums/Rome; Albums/Trips; Albums/Zoo & co
Albums|Rome; Albums|Trips; Albums|Zoo & co" ]
    glassine verify -q --library lib
    [ "$(glassine show --json "$copy" | jq .essence_xxh128)" = "$(glassine show --json card/Rome/a.jpg | jq .essence_xxh128)" ]
    # Outside the library its keywords name them.
    cp "$copy" away.jpg
    [ "$(glassine show --json away.jpg | jq -c '[.albums, .album_keywords]')" = '[[],["Rome","Trips","Zoo & co"]]' ]
    # It is a duplicate of its source still, and nothing is written a second time.
    tree lib > tree
    glassine import --json --album-from-folder -d lib card > report
    [ "$(summary_of report)" = "[3,0,3,0,0]" ]
    tree lib | diff tree -
    [ "$(sqlite3 lib/.glassine/library.db 'select count(*) from album_changes')" -eq 0 ]
    # From the file alone all three are known.
    glassine list albums --library lib > albums
    [ "$(wc -l < albums)" -eq 3 ]
    rm -r lib/.glassine
    glassine generate-db -q --source lib
    glassine list albums --library lib | diff albums -
    glassine views -q --library lib --by album views
    [ "$(find views -name '*.jpg' -printf '%h\n' | sort)" = "views/Rome
views/Trips
views/Zoo & co" ]
}

@test "update --add and --remove bring the keywords up to date, and those of others stay" {
    needs_exiftool
    three_albums
    rm -r card/Trips card/Zoo*
    exiftool -q -overwrite_original -XMP:TagsList=Albums/Mine -XMP:TagsList=Best -XMP:HierarchicalSubject=Best card/Rome/a.jpg
    cp "$fixtures/formats/photo.mkv" card/m.mkv
    glassine import -q -d lib card
    copy=$(stored '*-a.jpg')
    movie=$(stored '*-m*.mkv')
    # Without the option no file changes.
    tree lib > tree
    glassine update -q --album Off --add lib
    tree lib | diff tree -
    configure album_tags=yes
    glassine update --json --album Best --add "$copy" "$movie" > report
    [ "$(summary_of report)" = "[2,2,0,0,0]" ]
    # What joined before the option was set is written, too. No file has another name.
    [ "$(values "$copy" Album TagsList HierarchicalSubject)" = "-
Albums/Mine; Best; Albums/Best; Albums/Off
Best; Albums|Best; Albums|Off" ]
    [ "$(values "$movie.xmp" TagsList)" = "Albums/Best; Albums/Off" ]
    [ "$(find lib -type f ! -path '*/.glassine/*' | wc -l)" -eq 3 ]
    glassine verify -q --library lib
    glassine update -q --album Best --remove "$copy"
    [ "$(values "$copy" TagsList HierarchicalSubject)" = "Albums/Mine; Best; Albums/Off
Best; Albums|Off" ]
    [ "$(glassine list album Best --library lib)" = "${movie#lib/}" ]
    # The keyword that it came with makes it a member, too.
    [ "$(glassine show --json "$copy" | jq -c .albums)" = '["Mine","Off"]' ]
    glassine update -q --album Mine --remove "$copy"
    [ "$(glassine show --json "$copy" | jq -c .albums)" = '["Off"]' ]
    glassine verify -q --library lib
    glassine import --json -d lib card > report
    [ "$(summary_of report)" = "[2,0,2,0,0]" ]
}
