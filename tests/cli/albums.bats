#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A picture in many albums: filed once, and every album knows it.

bats_require_minimum_version 1.5.0
load helper

query() {
    sqlite3 lib/.glassine/library.db "$1"
}

members() {
    query "select a.name || ':' || replace(group_concat(cast(f.path as text), ' '), rtrim(cast(f.path as text), replace(cast(f.path as text), '/', '')), '')
        from albums a join album_members m on m.album_id = a.id join files f on f.id = m.file_id
        group by a.id order by a.name"
}

sidecar() {
    cat > "$1" << XMP
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmp:Rating="$2">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">$3</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">$4</rdf:li></rdf:Alt></dc:description>
</rdf:Description></rdf:RDF></x:xmpmeta>
XMP
}

# One picture in three folders; each is its album.
three_albums() {
    photo "card/Rome/a.jpg" "2020:01:01 10:00:00" one
    mkdir -p card/Trips card/Zoo
    cp card/Rome/a.jpg card/Trips/a.jpg
    cp card/Rome/a.jpg card/Zoo/other-name.jpg
    photo "card/Zoo/b.jpg" "2020:01:02 10:00:00" two
}

@test "a duplicate in another album joins it" {
    three_albums
    glassine import --album-from-folder --json -d lib card > report
    [ "$(summary_of report)" = "[4,2,2,0,0]" ]
    [ "$(find lib -name '*.jpg' | wc -l)" -eq 2 ]
    [ "$(query "select count(*) from album_members m join files f on f.id = m.file_id
        where cast(f.path as text) like '%-a.jpg'")" -eq 3 ]
    [ "$(query "select group_concat(name) from (select name from albums order by name)")" = "Rome,Trips,Zoo" ]
    # Again, from an earlier run's database, and the same with one worker.
    glassine import --album-from-folder -q -d lib card
    glassine import --album-from-folder -q -d lib1 --jobs 1 card
    members > many
    mv lib lib8
    mv lib1 lib
    members | diff many -
}

