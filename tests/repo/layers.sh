#!/bin/sh
# SPDX-License-Identifier: MIT
# layers.sh - an include goes down: to its own folder, or to one on a floor below.
# Never beside, never above, never round in a circle. And each third-party header is
# seen by the files alone that are meant to see it. Run at the root of the
# repository; --table prints folders with their files, lines and arrows.
set -eu
bad=0

complain() {
    echo "layers.sh: $*"
    bad=1
}

# The floors of src, from the ground. A file belongs to the longest path that it
# begins with; folders on one line stand side by side and do not see each other.
floors='
glassine.h glassine_plugin.h
base/system
base
base/thread
media/core
media/undo media/jpeg media/png media/gif media/riff media/text media/psd media/ciff
media/tiff
media/xmp
media/image media/bmff
media/video
media
plan/time plan/naming
plan/config
plan/places
plan
store/library
store/write store/claims
store/elodie
engine/names
engine/disk engine/scan engine/archive engine/library_choice
engine/stored
engine/describe engine/log engine/journal
engine/operation
engine/plugins
engine/filing
engine/albums engine/import engine/update engine/verify engine/rebuild engine/batch engine/views
engine
glassine
plugins
cli
'
# Layers that are apart: what stands on the lower floor is still not for these.
apart='store:media store:plan cli:base cli:media cli:plan cli:store cli:engine'

# Every include between the project's files, as "from to".
arrows=$(find src -name '*.[ch]' | LC_ALL=C sort | xargs grep -HE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' |
    sed -nE 's/^src\/([^:]*):.*"([^"]+)".*/\1 \2/p' | grep -v ' shim/')

check=$(
    { printf '%s\n' "$floors" | sed 's/^/F /'; printf '%s\n' "$apart" | sed 's/^/A /'
      printf '%s\n' "$arrows" | sed 's/^/I /'; } | awk '
    $1 == "F" { floor++; for (i = 2; i <= NF; i++) { height[$i] = floor } }
    $1 == "A" { for (i = 2; i <= NF; i++) apart[$i] = 1 }
    # The folder (or single file) of the table that a path belongs to.
    function room(path,    part) {
        part = path
        sub(/\.[ch]$/, "", part)
        if (path == "glassine.h" || path == "glassine_plugin.h") return path
        while (!(part in height)) {
            if (part !~ /\//) return path ~ /^glassine/ ? "glassine" : part
            sub(/\/[^\/]*$/, "", part)
        }
        return part
    }
    function layer(path) { sub(/\/.*/, "", path); return path }
    # A .c with its own header is one.
    function unit(path) { sub(/\.[ch]$/, "", path); return path }
    $1 == "I" {
        from = room($2); to = room($3)
        if (!(to in height)) print $2 " includes " $3 ", which stands on no floor"
        else if (from != to && height[to] >= height[from])
            print $2 " includes " $3 ": " to " does not stand below " from
        if ((layer($2) ":" layer($3)) in apart) print $2 " includes " $3 ": its layer is not to see that one"
        if (unit($2) != unit($3) && !((unit($2), unit($3)) in edge)) {
            edge[unit($2), unit($3)] = 1
            next_of[unit($2)] = next_of[unit($2)] " " unit($3)
        }
    }
    # Depth first; a file that is met while it is open closes a circle.
    function visit(name, trail,    list, n, i) {
        state[name] = 1
        n = split(next_of[name], list, " ")
        for (i = 1; i <= n; i++) {
            if (state[list[i]] == 1) print "a circle of includes:" trail " " name " " list[i]
            else if (state[list[i]] == 0) visit(list[i], trail " " name)
        }
        state[name] = 2
    }
    END { for (name in next_of) if (state[name] == 0) visit(name, "") }'
)
[ -z "$check" ] || complain "$check"

# No folder of more sources than a person keeps in mind.
for folder in $(find src -type d | LC_ALL=C sort); do
    count=$(find "$folder" -maxdepth 1 -name '*.[ch]' | wc -l)
    [ "$count" -le 30 ] || complain "$folder has $count sources; 30 are the most"
done

if [ "${1:-}" = --table ]; then
    printf '%-22s %6s %7s %7s\n' folder files lines arrows
    for folder in $(find src -type d | LC_ALL=C sort); do
        files=$(find "$folder" -maxdepth 1 -name '*.[ch]')
        [ -n "$files" ] || continue
        inside=$(printf '%s\n' "$arrows" | awk -v at="${folder#src/}/" '
            { split($1, a, "/"); f = $1; t = $2; sub(/[^\/]*$/, "", f); sub(/[^\/]*$/, "", t) }
            f == at && t != at { n++ } END { print n + 0 }')
        # shellcheck disable=SC2086 # names of sources have no blanks
        printf '%-22s %6d %7d %7d\n' "$folder" "$(echo $files | wc -w)" "$(cat $files | wc -l)" "$inside"
    done
fi

# only HEADER-PATTERN FILE-PATTERN: who may include a header. (To name its version,
# glassine_about.c may include any.)
only() {
    hits=$(grep -rnE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($1)" src shim |
        grep -vE "^($2|src/glassine_about\.c):" || true)
    [ -z "$hits" ] || complain "<$1> belongs to $2 alone:
$hits"
}
only 'exiv2/' 'shim/exiv2_[a-z_]*\.cpp'
only 'shim/' 'src/media/(about|xmp/xmp_cross_check)\.[ch]|shim/exiv2_[a-z_]*\.cpp'
only 'libexif/' 'src/media/tiff/exif[a-z_]*\.[ch]'
only 'libav[a-z]*/' 'src/media/video/video[a-z_]*\.[ch]'
only 'expat\.h' 'src/media/(xmp/xmp[a-z_]*|video/camera_xml)\.[ch]'
only 'sqlite3\.h' 'src/store/[a-z_]*/[a-z_]*\.[ch]'
only 'openssl/' 'src/base/sha256/openssl\.c'
only 'nettle/' 'src/base/sha256/nettle\.c'
only 'xxhash\.h' 'src/base/digest\.c'
only 'curl/' 'src/(plan/places/places_transport|plugins/googlephotos/http)\.c'
only 'pcre2\.h' 'src/(plan/time|engine/scan)/[a-z_]*\.[ch]'
only 'utf8proc\.h' 'src/(base|media|plan|store)/[a-z_/]*\.[ch]'
only 'zlib\.h' 'src/(media|plan|engine/archive)/[a-z_/]*\.[ch]'
only 'archive(_entry)?\.h' 'src/engine/archive/archive_library\.h'
only 'jansson\.h' 'src/(media|plan|store|engine|plugins|cli)/[a-z_/]*\.[ch]'

# Letters are compared by base/ascii.h or utf8proc: a program that embeds the
# library may have set a locale in which "i" and "I" are not one letter.
if grep -rnE '\<(strn?casecmp|strcasestr|to(upper|lower)|is(upper|lower|alpha|alnum|space)) ?\(' src \
    --include='*.c'; then
    complain "these follow the process's locale"
fi
# All C++ lives in shim/.
[ -z "$(find src -name '*.cpp' -o -name '*.hpp' -o -name '*.cc')" ] || complain 'C++ in src/'
exit $bad
