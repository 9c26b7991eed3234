#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# docs/migrating.md: its commands and configurations as they stand there, on a tree as each
# program lays it out.

load helper

when="2020:01:02 03:04:05"

# The block of a language in a program's section.
block() {
    awk -v program="## $1" -v language="$2" '
        /^## / { in_section = $0 == program }
        /^```/ { if (on) on = 0; else if (in_section && $0 == "```" language) on = 1; next }
        on' "$GLS_SOURCE_DIR/docs/migrating.md"
}

sidecar() {
    sed -e 's/2016-06-02T08:33:43+02:00/2020-01-02T03:04:05/' -e "s/Album of xmp/$2/" \
        "$fixtures/formats/sidecar-xmp.jpg.xmp" > "$1"
}

# Runs the two commands of a section: all is recorded, nothing changes, and what is
# untracked is what the third and further words name.
take_over() {
    local program=$1 root=$2
    shift 2
    tree "$root" > before
    [ "$(block "$program" sh | wc -l)" -eq 2 ]
    { echo 'glassine() { "$GLS_BINARY_DIR/glassine" "$@"; }'; block "$program" sh; } > commands
    bash -e commands > said 2>&1
    tree "$root" | diff before -
    glassine verify --json --library "$root" > report
    jq -r 'select(.event == "file" and .state == "untracked") | .path' report | LC_ALL=C sort > untracked
    printf '%s\n' "$@" | sed '/^$/d' | LC_ALL=C sort | diff - untracked
    [ "$(jq -c 'select(.event == "summary") | [.rotten, .changed, .missing, .unreadable]' report)" = '[0,0,0,0]' ]
}

recorded() {
    sqlite3 "$1/.glassine/library.db" "select cast(path as text) from files order by path"
}

# With the section's configuration a new picture is filed as the program would have, and one
# that is there is a duplicate.
goes_on() {
    local program=$1 root=$2 known=$3 expected=$4
    block "$program" ini > "$work/config.ini"
    [ -s "$work/config.ini" ]
    rm -rf card
    photo card/IMG_77.JPG "$when" "new for $program"
    cp "$root/$known" card/known.JPG
    glassine import --config "$work/config.ini" --json -d "$root" card > report
    [ "$(summary_of report)" = "[2,1,1,0,0]" ]
    [ "$(json_of report IMG_77.JPG destination)" = "$root/$expected" ]
    # Nothing that stands there moves.
    tree "$root" | grep -vF "$expected" | diff before -
}

@test "Elodie" {
    root=$HOME/Pictures/elodie
    photo card/IMG_1.JPG "$when" one
    mkdir -p "$root/2020-01-Jan/Sydney" "$HOME/.elodie"
    stored=$root/2020-01-Jan/Sydney/2020-01-02_03-04-05-img_1.jpg
    cp card/IMG_1.JPG "$stored"
    # Elodie hashes first, and then writes tags.
    printf more >> "$stored"
    sha=$(sha256sum < card/IMG_1.JPG | cut -c1-64)
    jq -n --arg sha "$sha" --arg path "$stored" '{($sha): $path}' > "$HOME/.elodie/hash.json"
    : > "$HOME/.elodie/config.ini"
    take_over Elodie "$root" ""
    glassine import --json -d "$root" card > report
    [ "$(json_of report IMG_1.JPG status)" = duplicate ]
    # Without generate-db, hash.json alone.
    rm -rf "$root/.glassine"
    glassine import --json -d "$root" card > report
    [ "$(json_of report IMG_1.JPG status)" = duplicate ]
    glassine verify --json --library "$root" > report
    [ "$(jq -c 'select(.event == "summary") | [.ok, .untracked]' report)" = '[1,0]' ]
    glassine verify -q --library "$root" --accept untracked
    [ "$(recorded "$root")" = 2020-01-Jan/Sydney/2020-01-02_03-04-05-img_1.jpg ]
}

@test "phockup" {
    root=$HOME/Pictures/phockup
    photo "$root/2020/01/02/20200102-030405.jpg" "$when" one
    sidecar "$root/2020/01/02/20200102-030405.jpg.xmp" One
    photo "$root/2020/01/02/20200102-030405-2.jpg" "$when" two
    sidecar "$root/2020/01/02/20200102-030405-2.xmp" Two
    photo "$root/unknown/scan.jpg" "0000:00:00 00:00:00" three
    take_over phockup "$root" ""
    [ "$(recorded "$root" | wc -l)" -eq 5 ]
    # What the sidecars say is known.
    [ "$(glassine list albums --library "$root" --json | jq -r .name | LC_ALL=C sort | xargs)" = "One Two" ]
    goes_on phockup "$root" 2020/01/02/20200102-030405.jpg 2020/01/02/20200102-030405-1.jpg
}

