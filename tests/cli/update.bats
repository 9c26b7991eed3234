#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What an update makes of files that a library holds: tags, folder, name, database.

load helper

# A library "lib" of one photo of 2020-01-02 03:04:05, original name img_1.jpg; its path in $stored.
one_photo() {
    photo card/IMG_1.JPG "2020:01:02 03:04:05"
    jpeg_without_place card/IMG_1.JPG
    glassine import --json -d lib card > imported
    stored=$(json_of imported IMG_1.JPG destination)
    [ -f "$stored" ]
}

# The fixture's photo says where it was taken; a plain one is wanted here.
jpeg_without_place() {
    local date=${2:-2020-01-02 03:04:05}
    cp "$fixtures/structures/jpeg-bare.jpg" "$1"
    glassine update -q --in-place --time "$date" "$1"
}

# The only media file of a library.
the_file() {
    find "$1" -name .glassine -prune -o -type f -print
}

value() {
    glassine show --json "$2" | jq -r ".$1"
}

# The stored files are what the database says, and all of them.
sound() {
    glassine verify --library "$1" --json > verified
    jq -e -s 'map(select(.event == "file" and .state != "ok")) | length == 0' verified > /dev/null ||
        { cat verified; return 1; }
    jq -e 'select(.event == "summary") | .untracked == 0 and .missing == 0 and .rotten == 0' verified > /dev/null ||
        { cat verified; return 1; }
}

row() {
    sqlite3 -readonly "$1/.glassine/library.db" "$2"
}

# The original is still known by its own bytes.
still_duplicate() {
    glassine import --json -d lib card > again
    [ "$(jq -s 'map(select(.event == "file" and .status != "duplicate")) | length' again)" = 0 ]
}

@test "a file that another program edited is recorded as it is where an update leaves its bytes" {
    one_photo
    glassine update -q --album Trip "$stored"
    file=$(the_file lib)
    printf x >> "$file"
    glassine update -q --album Trip "$file"
    sound lib
    still_duplicate
}

@test "--time moves the file and writes the date, with and without offset, and as a day alone" {
    one_photo
    glassine update --json --time "2021-05-06 07:08:09" "$stored" > report
    file=$(jq -r 'select(.event == "file") | .destination' report)
    [ "$file" = "$work/lib/2021-05-May/Unknown Location/2021-05-06_07-08-09-img_1.jpg" ]
    [ "$(the_file lib)" = "lib/2021-05-May/Unknown Location/2021-05-06_07-08-09-img_1.jpg" ]
    [ ! -e lib/2020-01-Jan ]
    [ "$(value date_taken "$file")" = "2021-05-06T07:08:09" ]
    [ "$(stat -c %Y "$file")" = "$(date -d 2021-05-06T07:08:09Z +%s)" ]

    glassine update --time "2021-05-06 07:08+05:30" "$file"
    file="lib/2021-05-May/Unknown Location/2021-05-06_07-08-00-img_1.jpg"
    [ "$(value date_taken "$file")" = "2021-05-06T07:08:00" ]
    [ "$(value utc_offset "$file")" = "+05:30" ]
    [ "$(row lib 'select date_taken from files')" = "2021-05-06T07:08:00+05:30" ]

    glassine update --time 2019-12-31 "$file"
    file="lib/2019-12-Dec/Unknown Location/2019-12-31_00-00-00-img_1.jpg"
    [ "$(value date_taken "$file")" = "2019-12-31T00:00:00" ]
    sound lib
    still_duplicate
}

@test "--album and --title: folder, name, tags, database; a second title replaces the first" {
    one_photo
    before=$(row lib 'select source_sha256 from files')
    glassine update --album "Summer by the Sea" --title "First words" "$stored"
    file="lib/2020-01-Jan/Summer by the Sea/2020-01-02_03-04-05-img_1-first-words.jpg"
    [ "$(the_file lib)" = "$file" ]
    glassine update --title "Second" "$file"
    file="lib/2020-01-Jan/Summer by the Sea/2020-01-02_03-04-05-img_1-second.jpg"
    [ "$(the_file lib)" = "$file" ]
    [ "$(value title "$file")" = Second ]
    [ "$(value album "$file")" = "Summer by the Sea" ]
    [ "$(value original_name "$file")" = IMG_1.JPG ]
    [ "$(row lib 'select title, album, original_name from metadata')" = "Second|Summer by the Sea|IMG_1.JPG" ]
    [ "$(row lib 'select path from files')" = "${file#lib/}" ]
    [ "$(row lib 'select source_sha256 from files')" = "$before" ]
    sound lib
    still_duplicate
}

