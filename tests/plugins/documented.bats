#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The three examples of docs/plugins.md, as they stand there.

load helper

# The Nth block of a language.
example() {
    awk -v language="$1" -v number="$2" '
        /^```/ { if (on) on = 0; else if ($0 == "```" language && ++seen == number) on = 1; next }
        on' "$GLS_SOURCE_DIR/docs/plugins.md"
}

@test "the plugin in C: it vetoes, counts, and refuses to start without its key" {
    photos 6
    mkdir -p card/Screenshots
    photo card/Screenshots/IMG_99.JPG "2020:01:02 03:04:50" other
    config 'plugins=Screenshots' '[PluginScreenshots]' 'folder=Screenshots'
    example c 1 > screenshots.c
    "$GLS_CC" -std=c11 -Wall -Wextra -Wpedantic -Werror -I"$GLS_SOURCE_DIR/src" -shared -fPIC -o plugins/Screenshots.so screenshots.c
    # And as the document has it, less the include folder.
    grep -qF 'cc -shared -fPIC -o Screenshots.so screenshots.c' "$GLS_SOURCE_DIR/docs/plugins.md"
    glassine import --json card > report 2> messages
    [ "$(summary_of report)" = "[7,6,0,1,0]" ]
    [ "$(json_of report IMG_99.JPG reason)" = "plugin Screenshots: it lies in Screenshots" ]
    [ "$(outbox "select value from plugin_values where plugin = 'Screenshots' and key = 'seen'")" = 6 ]
    glassine import -v -d lib2 card 2> messages
    grep -q "plugin Screenshots: $work/lib2/" messages
    config 'plugins=Screenshots'
    "$GLS_CC" -I"$GLS_SOURCE_DIR/src" -shared -fPIC -o plugins/Screenshots.so screenshots.c
    glassine import -d lib3 card 2> messages
    grep -q 'plugin Screenshots: not used: \[PluginScreenshots\] folder= is not set' messages
}

@test "the hook in Python" {
    photos 3
    photo "card/Screenshot 1.jpg" "2020:01:02 03:04:50" other
    example python 1 > hook.py
    chmod +x hook.py
    config '[Hooks]' "before=$work/hook.py" "after=$work/hook.py"
    FILED_LIST="$work/filed.txt" glassine import --json card > report
    [ "$(summary_of report)" = "[4,3,0,1,0]" ]
    [ "$(json_of report 'Screenshot 1.jpg' reason)" = "plugin Hooks: a screenshot" ]
    cut -d ' ' -f 2- filed.txt | while IFS= read -r path; do [ -f "$path" ]; done
    [ "$(wc -l < filed.txt)" = 3 ]
    # What cannot be written down is an error, and is told again.
    FILED_LIST="$work/nowhere/filed.txt" glassine import -d lib2 card 2> messages
    grep -q 'plugin Hooks: .*stays queued: .*No such file or directory' messages
    FILED_LIST="$work/later.txt" glassine batch --library lib2
    [ "$(wc -l < later.txt)" = 3 ]
}

@test "the hook in shell" {
    photos 4
    cp "$fixtures/sample/DCIM/100GLASS/IMG_0003.JPG" card/
    example sh 1 > hook.sh
    chmod +x hook.sh
    config '[Hooks]' "after=$work/hook.sh"
    DATES_LIST="$work/dates.txt" glassine import -q card
    [ "$(grep -c '^2020-01-02$' dates.txt)" = 4 ]
    [ "$(wc -l < dates.txt)" = 5 ]
    DATES_LIST="$work/nowhere/dates.txt" glassine import -d lib2 card 2> messages
    grep -q 'the list cannot be written' messages
}
