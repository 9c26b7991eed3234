#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Every row of the table of companions: what belongs to a picture or movie is filed with it
# under one stem, also where two cards hold files of the same names, and leaves the card
# with it; or stays on the card with it.

load helper

rows() {
    "$GLS_BINARY_DIR/tests/list_companion_rules"
}

# A file whose content is of the kind that its name says, unlike those of other SALTs.
make_file() {
    local path=$1 salt=$2
    mkdir -p "$(dirname "$path")"
    case $path in
    *.jpg) photo "$path" "2020:01:02 03:04:05" "$salt" ;;
    *.dng) LC_ALL=C sed "s/2016:05:12 08:12:22/2020:01:02 03:04:05/g" "$fixtures/formats/photo.dng" > "$path"
        printf %s "$salt" >> "$path" ;;
    *.mp4) cp "$fixtures/formats/photo.mp4" "$path"
        printf '\0\0\0\020free%08d' "$salt" >> "$path" ;;
    *.psd | *.psb) # a header, three empty sections, and one black pixel
        if [[ $path == *.psd ]]; then printf '8BPS\0\1'; else printf '8BPS\0\2'; fi > "$path"
        printf '\0\0\0\0\0\0\0\3\0\0\0\1\0\0\0\1\0\10\0\3\0\0\0\0\0\0\0\0\0\0\0\0' >> "$path"
        printf '\0\0\0\0\0\0\0\0\0%s' "$salt" >> "$path" ;;
    *) printf 'companion %s of %s\n' "$salt" "$(basename "$path")" > "$path" ;;
    esac
}

make_pairs() {
    local number=0 salt=10 media companion source
    while IFS=$'\t' read -r media companion source; do
        number=$((number + 1))
        for card in a b; do
            salt=$((salt + 1))
            make_file "card/$card/$number/$media" $salt
            make_file "card/$card/$number/$companion" $((salt + 500))
        done
    done < <(rows)
    [ "$number" -gt 40 ]
}

@test "each companion goes with its picture, under its stem" {
    make_pairs
    find card -type f -exec sha256sum {} + | cut -c1-64 | sort > before
    glassine import --json --move --write-metadata none -d lib card > report
    # Nothing is left, nothing is lost.
    [ -z "$(find card -type f)" ]
    find lib -name .glassine -prune -o -type f -exec sha256sum {} + | cut -c1-64 | sort | diff before -
    # Each pair shares folder and stem: the companion's name begins with its media's stem.
    jq -r 'select(.event == "file") | [(.source | sub("/[^/]*$"; "")), .destination] | @tsv' report |
        sort | awk -F'\t' '{ if ($1 == folder) { n++; print previous "\t" $2 } folder = $1; previous = $2 }
            END { print n > "pairs.count" }' > pairs
    [ "$(cat pairs.count)" -eq "$(($(rows | wc -l) * 2))" ]
    while IFS=$'\t' read -r one other; do
        # The shorter name without its extension begins the other.
        if [ ${#one} -gt ${#other} ]; then swap=$one one=$other other=$swap; fi
        stem=${one%.*}
        [ "${other#"$stem"}" != "$other" ] || { echo "$one $other"; false; }
    done < pairs
}

@test "generate-db knows every companion from the files alone" {
    make_pairs
    # The number of a GoPro's chapter could be that of another file of the name.
    find card -name 'G?77*' -delete
    glassine import -q --write-metadata none -d lib card
    # Each with all that it was filed together with.
    local query='select (select group_concat(name, "|") from (select cast(path as text) as name from files as other
        where other.id = files.id or (other.unit_id <> 0 and other.unit_id = files.unit_id) order by 1)) from files order by 1'
    sqlite3 lib/.glassine/library.db "$query" > before
    rm -rf lib/.glassine
    glassine generate-db -q -s lib
    sqlite3 lib/.glassine/library.db "$query" > after
    diff before after
}

@test "a companion stays with a picture that cannot be filed" {
    make_pairs
    # A picture of no bytes cannot be imported.
    find card/a -type f \( -name '*.jpg' -o -name '*.dng' -o -name '*.mp4' \) -exec truncate -s 0 {} +
    find card/a -type f | sort > before
    run glassine import --json --move --write-metadata none -d lib card/a
    [ "$status" -eq 1 ]
    find card/a -type f | sort | diff before -
}

