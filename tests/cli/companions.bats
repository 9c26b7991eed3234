#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Files of one shot that come one after the other, and sidecars that are alike.

load helper

shot="$GLS_SOURCE_DIR/fixtures/sample/DCIM/100GLASS"

# Stem of the stored file that a report names.
stem_of() {
    local stored
    stored=$(json_of "$1" "$2" destination)
    echo "${stored%.*}"
}

@test "a file whose companion the library has takes that one's folder and stem" {
    for known in DNG JPG; do
        for new in DNG JPG; do
            [ $known != $new ] || continue
            rm -rf lib first card
            mkdir -p first card
            # Another name then, and another unit of the same name, so that it is numbered.
            photo first/IMG_0003.JPG "2023:06:11 11:03:47" other
            glassine import -q -d lib first
            cp "$shot/IMG_0003.$known" first/RENAMED.$known
            glassine import --json -d lib first > before
            cp "$shot/IMG_0003.JPG" "$shot/IMG_0003.DNG" card
            glassine import --json -d lib card > report
            [ "$(json_of report IMG_0003.$known status)" = duplicate ]
            [ "$(json_of report IMG_0003.$new status)" = imported ]
            [ "$(stem_of report IMG_0003.$new)" = "$(stem_of before RENAMED.$known)" ]
            glassine verify --library lib -q
            # Once more, and nothing changes.
            glassine import --json -d lib card > report
            [ "$(summary_of report)" = "[2,0,2,0,0]" ]
        done
    done
}

@test "a file whose companion is gone from the library is filed by itself" {
    mkdir -p first
    cp "$shot/IMG_0003.DNG" first/RENAMED.DNG
    glassine import -q -d lib first
    find lib -name '*.dng' -delete
    mkdir card
    cp "$shot/IMG_0003.JPG" "$shot/IMG_0003.DNG" card
    glassine import --json -d lib card > report
    [ "$(summary_of report)" = "[2,2,0,0,0]" ]
    [[ "$(json_of report IMG_0003.JPG destination)" == *img_0003.jpg ]]
    [ "$(stem_of report IMG_0003.DNG)" = "$(stem_of report IMG_0003.JPG)" ]
}

@test "the sidecar of a duplicate is one too, however soon the duplicate comes" {
    for count in 0 300; do
        rm -rf lib card
        photo card/a/IMG_1.JPG "2020:01:02 03:04:05" same
        photo card/z/IMG_1.JPG "2020:01:02 03:04:05" same
        echo '<plist/>' | tee card/a/IMG_1.AAE > card/z/IMG_1.AAE
        # A batch's worth between them, or nothing.
        for i in $(seq 1 $count); do photo card/m/$i.JPG "2020:01:03 03:04:05" "$i"; done
        glassine import --json -n -d lib card > dry
        glassine import --json -d lib card > report
        for file in dry report; do
            [ "$(json_of $file z/IMG_1.JPG status)" = duplicate ]
            [ "$(json_of $file z/IMG_1.AAE status)" = duplicate ]
            [ "$(json_of $file z/IMG_1.AAE destination)" = "$(json_of $file a/IMG_1.AAE destination)" ]
        done
        [ "$(find lib -name '*.aae' | wc -l)" = 1 ]
    done
}

@test "the sidecar of another photo of the same name is kept with its own" {
    photo card/a/IMG_1.JPG "2020:01:02 03:04:05" one
    photo card/z/IMG_1.JPG "2020:01:02 03:04:05" two
    echo '<plist/>' | tee card/a/IMG_1.AAE > card/z/IMG_1.AAE
    glassine import --json -d lib card > report
    [ "$(summary_of report)" = "[4,4,0,0,0]" ]
    [ "$(stem_of report z/IMG_1.AAE)" = "$(stem_of report z/IMG_1.JPG)" ]
    [ "$(stem_of report a/IMG_1.AAE)" = "$(stem_of report a/IMG_1.JPG)" ]
}

@test "companions that went with their photo, or without it, come back under their names" {
    mkdir card
    cp "$shot"/IMG_0003.* "$shot"/IMG_0005.* "$shot"/IMG_0006.* card
    for gone in '*' '*.xmp' '*.aae' '*.jpg' '*.dng'; do
        rm -rf lib
        glassine import --json -d lib card > first
        tree lib > before
        find lib -name .glassine -prune -o -type f -name "$gone" -exec rm {} +
        glassine import --json -d lib card > second
        tree lib | diff before -
        diff <(jq -r .destination first) <(jq -r .destination second)
        [ "$(jq -s 'map(select(.status == "failed" or .status == "skipped")) | length' second)" = 0 ]
        glassine verify -q --library lib
    done
}

