#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A data export of iCloud Photos: what Photo Details.csv and Albums/*.csv say of the pictures.

load helper


header="imgName,fileChecksum,favorite,hidden,deleted,originalCreationDate,viewCount,importDate"

# A photo that states no date itself.
bare() {
    photo "$1" "0000:00:00 00:00:00" "$2"
    touch -d "2026-03-04 05:06:07" "$1"
}

# details PART NAME FAVOURITE HIDDEN DELETED DATE
details() {
    local table="export/$1/Photos/Photo Details.csv"
    [ -f "$table" ] || echo "$header" > "$table"
    printf '%s,AbCd+/=,%s,%s,%s,"%s",10,"Sunday May 14,2023 3:37 AM GMT"\r\n' "$2" "$3" "$4" "$5" "$6" >> "$table"
}


make_export() {
    one="iCloud Photos Part 1 of 2" two="iCloud Photos Part 2 of 2"
    mkdir -p "export/$one/Photos" "export/$two/Photos" "export/$one/Albums" "export/$two/Recently Deleted"
    bare "export/$one/Photos/IMG_1.JPG" 1
    bare "export/$one/Photos/IMG_2.JPG" 2
    photo "export/$one/Photos/IMG_3.JPG" "2020:01:02 03:04:05" 3
    bare "export/$one/Photos/IMG_4.JPG" 4
    bare "export/$two/Photos/IMG_5.JPG" 5
    bare "export/$one/Photos/IMG_9.JPG" 9a
    bare "export/$two/Photos/IMG_9.JPG" 9b
    photo "export/$two/Recently Deleted/IMG_8.JPG" "2020:01:02 03:04:05" 8
    details "$one" IMG_1.JPG yes no no "Saturday June 4,2022 12:11 PM GMT"
    details "$one" IMG_2.JPG no yes no "Sunday July 7,2019 12:05 AM GMT"
    details "$one" IMG_3.JPG no no no "Sunday July 7,2019 10:05 PM GMT"
    details "$one" IMG_4.JPG no no yes "Sunday July 7,2019 10:05 PM GMT"
    details "$one" IMG_9.JPG no no no "Sunday July 7,2019 10:05 PM GMT"
    details "$two" IMG_5.JPG no no no "Monday January 2,2023 11:59 PM GMT"
    details "$two" IMG_9.JPG no no no "Sunday July 7,2019 10:05 PM GMT"
    { echo Images; echo IMG_1.JPG; echo IMG_5.JPG; echo IMG_5.JPG; echo IMG_77.JPG; } > "export/$one/Albums/Trip, to the \"sea\".csv"
    { echo Images; echo IMG_1.JPG; echo IMG_9.JPG; } > "export/$one/Albums/Zoo.csv"
    { echo imgName; echo IMG_1.JPG; } > "export/$one/Albums/Favorites.csv"
    : > "export/$one/Albums/Empty.csv"
    mkdir "export/$one/Memories"
    { echo imageName; echo IMG_2.JPG; } > "export/$one/Memories/On this day.csv"
}

taken() {
    json_of report "$1" date_taken
}

@test "dates, favourites, hidden and deleted pictures, albums over all parts" {
    make_export
    glassine import --json -d lib export > report
    [ "$(summary_of report)" = "[6,6,0,0,0]" ]
    # The table's instant counts where the picture says nothing, and not where it does.
    [ "$(date -u -d "$(taken IMG_1.JPG)" +%FT%R)" = 2022-06-04T12:11 ]
    [ "$(date -u -d "$(taken IMG_2.JPG)" +%FT%R)" = 2019-07-07T00:05 ]
    [[ "$(taken IMG_3.JPG)" == 2020-01-02T03:04:05* ]]
    [ "$(date -u -d "$(taken IMG_5.JPG)" +%FT%R)" = 2023-01-02T23:59 ]
    # Deleted ones are named.
    jq -r 'select(.event == "left_out") | [(.path | sub(".*/export/"; "")), .reason] | @tsv' report > left
    grep -q "Part 1 of 2/Photos/IMG_4.JPG.deleted in iCloud Photos" left
    grep -q "Part 2 of 2/Recently Deleted.in a trash" left
    grep -q "Part 1 of 2/Photos/Photo Details.csv.a table of iCloud Photos" left
    grep -q "Part 1 of 2/Albums/Zoo.csv.a table of iCloud Photos" left
    glassine list albums --library lib --json | jq -r '[.name, .files] | @tsv' > albums
    printf '%s\t%s\n' 'Trip, to the "sea"' 2 Zoo 2 | diff - albums
    glassine list album Zoo --library lib > members
    # Of the pictures of one name that of the album's own part is meant.
    [ "$(wc -l < members)" -eq 2 ]
    grep -q "$(basename "$(json_of report "Part 1 of 2/Photos/IMG_9.JPG" destination)")" members
    [ "$(glassine show --json "$(json_of report IMG_1.JPG destination)" | jq -r .album)" = 'Trip, to the "sea"' ]
    [ "$(sqlite3 lib/.glassine/library.db "select group_concat(cast(path as text)) from files join metadata on file_id = id where favourite")" = \
        "$(json_of report IMG_1.JPG destination | sed "s,$work/lib/,,")" ]
    # With --include-ignored what was deleted comes, too.
    glassine import --json -n --include-ignored -d lib2 export > report
    [ "$(summary_of report)" = "[8,8,0,0,0]" ]
}

