#!/bin/sh
# SPDX-License-Identifier: MIT
# abi.sh LIBRARY HEADER [--write] - programs that were compiled against the soname
# still run: compares the library with libglassine.abi (abidiff of abigail-tools).
# What is added is well: functions, and members at the end of structs, which have
# their size in front. Everything else needs a new soname. --write makes the file anew.
set -eu
here=$(dirname "$0")
command -v abidw >/dev/null || { echo 'abi.sh: abigail-tools are not here'; exit 77; }
case $(readelf -h "$1") in
*X86-64*) ;;
*) echo 'abi.sh: the file is of x86-64'; exit 77 ;;
esac
readelf -S "$1" | grep -q debug_info || { echo 'abi.sh: no debug information'; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/include"
cp "$2" "$work/include/"
if [ "${3:-}" = --write ]; then
    abidw --headers-dir "$work/include" --drop-private-types --no-show-locs --no-corpus-path \
        --no-comp-dir-path --exported-interfaces-only --type-id-style hash "$1" >"$here/libglassine.abi"
    exit 0
fi
cat >"$work/grown" <<'END'
[suppress_type]
  type_kind = struct
  has_data_member_inserted_at = end
END
abidiff --headers-dir2 "$work/include" --drop-private-types --no-added-syms --no-show-locs \
    --suppressions "$work/grown" "$here/libglassine.abi" "$1"
