#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What an import does with good input.

load helper

@test "the files of Elodie's table get exactly its folders and names" {
    cp -r "$fixtures/elodie" card
    touch -d 2014-02-03T04:05:06Z card/no-exif.jpg card/text.txt card/valid-without-header.txt
    run glassine import --json -d lib card
    [ "$status" -eq 1 ]
    printf '%s\n' "${lines[@]}" > report
    while IFS='|' read -r name place; do
        expected=${place//Unknown Location/*}
        actual=$(json_of report "/$name" destination)
        [[ "$actual" == "$work"/lib/$expected ]] || { echo "$name: $actual is not $expected"; false; }
    done <<'TABLE'
with-title.jpg|2015-12-Dec/Unknown Location/2015-12-05_00-59-26-with-title-some-title.jpg
with-filename-and-title-in-exif.jpg|2015-12-Dec/Unknown Location/2015-12-05_00-59-26-foobar-foobar-title.jpg
with-album.jpg|2015-12-Dec/Test Album/2015-12-05_00-59-26-with-album.jpg
with-location-zero-coordinate.jpg|2015-07-Jul/Unknown Location/2015-07-22_21-31-12-with-location-zero-coordinate.jpg
Plain With Spaces And Uppercase 123.jpg|2015-12-Dec/Unknown Location/2015-12-05_00-59-26-plain-with-spaces-and-uppercase-123.jpg
photo.png|2015-01-Jan/Unknown Location/2015-01-18_12-01-01-photo.png
video.mov|2015-01-Jan/Unknown Location/2015-01-19_12-45-11-video.mov
audio.m4a|2016-01-Jan/Unknown Location/2016-01-04_05-28-15-audio.m4a
valid.txt|2016-04-Apr/Unknown Location/2016-04-07_11-15-26-valid-sample-title.txt
with-original-name.txt|2016-04-Apr/Unknown Location/2016-04-07_11-15-26-originalname-sample-title.txt
TABLE
    # Without a date inside, the earlier of the file's times counts.
    [[ "$(json_of report /no-exif.jpg destination)" == */2014-02-Feb/*/2014-02-03_04-05-06-no-exif.jpg ]]
    [[ "$(json_of report /text.txt destination)" == */2014-02-Feb/*/2014-02-03_04-05-06-text.txt ]]
    [ "$(json_of report /invalid.jpg status)" = failed ]
    [[ "$(json_of report /invalid.jpg reason)" == *"not a valid media file"* ]]
}

@test "real files of the table, where the corpus is" {
    [ -d "$GLS_CORPUS" ] || skip "no corpus"
    mkdir card
    cp "$GLS_CORPUS"/elodie/*.jpg card
    cp "$GLS_CORPUS/elodie.heic" card/photo.heic
    run glassine import --json -d lib card
    [ "$status" -eq 0 ]
    printf '%s\n' "${lines[@]}" > report
    [[ "$(json_of report /with-original-name.jpg destination)" == "$work/lib/2015-12-Dec/Unknown Location/2015-12-05_00-59-26-originalfilename.jpg" ]]
    [[ "$(json_of report /with-album-and-title-and-location.jpg destination)" == "$work/lib/2015-12-Dec/Test Album/2015-12-05_00-59-26-with-album-and-title-and-location-some-title.jpg" ]]
    [[ "$(json_of report /with-null-coordinates.jpg destination)" == "$work/lib/2014-10-Oct/Unknown Location/2014-10-21_10-56-21-with-null-coordinates.jpg" ]]
    [[ "$(json_of report /photo.heic destination)" == "$work"/lib/2019-05-May/*/2019-05-26_10-33-20-photo.heic ]]
}

@test "the sample card is filed, and filing it again finds only duplicates" {
    glassine import --json -d lib "$fixtures/sample" > first
    [ "$(jq -s 'map(select(.status == "failed")) | length' first)" = 0 ]
    tree lib > before
    glassine import --json -d lib "$fixtures/sample" > second
    tree lib > after
    diff before after
    [ "$(jq -s 'map(select(.event == "file" and .status != "duplicate")) | length' second)" = 0 ]
}

@test "two photos of one date and name are two files, the same photo twice is one" {
    photo a/IMG_1.JPG "2020:01:02 03:04:05" one
    photo b/IMG_1.JPG "2020:01:02 03:04:05" two
    photo c/other.JPG "2020:01:02 03:04:05" one
    glassine import --json -d lib a b c > report
    [ "$(summary_of report)" = "[3,2,1,0,0]" ]
    [ "$(json_of report a/IMG_1.JPG status)" = imported ]
    [[ "$(json_of report a/IMG_1.JPG destination)" == */2020-01-02_03-04-05-img_1.jpg ]]
    [[ "$(json_of report b/IMG_1.JPG destination)" == */2020-01-02_03-04-05-img_1-1.jpg ]]
    [ "$(json_of report c/other.JPG status)" = duplicate ]
    [ "$(json_of report c/other.JPG destination)" = "$(json_of report a/IMG_1.JPG destination)" ]
    [ "$(tree lib | wc -l)" = 2 ]
}

@test "a title or album with ../ stays inside the library" {
    mkdir inner
    cp "$fixtures"/hostile/title-*.jpg inner
    glassine import -d outer/lib inner
    [ "$(find outer -mindepth 1 -maxdepth 1 | wc -l)" = 1 ]
    [ "$(tree outer/lib | wc -l)" = 6 ]
}

@test "a duplicate whose file is gone is imported again, under its old name" {
    photo a/IMG_1.JPG "2020:01:02 03:04:05"
    glassine import --json -d lib a > first
    stored=$(json_of first IMG_1.JPG destination)
    rm "$stored"
    glassine import --json -d lib a > second
    [ "$(json_of second IMG_1.JPG status)" = imported ]
    [ "$(json_of second IMG_1.JPG destination)" = "$stored" ]
}

@test "--allow-duplicates stores the same bytes again" {
    photo a/IMG_1.JPG "2020:01:02 03:04:05"
    glassine import -d lib a
    glassine import --allow-duplicates --json -d lib a > report
    [ "$(summary_of report)" = "[1,1,0,0,0]" ]
    [ "$(tree lib | wc -l)" = 2 ]
}

@test "sources are left as they were: bytes, times, inodes, modes" {
    cp -r "$fixtures/sample" card
    cp -r "$fixtures/hostile" card/
    source_state card > before
    glassine import -d lib --album-from-folder card || [ $? -eq 1 ]
    source_state card > after
    diff before after
}

@test "--write-metadata none gives copies equal bit by bit" {
    cp -r "$fixtures/formats" card
    glassine import --write-metadata none --json -d lib card > report
    jq -r 'select(.status == "imported") | [.source, .destination] | @tsv' report > pairs
    [ -s pairs ]
    while IFS=$'\t' read -r from to; do
        cmp "$from" "$to"
    done < pairs
}

@test "a dry run reports the same and touches nothing" {
    cp -r "$fixtures/sample" card
    glassine import --dry-run --json -d lib card > dry
    [ ! -e lib ]
    glassine import --json -d lib card > real
    strip='del(.seconds, .written, .written_reason)'
    diff <(jq -cS "$strip" dry) <(jq -cS "$strip" real)
    find lib -printf '%p %T@ %s\n' | sort > before
    glassine import --dry-run --json -d lib card > again
    find lib -printf '%p %T@ %s\n' | sort > after
    diff before after
}

@test "companions stay companions, also under colliding names" {
    for folder in a b; do
        mkdir -p card/$folder
        cp "$fixtures"/sample/DCIM/100GLASS/IMG_000[3456].* card/$folder
        for f in card/$folder/*.JPG card/$folder/*.DNG card/$folder/*.HEIC; do printf '%s' $folder >> "$f"; done
        printf '%s' $folder >> card/$folder/IMG_0006.AAE
        printf '<!-- %s -->' $folder >> card/$folder/IMG_0005.JPG.xmp
        printf '\0\0\0\x9free%s' $folder >> card/$folder/IMG_0004.MOV
    done
    glassine import --json -d lib card > report
    [ "$(jq -s 'map(select(.status == "failed")) | length' report)" = 0 ]
    for folder in a b; do
        jpg=$(json_of report $folder/IMG_0003.JPG destination)
        [ "$(json_of report $folder/IMG_0003.DNG destination)" = "${jpg%.jpg}.dng" ]
        heic=$(json_of report $folder/IMG_0004.HEIC destination)
        [ "$(json_of report $folder/IMG_0004.MOV destination)" = "${heic%.heic}.mov" ]
        photo=$(json_of report $folder/IMG_0005.JPG destination)
        [ "$(json_of report $folder/IMG_0005.JPG.xmp destination)" = "$photo.xmp" ]
        edited=$(json_of report $folder/IMG_0006.JPG destination)
        [ "$(json_of report $folder/IMG_0006.AAE destination)" = "${edited%.jpg}.aae" ]
    done
    [ "$(jq -r 'select(.status == "imported") | .destination' report | sort -u | wc -l)" = 16 ]
}

@test "a Live Photo with two stems is joined by its content identifier" {
    [ -d "$GLS_CORPUS/live" ] || skip "no corpus"
    cp -r "$GLS_CORPUS/live" card
    glassine import --json -d lib card > report
    heic=$(json_of report IMG_7943.HEIC destination)
    [ "$(json_of report IMG_7943_HEVC.MOV destination)" = "${heic%.heic}.mov" ]
}

@test "one job and sixteen make the same tree and the same report" {
    mkdir card
    for i in $(seq 1 60); do
        photo "card/$((i % 7))/IMG_$((i % 20)).JPG" "2020:01:0$((i % 3 + 1)) 03:04:05" "$((i % 45))"
    done
    glassine import --jobs 1 --json -d one card > report1
    glassine import --jobs 16 --json -d two card > report16
    diff -r -x .glassine one two
    diff <(jq -c 'del(.seconds)' report1 | sed 's#/one/#/lib/#g') <(jq -c 'del(.seconds)' report16 | sed 's#/two/#/lib/#g')
}

@test "the configuration's templates and exclusions are used" {
    cp -r "$fixtures/sample" card
    cat > config.ini <<'CONFIG'
[Directory]
date=%Y
full_path=%date/%camera_make|"nobody"
[File]
date=%H-%M
name=%date-%original_name.%extension
capitalization=upper
[Exclusions]
notes=/notes/
CONFIG
    glassine import --config config.ini --json -d lib card > report
    [[ "$(json_of report 100GLASS/IMG_0001.JPG destination)" == "$work"/lib/2023/*/09-12-IMG_0001.JPG ]]
    [ -z "$(json_of report packing.txt status)" ]
}