@test "a title or album stays inside the library and is never a format" {
    one_photo
    glassine update --title '../../../x%s%n' --album '../..' "$stored"
    [ "$(find . -name '*x%s%n*' | wc -l)" = 1 ]
    [[ "$(the_file lib)" == lib/2020-01-Jan/* ]]
    [ "$(value title "$(the_file lib)")" = '../../../x%s%n' ]
    sound lib
}

@test "values that cannot be written are refused before anything is touched" {
    one_photo
    tree lib > before
    for bad in $'new\nline' $'\x01' $'\xff\xfe' "$(head -c 5000 /dev/zero | tr '\0' x)"; do
        run glassine update --title "$bad" "$stored"
        [ "$status" -eq 2 ]
    done
    for bad in 2020-13-01 "2020-01-01 25:00" yesterday 0000-00-00 "2020-01-01 10:00+99:00"; do
        run glassine update --time "$bad" "$stored"
        [ "$status" -eq 2 ]
        [[ "$output" == *"--time"* ]]
    done
    for bad in + 1x 1h1h "" 99999999999999999999d -- 1.5h; do
        run glassine update --shift="$bad" "$stored"
        [ "$status" -eq 2 ]
    done
    for bad in 91,0 0,181 nan,nan inf,0 0,0 -0.0,0; do
        run glassine update --location "$bad" "$stored"
        [ "$status" -eq 2 ]
    done
    run glassine update "$stored"
    [ "$status" -eq 2 ]
    run glassine update --clear place "$stored"
    [ "$status" -eq 2 ]
    run glassine update --clear album --album x "$stored"
    [ "$status" -eq 2 ]
    run glassine update --shift 1h --time 2020-01-01 "$stored"
    [ "$status" -eq 2 ]
    run glassine update --title x
    [ "$status" -eq 2 ]
    tree lib > after
    diff before after
}

@test "--location as LAT,LON for every sign, and the folder follows" {
    needs 'places (builtin|file)'
    one_photo
    file=$stored
    for place in 48.8583,2.2945 -33.8568,151.2153 40.7580,-73.9855 -22.9519,-43.2105 0,0.5; do
        glassine update --json --location "$place" "$file" > report
        file=$(jq -r 'select(.event == "file") | .destination' report)
        got=$(glassine show --json "$file" | jq -r '"\(.latitude),\(.longitude)"')
        awk -v a="$place" -v b="$got" 'BEGIN { split(a, x, ","); split(b, y, ",");
            d = x[1] - y[1]; e = x[2] - y[2]; exit !(d * d < 1e-11 && e * e < 1e-11) }'
    done
    glassine update --location=48.8583,2.2945 "$file"
    [ "$(the_file lib)" = "lib/2020-01-Jan/Paris/2020-01-02_03-04-05-img_1.jpg" ]
    sound lib
    still_duplicate
}

@test "--location by name; an ambiguous or unknown name lists candidates and touches nothing" {
    needs 'places (builtin|file)'
    one_photo
    tree lib > before
    run glassine update --location Springfield "$stored"
    [ "$status" -eq 2 ]
    [[ "$output" == *ambiguous*Missouri* ]]
    run glassine update --location Qwxzyqq "$stored"
    [ "$status" -eq 2 ]
    [[ "$output" == *"not known"* || "$output" == *"no place"* || "$output" == *Qwxzyqq* ]]
    tree lib > after
    diff before after
    glassine update --location "Las Vegas, NV" "$stored"
    [ "$(the_file lib)" = "lib/2020-01-Jan/Las Vegas/2020-01-02_03-04-05-img_1.jpg" ]
    sound lib
}

@test "--shift moves each file's own time, also across years" {
    one_photo
    jpeg_without_place card/IMG_2.JPG "2019-12-31 23:30:00"
    glassine import -d lib card
    glassine update --shift +1h30m lib
    [ -f "lib/2020-01-Jan/Unknown Location/2020-01-02_04-34-05-img_1.jpg" ]
    [ -f "lib/2020-01-Jan/Unknown Location/2020-01-01_01-00-00-img_2.jpg" ]
    glassine update --shift=-2d lib
    [ -f "lib/2019-12-Dec/Unknown Location/2019-12-31_04-34-05-img_1.jpg" ]
    [ -f "lib/2019-12-Dec/Unknown Location/2019-12-30_01-00-00-img_2.jpg" ]
    [ ! -e lib/2020-01-Jan ]
    glassine update --shift -1w1s lib
    [ -f "lib/2019-12-Dec/Unknown Location/2019-12-24_04-34-04-img_1.jpg" ]
    sound lib
    still_duplicate
}

@test "--clear removes values; the file goes back to where it belongs without them" {
    one_photo
    glassine update --album A --title T --location 48.8583,2.2945 "$stored"
    [ "$(the_file lib)" = "lib/2020-01-Jan/A/2020-01-02_03-04-05-img_1-t.jpg" ]
    glassine update --clear album,title,location "$(the_file lib)"
    [ "$(the_file lib)" = "lib/2020-01-Jan/Unknown Location/2020-01-02_03-04-05-img_1.jpg" ]
    for key in album title latitude longitude; do
        [ "$(value $key "$(the_file lib)")" = null ]
    done
    glassine update --json --clear album "$(the_file lib)" > report
    [ "$(summary_of report)" = "[1,0,0,1,0]" ]
    sound lib
}

@test "the same values a second time: nothing to change, byte for byte" {
    one_photo
    glassine update --album A --title T --location 48.8583,2.2945 --time "2020-02-03 04:05:06" "$stored"
    file=$(the_file lib)
    find lib -name .glassine -prune -o -printf '%p %i %T@ %s\n' | sort > before
    glassine update --json --album A --title T --location 48.8583,2.2945 --time "2020-02-03 04:05:06" "$file" > report
    find lib -name .glassine -prune -o -printf '%p %i %T@ %s\n' | sort > after
    diff before after
    [ "$(summary_of report)" = "[1,0,0,1,0]" ]
    [ "$(json_of report .jpg reason)" = "nothing to change" ]
}

@test "companions move along: RAW and JPEG, Live Photo, sidecar, Apple's edits" {
    mkdir card
    cp "$fixtures"/sample/DCIM/100GLASS/IMG_000[3456].* card
    glassine import --json -d lib card > imported
    count=$(tree lib | wc -l)
    for name in IMG_0003.JPG IMG_0004.HEIC IMG_0005.JPG IMG_0006.JPG; do
        glassine update --title "New ${name%.*}" --album Trip "$(json_of imported "$name" destination)"
    done
    [ "$(tree lib | wc -l)" = "$count" ]
    mkdir all
    cp -a lib/*/Trip/* all
    cd all
    [ "$(ls | sed -E 's/^[^.]*\.//' | sort | tr '\n' ' ')" = "aae dng heic jpg jpg jpg jpg.xmp mov " ] || { ls; false; }
    for pair in 'img_0003*.jpg img_0003*.dng' 'img_0004*.heic img_0004*.mov' 'img_0006*.jpg img_0006*.aae'; do
        set -- $pair
        a=$(ls *-$1) b=$(ls *-$2)
        [ "${a%.*}" = "${b%.*}" ]
    done
    [ "$(ls *-img_0005*.jpg).xmp" = "$(ls *-img_0005*.jpg.xmp)" ]
    cd "$work"
    # Both halves say the same, and so does the sidecar.
    for file in lib/*/Trip/*; do
        case $file in
        *.aae) ;;
        *.xmp) grep -q "New IMG_0005" "$file" ;;
        *)
            [[ "$(value title "$file")" == "New IMG_000"* ]]
            [ "$(value album "$file")" = Trip ]
            ;;
        esac
    done
    sound lib
    still_duplicate
}

@test "a file with a sidecar: both are told, and agree" {
    mkdir card
    cp "$fixtures"/sample/DCIM/100GLASS/IMG_0005.* card
    glassine import --json -d lib card > imported
    file=$(json_of imported IMG_0005.JPG destination)
    glassine update --title Both --album Same --time "2022-02-02 02:02:02" --location 48.8583,2.2945 "$file"
    file=$(find lib -name '*.jpg')
    [ -f "$file.xmp" ]
    cp "$file" alone.jpg
    for copy in "$file" alone.jpg; do
        [ "$(value title "$copy")" = Both ]
        [ "$(value album "$copy")" = Same ]
        [ "$(value date_taken "$copy")" = "2022-02-02T02:02:02" ]
        [ "$(value 'latitude | . * 10000 | round' "$copy")" = 488583 ]
    done
    sound lib
    glassine update --clear title,location "$file"
    file=$(find lib -name '*.jpg')
    cp "$file" alone.jpg
    for copy in "$file" alone.jpg; do
        [ "$(value title "$copy")" = null ]
        [ "$(value latitude "$copy")" = null ]
    done
    sound lib
}

@test "a RAW file stays byte-equal and gets a sidecar, which moves along and is updated" {
    mkdir card
    cp "$fixtures/formats/photo.nef" card/DSC_1.NEF
    glassine import --json -d lib card > imported
    file=$(json_of imported DSC_1.NEF destination)
    glassine update --json --title Raw --time "2022-02-02 02:02:02" --location 48.8583,2.2945 "$file" > report
    [ "$(json_of report .nef written)" = sidecar ]
    file=$(find lib -name '*.nef')
    cmp "$file" card/DSC_1.NEF
    [ -f "$file.xmp" ]
    [ "$(value title "$file")" = Raw ]
    [ "$(value date_taken "$file")" = "2022-02-02T02:02:02" ]
    # The name that the database alone kept goes along, for another library.
    [ "$(value original_name "$file")" = DSC_1.NEF ]
    glassine update --title "Raw two" --album Trip "$file"
    [ "$(find lib -name '*.xmp' | wc -l)" = 1 ]
    file=$(find lib -path '*/Trip/*.nef')
    cmp "$file" card/DSC_1.NEF
    [ "$(value title "$file")" = "Raw two" ]
    [[ "$file" == *-raw-two.nef ]]
    [ -f "$file.xmp" ]
    sound lib
    still_duplicate
}

@test "a time at an offset of zero stays as it was set when the RAW file is updated again" {
    mkdir card
    cp "$fixtures/formats/photo.nef" card/DSC_1.NEF
    glassine import --json -d lib card > imported
    file=$(json_of imported DSC_1.NEF destination)
    export GLASSINE_CONFIG=$PWD/config
    printf '[Time]\nzone=Asia/Tokyo\n' > config
    glassine update --time "2022-01-02 23:30:00+00:00" "$file"
    for title in First Second; do
        file=$(find lib -name '*.nef')
        [[ "$file" == */2022-01-02_23-30-00-* ]]
        [ "$(value date_taken "$file")" = "2022-01-02T23:30:00" ]
        grep -q '2022-01-02T23:30:00+00:00' "$file.xmp"
        glassine update --title "$title" "$file"
    done
    sound lib
}