@test "a sidecar of glassine's making comes back, and stands for itself" {
    mkdir -p "card/Album of the shot"
    cp "$shot"/IMG_0003.DNG "card/Album of the shot/a.nef"
    cp "$fixtures"/formats/photo.nef "card/Album of the shot/b.nef"
    for gone in '*' '*.xmp' '*.nef'; do
        rm -rf lib
        glassine import -q --album-from-folder -d lib card
        tree lib > before
        [ "$(grep -c 'xmp$' before)" -ge 1 ]
        find lib -name .glassine -prune -o -type f -name "$gone" -exec rm {} +
        glassine import -q --album-from-folder -d lib card
        # Without its photo's coming again it is not made again.
        [ "$gone" = '*.xmp' ] || tree lib | diff before -
    done
}

@test "the same bytes twice in one unit are stored once" {
    mkdir card
    cp "$shot"/IMG_0003.* card
    cp card/IMG_0003.JPG card/IMG_0003.JPEG
    glassine import --json -d lib card > report
    [ "$(summary_of report)" = "[3,2,1,0,0]" ]
    [ "$(json_of report IMG_0003.JPG status)" = duplicate ]
    [ "$(json_of report IMG_0003.JPG destination)" = "$(json_of report IMG_0003.JPEG destination)" ]
    glassine verify -q --library lib
}

@test "one .xmp beside RAW and JPEG speaks for both, NAME.EXT.xmp before NAME.xmp" {
    mkdir card
    cp "$shot"/IMG_0003.* card
    sed 's/2016-06-02T08:33:43+02:00/2011-03-04T05:06:07+01:00/; s/Album of xmp/Shared/' \
        "$fixtures/formats/sidecar-xmp.jpg.xmp" > card/IMG_0003.xmp
    glassine import --json -d lib card > report
    [ "$(summary_of report)" = "[3,3,0,0,0]" ]
    [[ "$(json_of report IMG_0003.JPG destination)" == "$work/lib/2011-03-Mar/Shared/2011-03-04_05-06-07-"*.jpg ]]
    [ "$(stem_of report IMG_0003.DNG)" = "$(stem_of report IMG_0003.JPG)" ]
    [ "$(stem_of report IMG_0003.xmp)" = "$(stem_of report IMG_0003.JPG)" ]
    sed 's/Shared/Own/' card/IMG_0003.xmp > card/IMG_0003.JPG.xmp
    glassine import --json -d lib2 card > report
    [[ "$(json_of report IMG_0003.JPG destination)" == "$work/lib2/2011-03-Mar/Own/"* ]]
    # As show says.
    [ "$(glassine show --json card/IMG_0003.JPG | jq -r .album)" = Own ]
    [ "$(glassine show --json card/IMG_0003.DNG | jq -r .album)" = Shared ]
}

@test "stems are compared without regard to case" {
    mkdir card
    cp "$shot/IMG_0003.JPG" card/img_0003.jpg
    cp "$shot/IMG_0003.DNG" card/IMG_0003.DNG
    cp "$shot/IMG_0006.JPG" card/Img_0006.JPG
    cp "$shot/IMG_0006.AAE" card/iMG_0006.aae
    glassine import --json -d lib card > report
    [ "$(stem_of report img_0003.jpg)" = "$(stem_of report IMG_0003.DNG)" ]
    [ "$(stem_of report Img_0006.JPG)" = "$(stem_of report iMG_0006.aae)" ]
    # Another picture of the same name in another case is another picture.
    photo card/IMG_0003.JPG "2023:06:11 11:03:47" other
    glassine import --json -d lib card > report
    [ "$(summary_of report)" = "[5,1,4,0,0]" ]
}

