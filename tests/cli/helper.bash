# SPDX-License-Identifier: MIT
# What the CLI tests share. GLS_BINARY_DIR and GLS_SOURCE_DIR come from ctest.

setup() {
    export TZ=UTC LC_ALL=C.UTF-8
    work=$(mktemp -d)
    export HOME="$work/home" XDG_CONFIG_HOME="$work/home/.config" XDG_DATA_HOME="$work/home/.local/share"
    unset GLASSINE_CONFIG ELODIE_APPLICATION_DIRECTORY ELODIE_MAPQUEST_KEY
    mkdir -p "$HOME"
    fixtures="$GLS_SOURCE_DIR/fixtures"
    cd "$work"
}

teardown() {
    cd /
    mountpoint -q "$work/full" && umount "$work/full"
    chmod -R u+rwX "$work" 2>/dev/null || true
    rm -rf "$work"
}

glassine() {
    "$GLS_BINARY_DIR/glassine" "$@"
}

# needs PATTERN: skips the test where `glassine --version` says that the build is made
# without it, as "places (builtin|file)".
needs() {
    glassine --version | grep -qE "^built with:.*$1" || skip "this build has no $1"
}

make_card() {
    "$GLS_BINARY_DIR/tests/make_card" "$@"
}

# Every file of a library with its path, size and hash; times and database aside.
tree() {
    (cd "$1" && find . -name .glassine -prune -o -type f -print0 | sort -z | xargs -0r sha256sum)
}

# Everything about a source tree that an import must not change.
source_state() {
    (cd "$1" && find . -printf '%p %s %T@ %C@ %i %m\n' | sort && find . -type f -print0 | sort -z | xargs -0r sha256sum)
}

# A photo of the given date (YYYY:MM:DD HH:MM:SS); further words make its bytes unlike others'.
photo() {
    local path=$1 date=$2 salt=${3:-}
    mkdir -p "$(dirname "$path")"
    LC_ALL=C sed "s/2016:05:02 08:02:12/$date/g" "$fixtures/formats/photo.jpeg" > "$path"
    [ -z "$salt" ] || printf '%s' "$salt" >> "$path"
}

# The value of a key in the JSON line of one source.
json_of() {
    jq -r --arg name "$2" "select(.event == \"file\" and (.source | endswith(\$name))) | .$3" "$1"
}

summary_of() {
    jq -c 'select(.event == "summary") | [.scanned, .imported, .duplicate, .skipped, .failed]' "$1"
}

# Succeeds if the command fails. (A plain "!" does not end a test in bash.)
refute() {
    if "$@"; then return 1; fi
}

need_terminal() {
    command -v script > /dev/null || skip "no script(1)"
    script -qec true /dev/null < /dev/null > /dev/null 2>&1 || skip "no pseudo-terminal here"
}

# glassine as a user whom modes bind; who is no root is one already. The build
# may lie where nobody else can go.
as_nobody() {
    if [ "$(id -u)" -ne 0 ]; then
        glassine "$@"
        return
    fi
    if [ ! -d nobody ]; then
        mkdir -p bin nobody
        cp "$GLS_BINARY_DIR/glassine" bin
        cp "$GLS_BINARY_DIR"/src/libglassine.so* bin 2>/dev/null || true
        chmod 755 . bin
        chown 65534:65534 nobody
    fi
    local bin="$work/bin"
    [ -x "$bin/glassine" ] || bin=$GLS_BINARY_DIR # a mount on which nothing is run
    setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$work/nobody" XDG_CONFIG_HOME="$work/nobody" \
        LD_LIBRARY_PATH="$bin" "$bin/glassine" "$@"
}

# Skips where as_nobody cannot run: no setpriv(1), or a folder above that is closed.
need_nobody() {
    as_nobody --version > /dev/null 2>&1 || skip "no user whom modes bind can run glassine here"
}