@test "an extended XMP that states an album is not contradicted: a sidecar gets the new one" {
    mkdir card
    cp "$fixtures/structures/jpeg-xmp-extended.jpg" card/a.jpg
    glassine import -d lib card
    file=$(find lib -name '*.jpg')
    cp "$file" before.jpg
    glassine update --json --album New "$file" > report
    [ "$(json_of report .jpg written)" = sidecar ]
    [[ "$(json_of report .jpg written_reason)" == *"extended XMP"* ]]
    file=$(find lib -path '*/New/*.jpg')
    cmp "$file" before.jpg
    [ "$(value album "$file")" = New ]
    glassine update --json --title "A title" "$file" > report
    [ "$(json_of report .jpg written)" = embedded ]
    sound lib
}

@test "a name that no tag can hold is kept by the database alone" {
    mkdir -p card/Trip
    cp "$fixtures/structures/jpeg-bare.jpg" $'card/Trip/line\nbreak.jpg'
    cp "$fixtures/formats/photo.nef" $'card/Trip/raw\nbreak.nef'
    glassine import --json --album-from-folder -d lib card > report
    [ "$(summary_of report)" = '[2,2,0,0,0]' ]
    for file in "$(find lib -name '*.jpg')" "$(find lib -name '*.nef')"; do
        [ "$(value album "$file")" = Trip ]
    done
    [ "$(sqlite3 lib/.glassine/library.db "SELECT count(*) FROM metadata WHERE CAST(original_name AS TEXT) LIKE 'line%break.jpg'")" = 1 ]
}

