#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Bad files, beside good ones: what each costs, what is said, and that all others
# are imported.

load helper
load bad_input_helper

@test "empty, truncated and lying files cost themselves only" {
    good_files
    cp "$fixtures"/hostile/{empty.mov,really-text.jpg,nested.mov} card
    cp "$fixtures"/hostile/truncated-in-{scan.jpg,exif.jpg,data.heic,meta.heic,data.mov,header.arw} card
    cp "$fixtures"/hostile/truncated.{mov,nef,png} card
    : > card/void.jpg
    : > card/void-too.heic
    import_card 1
    says void.jpg failed "$work/card/void.jpg: the file is empty"
    says void-too.heic failed "$work/card/void-too.heic: the file is empty"
    says empty.mov failed "$work/card/empty.mov: the file is empty"
    says really-text.jpg failed "$work/card/really-text.jpg: not a valid media file"
    says nested.mov failed "$work/card/nested.mov: not a valid media file"
    says truncated-in-meta.heic failed "$work/card/truncated-in-meta.heic: ends too early, within box 'meta'"
    # What still is a picture is kept, with a remark.
    says truncated-in-scan.jpg imported "ends too early, within its image data"
    says truncated-in-exif.jpg imported "ends too early, before its image data, in the segment at byte 2"
    says_like truncated-in-data.heic imported "ends too early: "
    says truncated-in-data.mov imported "it ends too early or holds a box that states too much"
    says truncated-in-header.arw imported "content is TIFF though the name says .arw"
    says truncated.mov imported "it ends too early or holds a box that states too much"
    says truncated.nef imported "content is TIFF though the name says .nef"
    says truncated.png imported "ends too early, within the chunk at byte 375"
    [ "$(summary_of report)" = "[17,11,0,0,6]" ]
}

@test "each bad file is one line on stderr that names it and the cause" {
    good_files
    : > card/void.jpg
    echo text > card/text.jpg
    ln -s nowhere card/dangling.jpg
    status=0
    glassine import -d lib card > lines 2> messages || status=$?
    [ $status -eq 1 ]
    [ "$(wc -l < lines)" = 3 ]
    sed '$d' messages | sort > said
    diff said - <<MESSAGES
6 files: 3 imported, 0 duplicate, 0 skipped, 3 failed
glassine: $work/card/dangling.jpg: is a symbolic link to nothing
glassine: $work/card/text.jpg: not a valid media file
glassine: $work/card/void.jpg: the file is empty
MESSAGES
    status=0
    glassine import --quiet -d lib card > lines 2> messages || status=$?
    [ $status -eq 1 ]
    [ ! -s lines ]
    [ "$(wc -l < messages)" = 3 ]
}

@test "a folder named like a photo is a folder" {
    good_files
    photo card/x.jpg/inside.jpg "2020:01:02 03:04:07"
    mkdir card/empty.jpg
    import_card 0
    says x.jpg/inside.jpg imported ""
    [ "$(summary_of report)" = "[4,4,0,0,0]" ]
}

@test "files and folders that may not be read" {
    need_nobody
    good_files
    photo card/secret.jpg "2020:01:02 03:04:07"
    photo card/locked/inside.jpg "2020:01:02 03:04:08"
    photo card/blind/inside.jpg "2020:01:02 03:04:09"
    chmod 0 card/secret.jpg card/locked
    chmod 444 card/blind
    as_nobody import --json -d "$work/nobody/lib" card > report || status=$?
    [ "$status" -eq 1 ]
    lib=nobody/lib
    check_import
    says secret.jpg failed "$work/card/secret.jpg: cannot be opened: Permission denied"
    says card/locked failed "the folder cannot be opened: Permission denied"
    says blind/inside.jpg failed "Permission denied"
    [ "$(summary_of report)" = "[6,3,0,0,3]" ]
}

@test "FIFOs, sockets and devices are skipped and never opened" {
    good_files
    mkfifo card/fifo.jpg
    make_card socket card/sock.jpg
    mknod card/null.jpg c 1 3 2>/dev/null && mknod card/zero.jpg c 1 5 && mknod card/loop.jpg b 7 200 || true
    import_card 0
    says fifo.jpg skipped "is a FIFO, not a file"
    says sock.jpg skipped "is a socket, not a file"
    # Where no device can be made, one that is there is named.
    glassine import --json -d lib /dev/zero > report
    says /dev/zero skipped "is a device, not a file"
    [ -c card/null.jpg ] || skip "devices need root; the rest passed"
    glassine import --json -d lib card > report
    for device in null zero loop; do
        says $device.jpg skipped "is a device, not a file"
    done
    [ "$(summary_of report)" = "[8,0,3,5,0]" ]
}

