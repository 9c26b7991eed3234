#!/bin/bash
# SPDX-License-Identifier: MIT
# tidy.sh BUILD_FOLDER - clang-tidy over the library, the shim and the command,
# with the checks of .clang-tidy. Run at the root of the repository.
set -euo pipefail
build=$1
[ -f "$build/compile_commands.json" ] || { echo "tidy.sh: configure $build first" >&2; exit 2; }
find src shim -name '*.c' -o -name '*.cpp' | sort | while read -r source; do
    # Only what this configuration compiles.
    ! grep -q "/$source\"" "$build/compile_commands.json" || echo "$source"
done | xargs -P "$(nproc)" -n 1 clang-tidy -p "$build" --quiet --warnings-as-errors='*' \
    --extra-arg=-Wno-unknown-warning-option 2>&1 | { grep -vE '^[0-9]+ warnings? generated' || true; }
echo 'tidy.sh: nothing to complain about'