@test "a sidecar that is written without a new name is reported" {
    mkdir card
    cp "$fixtures/formats/photo.cr2" card/a.cr2
    glassine import -q -d lib card
    file=$(find lib -name '*.cr2')
    glassine update -q --location 10,20 "$file"
    file=$(find lib -name '*.cr2')
    glassine update --json --location 10.0001,20.0001 "$file" > report
    [ "$(json_of report .cr2 destination)" = "$(realpath "$file")" ]
    [ "$(json_of report .cr2 status)" = imported ]
    [ "$(json_of report .cr2 written)" = sidecar ]
    sound lib
}

@test "name collisions get -1; nothing is overwritten" {
    for i in 1 2 3; do
        jpeg_without_place "tmp.jpg" "2020-01-0$i 03:04:05"
        mkdir -p card/$i
        mv tmp.jpg card/$i/same.jpg
    done
    glassine import -d lib card
    [ "$(tree lib | wc -l)" = 3 ]
    glassine update --time "2021-01-01 00:00:00" lib
    [ "$(ls lib/2021-01-Jan/*/ | tr '\n' ' ')" = "2021-01-01_00-00-00-same-1.jpg 2021-01-01_00-00-00-same-2.jpg 2021-01-01_00-00-00-same.jpg " ]
    # An untracked file that has the name already.
    file="lib/2021-01-Jan/Unknown Location/2021-01-01_00-00-00-same.jpg"
    mkdir -p lib/2022-01-Jan/"Unknown Location"
    echo mine > "lib/2022-01-Jan/Unknown Location/2022-01-01_00-00-00-same.jpg"
    glassine update --time 2022-01-01 "$file"
    [ "$(cat "lib/2022-01-Jan/Unknown Location/2022-01-01_00-00-00-same.jpg")" = mine ]
    [ -f "lib/2022-01-Jan/Unknown Location/2022-01-01_00-00-00-same-1.jpg" ]
    rm "lib/2022-01-Jan/Unknown Location/2022-01-01_00-00-00-same.jpg"
    sound lib
    still_duplicate
}

