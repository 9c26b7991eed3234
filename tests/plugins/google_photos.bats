#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The plugin GooglePhotos against a server on this machine that plays the documented API,
# with faults at each step (google_photos.py).

load google

# A film of SIZE bytes, which is not one after its header, but is called so.
film() {
    mkdir -p card
    cp "$fixtures/formats/photo.mp4" "card/$1"
    head -c "$2" /dev/urandom >> "card/$1"
}

@test "import queues, batch uploads: bytes, names, albums, once" {
    photos 3
    cp "$fixtures/formats/photo.png" card/one.png
    glassine import -q card
    [ "$(queued)" = 4 ]
    [ "$(state '.requests')" = '{}' ]
    glassine batch > output 2>&1
    is_uploaded 4
    [ "$(state '[.items[].made] | unique')" = '[1]' ]
    [ "$(state '.requests.create')" -le "$(state '.albums | length + 1')" ]
    state '.items[].name' | sort > names
    find lib -type f -not -path '*/.glassine/*' -printf '%f\n' | sort | diff - names
    # Nothing is left to do, and what changes in tags alone is not sent again.
    glassine update -q --title Again lib/*/*/*.jpg
    glassine batch
    [ "$(queued)" = 0 ]
    [ "$(state '.items | length')" = 4 ]
}

@test "an album is made once, and again when it was deleted there" {
    local album='Ríó "1"'
    for i in 1 2 3 4; do photo "card/$album/$i.jpg" "2020:01:01 00:00:0$i"; done
    glassine import -q --album-from-folder card
    glassine batch -q
    is_uploaded 4
    [ "$(state '[.albums[]]')" = '["Ríó \"1\""]' ]
    [ "$(state '[.items[].album] | unique')" = '["Ríó \"1\""]' ]
    photo "card/$album/later.jpg" '2021:01:01 00:00:00'
    glassine import -q --album-from-folder card
    glassine batch -q
    [ "$(state '.requests.albums')" = 1 ]
    rule '{"forget_albums": true}'
    photo "card/$album/last.jpg" '2021:01:01 00:00:01'
    glassine import -q --album-from-folder card
    glassine batch -q
    [ "$(state '.requests.albums')" = 2 ]
    is_uploaded 6
}

@test "1,000 files, each stored exactly once, whatever goes wrong on the way" {
    google photos 1000 card "$fixtures/formats/photo.jpeg"
    glassine import -q card
    [ "$(queued)" = 1000 ]
    google_config retries=4
    rule '{"uses_of_token": 150}'
    rule '{"expire": true}'
    rule '{"at": "upload", "do": "503", "every": 97, "times": 5}'
    rule '{"at": "upload", "do": "429", "skip": 200, "retry_after": 1}'
    rule '{"at": "upload", "do": "cut_request", "every": 101, "times": 5}'
    rule '{"at": "upload", "do": "cut_answer", "every": 103, "times": 5}'
    rule '{"at": "upload", "do": "drip", "every": 107, "times": 5}'
    rule '{"at": "create", "do": "cut_answer", "skip": 2}'
    rule '{"at": "create", "do": "half_json", "skip": 3}'
    rule '{"at": "create", "do": "500", "skip": 3}'
    rule '{"at": "create", "do": "lost", "skip": 4}'
    rule '{"at": "create", "do": "item", "items": 7, "code": 13, "message": "Internal", "skip": 5}'
    rule '{"at": "token", "do": "500"}'
    rule '{"at": "token", "do": "half_json"}'
    glassine batch -q 2> messages
    [ ! -s messages ]
    is_uploaded 1000
    [ "$(state '.largest_call')" = 50 ]
    # An item is sent a second time only where the answer to the first was lost.
    [ "$(state '[.items[] | select(.made > 1)] | length')" -le 150 ]
    [ "$(state '[.items[].made] | max')" -le 3 ]
}

@test "without a fault, each file is sent once" {
    google photos 130 card "$fixtures/formats/photo.jpeg"
    glassine import -q card
    glassine batch -q
    is_uploaded 130
    [ "$(state '[.items[].made] | unique')" = '[1]' ]
    [ "$(state '[.requests.upload, .requests.create, .largest_call]')" = '[130,3,50]' ]
}

