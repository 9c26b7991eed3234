#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Places and zones through the command: the same answers on every machine.

load helper

@test "place tells a position in JSON; a leading minus is no option" {
    needs 'places (builtin|file)'
    run glassine place --json 48.8583,2.2945
    [ "$status" -eq 0 ]
    [ "$(jq -r '[.city, .country_code, .time_zone] | join(" ")' <<< "$output")" = "Paris FR Europe/Paris" ]
    [ "$(glassine place --json -33.86,151.21 | jq -r .city)" = Sydney ]
    [ "$(glassine place --json 0,-30 | jq -r .city)" = null ]
    [ "$(glassine place --json "37.77, -122.42" | jq -r .state)" = California ]
    for nowhere in 91,0 0,-181 nan,0; do
        run glassine place "$nowhere"
        [ "$status" -eq 2 ]
    done
    for nonsense in 0x10,0x20 1,2,3 "12," ""; do
        run glassine place "$nonsense"
        [ "$status" -eq 1 ]
    done
}

@test "place finds a name, and asks when it is ambiguous" {
    needs 'places (builtin|file)'
    [ "$(glassine place --json "Las Vegas, NV" | jq -r .state)" = Nevada ]
    [ "$(glassine place --json "Paris, Texas" | jq -r .country_code)" = US ]
    run glassine place Springfield
    [ "$status" -eq 1 ]
    [[ "$output" == *Illinois* && "$output" == *Missouri* ]]
    # Countries, states and places alike, the largest first.
    for name in Springfield Georgia Victoria "San Jose" Valencia; do
        run glassine place "$name"
        [ "$status" -eq 1 ]
        printf '%s\n' "${lines[@]:1}" | sed 's/.*(\([0-9]*\) people)/\1/' > people
        [ "$(wc -l < people)" -gt 1 ]
        sort -nr people | cmp - people
    done
    run glassine place Berlim
    [[ "$output" == *Berlin* ]]
}

@test "with [Time] zone= every zone and locale of the machine gives the same tree" {
    # A locale that writes 1,5 and if it can be made.
    if [ -f /usr/share/i18n/locales/de_DE ] && command -v localedef > /dev/null; then
        localedef -i de_DE -f UTF-8 "$work/de_DE.UTF-8"
        export LOCPATH="$work"
        export LSAN_OPTIONS="suppressions=$GLS_SOURCE_DIR/tests/support/lsan.supp:print_suppressions=0"
        [ "$(LC_ALL=de_DE.UTF-8 locale decimal_point)" = , ]
    fi
    cp -r "$fixtures/sample" "$fixtures/formats" .
    [ ! -d "$GLS_CORPUS" ] || cp -r "$GLS_CORPUS" corpus
    find . -type f -exec touch -d 2020-06-07T08:09:10Z {} +
    printf '[Time]\nzone=Europe/Berlin\n' > config.ini
    local number=0
    for zone in UTC Pacific/Auckland America/New_York Asia/Kathmandu Antarctica/Troll; do
        for locale in C de_DE.UTF-8; do
            number=$((number + 1))
            TZ=$zone LC_ALL=$locale glassine import --config config.ini -q -d lib sample formats $([ -d corpus ] && echo corpus)
            (cd lib && find . -name .glassine -prune -o -type f -printf '%p %T@\n' | sort) > tree.$number
            [ $number = 1 ] || diff tree.1 tree.$number
            rm -rf lib
        done
    done
    [ -s tree.1 ]
}