@test "--album-from-folder names the album where none is stated, in the copy" {
    mkdir -p "card/Summer by the Sea"
    photo "card/Summer by the Sea/a.jpg" "2020:01:02 03:04:05"
    cp "$fixtures/elodie/with-album.jpg" "card/Summer by the Sea/"
    glassine import --album-from-folder --json -d lib card > report
    stored=$(json_of report a.jpg destination)
    [[ "$stored" == "$work/lib/2020-01-Jan/Summer by the Sea/"* ]]
    [ "$(glassine show --json "$stored" | jq -r .album)" = "Summer by the Sea" ]
    [[ "$(json_of report with-album.jpg destination)" == *"/Test Album/"* ]]
    [ "$(glassine show --json "card/Summer by the Sea/a.jpg" | jq -r .album)" = null ]
}

@test "pairs of lines on a pipe, nothing on stdout with --quiet" {
    needs 'places (builtin|file)'
    photo a/IMG_1.JPG "2020:01:02 03:04:05"
    [ "$(glassine import -d lib a 2>/dev/null)" = "$PWD/a/IMG_1.JPG -> $PWD/lib/2020-01-Jan/Sydney/2020-01-02_03-04-05-img_1.jpg" ] ||
        [ "$(glassine import -n -d other a 2>/dev/null)" = "a/IMG_1.JPG -> $PWD/other/2020-01-Jan/Sydney/2020-01-02_03-04-05-img_1.jpg" ]
    [ -z "$(glassine import -q -d third a 2>&1)" ]
}