@test "a fault at each step of a small file costs a try, and no more" {
    for step in upload create albums token; do
        for fault in 503 429 cut_request lost cut_answer; do
            rm -rf lib card
            photo card/a.jpg '2020:01:02 03:04:05' "$step $fault"
            rule '{"clear_rules": true, "expire": true}'
            rule "{\"at\": \"$step\", \"do\": \"$fault\"}"
            glassine import -q --album-from-folder card
            glassine batch -q
            [ "$(queued)" = 0 ]
        done
    done
    [ "$(state '.violations')" = '[]' ]
    [ "$(state '.items | length')" = 20 ]
}

@test "a large file goes in parts, and goes on where it was cut off" {
    film film.mp4 $((3 * 1048576 + 777))
    glassine import -q card
    rule '{"at": "part", "do": "cut_request", "skip": 1}'
    rule '{"at": "part", "do": "lost", "skip": 2}'
    rule '{"at": "part", "do": "503", "skip": 3}'
    rule '{"at": "query", "do": "500"}'
    glassine batch -q
    is_uploaded 1
    [ "$(state '.requests.start')" = 1 ]
    [ "$(state '.requests.query')" -ge 3 ]
}

@test "a large file goes on in the next run, and anew where its session is no more" {
    film film.mp4 $((4 * 1048576))
    google_config retries=0
    glassine import -q card
    rule '{"at": "part", "do": "503", "skip": 2, "times": 1}'
    run glassine batch
    [ "$status" -eq 1 ]
    glassine batch -q
    is_uploaded 1
    [ "$(state '.requests.start')" = 1 ]
    [ "$(state '.requests.part')" = 6 ] # 5, and the one that failed
    # The last answer is lost: the token cannot be had any more.
    google_config
    film other.mp4 $((2 * 1048576))
    glassine import -q card
    rule '{"at": "part", "do": "lost", "skip": 2}'
    glassine batch -q
    is_uploaded 2
    [ "$(state '.requests.start')" = 3 ]
}

@test "an address to upload to that leads elsewhere gets no token" {
    film film.mp4 $((2 * 1048576))
    glassine import -q card
    rule '{"at": "start", "do": "elsewhere", "url": "http://127.0.0.1:1/v1/uploads/x"}'
    run glassine batch
    [ "$status" -eq 1 ]
    [[ "$output" = *"no address of its own to upload to"* ]]
    # Nor one that stands in the database.
    google_config retries=0
    rule '{"at": "part", "do": "503"}'
    glassine plugins --retry > /dev/null
    run glassine batch
    [ "$status" -eq 1 ]
    outbox "update plugin_values set value = replace(value, ':$port/', ':1/') where key like 'upload:%'"
    glassine batch -q
    is_uploaded 1
    [ "$(state '.requests.start')" = 3 ]
}

@test "the day's quota ends the batch, not the queue" {
    photos 60
    glassine import -q card
    rule '{"at": "upload", "do": "429", "skip": 10, "message": "Quota exceeded for limit All requests per day"}'
    run glassine batch
    [ "$status" -eq 1 ]
    [ "$(state '.requests.upload')" = 11 ]
    rule '{"at": "create", "do": "429", "word": "RESOURCE_EXHAUSTED", "message": "Quota exceeded for quota metric All requests and limit All requests per day"}'
    run glassine batch
    [ "$status" -eq 1 ]
    [[ "$output" = *"plugin GooglePhotos: rests until the next run: 127.0.0.1:$port: HTTP status 429 RESOURCE_EXHAUSTED: Quota exceeded"* ]]
    [[ "$output" = *"60 files are queued"* ]]
    [ "$(state '.requests.create')" = 1 ]
    [ "$(state '.items | length')" = 0 ]
    # What was uploaded is not uploaded again.
    glassine batch -q
    is_uploaded 60
    [ "$(state '.requests.upload')" = 61 ] # with the one that was refused
}

