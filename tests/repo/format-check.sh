#!/bin/sh
# SPDX-License-Identifier: MIT
# format-check.sh - is every C and C++ source formatted as .clang-format says?
# Run at the root of the repository; --fix formats them.
set -eu
mode='--dry-run --Werror'
[ "${1:-}" != --fix ] || mode=-i
# shellcheck disable=SC2086 # two words
find src shim tests fixtures/maker -name '*.[ch]' -o -name '*.cpp' | sort |
    xargs clang-format $mode
