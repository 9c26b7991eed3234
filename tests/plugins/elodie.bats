#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Elodie's plugins Dummy, ThrowError and RuntimeError, as hooks: what its users rely on.
# GooglePhotos has a file of its own.

load helper

elodie() {
    local hook program=$1
    shift
    {
        printf '[Library]\ndestination=%s/lib\n[Hooks]\n' "$work"
        for hook in "$@"; do printf '%s=%s/tests/plugins/elodie/%s.py\n' "$hook" "$GLS_SOURCE_DIR" "$program"; done
        printf '[PluginHooks]\nretries=0\n'
    } > config.ini
    export GLASSINE_CONFIG="$work/config.ini"
}

@test "Dummy: before and after each file, batch once for each" {
    photos 2
    elodie dummy before after batch
    export CALLS="$work/calls"
    glassine import -q card
    glassine batch -q
    [ "$(sort calls | tr '\n' ';')" = "after IMG_10.JPG;after IMG_11.JPG;batch IMG_10.JPG;batch IMG_11.JPG;before IMG_10.JPG;before IMG_11.JPG;" ]
}

@test "ThrowError: in before, no file is imported, and each says why" {
    photos 2
    elodie throwerror before
    glassine import --json card > report
    [ "$(summary_of report)" = "[2,0,0,2,0]" ]
    [ "$(json_of report IMG_10.JPG reason)" = "plugin Hooks: Sample plugin error for before" ]
    [ "$(find card -name '*.JPG' | wc -l)" = 2 ]
}

@test "ThrowError: in after and batch, files are imported, and wait" {
    photos 2
    elodie throwerror after
    glassine import --json card > report 2> messages
    [ "$(summary_of report)" = "[2,2,0,0,0]" ]
    [ "$(grep -c 'Sample plugin error for after' messages)" = 2 ]
    run glassine batch
    [ "$status" -eq 1 ]
    elodie throwerror batch
    run glassine batch
    [ "$status" -eq 1 ]
    [[ "$output" = *"Sample plugin error for batch"* ]]
    [ "$(outbox 'select count(*) from outbox')" = 2 ]
}

@test "RuntimeError: anywhere, files are imported, and what failed is told" {
    photos 2
    for hook in before after; do
        rm -rf lib
        elodie runtimeerror $hook
        glassine import --json card > report 2> messages
        [ "$(summary_of report)" = "[2,2,0,0,0]" ]
        grep -q "RuntimeError: Sample runtime error for $hook" messages
        grep -q 'plugin Hooks: .*runtimeerror.py ended without an answer' messages
    done
}
