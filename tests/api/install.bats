#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What `cmake --install` puts down, used as other people's programs use it.
# ctest hands over the folders and the compilers.

setup_file() {
    export TZ=UTC LC_ALL=C.UTF-8
    work=$(mktemp -d)
    prefix="$work/prefix"
    card="$GLS_SOURCE_DIR/fixtures/sample"
    photo="$card/DCIM/100GLASS/IMG_0001.JPG"
    export work prefix card photo HOME="$work/home"
    unset GLASSINE_CONFIG XDG_CONFIG_HOME ELODIE_APPLICATION_DIRECTORY ELODIE_MAPQUEST_KEY
    mkdir "$HOME"
    cmake --install "$GLS_BINARY_DIR" --prefix "$prefix" > "$work/installed"
    pc=$(find "$prefix" -name glassine.pc)
    export libdir="${pc%/pkgconfig/glassine.pc}" PKG_CONFIG_PATH="${pc%/glassine.pc}"
}

teardown_file() {
    rm -rf "$work"
}

setup() {
    read -ra flags <<< "$GLS_C_FLAGS" # of the build: a sanitizer's, coverage's
    cd "$(mktemp -d "$work/test.XXXXXX")"
}

# build OUTPUT COMPILER WORD...: with all warnings as errors.
build() {
    local out=$1
    shift
    "$@" -Wall -Wextra -Wpedantic -Werror "${flags[@]}" -o "$out"
}

@test "everything is where the system's tools look for it" {
    for file in bin/glassine include/glassine.h share/man/man1/glassine.1 \
        share/man/man3/glassine.3 share/man/man5/glassine-config.5 \
        share/doc/glassine/README.md share/doc/glassine/LICENSE share/doc/glassine/NOTICE \
        share/doc/glassine/docs/config.md share/doc/glassine/third_party/README.md; do
        [ -s "$prefix/$file" ] || { echo "no $file"; false; }
    done
    for file in libglassine.a libglassine.so libglassine.so.1 glassine/libglassine_places.so \
        pkgconfig/glassine.pc cmake/glassine/glassine-config.cmake \
        cmake/glassine/glassine-config-version.cmake; do
        [ -s "$libdir/$file" ] || { echo "no $file"; false; }
    done
    # Two headers, and nothing that names the machine it was built on.
    [ "$(find "$prefix/include" -type f | wc -l)" = 2 ]
    run grep -rlI -F -e "$GLS_SOURCE_DIR/src" -e "$GLS_BINARY_DIR/" "$prefix" --exclude-dir=bin
    [ -z "$output" ]
}

@test "the versions agree: header, library, soname, pkg-config, command, man page" {
    version=$(pkg-config --modversion glassine)
    [ "$version" = "$(awk '/^#define GLS_VERSION_/ { printf "%s%s", dot, $3; dot = "." }' "$prefix/include/glassine.h")" ]
    [ "$("$prefix/bin/glassine" --version | head -n 1)" = "glassine $version" ]
    [ "$(readlink "$libdir/libglassine.so")" = libglassine.so.1 ]
    [ "$(readlink "$libdir/libglassine.so.1")" = "libglassine.so.$version" ]
    objdump -p "$libdir/libglassine.so" | grep -q 'SONAME *libglassine.so.1$'
    grep -q "^\.TH GLASSINE 1 .*glassine $version" "$prefix/share/man/man1/glassine.1"
}

@test "what is linked is what third_party/README.md names, and --version names it" {
    sed -n '/^| library/,/^$/p' "$GLS_SOURCE_DIR/third_party/README.md" | tail -n +3 |
        tr '[:upper:]' '[:lower:]' > named
    "$prefix/bin/glassine" --version | tr '[:upper:]' '[:lower:]' > version
    for library in $(objdump -p "$libdir/libglassine.so" | sed -nE 's/^ *NEEDED *(lib)?(.*)\.so.*/\2/p'); do
        case $library in
        c | m | gcc_s | stdc++ | ld-linux* | asan | ubsan | tsan) continue ;;
        z) library=zlib ;;
        pcre2-8) library=pcre2 ;;
        esac
        grep -qw -e "lib$library" -e "$library" named || { echo "not named: $library"; false; }
    done
    # Less a header, and what only a module is linked with.
    grep -v -e '^| uthash' -e '^| libcurl' named | sed -E 's/^\| ([a-z0-9]+).*/\1/' > libraries
    [ "$(wc -l < libraries)" -gt 8 ]
    while read -r library; do
        grep -qw "$library" version || { echo "--version does not name $library"; false; }
    done < libraries
    ldd "$libdir/libglassine.so" > linked
    [ "$(grep -cE 'libav|libcurl' linked)" = 0 ]
}

@test "the installed command runs from any prefix" {
    mv "$prefix" "$work/moved"
    "$work/moved/bin/glassine" import -q -d lib "$card" || { mv "$work/moved" "$prefix"; false; }
    mv "$work/moved" "$prefix"
    [ -f lib/.glassine/library.db ]
}

@test "a C11 program against the shared library" {
    # shellcheck disable=SC2046 # words
    build use "$GLS_CC" -std=c11 "$GLS_SOURCE_DIR/tests/api/use.c" -pthread \
        $(pkg-config --cflags --libs glassine) -Wl,-rpath,"$libdir"
    ./use "$photo" "$card" lib
    ldd ./use | grep -q "libglassine.so.1 => $libdir"
}

