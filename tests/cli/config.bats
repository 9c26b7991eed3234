#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Configurations through the command: what Elodie's users bring along, and mistakes.

bats_require_minimum_version 1.5.0
load helper

@test "a configuration that cannot be used is told in JSON, with status 2" {
    printf '[Nowhere]\n' > bad.ini
    run --separate-stderr glassine import --json --config bad.ini -d lib .
    [ "$status" -eq 2 ]
    [ "$(jq -r '[.event, .status] | join(" ")' <<< "$output")" = "error config" ]
    run --separate-stderr glassine show --json --config none.ini .
    [ "$status" -eq 2 ]
    [ "$(jq -r .event <<< "$output")" = error ]
}

@test "a configuration that cannot be used ends with status 2 and touches nothing" {
    photo a/IMG_1.JPG "2020:01:02 03:04:05"
    mkdir folder.ini
    printf '[Import]\njobs=many\n' > wrong.ini
    printf '\0\1\2' > binary.ini
    for config in folder.ini wrong.ini binary.ini gone.ini; do
        run glassine import --config $config -d lib a
        [ "$status" = 2 ]
        [[ "$output" == *"$config"* ]]
        run glassine show --config $config a/IMG_1.JPG
        [ "$status" = 2 ]
    done
    GLASSINE_CONFIG=gone.ini run glassine import -d lib a
    [ "$status" = 2 ]
    [ ! -e lib ]
}

@test "Elodie's configuration of several lines makes Elodie's folders" {
    photo a/IMG_1.JPG "2020:01:02 03:04:05"
    mkdir -p "$HOME/.elodie"
    cat > "$HOME/.elodie/config.ini" <<'CONFIG'
[MapQuest]
prefer_english_names=True

[Directory]
; what the folders are called
date=%Y-%m-%d
custom=%date %album
full_path=%year/
  %month/
  %camera_model|%"no camera"/%custom
month=%B
year=%Y

[File]
date=%Y-%m-%b %H.%M.%S
name=%date %title %original_name.%extension

[Exclusions]
synology=@eaDir
CONFIG
    mkdir -p a/@eaDir && cp a/IMG_1.JPG a/@eaDir/IMG_2.JPG
    [ "$(glassine import -n -q --json -d lib a | jq -r 'select(.event == "file") | .destination')" = \
        "$PWD/lib/2020/January/$(glassine show --json a/IMG_1.JPG | jq -r .camera_model)/2020-01-02/2020-01-jan 03.04.05 img_1.jpg" ]
}