@test "nothing but libav of an image-only run: it is not loaded, and no process is made" {
    needs 'libavformat load'
    [ -z "${GLS_SANITIZE:-}" ] || skip "LeakSanitizer does not work under strace"
    command -v strace >/dev/null || skip "no strace"
    photo a/IMG_1.JPG "2020:01:02 03:04:05"
    strace -f -o trace "$GLS_BINARY_DIR/glassine" import -d lib a
    refute grep -q 'libavformat' trace
    [ "$(grep -Ec '(^| )(vfork|fork|execve)\(' trace)" = 1 ]
    strace -f -o trace "$GLS_BINARY_DIR/glassine" import -d lib "$fixtures/formats"
    [ "$(grep -Ec '(^| )(vfork|fork|execve)\(' trace)" = 1 ]
}

@test "bytes that stand under the destination's name already are adopted as they are" {
    photo a/IMG_1.JPG "2020:01:02 03:04:05"
    glassine import --dry-run --json -d lib a > plan
    stored=$(json_of plan IMG_1.JPG destination)
    mkdir -p "$(dirname "$stored")"
    cp a/IMG_1.JPG "$stored"
    glassine import --json -d lib a > report
    [ "$(json_of report IMG_1.JPG status)" = duplicate ]
    cmp a/IMG_1.JPG "$stored"
    glassine verify --json --library lib > verdict
    [ "$(jq -c 'select(.event == "summary") | [.ok, .rotten, .edited, .changed, .untracked]' verdict)" = "[1,0,0,0,0]" ]
}

