#!/bin/bash
# SPDX-License-Identifier: MIT
# clean-root.sh [FOLDER] - does the README hold where there is nothing?
#
# Makes a bare Debian 12 (debootstrap, minbase) in a temporary folder, clones
# this repository into it, and types the README's two first commands there.
# Needs root, debootstrap, git and the machine's own package mirror. It takes
# some minutes, so it is no part of the ordinary tests. The root is removed at
# the end; with FOLDER it is made there and kept, and used again if it is there.
set -euo pipefail

suite=bookworm
repo=$(cd "$(dirname "$0")/.." && pwd)
kept=${1:-}

fail() {
    echo "clean-root.sh: $*" >&2
    exit 1
}

[ "$(id -u)" -eq 0 ] || fail 'this needs root'
for tool in debootstrap git unshare chroot; do
    command -v "$tool" >/dev/null || fail "$tool is missing"
done
# A mount name space of our own: nothing stays mounted, whatever happens.
if [ -z "${CLEAN_ROOT_INSIDE:-}" ]; then
    exec env CLEAN_ROOT_INSIDE=1 unshare --mount --propagation private -- "$0" "$@"
fi

# The mirror that this machine installs from, in either form of apt's sources.
mirror() {
    {
        cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
            sed -nE "s/^deb +(\[[^]]*\] +)?([^ ]+) +$suite +.*main.*/\2/p"
        cat /etc/apt/sources.list.d/*.sources 2>/dev/null | awk -v suite="$suite" '
            function flush() { if (uri != "" && fits) print uri; uri = ""; fits = 0 }
            /^[[:space:]]*$/ || /^Types:/ { flush() }
            /^URIs:/ { uri = $2 }
            /^Suites:/ { for (i = 2; i <= NF; i++) if ($i == suite) fits = 1 }
            END { flush() }'
    } | head -n 1
}

# The commands that stand in the README, as they stand there.
readme_commands() {
    sed -nE 's/^[[:space:]]*(\$ )?(\.\/bootstrap && .*)$/\2/p' "$repo/README.md" | head -n 2
}

source=$(mirror)
[ -n "$source" ] || fail "this machine's apt sources have no $suite"
mapfile -t commands < <(readme_commands)
[ "${#commands[@]}" -eq 2 ] || fail "README.md does not open with two ./bootstrap commands"

if [ -n "$kept" ]; then
    root=$kept
    mkdir -p "$root"
else
    root=$(mktemp -d)
    chmod 755 "$root" # another user must reach it: some tests run as one
    trap 'cd /; umount -R "$root" 2>/dev/null; rm -rf --one-file-system "$root"' EXIT
fi

if [ ! -x "$root/bin/sh" ]; then
    echo "clean-root.sh: making a bare $suite in $root"
    debootstrap --variant=minbase "$suite" "$root" "$source" >"$root.log" 2>&1 || {
        tail -n 30 "$root.log"
        fail 'debootstrap failed'
    }
    rm -f "$root.log"
fi
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
# How this machine reaches its mirror: names and proxies.
cp /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
for file in /etc/apt/apt.conf /etc/apt/apt.conf.d/*; do
    if [ -f "$file" ] && grep -qi 'proxy' "$file"; then
        cp "$file" "$root/etc/apt/apt.conf.d/"
    fi
done

rm -rf "$root/glassine"
git clone -q --no-hardlinks "$repo" "$root/glassine"
inside() {
    chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
        /bin/sh -c "cd /glassine && $1" </dev/null
}
for command in "${commands[@]}"; do
    echo "clean-root.sh: \$ $command"
    from=$SECONDS
    inside "$command" || fail "failed: $command"
    echo "clean-root.sh: ... $((SECONDS - from)) s"
done
echo 'clean-root.sh: the README holds'
