#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A Google Takeout, as fixtures/make-takeout makes it: each picture is dated by its own JSON,
# whatever Takeout called that.

load helper

make_takeout() {
    "$fixtures/make-takeout" card
    [ "$(wc -l < card/truth.tsv)" -ge 200 ]
    # What the names promise, as TIME<tab>PATH; the file's own time where no JSON is its.
    awk -F'\t' '$3 != "-" { print strftime("%Y-%m-%dT%H:%M:%S", $3, 1) "\t" $1 }' card/truth.tsv | sort > wanted
}

dates_of() {
    jq -r --arg card "$PWD/card/" 'select(.event == "file" and .date_source == "Takeout.photoTakenTime") |
        [(.date_taken | .[0:19]), (.source | ltrimstr($card))] | @tsv' "$1" |
        grep -v -e '\.json$' -e '/Album ' -e '/Y.jpg$' | sort
}

@test "every picture of a Takeout is dated by its own JSON" {
    make_takeout
    glassine import --json -d lib card/Takeout > report
    jq -r 'select(.event == "file") | .date_source' report | sort | uniq -c
    dates_of report | diff wanted -
    # The JSON that names another file dates nothing.
    [ "$(json_of report "Photos from 2018/T.jpg" date_source)" != "Takeout.photoTakenTime" ]
    [ "$(summary_of report | jq -c '[.[3], .[4]]')" = "[0,0]" ]
}

@test "a picture in its year and in three albums is filed once, and is in all three" {
    make_takeout
    glassine import -q -d lib card/Takeout
    [ "$(find lib -name '*-v.jpg' | wc -l)" -eq 1 ]
    [ "$(sqlite3 lib/.glassine/library.db 'select name from albums order by name' | xargs)" = "Trip 1 Trip 2 Trip 3" ]
    [ "$(sqlite3 lib/.glassine/library.db 'select count(distinct file_id) from album_members')" -eq 1 ]
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

@test "what was trashed in Google Photos is left out unless it is asked for" {
    make_takeout
    glassine import --json -d lib card/Takeout > report
    [ "$(jq -r 'select(.event == "left_out" and (.reason | startswith("in the trash"))) | .path' report |
        xargs -d '\n' -n1 basename | xargs)" = "X.jpg X.jpg.json" ]
    [ -z "$(find lib -name '*-x.jpg')" ]
    glassine import -q --include-ignored -d lib card/Takeout
    [ -n "$(find lib -name '2004-11-09*-x.jpg')" ]
}

@test "an album keeps what its JSON says of it" {
    make_takeout
    glassine import -q -d lib card/Takeout
    glassine list albums --library lib --json > albums
    [ "$(jq -r 'select(.name == "Trip 2") | [.title, .description] | join("|")' albums)" = "Trip 2|About trip 2" ]
    at=$(jq -r .date.timestamp "card/Takeout/Google Photos/Album 2/Metadaten.json")
    [ "$(date -ud "$(jq -r 'select(.name == "Trip 2") | .date' albums)" +%s)" = "$at" ]
    [ "$(glassine list albums --library lib | head -n 1)" = "     1  Trip 1" ]
    # The folder of a year is none, and what no picture is in goes.
    [ "$(sqlite3 lib/.glassine/library.db 'select count(*) from albums')" -eq 3 ]
    glassine generate-db -q --source lib
    glassine list albums --library lib --json | diff albums -
    glassine import -q --dry-run -d none card/Takeout
    [ ! -e none ]
}

@test "Google's folder of trash is known by its name, beside the folder of a year alone" {
    photo "Takeout/Google Fotos/Fotos von 2020/a.jpg" "2020:01:01 10:00:00" one
    photo "Takeout/Google Fotos/Papierkorb/b.jpg" "2020:01:02 10:00:00" two
    photo "Takeout/Google Fotos/Bin 2/c.jpg" "2020:01:03 10:00:00" three
    photo "elsewhere/Bin/d.jpg" "2020:01:04 10:00:00" four
    glassine import --json -d lib Takeout elsewhere > report
    [ "$(find lib -name '*.jpg' -printf '%f\n' | grep -o '.\.jpg' | sort | xargs)" = "a.jpg c.jpg d.jpg" ]
    jq -r 'select(.event == "left_out") | [.path, .reason] | join("|")' report > left
    [ "$(cat left)" = "$PWD/Takeout/Google Fotos/Papierkorb|the trash of Google Photos" ]
    [ "$(jq 'select(.event == "summary") | .left_out' report)" -eq 1 ]
    glassine import -q --include-ignored -d all Takeout
    find all -name '*-b.jpg' | grep .
    # Who names it means it.
    glassine import -q -d named "Takeout/Google Fotos/Papierkorb"
    find named -name '*-b.jpg' | grep .
}

@test "a Takeout leaves the card with its JSONs; what belongs to nothing stays" {
    make_takeout
    glassine import -q --move -d lib card/Takeout
    (cd card/Takeout && find . -type f -printf '%f\n' | LC_ALL=C sort | xargs) > left
    [ "$(cat left)" = "Metadaten.json Metadaten.json T.json X.jpg X.jpg.json metadata.json métadonnées.json" ]
    # Each JSON stands beside its picture, under its name.
    find lib -name '*.json' | while read -r json; do
        picture=${json%.json}
        picture=${picture%%.jpg*}
        ls "$picture".* > /dev/null
    done
}