@test "a folder and its parent go when they are emptied, the library's root never" {
    cat > config.ini <<'CONFIG'
[Directory]
full_path=%album|"none"
CONFIG
    photo card/a.jpg "2020:01:02 03:04:05"
    jpeg_without_place card/a.jpg
    glassine import --config config.ini -d lib card
    [ -d lib/none ]
    glassine update --config config.ini --album X lib/none
    [ -d lib/X ]
    [ ! -e lib/none ]
    mkdir -p lib/X/keep
    glassine update --config config.ini --album Y lib/X/*.jpg
    [ -d lib/X/keep ]
    [ -d lib/Y ]
    # Deeper: folder and parent, no more.
    mkdir -p lib/one/two/three
    mv lib/Y/*.jpg lib/one/two/three/
    glassine update --config config.ini --album Z lib/one
    [ -d lib/Z ]
    [ -d lib/one ]
    [ ! -e lib/one/two ]
    # A library whose only file lies at its root.
    mv lib/Z/*.jpg lib/
    glassine update --config config.ini --album Q lib/*.jpg
    [ -d lib/Q ]
}

@test "a symbolic link's target is updated and the link stays" {
    one_photo
    ln -s "$stored" link.jpg
    ln -s "$work/lib" also
    glassine update --title "Through a link" link.jpg
    [ -L link.jpg ]
    file=$(find lib -type f -name '*.jpg')
    [ "$(value title "$file")" = "Through a link" ]
    glassine update --title "Through a folder" "also/${file#lib/}"
    file=$(find lib -type f -name '*.jpg')
    [ "$(value title "$file")" = "Through a folder" ]
    # In place the name stays, so the link goes on to lead somewhere.
    ln -sf "$work/$file" link.jpg
    glassine update --in-place --title Again link.jpg
    [ -L link.jpg ]
    [ "$(value title "$file")" = Again ]
    # A link in the library is passed by while walking; its target is not updated twice.
    glassine verify --library lib --accept edited -q || true
    ln -s "$(basename "$file")" "$(dirname "$file")/zz-link.jpg"
    glassine update --json --title Walked lib > report
    [ "$(jq -s 'map(select(.status == "imported")) | length' report)" = 1 ]
    [ "$(jq -s 'map(select(.status == "failed")) | length' report)" = 0 ]
}

@test "hard links are broken, not written through" {
    one_photo
    ln "$stored" other.jpg
    before=$(sha256sum < other.jpg) times=$(stat -c '%Y %s' other.jpg)
    glassine update --title Mine "$stored"
    [ "$before" = "$(sha256sum < other.jpg)" ]
    [ "$times" = "$(stat -c '%Y %s' other.jpg)" ]
    [ "$(stat -c %h other.jpg)" = 1 ]
    # In place as well.
    file=$(the_file lib)
    ln "$file" third.jpg
    before=$(sha256sum < third.jpg)
    glassine update --in-place --title Yours "$file"
    [ "$before" = "$(sha256sum < third.jpg)" ]
    [ "$(value title "$file")" = Yours ]
}

@test "extended attributes, mode and tags that were not asked about stay" {
    one_photo
    chmod 640 "$stored"
    setfattr -n user.note -v kept "$stored" || skip "no extended attributes here"
    glassine update --title T "$stored"
    file=$(the_file lib)
    [ "$(stat -c %a "$file")" = 640 ]
    [ "$(getfattr --only-values -n user.note "$file")" = kept ]
    chmod 600 "$file"
    glassine update --in-place --title U "$file"
    [ "$(stat -c %a "$file")" = 600 ]
    [ "$(getfattr --only-values -n user.note "$file")" = kept ]
}

@test "a file outside any library is an error, unless --in-place" {
    one_photo
    cp "$stored" free.jpg
    run glassine update --title T free.jpg
    [ "$status" -eq 2 ]
    [[ "$output" == *"free.jpg: lies in no library"*--in-place* ]]
    run glassine update --title T missing.jpg
    [ "$status" -ne 0 ]
    [[ "$output" == *"missing.jpg"*"no such file"* ]]
    # Beside a file of a library it costs only itself.
    run glassine update --json --title T free.jpg "$stored" missing.jpg
    [ "$status" -eq 1 ]
    printf '%s\n' "${lines[@]}" > report
    [ "$(summary_of report)" = "[3,1,0,0,2]" ]
    glassine update --in-place --title T --time "2021-01-01 00:00" free.jpg
    [ -f free.jpg ]
    [ "$(value title free.jpg)" = T ]
    [ "$(ls -A | grep -c '^\.glassine')" = 0 ]
    [ "$(stat -c %Y free.jpg)" = "$(date -d 2021-01-01T00:00:00Z +%s)" ]
}

@test "--in-place: what cannot be embedded gets a sidecar beside it, twice byte for byte" {
    mkdir free
    cp "$fixtures/formats/photo.nef" "$fixtures/formats/photo.avi" "$fixtures/structures/jpeg-xmp-undecodable.jpg" free
    tree free > before
    stat -c '%n %Y' free/* > mtimes
    for round in 1 2; do
        glassine update --json --in-place --title T --album A --time "2021-01-01 00:00:00" --location 1.5,2.5 free > "report$round"
        tree free > "after$round"
    done
    [ "$(jq -r 'select(.event == "file") | .status + " " + .written' report1 | sort -u)" = "imported sidecar" ]
    [ "$(jq -r 'select(.event == "file") | .status' report2 | sort -u)" = skipped ]
    stat -c '%n %Y' free/*.avi free/*.jpg free/*.nef | sort | diff - <(sort mtimes)
    cmp after1 after2
    [ "$(grep -v '\.xmp$' after1)" = "$(cat before)" ]
    [ "$(find free -type f | sort | xargs -n1 basename | tr '\n' ' ')" = "jpeg-xmp-undecodable.jpg jpeg-xmp-undecodable.jpg.xmp photo.avi photo.avi.xmp photo.nef photo.nef.xmp " ]
    for file in free/photo.nef free/photo.avi free/jpeg-xmp-undecodable.jpg; do
        [ "$(value title "$file")" = T ]
        [ "$(value latitude "$file")" = 1.5 ]
    done
}

@test "a named file of another type is reported, not passed by" {
    one_photo
    echo x > lib/notes.pdf
    run glassine update --json --title T lib/notes.pdf "$stored"
    [ "$status" -eq 1 ]
    printf '%s\n' "${lines[@]}" > report
    [ "$(json_of report notes.pdf status)" = failed ]
    [ "$(summary_of report)" = "[2,1,0,0,1]" ]
}

@test "directories are walked, also in place; repeats count once" {
    one_photo
    jpeg_without_place card/IMG_2.JPG "2020-03-04 05:06:07"
    glassine import -d lib card
    glassine update --json --album All lib lib/2020-03-Mar "$stored" > report
    [ "$(summary_of report)" = "[2,2,0,0,0]" ]
    [ "$(find lib -path '*/All/*.jpg' | wc -l)" = 2 ]
    mkdir -p free/a/b
    cp lib/*/All/* free/a/b
    glassine update --json --in-place --album Free free > report
    [ "$(summary_of report)" = "[2,2,0,0,0]" ]
    sound lib
}

@test "--dry-run reports the same and touches nothing" {
    one_photo
    cp -a lib copy
    find lib -printf '%p %i %T@ %s\n' | sort > before
    glassine update --dry-run --json --title T --time 2021-01-01 "$stored" > dry
    find lib -printf '%p %i %T@ %s\n' | sort > after
    diff before after
    diff -r lib copy
    glassine update --json --title T --time 2021-01-01 "$stored" > real
    strip='del(.seconds, .sha256, .bytes)'
    diff <(jq -cS "$strip" dry) <(jq -cS "$strip" real)
    [ "$(jq -r 'select(.event == "file") | .destination' dry)" = "$work/$(the_file lib)" ]
}

@test "--json prints one object a line and nothing else" {
    one_photo
    glassine update --json --title T "$stored" > report 2> errors
    [ ! -s errors ]
    [ "$(wc -l < report)" = 2 ]
    jq -e -s '.[0] | .event == "file" and .source and .destination and .status == "imported" and .written == "embedded" and has("reason") and has("sha256") and .date_taken == "2020-01-02T03:04:05"' report > /dev/null
    [ "$(summary_of report)" = "[1,1,0,0,0]" ]
}

# Seconds since 1904 of a box's creation and modification, as dates.
movie_times() {
    ffprobe -v error -show_entries format_tags=creation_time:stream_tags=creation_time -of default=nk=1:nw=1 "$1" | sort -u
}

@test "a movie's times are in UTC, through the offset that was given or the place's" {
    needs 'places (builtin|file)'
    mkdir card
    cp "$fixtures/structures/mov-mdat-first.mov" card/clip.mov
    glassine import --json -d lib card > imported
    file=$(json_of imported clip.mov destination)
    glassine update --json --time "2021-07-01 12:00:00+05:30" "$file" > report
    file=$(jq -r 'select(.event == "file") | .destination' report)
    [[ "$file" == */2021-07-Jul/*/2021-07-01_12-00-00-* ]]
    if command -v ffprobe > /dev/null; then
        [ "$(movie_times "$file")" = "2021-07-01T06:30:00.000000Z" ]
    fi
    # New York knows its own offset: in July it is -04:00.
    glassine update --json --location 40.7580,-73.9855 --time "2021-07-01 12:00:00" "$file" > report
    file=$(jq -r 'select(.event == "file") | .destination' report)
    [ "$(value date_taken "$file")" = "2021-07-01T12:00:00" ]
    if command -v ffprobe > /dev/null; then
        [ "$(movie_times "$file")" = "2021-07-01T16:00:00.000000Z" ]
    fi
    glassine update --json --shift +24h "$file" > report
    file=$(jq -r 'select(.event == "file") | .destination' report)
    [[ "$file" == */2021-07-02_12-00-00-* ]]
    sound lib
    still_duplicate
}

