#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What packaging/ has for other people's CI, containers and distributions: the steps run, and
# what runs elsewhere names what is there.

load helper

packaging="$GLS_SOURCE_DIR/packaging"
export GLASSINE="$GLS_BINARY_DIR/glassine"

@test "check-library: a library that is whole passes, one that has rotted does not" {
    glassine import -q -d photos "$GLS_SOURCE_DIR/fixtures/sample"
    "$packaging/ci/check-library" photos > out
    [ ! -s out ]
    victim=$(find photos -name '*.jpg' -print -quit)
    touch -r "$victim" before
    printf 'x' | dd of="$victim" bs=1 seek=40 conv=notrunc status=none
    touch -r before "$victim"
    run "$packaging/ci/check-library" photos
    [ "$status" -eq 1 ]
    [ "$output" = "rotten: ${victim#photos/}" ]
    run "$packaging/ci/check-library" nothing
    [ "$status" -ne 0 ]
}

@test "no-positions: names the photos that say where they were taken" {
    card="$GLS_SOURCE_DIR/fixtures/sample/DCIM/100GLASS"
    for photo in "$card"/*.JPG; do
        kind=$(glassine show --json "$photo" | jq -r 'if .latitude == null then "without" else "with" end')
        mkdir -p "$kind"
        cp "$photo" "$kind/"
    done
    printf 'no photo\n' > without/readme.md
    "$packaging/ci/no-positions" without/*
    "$packaging/ci/no-positions"
    run "$packaging/ci/no-positions" without/* with/*
    [ "$status" -eq 1 ]
    [ "$(grep -c '^with/' <<< "$output")" = "$(find with -type f | wc -l)" ]
}

@test "the action, the snippet and the recipes are well-formed and name what is there" {
    for name in $(grep -ohE 'packaging/[a-z/-]+' "$GLS_SOURCE_DIR/action.yml" "$packaging/ci/gitlab.yml" | sort -u); do
        [ -x "$GLS_SOURCE_DIR/$name" ] || { echo "no $name"; false; }
    done
    # The steps of the action, as a shell takes them.
    sed -n '/^      run: |/,/^    - name/p' "$GLS_SOURCE_DIR/action.yml" |
        sed -E '/^      run:|^    - name/d; s/^        //' > steps
    grep -q bootstrap steps
    bash -n steps
    if python3 -c 'import yaml' 2> /dev/null; then
        python3 -c 'import sys, yaml; [yaml.safe_load(open(f)) for f in sys.argv[1:]]' \
            "$GLS_SOURCE_DIR/action.yml" "$packaging/ci/gitlab.yml"
    fi
    sh -n "$packaging/alpine/APKBUILD"
    bash -n "$packaging/arch/PKGBUILD"
    version=$(glassine --version | sed -n '1s/glassine //p')
    grep -qx "pkgver=$version" "$packaging/alpine/APKBUILD"
    grep -qx "pkgver=$version" "$packaging/arch/PKGBUILD"
    grep -q '^FROM scratch$' "$packaging/Containerfile"
    jq -e '.bomFormat == "CycloneDX" and (.components | length) > 10' \
        <(SOURCE_DATE_EPOCH=0 "$packaging/sbom" "$version")
}

@test "where a package is built stands in no program of it" {
    (cd "$GLS_SOURCE_DIR" && cmake --preset package -B "$work/built" > "$work/said" 2>&1) ||
        skip "not all that the packages are made of is here"
    # A path that the installation takes out again is in the build id all the same.
    grep -q 'libglassine.so' built/build.ninja
    refute grep -e '-rpath' built/build.ninja
}

@test "the units of systemd are well-formed" {
    command -v systemd-analyze > /dev/null || skip 'no systemd-analyze'
    mkdir units
    for unit in "$packaging"/systemd/*; do
        sed "s#/usr/bin/glassine#$GLS_BINARY_DIR/glassine#" "$unit" > "units/$(basename "$unit" | sed 's/@/@srv/')"
    done
    run systemd-analyze verify --man=no units/*
    [[ "$output" != *units/* ]] || { echo "$output"; false; }
}