@test "versions whose times contradict that they are of one shot are filed by themselves" {
    local number=0 media version source
    while IFS=$'\t' read -r media version source; do
        [[ $version == *.@(jpg|dng) ]] || continue
        number=$((number + 1))
        make_file "card/$number/$media" "$number"
        make_file "card/$number/$version" "$((number + 500))"
        LC_ALL=C sed -i 's/2020:01:02 03:04:05/2021:06:07 08:09:10/g' "card/$number/$version"
    done < <(rows)
    [ "$number" -gt 20 ]
    glassine import --json --move --write-metadata none -d lib card > report
    [ "$(summary_of report)" = "[$((2 * number)),$((2 * number)),0,0,0]" ]
    [ "$(jq -r 'select(.event == "file") | .destination' report | grep -c /2020-01-Jan/)" -eq "$number" ]
    [ "$(jq -r 'select(.event == "file") | .destination' report | grep -c /2021-06-Jun/)" -eq "$number" ]
}

@test "a picture stays with a companion that cannot be filed" {
    make_pairs
    # Companions and versions of no bytes, where these are media; else a link to nothing.
    while IFS= read -r file; do
        name=$(basename "$file")
        rows | cut -f 2 | grep -qxF "$name" || continue
        ! rows | cut -f 1 | grep -qxF "$name" || continue
        rm "$file"
        ln -s nowhere "$file"
    done < <(find card/a -type f)
    find card/a | LC_ALL=C sort > before
    [ "$(find card/a -type l | wc -l)" -gt 40 ]
    run glassine import --json --move --write-metadata none -d lib card/a
    [ "$status" -eq 1 ]
    find card/a | LC_ALL=C sort | diff before -
    [ "$(find lib -name .glassine -prune -o -type f -print | wc -l)" -eq 0 ]
}

@test "a companion without its picture is left where it is, and named" {
    mkdir card
    echo > card/IMG_1.pp3
    echo > card/IMG_2.NEF.pp3
    echo > card/C0001M01.XML
    photo card/IMG_9.JPG "2020:01:02 03:04:05"
    glassine import --json --move -d lib card > report
    [ "$(jq -r 'select(.event == "left_out") | .path' report | sort | xargs -n1 basename | xargs)" = \
        "C0001M01.XML IMG_1.pp3 IMG_2.NEF.pp3" ]
    [ "$(find card -type f | wc -l)" -eq 3 ]
}

@test "a sidecar counts whose name is spelled with other code points or in other case" {
    mkdir card
    photo $'card/caf\xc3\xa9.jpg' "2020:01:02 03:04:05" 1
    photo $'card/u\xcc\x88ber.jpg' "2020:01:02 03:04:05" 2
    for name in $'cafe\xcc\x81.xmp' $'\xc3\x9cBER.JPG.XMP'; do
        cat > "card/$name" <<'XMP'
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:DateTimeOriginal="1999-01-02T03:04:05"/></rdf:RDF></x:xmpmeta>
XMP
    done
    glassine import -q -d lib card
    [ "$(find lib/1999-01-Jan -type f | wc -l)" -eq 4 ]
}

# NAME TEXT: the XML that a camera puts beside its movie.
camera_xml() {
    echo '<?xml version="1.0"?><NonRealTimeMeta xmlns="urn:schemas-professionalDisc:nonRealTimeMeta:ver.2.00">'"$2"'</NonRealTimeMeta>' > "$1"
}

