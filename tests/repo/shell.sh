#!/bin/sh
# SPDX-License-Identifier: MIT
# shell.sh - the scripts: shellcheck has nothing to say, and bootstrap, which must
# run in any POSIX shell, says what is wrong with its command line.
# Run at the root of the repository. Status 77: shellcheck is not installed.
set -eu
bad=0

complain() {
    echo "shell.sh: $*"
    bad=1
}

# says STATUS TEXT WORD...: bootstrap ends so.
says() {
    status=$1 text=$2
    shift 2
    got=0
    said=$(./bootstrap "$@" 2>&1) || got=$?
    case $got:$said in
    "$status":*"$text"*) ;;
    *) complain "bootstrap $*: $got: $said" ;;
    esac
}
says 0 'Usage: ./bootstrap' --help
says 2 'unknown option: --quux' --quux
says 2 '--preset needs a name' --preset
says 2 "no preset is called 'quux'" --preset=quux
# Each preset that bootstrap takes is one, and none is missing.
presets=$(sed -nE 's/^release \| (.*)\) ;;$/release \1/p' bootstrap | tr -d '|' | xargs)
known=$(jq -r '[.configurePresets[] | select(.hidden | not) | .name] | join(" ")' CMakePresets.json)
[ "$presets" = "$known" ] || complain "bootstrap's presets ($presets) are not CMake's ($known)"

if ! command -v shellcheck >/dev/null; then
    echo 'shell.sh: shellcheck is not installed: scripts are not checked'
    [ $bad = 0 ] || exit 1
    exit 77
fi
# shellcheck disable=SC2046 # no name here has a blank
shellcheck $(grep -rlE '^#!/bin/(ba)?sh' bootstrap .ci tests fixtures/make-fixtures) || bad=1
# In bats, variables come from a helper, and a command that fails ends the test.
# shellcheck disable=SC2046
shellcheck --shell=bash --severity=warning --exclude=SC2154,SC2034,SC2164,SC2046,SC2010 \
    $(find tests -name '*.bats' -o -name 'helper.bash') || bad=1
exit $bad