@test "a movie without position keeps the offset that it states, in itself and in a sidecar" {
    mkdir card
    # As long as the position that it takes the place of.
    sed 's/+59\.9139+010\.7522/xxxxxxxxxxxxxxxxx/; s/+0200/+0530/' \
        "$fixtures/structures/mov-mdat-last-keys.mov" > card/in.mov
    cp card/in.mov card/beside.mov
    [ "$(value utc_offset card/in.mov)" = "+05:30" ]
    [ "$(value latitude card/in.mov)" = null ]
    export TZ=America/New_York
    glassine update -q --in-place --time "2021-07-01 12:00:00" card/in.mov
    glassine update -q --in-place --write-metadata sidecar --time "2021-07-01 12:00:00" card/beside.mov
    [ ! -e card/in.mov.xmp ]
    grep -qa "2021-07-01T12:00:00+0530" card/in.mov
    grep -q "2021-07-01T12:00:00+05:30" card/beside.mov.xmp
    for file in card/in.mov card/beside.mov; do
        [ "$(value date_taken "$file")" = "2021-07-01T12:00:00" ]
        [ "$(value utc_offset "$file")" = "+05:30" ]
    done
}

@test "every format that can hold tags: update, then the database agrees" {
    for file in "$fixtures"/formats/photo.*; do
        mkdir -p "card/${file##*.}"
        cp "$file" "card/${file##*.}/X_${file##*.}.${file##*.}"
    done
    glassine import -d lib card
    glassine update --json --title "Any title" --album "Any album" --time "2021-05-06 07:08:09" lib > report
    [ "$(jq -s 'map(select(.status == "failed")) | length' report)" = 0 ]
    find lib -name .glassine -prune -o -type f ! -name '*.xmp' -print > files
    [ -s files ]
    while read -r file; do
        [ "$(glassine show --json "$file" | jq -r '[.title, .album, .date_taken] | join("|")')" = \
            "Any title|Any album|2021-05-06T07:08:09" ] || { glassine show "$file"; false; }
        [[ "$file" == "lib/2021-05-May/Any album/2021-05-06_07-08-09-"*-any-title* ]]
    done < files
    sound lib
    still_duplicate
}

