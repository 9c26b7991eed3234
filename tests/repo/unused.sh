#!/bin/sh
# SPDX-License-Identifier: MIT
# unused.sh - what a header of src declares has a caller: another source, or its own and a
# test that looks at it alone. What its own source alone uses is static; what only tests
# use goes. Run at the root of the repository.
set -eu
# shellcheck disable=SC2046 # lists of files
bad=$(awk '
    # A function is declared at the begin of a line, up to the first "(".
    FILENAME ~ /^src\/.*\.h$/ && /^[a-z].*[ *](gls|cli)_[a-z0-9_]+\(/ && !/^(static|typedef)/ {
        name = substr($0, 1, index($0, "(") - 1)
        sub(/.*[ *]/, "", name)
        declared[name] = FILENAME
        next
    }
    /^ +(\* |\*\/)/ || /^ *\/\*/ { next }
    {
        line = $0
        at_begin = /^[a-z].*[ *](gls|cli)_[a-z0-9_]+\(/ && !/;$/ # a definition
        if (at_begin)
            sub(/\(.*/, "", line)
        if (at_begin)
            sub(/.*[ *]/, "", line)
        for (; match(line, /(gls|cli)_[a-z0-9_]+/); line = substr(line, RSTART + RLENGTH)) {
            name = substr(line, RSTART, RLENGTH)
            if (FILENAME ~ /^tests\//)
                tested[name] = 1
            else if (at_begin && FILENAME ~ /\.c$/)
                home[name] = FILENAME
            else if (!((name, FILENAME) in seen)) {
                seen[name, FILENAME] = 1
                users[name] = users[name] " " FILENAME
            }
            at_begin = 0
        }
    }
    END {
        for (name in declared) {
            outside = split(users[name], list, " ")
            for (i in list)
                inside = list[i] == home[name] ? 1 : inside
            if (outside == 0)
                print declared[name] ": nothing calls " name "()"
            else if (outside == inside && !(name in tested))
                print declared[name] ": " name "() is for its own source alone"
            inside = 0
        }
    }' $(find src -name '*.h' ! -name glassine.h ! -name glassine_plugin.h) $(find src shim -name '*.c' -o -name '*.cpp') \
    $(find tests -name '*.[ch]') | sort)
[ -z "$bad" ] || {
    printf 'unused.sh:\n%s\n' "$bad"
    exit 1
}
