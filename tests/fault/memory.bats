#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Memory runs out once, at places spread over a run: what it was asked for is failed or the run
# ends, and is told. Nothing comes out otherwise without a word: no other name, date or tag, no
# line of the output less. GLS_FAULT_ROUNDS places; the default is few.

load helper

setup_memory() {
    need_injection
    mkdir -p sources/Zoo
    cp "$fixtures"/sample/DCIM/100GLASS/IMG_000[3456].* sources/Zoo
    cp "$fixtures"/formats/sidecar-takeout.jpg* "$fixtures"/formats/photo.png "$fixtures"/formats/photo.webp sources
    # Letters that are compared folded.
    cp "$fixtures/formats/sidecar-xmp.jpg" $'sources/\xC3\x84pfel.jpg'
    cp "$fixtures/formats/sidecar-xmp.jpg.xmp" $'sources/\xC3\xA4pfel.jpg.xmp'
    glassine import -q -d stored sources
}

renew() {
    rm -rf card lib
    cp -a sources card
    [ "$1" = import ] || cp -a stored lib
}

# What a run printed, without what is another each time.
said() {
    jq -cS 'del(.seconds)' "$1"
}

# starve COMMAND...: memory runs out once, at `rounds` places of the command.
starve() {
    local count at status step crashes=0
    renew "$1"
    glassine "$@" > plain
    said plain > wanted_output
    tree lib > wanted
    renew "$1"
    count=$(env LD_PRELOAD="$GLS_INJECT_LIBRARY" GLS_INJECT=alloc:999999999:ENOMEM GLS_INJECT_COUNT=calls \
        "$GLS_BINARY_DIR/glassine" "$@" > /dev/null 2>&1; sed -n 2p calls)
    step=$((count / ${rounds:-60} + 1))
    for at in $(seq $step $step "$count"); do
        renew "$1"
        status=0
        timeout 120 env LD_PRELOAD="$GLS_INJECT_LIBRARY" GLS_INJECT="alloc:$at:ENOMEM" \
            "$GLS_BINARY_DIR/glassine" "$@" > output 2> messages || status=$?
        # Exiv2's registerNs() writes to the two strings that it asks for without a look.
        [ "$status" -ne 139 ] || [ $((crashes += 1)) -gt 1 ] || continue
        [ "$status" -le 3 ] || { echo "alloc $at: status $status"; cat messages; return 1; }
        if [ "$status" -ne 0 ]; then
            cat output messages | grep -q 'memory' || { echo "alloc $at: told otherwise"; cat output messages; return 1; }
            continue
        fi
        said output | diff wanted_output - || { echo "alloc $at: other output"; return 1; }
        tree lib | diff wanted - || { echo "alloc $at: another library"; cat messages; return 1; }
    done
}

# at_each_place COMMAND...: memory runs out once, at each place (with `places` at each of the first
# ones) of a command that changes nothing.
at_each_place() {
    local count at status crashes=0
    glassine "$@" > plain
    said plain > wanted_output
    count=$(env LD_PRELOAD="$GLS_INJECT_LIBRARY" GLS_INJECT=site:999999999:ENOMEM GLS_INJECT_COUNT=calls \
        "$GLS_BINARY_DIR/glassine" "$@" > /dev/null 2>&1; sed -n 2p calls)
    [ "$count" -gt 20 ]
    for at in $(seq "${places:-$count}"); do
        status=0
        injected "site:$at:ENOMEM" "$@" > output 2> messages || status=$?
        case $status in
            0) said output | diff wanted_output - || { echo "site $at: other output"; return 1; } ;;
            1 | 3) cat output messages | grep -q memory || { echo "site $at"; cat output messages; return 1; } ;;
            # Exiv2's registerNs() writes to the two strings that it asks for without a look.
            139) [ $((crashes += 1)) -le 2 ] || { echo "site $at: ended by a signal"; return 1; } ;;
            *) echo "site $at: status $status"; cat messages; return 1 ;;
        esac
    done
}

@test "memory runs out: show, and the command line" {
    setup_memory
    at_each_place show --json sources/Zoo/IMG_0004.HEIC sources/sidecar-takeout.jpg
    # The command line, the configuration and the patterns.
    places=75 at_each_place import --json --dry-run --exclude-regex 'IMG' -d lib --source sources/Zoo
}

# malloc() may find memory by another way than its first and leave errno at ENOMEM: no memory is
# missing then, and none is missed.
@test "errno after memory that was had says nothing" {
    setup_memory
    set -- show --json sources/Zoo/IMG_0004.HEIC sources/sidecar-takeout.jpg sources/photo.png
    glassine "$@" > plain
    GLS_INJECT_STALE=1 injected "" "$@" | diff plain -
    set -- import --json -j1 -d lib card
    renew import
    glassine "$@" > plain
    said plain > wanted_output
    tree lib > wanted
    renew import
    GLS_INJECT_STALE=1 injected "" "$@" > output
    said output | diff wanted_output -
    tree lib | diff wanted -
}

@test "memory runs out: import" {
    setup_memory
    starve import --json -j1 -d lib card
}

@test "memory runs out: update" {
    setup_memory
    starve update --json -j1 --title T lib
}

@test "memory runs out: generate-db" {
    setup_memory
    starve generate-db --json -j1 --source lib
}

@test "memory runs out: verify" {
    setup_memory
    starve verify --json -j1 --library lib
}
