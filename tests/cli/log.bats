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

@test "a run's log names what was not filed, with the reason" {
    mkdir card
    cp "$fixtures/elodie/with-title.jpg" card/a.jpg
    cp card/a.jpg card/b.jpg
    cp "$fixtures/hostile/really-text.jpg" card/bad.jpg
    glassine import -q -d library card || [ $? -eq 1 ]
    stored=$(cd library && find . -name '*.jpg' -printf '%P\n')
    run glassine log --library library 1
    [ "$status" -eq 0 ]
    [[ $output == *"  duplicate       $PWD/card/b.jpg -> $stored"* ]]
    [[ $output == *"failed          $PWD/card/bad.jpg: "* ]] || [[ $output == *"skipped         $PWD/card/bad.jpg: "* ]]
    reason=$(glassine log --json --library library 1 | jq -r 'select(.action == "failed" or .action == "skipped") | .reason')
    [[ $output == *"card/bad.jpg: $reason"* ]]
    # A dry run leaves no log.
    glassine import -q --dry-run -d library card || [ $? -eq 1 ]
    [ "$(glassine log --library library | wc -l)" -eq 1 ]
    mv "library/$stored" elsewhere.jpg
    glassine verify -q --library library || [ $? -eq 1 ]
    run glassine log --library library 2
    [[ $output == *"  missing         - -> $stored"* ]]
}

@test "people are told the time where they are" {
    mkdir card
    cp "$fixtures/elodie/with-title.jpg" card/a.jpg
    glassine import -q -d library card
    sqlite3 library/.glassine/library.db "update runs set started_s = 1700000000"
    TZ=XYZ-5:30 run glassine log --library library
    [[ ${lines[0]} == "1  2023-11-15 03:43:20 +05:30  import"* ]]
    [ "$(TZ=XYZ-5:30 glassine log --json --library library | jq -r .started)" = 2023-11-14T22:13:20Z ]
}
