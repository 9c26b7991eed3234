#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What the users of Elodie's plugin GooglePhotos rely on: its configuration, its token file
# and its queue, as they are.

load google

# Elodie's folder, with its configuration and a queue: name, value, name, value ...
elodie() {
    export ELODIE_APPLICATION_DIRECTORY="$work/elodie"
    mkdir -p elodie/plugins
    {
        printf '[Directory]\nfull_path=%%date/%%album|%%location|"Unknown Location"\n'
        sed -n '/^.Plugins/,$p' config.ini
    } > elodie/config.ini
    unset GLASSINE_CONFIG
    jq -n '$ARGS.positional as $all | [range(0; $all | length; 2) | {key: $all[.], value: $all[. + 1]}]
        | map(if .value == "null" then .value = null else . end) | from_entries' \
        --args "$@" > elodie/plugins/googlephotos.json
}

@test "its configuration is taken as it is; an import asks for none of its files" {
    photos 2
    elodie
    sed -i 's#/auth.json#/nowhere/auth.json#; s#/secrets.json#/nowhere/secrets.json#' elodie/config.ini
    glassine import --json -d lib card > report 2> messages
    [ "$(summary_of report)" = "[2,2,0,0,0]" ]
    refute grep -q -e auth.json -e secrets.json messages report
    [ "$(queued)" = 2 ]
    run glassine batch --library lib < /dev/null
    [ "$status" -eq 1 ]
    [[ "$output" = *"nowhere/secrets.json: there is no such file (secrets_file=)"* ]]
}

@test "after: photos and videos are queued, others are not" {
    photo card/plain.jpg '2020:01:02 03:04:05'
    cp "$fixtures/formats/photo.mp4" "$fixtures/formats/photo.txt" "$fixtures/formats/photo.m4a" card/
    elodie
    glassine import -q -d lib card
    [ "$(outbox 'select count(*) from outbox')" = 2 ]
}

@test "batch: uploads the queue and empties it; a file that is not there stays" {
    photos 3
    elodie
    glassine import -q -d lib card
    gone=$(find lib -name '*11.jpg')
    mv "$gone" away
    run glassine batch --library lib
    [ "$status" -eq 1 ]
    [[ "$output" = *"${gone##*/}: it cannot be read: No such file or directory"* ]]
    [ "$(queued)" = 1 ]
    [ "$(state '.items | length')" = 2 ]
    mv away "$gone"
    glassine plugins --library lib --retry > /dev/null
    glassine batch -q --library lib
    is_uploaded 3
}

@test "its token file, which knows no expiry, is used, refreshed, and still its library's" {
    photos 1
    elodie
    glassine import -q -d lib card
    glassine batch -q --library lib
    [ "$(state '.requests.token')" = null ]
    photo card/b.jpg '2020:01:02 03:04:59'
    glassine import -q -d lib card
    rule '{"expire": true}'
    glassine batch -q --library lib
    [ "$(state '.requests.token')" = 1 ]
    # What Credentials.from_authorized_user_info() asks for.
    jq -e '.refresh_token and .client_id and .client_secret and .token and .token_uri' auth.json
    is_uploaded 2
}

@test "its queue is taken in once" {
    photos 4
    cp config.ini with.ini
    printf '[Library]\ndestination=%s/lib\n' "$work" > config.ini # the plugin comes later
    glassine import -q card
    cp with.ini config.ini
    mapfile -t files < <(find "$work/lib" -name '*.jpg' | sort)
    cp "${files[0]}" lib/unrecorded.jpg
    printf more >> lib/unrecorded.jpg
    ln -s lib link
    elodie "${files[0]}" null "${files[1]/lib/link}" img.jpg "$work/lib/gone.jpg" gone.jpg \
        "$work/lib/unrecorded.jpg" null /elsewhere/x.jpg x.jpg
    sum=$(sha256sum elodie/plugins/googlephotos.json)
    GLASSINE_CONFIG="$work/config.ini" glassine batch > messages 2>&1
    grep -q 'plugin GooglePhotos: taken in from Elodie.s queue: 2; not there any more: 1' messages
    grep -q 'plugin GooglePhotos: not recorded yet, of Elodie.s queue: 1; "glassine generate-db" records them' messages
    [ "$(state '.items | length')" = 2 ]
    # What was unknown is taken when it is recorded; what was done is not done again.
    export GLASSINE_CONFIG="$work/config.ini"
    glassine generate-db -q
    glassine batch > messages 2>&1
    grep -q 'taken in from Elodie.s queue: 1; not there any more: 0' messages
    [ "$(state '.items | length')" = 3 ]
    [ "$(state '[.items[].made] | unique')" = '[1]' ]
    glassine batch > messages 2>&1
    refute grep -q Elodie messages
    [ "$(state '.requests.upload')" = 3 ]
    [ "$(sha256sum elodie/plugins/googlephotos.json)" = "$sum" ]
}

@test "a queue that is cut short is told, and taken when it is whole" {
    photos 2
    printf '[Library]\ndestination=%s/lib\n' "$work" > other.ini
    GLASSINE_CONFIG="$work/other.ini" glassine import -q card
    file=$(find "$work/lib" -name '*10.jpg')
    elodie "$file" null
    cp elodie/plugins/googlephotos.json whole
    head -c -4 whole > elodie/plugins/googlephotos.json
    run glassine batch --library lib
    [[ "$output" = *"Elodie's queue could not be taken in: "*"googlephotos.json: ends too early"* ]]
    [ "$(queued)" = 0 ]
    cp whole elodie/plugins/googlephotos.json
    glassine batch -q --library lib
    [ "$(state '.items | length')" = 1 ]
}