@test "items that fail: again, for good, with a token that has ended, for lack of room" {
    photos 6
    google_config retries=1
    glassine import -q card
    rule '{"at": "create", "do": "item", "items": 1, "code": 13, "message": "Internal"}'
    rule '{"at": "create", "do": "item", "items": 1, "code": 3, "message": "Failed: not a picture"}'
    run glassine batch --json
    [ "$status" -eq 1 ]
    [ "$(state '.items | length')" = 5 ]
    [ "$(queued)" = 1 ]
    glassine plugins > list
    grep -q '1 queued, 1 set aside' list
    grep -q 'the service makes no item of it (code 3: Failed: not a picture ...)' list
    glassine plugins --retry > /dev/null
    rule '{"at": "create", "do": "item", "code": 8, "message": "The storage is full"}'
    run glassine batch
    [ "$status" -eq 1 ]
    [[ "$output" = *"rests until the next run: the service makes no item of it (code 8: The storage is full ...)"* ]]
    # Its token has ended by now: it is uploaded anew.
    rule '{"forget_uploads": true}'
    uploads=$(state '.requests.upload')
    glassine batch -q
    is_uploaded 6
    [ "$(state '.requests.upload')" = $((uploads + 1)) ]
}

@test "a call that is refused as a whole is made file by file" {
    photos 4
    glassine import -q card
    rule '{"at": "create", "do": "400", "times": 2}'
    run glassine batch
    [ "$status" -eq 1 ]
    [ "$(state '.items | length')" = 3 ]
    [ "$(state '.requests.create')" = 5 ]
}

@test "a server that is silent or gone: five failures, and the rest waits" {
    photos 9
    google_config retries=0 timeout_s=2
    glassine import -q card
    rule '{"at": "upload", "do": "hang"}'
    rule '{"at": "upload", "do": "500", "times": 4}'
    run glassine batch
    [ "$status" -eq 1 ]
    [[ "$output" = *"plugin GooglePhotos: rests until the next run: 5 failures in a row, the last: 127.0.0.1:$port: HTTP status 500"* ]]
    [ "$(state '.requests.upload')" = 5 ]
    google_config retries=0 api=http://127.0.0.1:1
    sed -i "/^api=http:..127.0.0.1:$port/d" config.ini
    run glassine batch
    [ "$status" -eq 1 ]
    [[ "$output" = *"http://127.0.0.1:1: "* ]]
    [ "$(queued)" = 9 ]
    google_config
    glassine batch -q
    is_uploaded 9
}

@test "what the service does not take is told, and leaves the queue" {
    photo card/a.jpg '2020:01:02 03:04:05'
    photo card/huge.jpg '2020:01:02 03:04:06'
    truncate -s 210M card/huge.jpg
    cp "$fixtures/formats/photo.m4a" "$fixtures/formats/photo.webm" "$fixtures/formats/photo.txt" card/
    glassine import card > /dev/null 2> messages
    grep -q 'photo.webm is not uploaded: Google Photos takes no files of this type' messages
    refute grep -q 'photo.txt is not uploaded' messages
    run glassine batch
    [ "$status" -eq 0 ]
    [[ "$output" = *"huge.jpg is not uploaded: it is larger than the 200 MB that Google Photos takes"* ]]
    [ "$(queued)" = 0 ]
    [ "$(state '.items | length')" = 1 ]
}

@test "a link of the library leads to no file elsewhere" {
    photos 2
    glassine import -q card
    [ "$(find lib -mindepth 2 -maxdepth 2 -type d -not -path '*/.glassine/*' | wc -l)" = 1 ]
    mv lib/2020-01-Jan elsewhere
    ln -s "$work/elsewhere" lib/2020-01-Jan
    run glassine batch
    [ "$status" -eq 1 ]
    [ "$(grep -c 'it lies behind a link, and is not uploaded' <<< "$output")" = 2 ]
    [ "$(state '.requests')" = '{}' ]
    rm lib/2020-01-Jan
    mv elsewhere lib/2020-01-Jan
    glassine plugins --retry > /dev/null
    glassine batch -q
    is_uploaded 2
}

@test "the same bytes under two names are sent once" {
    photo card/a.jpg '2020:01:02 03:04:05'
    cp card/a.jpg card/b.jpg
    glassine import -q --allow-duplicates card
    [ "$(find lib -name '*.jpg' | wc -l)" = 2 ]
    glassine batch -q
    [ "$(queued)" = 0 ]
    [ "$(state '.requests.upload')" = 1 ]
    [ "$(state '.items[].made')" = 1 ]
}

