#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Archives as inputs: the same library as from folders, and what is hostile costs itself.

load helper

setup_file() {
    command -v python3 > /dev/null || skip "makes its archives with python3"
}

# pack SOURCE ARCHIVE [PART OF]: its files in an order of their own; of several archives
# those that fall to this one, so that most JSONs lie in another than their picture.
pack() {
    python3 - "$@" <<'END'
import hashlib, os, sys, tarfile, zipfile
source, name, part, of = sys.argv[1], sys.argv[2], int((sys.argv + ["0"])[3]), int((sys.argv + ["0", "1"])[4])
files = [os.path.relpath(os.path.join(at, file), source) for at, _, some in os.walk(source) for file in some]
number = lambda file: int(hashlib.sha256(file.encode("utf-8", "surrogateescape")).hexdigest(), 16)
files = sorted((file for file in files if number(file) % of == part), key=number)
if name.endswith(".zip"):
    with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as out:
        for file in files:
            out.write(os.path.join(source, file), file)
else:
    with tarfile.open(name, "w:gz" if name.endswith("gz") else "w") as out:
        for file in files:
            out.add(os.path.join(source, file), file)
END
}

# All that a library has of its files, but for where they came from and when.
rows_of() {
    local columns
    columns=$(sqlite3 "$1/.glassine/library.db" "pragma table_info(files)" | cut -d'|' -f2 |
        grep -vxE 'id|source_path|unit_id|run_id|checked_s' | sed 's/.*/quote(&)/' | paste -sd,)
    sqlite3 "$1/.glassine/library.db" "select $columns from files order by path"
    columns=$(sqlite3 "$1/.glassine/library.db" "pragma table_info(metadata)" | cut -d'|' -f2 |
        grep -vxE 'file_id' | sed 's/.*/quote(metadata.&)/' | paste -sd,)
    sqlite3 "$1/.glassine/library.db" "select path, $columns from metadata join files on files.id = file_id order by path"
    sqlite3 "$1/.glassine/library.db" "select path, albums.name from album_members join files on files.id = file_id
        join albums on albums.id = album_id order by 1, 2"
    tree "$1"
}

make_takeout() {
    needs 'archives (load|link)'
    "$fixtures/make-takeout" card
    rm card/truth.tsv
    find card -exec touch -d '2024-05-06 07:08:10' {} +
    glassine import -q -d folders card
    rows_of folders > wanted
}

@test "a Takeout gives one library: from folders, ZIPs, a tar and a compressed tar" {
    make_takeout
    [ "$(grep -c . wanted)" -gt 600 ]
    for i in 0 1 2; do pack card "takeout-00$i.zip" "$i" 3; done
    pack card takeout.tgz
    pack card takeout.tar
    sha256sum takeout* > before
    for set in 'takeout-002.zip takeout-000.zip takeout-001.zip' takeout.tgz takeout.tar; do
        rm -rf lib
        # shellcheck disable=SC2086 # several archives
        glassine import --json -d lib $set > report
        [ "$(summary_of report | jq -c '.[4]')" -eq 0 ]
        rows_of lib | diff wanted - || { echo "$set"; false; }
        [ -z "$(ls lib/.glassine/tmp)" ]
        # Whoever imports it again has duplicates only.
        # shellcheck disable=SC2086
        glassine import --json -d lib $set > report
        [ "$(summary_of report | jq -c '[.[1], .[4]]')" = "[0,0]" ]
        rows_of lib | diff wanted -
        [ -z "$(ls lib/.glassine/tmp)" ]
    done
    sha256sum --quiet -c before
}

@test "a source in an archive is ARCHIVE/MEMBER, in JSON and in the database" {
    needs 'archives (load|link)'
    photo "card/a/IMG 1.jpg" "2020:01:02 03:04:05"
    pack card one.zip
    glassine import --json -d lib one.zip > report
    [ "$(jq -r 'select(.event == "file") | .source' report)" = "$work/one.zip/a/IMG 1.jpg" ]
    [ "$(sqlite3 lib/.glassine/library.db 'select source_path from files')" = "$work/one.zip/a/IMG 1.jpg" ]
    [ "$(sqlite3 lib/.glassine/library.db 'select original_name from metadata')" = "IMG 1.jpg" ]
}

