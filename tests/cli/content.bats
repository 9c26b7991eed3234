#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Content decides what a file is, where its name has no extension or one of no format; the same in folders and archives.

load helper

make_card() {
    mkdir -p card/sub
    local number=0
    for name in IMG_1234 b.jpg_large DSC1.JPG.bak .IMG_9 .jpg sub/IMG_2 data.db cache.dat IMG_7.NEF.lock; do
        number=$((number + 1))
        photo "card/$name" "2020:01:02 03:04:$((10 + number))" "$number"
    done
    cp "$fixtures/formats/photo.mp4" card/clip
    cp "$fixtures/formats/photo.mpg" card/MOV001.MOD
    touch -d "2020-01-02 03:04:06" card/MOV001.MOD # which a ZIP can hold: it counts two seconds
    cp "$fixtures/formats/photo.dng" card/negative
    cp "$fixtures/formats/photo.heic" card/h.unknown
    echo information > card/MOV001.MOI
    # What content does not tell, or is of another kind.
    cp "$fixtures/formats/photo.tif" card/scan
    cp "$fixtures/formats/photo.mpg" card/VTS_01.VOB
    cp "$fixtures/formats/photo.m4a" card/memo
    cp "$fixtures/formats/photo.mp4" card/book.m4b
    echo text > card/notes
    # What other programs keep for themselves.
    mkdir -p card/.git/store card/phone/3d
    photo card/.git/store/abcd "2020:01:02 03:05:03" lfs
    photo card/phone/3d/3d0d "2020:01:02 03:05:04" phone
    touch card/phone/Manifest.db card/phone/Info.plist
    : > card/empty
    photo card/._IMG_3 "2020:01:02 03:05:00" dots
    photo card/IMG_4.jpg_original "2020:01:02 03:05:01" old
    photo card/IMG_5.jpg.part "2020:01:02 03:05:02" part
    # As a ZIP can state it.
    find card -exec touch -d '2024-05-06 07:08:10' {} +
}

filed() {
    (cd "$1" && find . -name .glassine -prune -o -type f -print | sort)
}

@test "a file whose name is of no format is filed as what its content is" {
    make_card
    printf '[File]\nname=%%date-%%original_name.%%extension\n' > config.ini
    glassine import --json --write-metadata none -d lib card > report
    [ "$(summary_of report)" = "[12,12,0,0,0]" ]
    [[ "$(json_of report IMG_1234 destination)" == */2020-01-02_03-04-11-img_1234.jpg ]]
    [ "$(json_of report IMG_1234 reason)" = "content is JPEG though the name has no extension" ]
    [[ "$(json_of report b.jpg_large destination)" == */2020-01-02_03-04-12-b.jpg ]]
    [[ "$(json_of report DSC1.JPG.bak destination)" == */2020-01-02_03-04-13-dsc1.jpg ]]
    [[ "$(json_of report /clip destination)" == *.mp4 ]]
    [[ "$(json_of report MOV001.MOD destination)" == *.mpg ]]
    [[ "$(json_of report MOV001.MOI destination)" == *.moi ]]
    [[ "$(json_of report negative destination)" == *.dng ]]
    [[ "$(json_of report h.unknown destination)" == *.heic ]]
    for name in .IMG_9 .jpg .git/store/abcd phone/3d/3d0d scan VTS_01.VOB memo book.m4b notes empty ._IMG_3; do
        [ "$(jq -r --arg name "/$name" 'select(.event == "left_out" and (.path | endswith($name))) | .reason' report)" = "not a supported file type" ]
    done
    glassine verify -q --library lib
    # The library is known from its files alone, and the card again from the library.
    glassine import --json -d lib card > report
    [ "$(summary_of report)" = "[12,0,12,0,0]" ]
    rm -rf lib/.glassine
    glassine generate-db -q --source lib
    [ "$(sqlite3 lib/.glassine/library.db 'select count(*) from files')" -eq 12 ]
    # A hidden file is looked into where it is named.
    glassine import --json -d lib card/.IMG_9 > report
    [ "$(summary_of report)" = "[1,1,0,0,0]" ]
    # In a library, too, other programs' files stay theirs.
    mkdir -p lib/.git/store
    photo lib/.git/store/abcd "2020:01:02 03:05:03" lfs
    rm -rf lib/.glassine
    glassine generate-db -q --source lib
    [ "$(sqlite3 lib/.glassine/library.db 'select count(*) from files')" -eq 13 ]
}