@test "kill -9 in the middle: the next batch completes, and nothing is there twice" {
    google photos 120 card "$fixtures/formats/photo.jpeg"
    film film.mp4 $((3 * 1048576))
    glassine import -q card
    for delay in 0.05 0.1 0.15 0.2 0.3 0.4 0.5; do
        timeout -s KILL $delay "$GLS_BINARY_DIR/glassine" batch -q > /dev/null 2>&1 || true
    done
    # After the service has made them, before it is kept.
    rule '{"at": "create", "do": "hang", "seconds": 5}'
    timeout -s KILL 2 "$GLS_BINARY_DIR/glassine" batch -q > /dev/null 2>&1 || true
    glassine batch -q
    is_uploaded 121
}

@test "Ctrl-C in the middle of a request ends it, and all stays queued" {
    photos 2
    glassine import -q card
    rule '{"at": "upload", "do": "hang"}'
    "$GLS_BINARY_DIR/glassine" batch > output 2>&1 3>&- 9>&- &
    pid=$!
    until [ "$(state '.requests.upload // 0')" -gt 0 ]; do sleep 0.05; done
    kill -INT $pid
    status=0
    wait $pid || status=$?
    [ "$status" = 130 ]
    [ "$(queued)" = 2 ]
    glassine batch -q
    is_uploaded 2
}

@test "tokens: refreshed when they end, kept with mode 0600, never through a link" {
    photos 1
    glassine import -q card
    chmod 644 auth.json
    run glassine batch
    [ "$status" -eq 0 ]
    [[ "$output" = *"the file of auth_file= could be read by others; its mode is 0600 now"* ]]
    [ "$(stat -c %a auth.json)" = 600 ]
    [ "$(state '.requests.token')" = null ]
    photo card/a.jpg '2020:01:02 03:04:08'
    glassine import -q card
    rule '{"expire": true}'
    umask 000
    glassine batch -q
    [ "$(stat -c %a auth.json)" = 600 ]
    [ "$(state '.requests.token')" = 1 ]
    # Elodie's library reads it still: its members are there, and those that were.
    [ "$(jq -c '[.refresh_token, .client_id, .client_secret, .id_token, .scopes] | map(. != null)' auth.json)" = '[true,true,true,false,true]' ]
    [[ "$(jq -r .expiry auth.json)" = 20??-??-??T??:??:??.000000Z ]]
    [ "$(ls auth.json*)" = auth.json ]
    # One whose time is over is not even tried.
    rm -r card
    photo card/b.jpg '2020:01:02 03:04:09'
    glassine import -q card
    jq '.expiry = "2020-01-01T00:00:00Z"' auth.json > new && cat new > auth.json
    glassine batch -q
    [ "$(state '.requests.token')" = 2 ]
    photo card/c.jpg '2020:01:02 03:04:10'
    glassine import -q card
    mv auth.json real.json
    ln -s real.json auth.json
    sum=$(sha256sum real.json)
    run glassine batch
    [ "$status" -eq 1 ]
    [[ "$output" = *"auth.json is a symbolic link; name the file that it leads to"* ]]
    [ "$(sha256sum real.json)" = "$sum" ]
}

@test "without consent, or when it was withdrawn: a batch without a terminal says what to do" {
    photos 1
    glassine import -q card
    rule '{"revoke": true, "expire": true}'
    for file in auth.json none.json; do
        sed -i "s#^auth_file=.*#auth_file=$work/$file#" config.ini
        run glassine batch < /dev/null
        [ "$status" -eq 1 ]
        [[ "$output" = *'rests until the next run: the upload has to be allowed first: run "glassine batch GooglePhotos" in a terminal'* ]]
    done
    [ "$(queued)" = 1 ]
}