@test "a duplicate's other sidecar becomes a further version of the stored picture's" {
    photo 1/a.jpg "2019:07:21 23:06:38" one
    for card in 2 3 4; do mkdir $card; cp 1/a.jpg $card; done
    photo 5/a.jpg "2019:07:21 23:06:38" another
    for card in 2 3 4; do
        sed "s/<dc:title>.*<\/dc:title>/<dc:title>Title $card<\/dc:title>/" "$fixtures/formats/sidecar-xmp.jpg.xmp" > $card/a.jpg.xmp
        printf '<!-- %s -->' $card >> $card/a.jpg.xmp
    done
    for card in 1 2 3 4 5; do
        glassine import -q -d lib $card
        # Once more, and nothing changes.
        glassine import --json -d lib $card > report
        [ "$(summary_of report | jq '.[1]')" = 0 ]
    done
    stem=$(cd lib && find . -name '*-a.jpg')
    stem=${stem%.jpg}
    (cd lib && find . -name .glassine -prune -o -type f -print | LC_ALL=C sort) > names
    printf '%s\n' "$stem-1.jpg" "$stem.jpg" "$stem.jpg.xmp" "${stem}_01.jpg.xmp" "${stem}_02.jpg.xmp" | diff - names
    cmp "lib/${stem}_01.jpg.xmp" 3/a.jpg.xmp
    # They are its own: they move along.
    glassine update -q --album Trip "lib/$stem.jpg"
    [ "$(find lib -path '*/Trip/*' | wc -l)" = 4 ]
}

@test "a duplicate's other sidecar that has no further version stays, and so does its picture" {
    photo card/IMG_1.JPG "2020:01:02 03:04:05" same
    echo '<plist/>' > card/IMG_1.AAE
    glassine import -q -d lib card
    echo '<plist>other</plist>' > card/IMG_1.AAE
    glassine import --move --json -d lib card > report
    [ "$(summary_of report)" = "[2,0,1,1,0]" ]
    [[ "$(json_of report IMG_1.AAE reason)" == *"keep one"* ]]
    [ -f card/IMG_1.JPG ] && [ -f card/IMG_1.AAE ]
    [ "$(find lib -name '*.aae' | wc -l)" = 1 ]
}

@test "no picture gets a name beside which another one's sidecar stands" {
    mkdir -p raw
    cp "$shot/IMG_0003.DNG" raw/a.dng
    echo '<plist/>' > raw/a.aae
    printf '[File]\nname="same".%%extension\n[Directory]\nfull_path="all"\n' > config.ini
    photo other/a.jpg "2020:01:02 03:04:05" other
    glassine import --config config.ini -q -d lib raw
    glassine import --config config.ini -q -d lib other
    (cd lib/all && echo *) > names
    [ "$(cat names)" = "same-1.jpg same.aae same.dng" ]
    # And the other way round.
    rm -rf lib
    glassine import --config config.ini -q -d lib other
    glassine import --config config.ini -q -d lib raw
    (cd lib/all && echo *) > names
    [ "$(cat names)" = "same-1.aae same-1.dng same.jpg" ]
}

@test "the sidecar of a picture that came twice in one unit joins the one that is stored" {
    photo card/a.jpg "2020:01:02 03:04:05" same
    cp card/a.jpg card/a.jpeg
    cp "$fixtures/formats/sidecar-xmp.jpg.xmp" card/a.jpg.xmp
    glassine import -q -d lib card
    (cd lib && find . -name .glassine -prune -o -type f -printf '%f\n' | LC_ALL=C sort) > names
    [ "$(sed 's/.*-//' names | tr '\n' ' ')" = "a.jpeg a.jpeg.xmp " ]
}

# frame PATH SECOND BURST: a JPEG of an iPhone, whose maker note has that identifier.
frame() {
    mkdir -p "$(dirname "$1")"
    {
        printf '\xff\xd8\xff\xe1\0\xabExif\0\0MM\0\x2a\0\0\0\x08'
        printf '\0\2\1\x0f\0\2\0\0\0\6\0\0\0\x26\x87\x69\0\4\0\0\0\1\0\0\0\x2c\0\0\0\0Apple\0'
        printf '\0\2\x90\3\0\2\0\0\0\x14\0\0\0\x4a\x92\x7c\0\7\0\0\0\x45\0\0\0\x5e\0\0\0\0'
        printf '2020:01:31 23:59:%s\0Apple iOS\0\0\1MM\0\1\0\x0b\0\2\0\0\0\x25\0\0\0\x20\0\0\0\0' "$2"
        printf '%s\0' "$3"
        tail -c +3 "$fixtures/elodie/no-exif.jpg"
        printf %s "$1"
    } > "$1"
}

