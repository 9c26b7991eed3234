#!/bin/sh
# SPDX-License-Identifier: MIT
# style.sh - sizes and words: no source of more than 500 lines (600 outside of src), no
# function of more than 60 (100 in tests, whose tables are long) or of more than five
# parameters, no note to self, no path of a machine, and a licence on top.
# Run at the root of the repository.
set -eu
bad=0

complain() {
    echo "style.sh: $*"
    bad=1
}

sources=$(find src shim tests fixtures/maker -name '*.[chS]' -o -name '*.cpp' | sort)
for file in $sources; do
    lines=$(wc -l <"$file")
    case $file in
    src/*) limit=500 ;;
    *) limit=600 ;;
    esac
    # All that the library offers stands in one header, with what callers must know.
    [ "$file" != src/glassine.h ] || limit=1000
    [ "$lines" -le $limit ] || complain "$file has $lines lines ($limit are allowed)"
    head -n 1 "$file" | grep -q 'SPDX-License-Identifier: MIT' ||
        complain "$file: the first line is not its licence"
done

# The sources are formatted: a function's body is what stands between a "{"
# and a "}" at the begin of a line.
# shellcheck disable=SC2086 # a list of files
long=$(awk '
    FNR == 1 { start = 0 }
    /^\{/ { start = FNR }
    /^\}/ {
        if (start && FNR - start + 1 > (FILENAME ~ /^tests\// ? 100 : 60))
            printf "%s:%d: a function of %d lines\n", FILENAME, start, FNR - start + 1
        start = 0
    }' $sources)
[ -z "$long" ] || complain "functions are too long:
$long"

# A definition's head is what stands before that "{".
# shellcheck disable=SC2046 # a list of files
wide=$(awk '
    function count(head,    i, c, depth, commas) {
        for (i = index(head, "("); i <= length(head); i++) {
            c = substr(head, i, 1)
            depth += (c == "(") - (c == ")")
            commas += c == "," && depth == 1
        }
        return commas + 1
    }
    /^[A-Za-z]/ { head = $0; line = FNR }
    /^[ \t]/ && head != "" { head = head $0 }
    /^\{/ && head ~ /\(/ {
        name = substr(head, 1, index(head, "(") - 1)
        sub(/.*[ *]/, "", name)
        if (count(head) > 5)
            printf "%s:%d: %s() takes %d parameters\n", FILENAME, line, name, count(head)
    }
    /[;{]$/ { head = "" }' $(find src -name '*.c' | sort))
[ -z "$wide" ] || complain "functions of more than five parameters:
$wide"

# What a signal may interrupt is called through base/system/retry. (The command opens nothing
# but "/". A hook's pipe does not block; and what a file without a name is made of where
# O_TMPFILE is not known, lies in a folder for temporary files.)
calls='open|openat|creat|opendir|fopen|read|pread|readv|preadv|write|pwrite|writev|pwritev|fsync|fdatasync|'
calls=$calls'syncfs|flock|ftruncate|posix_fallocate|poll|select'
bare=$(find src shim -name '*.[ch]' ! -path 'src/cli/*' ! -name 'retry.[ch]' -print0 |
    xargs -0 grep -nE "(^|[^A-Za-z0-9_.>*])($calls)\(" |
    grep -vE ':[[:space:]]*(/?\*|static )|hook_process\.c:.*write\(process->to|would open\(\)' || true)
[ -z "$bare" ] || complain "calls that a signal may interrupt (base/system/retry.h):
$bare"

# Words that promise what is not there; written so that this file has none.
# shellcheck disable=SC2086
words=$(grep -nwE 'TO''DO|FIX''ME|XX''X|HA''CK|place''holder|not imple''mented' \
    $sources CMakeLists.txt bootstrap || true)
[ -z "$words" ] || complain "notes to self:
$words"

# Words that have a plainer one in the field: request, repair, failed verification, remove
# the source, disposition, resolve, duplicate, unrelated, extent, splice, cross-check. What
# stays: the JSON key source_fate, which scripts read, and the change that names it. "held"
# (a lock), "in flight" (a request), "finds" and "tells" (the verbs) are the field's own.
glossary='wish(es)?|comeback|foresee|swept|twins?|strangers?|let_go|(let|lets|letting) go|fates?|doubts?|'
glossary=$glossary'troubles?|is_odd|settle[sd]?|carriers?|anchor(s|ed)?|passed over|tak(e|es|en) back|'
glossary=$glossary'took back|stretch(es)?|judge[sd]?|round of filing|process_file'
found=$(git ls-files -- src shim tests docs fixtures third_party '*.md' bootstrap 2>/dev/null |
    grep -vE '^tests/repo/style\.sh$|\.(db|abi)$' | tr '\n' '\0' |
    xargs -0 grep -InwiE "$glossary" || true)
[ -z "$found" ] || complain "words that the glossary replaces:
$found"

# Folders of a developer's machine.
# shellcheck disable=SC2086
paths=$(grep -nE '(^|[^A-Za-z0-9_.~$}])/(root|Users|work)/[A-Za-z]' \
    $sources CMakeLists.txt bootstrap fixtures/make-fixtures || true)
[ -z "$paths" ] || complain "paths of a machine:
$paths"
exit $bad