@test "consent: by redirect to this machine, with PKCE; another state is refused; pasted back; denied" {
    photos 1
    glassine import -q card
    rm auth.json
    run google consent deny "$GLS_BINARY_DIR/glassine" batch GooglePhotos
    [ "$status" -eq 1 ]
    [[ "$output" = *"the upload was not allowed"* ]]
    [ ! -e auth.json ]
    for how in redirect wrong_state paste; do
        rm -f auth.json
        photo card/$how.jpg '2020:01:02 03:04:11' "$how"
        glassine import -q card
        google consent $how "$GLS_BINARY_DIR/glassine" batch GooglePhotos > output 2> messages
        [ "$(queued)" = 0 ]
        [ "$(stat -c %a auth.json)" = 600 ]
        jq -e '.refresh_token and .client_id and .token_uri' auth.json
        refused=$(grep -c 'does not belong to this question; it is refused' messages || true)
        case $how in
        redirect) [ "$refused" = 0 ] ;;
        wrong_state) [ "$refused" = 2 ] ;;
        paste) [ "$refused" = 1 ] ;;
        esac
        refute grep -q -- -SECRET- output messages
    done
    is_uploaded 4
    # A token of the scope that is no more is asked for anew.
    photo card/later.jpg '2020:01:02 03:04:12'
    glassine import -q card
    rule '{"at": "upload", "do": "403", "word": "PERMISSION_DENIED", "message": "Request had insufficient authentication scopes."}'
    google consent redirect "$GLS_BINARY_DIR/glassine" batch GooglePhotos
    is_uploaded 5
    # Less was allowed than was asked for.
    photo card/last.jpg '2020:01:02 03:04:13'
    glassine import -q card
    rm auth.json
    rule '{"at": "token", "do": "narrow", "scope": "openid"}'
    run google consent redirect "$GLS_BINARY_DIR/glassine" batch GooglePhotos
    [ "$status" -eq 1 ]
    [[ "$output" = *"the consent does not cover uploads"* ]]
}

@test "a configuration that would send secrets in the clear, or is not there, sends nothing" {
    photos 1
    google_config
    sed -i 's#^api=.*#api=http://example.org#' config.ini
    glassine import card > /dev/null 2> messages
    grep -q 'plugin GooglePhotos: not used: \[PluginGooglePhotos\] api= does not begin with https://' messages
    google_config
    rule '{"expire": true}'
    for address in http://localhost:"$port"/token http://127.0.0.1@example.org/token ftp://127.0.0.1/token; do
        jq --arg a "$address" '.token_uri = $a' auth.json > new && cat new > auth.json
        run glassine batch
        [ "$status" -eq 1 ]
        [[ "$output" = *"an address must begin with https://"* ]]
    done
    sed -i '/^auth_file=/d' config.ini
    run glassine batch
    [ "$status" -eq 1 ]
    [[ "$output" = *"not used: [PluginGooglePhotos] auth_file= is not set"* ]]
    [ "$(state '[.requests.token, (.items | length)]')" = '[null,0]' ]
}

@test "a secret appears in no message, report, log or argument list, whatever the server says" {
    photos 3
    film film.mp4 $((2 * 1048576 + 5))
    google_config retries=1
    glassine import --json --verbose card > output 2>&1
    for fault in 400 403 404 500; do
        for step in upload start part query create; do
            rule '{"clear_rules": true}'
            rule "{\"at\": \"$step\", \"do\": \"$fault\", \"times\": 2}"
            rule '{"at": "part", "do": "cut_request", "times": 1}'
            glassine batch --json --verbose >> output 2>&1 || true
            glassine plugins >> output
            glassine plugins --retry >> output
        done
    done
    rule '{"at": "create", "do": "item", "items": 4, "code": 3, "message": "Bad token"}'
    photo card/x.jpg '2020:01:02 03:04:14'
    glassine import -q card
    glassine batch --verbose >> output 2>&1 || true
    glassine plugins --retry >> output
    rule '{"revoke": true, "expire": true, "clear_rules": true}'
    glassine batch --verbose >> output 2>&1 < /dev/null || true
    glassine log >> output
    glassine log --json >> output
    [ "$(wc -l < output)" -gt 50 ]
    refute grep -a -e -SECRET- output
    # Nor are those of the account in the library.
    refute grep -a -r -e ACCESS-SECRET -e REFRESH-SECRET -e CLIENT-SECRET -e CODE-SECRET lib
    # What /proc shows of a running batch.
    google tokens "$port" > auth.json
    photo card/y.jpg '2020:01:02 03:04:15'
    glassine import -q card
    rule '{"at": "upload", "do": "hang", "seconds": 2}'
    "$GLS_BINARY_DIR/glassine" batch -q > output 2>&1 3>&- 9>&- &
    pid=$!
    until [ "$(state '[.requests.upload // 0] | max')" -gt 0 ] || ! kill -0 $pid; do sleep 0.05; done
    for file in cmdline environ; do
        tr '\0' '\n' < /proc/$pid/$file > shown
        [ -s shown ]
        refute grep -e -SECRET- shown
    done
    [ -z "$(cat /proc/$pid/task/*/children)" ]
    wait $pid || true
    refute grep -a -e -SECRET- output
}