@test "the frames of a burst of an iPhone are of one shot by their identifier" {
    local one=01CD4EE1-6491-485A-9540-81BC52066C97 two=9B539AB8-A668-4FA6-9207-EB653A5E7E3C
    frame card/a/IMG_0001.JPG 50 $one
    frame card/a/IMG_0002.JPG 55 $one
    frame card/a/IMG_E0002.JPG 55 $one # the edited version of a frame
    frame card/a/IMG_0003.JPG 59 $one
    frame card/a/IMG_0004.JPG 59 $two
    frame card/b/IMG_0002.JPG 50 $one # another card's, under the same name
    frame card/b/IMG_0003.JPG 55 $one
    echo '<plist/>' > card/a/IMG_0002.AAE
    [ "$(glassine show --json card/a/IMG_0001.JPG | jq -r '[.burst_id, .camera_make, .date_taken] | join(" ")')" = "$one Apple 2020-01-31T23:59:50" ]
    glassine import --json --move -d lib card > report
    [ -z "$(find card -type f)" ]
    (cd lib && find . -name .glassine -prune -o -type f -printf '%f\n') | LC_ALL=C sort > filed
    printf '%s\n' 2020-01-31_23-59-50-img_0001-burst-0002-edited.jpg \
        2020-01-31_23-59-50-img_0001-burst-0002.aae 2020-01-31_23-59-50-img_0001-burst-0002.jpg \
        2020-01-31_23-59-50-img_0001-burst-0003.jpg 2020-01-31_23-59-50-img_0001.jpg \
        2020-01-31_23-59-50-img_0002-burst-0003.jpg 2020-01-31_23-59-50-img_0002.jpg \
        2020-01-31_23-59-59-img_0004.jpg | diff - filed
    # The files alone say it, too.
    local query='select group_concat(name, " ") from (select unit_id, cast(path as text) as name from files order by 2) group by unit_id order by 1'
    sqlite3 lib/.glassine/library.db "$query" > before
    [ "$(wc -l < before)" -eq 3 ]
    rm -r lib/.glassine
    glassine generate-db -q -s lib
    sqlite3 lib/.glassine/library.db "$query" | diff before -
}

@test "a burst of many frames leaves each room for its edited version and its sidecar" {
    for i in $(seq -w 1 70); do frame card/IMG_00$i.JPG 50 01CD4EE1-6491-485A-9540-81BC52066C97; done
    frame card/IMG_E0002.JPG 50 01CD4EE1-6491-485A-9540-81BC52066C97
    echo '<plist/>' | tee card/IMG_0002.AAE > card/IMG_0069.AAE
    glassine import --json --move -d lib card > report
    [ -z "$(find card -type f)" ]
    [ "$(summary_of report)" = "[73,73,0,0,0]" ]
    [[ "$(json_of report IMG_E0002.JPG destination)" == *-img_0001-burst-0002-edited.jpg ]]
    [[ "$(json_of report IMG_0002.AAE destination)" == *-img_0001-burst-0002.aae ]]
    [[ "$(json_of report IMG_0069.AAE destination)" == *-img_0065-burst-0069.aae ]]
    local query='select count(*) from files group by unit_id'
    [ "$(sqlite3 lib/.glassine/library.db "$query" | xargs)" = "18 16 16 16 7" ]
    rm -r lib/.glassine
    glassine generate-db -q -s lib
    [ "$(sqlite3 lib/.glassine/library.db "$query" | sort -n | xargs)" = "7 16 16 16 18" ]
}

