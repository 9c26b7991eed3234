#!/bin/sh
# SPDX-License-Identifier: MIT
# layers.sh - includes only go the way that the layers allow, and each
# third-party header is seen by the files alone that are meant to see it.
# Run at the root of the repository.
set -eu
bad=0

complain() {
    echo "layers.sh: $*"
    bad=1
}

# allow LAYER-FOLDER PREFIX...: project headers that its files may include.
allow() {
    folder=$1
    shift
    pattern=$(printf '%s|' "$@")
    hits=$(grep -rnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' "src/$folder" |
        grep -vE "include[[:space:]]*\"(${pattern%|})" || true)
    [ -z "$hits" ] || complain "src/$folder includes what is not below it:
$hits"
}
allow base base/ glassine.h
allow media media/ base/ glassine.h shim/exiv2_shim.h
allow plan plan/ media/ base/ glassine.h
allow store store/ base/ glassine.h
allow engine engine/ store/ plan/ media/ base/ glassine.h
[ ! -d src/cli ] || allow cli cli/ glassine.h

# only HEADER-PATTERN FILE-PATTERN: who may include a header. (To name its version,
# glassine_about.c may include any.)
only() {
    hits=$(grep -rnE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($1)" src shim |
        grep -vE "^($2|src/glassine_about\.c):" || true)
    [ -z "$hits" ] || complain "<$1> belongs to $2 alone:
$hits"
}
only 'exiv2/' 'shim/exiv2_[a-z_]*\.cpp'
only 'shim/' 'src/media/[a-z_]*\.[ch]|shim/exiv2_[a-z_]*\.cpp'
only 'libexif/' 'src/media/exif[a-z_]*\.[ch]'
only 'libav[a-z]*/' 'src/media/video[a-z_]*\.[ch]'
only 'expat\.h' 'src/media/xmp[a-z_]*\.[ch]'
only 'sqlite3\.h' 'src/store/[a-z_]*\.[ch]'
only 'openssl/' 'src/base/digest\.c'
only 'xxhash\.h' 'src/base/digest\.c'
only 'curl/' 'src/plan/places_transport\.c|src/engine/plugin[a-z_]*\.[ch]'
only 'ini\.h' 'src/plan/(config|ini)[a-z_]*\.[ch]'
only 'pcre2\.h' 'src/(plan|engine)/[a-z_]*\.[ch]'
only 'utf8proc\.h' 'src/(base|media|plan|store)/[a-z_]*\.[ch]'
only 'zlib\.h' 'src/(media|plan)/[a-z_]*\.[ch]'
only 'jansson\.h' 'src/(media|plan|store|engine|cli)/[a-z_]*\.[ch]'

# The command stands on the public header alone.
if [ -d src/cli ] && grep -rnE 'include[[:space:]]*"(base|media|plan|store|engine|shim)/' src/cli; then
    complain 'src/cli includes inner headers'
fi
# Letters are compared by base/ascii.h or utf8proc: a program that embeds the
# library may have set a locale in which "i" and "I" are not one letter.
if grep -rnE '\<(strn?casecmp|strcasestr|to(upper|lower)|is(upper|lower|alpha|alnum|space)) ?\(' src \
    --include='*.c'; then
    complain "these follow the process's locale"
fi
# All C++ lives in shim/.
[ -z "$(find src -name '*.cpp' -o -name '*.hpp' -o -name '*.cc')" ] || complain 'C++ in src/'
exit $bad
