#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The command itself: help, man page, completions, messages, output on a pipe and
# on a terminal.

bats_require_minimum_version 1.5.0
load helper

# complete WORD...: what bash would offer for the last word.
complete_words() {
    bash -c '
        source "$1"
        shift
        COMP_WORDS=("$@")
        COMP_CWORD=$(($# - 1))
        compopt() { :; }
        _glassine
        printf "%s\n" "${COMPREPLY[@]}"' bash "$GLS_BINARY_DIR/glassine.bash" "$@"
}

# on_terminal COLUMNS COMMAND...: runs it on a terminal of that width.
on_terminal() {
    local columns=$1
    shift
    TERM=${TERM_FOR_TEST-xterm} script -qec "stty cols $columns rows 24; $*" /dev/null < /dev/null
}

@test "every command has help with a usage line, options and an example that parses" {
    glassine --help > overview
    for command in $(sed -nE 's/^  ([a-z-]+)  +[A-Z].*/\1/p' overview); do
        glassine "$command" --help > help
        grep -q "^Usage: glassine $command" help
        grep -q '^Examples:' help
        grep -q "  glassine $command" help
        cmp help <(glassine help "$command")
        # No line is wider than a terminal.
        [ "$(wc -L < help)" -le 80 ]
        # Every option of the help is in the man page and is offered by bash.
        for option in $(grep -oE -- '^ .{4} --[a-z-]+' help | grep -oE -- '--[a-z-]+'); do
            grep -qF -- "${option//-/\\-}" "$GLS_BINARY_DIR/glassine.1"
            complete_words glassine "$command" "$option" | grep -qxF -- "$option"
        done
    done
    [ "$(grep -cE '^  [a-z-]+  +[A-Z]' overview)" -ge 7 ]
}

@test "the man pages are good markup" {
    command -v mandoc > /dev/null || skip "no mandoc"
    for page in glassine.1 glassine.3 glassine-config.5; do
        # There is no date, so that a build can be repeated.
        run bash -c "mandoc -T lint '$GLS_BINARY_DIR/$page' | grep -v 'missing date'"
        [ -z "$output" ] || { echo "$output"; false; }
    done
}

@test "glassine(3) has every function, type and value; glassine-config(5) every key" {
    header="$GLS_SOURCE_DIR/src/glassine.h" page="$GLS_BINARY_DIR/glassine.3"
    grep -oE '^(GLS_API .*|struct|enum) ?\*?gls_[a-z_]+ ?[({]' "$header" | grep -oE 'gls_[a-z_]+' > names
    grep -oE '^    GLS_[A-Z_]+' "$header" >> names
    [ "$(wc -l < names)" -gt 100 ]
    while read -r name; do
        grep -qw "$name" "$page" || { echo "no $name"; false; }
    done < names
    sed -nE 's/^    \{"([A-Z][A-Za-z]*)", "([a-z_]+)".*/\1 \2/p' \
        "$GLS_SOURCE_DIR/src/plan/config/config_values.c" > keys
    [ "$(wc -l < keys)" -gt 40 ]
    while read -r section key; do
        # A key of [MapQuest] that Elodie has is explained where it stands in [Places].
        sed -n "/^\.SS \\[$section\\]/,/^\.S[SH] /p" "$GLS_BINARY_DIR/glassine-config.5" > part
        grep -qE "^.fB(.*, )?$key(,.*)?.fR" part || [ "$section $key" = "MapQuest prefer_english_names" ] ||
            { echo "no [$section] $key"; false; }
    done < keys
}

@test "completions offer commands, options, values, folders" {
    [ "$(complete_words glassine im)" = import ]
    [ "$(complete_words glassine import --dest)" = --destination ]
    [ "$(complete_words glassine import --write-metadata s)" = sidecar ]
    [ "$(complete_words glassine import --write-metadata = n)" = none ]
    [ "$(complete_words glassine update --clear al)" = album ]
    mkdir folder
    touch folder-file
    [ "$(complete_words glassine import -d fold)" = folder ]
    [ "$(complete_words glassine show fold | sort | tr '\n' ' ')" = "folder folder-file " ]
    [ -z "$(complete_words glassine import --jobs f)" ]
    command -v zsh > /dev/null || skip "no zsh: its completions are not parsed"
    zsh -n "$GLS_BINARY_DIR/_glassine"
}

@test "the README's picture is what a terminal shows" {
    needs 'places (builtin|file)'
    need_terminal
    "$GLS_SOURCE_DIR/docs/terminal.sh" "$GLS_BINARY_DIR/glassine" "$fixtures/sample" > picture
    diff "$GLS_SOURCE_DIR/docs/terminal.svg" picture
}

@test "usage errors say what is meant, on stderr, with status 2" {
    while IFS='|' read -r words message; do
        # shellcheck disable=SC2086 # words
        run --separate-stderr glassine $words
        # Where --json stands behind the command, it may be meant.
        [ "$status" -eq 2 ] && { [ -z "$output" ] || [[ "$words" == ?*" --json"* ]]; } && [[ "$stderr" == *"$message"* ]] ||
            { echo "glassine $words: $status, $output, $stderr"; false; }
    done <<'TABLE'
|Usage: glassine COMMAND
imprt|did you mean 'import'?
help imprt|did you mean 'import'?
--json show|options stand behind the command
import --destnation x|did you mean '--destination'?
import -d|needs a value: --destination DIR
import -d --json card|needs a value; if '--json' is one
import --json=yes card|--json takes no value
import -x|no option '-x'
import|no destination
import -d lib|nothing to import
import -d lib -j 0 card|a whole number from 1 to 256
import -d lib --write-metadata all card|embed, sidecar or none
import -d lib --move --trash card|exclude each other
import -d lib --config nonexistent.ini card|nonexistent.ini
show|show needs a file
update --album A|no file to update
update --clear names x|album, title and location can be cleared
verify --accept good|'good' is no state
verify --sample 0|a percentage above 0
verify|no library
generate-db|no library
generate-db a b|one library
log|no library
log x|the number of one run
place|place needs a position or a name
place 95,2|latitude is -90..90
TABLE
    [ ! -e lib ]
}

@test "place takes words without quotes, and positions with a minus and blanks" {
    needs 'places (builtin|file)'
    [ "$(glassine place San Francisco, California | head -n 1)" = "$(glassine place "San Francisco, California" | head -n 1)" ]
    [[ "$(glassine place -33.86, 151.21 | head -n 1)" == *Australia ]]
}

@test "control characters in names and tags do not reach the terminal" {
    printf 'x' > $'bad\e]0;owned\a.jpg'
    # A note's first line is JSON: the title holds an escape sequence and a new line.
    printf '{"title":"red \\u001b[31m\\nalert","date_taken":1460027726}\nnote\n' > note.txt
    run glassine show note.txt
    [ "$status" -eq 0 ]
    [[ "$output" == *'red'*'alert'* ]]
    run bash -c "{ '$GLS_BINARY_DIR/glassine' show *.jpg note.txt; '$GLS_BINARY_DIR/glassine' import -v -d lib . ; '$GLS_BINARY_DIR/glassine' log --library lib 1; '$GLS_BINARY_DIR/glassine' verify -v --library lib; } 2>&1 | LC_ALL=C grep -c '[[:cntrl:]]'"
    [ "$output" = 0 ]
}

@test "--json is one object a line and nothing else, for every command" {
    glassine import --json -d lib "$fixtures/sample" > import
    glassine show --json "$fixtures"/sample/DCIM/100GLASS/* /nonexistent > show || [ $? -eq 1 ]
    stored=$(json_of import 100GLASS/IMG_0001.JPG destination)
    glassine update --json --title New "$stored" > update
    glassine verify --json --library lib > verify
    glassine generate-db --json --source lib > generate
    glassine log --json --library lib > log
    glassine log --json --library lib 1 >> log
    glassine place --json 48.85,2.29 > place
    for report in import show update verify generate log place; do
        [ "$(wc -l < $report)" = "$(jq -c . $report | wc -l)" ]
    done
    # The keys, in order, are part of the interface.
    [ "$(head -n 1 import | jq -r 'keys_unsorted | join(" ")')" = "event source destination status reason sha256 date_taken written written_reason source_fate source_reason date_source" ]
    [ "$(tail -n 1 import | jq -r 'keys_unsorted | join(" ")')" = "event scanned imported duplicate skipped failed bytes seconds interrupted dated_by" ]
    [ "$(head -n 1 show | jq -r 'keys_unsorted | join(" ")')" = "file kind format date_taken utc_offset date_source camera_make camera_model latitude longitude album title original_name content_id burst_id essence_xxh128 notes camera_source position_source album_source title_source description people rating favourite albums city state country companions filed_as album_keywords further_values" ]
    [ "$(tail -n 1 show | jq -r 'keys_unsorted | join(" ")')" = "file error" ]
    [ "$(head -n 1 place | jq -r 'keys_unsorted | join(" ")')" = "latitude longitude city state country country_code time_zone distance_m" ]
    [ "$(head -n 1 verify | jq -r 'keys_unsorted | join(" ")')" = "event path state reason found_at accepted repaired" ]
    [ "$(tail -n 1 import | jq '.scanned == .imported + .duplicate + .skipped + .failed')" = true ]
    # Every key stands in the man page.
    for key in $(jq -r 'keys[]' import show update verify generate log place | sort -u); do
        grep -qw -- "$key" "$GLS_BINARY_DIR/glassine.1" || { echo "$key"; false; }
    done
}

@test "paths that are not UTF-8 are carried whole" {
    photo IMG_1.JPG "2020:01:02 03:04:05"
    name=$'caf\xe9 \xff.jpg'
    mv IMG_1.JPG "$name"
    glassine import --json -d lib "$name" > report
    [ "$(head -n 1 report | jq -r .source)" = "$work/caf"$'\xef\xbf\xbd \xef\xbf\xbd'".jpg" ]
    encoded=$(head -n 1 report | jq -r .source_bytes)
    [ "$(printf '%b' "${encoded//%/\\x}")" = "$work/$name" ]
}

@test "a terminal gets a progress line within its width and the summary, no lines of files" {
    need_terminal
    for i in $(seq 1 40); do photo "card/a-folder-of-a-name/IMG_$i.JPG" "2020:01:02 03:04:05" "$i"; done
    on_terminal 60 "'$GLS_BINARY_DIR/glassine'" import -d lib card > seen
    grep -q '40 files: 40 imported, 0 duplicate, 0 skipped, 0 failed' seen
    refute grep -q ' -> ' seen
    # What stands on a line at one time ends with a return to its begin.
    tr '\r' '\n' < seen | sed -e 's/\x1b\[K//g' > lines
    [ "$(wc -L < lines)" -lt 60 ]
    on_terminal 60 "'$GLS_BINARY_DIR/glassine'" import --no-progress -d lib2 card > seen
    refute grep -q $'\x1b' seen
    TERM_FOR_TEST=dumb on_terminal 60 "'$GLS_BINARY_DIR/glassine'" import -d lib3 card > seen
    refute grep -q $'\x1b' seen
    on_terminal 60 "'$GLS_BINARY_DIR/glassine'" import -q -d lib4 card > seen
    [ ! -s seen ]
}

@test "the progress line of a long import names the file and the rate" {
    need_terminal
    mkdir card
    for name in a 日本の夏祭りの写真; do
        cp "$fixtures/formats/photo.jpeg" "card/$name.jpg"
        truncate -s 400M "card/$name.jpg"
    done
    on_terminal 60 "'$GLS_BINARY_DIR/glassine'" import -j 1 -d lib card > seen
    tr '\r' '\n' < seen | sed -e 's/\x1b\[K//g' > lines
    grep -qE '^[0-2]/2 files  [0-9.]+ [kMG]?B  [0-9.]+ [kMG]?B/s .*/a\.jpg$' lines
    [ "$(wc -L < lines)" -lt 60 ]
}

@test "--source, --file and operands are imported alike; -- ends the options" {
    photo one/IMG_1.JPG "2020:01:02 03:04:05"
    photo two.jpg "2020:01:02 03:04:06"
    photo ./--json.jpg "2020:01:02 03:04:07"
    glassine import --json --source=one --file two.jpg -d lib -- --json.jpg > report
    [ "$(summary_of report)" = "[3,3,0,0,0]" ]
}

@test "--verbose tells the duplicate, the skipped with its reason, and notes" {
    photo IMG_1.JPG "2020:01:02 03:04:05"
    cp IMG_1.JPG copy.nef
    printf 'key' > keys.kdbx
    glassine import -d lib IMG_1.JPG
    run glassine import -v -d lib IMG_1.JPG keys.kdbx
    [[ "$output" == *"IMG_1.JPG = "*"(duplicate)"* ]]
    [[ "$output" == *"keys.kdbx (skipped: "* ]]
    run glassine show copy.nef
    [[ "$output" == *"note "*JPEG* ]]
    run glassine show --json copy.nef
    [ "$(jq '.notes | length' <<< "$output")" = 1 ]
}

@test "a second signal leaves at once, and the next import does the rest" {
    mkdir card
    cp "$fixtures/formats/photo.jpeg" card/a.jpg
    truncate -s 2G card/a.jpg
    "$GLS_BINARY_DIR/glassine" import -d lib card 3>&- &
    until [ -d lib/.glassine ]; do kill -0 $!; sleep 0.05; done
    kill -TERM $!
    sleep 0.2
    kill -TERM $! 2>/dev/null || true
    status=0
    wait $! || status=$?
    [ "$status" -eq 130 ]
    truncate -s 1M card/a.jpg
    glassine import -q -d lib card
    [ "$(find lib -name '*.jpg' | wc -l)" = 1 ]
    glassine verify -q --library lib
}

@test "output that cannot be written is told" {
    [ -e /dev/full ] || skip "no /dev/full"
    run bash -c "'$GLS_BINARY_DIR/glassine' show '$fixtures/formats/photo.jpeg' 2>&1 > /dev/full"
    [ "$status" -eq 1 ]
    [[ "$output" == *"could not be written"* ]]
}

@test "show stops at a signal, with status 130" {
    mapfile -t many < <(yes "$fixtures/formats/photo.jpeg" | head -n 15000)
    "$GLS_BINARY_DIR/glassine" show "${many[@]}" > seen 3>&- &
    while [ ! -s seen ] && kill -0 $!; do sleep 0.05; done
    kill -TERM $!
    status=0
    wait $! || status=$?
    [ "$status" -eq 130 ]
    [ "$(grep -c '^/' seen)" -lt 15000 ]
}

# states_of OPTION: the states that the help of verify names for it.
states_of() {
    glassine verify --help |
        awk -v option="--$1 STATES" 'index($0, option) { on = 1; print; next } /^ +-/ { on = 0 } on' |
        grep -oE '\b(rotten|edited|changed|moved|missing|untracked|unreadable)\b' | sort -u
}

@test "help, completions and code name the same states for --accept and --repair" {
    glassine import -q -d lib "$fixtures/sample"
    for option in accept repair; do
        states_of "$option" > help
        [ "$(wc -l < help)" -ge 5 ]
        complete_words glassine verify "--$option" '' | sort | diff help -
        for state in ok rotten edited changed moved missing untracked unreadable; do
            run glassine verify -q --library lib "--$option" "$state" --repair-from "$fixtures"
            if grep -qx "$state" help; then
                # What is accepted cannot be repaired too: then the message says just that.
                [ "$status" -eq 0 ] || [[ "$output" == *both* ]] || { echo "$option $state: $output"; false; }
            else
                [ "$status" -eq 2 ] || { echo "$option $state: $status"; false; }
            fi
        done
    done
}

@test "show walks folders, passes sidecars and other types over, and tells them when named" {
    mkdir -p tree/b
    cp "$fixtures/elodie/photo.png" tree/b/z.png
    cp "$fixtures/elodie/with-location.jpg" tree/a.jpg 2> /dev/null || cp "$fixtures/formats/photo.jpeg" tree/a.jpg
    echo '<x/>' > tree/a.jpg.xmp
    echo 'nothing' > tree/b/list.doc
    ln -s .. tree/b/circle
    run --separate-stderr glassine show --json tree
    [ "$status" -eq 0 ]
    [ "$(jq -r .file <<< "$output" | tr '\n' ' ')" = "tree/a.jpg tree/b/z.png " ]
    run --separate-stderr glassine show --json tree//
    [ "$(jq -r .file <<< "$output" | tr '\n' ' ')" = "tree/a.jpg tree/b/z.png " ]
    run glassine show tree/b/list.doc
    [ "$status" -eq 1 ] && [[ "$output" == *"not supported"* ]]
    echo 'no picture' > broken.jpg
    run glassine show broken.jpg
    [ "$status" -eq 1 ] && [[ "$output" == *"not a valid media file"* ]]
}

@test "show of a file whose name has no room for another's behind it finds nothing beside it" {
    name=$(printf 'x%.0s' {1..251}).jpg
    cp "$fixtures/formats/photo.jpeg" "$name"
    run --separate-stderr -0 glassine show --json "$name"
    [ "$(jq -c .notes <<< "$output")" = "[]" ]
    [ -z "$stderr" ]
}

@test "show of what is no file says what it is, and goes on" {
    mkdir empty
    mkfifo pipe.jpg
    : > nothing.jpg
    ln -s nowhere dangling.jpg
    cp "$fixtures/formats/photo.jpeg" a.jpg
    run --separate-stderr timeout 20 "$GLS_BINARY_DIR/glassine" show pipe.jpg nothing.jpg dangling.jpg /dev/zero missing.jpg empty a.jpg
    [ "$status" -eq 1 ]
    [[ "$output" == "a.jpg"* ]]
    [ "$(wc -l <<< "$stderr")" -eq 5 ]
    [[ "$stderr" == *"pipe.jpg: is a FIFO"*"nothing.jpg: "*"it is empty"*"dangling.jpg: cannot be opened"*"/dev/zero: is a device"*"missing.jpg: cannot be opened"* ]]
}

@test "show tells what was read beside a file, and what an import would call it" {
    glassine import --json -d lib "$fixtures/sample" | jq -r 'select(.event == "file" and .status == "imported") | [.source, (.destination | sub("^.*/lib/"; ""))] | @tsv' > filed
    mapfile -t files < <(cut -f 1 filed | grep -v -e '\.xmp$' -e '\.AAE$')
    glassine show --json "${files[@]}" > shown
    [ "$(jq -s 'map(select(.filed_as == null)) | length' shown)" -eq 0 ]
    # Two files want one name, and the second is numbered; a Live Photo's movie takes that of its picture.
    jq -r '[.file, .filed_as] | @tsv' shown | grep -v MOV | diff - <(grep -v -e '\.xmp\b' -e '\.aae$' -e MOV filed | sed 's/-1\.jpg$/.jpg/')
    [ "$(jq -c 'select(.file | endswith("IMG_0005.JPG")).companions | map(sub("^.*/"; ""))' shown)" = '["IMG_0005.JPG.xmp"]' ]
    run -0 glassine show "$fixtures/sample/DCIM/100GLASS/IMG_0005.JPG"
    [[ "$output" == *"read beside it"*"IMG_0005.JPG.xmp"*"filed as       2023-07-Jul/Japan/"* ]]
}

@test "generate-db names each file once" {
    glassine import -q -d lib "$fixtures/sample"
    glassine generate-db --source lib > out
    [ "$(grep -c -- ' -> ' out)" -eq 0 ]
    [ "$(wc -l < out)" -eq "$(glassine verify -v --library lib | wc -l)" ]
}

@test "a reader that has seen enough ends it quietly" {
    glassine import -q -d lib "$fixtures/sample"
    for words in "show $fixtures/sample/DCIM" "verify -v --library lib" "generate-db --source lib"; do
        # shellcheck disable=SC2086 # words
        { glassine $words 2> messages || true; } | head -n 1 > /dev/null
        refute grep -q 'could not be written' messages
    done
}

@test "update asks on a terminal before it changes many files, and only there" {
    need_terminal
    mkdir card
    for i in $(seq 60); do photo "card/IMG_$i.jpg" "2016:05:02 08:02:12" "$i"; done
    glassine import -q -d lib card
    export GLS_BINARY_DIR
    printf 'n\n' | script -qec "$GLS_BINARY_DIR/glassine update --album Many lib/2016-05-May" /dev/null > out
    grep -q 'This changes 60 files' out
    [ "$(find lib -name '*.jpg' -path '*Many*' | wc -l)" -eq 0 ]
    glassine update -q --album Many lib/2016-05-May < /dev/null
    [ "$(find lib -name '*.jpg' -path '*Many*' | wc -l)" -eq 60 ]
    printf '' | script -qec "$GLS_BINARY_DIR/glassine update --yes --album More lib/2016-05-May" /dev/null > out
    refute grep -q 'Go on' out
}

@test "Ctrl-C where update asks leaves, and changes nothing" {
    need_terminal
    mkdir card
    for i in $(seq 60); do photo "card/IMG_$i.jpg" "2016:05:02 08:02:12" "$i"; done
    glassine import -q -d lib card
    tree lib > before
    # The terminal's own ^C, once, where the question stands.
    : > out
    {
        until grep -q 'Go on' out; do sleep 0.1; done
        printf '\003'
        sleep 3
    } | {
        status=0
        timeout 60 script -qfec "$GLS_BINARY_DIR/glassine update --album Many lib/2016-05-May" out > /dev/null || status=$?
        [ "$status" -eq 130 ]
    }
    tree lib | diff before -
}

@test "a dry run on a terminal tells folders with counts, and what is no plain new file" {
    need_terminal
    photo card/a/IMG_1.jpg "2016:05:02 08:02:12"
    photo card/b/IMG_1.jpg "2016:05:02 08:02:12" other
    photo card/b/IMG_2.jpg "2016:06:02 08:02:12"
    cp card/b/IMG_2.jpg card/b/IMG_3.jpg
    cp "$fixtures/elodie/no-exif.jpg" card/plain.jpg
    on_terminal 120 "'$GLS_BINARY_DIR/glassine'" import --no-progress -n -d lib card | tr -d '\r' > seen
    grep -qE "^ +2 new files  .*/lib/2016-05-May/" seen
    grep -qE "^ +1 new file   .*/lib/2016-06-Jun/" seen
    grep -q "^numbered .*card/b/IMG_1.jpg -> .*-img_1-1.jpg" seen
    grep -q "^duplicate .*card/b/IMG_3.jpg = " seen
    grep -q "^undated .*card/plain.jpg -> " seen
    grep -q "^dated by what they state: 3, by their names: 0, by file times: 1" seen
    [ ! -e lib ]
    glassine import --json -d lib card > report
    [ "$(tail -n 1 report | jq -c .dated_by)" = '{"content":3,"name":0,"file_times":1}' ]
    [ "$(json_of report plain.jpg date_source)" != null ]
}

@test "options that would do nothing, or contradict each other, are refused" {
    photo card/a.jpg "2020:01:02 03:04:05"
    glassine import -q -d lib card
    run glassine import -d lib --prune-empty card
    [ "$status" -eq 2 ]
    [[ $output == *"--move or --trash"* ]]
    run glassine list albums --library lib --json -0
    [ "$status" -eq 2 ]
    [[ $output == *"exclude each other"* ]]
    run glassine update --shift +0s lib
    [ "$status" -eq 2 ]
    [[ $output == *"changes nothing"* ]]
}

@test "with --json a command line that makes no sense is an event too" {
    for arguments in "import --nope" "nocmd" "verify --sample x" "views out" "update --time 2020-02-30 x.jpg"; do
        # shellcheck disable=SC2086
        glassine $arguments --json > events 2> message && false
        [ "$(jq -r '[.event, .status] | join(" ")' events)" = "error argument" ] || { echo "$arguments"; cat events; false; }
        [ -s message ]
    done
    glassine import --nope > events 2> message && false
    [ ! -s events ]
}

@test "show reads a sidecar whose letters are composed otherwise" {
    local composed decomposed
    composed=$(printf 'caf\xc3\xa9.jpg') decomposed=$(printf 'cafe\xcc\x81.jpg')
    cp "$fixtures/formats/sidecar-xmp.jpg" "$composed"
    cp "$fixtures/formats/sidecar-xmp.jpg.xmp" "$decomposed.xmp"
    [ "$(glassine show --json "$composed" | jq -r .title)" = "Title of xmp" ]
    mkdir mac
    cp "$composed" "mac/$decomposed"
    cp "$decomposed.xmp" "mac/$composed.xmp"
    [ "$(glassine show --json "mac/$decomposed" | jq -r .title)" = "Title of xmp" ]
}

@test "a name that is a year and a month dates the picture, with a remark" {
    cp "$fixtures/elodie/no-exif.jpg" 1965-04.jpg
    [ "$(glassine show --json 1965-04.jpg | jq -r .date_taken)" = "1965-04-01T00:00:00" ]
    glassine show 1965-04.jpg | grep -q "states no day"
}

@test "a sidecar that is named beside its picture is no failure of show" {
    cp "$fixtures/elodie/with-title.jpg" a.jpg
    for name in a.jpg.xmp a.XMP; do
        printf '<x:xmpmeta xmlns:x="adobe:ns:meta/"/>' > "$name"
    done
    run -0 --separate-stderr glassine show --json a.*
    [ "$(jq -r .file <<< "$output")" = a.jpg ]
    [ "$(grep -c 'a sidecar' <<< "$stderr")" -eq 2 ]
    run -1 glassine show b.xmp
    mkdir c
    cp a.jpg c/a.jpg
    cp a.jpg.xmp c/a.jpg.Xmp
    run -0 glassine show -q c
    [[ $output != *jpg.Xmp* ]]
}