@test "a burst that names tell leaves each frame room for its sidecars, and loses none" {
    for i in $(seq -w 1 70); do
        photo card/20231207_101605_0$i.jpg "2023:12:07 10:16:05" "$i"
        photo card/PXL_1.BURST-$i.jpg "2023:12:07 10:16:06" "p$i"
        echo '<x:xmpmeta xmlns:x="adobe:ns:meta/"/>' | tee card/PXL_1.BURST-$i.jpg.xmp > card/20231207_101605_0$i.jpg.xmp
        echo "{\"title\":\"20231207_101605_0$i.jpg\",\"photoTakenTime\":{\"timestamp\":\"1701944165\"}}" > card/20231207_101605_0$i.jpg.json
    done
    mv card/PXL_1.BURST-01.jpg card/PXL_1.BURST-01.COVER.jpg
    mv card/PXL_1.BURST-01.jpg.xmp card/PXL_1.BURST-01.COVER.jpg.xmp
    glassine import --json --move -d lib card > report
    [ -z "$(find card -type f)" ]
    [ "$(summary_of report)" = "[350,350,0,0,0]" ]
    [[ "$(json_of report /20231207_101605_016.jpg.xmp destination)" == *-20231207_101605_001-burst-016.jpg.xmp ]]
    [[ "$(json_of report /20231207_101605_017.jpg.xmp destination)" == *-20231207_101605_017.jpg.xmp ]]
    local query='select count(*) from files group by unit_id'
    [ "$(sqlite3 lib/.glassine/library.db "$query" | sort -n | uniq -c | xargs)" = "54 2 54 3 1 32 1 48" ]
    rm -r lib/.glassine
    glassine generate-db -q -s lib
    [ "$(sqlite3 lib/.glassine/library.db "$query" | sort -n | uniq -c | xargs)" = "54 2 54 3 1 32 1 48" ]
}

@test "a sidecar for which its picture's shot has no room fails, and stays" {
    photo card/A.JPG "2020:01:02 03:04:05" same
    for i in $(seq -w 1 64); do echo "<x$i/>" > card/A_$i.JPG.xmp; done
    run -1 --separate-stderr glassine import --json --move -d lib card
    echo "$output" > report
    [ "$(summary_of report)" = "[65,64,0,0,1]" ]
    [ "$(ls card)" = A_64.JPG.xmp ]
    [[ "$(json_of report A_64.JPG.xmp reason)" == *"as many files as are filed together"* ]]
}

@test "what the first file of a shot does not state, another of it may" {
    mkdir card
    cp "$GLS_SOURCE_DIR/fixtures/elodie/no-exif.jpg" card/IMG_0004.JPG
    cp "$shot/IMG_0004.MOV" card
    glassine import --json -d lib card > report
    [ "$(stem_of report IMG_0004.JPG)" = "$(stem_of report IMG_0004.MOV)" ]
    [ "$(json_of report IMG_0004.JPG destination)" = "$(cd lib && pwd)/2023-07-Jul/London/2023-07-01_12-00-29-img_0004.jpg" ]
    # The next command sees the same.
    glassine update --title Piazza "$(json_of report IMG_0004.JPG destination)"
    [ -f lib/2023-07-Jul/London/2023-07-01_12-00-29-img_0004-piazza.jpg ]
    [ -f lib/2023-07-Jul/London/2023-07-01_12-00-29-img_0004-piazza.mov ]
    glassine verify --library lib -q
}

# What an interrupted run filed of a unit, and a file that was gone and comes again.
@test "a unit that two runs file is one" {
    mkdir card
    cp "$GLS_SOURCE_DIR"/fixtures/sample/DCIM/100GLASS/IMG_000[3-6].* card
    glassine import -q -d lib card
    local query='select group_concat(name, " ") from (select unit_id, cast(path as text) as name from files order by 2) group by unit_id order by 1'
    sqlite3 lib/.glassine/library.db "$query" > before
    [ "$(wc -l < before)" -eq 4 ]
    for name in *3.jpg *3.dng *4.heic *5*.jpg *5*.xmp *6.jpg *6.aae; do
        find lib -name "2023*$name" -delete
        glassine import -q -d lib card
        sqlite3 lib/.glassine/library.db "$query" | diff before -
    done
}

@test "a companion that comes later is of one unit with its picture" {
    mkdir card
    local shots="$GLS_SOURCE_DIR"/fixtures/sample/DCIM/100GLASS
    local query='select count(*), count(distinct unit_id), min(unit_id) > 0 from files'
    # Alone: by an earlier run, or from another folder of the same card.
    cp "$shots/IMG_0006.JPG" card
    glassine import -q -d lib card
    cp "$shots/IMG_0006.AAE" card
    glassine import -q -d lib card
    [ "$(sqlite3 lib/.glassine/library.db "$query")" = "2|1|1" ]
    mkdir card/a
    mv card/IMG_0006.AAE card/a
    cp "$shots/IMG_0006.JPG" card/a
    glassine import -q -d other card
    [ "$(sqlite3 other/.glassine/library.db "$query")" = "2|1|1" ]
    # They go on together.
    glassine update -q --time "2001-02-03 04:05:06" lib/*/*/*.jpg
    [ "$(find lib/2001* -type f | wc -l)" -eq 2 ]
}
