#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# How the words of an import may be put.

load helper
load bad_input_helper

# imported COUNT WORDS...: the import ends well with so many new files.
imported() {
    local count=$1
    shift
    rm -rf lib
    glassine import --json "$@" > report
    check_report
    [ "$(jq 'select(.event == "summary") | .imported' report)" = "$count" ] || { cat report; return 1; }
}

@test "values behind a blank or an equals sign, letters, options behind paths" {
    good_files
    imported 3 --destination lib card
    imported 3 --destination=lib card
    imported 3 -d lib card
    imported 3 -dlib card
    imported 3 card -d lib
    imported 3 card --jobs=3 --destination=lib --exclude-regex=nothing
    imported 2 card -j2 -d lib --exclude-regex=/z/
    imported 1 card/z card/a -d lib --exclude-regex=/z/ --exclude-regex /nothing/
    # The last value of an option counts.
    imported 3 card -d other -d lib
    [ ! -e other ]
}

@test "Elodie's spellings: --source, --file, --debug, several together" {
    good_files
    imported 3 --source card --destination lib
    imported 3 --source=card --destination=lib --debug
    imported 1 --file card/good.jpg --destination lib
    imported 2 --destination lib --file card/good.jpg --source card/z
    imported 3 --destination lib --file card/good.jpg --file card/a/good-too.jpg card/z
}

# shellcheck disable=SC2088 # that glassine expands it is what is tested
@test "~ is the home folder, wherever a path is given" {
    photo "$HOME/pictures/a.jpg" "2020:01:02 03:04:05"
    imported 1 -d lib '~/pictures'
    imported 1 -d lib --source='~/pictures'
    imported 1 -d lib '~'
    glassine import -q --destination='~/library' '~/pictures/a.jpg'
    [ "$(tree "$HOME/library" | wc -l)" = 1 ]
    printf '[Library]\ndestination=~/other\n' > config.ini
    glassine import -q --config config.ini '~/pictures/a.jpg'
    [ "$(tree "$HOME/other" | wc -l)" = 1 ]
    # Only where it stands alone at the start.
    mkdir '~'
    photo '~/b.jpg' "2020:01:02 03:04:06"
    imported 1 -d lib ./~/b.jpg
    [ "$(json_of report b.jpg source)" = "$work/~/b.jpg" ]
}

@test "a path that is not there is an input that failed; the others are imported" {
    good_files
    import_card 1 nowhere/x.jpg card/none.jpg card/good.jpg/below
    says nowhere/x.jpg failed "cannot be reached: No such file or directory"
    says card/none.jpg failed "No such file or directory"
    says good.jpg/below failed "cannot be reached: Not a directory"
    [ "$(summary_of report)" = "[6,3,0,0,3]" ]
    status=0
    glassine import -d lib nowhere > lines 2> messages || status=$?
    [ $status -eq 1 ]
    [ "$(head -n 1 messages)" = "glassine: $work/nowhere: No such file or directory" ]
    [ ! -s lines ]
}

@test "numbers of workers that are none" {
    good_files
    for jobs in 0 -1 abc 1.5 100000 18446744073709551617 '' ' 4'; do
        status=0
        glassine import -d lib --jobs "$jobs" card > out 2> messages || status=$?
        [ $status -eq 2 ]
        [ "$(cat messages)" = "glassine: --jobs '$jobs': a whole number from 1 to 256 is expected" ]
        [ ! -s out ]
        [ ! -e lib ]
    done
    imported 3 -d lib --jobs 256 card
    imported 3 -d lib --jobs 007 card
}

@test "--json with --quiet still tells in JSON; --quiet alone tells only what failed" {
    good_files
    : > card/void.jpg
    status=0
    glassine import --json --quiet -d lib card > report 2> messages || status=$?
    [ $status -eq 1 ]
    [ ! -s messages ]
    [ "$(summary_of report)" = "[4,3,0,0,1]" ]
    status=0
    glassine import --quiet -d lib2 card > lines 2> messages || status=$?
    [ $status -eq 1 ]
    [ ! -s lines ]
    [ "$(cat messages)" = "glassine: $work/card/void.jpg: the file is empty" ]
}