@test "one job and eight give the same tree, report and database" {
    for i in $(seq 1 60); do
        photo "card/$((i % 7))/IMG_$((i % 9)).JPG" "2020:01:0$((i % 3 + 1)) 03:04:05" "$i"
    done
    glassine import --json -d one card > /dev/null
    cp -a one eight
    glassine update --jobs 1 --json --album Same --time 2021-01-01 one > report1
    glassine update --jobs 8 --json --album Same --time 2021-01-01 eight > report8
    diff -r -x .glassine one eight
    diff <(jq -c 'del(.seconds)' report1 | sed 's#/one/#/lib/#g') <(jq -c 'del(.seconds)' report8 | sed 's#/eight/#/lib/#g')
    columns='path, size_bytes, source_sha256, stored_xxh128, essence_xxh128'
    diff <(row one "select $columns from files order by path") <(row eight "select $columns from files order by path")
    sound one
    sound eight
}

@test "a file that another program changes meanwhile is not overwritten" {
    command -v strace > /dev/null || skip "no strace"
    one_photo
    # The first flush comes after the file was read and before the swap: hold it there.
    strace -f -qq -o trace -e trace=syncfs -e inject=syncfs:delay_enter=1500000:when=1 \
        "$GLS_BINARY_DIR/glassine" update --json --title Late "$stored" > report &
    pid=$!
    until [ -n "$(ls lib/.glassine/tmp 2> /dev/null)" ]; do kill -0 $pid; sleep 0.02; done
    sleep 0.2 # until the copy is whole
    printf 'edited by someone' >> "$stored"
    edited=$(sha256sum < "$stored")
    wait $pid || [ $? -eq 1 ]
    [ "$(json_of report .jpg status)" = failed ]
    [[ "$(json_of report .jpg reason)" == *"changed while it was updated"* ]]
    [ "$(sha256sum < "$stored")" = "$edited" ]
    [ "$(find lib -name .glassine -prune -o -type f -print | wc -l)" = 1 ]
    [ -z "$(ls lib/.glassine/tmp 2> /dev/null)" ]
}

@test "a library that cannot be written is an error of its own" {
    one_photo
    need_nobody
    chmod -R a+rX,a-w lib
    run as_nobody update --title T "$stored"
    [ "$status" -eq 3 ]
    [ -f "$stored" ]
    # In place: the folder cannot take the new version.
    run as_nobody update --in-place --title T "$stored"
    [ "$status" -eq 1 ]
    [ "$(value title "$stored")" = null ]
}

