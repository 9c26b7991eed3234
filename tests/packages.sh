#!/bin/bash
# SPDX-License-Identifier: MIT
# packages.sh FOLDER - do the Debian packages in FOLDER (packaging/deb makes them)
# install into a bare Debian 12, work there, and go again? Needs root and mmdebstrap.
set -euo pipefail
folder=$(cd "$1" && pwd)
repo=$(cd "$(dirname "$0")/.." && pwd)
root=$(mktemp -d)
trap 'rm -rf --one-file-system "$root"' EXIT
chmod 755 "$root"
# shellcheck disable=SC2016 # $1 is the hook's
mmdebstrap --quiet --variant=minbase --include=man-db \
    --customize-hook="mkdir -p \"\$1/debs\" && cp '$folder'/*.deb \"\$1/debs/\"" \
    --customize-hook='chroot "$1" sh -c "apt-get -qq -y --no-install-recommends install /debs/*.deb >/dev/null"' \
    bookworm "$root"
cp -r "$repo/fixtures/sample" "$root/card"
inside() { chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/bin:/bin:/usr/sbin:/sbin LC_ALL=C.UTF-8 "$@"; }
inside glassine --version | head -n 2
inside glassine import -q -d /library /card
inside glassine verify -q --library /library
inside man -w glassine glassine-config
inside man -w 3 glassine
[ -s "$root/usr/share/bash-completion/completions/glassine" ]
[ -s "$root/usr/share/zsh/vendor-completions/_glassine" ]
inside sh -c 'dpkg -r glassine-google-photos glassine-places-http libglassine-dev glassine libglassine1 >/dev/null'
# What is left is the user's library alone.
left=$(find "$root/usr" "$root/etc" -name '*glassine*' -not -path '*/dpkg/*')
[ -z "$left" ] || { echo "packages.sh: left behind: $left"; exit 1; }
[ -f "$root/library/.glassine/library.db" ]
echo 'packages.sh: installed, used and removed'