@test "the movie of a Live Photo takes what the table says of its still" {
    make_export
    cp "$fixtures/formats/photo.mp4" "export/$one/Photos/IMG_1.MOV"
    rm "export/$one/Photos/IMG_1.JPG"
    bare "export/$one/Photos/IMG_1.HEIC" 1
    sed -i 's/IMG_1.JPG/IMG_1.HEIC/' "export/$one/Photos/Photo Details.csv" "export/$one/Albums/"*.csv
    sed -i 's/\(IMG_1.HEIC,[^,]*,[a-z]*,[a-z]*\),no/\1,yes/' "export/$one/Photos/Photo Details.csv"
    glassine import --json -d lib export > report
    [ "$(jq -r 'select(.event == "left_out") | .path' report | grep -c 'IMG_1\.')" -ge 1 ]
    [ "$(json_of report IMG_1.HEIC status)" = "" ]
}

@test "names of folders and tables are those of a language, what tables hold is not" {
    make_export
    for part in 1 2; do
        mv "export/iCloud Photos Part $part of 2" "export/iCloud-Fotos Teil $part von 2"
        mv "export/iCloud-Fotos Teil $part von 2/Photos/Photo Details.csv" "export/iCloud-Fotos Teil $part von 2/Photos/Fotodetails.csv"
        mv "export/iCloud-Fotos Teil $part von 2/Photos" "export/iCloud-Fotos Teil $part von 2/Fotos"
    done
    rm -r "export/iCloud-Fotos Teil 2 von 2/Recently Deleted"
    mv "export/iCloud-Fotos Teil 1 von 2/Albums" "export/iCloud-Fotos Teil 1 von 2/Alben"
    glassine import --json -d lib export > report
    [ "$(summary_of report)" = "[6,6,0,0,0]" ]
    glassine list albums --library lib --json | jq -r '[.name, .files] | @tsv' > albums
    printf '%s\t%s\n' 'Trip, to the "sea"' 2 Zoo 2 | diff - albums
}

@test "rows of one name that contradict say nothing; other tables are other files" {
    make_export
    details "$one" IMG_1.JPG no no no "Saturday June 4,2022 12:11 PM GMT"
    details "$one" IMG_2.JPG no yes no "Sunday July 7,2019 12:05 AM GMT"
    echo 'a,b' > "export/$two/Photos/other.csv"
    { echo "$header"; printf '%070000d,x\n' 1; } > "export/$two/Photos/broken.csv"
    glassine import --json -d lib export > report
    [[ "$(taken IMG_1.JPG)" == 2026-03-04T* ]]
    [[ "$(taken IMG_2.JPG)" == 2019-07-07T* ]]
    jq -r 'select(.event == "left_out") | [(.path | sub(".*/"; "")), .reason] | @tsv' report > left
    grep -q "^other.csv.not a supported file type" left
    grep -q "^broken.csv.a table that cannot be read to its end" left
    # The same with one worker and many.
    glassine import --json -j 1 -d lib1 export > report1
    diff <(tree lib) <(tree lib1)
}