@test "SortPhotos" {
    root=$HOME/Pictures/sortphotos
    photo "$root/2020/01-Jan/IMG_1.jpg" "$when" one
    photo "$root/2020/01-Jan/IMG_1_1.jpg" "$when" two
    take_over SortPhotos "$root" ""
    [ "$(recorded "$root" | wc -l)" -eq 2 ]
    goes_on SortPhotos "$root" 2020/01-Jan/IMG_1_1.jpg 2020/01-Jan/img_77.jpg
}

@test "Ordigi" {
    needs 'places (builtin|file)'
    root=$HOME/Pictures/ordigi
    photo "$root/2020/01-Jan-Sydney/20200102-030405-IMG_1.jpg" "$when" one
    mkdir "$root/.ordigi"
    echo database > "$root/.ordigi/collection.db"
    take_over Ordigi "$root" ""
    [ "$(recorded "$root")" = 2020/01-Jan-Sydney/20200102-030405-IMG_1.jpg ]
    goes_on Ordigi "$root" 2020/01-Jan-Sydney/20200102-030405-IMG_1.jpg \
        2020/01-Jan-Sydney/20200102-030405-img_77.jpg
}

@test "Immich" {
    root=$HOME/immich/library/admin
    photo "$root/2020/2020-01-02/IMG_1.jpg" "$when" one
    sidecar "$root/2020/2020-01-02/IMG_1.jpg.xmp" Trip
    photo "$HOME/immich/thumbs/user/ab/cd/x-preview.jpeg" "$when" thumbnail
    photo "$HOME/immich/encoded-video/user/ab/cd/x.jpg" "$when" derived
    echo > "$HOME/immich/library/.immich"
    take_over Immich "$root" ""
    [ "$(recorded "$root" | xargs)" = "2020/2020-01-02/IMG_1.jpg 2020/2020-01-02/IMG_1.jpg.xmp" ]
    goes_on Immich "$root" 2020/2020-01-02/IMG_1.jpg 2020/2020-01-02/img_77.jpg
}

@test "digiKam" {
    root=$HOME/Pictures/digikam
    photo "$root/Holidays/Sea/IMG_1.JPG" "$when" one
    sidecar "$root/Holidays/Sea/IMG_1.JPG.xmp" Sea
    photo "$root/.dtrash/files/IMG_2.JPG" "$when" deleted
    mkdir "$root/.dtrash/info"
    echo '{}' > "$root/.dtrash/info/IMG_2.JPG.dtrashinfo"
    echo database | tee "$root/digikam4.db" > "$root/thumbnails-digikam.db"
    take_over digiKam "$root" digikam4.db thumbnails-digikam.db
    [ "$(recorded "$root" | xargs)" = "Holidays/Sea/IMG_1.JPG Holidays/Sea/IMG_1.JPG.xmp" ]
    goes_on digiKam "$root" Holidays/Sea/IMG_1.JPG 2020-01-02/img_77.jpg
    # A picture that is updated takes its sidecar along.
    glassine update -q --config config.ini --album Beach "$root/Holidays/Sea/IMG_1.JPG"
    [ "$(find "$root/Beach" -type f | wc -l)" -eq 2 ]
}

@test "Lightroom Classic" {
    root=$HOME/Pictures/lightroom
    mkdir -p "$root/2020/2020-01-02"
    cp "$fixtures/formats/photo.nef" "$root/2020/2020-01-02/IMG_1.NEF"
    sidecar "$root/2020/2020-01-02/IMG_1.xmp" Sea
    photo "$root/Lightroom Catalog Previews.lrdata/0/00/x.jpg" "$when" preview
    echo catalogue > "$root/Lightroom Catalog.lrcat"
    take_over "Lightroom Classic" "$root" "Lightroom Catalog.lrcat"
    [ "$(recorded "$root" | xargs)" = "2020/2020-01-02/IMG_1.NEF 2020/2020-01-02/IMG_1.xmp" ]
    [ "$(glassine show --json "$root/2020/2020-01-02/IMG_1.NEF" | jq -r .album)" = Sea ]
    goes_on "Lightroom Classic" "$root" 2020/2020-01-02/IMG_1.NEF 2020/2020-01-02/img_77.jpg
}

@test "every section of the page is tested" {
    for program in Elodie phockup SortPhotos Ordigi Immich digiKam "Lightroom Classic"; do
        echo "## $program"
    done > tested
    grep '^## ' "$GLS_SOURCE_DIR/docs/migrating.md" | diff tested -
}
