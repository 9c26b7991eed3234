# SPDX-License-Identifier: MIT
# What the tests of the plugin GooglePhotos share: a server that plays Google, its
# configuration and its state.

load helper
eval "$(declare -f setup | sed '1s/setup/setup_folder/')"
eval "$(declare -f teardown | sed '1s/teardown/teardown_folder/')"

google() {
    python3 "$GLS_SOURCE_DIR/tests/plugins/google_photos.py" "$@"
}

setup() {
    setup_folder
    [ -f "$GLS_BINARY_DIR/plugins/GooglePhotos.so" ] || skip "this build has no GooglePhotos"
    mkfifo server.input
    google serve "$work" < server.input > server.output 2>&1 3>&- &
    exec 9> server.input # it ends with its input
    while [ ! -f port ]; do sleep 0.02; done
    port=$(cat port)
    google secrets "$port" > secrets.json
    google tokens "$port" > auth.json
    chmod 600 auth.json
    google_config
}

teardown() {
    exec 9>&-
    teardown_folder
}

google_config() {
    {
        printf '[Library]\ndestination=%s/lib\n[Plugins]\nplugins=GooglePhotos\n[PluginGooglePhotos]\n' "$work"
        printf 'secrets_file=%s/secrets.json\nauth_file=%s/auth.json\napi=http://127.0.0.1:%s\n' "$work" "$work" "$port"
        printf 'backoff_s=0.01\nchunk_mb=1\n'
        printf '%s\n' "$@"
    } > config.ini
    export GLASSINE_CONFIG="$work/config.ini"
}

# ask PATH [BODY]: the body of the server's answer.
ask() {
    exec 8<> "/dev/tcp/127.0.0.1/$port"
    printf '%s %s HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s' \
        "$([ $# -gt 1 ] && echo POST || echo GET)" "$1" "${#2}" "${2:-}" >&8
    sed '1,/^\r$/d' <&8
    exec 8>&-
}

rule() {
    ask /control "$1" > /dev/null
}

# The value of a jq expression on the server's state.
state() {
    ask /state | jq -rc "$1"
}

queued() {
    outbox 'select count(*) from outbox'
}

# Everything that was queued is there, once, and the server has nothing to complain about.
is_uploaded() {
    [ "$(queued)" = 0 ]
    [ "$(state '.items | length')" = "$1" ]
    [ "$(state '.violations')" = '[]' ]
    # What the server has is what stands in the library.
    state '.items[].sha256' | sort > there
    find lib -name .glassine -prune -o -type f -print0 | xargs -0 sha256sum | cut -d' ' -f1 | sort | diff - there
}