@test "a file of Elodie's library keeps its name, in a new library and through updates" {
    needs 'places (builtin|file)'
    photo "a/2020-01-02_03-04-05-img_1-my-title.jpg" "2020:01:02 03:04:05"
    stored=lib/2020-01-Jan/Sydney/2020-01-02_03-04-05-img_1-my-title.jpg
    glassine import -q -d lib a
    [ -f $stored ]
    glassine import -q -d again lib
    [ -f again/${stored#lib/} ]
    glassine update -q --time "2021-02-03 04:05:06" $stored
    [ -f lib/2021-02-Feb/Sydney/2021-02-03_04-05-06-img_1-my-title.jpg ]
}

@test "a title in a name that Elodie gave is replaced, not repeated" {
    needs 'places (builtin|file)'
    stem=el/2020-01-Jan/Sydney/2020-01-02_03-04-05-img_1
    photo card/img_1.jpg "2020:01:02 03:04:05"
    glassine import -q --write-metadata none -d made card
    glassine update -q --in-place --title "First Title" made/2020-01-Jan/Sydney/*.jpg
    # Elodie's early versions stored no original name.
    mkdir -p "$(dirname $stem)" && cp made/2020-01-Jan/Sydney/*.jpg $stem-first-title.jpg
    glassine generate-db -q --source el
    [ "$(glassine show --json $stem-first-title.jpg | jq -c '[.title, .original_name]')" = '["First Title",null]' ]
    glassine import -q -d new el
    [ -f new/${stem#el/}-first-title.jpg ]
    glassine update -q --album Sea $stem-first-title.jpg
    stem=el/2020-01-Jan/Sea/2020-01-02_03-04-05-img_1
    [ -f $stem-first-title.jpg ]
    glassine update -q --title "Second" $stem-first-title.jpg
    glassine update -q --title "Third" $stem-second.jpg
    glassine update -q --clear title $stem-third.jpg
    [ -f $stem.jpg ]
}

# Mounts a file system that ignores case and forbids characters, or skips the test.
mount_windows_names() {
    [ "$(id -u)" = 0 ] || skip "only root can mount"
    truncate -s 40M image
    mkdir -p full
    if command -v mkfs.vfat >/dev/null && mkfs.vfat image >/dev/null &&
        mount -o loop,utf8=1 image full 2>/dev/null; then
        return
    fi
    command -v mkntfs >/dev/null || skip "neither vfat nor ntfs-3g"
    mkntfs -q -F image >/dev/null 2>&1 || skip "no NTFS image can be made"
    loop=$(losetup -f --show image) || skip "no loop device"
    lowntfs-3g -o ignore_case,windows_names "$loop" full || {
        losetup -d "$loop"
        skip "NTFS cannot be mounted"
    }
    losetup -d "$loop"
}

@test "where names ignore case and Windows forbids some, no file replaces another" {
    mount_windows_names
    number=0
    for album in Test test TEST straße STRASSE CON 'aux.x' 'con .txt' 'COM¹' 'a.' 'q"u<o>t:e\' 'l|st?*'; do
        number=$((number + 1))
        photo "card/$album/IMG_$number.jpg" "2020:01:02 03:04:05" $number
    done
    printf '[Directory]\nfull_path=%%album\n[File]\nname="same".%%extension\n' > config.ini
    glassine import --config config.ini --album-from-folder --json -d full/lib card > report
    [ "$(summary_of report)" = '[12,12,0,0,0]' ]
    [ "$(find full/lib -name 'same*.jpg' | wc -l)" = 12 ]
    [ "$(find full/lib -name 'same*.jpg' -exec "$GLS_BINARY_DIR/glassine" show --json {} + | jq -s 'map(.essence_xxh128) | unique | length')" = 12 ]
    # Those of an earlier run are not replaced either.
    photo "more/tEST/IMG_20.jpg" "2020:01:02 03:04:05" 20
    glassine import --config config.ini --album-from-folder --json -d full/lib more > report
    [ "$(find full/lib -name 'same*.jpg' | wc -l)" = 13 ]
    glassine import --config config.ini --album-from-folder --json -d full/lib card more > report
    [ "$(summary_of report)" = '[13,0,13,0,0]' ]
}

@test "what Elodie imported is known, unless it is gone or the source itself" {
    photo card/known.jpg "2020:01:02 03:04:05" 1
    photo card/gone.jpg "2020:01:02 03:04:05" 2
    photo elodie/itself.jpg "2020:01:02 03:04:05" 3
    cp card/known.jpg elodie/2020-known.jpg
    mkdir "$HOME/.elodie"
    sha() { sha256sum "$1" | cut -d ' ' -f 1; }
    printf '{"%s": "%s", "%s": "%s", "%s": "%s"}' "$(sha card/known.jpg)" "$PWD/elodie/2020-known.jpg" \
        "$(sha card/gone.jpg)" /gone.jpg "$(sha elodie/itself.jpg)" "$PWD/elodie/itself.jpg" \
        > "$HOME/.elodie/hash.json"
    : > "$HOME/.elodie/location.json"
    glassine import --json -d lib card elodie > report 2> messages
    grep -q 'took in 3 hashes' messages
    [ "$(json_of report /known.jpg status)" = duplicate ]
    [ "$(json_of report /known.jpg destination)" = "$PWD/elodie/2020-known.jpg" ]
    [ "$(json_of report /gone.jpg status)" = imported ]
    [ "$(json_of report /itself.jpg status)" = imported ]
    [ "$(json_of report /2020-known.jpg status)" = imported ]
}

@test "a hash.json that is cut short is told each time and left as it is" {
    photo card/a.jpg "2020:01:02 03:04:05"
    mkdir "$HOME/.elodie"
    printf '{"%064d": "/a/b' 7 > "$HOME/.elodie/hash.json"
    before=$(sha256sum "$HOME/.elodie/hash.json")
    for status in imported duplicate; do
        glassine import --json -d lib card > report 2> messages
        grep -q 'hash.json: ends too early' messages
        [ "$(json_of report a.jpg status)" = $status ]
    done
    [ "$(sha256sum "$HOME/.elodie/hash.json")" = "$before" ]
}

@test "capitalization holds for the extension too, also where the template names none" {
    needs 'places (builtin|file)'
    photo a/img_1.jpg "2020:01:02 03:04:05"
    printf '[File]\nname=%%date-%%original_name\ncapitalization=upper\n' > config.ini
    glassine import -q --config config.ini -d lib a
    [ -f lib/2020-01-Jan/Sydney/2020-01-02_03-04-05-IMG_1.JPG ]
}