@test "without it, exactly the instants with neither place nor offset follow the machine's zone" {
    needs 'places (builtin|file)'
    cp -r "$fixtures/sample" "$fixtures/formats" .
    [ ! -d "$GLS_CORPUS" ] || cp -r "$GLS_CORPUS" corpus
    find . -type f -exec touch -d 2020-06-07T23:30:00Z {} +
    local sources=(sample formats) file
    [ ! -d corpus ] || sources+=(corpus)
    TZ=Pacific/Auckland glassine import --json -d a "${sources[@]}" > east || [ -d corpus ]
    TZ=America/New_York glassine import --json -d b "${sources[@]}" > west || [ -d corpus ]
    names() { jq -r --arg root "$work/$2/" 'select(.event == "file" and .status == "imported") | [.source, (.destination | ltrimstr($root))] | @tsv' "$1"; }
    names east a > east.names
    names west b > west.names
    diff east.names west.names | sed -n "s,^< $work/,,p" | cut -f1 | sort > moved
    # Of our own files these: videos with UTC alone, and what states no date at all.
    diff - <(grep -v '^corpus' moved) << END
formats/photo.m4a
formats/photo.m4v
formats/photo.mkv
formats/photo.mpeg
formats/photo.mpg
formats/photo.webm
formats/sidecar-aae.AAE
formats/sidecar-aae.jpg
formats/sidecar-takeout.jpg.json
formats/sidecar-xmp.jpg.xmp
END
    # Of all others, which is which by what they say of themselves; companions go with them.
    cut -f1 east.names | grep "^$work/corpus" | while read -r file; do
        TZ=UTC glassine show --json "$file" | jq -r --arg file "${file#"$work/"}" 'select(.error == null and .date_source != null) | select((.date_source | startswith("file.")) or (.latitude == null and (.date_source | test("^QuickTime.(Create|MediaCreate)Date$|^Matroska.DateUTC$")))) | $file'
    done | sort > expected
    diff expected <(grep '^corpus' moved)
}

@test "an override wins over the gazetteer" {
    printf '[Places]\noverride=Home = 48.8583,2.2945,500\n' > config.ini
    [ "$(glassine place --config config.ini --json 48.8584,2.2946 | jq -r .city)" = Home ]
}

@test "the names that Elodie kept are used, and so are its hashes" {
    mkdir elodie
    export ELODIE_APPLICATION_DIRECTORY="$work/elodie"
    photo card/a.jpg "2020:01:02 03:04:05"
    read -r latitude longitude < <(glassine show --json card/a.jpg | jq -r '"\(.latitude) \(.longitude)"')
    printf '[{"lat": %s, "long": %s, "name": {"city": "Our Bay", "default": "Our Bay"}}]' "$latitude" "$longitude" > elodie/location.json
    photo known/b.jpg "2021:01:02 03:04:05"
    cp known/b.jpg kept.jpg
    printf '{"%s": "%s"}' "$(sha256sum < kept.jpg | cut -d' ' -f1)" "$work/kept.jpg" > elodie/hash.json
    glassine import --json -d lib card known > report
    [[ "$(json_of report card/a.jpg destination)" == "$work/lib/2020-01-Jan/Our Bay/"* ]]
    # The same name is found again when the file is filed anew, and foretold.
    glassine update --json --title Sunset "$(json_of report card/a.jpg destination)" > updated
    [[ "$(json_of updated a.jpg destination)" == "$work/lib/2020-01-Jan/Our Bay/"*sunset* ]]
    photo more/c.jpg "2020:01:03 03:04:05"
    glassine import --json --dry-run -d lib more > foretold
    [[ "$(json_of foretold more/c.jpg destination)" == "$work/lib/2020-01-Jan/Our Bay/"* ]]
    [ "$(json_of report known/b.jpg status)" = duplicate ]
    rm kept.jpg
    glassine import --json -d lib known > report
    [ "$(json_of report known/b.jpg status)" = imported ]
}

@test "an import says once that the file of places is missing, and files all the same" {
    needs 'places file'
    mkdir elsewhere card
    cp "$GLS_BINARY_DIR/glassine" elsewhere/
    cp "$GLS_SOURCE_DIR/fixtures/sample/DCIM/100GLASS"/IMG_000[12].JPG card/
    unset GLASSINE_PLACES
    LD_LIBRARY_PATH="$GLS_BINARY_DIR/src" elsewhere/glassine import -d lib card > out 2> messages
    [ "$(grep -c 'places have no names.*glassine-places.bin' messages)" = 1 ]
    [ "$(find lib -iname '*img_000*' | wc -l)" = 2 ]
    # With the file nothing is said.
    GLASSINE_PLACES="$GLS_BINARY_DIR/glassine-places.bin" elsewhere/glassine import -d lib2 card 2> messages
    refute grep -q 'places have no names' messages
}
