#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# An edited copy that does not read back as it should: the plain copy is kept.

load helper

# Reading back the first copy begins with another byte.
doubted() {
    injected "read:1:FLIP:.glassine/tmp" "$@"
}

@test "what the copy was to say goes into a sidecar, and the copy is the source" {
    need_injection
    photo card/Holiday/a.jpg "2020:01:02 03:04:05"
    photo card/Holiday/b.jpg "2020:01:02 03:04:06"
    before=$(source_state card)
    doubted import --json --album-from-folder -j 1 -d lib card > report
    [ "$(json_of report a.jpg written)" = sidecar ]
    [ -n "$(json_of report a.jpg written_reason)" ]
    stored=$(json_of report a.jpg destination)
    cmp "$stored" card/Holiday/a.jpg
    grep -q Holiday "$stored.xmp"
    [ "$(glassine show --json "$stored" | jq -r .album)" = Holiday ]
    [ "$(json_of report b.jpg written)" = embedded ]
    [ "$(source_state card)" = "$before" ]
    glassine verify -q --library lib
}

@test "a sidecar that is there already takes it in" {
    need_injection
    mkdir -p card/Holiday
    cp "$fixtures/formats/sidecar-xmp.jpg" card/Holiday/a.jpg
    sed '/[Aa]lbum/d' "$fixtures/formats/sidecar-xmp.jpg.xmp" > card/Holiday/a.jpg.xmp
    title=$(glassine show --json card/Holiday/a.jpg | jq -r .title)
    [ "$title" != null ]
    doubted import --json --album-from-folder -j 1 -d lib card > report
    [ "$(json_of report a.jpg written)" = sidecar ]
    stored=$(json_of report a.jpg destination)
    cmp "$stored" card/Holiday/a.jpg
    [ "$(glassine show --json "$stored" | jq -r '[.album, .title] | join("|")')" = "Holiday|$title" ]
    [ "$(find lib -name '*.xmp' | wc -l)" = 1 ]
    glassine verify -q --library lib
}

@test "the original name alone is worth no sidecar" {
    need_injection
    photo card/a.jpg "2020:01:02 03:04:05"
    doubted import --json -j 1 -d lib card > report
    [ "$(json_of report a.jpg written)" = none ]
    [ -n "$(json_of report a.jpg written_reason)" ]
    cmp "$(json_of report a.jpg destination)" card/a.jpg
}