@test "a C11 program against the static library" {
    # shellcheck disable=SC2046
    build use "$GLS_CXX" -x c -std=c11 "$GLS_SOURCE_DIR/tests/api/use.c" -x none -pthread \
        $(pkg-config --static --cflags --libs glassine | sed "s#-lglassine#$libdir/libglassine.a#")
    ./use "$photo" "$card" lib
    run ldd ./use
    [[ "$output" != *libglassine* ]]
}

@test "a C++17 program" {
    # shellcheck disable=SC2046
    build use "$GLS_CXX" -std=c++17 "$GLS_SOURCE_DIR/tests/api/use.cpp" \
        $(pkg-config --cflags --libs glassine) -Wl,-rpath,"$libdir"
    ./use "$card" lib
}

# A plugin of another program's making, against the installed header alone.
use_plugin() {
    "$prefix/bin/glassine" --version | grep -q '^built with:.*plugins on' || skip 'this build has no plugins'
    mkdir -p plugins
    printf '[Plugins]\nplugins=%s\npath=%s\n[Plugin%s]\nword=ciao\n' "$1" "$PWD/plugins" "$1" > config.ini
    "$prefix/bin/glassine" --version > /dev/null
    "$prefix/bin/glassine" import --config config.ini -d lib "$photo" 2> messages
    grep -q "plugin $1: ciao .*/lib/" messages || { cat messages; false; }
}

@test "a plugin in C11: the layout is what it was when its ABI was given its number" {
    mkdir plugins
    build plugins/PluginC.so "$GLS_CC" -std=c11 -shared -fPIC "$GLS_SOURCE_DIR/tests/api/plugin.c" -I"$prefix/include"
    use_plugin PluginC
}

@test "a plugin in C++17" {
    mkdir plugins
    build plugins/PluginCxx.so "$GLS_CXX" -std=c++17 -shared -fPIC "$GLS_SOURCE_DIR/tests/api/plugin.cpp" -I"$prefix/include"
    use_plugin PluginCxx
}

@test "another layout under the same number is noticed" {
    mkdir changed
    sed 's/    uint64_t size_bytes; .*/    uint32_t more;\n&/' "$prefix/include/glassine_plugin.h" > changed/glassine_plugin.h
    refute_build() { if build "$@" 2> errors; then return 1; fi; }
    refute_build out.so "$GLS_CC" -std=c11 -shared -fPIC "$GLS_SOURCE_DIR/tests/api/plugin.c" -Ichanged
    grep -q 'GLS_PLUGIN_ABI' errors
}

@test "a CMake project finds both" {
    cmake -G Ninja -B build -S "$GLS_SOURCE_DIR/tests/api/consumer" -DCMAKE_PREFIX_PATH="$prefix" \
        -DCMAKE_C_COMPILER="$GLS_CC" -DCMAKE_CXX_COMPILER="$GLS_CXX" \
        -DCMAKE_C_FLAGS="$GLS_C_FLAGS" -DCMAKE_CXX_FLAGS="$GLS_C_FLAGS" > log || { cat log; false; }
    cmake --build build > log || { cat log; false; }
    build/use_shared "$photo" "$card" lib1
    build/use_static "$photo" "$card" lib2
}

@test "the documented program compiles as it stands there, and runs" {
    awk '/^```c$/ { on = 1; next } /^```$/ { on = 0 } on' "$GLS_SOURCE_DIR/docs/c-interface.md" > example.c
    grep -q 'gls_import(' example.c
    command=$(grep -E '^cc .*pkg-config.* glassine\)$' "$GLS_SOURCE_DIR/docs/c-interface.md")
    cc() { "$GLS_CC" "$@" -Wall -Wextra -Wpedantic -Werror "${flags[@]}" -Wl,-rpath,"$libdir"; }
    eval "$command"
    ./example lib "$card" > out
    grep -q 'IMG_0001.JPG -> ' out
    # Again: all are duplicates, and where they lie is told.
    [ "$(./example lib "$card" | grep -c -- '-> .*/lib/')" = "$(wc -l < out)" ]
}

@test "the Python example imports with progress, over ctypes" {
    command -v python3 > /dev/null || skip 'no Python'
    [[ "${flags[*]}" != *-fsanitize* ]] || skip 'Python is not built with the sanitizer'
    # Inputs are taken in the order of their paths: the screenshot comes first.
    mkdir more
    cp -r "$card" pictures
    cp "$photo" "more/Screenshot 1.jpg"
    printf 'a note\n' > "more/Screenshot.txt"
    LIBGLASSINE="$libdir/libglassine.so.1" \
        "$GLS_SOURCE_DIR/tests/api/import_with_progress.py" lib more pictures > out 2> progress
    grep -q '^imported .*/more/Screenshot 1.jpg -> .*/Screenshots/' out
    grep -q "^duplicate .*/pictures/DCIM/100GLASS/IMG_0001.JPG -> .*/Screenshots/" out
    grep -qE '^[0-9]+ of [0-9]+$' progress
    [ "$(wc -l < out)" = $(($(find pictures more -type f | wc -l) + 1)) ]
    # What cannot be done is said, not thrown.
    run env LIBGLASSINE="$libdir/libglassine.so.1" \
        "$GLS_SOURCE_DIR/tests/api/import_with_progress.py" lib/nofolder/../../out "$card"
    [ "$status" = 1 ]
    [[ "$output" == *out* ]]
}
