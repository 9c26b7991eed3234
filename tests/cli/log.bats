# SPDX-License-Identifier: MIT
# What `glassine log` tells of the runs that a library has seen.

load helper

@test "each run is told in the words of its command" {
    mkdir card
    cp "$fixtures/elodie/with-title.jpg" card/a.jpg
    cp card/a.jpg card/b.jpg
    glassine import -q -d library card
    stored=$(find library -name '*.jpg')
    glassine update -q --title "Another" "$stored"
    stored=$(find library -name '*.jpg')
    printf 'x' | dd of="$stored" bs=1 seek=9000 conv=notrunc 2>/dev/null
    touch -d '2015-12-05 00:59:26 UTC' "$stored"
    run glassine verify -q --library library
    [ "$status" -eq 1 ]
    run glassine log --library library
    [ "$status" -eq 0 ]
    [[ "${lines[0]}" == "3  "*"verify       1 checked, 1 not as stored" ]]
    [[ "${lines[1]}" == "2  "*"update       1 updated, 0 duplicate, 0 skipped, 0 failed" ]]
    [[ "${lines[2]}" == "1  "*"import       1 imported, 1 duplicate, 0 skipped, 0 failed" ]]
}

@test "one run is told file by file, with hashes in JSON" {
    mkdir card
    cp "$fixtures/elodie/with-title.jpg" card/a.jpg
    glassine import -q -d library card
    sum=$(sha256sum <card/a.jpg | cut -d' ' -f1)
    glassine log --json --library library 1 >log.json
    [ "$(jq -rs 'map(.event) | join(" ")' log.json)" = "run action" ]
    [ "$(jq -rs '.[1].action' log.json)" = published ]
    [ "$(jq -rs '.[1].source_sha256' log.json)" = "$sum" ]
    [ -f "library/$(jq -rs '.[1].to' log.json)" ]
    run glassine log --library library 7
    [ "$status" -eq 2 ]
    [[ "$output" == *7* ]]
}
