#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What verify records, and what it leaves alone.

load helper

# A library of 0.1.0, whose essences were hashed in the order of the file.
old_library() {
    cp -a "$fixtures/libraries/0.1.0-filed" lib
    raw=2023-06-Jun/Rome/2023-06-11_11-03-47-img_0003.dng
    # A checkout keeps no times.
    sqlite3 lib/.glassine/library.db "select printf('%d.%09d', mtime_ns / 1000000000, mtime_ns % 1000000000),
        cast(path as text) from files" |
        while IFS='|' read -r time path; do touch -d "@$time" "lib/$path"; done
}

essences() {
    sqlite3 lib/.glassine/library.db "select cast(path as text), hex(essence_xxh128) $1 from files order by path"
}

@test "rows of an earlier essence are brought up to date when their bytes are as stored" {
    old_library
    essences > before
    glassine verify -q --quick --library lib
    essences | diff before -
    glassine verify -q --library lib
    essences ", essence_version" | refute grep -v '|2$'
    # It is what a reading from nothing gives; of the one file of several pictures another.
    essences > now
    [ "$(diff before now | grep -c '^>')" -eq 1 ]
    diff before now | grep -q "^> $raw"
    rm lib/.glassine/library.db
    glassine generate-db -q -s lib
    essences | diff now -
}

@test "tags that another program wrote are checked by the essence that the row has" {
    old_library
    source=$(sqlite3 lib/.glassine/library.db "select hex(source_sha256) from files where cast(path as text) = '$raw'")
    glassine update -q --in-place --title "Somebody else's" "lib/$raw"
    touch -d 2024-01-01 "lib/$raw"
    cp -a lib again
    run glassine verify --library lib
    [[ $output == *"edited     $raw"* ]]
    # generate-db knows it for the same picture, too.
    glassine generate-db -q -s again
    [ "$(sqlite3 again/.glassine/library.db "select hex(source_sha256) from files where cast(path as text) = '$raw'")" = "$source" ]
}

@test "--accept keeps what a Takeout said of a picture that another program edited" {
    mkdir card
    cp "$fixtures/structures/jpeg-bare.jpg" card/IMG_1.jpg
    cat > card/IMG_1.jpg.json <<- END
	{"title": "IMG_1.jpg", "description": "At sea", "photoTakenTime": {"timestamp": "1500000000"},
	 "favorited": true, "people": [{"name": "Ann"}], "url": "https://photos.google.com/x"}
	END
    glassine import -q -d lib card
    said="select description, people, favourite from metadata where file_id = 1"
    [ "$(sqlite3 lib/.glassine/library.db "$said")" = "At sea|Ann|1" ]
    printf x >> "$(find lib -name '*.jpg')"
    run glassine verify --library lib --accept edited,changed
    [[ $output == *"(accepted)"* ]]
    [ "$(sqlite3 lib/.glassine/library.db "$said")" = "At sea|Ann|1" ]
    glassine verify -q --library lib
}

@test "a library of an earlier essence is updated, and nothing is called rotten" {
    old_library
    glassine update -q --title "New" "lib/$raw"
    glassine verify -q --library lib
}

@test "--accept untracked takes neither what a repair kept aside nor empty files" {
    photo card/1.jpg "2020:01:01 01:02:03" 1
    glassine import -q -d lib card
    stored=$(cd lib && find . -name '*.jpg' -printf '%P\n')
    for name in "$stored.rotten" "$stored.rotten-12" other.jpg my.rotten.jpg; do
        echo "$name" > "lib/$name"
    done
    : > lib/empty.jpg
    run glassine verify --library lib --accept untracked
    [[ $output == *"untracked  $stored.rotten: a damaged version that a repair kept aside"* ]]
    [[ $output == *"untracked  empty.jpg: it is empty"* ]]
    sqlite3 lib/.glassine/library.db "select cast(path as text) from files order by path" > rows
    printf '%s\n' "$stored" my.rotten.jpg other.jpg | LC_ALL=C sort | diff - rows
}

@test "a library that Elodie filed is known by the hashes and names that were taken in" {
    mkdir -p lib/2020 elodie card
    photo lib/2020/one.jpg "2020:01:01 01:02:03" 1
    photo lib/2020/two.jpg "2020:01:01 01:02:03" 2
    photo lib/2020/other.jpg "2020:01:01 01:02:03" 3
    photo card/new.jpg "2021:01:01 01:02:03" 4
    for name in one two; do
        jq -n --arg sha "$(sha256sum < lib/2020/$name.jpg | cut -c1-64)" --arg path "$PWD/lib/2020/$name.jpg" '{($sha): $path}'
    done | jq -s add > elodie/hash.json
    : > elodie/config.ini
    ELODIE_APPLICATION_DIRECTORY=$PWD/elodie glassine import -q -d lib card
    glassine verify --json --library lib > report || [ $? -eq 1 ]
    [ "$(jq -c 'select(.event == "summary") | [.ok, .untracked]' report)" = '[3,1]' ]
    # Elodie hashes before it writes tags: what hash.json names is known with other bytes, too.
    echo more >> lib/2020/two.jpg
    glassine verify -v --library lib > report
    grep -q 'ok .*2020/two.jpg: named by Elodie.s hash.json with the hash of other bytes: .*cannot be told; look at it' report
    grep -q 'ok .*2020/one.jpg: as Elodie stored it' report
    grep -q 'untracked .*2020/other.jpg' report
    # Under another name it is not.
    mv lib/2020/two.jpg lib/2020/three.jpg
    glassine verify --json --library lib > report || [ $? -eq 1 ]
    [ "$(jq -c 'select(.event == "summary") | [.ok, .untracked]' report)" = '[2,2]' ]
    # And they can be adopted.
    glassine verify -q --library lib --accept untracked
    [ "$(sqlite3 lib/.glassine/library.db 'select count(*) from files')" -eq 4 ]
}

@test "what was accepted is no failure any more" {
    photo card/a.jpg "2020:01:02 03:04:05"
    photo card/b.jpg "2020:01:02 03:04:06" b
    glassine import -q -d lib card
    rm "$(find lib -name '*-a.jpg')"
    run glassine verify --library lib
    [ "$status" -eq 1 ]
    run glassine verify --library lib --accept changed
    [ "$status" -eq 1 ]
    run glassine verify --library lib --accept missing
    [ "$status" -eq 0 ]
    glassine verify -q --library lib
}

@test "a list of states is refused where it does nothing" {
    cp -a "$fixtures/libraries/0.1.0-filed" lib
    run -2 glassine verify --library lib --repair rotten
    [[ $output == *"--repair needs --repair-from COPY"* ]]
    for option in --accept --repair; do
        for states in '' ok ok,missing missing,,changed Missing; do
            run -2 glassine verify --library lib --repair-from lib "$option" "$states"
            [[ $output == *"$option"* || $output == *"can be repaired"* ]]
        done
    done
}
