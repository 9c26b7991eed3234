# SPDX-License-Identifier: MIT
# What the tests of bad input share: a card with three good files, and what must
# hold after every import.

lib=lib
inject_library="$GLS_BINARY_DIR/tests/libgls_inject.so"

good_files() {
    photo card/good.jpg "2020:01:02 03:04:05" one
    photo card/a/good-too.jpg "2020:01:02 03:04:06" two
    photo card/z/last.jpg "2020:01:02 03:04:09" three
}

# The good files were imported, every input is accounted for, sources are as they
# were, and no temporary is left.
check_import() {
    local name
    for name in card/good.jpg a/good-too.jpg z/last.jpg; do
        [[ "$(json_of report $name status)" =~ ^(imported|duplicate)$ ]] || { echo "$name: not imported"; return 1; }
    done
    check_report
    [ -z "$(ls -A "$lib/.glassine/tmp")" ] || { echo "left: $(ls "$lib/.glassine/tmp")"; return 1; }
}

# scanned = imported + duplicate + skipped + failed, each of them an event.
check_report() {
    local want have
    want=$(jq -sc '[map(select(.event == "file"))[].status] | [length] + (["imported", "duplicate", "skipped", "failed"] as $k | [$k[] as $s | map(select(. == $s)) | length])' report)
    have=$(summary_of report)
    [ "$want" = "$have" ] || { echo "events $want, summary $have"; return 1; }
    jq -sce 'map(select(.event == "summary"))[0] | .scanned == .imported + .duplicate + .skipped + .failed' report > /dev/null
}

# Imports the card and expects this exit status; further words are options.
import_card() {
    local expected=$1
    shift
    run_card "$expected" "$GLS_BINARY_DIR/glassine" import --json -d lib "$@" card
}

run_card() {
    local expected=$1
    shift
    # Some paths are too long for find and sha256sum.
    source_state card > before 2> /dev/null || true
    status=0
    "$@" > report 2> messages || status=$?
    [ "$status" -eq "$expected" ] || { echo "exit status $status"; cat messages; return 1; }
    check_import
    source_state card 2> /dev/null | diff before -
}

# The same with GLS_INJECT; the sources are what other programs make of them.
injected_card() {
    local expected=$1
    status=0
    LD_PRELOAD=$inject_library "$GLS_BINARY_DIR/glassine" import --json -d lib card > report || status=$?
    [ "$status" -eq "$expected" ] || { echo "exit status $status"; return 1; }
    check_import
}

need_injection() {
    [ -f "$inject_library" ] || skip "faults cannot be injected into a build with sanitizers"
}

# says NAME STATUS REASON: what the report tells of a source.
says() {
    local have
    have=$(jq -r --arg name "$1" 'select(.event == "file" and (.source | endswith($name))) | "\(.status) \(.reason // "")"' report)
    [ "$have" = "$2 $3" ] || { echo "$1: $have"; return 1; }
}

says_like() {
    local have
    have=$(jq -r --arg name "$1" 'select(.event == "file" and (.source | endswith($name))) | "\(.status) \(.reason // "")"' report)
    [[ "$have" == "$2 "*"$3"* ]] || { echo "$1: $have"; return 1; }
}