@test "symbolic links: dangling, in circles, to files once, to folders not" {
    good_files
    photo outside/there.jpg "2020:01:02 03:04:07"
    ln -s nowhere card/dangling.jpg
    ln -s circle2.jpg card/circle1.jpg
    ln -s circle1.jpg card/circle2.jpg
    # The first by name is taken, whatever was made first.
    for link in link3 link1 link2; do ln -s ../outside/there.jpg card/$link.jpg; done
    ln -s ../outside card/folder
    ln -s ../outside card/folder.jpg
    ln -s . card/self
    import_card 1
    says dangling.jpg failed "is a symbolic link to nothing"
    says circle1.jpg failed "is a symbolic link that leads in a circle"
    says circle2.jpg failed "is a symbolic link that leads in a circle"
    says link1.jpg imported ""
    says link2.jpg skipped "another symbolic link led to the same file before"
    says link3.jpg skipped "another symbolic link led to the same file before"
    for folder in folder folder.jpg self; do
        says card/$folder skipped "is a symbolic link to a folder, which is not followed; name the folder to import it"
    done
    [ "$(summary_of report)" = "[12,4,0,5,3]" ]
    # The target itself is no link.
    [ ! -L "$(json_of report link1.jpg destination)" ]
}

@test "one file under two names by a hard link is imported once" {
    good_files
    ln card/good.jpg card/hard.jpg
    import_card 0
    says hard.jpg duplicate "the library holds these bytes"
    [ "$(json_of report hard.jpg destination)" = "$(json_of report /good.jpg destination)" ]
    [ "$(summary_of report)" = "[4,3,1,0,0]" ]
}

@test "names with every byte a name may have" {
    good_files
    names=($'new\nline.jpg' $'tab\tname.jpg' $'bad\xff\xfebytes.jpg' $'cut\xe2\x82.jpg' $'smile\xf0\x9f\x98\x80.jpg'
        $'combine\xcc\x81.jpg' -dash.jpg --destination.jpg ' blank.jpg' '%s%n%d.jpg' $'esc\x1b[31m.jpg' '..up.jpg'
        '\back.jpg' "quote'\".jpg" '$(touch pwned).jpg' '~.jpg' '*.jpg')
    second=10
    for name in "${names[@]}"; do
        photo "card/$name" "2020:01:02 03:05:$second"
        second=$((second + 1))
    done
    photo "card/$(printf 'n%.0s' {1..251}).jpg" "2020:01:02 03:06:01"
    photo "card/$(printf '\xe2\x82\xac%.0s' {1..83}).jpg" "2020:01:02 03:06:02"
    import_card 0
    [ "$(jq -s 'map(select(.status == "imported")) | length' report)" = 22 ]
    [ ! -e pwned ]
    # Every stored name is UTF-8 without control characters, and no longer than a name may be.
    find lib -name .glassine -prune -o -type f -printf '%f\0' > stored
    [ "$(tr -cd '\0' < stored | wc -c)" = 22 ]
    tr '\0' '\n' < stored | iconv -f UTF-8 -t UTF-8 > /dev/null
    [ "$(tr -d '\0' < stored | LC_ALL=C tr -cd '\1-\37\177' | wc -c)" = 0 ]
    # Names are carried losslessly: the bytes beside a text that is no UTF-8.
    [ "$(jq -r 'select(.source_bytes) | .source_bytes' report | wc -l)" = 2 ]
    [ "$(json_of report $'bad\xef\xbf\xbd\xef\xbf\xbdbytes.jpg' source_bytes)" = "$work/card/bad%FF%FEbytes.jpg" ]
    [ "$(jq -r 'select(.source != null and (.source | endswith("new\nline.jpg"))) | .status' report)" = imported ]
    # On a pipe each file is one line, whatever its name holds.
    glassine import -n -d other card > lines 2> /dev/null
    [ "$(wc -l < lines)" = 22 ]
    grep -qF 'new\x0Aline.jpg' lines
    refute grep -q $'\x1b' lines
}

@test "names that look like options can be named" {
    good_files
    photo card/-dash.jpg "2020:01:02 03:04:07"
    photo card/--json.jpg "2020:01:02 03:04:08"
    cd card
    glassine import -d ../lib --json -- -dash.jpg --json.jpg > ../report
    cd ..
    [ "$(summary_of report)" = "[2,2,0,0,0]" ]
}