@test "the XML beside a movie states its local time and its camera, in import and in show" {
    mkdir card
    for name in C0001 C0002 C0003; do
        cp "$fixtures/formats/photo.mp4" card/$name.MP4
        echo $name >> card/$name.MP4
    done
    camera_xml card/C0001M01.XML '<CreationDate value="2020-07-04T15:45:00+05:45"/><Device manufacturer="Sony" modelName="ILCE-7M3"/>'
    camera_xml card/C0002.XML '<CreationDate value="2020-07-04T15:45:00'
    camera_xml card/C0003M01.XML '<CreationDate value="2020-07-04T15:45:00+05:45"/>'
    # What a person edited counts for more.
    cat > card/C0003.MP4.xmp <<'XMP'
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:DateTimeOriginal="1999-01-02T03:04:05"/></rdf:RDF></x:xmpmeta>
XMP
    before=$(glassine show --json "$fixtures/formats/photo.mp4" | jq -r .date_taken)
    glassine import --json -d lib card > report
    date_of() { jq -r --arg name "$1" 'select(.source != null and (.source | endswith("/" + $name))) | .date_taken' report; }
    [ "$(date_of C0001.MP4)" = 2020-07-04T15:45:00+05:45 ]
    [[ "$(date_of C0002.MP4)" = "$before"* ]]
    [[ "$(date_of C0003.MP4)" = 1999-01-02T03:04:05* ]]
    jq -r .reason report | grep 'C0002.XML is not used'
    [ "$(glassine show --json card/C0001.MP4 | jq -c '[.utc_offset, .camera_model, .companions]')" = \
        '["+05:45","ILCE-7M3",["card/C0001M01.XML"]]' ]
}

# Four clips of AVCHD on each of two cards, of one name and one time.
make_avchd() {
    local card salt=0 bdmv
    for card in a b; do
        bdmv=card/$card/PRIVATE/AVCHD/BDMV
        mkdir -p "$bdmv/STREAM" "$bdmv/CLIPINF" "$bdmv/PLAYLIST"
        for clip in 00000 00001; do
            salt=$((salt + 1))
            cp "$fixtures/formats/photo.mts" "$bdmv/STREAM/$clip.MTS"
            # A packet of the null PID: 188 bytes behind a time stamp.
            { printf '\0\0\0\0G\37\377\20'; printf "%0184d" $salt; } >> "$bdmv/STREAM/$clip.MTS"
            echo "clip $salt" > "$bdmv/CLIPINF/$clip.CPI"
        done
        echo index > "$bdmv/INDEX.BDM"
        echo list > "$bdmv/PLAYLIST/00000.MPL"
    done
}

