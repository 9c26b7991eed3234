#!/bin/sh
# SPDX-License-Identifier: MIT
# header.sh CC CXX - the public headers compile alone, as C11 and as C++17.
set -eu
for header in src/glassine.h src/glassine_plugin.h; do
    "$1" -std=c11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c "$header"
    "$2" -std=c++17 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c++ "$header"
done