@test "folders above and beside an export that may not be looked at are none of its" {
    need_nobody
    make_export
    chmod a+x "$work"
    mkdir -m 0 export/iCloud-old
    imports() { # SUMMARY MEMBERS-OF-ZOO PATH...
        rm -rf nobody/lib
        run as_nobody import --json -d nobody/lib "${@:3}"
        [ "$(summary_of <(echo "$output"))" = "$1" ] || { echo "$output"; return 1; }
        [ "$(as_nobody list album Zoo --library nobody/lib | wc -l)" -eq "$2" ]
    }
    imports "[4,4,0,0,0]" 2 "export/$one/Photos"
    # That a name is in one part only is not known where another cannot be looked into.
    imports "[6,6,0,0,0]" 2 "export/$one/Photos" "export/$two/Photos"
    as_nobody list album 'Trip, to the "sea"' --library nobody/lib > members
    [ "$(wc -l < members)" -eq 1 ]
    chmod 711 export
    imports "[4,4,0,0,0]" 2 "export/$one/Photos"
    # A part that is called otherwise: a disk, or a home.
    mv "export/$one" export/disk
    mkdir -m 0 "export/disk/lost+found"
    imports "[4,4,0,0,0]" 2 export/disk/Photos
    chmod 711 export/disk
    imports "[4,4,0,0,0]" 0 export/disk/Photos
    # The export's own tables and albums are another matter.
    chmod 755 export/disk
    chmod 0 export/disk/Albums/Zoo.csv
    imports "[5,0,0,0,5]" 0 export/disk/Photos
    chmod 644 export/disk/Albums/Zoo.csv
    rmdir "export/disk/lost+found"
    mv export/disk "export/$one"
    imports "[4,4,0,0,0]" 2 "export/$one/Photos"
    chmod 0 "export/$one/Albums"
    imports "[5,0,0,0,5]" 0 "export/$one/Photos"
}

@test "with --move pictures go and tables stay; again, all are duplicates and albums are kept" {
    make_export
    cp -r export copy
    glassine import --json --move -d lib export > report
    [ "$(summary_of report)" = "[6,6,0,0,0]" ]
    [ "$(find export -name '*.JPG' -printf '%f\n' | sort | xargs)" = "IMG_4.JPG IMG_8.JPG" ]
    [ "$(find export -name '*.csv' | wc -l)" -eq 7 ]
    rm -rf export
    mv copy export
    sed -i 's/^Images/Images\nIMG_2.JPG/' "export/$one/Albums/Zoo.csv"
    glassine import --json -d lib export > report
    [ "$(summary_of report)" = "[6,0,6,0,0]" ]
    [ "$(glassine list album Zoo --library lib | wc -l)" -eq 3 ]
    glassine verify -q --library lib
}

# What a library knows of each picture, by its bytes.
known_in() {
    sqlite3 "$1/.glassine/library.db" "select source_sha256, date_taken, favourite, (select group_concat(name, '; ') from
        (select name from albums join album_members on album_id = albums.id where file_id = files.id order by name))
        from files join metadata on file_id = files.id order by 1"
}

@test "parts that are ZIPs, or one compressed tar, say the same" {
    needs 'archives (load|link)'
    make_export
    glassine import -q -d folders export
    known_in folders > wanted
    [ "$(grep -c 'Zoo' wanted)" -eq 2 ]
    (cd export && for part in 1 2; do python3 -m zipfile -c "../$part.zip" "iCloud Photos Part $part of 2"; done)
    glassine import --json -d zips 2.zip 1.zip > report
    [ "$(summary_of report)" = "[6,6,0,0,0]" ]
    jq -r 'select(.event == "left_out") | [(.path | sub(".*/(?=1.zip/)"; "")), .reason] | @tsv' report > left
    grep -q "1.zip/iCloud Photos Part 1 of 2/Photos/IMG_4.JPG.deleted in iCloud Photos" left
    grep -q "1.zip/iCloud Photos Part 1 of 2/Photos/Photo Details.csv.a table of iCloud Photos" left
    known_in zips | diff wanted -
    (cd export && tar -czf ../all.tgz ./*)
    glassine import -q -d tar all.tgz
    known_in tar | diff wanted -
    # A dry run knows them as well, and no copy of a table stays.
    glassine import --json -n -d none 1.zip 2.zip > report
    [ "$(summary_of report)" = "[6,6,0,0,0]" ]
    [ -z "$(find zips/.glassine/tmp tar/.glassine/tmp -type f)" ]
}
