#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# kill -9 at any instant of an import and an update (law 7).

load helper

# Kills a command in the middle: at a call chosen at random, or where nothing can
# be injected, after a random time. Arguments: calls, milliseconds, command...
run_and_kill() {
    local calls=$1 ms=$2 rule
    shift 2
    if [ -f "$GLS_INJECT_LIBRARY" ]; then
        rule=KILL
        [ $((RANDOM % 3)) -ne 0 ] || rule=KILLED
        [ $((RANDOM % 4)) -ne 0 ] || rule=SHORT
        killed_at="$rule at call $(($(random_below "$calls") + 1))"
        injected "any:${killed_at##* }:$rule" "$@" > /dev/null 2>&1 || true
    else
        killed_at="$(random_below "$ms") ms"
        timeout -s KILL "$(printf '0.%03d' "${killed_at% ms}")" "$GLS_BINARY_DIR/glassine" "$@" > /dev/null 2>&1 || true
    fi
}

@test "an import that is killed again and again ends as one that was not" {
    make_card card 112
    source_state card > source
    glassine import -q -d whole card || [ $? -eq 1 ]
    whole_tree whole > wanted
    tree whole > wanted_hashes
    if [ -f "$GLS_INJECT_LIBRARY" ]; then calls=$(calls_of import -q -d counted card); else calls=0; fi
    for round in $(seq 1 "${rounds:-6}"); do
        rm -rf lib
        # Some die twice or thrice before they may end.
        for death in $(seq 1 $((RANDOM % 3 + 1))); do
            run_and_kill "$calls" 900 import -q -d lib card
            check_dead lib wanted_hashes || { echo "round $round, $killed_at"; false; }
        done
        glassine import -q -d lib card || [ $? -eq 1 ]
        whole_tree lib | diff wanted - || { echo "round $round, $killed_at"; false; }
        check_done lib || { echo "round $round, $killed_at"; false; }
    done
    source_state card | diff source -
}

@test "several batches: an import that is killed ends as one that was not" {
    for i in $(seq 1 300); do
        photo "card/$((i % 3))/IMG_$((i % 70)).JPG" "2020:01:02 03:04:0$((i % 4 + 1))" "salt $i"
    done
    source_state card > source
    glassine import -q -d whole card
    whole_tree whole > wanted
    tree whole > wanted_hashes
    if [ -f "$GLS_INJECT_LIBRARY" ]; then calls=$(calls_of import -q -d counted card); else calls=0; fi
    for round in $(seq 1 "${rounds:-3}"); do
        rm -rf lib
        run_and_kill "$calls" 900 import -q -d lib card
        check_dead lib wanted_hashes || { echo "round $round, $killed_at"; false; }
        glassine import -q -d lib card
        whole_tree lib | diff wanted - || { echo "round $round, $killed_at"; false; }
        check_done lib || { echo "round $round, $killed_at"; false; }
    done
    source_state card | diff source -
}

# Every file is the old version or the new one: their hashes are all there is.
check_versions() {
    tree lib | cut -c1-64 | sort > hashes
    [ -z "$(comm -23 <(sort -u hashes) versions)" ] || { echo "neither old nor new"; return 1; }
    # and each picture is there: as its old or its new version
    while read -r old new; do
        grep -q -e "$old" -e "$new" hashes || { echo "gone: $old $new"; return 1; }
    done < pairs
}

@test "an update that is killed leaves each file whole, old or new, and the next run completes it" {
    for i in $(seq 1 100); do
        photo "card/IMG_$i.JPG" "2020:01:0$((i % 4 + 1)) 03:04:05" "salt $i"
    done
    glassine import -q -d start card
    cp -a start end
    glassine update -q --title "A title" --album "An album" end
    whole_tree end > wanted
    # Old and new hash of each: by the hash of the bytes they came as.
    for library in start end; do
        tree $library | sed "s#  \./#\t#" | awk -F'\t' '{print $2 "\t" $1}' | LC_ALL=C sort > $library.hashes
        query $library/.glassine/library.db "select cast(path as text), hex(source_sha256) from files" |
            tr '|' '\t' | LC_ALL=C sort > $library.sources
        LC_ALL=C join -t $'\t' $library.hashes $library.sources | awk -F'\t' '{print $3 "\t" $2}' | sort > $library.versions
    done
    join -t $'\t' start.versions end.versions | cut -f2,3 | tr '\t' ' ' > pairs
    [ "$(wc -l < pairs)" = 100 ]
    tr ' ' '\n' < pairs | sort -u > versions
    if [ -f "$GLS_INJECT_LIBRARY" ]; then
        cp -a start lib
        calls=$(calls_of update -q --title "A title" --album "An album" lib)
        rm -rf lib
    fi
    for round in $(seq 1 "${rounds:-6}"); do
        rm -rf lib
        cp -a start lib
        run_and_kill "${calls:-0}" 500 update -q --title "A title" --album "An album" lib
        check_versions || { echo "round $round, $killed_at"; false; }
        claimed_paths lib > claimed
        glassine update -q --title "A title" --album "An album" lib || { echo "round $round, $killed_at"; false; }
        whole_tree lib | diff wanted - || { echo "round $round, $killed_at"; false; }
        check_done lib || { echo "round $round, $killed_at"; false; }
        glassine import --json -d lib card > again
        [ "$(summary_of again)" = "[100,0,100,0,0]" ] || { echo "round $round, $killed_at"; false; }
    done
}

@test "an import that is killed with --move loses nothing" {
    make_card card 60
    find card -type f ! -name no-picture.jpg -print0 | xargs -0 sha256sum | cut -c1-64 | sort -u > pictures
    cp -a card kept_card
    for way in --move "--move --write-metadata none" --trash; do
        rm -rf lib card "$XDG_DATA_HOME/Trash"
        cp -a kept_card card
        glassine import -q $way -d lib card || [ $? -eq 1 ]
        tree lib > wanted_hashes
        rm -rf lib card; cp -a kept_card card
        if [ -f "$GLS_INJECT_LIBRARY" ]; then calls=$(calls_of import -q $way -d lib card); fi
        for round in $(seq 1 "${rounds:-3}"); do
            rm -rf lib card "$XDG_DATA_HOME/Trash"
            cp -a kept_card card
            run_and_kill "${calls:-0}" 600 import -q $way -d lib card
            check_dead lib wanted_hashes || { echo "$way, round $round, $killed_at"; false; }
            # Every picture is on the card, or what it is stored as is in the library.
            lost_of pictures card lib > lost
            [ ! -s lost ] || { echo "lost ($way, round $round, $killed_at):"; cat lost; false; }
            glassine import -q $way -d lib card || [ $? -eq 1 ]
            tree lib | diff wanted_hashes - || { echo "$way, round $round, $killed_at"; false; }
            [ "$(find card -type f)" = card/no-picture.jpg ] || { echo "$way, round $round, $killed_at"; find card -type f; false; }
            check_done lib || { echo "$way, round $round, $killed_at"; false; }
        done
    done
}
