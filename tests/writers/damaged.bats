# SPDX-License-Identifier: MIT
# Files whose present metadata is damaged: what ExifTool reads in the source is there in
# the copy or in its sidecar. (unit.present_blocks proves the same of the bytes.)

load ../cli/helper

@test "no value that ExifTool reads in a damaged file is lost" {
    command -v exiftool > /dev/null || skip "exiftool is not there to read the files"
    mkdir card
    "$GLS_BINARY_DIR/tests/test_present_blocks" card "${GLS_DAMAGE_STEP:-67}"
    [ "$(find card -type f | wc -l)" -gt 100 ]
    run "$GLS_BINARY_DIR/glassine" import --album-from-folder --json --destination lib card
    printf '%s\n' "${lines[@]}" |
        jq -c 'select(.event == "file" and .status == "imported")' > imported
    [ "$(jq -s 'map(select(.written == "embedded")) | length' imported)" -gt 20 ]
    [ "$(jq -s 'map(select(.written == "sidecar")) | length' imported)" -gt 20 ]
    # All but what is made by the reading itself, and what the edit is about.
    exiftool -q -q -json -G1 -a -r card lib > values || true
    jq -r --slurpfile files imported '
        map({key: .SourceFile, value: .}) | from_entries as $values | $files[] |
        (.source | sub("^.*/card/"; "card/")) as $from |
        (.destination | sub("^.*/lib/"; "lib/")) as $to |
        ($values[$to + ".xmp"] // $values[($to | sub("[.][^.]*$"; "")) + ".xmp"] // {}) as $sidecar |
        $values[$from] // {} | to_entries[] |
        select(.key | test("^(XMP-(?!(x|xmpDM|elodie|GettyImagesGIFT):)|IFD0|ExifIFD|GPS|XML)")) |
        select($values[$to][.key] != .value and $sidecar[.key] != .value) |
        "\($from): \(.key) \(.value)"' values > lost
    cat lost
    [ ! -s lost ]
}