@test "the configuration gives destination, workers and writing; the command line wins" {
    good_files
    printf '[Library]\ndestination=%s/from-config\n[Import]\njobs=2\nwrite_metadata=none\n' "$work" > config.ini
    glassine import -q --config config.ini card
    cmp card/good.jpg from-config/*/*/*-good.jpg
    glassine import -q --config=config.ini --write-metadata=embed -d lib card
    refute cmp -s card/good.jpg lib/*/*/*-good.jpg
    GLASSINE_CONFIG=config.ini glassine import -q card
    [ "$(tree from-config | wc -l)" = 3 ]
}

@test "a mistyped path makes no library and no folder" {
    run glassine import -d lib card/nothing
    [ "$status" -eq 1 ]
    [[ "$output" == *"card/nothing"* ]]
    [ ! -e lib ]
    # So in the root folder, whose path is of one letter.
    glassine import --json -d lib /nothing-of-this-name.jpg > report || true
    [ "$(jq -r 'select(.event == "file") | .source' report)" = /nothing-of-this-name.jpg ]
    # One that is there is imported all the same.
    photo card/a.jpg "2020:01:02 03:04:05"
    run glassine import -d lib card/nothing card/a.jpg
    [ "$status" -eq 1 ]
    [ "$(tree lib | wc -l)" = 1 ]
}

@test "[Formats] also= files further extensions as they are" {
    mkdir card
    echo sound > card/20200102_030405.opus
    echo other > card/b.xyz
    printf '\xff\xd8\xff\xda\0\2picture\xff\xd9' > card/c.opus # content decides first
    printf '[Formats]\nalso=opus\n' > also.ini
    run glassine import --config also.ini -d lib --json card
    [ "$status" -eq 0 ]
    [ "$(jq -r 'select(.event == "file") | .status' <<< "$output" | sort | uniq -c | tr -s ' ')" = " 2 imported" ]
    [ "$(find lib -name '2020-01-02_*.opus' -exec cat {} +)" = sound ]
    [ "$(find lib -name '*.xyz')" = "" ]
    run glassine verify --library lib
    [ "$status" -eq 0 ]
    run glassine generate-db lib
    [ "$status" -eq 0 ]
    [[ "$output" == *"2 recorded"* ]]
    # From the files alone, too.
    rm -rf lib/.glassine
    run glassine generate-db --config also.ini lib
    [[ "$output" == *"2 recorded"* ]]
}

@test "content that is known is filed under the names that cameras and phones give it" {
    local number=0 fixture name
    while read -r fixture name; do
        number=$((number + 1))
        mkdir -p card/$number
        cp "$fixtures/formats/$fixture" "card/$number/$name"
    done <<'END'
photo.jpeg b.jfif
photo.jpg IMG_20160502_080212.insp
photo.jpe DSC_1.MPO
photo.mp4 VID_20160522_100000_00_001.insv
photo.mov c.qt
photo.3gp c.3gpp
photo.heic DSC00001.HIF
photo.nef DSC_2.NRW
photo.dng GOPR0001.GPR
photo.srw SAM_1.SRW
photo.m2ts clip.m2t
END
    cp "$fixtures/formats/photo.mp4" card/GS010001.360
    printf '\0\0\0\020free12345678' >> card/GS010001.360
    printf '\0\0\1\272program stream' > card/VTS_01_1.VOB
    glassine import --json --write-metadata none -d lib card > report
    [ "$(summary_of report)" = "[12,12,0,0,0]" ]
    # The extension is kept, and there is nothing to remark on but NRW, GPR and the like.
    jq -r 'select(.event == "file") | [(.source | sub(".*[.]"; "") | ascii_downcase), (.destination | sub(".*[.]"; "")), .date_taken[:4]] | @tsv' report |
        awk '$1 != $2 || $3 != 2016 { print; bad = 1 } END { exit bad }'
    # What neither content nor name knows is named, and taken where the configuration says so.
    jq -r 'select(.event == "left_out") | .path' report | grep -q VTS_01_1.VOB
    printf '[Formats]\nalso=vob\n' > also.ini
    glassine import --config also.ini --json -d lib card > report
    [ "$(summary_of report)" = "[13,1,12,0,0]" ]
}