@test "one worker or sixteen: the same report and library" {
    make_takeout
    pack card all.tgz
    for i in 0 1; do pack card "part-$i.zip" "$i" 2; done
    for jobs in 1 16; do
        glassine import --json -j "$jobs" -d "lib$jobs" part-0.zip part-1.zip all.tgz |
            jq -c 'del(.seconds)' | sed "s/lib$jobs/lib/" > "report$jobs"
        rows_of "lib$jobs" > "rows$jobs"
    done
    diff report1 report16
    diff rows1 rows16
}

@test "a dry run on archives says what an import does, and writes nothing" {
    make_takeout
    pack card all.tgz
    for i in 0 1; do pack card "part-$i.zip" "$i" 2; done
    mkdir temporary
    for set in all.tgz 'part-0.zip part-1.zip'; do
        rm -rf lib
        find card temporary ./*.zip ./*.tgz -printf '%p %T@\n' | sort > before
        # shellcheck disable=SC2086 # several archives
        TMPDIR=$work/temporary glassine import -n --json -d lib $set | jq -c 'del(.seconds, .bytes)' > dry
        find card ./*.zip ./*.tgz -printf '%p %T@\n' | sort | comm -13 before - | diff /dev/null -
        [ -z "$(ls -A temporary)" ]
        [ ! -e lib ]
        # shellcheck disable=SC2086
        glassine import --json -d lib $set | jq -c 'del(.seconds, .bytes)' > report
        diff dry report
        rm dry report
    done
}

# The folder full, on a disk of its own of so many megabytes, and a card of eight pictures of
# so many each.
small_disk() {
    needs 'archives (load|link)'
    mkdir full
    mount -t tmpfs -o "size=$1m" tmpfs full 2> /dev/null || skip "a disk of a certain size needs root"
    for i in $(seq 8); do
        photo "card/m$i.jpg" "2020:01:03 03:04:$((i + 10))" "$i"
        head -c "${2}000000" /dev/urandom >> "card/m$i.jpg"
    done
}

@test "an archive takes no more room than what is filed of it, and its duplicates none that grows" {
    small_disk 104 8
    for archive in a.tgz a.zip a.tar; do
        pack card "$archive"
        rm -rf full/lib
        glassine import --json -d full/lib "$archive" > report
        [ "$(summary_of report | jq -c '[.[1], .[4]]')" = "[8,0]" ] || { echo "$archive"; cat report; false; }
        # 38 MB are left, of which 16 are kept for the database; the archive has 64.
        for i in 1 2; do
            glassine import --json -j 4 -d full/lib "$archive" > report
            [ "$(summary_of report | jq -c '[.[2], .[4]]')" = "[8,0]" ] || { echo "$archive"; cat report; false; }
        done
        [ -z "$(ls full/lib/.glassine/tmp)" ]
    done
}

@test "a dry run on an archive needs little room in the temporary folder" {
    small_disk 16 4
    for archive in a.tgz a.zip a.tar; do
        pack card "$archive"
        TMPDIR=$work/full glassine import -n --json -j 4 -d lib "$archive" > report
        [ "$(summary_of report | jq -c '[.[1], .[4]]')" = "[8,0]" ] || { echo "$archive"; cat report; false; }
    done
}

@test "--move and --trash leave an archive as it is, and say so" {
    needs 'archives (load|link)'
    photo card/a.jpg "2020:01:02 03:04:05"
    photo loose/b.jpg "2020:01:02 03:04:06"
    pack card one.zip
    sha256sum one.zip > before
    for how in --move --trash; do
        rm -rf lib
        cp -r loose now
        glassine import -d lib "$how" one.zip now > /dev/null 2> messages
        sha256sum --quiet -c before
        grep -qx "glassine: one.zip stays: an archive is never changed" messages
        [ "$(grep -c stays messages)" -eq 1 ]
        [ "$(find now -type f | wc -l)" -eq 0 ]
        [ "$(tree lib | wc -l)" -eq 2 ]
        rm -rf now
    done
}

@test "an archive is opened only where it is named" {
    needs 'archives (load|link)'
    photo card/in/a.jpg "2020:01:02 03:04:05"
    photo other/b.jpg "2020:01:02 03:04:06"
    pack other card/in/b.zip
    cp card/in/b.zip card/in/c.TAR
    glassine import --json -d lib card > report
    [ "$(jq -c 'select(.event == "left_out") | [(.path | ltrimstr("'"$work"'/")), .reason]' report)" = \
'["card/in/b.zip","an archive, which is read only where it is named itself"]
["card/in/c.TAR","an archive, which is read only where it is named itself"]' ]
    # Named beside its folder it is.
    glassine import --json -d lib card card/in/b.zip > report
    [ "$(jq -c 'select(.event == "file") | [.source, .status]' report | sed "s,$work/,,")" = \
'["card/in/a.jpg","duplicate"]
["card/in/b.zip/b.jpg","imported"]' ]
}

@test "companions, albums, ignored folders and exclusions hold in archives" {
    needs 'archives (load|link)'
    cp -r "$fixtures/sample/DCIM" card
    mkdir -p card/@eaDir
    photo card/@eaDir/x.jpg "2019:01:01 01:01:01"
    photo card/not/this/y.jpg "2019:01:01 01:01:02"
    printf 'a\n' > card/what.xyz
    mkdir -p card/BDMV/STREAM card/BDMV/CLIPINF
    cp "$fixtures"/formats/*.mts card/BDMV/STREAM/00000.MTS
    printf 'clip' > card/BDMV/CLIPINF/00000.CPI
    find card -exec touch -d '2024-05-06 07:08:10' {} +
    glassine import --json --exclude-regex 'not/this' -d folders card | jq -c 'del(.seconds)' |
        sed "s,$work/card/,,g; s,folders,lib," > wanted
    rows_of folders > wanted_rows
    for archive in a.zip a.tgz a.tar; do
        rm -rf lib
        pack card "$archive"
        glassine import --json --exclude-regex 'not/this' -d lib "$archive" | jq -c 'del(.seconds)' |
            sed "s,$work/$archive/,,g" | diff wanted -
        rows_of lib | diff wanted_rows -
    done
}

@test "archives that hold the same path are apart: nothing of one joins the other" {
    needs 'archives (load|link)'
    photo one/IMG_1.jpg "2020:01:02 03:04:05" one
    photo two/IMG_1.jpg "2021:01:02 03:04:05" two
    printf '{"title":"IMG_1.jpg","description":"of two","photoTakenTime":{"timestamp":"1500000000"}}' > two/IMG_1.jpg.json
    for name in one two; do pack $name $name.zip; done
    glassine import -q -d lib one.zip two.zip
    [ "$(sqlite3 lib/.glassine/library.db "select source_path from files join metadata on files.id = file_id where description = 'of two'" | sed "s,$work/,,")" = \
        "two.zip/IMG_1.jpg" ]
    [ "$(tree lib | wc -l)" -eq 3 ]
}

@test "names of members do not depend on the locale" {
    needs 'archives (load|link)'
    for locale in C C.UTF-8; do
        mkdir -p card
        photo "card/Grüße/é.jpg" "2020:01:02 03:04:05" one
        photo "card/$(printf 'e\314\201').jpg" "2020:01:02 03:04:06" two
        photo "card/😀.jpg" "2020:01:02 03:04:07" three
        photo "card/xx.jpg" "2020:01:02 03:04:08" four
        find card -exec touch -d '2024-05-06 07:08:10' {} +
        for archive in a.zip a.tar a.tgz; do
            pack card "$archive"
            rm -rf lib
            LC_ALL=$locale glassine import -q -d lib "$archive"
            (cd card && find . -type f | LC_ALL=C sort | sed "s,^\.,$work/$archive,") > wanted
            sqlite3 lib/.glassine/library.db 'select source_path from files' | LC_ALL=C sort | diff wanted -
        done
        # Code page 437, where nothing says what it is: 0x82 is an e with an acute accent.
        pack card a.zip
        LC_ALL=C sed -i 's/xx\.jpg/x\x82.jpg/g' a.zip
        rm -rf lib
        LC_ALL=$locale glassine import -q -d lib a.zip
        [ "$(sqlite3 lib/.glassine/library.db "select count(*) from files where cast(source_path as text) = '$work/a.zip/xé.jpg'")" -eq 1 ]
    done
}

@test "libarchive is loaded where an archive is opened, and not before" {
    needs 'archives load'
    command -v strace > /dev/null || skip "no strace"
    photo card/a.jpg "2020:01:02 03:04:05"
    pack card one.zip
    strace -f -o trace -e trace=openat "$GLS_BINARY_DIR/glassine" import -q -d lib card || skip "cannot trace"
    refute grep -q libarchive trace
    strace -f -o trace -e trace=openat "$GLS_BINARY_DIR/glassine" import -q -d lib one.zip
    grep -q libarchive trace
}

# kind | who fails | why | how many pictures are imported of it
hostile='parent.zip|/../evil.jpg|its name leads out of the archive|1
parents.zip|/a/b/../../../evil.jpg|its name leads out of the archive|1
absolute.zip|//evil.jpg|its name is absolute|1
drive.zip|/C:/evil.jpg|its name is absolute|1
nul.zip|/ev|its name holds a NUL|1
long.zip|/xxx|a part of its name is longer than 255 bytes|1
deep.zip|/d/d|its folders are nested too deep|1
link.zip|/evil.jpg|is a link or a device in an archive; only files are imported|1
device.zip|/evil.jpg|is a link or a device in an archive; only files are imported|1
encrypted.zip|/evil.jpg|is encrypted|1
checksum.zip|/evil.jpg|CRC|1
smaller.zip|/evil.jpg|wrong size|1
larger.zip|/evil.jpg|damaged or cut off|1
huge.zip|/evil.jpg|would grow to more than 200 times its packed size|1
method.zip|/evil.jpg|nsupported|1
behind.zip|/evil.jpg|behind its end|1
over.zip|/evil.jpg|lies on another member|1
elsewhere.zip|/evil.jpg|does not lie where the ZIP|1
twice.zip|/evil.jpg|another member of this name|2
overlap.zip|/late.jpg|lies on another member|2
bomb.zip|/evil.mov|would grow to more than 200 times its packed size|1
cut.zip||the ZIP is cut off|0
count.zip||its directory holds 2 members and states 7|2
pieces.zip||is a piece of a ZIP in several pieces|0
start.zip||the directory at the end of the ZIP is damaged|0
text.zip||is neither a ZIP nor a tar|0
symlink.tar|/evil.jpg|is a link or a device in an archive; only files are imported|1
hardlink.tar|/evil.jpg|is a link or a device in an archive; only files are imported|1
device.tar|/evil.jpg|is a link or a device in an archive; only files are imported|1
parent.tgz|/../evil.jpg|its name leads out of the archive|1
cut.tar|/evil.jpg|runcated|1
cut.tgz||runcated|1
flipped.tgz||its checksum denies what it holds|0'

@test "a hostile archive costs itself only" {
    needs 'archives (load|link)'
    mkdir bad
    photo good.jpg "2020:01:02 03:04:05" good
    photo evil.jpg "2020:01:02 03:04:06" evil
    photo card/other.jpg "2020:01:02 03:04:07" other
    pack card other.zip
    python3 "$GLS_SOURCE_DIR/tests/support/hostile_archives.py" bad good.jpg evil.jpg
    printf '%s\n' "$hostile" > table
    [ "$(wc -l < table)" -ge 30 ]
    while IFS='|' read -r archive who why imported; do
        rm -rf lib
        find bad card ./*.zip ./*.jpg /tmp/evil.jpg /evil.jpg -printf '%p %T@\n' 2> /dev/null | sort > before
        status=0
        glassine import --json -d lib "bad/$archive" other.zip > report 2> messages || status=$?
        find bad card ./*.zip ./*.jpg /tmp/evil.jpg /evil.jpg -printf '%p %T@\n' 2> /dev/null | sort | diff before - ||
            { echo "$archive"; false; }
        [ "$status" -eq 1 ] || { echo "$archive: status $status"; cat report; false; }
        jq --arg who "$archive$who" --arg why "$why" 'select(.event == "file" and .status == "failed" and
            (.source | contains($who)) and (.reason | contains($why)))' report | grep -q . ||
            { echo "$archive"; cat report; false; }
        [ "$(jq -r 'select(.event == "summary") | .imported' report)" -eq $((imported + 1)) ] || { echo "$archive"; cat report; false; }
        [ "$(jq 'select(.event == "summary") | .scanned == .imported + .duplicate + .skipped + .failed' report)" = true ]
        [ -z "$(ls lib/.glassine/tmp)" ] || { echo "$archive: $(ls lib/.glassine/tmp)"; false; }
        glassine verify -q --library lib
        status=0
        glassine import -n --json -d dry-lib "bad/$archive" other.zip | jq -c 'del(.seconds, .bytes)' | sed 's,dry-lib,lib,' > dry || status=$?
        jq -c 'del(.seconds, .bytes)' report | diff - dry || { echo "$archive: a dry run"; false; }
        rm -f dry
    done < table
}

@test "JSONs that lie on each other fill no temporary folder" {
    small_disk 16 1
    mkdir bad
    photo good.jpg "2020:01:02 03:04:05"
    python3 "$GLS_SOURCE_DIR/tests/support/hostile_archives.py" bad good.jpg good.jpg
    pack card other.zip
    for set in 'bad/many.zip other.zip' 'other.zip bad/many.zip'; do
        rm -rf lib
        status=0
        # shellcheck disable=SC2086 # several archives
        TMPDIR=$work/full glassine import --json -d lib $set > report || status=$?
        [ "$status" -eq 1 ]
        [ "$(summary_of report | jq -c '[.[1], .[4]]')" = "[9,1999]" ] || { tail -5 report; false; }
        [ "$(jq -r 'select(.status == "failed") | .reason' report | sort -u)" = "lies on another member of the archive, as no program packs it" ]
    done
}

@test "archives in archives and pieces of one are left out with the reason" {
    needs 'archives (load|link)'
    mkdir bad
    photo good.jpg "2020:01:02 03:04:05" good
    python3 "$GLS_SOURCE_DIR/tests/support/hostile_archives.py" bad good.jpg good.jpg
    glassine import --json -d lib bad/nested.zip > report
    [ "$(jq -r 'select(.event == "left_out") | .reason' report)" = "an archive, which is read only where it is named itself" ]
    glassine import --json -d lib bad/whole.z01 > report
    [[ "$(jq -r 'select(.event == "file") | .status + ": " + .reason' report)" = "skipped: a piece of a ZIP in several pieces; "* ]]
}

# spoil ZIP NAME...: these members are encrypted, as the bit in both headers says; those called
# "damaged" have another checksum than is stated.
spoil() {
    python3 - "$@" <<'END'
import struct, sys
data = bytearray(open(sys.argv[1], "rb").read())
at = data.find(b"PK\1\2")
while at >= 0:
    size, = struct.unpack_from("<H", data, at + 28)
    local, = struct.unpack_from("<I", data, at + 42)
    name = data[at + 46:at + 46 + size].decode()
    if name in ("damaged", "damaged.dat"):
        data[at + 16] ^= 1
        data[local + 14] ^= 1
    elif name in sys.argv[2:]:
        data[at + 8] |= 1
        data[local + 6] |= 1
    at = data.find(b"PK\1\2", at + 46)
open(sys.argv[1], "wb").write(data)
END
}

@test "a member that nobody can look into is left out only where its extension says that it is no picture" {
    needs 'archives (load|link)'
    photo card/good.jpg "2020:01:02 03:04:05" good
    photo card/picture "2020:01:02 03:04:06" picture
    echo secret | tee card/letter > card/list.dat
    pack card all.zip
    spoil all.zip letter list.dat picture
    status=0
    glassine import --json -d lib all.zip > report || status=$?
    [ "$status" -eq 1 ]
    jq -r 'select(.event == "left_out") | [.path, .reason] | join("|")' report | sed 's,.*/all.zip/,,; s/;.*//' | sort > left
    echo "list.dat|is encrypted" | diff - left
    # Without an extension it may be a photo.
    [ "$(jq -r 'select(.status == "failed") | .source' report | xargs -n 1 basename | sort | xargs)" = "letter picture" ]
    [ "$(summary_of report | jq -c '[.[1], .[4]]')" = "[1,2]" ]
    # A sidecar may speak of its picture. What is damaged from its start may be anything.
    echo secret > card/good.xmp
    photo card/damaged "2020:01:02 03:04:07" damaged
    photo card/damaged.dat "2020:01:02 03:04:08" damaged
    pack card all.zip
    spoil all.zip letter good.xmp
    status=0
    glassine import --json -d other all.zip > report || status=$?
    [ "$status" -eq 1 ]
    [ "$(jq -r 'select(.status == "failed") | .source' report | xargs -n 1 basename | sort | xargs)" = "damaged good.jpg good.xmp letter" ]
    [[ "$(jq -r 'select(.event == "left_out" and (.path | endswith("damaged.dat"))) | .reason' report)" == *"is damaged"* ]]
}