@test "AVCHD: the clip information in the folder beside goes with its movie" {
    make_avchd
    echo lonely > card/a/PRIVATE/AVCHD/BDMV/CLIPINF/00009.CPI
    glassine import --json --move --write-metadata none -d lib card > report
    [ "$(summary_of report)" = "[8,8,0,0,0]" ]
    for card in a b; do
        for clip in 00000 00001; do
            mts=$(json_of report "$card/PRIVATE/AVCHD/BDMV/STREAM/$clip.MTS" destination)
            cpi=$(json_of report "$card/PRIVATE/AVCHD/BDMV/CLIPINF/$clip.CPI" destination)
            [ "${mts%.mts}" = "${cpi%.cpi}" ]
            # Each movie by its own date.
            [[ "$mts" == */2016-05-May/* ]]
        done
    done
    grep -q 'clip 1' "$(json_of report a/PRIVATE/AVCHD/BDMV/CLIPINF/00000.CPI destination)"
    grep -q 'clip 4' "$(json_of report b/PRIVATE/AVCHD/BDMV/CLIPINF/00001.CPI destination)"
    [ "$(find card -type f | sed 's,.*/,,' | sort | xargs)" = \
        "00000.MPL 00000.MPL 00009.CPI INDEX.BDM INDEX.BDM" ]
    jq -r 'select(.event == "left_out") | [(.path | sub(".*/"; "")), .reason] | @tsv' report | sort -u > left
    printf '%s\t%s\n' 00000.MPL "an index that the camera keeps" \
        00009.CPI "a sidecar with no photo or movie beside it" INDEX.BDM "an index that the camera keeps" |
        diff - left
    # The same with other workers, and once more.
    rm -rf card
    make_avchd
    glassine import --json -j 1 --write-metadata none -d lib card > report
    [ "$(summary_of report)" = "[8,0,8,0,0]" ]
    glassine verify -q --library lib
}

@test "AVCHD: left together; what is excluded, named or alone is as any other file" {
    make_avchd
    find card/a -name '*.MTS' -exec truncate -s 0 {} +
    find card/a -type f | sort > before
    run glassine import --json --move -d lib card/a
    [ "$status" -eq 1 ]
    find card/a -type f | sort | diff before -
    [ "$(echo "$output" | summary_of /dev/stdin)" = "[4,0,0,0,4]" ]
    glassine import --json --exclude-regex '00000\.CPI' -d lib card/b > report
    [ "$(summary_of report)" = "[3,3,0,0,0]" ]
    jq -r 'select(.event == "left_out") | [.path, .reason] | @tsv' report | grep -q "CLIPINF/00000.CPI.excluded"
    # One that is named is reported where it lies.
    glassine import --json -d lib2 card/b card/b/PRIVATE/AVCHD/BDMV/CLIPINF/00001.CPI > report
    [ "$(summary_of report)" = "[4,3,0,1,0]" ]
    # The folder of the movies alone has nothing beside it.
    glassine import --json -d lib3 card/b/PRIVATE/AVCHD/BDMV/STREAM > report
    [ "$(summary_of report)" = "[2,2,0,0,0]" ]
}

@test "WhatsApp's voice notes are filed, other sound only where the configuration says so" {
    mkdir card
    for name in PTT-20200102-WA0001.opus AUD-20200102-WA0002.mp3 AUD-20200102-WA0003.m4a song.mp3 \
        "WhatsApp Ptt 2020-01-31 at 9.05.07 AM.ogg" PTT-2020-WA1.opus; do
        echo "sound of $name" > "card/$name"
    done
    printf '[File]\nname=%%date-%%original_name.%%extension\n' > config.ini
    glassine import --json -d lib card > report
    [ "$(summary_of report)" = "[4,4,0,0,0]" ]
    [[ "$(json_of report "AM.ogg" destination)" == */2020-01-31_09-05-07-*.ogg ]]
    [[ "$(json_of report PTT-20200102-WA0001.opus destination)" == */2020-01-Jan/*-ptt-20200102-wa0001.opus ]]
    [ "$(jq -r 'select(.event == "left_out") | .path' report | grep -c -e song.mp3 -e WA1.opus)" -eq 2 ]
    # They are known from the files alone.
    rm -rf lib/.glassine
    glassine generate-db -q -s lib
    [ "$(sqlite3 lib/.glassine/library.db 'select count(*) from files')" -eq 4 ]
    glassine verify -q --library lib
    printf '[Formats]\nalso=mp3\n' > config.ini
    glassine import --config config.ini --json -d lib card > report
    [ "$(summary_of report)" = "[5,1,4,0,0]" ]
}

ignored() {
    "$GLS_BINARY_DIR/tests/list_companion_rules" ignored
}

@test "each name of the table of what is left out: left out, counted, documented; --include-ignored" {
    local number=0
    while IFS=$'\t' read -r pattern kind reason system; do
        grep -qF "\`$pattern\`" "$GLS_SOURCE_DIR/docs/companions.md" || { echo "$pattern"; false; }
        number=$((number + 1))
        name=${pattern//\*/some}
        name=${name//\?/0}
        # What such a file is its content tells where its name does not.
        if [ "$kind" = folder ]; then name+=/DCIM/kept.jpg; elif [[ $pattern == *'*' ]]; then name+=.jpg; fi
        photo "card/$number/$name" "2020:01:02 03:04:05" "$number"
        printf '%s\t%s\n' "$number" "$reason" >> expected
        # What is hidden is never taken by its content.
        [ "$system" = system ] || [[ $kind == file && $name == .* && $name != *.jpg ]] || echo "$number" >> taken
    done < <(ignored)
    [ "$number" -gt 50 ]
    photo card/kept.jpg "2020:01:02 03:04:05"
    glassine import --json -d lib card > report
    [ "$(jq -r 'select(.event == "file") | .source' report | xargs -n1 basename)" = kept.jpg ]
    jq -r 'select(.event == "left_out") | [(.path | sub(".*/card/"; "") | sub("/.*"; "")), .reason] | @tsv' report |
        sort -n | diff expected -
    [ "$(jq -r 'select(.event == "summary") | [.left_out_by[] | .count] | add' report)" -eq "$number" ]
    glassine import --json --include-ignored -n -d lib2 card > report
    jq -r 'select(.event == "file") | .source | sub(".*/card/"; "") | sub("/.*"; "")' report | sort -n |
        grep -v kept.jpg | diff taken -
    # A folder that is named is imported all the same.
    glassine import --json -n -d lib2 card/1/* > report
    [ "$(summary_of report)" = "[1,1,0,0,0]" ]
}

@test "what was thrown away is left out, named and counted; --include-ignored takes it" {
    for path in .trashed-1690000000-PXL_1.jpg .pending-1690000000-PXL_2.jpg '$RECYCLE.BIN/S-1/R.jpg' \
        .Trashes/501/t.jpg '#recycle/r.jpg' @Recycle/q.jpg .@__thumb/s.jpg .stversions/v.jpg \
        DCIM/.thumbnails/1.jpg; do
        photo "card/$path" "2020:01:02 03:04:05" "$path"
    done
    photo card/DCIM/kept.jpg "2020:01:02 03:04:05"
    glassine import --json -d lib card > report
    [ "$(jq -r 'select(.event == "file") | .source' report | xargs -n1 basename)" = kept.jpg ]
    [ "$(jq -r 'select(.event == "left_out") | .reason' report | grep -c .)" -eq 9 ]
    [ "$(jq -r 'select(.event == "summary") | .left_out' report)" -eq 9 ]
    [ "$(jq -r 'select(.event == "summary") | [.left_out_by[] | .count] | add' report)" -eq 9 ]
    glassine import -v -d lib card 2>&1 | grep -q "card/DCIM/.thumbnails/ left out: thumbnails of another program"
    glassine import --json --include-ignored -d lib card > report
    [ "$(jq -r 'select(.event == "summary") | .imported' report)" -eq 9 ]
    # What belongs to the file system is not entered even so.
    photo "other/System Volume Information/a.jpg" "2020:01:02 03:04:05" a
    photo other/.snapshots/b.jpg "2020:01:02 03:04:05" b
    photo other/.glassine/c.jpg "2020:01:02 03:04:05" c
    glassine import --json --include-ignored -d lib other > report
    [ "$(summary_of report)" = "[0,0,0,0,0]" ]
    # Nor is anything thrown away untracked, where it lies in a library.
    photo 'lib/$RECYCLE.BIN/S-1/R.jpg' "2020:01:02 03:04:05" thrown
    glassine verify --json --library lib > report
    [ "$(jq -r 'select(.event == "summary") | .untracked' report)" -eq 0 ]
}

@test "update moves what glassine filed under a version's name with its picture" {
    mkdir card
    for number in 01.COVER 02.ORIGINAL; do
        photo "card/PXL_1.PORTRAIT-$number.jpg" "2020:01:02 03:04:05" "$number"
    done
    glassine import -q -d lib card
    cover=$(find lib -name '*.jpg' ! -name '*-original.jpg')
    [ -e "${cover%.jpg}-original.jpg" ]
    glassine update -q --title "By the sea" "$cover"
    [ "$(find lib -name '*by-the-sea*.jpg' | wc -l)" -eq 2 ]
}

# The tests above take what the table says; these names are the cameras' own.
@test "a dashcam's track goes with the movie of the front, a burst of Huawei's with its cover" {
    local salt=10 name
    for name in 20240203_040506_EF.mp4 20240203_040506_ER.mp4 20240203_040506_E.gps 20240203_040506_E.3gf \
        VIRB0001-1.MP4 VIRB0001-1.GLV VIRB0001-2.GLV IMG_20200102_030405_BURST00{1_COVER,2}.jpg IMG_20200102_030406_BURST002.jpg; do
        salt=$((salt + 1))
        make_file "card/${name/MP4/mp4}" $salt
    done
    glassine import --json --write-metadata none -d lib card > report
    local media companion destination
    while read -r media companion; do
        destination=$(json_of report "$media" destination)
        [[ "$(json_of report "$companion" destination)" == "${destination%.*}"* ]]
    done << 'END'
_EF.mp4 _E.gps
_EF.mp4 _E.3gf
VIRB0001-1.mp4 VIRB0001-1.GLV
030405_BURST001_COVER.jpg 030405_BURST002.jpg
END
    [[ "$(json_of report 030406_BURST002.jpg destination)" == *030406_burst002.jpg ]]
    [ "$(summary_of report)" = "[9,9,0,0,0]" ]
    [[ "$(jq -r 'select(.event == "left_out") | .path' report)" == */VIRB0001-2.GLV ]]
}