@test "times of files before 1970 and beyond what nanoseconds count" {
    mkdir card
    for when in 1901-12-14 1969-12-31T23:59:59.25 2199-01-01 3000-01-01; do
        printf 'a note of %s\n' "$when" > "card/$when.txt"
        touch -d "$when" "card/$when.txt" 2>/dev/null || echo "this file system does not know $when" >&3
    done
    source_state card > source
    glassine import --json -d lib card > report
    [ "$(summary_of report)" = "[4,4,0,0,0]" ]
    [[ "$(json_of report 1969-12-31T23:59:59.25.txt destination)" == */lib/1969-12-Dec/* ]]
    source_state card | diff source -
    glassine verify --library lib -q
    # A sidecar of glassine's own making takes the photo's time, half a second before 1970.
    cp "$fixtures/formats/photo.avi" card/old.avi
    glassine import -q -d lib card/old.avi
    glassine update -q --time "1969-12-31 10:00:00.5" --title T "$(find lib -name '*.avi')"
    [ "$(find lib -name '1969-12-31*.avi.xmp' -printf %T@)" = -50400.5000000000 ] # as find writes it
    glassine verify --library lib -q
}

@test "what is said of a RAW without a sidecar does not speak of one" {
    glassine import --json -d lib "$fixtures/formats/photo.nef" > report
    [ "$(json_of report photo.nef written)" = none ]
    [[ "$(json_of report photo.nef written_reason)" == *"raw=embed"* ]]
    refute grep -q sidecar report
    [ "$(find lib -name '*.xmp' | wc -l)" -eq 0 ]
}