@test "what is no extension stays in the name" {
    for name in "Shot 12.30.45" "Shot 12.30.46" IMG_1234.2019 IMG_1235.2019 "Mr. Smith" a.foo .jpg; do
        photo "card/$name" "2020:01:02 03:04:05" "$name"
    done
    # One shot, if they had one stem.
    printf '{"photoTakenTime":{"timestamp":"1500000000"},"description":"said"}' > "card/Shot 12.30.46.supplemental-metadata.json"
    glassine import --json -d lib card card/.jpg > report
    [ "$(summary_of report)" = "[8,8,0,0,0]" ]
    (cd lib && find . -name .glassine -prune -o -type f -printf '%f\n' | sed 's/^2020-01-02_03-04-05-//' | LC_ALL=C sort | xargs) > filed
    [ "$(cat filed)" = ".jpg a.jpg img_1234.2019.jpg img_1235.2019.jpg mr.-smith.jpg shot-12.30.45.jpg shot-12.30.46.jpg shot-12.30.46.jpg.supplemental-metadata.json" ]
    # The names in the library say the same.
    rm -rf lib/.glassine
    glassine generate-db -q --source lib
    [ "$(glassine show --json "$(find lib -name '*46.jpg')" | jq -r .description)" = said ]
}

@test "a name that says nothing is grouped by what it is, and leaves the card with its shot" {
    photo card/IMG_1 "2020:01:02 03:04:05" still
    LC_ALL=C sed "s/2016:05:12 08:12:22/2020:01:02 03:04:05/g" "$fixtures/formats/photo.dng" > card/IMG_1.DNG
    echo '<plist/>' > card/IMG_1.AAE
    photo card/IMG_2 "2019:01:02 03:04:05" other
    printf '{"title":"IMG_2","photoTakenTime":{"timestamp":"1500000000"},"description":"said"}' > card/IMG_2.json
    glassine import --json --move --write-metadata none -d lib card > report
    [ "$(summary_of report)" = "[5,5,0,0,0]" ]
    [ -z "$(find card -type f)" ]
    still=$(json_of report "IMG_1" destination)
    for other in DNG AAE; do
        stored=$(json_of report "IMG_1.$other" destination)
        [ "${stored%.*}" = "${still%.*}" ]
    done
    [[ "$(json_of report IMG_2.json destination)" == */2019-01-Jan/*img_2.jpg.json ]]
}

@test "archives file the same of it as a folder" {
    needs 'archives (load|link)'
    make_card
    glassine import -q --write-metadata none -d lib card
    (cd card && python3 -m zipfile -c ../card.zip . && tar czf ../card.tgz .)
    for archive in card.zip card.tgz; do
        rm -rf lib2
        glassine import -q --write-metadata none -d lib2 $archive
        diff <(filed lib) <(filed lib2)
    done
}

@test "generate-db and update know a library's file by its content" {
    photo lib/IMG_1 "2020:01:02 03:04:05"
    echo text > lib/notes
    glassine generate-db -q --source lib
    [ "$(sqlite3 lib/.glassine/library.db "select cast(path as text), length(essence_xxh128) > 0, substr(date_taken, 1, 19) from files join metadata on file_id = id")" = "IMG_1|1|2020-01-02T03:04:05" ]
    glassine update -q --title Named lib/IMG_1
    [ -n "$(find lib -name '2020-01-02_03-04-05-img_1-named.jpg')" ]
    photo one "2020:01:02 03:04:05" one
    glassine show one | grep -q "filed as .*/2020-01-02_03-04-05-one.jpg$"
}

@test "a file that may not be read, and whose name says nothing, is named and left" {
    [ "$(id -u)" -ne 0 ] || skip "root may read everything"
    photo card/a.jpg "2020:01:02 03:04:05"
    photo card/IMG_1 "2020:01:02 03:04:06"
    chmod 0 card/IMG_1
    glassine import --json -d lib card > report
    [ "$(jq -r 'select(.event == "left_out") | .reason' report)" = "its name is of no type that is filed, and its content may not be read" ]
    run glassine import -d lib card/IMG_1
    [ "$status" -eq 1 ]
}

@test "what may be a picture and cannot be read in an archive fails; what is none is left out" {
    needs 'archives (load|link)'
    photo photo.jpg "2020:01:02 03:04:05"
    python3 - <<'END'
import struct, zipfile
photo = open("photo.jpg", "rb").read()
link = zipfile.ZipInfo("latest")
link.external_attr = 0o120777 << 16
link.create_system = 3
with zipfile.ZipFile("card.zip", "w") as out:
    for name, data in (("IMG_1", photo), ("IMG_2", photo + b"x" * 200000), ("IMG_3", photo),
                       ("data.dat", b"no picture" * 20000), (link, b"IMG_1"), ("empty", b""), ("IMG_4", photo)):
        out.writestr(name, data)
    rows = {info.filename: info.header_offset for info in out.infolist()}
whole = bytearray(open("card.zip", "rb").read())
for name, at in (("IMG_1", 100), ("IMG_2", 150000), ("data.dat", 150000)):
    whole[rows[name] + 30 + len(name) + at] ^= 255
at = whole.index(b"IMG_3", whole.index(b"PK\1\2")) - 46
whole[at + 8] |= 1
open("card.zip", "wb").write(whole)
END
    for more in -n -q; do
        run glassine import --json $more -d lib card.zip
        [ "$status" -eq 1 ]
        echo "$output" > report
        for name in IMG_1 IMG_2 IMG_3; do
            [ "$(json_of report /$name status)" = failed ]
        done
        [[ "$(json_of report /IMG_1 reason)" == *CRC* ]]
        [[ "$(json_of report /IMG_2 reason)" == *CRC* ]]
        [[ "$(json_of report /IMG_3 reason)" == "is encrypted; "* ]]
        [[ "$(json_of report /IMG_4 destination)" == */2020-01-02_03-04-05-img_4.jpg ]]
        [ "$(jq -r 'select(.event == "left_out") | .path | split("/") | last' report | sort | xargs)" = "data.dat empty latest" ]
    done
}

@test "what the first bytes leave open is known in an archive too" {
    needs 'archives (load|link)'
    mkdir card
    python3 - "$fixtures/formats" <<'END'
import struct, sys
# The first IFD behind the picture, and a movie from before ftyp that begins with a free box.
dng = open(sys.argv[1] + "/photo.dng", "rb").read()
order = "<" if dng[:2] == b"II" else ">"
at = struct.unpack(order + "I", dng[4:8])[0]
count = struct.unpack(order + "H", dng[at:at + 2])[0]
end = len(dng) + -len(dng) % 2 + 8192
open("card/late", "wb").write(dng[:4] + struct.pack(order + "I", end) + dng[8:at] + bytes(2 + 12 * count + 4) +
                              dng[at + 6 + 12 * count:].ljust(end - at - 6 - 12 * count, b"\0") +
                              dng[at:at + 6 + 12 * count])
movie = open(sys.argv[1] + "/photo.mp4", "rb").read()
size = struct.unpack(">I", movie[:4])[0]
open("card/old", "wb").write(struct.pack(">I", 8192) + b"free" + bytes(8184) + movie[size:])
END
    glassine import -q --write-metadata none -d lib card
    [ "$(filed lib | sed 's/.*\.//' | sort | xargs)" = "dng mov" ]
    (cd card && python3 -m zipfile -c ../card.zip . && tar czf ../card.tgz . && tar cf ../card.tar .)
    for archive in card.zip card.tgz card.tar; do
        rm -rf lib2
        glassine import -q --write-metadata none -d lib2 $archive
        diff <(filed lib) <(filed lib2)
    done
}
