# SPDX-License-Identifier: MIT
# What the tests of plugins and hooks share.

load ../cli/helper

# A folder that nobody else can write to: $work is made by mktemp -d.
plugin_folder() {
    mkdir -p "$work/plugins"
    chmod 755 "$work/plugins"
    cp "$GLS_BINARY_DIR"/tests/plugins/*.so "$work/plugins/"
    chmod go-w "$work/plugins"/*.so
}

# config LINE...: the configuration, which names the folder.
config() {
    plugin_folder
    {
        printf '[Library]\ndestination=%s/lib\n[Plugins]\npath=%s/plugins\n' "$work" "$work"
        printf '%s\n' "$@"
    } > config.ini
    export GLASSINE_CONFIG="$work/config.ini"
}

# COUNT photos on "card", in two folders, one second apart.
photos() {
    local i
    for i in $(seq 10 $((9 + $1))); do
        photo "card/$((i % 2))/IMG_$i.JPG" "2020:01:02 03:04:$((10 + i % 50))" "salt $i"
    done
}

# Lines of a plugin's log that belong to one hook.
calls() {
    awk -F'\t' -v hook="$2" '$1 == hook' "$1"
}

outbox() {
    sqlite3 -batch lib/.glassine/library.db "$1"
}
