#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Archives as sources under faults and kills: the archive stays as it is, nothing half
# stands under a final name, no copy is left, and the next run ends as one that was not
# disturbed.

load helper

faults="write:ENOSPC write:EIO read:EIO open:EIO open:EMFILE stat:EIO rename:EIO mkdir:ENOSPC
    fsync:EIO syncfs:EIO times:EPERM alloc:ENOMEM read:EINTR write:EINTR read:SOME write:SOME"

pack_card() {
    python3 - <<'END'
import os, tarfile, zipfile
files = sorted(os.path.join(at, file) for at, _, some in os.walk("card") for file in some)
for part in 0, 1:
    with zipfile.ZipFile(f"part-{part}.zip", "w", zipfile.ZIP_DEFLATED) as out:
        for file in files[part::2]:
            out.write(file)
with tarfile.open("all.tgz", "w:gz") as out:
    for file in reversed(files):
        out.add(file)
END
}

setup_archives() {
    glassine --version | grep -qE "^built with:.*archives (load|link)" || skip "this build reads no archives"
    command -v python3 > /dev/null || skip "makes its archives with python3"
    local shot="$fixtures/sample/DCIM/100GLASS"
    mkdir -p card/DCIM
    cp "$shot"/IMG_0003.* "$shot"/IMG_0005.* "$shot"/IMG_0006.* card/DCIM
    photo card/DCIM/plain.jpg "2020:01:02 03:04:05"
    head -c 300000 /dev/zero >> card/DCIM/plain.jpg
    printf '{"title":"plain.jpg","description":"said","photoTakenTime":{"timestamp":"1500000000"}}' > card/DCIM/plain.jpg.json
    pack_card
    sha256sum ./*.zip ./*.tgz > untouched
}

# Where the picture could not be read for its edit, what is written goes into a sidecar.
names_of() {
    tree "$1" | cut -c67- | grep -v 'plain\.jpg\.xmp$' | LC_ALL=C sort
}

# One fault in one run of an import, and the run after it.
try_fault() {
    local fault=$1 status=0
    shift
    rm -rf lib
    injected "$fault" import -q -d lib "$@" > messages 2>&1 || status=$?
    [ "$status" -le 3 ] || { echo "$fault: status $status"; cat messages; return 1; }
    sha256sum --quiet -c untouched || { echo "$fault: the archive"; return 1; }
    names_of lib > names
    [ -z "$(LC_ALL=C comm -23 names wanted_names)" ] || { echo "$fault: another name"; cat names; return 1; }
    check_dead lib <(tree lib) || { echo "$fault"; return 1; }
    glassine import -q -d lib "$@" > messages 2>&1 || { echo "$fault: the next run"; cat messages; return 1; }
    names_of lib | diff wanted_names - || { echo "$fault: the next run ends otherwise"; return 1; }
    check_done lib || { echo "$fault"; return 1; }
}

count_of() {
    env LD_PRELOAD="$GLS_INJECT_LIBRARY" GLS_INJECT="$1:999999999:EIO" GLS_INJECT_COUNT=calls \
        "$GLS_BINARY_DIR/glassine" "${@:2}" > /dev/null 2>&1 || true
    sed -n 2p calls
}

sweep() {
    local fault kind count at
    rm -rf lib
    glassine import -q -d lib "$@"
    names_of lib > wanted_names
    [ "$(wc -l < wanted_names)" -ge 8 ]
    for fault in $faults; do
        kind=${fault%:*}
        rm -rf lib
        count=$(count_of "$kind" import -q -d lib "$@")
        for at in $(seq $((RANDOM % (count / ${rounds:-1} + 1) + 1)) $((count / ${rounds:-1} + 1)) "$count"); do
            try_fault "$kind:$at:${fault#*:}" "$@"
            case $fault in alloc* | *EINTR) ;; *) try_fault "$kind:$at+:${fault#*:}" "$@" ;; esac
        done
    done
}

@test "faults everywhere: import of ZIPs" {
    need_injection
    setup_archives
    sweep part-0.zip part-1.zip
}

@test "faults everywhere: import of a compressed tar" {
    need_injection
    setup_archives
    sweep all.tgz
}

@test "what an archive that cannot be opened may belong to waits for it" {
    need_injection
    setup_archives
    calls=$(count_of open import -q -d lib part-0.zip part-1.zip)
    for at in $(seq 1 "$calls"); do
        rm -rf lib
        injected "open:$at:EIO" import -q -d lib part-0.zip part-1.zip > messages 2>&1 || true
        grep -q "part-1.zip: cannot be opened" messages && break
    done
    grep -q "not imported, for what belongs to it may be where nothing could be read: .*part-1.zip" messages
    [ -z "$(names_of lib)" ]
}

# A second archive, of more small members than may wait on the disk at once.
setup_many() {
    need_injection
    setup_archives
    python3 - <<'END'
import zipfile
photo = open("card/DCIM/IMG_0003.JPG", "rb").read()
with zipfile.ZipFile("many.zip", "w") as out:
    for i in range(300):
        out.writestr(f"many/{i}.jpg", photo + b"%d" % i)
END
    cp many.zip kept.zip
    glassine import -q -d whole part-0.zip
    names_of whole > wanted_names
}

# import_many RULES OPTION...: both archives; why how many of their members fail.
import_many() {
    local status=0
    rm -rf lib
    cp kept.zip many.zip
    timeout -s KILL 60 env LD_PRELOAD="$GLS_INJECT_LIBRARY" GLS_INJECT="$1" GLS_INJECT_COUNT=calls \
        "$GLS_BINARY_DIR/glassine" import --json "${@:2}" -d lib part-0.zip many.zip > report 2> messages || status=$?
    [ "$status" -le 1 ] || { echo "$1: status $status"; return 1; }
    jq -r 'select(.event == "file" and .status == "failed") | .reason' report | sort | uniq -c > reasons
}

@test "an archive that is lost or replaced after it was listed costs its members, and nothing waits for them" {
    setup_many
    for fault in open:2+:EIO open:2+:EMFILE; do
        import_many "$fault:many.zip" -n
        grep -q "^ *300 .*many.zip: cannot be opened" reasons
        import_many "$fault:many.zip"
        grep -q "^ *300 .*many.zip: cannot be opened" reasons
        names_of lib | diff wanted_names -
        check_done lib
    done
    # It is looked at before it is opened, the second time too.
    import_many stat:999999:EIO:many.zip -n
    looks=$(sed -n 2p calls)
    for change in TOUCH GROW PUT REMOVE; do
        for at in $(seq "$looks" -1 1); do
            import_many "stat:$at:$change:many.zip"
            ! grep -qE "^ *300 .*many.zip: (changed while it was imported|cannot be opened)" reasons || break
        done
        grep -q "^ *300 " reasons || { echo "$change"; false; }
        names_of lib | diff wanted_names -
        check_done lib
    done
}

@test "a dry run's file stays small where the file system makes no holes" {
    need_injection
    setup_archives
    for i in $(seq 8); do
        photo "large/$i.jpg" "2020:01:03 03:04:1$i" "$i"
        head -c 8000000 /dev/zero | tr '\0' "$i" >> "large/$i.jpg"
    done
    (cd large && python3 -m zipfile -c ../large.zip ./*.jpg)
    for rules in fallocate:1+:EINVAL fallocate:999999:EINVAL; do
        (
            [ "$rules" = fallocate:999999:EINVAL ] || ulimit -f $((40 * 1024))
            injected "$rules" import -n --json -j 4 -d lib large.zip > report
        )
        [ "$(summary_of report)" = "[8,8,0,0,0]" ] || { echo "$rules"; cat report; false; }
    done
}

@test "an interrupt is heard while the files of a folder are looked at for what belongs together" {
    need_injection
    setup_archives
    mkdir -p pairs temporary
    for i in $(seq 100); do
        photo "pairs/IMG_$i.jpg" "2020:01:03 03:04:05" "$i"
        cp card/DCIM/IMG_0003.DNG "pairs/IMG_$i.dng"
        printf '%s' "$i" >> "pairs/IMG_$i.dng"
    done
    (cd pairs && python3 -m zipfile -c ../pairs.zip ./*)
    # Each look opens a file in the temporary folder.
    export TMPDIR=$work/temporary
    export GLS_INJECT_COUNT=calls
    injected open:999999:EIO:temporary import -n -q -d lib pairs.zip
    opens=$(sed -n 2p calls)
    [ "$opens" -ge 200 ]
    status=0
    injected open:20:INT:temporary import -n -q -d lib pairs.zip > messages 2>&1 || status=$?
    [ "$status" -ne 0 ]
    [ "$(sed -n 2p calls)" -le 40 ]
}

@test "an import of archives that is killed again and again ends as one that was not" {
    need_injection
    setup_archives
    for set in 'part-0.zip part-1.zip' all.tgz; do
        rm -rf whole lib
        # shellcheck disable=SC2086 # several archives
        glassine import -q -d whole $set
        tree whole > wanted_hashes
        whole_tree whole > wanted
        rm -rf whole
        # shellcheck disable=SC2086
        calls=$(calls_of import -q -d whole $set)
        for round in $(seq 1 "${rounds:-5}"); do
            rm -rf lib
            for death in $(seq 1 $((RANDOM % 3 + 1))); do
                at=$(($(random_below "$calls") + 1))
                # shellcheck disable=SC2086
                injected "any:$at:KILL" import -q -d lib $set > /dev/null 2>&1 || true
                check_dead lib wanted_hashes || { echo "round $round, call $at, $set"; false; }
            done
            # shellcheck disable=SC2086
            glassine import -q -d lib $set
            whole_tree lib | diff wanted - || { echo "round $round, call $at, $set"; false; }
            check_done lib || { echo "round $round, call $at, $set"; false; }
        done
        sha256sum --quiet -c untouched
    done
}

@test "a member that reads otherwise than when the archive was listed is not filed" {
    need_injection
    setup_archives
    # Bytes that are packed as they are, so that nothing but a checksum knows them.
    rm -rf card/*
    for i in 1 2 3; do
        photo "card/$i.jpg" "2020:01:03 03:04:0$i" "$i"
        head -c 150000 /dev/urandom >> "card/$i.jpg"
    done
    pack_card
    for archive in all.tgz part-0.zip; do
        rm -rf lib
        env LD_PRELOAD="$GLS_INJECT_LIBRARY" GLS_INJECT="read:999999999:EIO:$archive" GLS_INJECT_COUNT=calls \
            "$GLS_BINARY_DIR/glassine" import -q -d lib "$archive"
        tree lib > wanted
        for at in $(seq "$(sed -n 2p calls)"); do
            rm -rf lib
            injected "read:$at:FLIP:$archive" import --json -d lib "$archive" >> report 2> messages || true
            check_dead lib wanted || { echo "$archive: read $at"; false; }
        done
    done
    for why in "all.tgz/.*read differently the second time" "all.tgz.*its checksum denies" "part-0.zip/.*CRC"; do
        grep '"failed"' report | grep -q "$why" || { echo "never: $why"; cat report; false; }
    done
}

@test "files of no type in a compressed tar are looked at while it is listed" {
    need_injection
    setup_archives
    python3 - <<'END'
import io, random, tarfile
with tarfile.open("unknown.tgz", "w:gz") as out:
    for i in range(300):
        info = tarfile.TarInfo(f"n{i}.dat")
        info.size = 2048
        out.addfile(info, io.BytesIO(random.Random(i).randbytes(2048)))
END
    env LD_PRELOAD="$GLS_INJECT_LIBRARY" GLS_INJECT=read:999999999:EIO:unknown.tgz GLS_INJECT_COUNT=calls \
        "$GLS_BINARY_DIR/glassine" import -n --json -d lib unknown.tgz > report
    [ "$(jq -r 'select(.event == "left_out") | .reason' report | sort | uniq -c | xargs)" = "300 not a supported file type" ]
    # Its 630 KB are read once, not up to each file again.
    [ "$(sed -n 2p calls)" -le 30 ] || { cat calls; false; }
}
