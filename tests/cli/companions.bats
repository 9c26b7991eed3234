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