@test "a duplicate with another title, caption or rating loses none of them" {
    photo card/a.jpg "2020:01:01 10:00:00" one
    mkdir other third
    cp card/a.jpg other/a.jpg
    cp card/a.jpg third/a.jpg
    sidecar other/a.jpg.xmp 3 "Second title" "A caption"
    sidecar third/a.jpg.xmp 4 "Third title" "Another caption"
    glassine import -q -d lib card
    glassine import -q -d lib other || [ $? -eq 1 ]
    glassine import -q -d lib third || [ $? -eq 1 ]
    [ "$(query "select title, description, rating from metadata m join files f on f.id = m.file_id
        where cast(f.path as text) like '%.jpg'")" = "Second title|A caption|3" ]
    [ "$(query "select name, value from further_values order by name")" = \
        "description|Another caption
rating|4
title|Third title" ]
    # `show` gives them.
    glassine show --json "$(find lib -name '*.jpg')" > shown
    [ "$(jq -r '.further_values[] | [.name, .value] | join("|")' shown)" = \
        "description|Another caption
rating|4
title|Third title" ]
    glassine show "$(find lib -name '*.jpg')" | grep -qx '  other title    Third title'
    glassine generate-db -q --source lib
    [ "$(query "select count(*) from further_values")" -eq 3 ]
    [ "$(query "select rating from metadata m join files f on f.id = m.file_id where cast(f.path as text) like '%.jpg'")" = 3 ]
}

@test "generate-db over a database carries all albums over" {
    three_albums
    glassine import --album-from-folder -q -d lib card
    query "update albums set title = 'All trips', date = '2020' where name = 'Trips'"
    members > before
    glassine generate-db -q --source lib
    members | diff before -
    [ "$(query "select title from albums where name = 'Trips'")" = "All trips" ]
    # A picture that was moved by hand is still in them.
    name=$(find lib -name '*-a.jpg')
    mv "$name" lib/moved.jpg
    glassine generate-db -q --source lib
    [ "$(query "select count(*) from album_members m join files f on f.id = m.file_id
        where cast(f.path as text) = 'moved.jpg'")" -eq 3 ]
    # From the files alone, what the picture itself says is known.
    rm -rf lib/.glassine
    glassine generate-db -q --source lib
    [ "$(query "select group_concat(name) from (select name from albums order by name)")" = "Rome,Zoo" ]
}

@test "list names the albums, and the files of one" {
    three_albums
    mv card/Trips "card/Tr$(printf '\001')ips"
    glassine import --album-from-folder -q -d lib card
    run -0 glassine list --library lib albums
    [ "${lines[0]}" = "     1  Rome" ]
    [ "${lines[2]}" = "     2  Zoo" ]
    [ "$(glassine list --library lib album Zoo | wc -l)" -eq 2 ]
    # As names for another program: what is printed is what lies in the library.
    [ "$(cd lib && glassine list album Zoo -0 | xargs -0 ls | wc -l)" -eq 2 ]
    [ "$(glassine list albums --library lib --json | jq -r 'select(.name == "Zoo") | .files')" -eq 2 ]
    glassine list album Zoo --library lib --json | jq -e 'select(.event == "file") | .path | endswith(".jpg")'
    run -1 glassine list --library lib album Nowhere
    [[ $output == *'there is no album "Nowhere"'* ]]
    run -2 glassine list --library lib
    run -2 glassine list --library lib album
}

@test "list, log and verify find the library above the working directory, import does not" {
    three_albums
    glassine import --album-from-folder -q -d lib card
    mkdir -p elsewhere
    printf '[Library]\ndestination=%s\n' "$work/other" > config.ini
    glassine import -q -d other card
    cd lib/2020*
    # What lies around comes before what is configured, and an option before both.
    [ "$(glassine list albums --config "$work/config.ini" --json | wc -l)" -eq 3 ]
    [ "$(glassine list albums --library "$work/other" --json | wc -l)" -eq 0 ]
    [ "$(glassine log --json | wc -l)" -eq 1 ]
    glassine verify --json | jq -e 'select(.event == "summary") | .ok == 2'
    run -2 glassine import "$work/card"
    cd "$work/elsewhere"
    [ "$(glassine list albums --config "$work/config.ini" --json | wc -l)" -eq 0 ]
    run -2 glassine list albums
    [[ $output == *"no library: name it with --library DIR, go into it, or set [Library] destination="* ]]
}

@test "update --add and --remove change membership, and no file" {
    three_albums
    glassine import --album-from-folder -q -d lib card
    tree lib > before
    file=$(find lib -name '*-b.jpg')
    glassine update --json --album Best --add "$file" > report
    [ "$(summary_of report)" = "[1,1,0,0,0]" ]
    [ "$(glassine list album Best --library lib)" = "${file#lib/}" ]
    # A folder stands for what is in it; once more changes nothing.
    glassine update -q --album Best --add lib
    glassine update -q --album Best --add lib
    [ "$(glassine list album Best --library lib | wc -l)" -eq 2 ]
    glassine update --json --dry-run --album Best --remove lib > report
    [ "$(summary_of report)" = "[2,2,0,0,0]" ]
    [ "$(glassine list album Best --library lib | wc -l)" -eq 2 ]
    glassine update -q --album Best --remove "$file"
    [ "$(glassine list album Best --library lib | wc -l)" -eq 1 ]
    glassine update -q --album Best --remove "lib/2020-01-Jan"
    run -1 glassine list album Best --library lib
    # Its own album decides the folder, and is not taken away by the way.
    run -1 glassine update --album Zoo --remove "$file"
    [[ $output == *"--clear album"* ]]
    [ "$(glassine list album Zoo --library lib | wc -l)" -eq 2 ]
    tree lib | diff before -
    run -2 glassine update --add "$file"
    run -2 glassine update --album A --add --remove "$file"
    run -2 glassine update --album A --add --title T "$file"
    run -2 glassine update --album A --add "$work/card"
    run -1 glassine update --album A --add lib/nowhere.jpg
    glassine verify -q --library lib
    glassine log --library lib "$(query "select max(run_id) from actions where action = 'removed from album'")" | grep -q "removed from album"
}

@test "show names the albums of a file that stands in a library, and of no other" {
    three_albums
    glassine import --album-from-folder -q -d lib card
    stored=$(find lib -name '*-a.jpg')
    [ "$(glassine show --json "$stored" | jq -c .albums)" = '["Rome","Trips","Zoo"]' ]
    run -0 glassine show "$stored"
    [ "$(grep -c '^  in album ' <<< "$output")" -eq 3 ]
    [ "$(glassine show --json card/Rome/a.jpg | jq -c .albums)" = '[]' ]
    # From within the library, and of a file that it does not know.
    cp "$stored" lib/unknown.jpg
    [ "$(cd "${stored%/*}" && glassine show --json "${stored##*/}" | jq -c .albums)" = '["Rome","Trips","Zoo"]' ]
    [ "$(glassine show --json lib/unknown.jpg | jq -c .albums)" = '[]' ]
    # Through the link of a view.
    glassine views -q --library lib --by album views
    [ "$(glassine show --json views/Zoo/*-a.jpg | jq -c .albums)" = '["Rome","Trips","Zoo"]' ]
    # A database that cannot be read takes nothing else away. But not all was told.
    echo damaged > lib/.glassine/library.db
    rm -f lib/.glassine/library.db-*
    run -1 --separate-stderr glassine show --json "$stored"
    [ "$(jq -c .kind <<< "$output")" = '"photo"' ]
    [[ $stderr == *library.db* ]]
}
