# SPDX-License-Identifier: MIT
# Writing again: the same values change nothing, and other values, as often as one
# likes, do not let a file grow. GLS_WRITE_ROUNDS in the environment makes it longer.

load ../cli/helper

rounds=${GLS_WRITE_ROUNDS:-6}
long="A rather long title of a picture, so that it has to grow, and to grow again"

# One folder a file, of every format that tags are embedded in.
gather() {
    local file count=0
    for file in "$fixtures"/formats/* "$fixtures"/structures/*; do
        case $file in
        *.xmp | *.AAE | *.json | *.arw | *.cr? | *.nef | *.orf | *.pef | *.raf | *.rw2 | *.srw) continue ;;
        *.avi | *.mpg | *.mpeg | *.mts | *.m2ts | *.mkv | *.webm | *undecodable* | *extended* | *2-segments* | *before-xmp* | *bigtiff*) continue ;;
        esac
        mkdir -p "all/$((++count))"
        cp "$file" "all/$count/"
    done
}

write() { # ALBUM TITLE TIME POSITION
    glassine update -q --in-place --json --album "$1" --title "$2" --time "$3" --location="$4" all > report
    [ "$(jq -r 'select(.event == "file" and .status == "failed") | .reason' report)" = "" ]
    [ "$(jq -r 'select(.event == "file" and .written == "sidecar") | .source' report)" = "" ]
}

sizes() { find all -type f -printf '%p %s\n' | sort; }

@test "the same values again change not one byte" {
    gather
    write Album "$long" "2001-02-03 04:05:06+01:00" 1.5,2.5
    tree all > first
    [ "$(wc -l < first)" -gt 70 ]
    write Album "$long" "2001-02-03 04:05:06+01:00" 1.5,2.5
    tree all | diff first -
    [ "$(jq -r 'select(.event == "file" and .status != "skipped") | .source' report)" = "" ]
}

@test "other values again and again: no file grows by more than a packet" {
    gather
    sizes > before
    write "An album of some length" "$long" "2001-02-03 04:05:06+01:00" 1.5,2.5
    sizes > first
    for round in $(seq "$rounds"); do
        write A T "2011-02-03 14:05:06-02:00" "-$((round % 90)).25,-122.125"
        write "An album of some length" "$long" "2001-02-03 04:05:06+01:00" 1.5,2.5
    done
    sizes > last
    # The first write may add a packet with its padding, an Exif block and directories.
    join before first | awk '$3 - $2 > 4096 { print; bad = 1 } END { exit bad }'
    join first last | awk '$3 > $2 { print; bad = 1 } END { exit bad }'
}
