#!/bin/sh
# SPDX-License-Identifier: MIT
# header.sh CC CXX - glassine.h compiles alone, as C11 and as C++17.
set -eu
"$1" -std=c11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c src/glassine.h
case ${2:-} in
'' | *-NOTFOUND) echo 'no C++ compiler is here: tested as C alone' ;;
*) "$2" -std=c++17 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c++ src/glassine.h ;;
esac
