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