@test "paths near and beyond the 4,096 bytes of the kernel" {
    good_files
    long=$(printf 'd%.0s' {1..200})
    base=$((${#work} + 5))
    depth=$(((4096 - base - 10) / 201))
    left=$((4095 - (base + depth * 201 + 1) - 4))
    (cat card/good.jpg && printf fits) | make_card deep card "$long" $depth "$(printf "%${left}s" | tr ' ' a).jpg"
    (cat card/good.jpg && printf 'does not') | make_card deep card "$long" $depth "b$(printf "%${left}s" | tr ' ' b).jpg"
    (cat card/good.jpg && printf 'is far beyond') | make_card deep card "$long" $((depth + 2)) c.jpg
    import_card 1
    [ "$(summary_of report)" = "[6,4,0,0,2]" ]
    reason="its path is longer than 4095 bytes; reach it by a shorter one, for example through a symbolic link"
    says bb.jpg failed "$reason"
    says /c.jpg failed "$reason"
    says aa.jpg imported ""
    # By the shorter way it can be reached.
    (cd card/$long/$long/$long/$long && ln -s "$PWD" "$work/short")
    glassine import --json -d lib short > report
    [ "$(summary_of report)" = "[3,2,1,0,0]" ]
    rm -rf card
}

@test "folders that are nested too deep cost what is in them" {
    good_files
    (cat card/good.jpg && printf deep) | make_card deep card d 300 deep.jpg
    import_card 1
    [ "$(jq -r 'select(.status == "failed") | .reason' report)" = "folders are nested too deep" ]
    [ "$(summary_of report)" = "[4,3,0,0,1]" ]
}

@test "a file that vanishes between the scan and the reading" {
    need_injection
    good_files
    photo card/gone.jpg "2020:01:02 03:04:07"
    GLS_INJECT=open:1:REMOVE:card/gone.jpg injected_card 1
    says gone.jpg failed "$work/card/gone.jpg: vanished since it was found"
    [ "$(summary_of report)" = "[4,3,0,0,1]" ]
}

@test "files that change while they are read" {
    need_injection
    good_files
    # The first read is of the header, the second of the copy.
    for way in read:1:GROW read:2:GROW read:1:TOUCH read:2:TOUCH; do
        photo card/lively.jpg "2020:01:02 03:04:07" "$way"
        rm -rf lib
        GLS_INJECT=$way:card/lively.jpg injected_card 1
        says lively.jpg failed "$work/card/lively.jpg: changed while it was read"
        [ "$(summary_of report)" = "[4,3,0,0,1]" ]
    done
    for way in read:1:CUT read:2:CUT; do
        photo card/lively.jpg "2020:01:02 03:04:07" "$way"
        rm -rf lib
        GLS_INJECT=$way:card/lively.jpg injected_card 1
        says lively.jpg failed "$work/card/lively.jpg: became shorter while it was read"
        [ "$(summary_of report)" = "[4,3,0,0,1]" ]
    done
    # Once it holds still it is imported.
    glassine import --json -d lib card > report
    [ "$(summary_of report)" = "[4,1,3,0,0]" ]
}

@test "a source whose disk fails costs itself only" {
    need_injection
    good_files
    photo card/unlucky.jpg "2020:01:02 03:04:07"
    GLS_INJECT=read:2+:EIO:card/unlucky.jpg injected_card 1
    says_like unlucky.jpg failed "$work/card/unlucky.jpg: cannot be read at offset 0: Input/output error"
    [ "$(summary_of report)" = "[4,3,0,0,1]" ]
}

@test "a companion that cannot be read takes its unit along, with each cause told" {
    good_files
    photo card/IMG_1.JPG "2020:01:02 03:04:07"
    : > card/IMG_1.DNG
    : > card/IMG_1.MOV
    import_card 1
    says IMG_1.DNG failed "$work/card/IMG_1.DNG: the file is empty"
    says IMG_1.MOV failed "$work/card/IMG_1.MOV: the file is empty"
    says IMG_1.JPG failed "its companion $work/card/IMG_1.DNG cannot be imported"
    [ "$(summary_of report)" = "[6,3,0,0,3]" ]
}

@test "files of other types are counted, not listed" {
    good_files
    echo > card/README.md
    echo > card/a.exe
    echo > card/nothing.xmp
    import_card 0
    [ "$(summary_of report)" = "[3,3,0,0,0]" ]
    [ "$(jq -r 'select(.event == "summary") | .left_out' report)" = 3 ]
    glassine import -d lib --exclude-regex 'good' card > /dev/null 2> messages
    grep -qx "left out, excluded: 2 .jpg" messages
    # One that is named is an input.
    glassine import --json -d lib card/a.exe card/nothing.xmp > report
    says a.exe skipped "not a supported file type"
    says nothing.xmp skipped "a sidecar with no photo or movie beside it"
}