@test "two at once: the second says that the library is busy" {
    one_photo
    exec 9> lib/.glassine/lock
    flock 9
    run glassine update --wait 0 --title T "$stored"
    [ "$status" -eq 3 ]
    exec 9>&-
}

@test "a file that the library's database does not know is updated and taken in" {
    one_photo
    jpeg_without_place "lib/2020-01-Jan/Unknown Location/unknown.jpg" "2018-08-08 08:08:08"
    glassine update --title Known "lib/2020-01-Jan/Unknown Location/unknown.jpg"
    [ -f "lib/2018-08-Aug/Unknown Location/2018-08-08_08-08-08-unknown-known.jpg" ]
    sound lib
}

@test "a broken file costs itself only" {
    one_photo
    cp "$fixtures/hostile/truncated-in-exif.jpg" "lib/2020-01-Jan/Unknown Location/bad.jpg"
    printf 'no picture' > "lib/2020-01-Jan/Unknown Location/worse.jpg"
    before=$(sha256sum < "lib/2020-01-Jan/Unknown Location/worse.jpg")
    run glassine update --json --title T lib
    [ "$status" -eq 1 ]
    printf '%s\n' "${lines[@]}" > report
    [ "$(json_of report worse.jpg status)" = failed ]
    [ "$(json_of report img_1.jpg status)" = imported ]
    [ "$before" = "$(sha256sum < "lib/2020-01-Jan/Unknown Location/worse.jpg")" ]
}

@test "--write-metadata none changes names and folders, and writes nothing beside either" {
    photo card/IMG_1.JPG "2020:01:02 03:04:05"
    glassine import -q -d lib card
    before=$(sha256sum < "$(find lib -name '*img_1*')")
    glassine update -q --write-metadata none --title New --album Other lib/2020-01-Jan
    [ "$(find lib -type f -not -path '*/.glassine/*' | sed 's/.*lib/lib/')" = "lib/2020-01-Jan/Other/2020-01-02_03-04-05-img_1-new.jpg" ]
    [ "$(sha256sum < lib/2020-01-Jan/Other/*.jpg)" = "$before" ]
    glassine verify -q --library lib
}

@test "where Windows forbids letters in names, update writes none of them, as import does" {
    inject="$GLS_BINARY_DIR/tests/libgls_inject.so"
    [ -f "$inject" ] || skip "nothing can be injected into a build with sanitizers"
    vfat() { env LD_PRELOAD="$inject" GLS_INJECT_STATFS=0x4d44 "$GLS_BINARY_DIR/glassine" "$@"; }
    photo "card/a:b.jpg" "2011:01:02 03:04:05"
    vfat import -q -d lib "card/a:b.jpg"
    vfat update -q --title 'A "b" c: d?' --album 'Mum & Dad: 50*' lib
    (cd lib && find . -name '*.jpg') > name
    refute grep '[<>:"\\|?*]' name
    grep -q 'Mum & Dad_ 50_/.*-a_b-a-_b_-c_-d_.jpg$' name
    vfat update -q --album con lib
    [ -n "$(find lib -path '*/con_/*.jpg')" ]
    glassine verify -q --library lib
}

@test "an edited version moves along with the picture that it is of" {
    photo card/IMG_1.JPG "2020:01:02 03:04:05" one
    photo card/IMG_E1.JPG "2020:01:02 03:04:05" edited
    photo card/b.jpg "2020:01:02 03:04:05" two
    photo card/b-edited.jpg "2020:01:02 03:04:05" other
    glassine import -q -d lib card
    names() { (cd lib && find . -name '*.jpg' -printf '%f\n' | sed 's/^[^a-z]*-//' | LC_ALL=C sort | tr '\n' ' '); }
    [ "$(names)" = "b-edited.jpg b.jpg img_1-edited.jpg img_1.jpg " ]
    # By the picture, by the edited version, and by the folder.
    glassine update -q --title T lib/*/*/*-img_1.jpg
    [ "$(names)" = "b-edited.jpg b.jpg img_1-t-edited.jpg img_1-t.jpg " ]
    glassine update -q --title U lib/*/*/*-b-edited.jpg
    [ "$(names)" = "b-u-edited.jpg b-u.jpg img_1-t-edited.jpg img_1-t.jpg " ]
    glassine update -q --clear title lib
    [ "$(names)" = "b-edited.jpg b.jpg img_1-edited.jpg img_1.jpg " ]
    glassine verify -q --library lib
}

@test "files of one name that move together keep their order, and each its number" {
    for i in $(seq 1 30); do photo "card/$i/a.jpg" "2020:01:02 03:04:05" "salt $i"; done
    glassine import -q -d lib card
    (cd lib/*/ && find . -name '*.jpg' -printf '%f\n' | sort) > before
    glassine update -q --album q lib
    (cd lib/*/q && find . -name '*.jpg' -printf '%f\n' | sort) | diff before -
    tree lib > after
    glassine update -q --album q lib
    tree lib | diff after -
}
