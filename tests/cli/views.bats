#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A library as folders of links: what is made, what is brought up to date, and what is left.

bats_require_minimum_version 1.5.0
load helper

names_in() {
    find "$1" -mindepth 1 -maxdepth 1 -printf '%f\n' | LC_ALL=C sort | xargs
}

folders_in() {
    names_in "$1" | sed 's/^\.glassine-views //'
}

# The path of a picture in the library.
stored() {
    find lib -path lib/other -prune -o -name "*-$1.jpg" -print
}

# Two pictures, of which one is in three albums, and one in none.
make_library() {
    photo card/Rome/a.jpg "2020:01:01 10:00:00" one
    mkdir -p card/Trips card/Zoo
    cp card/Rome/a.jpg card/Trips/a.jpg
    cp card/Rome/a.jpg card/Zoo/a.jpg
    photo card/Zoo/b.jpg "2021:01:02 10:00:00" two
    photo loose/c.jpg "2021:05:06 07:08:09" three
    glassine import --album-from-folder -q -d lib card
    glassine import -q -d lib loose
}

# Everything below a folder, with where links lead.
links_of() {
    (cd "$1" && find . -mindepth 1 ! -name .glassine-views -printf '%P %l\n' | LC_ALL=C sort)
}

@test "albums are folders of links, a picture in three albums lies in three" {
    make_library
    run -0 glassine views --library lib --by album out
    [[ $output == *"4 links: 4 made, 0 removed, 0 left alone; 0 files without"* ]]
    [ "$(folders_in out)" = "Rome Trips Zoo" ]
    [ "$(ls out/Zoo | wc -l)" -eq 2 ]
    find out -type l | while read -r link; do
        [[ $(readlink "$link") == ../../lib/* ]]
        [ -f "$link" ]
    done
    # Relative: both may move together.
    mkdir away
    mv lib out away
    find away/out -type l | while read -r link; do [ -f "$link" ]; done
    run -0 glassine verify -q --library away/lib
}

@test "the next run makes what is new, removes what is no longer so, and changes nothing else" {
    make_library
    glassine views -q --library lib --by album out
    links_of out > before
    stat -c '%n %i %Z' out/*/* > stamps
    glassine views --json --library lib --by album out > report
    jq -e 'select(.event == "summary") | .links == 4 and .made == 0 and .removed == 0' report
    links_of out | diff before -
    stat -c '%n %i %Z' out/*/* | diff stamps -
    # An album that goes takes its folder along; another one comes.
    glassine update -q --album Trips --remove "$(stored a)"
    glassine update -q --album New --add "$(stored c)"
    glassine views --json --library lib --by album out > report
    [ "$(folders_in out)" = "New Rome Zoo" ]
    jq -e 'select(.event == "summary") | .links == 4 and .made == 1 and .removed == 1' report
    grep -q "\"path\":\"Trips/.*\"removed\"" report
    # By something else: nothing of the old tree stays.
    glassine views -q --library lib --by year out
    [ "$(folders_in out)" = "2020 2021" ]
    [ "$(ls out/2021 | wc -l)" -eq 2 ]
}

@test "views touch nothing that they did not make" {
    make_library
    glassine views -q --library lib --by album out
    echo mine > out/Rome/mine.txt
    echo mine > out/note.txt
    mkdir out/Zoo/folder out/empty
    ln -s /nowhere out/Trips/link
    # A link that somebody replaced: by a file, and by a link to something else.
    rome=$(basename out/Rome/*.jpg)
    rm "out/Rome/$rome" "out/Trips/$rome"
    echo file > "out/Rome/$rome"
    ln -s ../elsewhere "out/Trips/$rome"
    links_of out | grep -v /2 > before
    run -1 glassine views --library lib --by album out
    [[ $output == *"Rome/$rome: something that views did not make has this name"* ]]
    [[ $output == *"0 made, 0 removed, 2 left alone"* ]]
    [ "$(cat "out/Rome/$rome")" = file ]
    [ "$(readlink "out/Trips/$rome")" = ../elsewhere ]
    glassine views -q --library lib --by year out
    links_of out | grep -v -e '^20' > after
    [ "$(cat "out/Rome/$rome")" = file ]
    [ "$(readlink "out/Trips/$rome")" = ../elsewhere ]
    [ "$(cat out/Rome/mine.txt out/note.txt | xargs)" = "mine mine" ]
    [ -d out/Zoo/folder ]
    [ -d out/empty ]
    [ -L out/Trips/link ]
    [ "$(ls out/Zoo)" = folder ]
    # A folder that was there already is nobody's to remove.
    mkdir out/Rest
    glassine update -q --album Rest --add "$(stored c)"
    glassine views -q --library lib --by album out || true
    [ -L "$(ls -d out/Rest/*-c.jpg)" ]
    glassine views -q --library lib --by year out
    [ -d out/Rest ]
    [ -z "$(ls out/Rest)" ]
}

@test "a folder that views did not make is refused, and so is the library" {
    make_library
    mkdir full empty
    echo mine > full/mine.txt
    run ! glassine views --library lib --by year full
    [[ $output == *"full: is not empty, and was not made by views"* ]]
    [ "$(ls -A full)" = mine.txt ]
    glassine views -q --library lib --by year empty
    [ -d empty/2020 ]
    for inside in lib lib/views lib/.glassine/tmp; do
        run ! glassine views --library lib --by year "$inside"
        [[ $output == *"lies in the library"* ]]
    done
    [ ! -e lib/views ]
    ln -s lib door
    run ! glassine views --library lib --by year door
    [[ $output == *"lies in the library"* ]]
    # A list that is not one, or that names what lies outside.
    echo nonsense > empty/.glassine-views
    run ! glassine views --library lib --by year empty
    [[ $output == *"cannot be read as the list"* ]]
    ln -s target victim
    printf 'glassine views 1\n../victim\0target\0' > empty/.glassine-views
    run ! glassine views --library lib --by year empty
    [ -L victim ]
    run -2 glassine views --library lib out
    run -2 glassine views --library lib --by moon out
    run -2 glassine views --library lib --by year
    [ ! -e out ]
}

@test "a name that a file states is never a path; names that collide are numbered" {
    make_library
    for album in '../../escape' '/etc/x' 'A/B' 'A_B' '..' '.glassine-views'; do
        glassine update -q --album "$album" --add "$(stored a)"
    done
    # Two files of one name in one folder.
    mkdir -p lib/other
    cp "$(stored c)" lib/other/
    glassine generate-db -q --source lib
    glassine update -q --album Same --add "$(stored c)" lib/other/2021*-c.jpg
    find . -path ./out -prune -o ! -name before -print | LC_ALL=C sort > before
    glassine views -q --library lib --by album out
    find . -path ./out -prune -o ! -name before -print | LC_ALL=C sort | diff before -
    ls -A out
    [ "$(find out -mindepth 1 -maxdepth 1 -type d | wc -l)" -eq 10 ]
    [ -d out/A_B ]
    [ -d out/A_B-1 ]
    [ "$(ls out/Same | wc -l)" -eq 2 ]
    ls out/Same | grep -- '-c-1.jpg'
    [ "$(find out -type l ! -exec test -f {} \; -print | wc -l)" -eq 0 ]
    # The same again is the same.
    links_of out > before
    glassine views -q --library lib --by album out
    links_of out | diff before -
}

@test "places and cameras are folders; a file without is counted" {
    needs 'places (builtin|file)'
    photo card/a.jpg "2020:01:01 10:00:00" one
    photo card/b.jpg "2020:01:02 10:00:00" two
    glassine import -q -d lib card
    glassine update -q --location 48.8583,2.2945 "$(stored a)"
    glassine update -q --clear location "$(stored b)"
    run -0 glassine views --library lib --by place places
    [[ $output == *"1 link: "*"; 1 file without"* ]]
    find places -type l -path 'places/France/*/Paris/*-a.jpg' | grep .
    find places -type l -exec test -f {} \; -print | grep -- -a.jpg
    glassine views -q --library lib --by camera cameras
    model=$(glassine show --json "$(stored a)" | jq -r .camera_model)
    [ "$(find cameras -type l -path "cameras/*$model/*" | wc -l)" -eq 2 ]
}

@test "what a run that was cut off has made is known to the next" {
    make_library
    glassine views -q --library lib --by album out
    # As if it had died before its last step: the list names more than is there.
    cp out/.glassine-views list
    glassine views -q --library lib --by year out
    tail -c +18 list >> out/.glassine-views
    echo part > out/.glassine-views.new
    glassine views -q --library lib --by album out
    [ "$(names_in out)" = ".glassine-views Rome Trips Zoo" ]
    # Nothing but the list of a first run that did not come into force.
    mkdir fresh
    echo part > fresh/.glassine-views.new
    glassine views -q --library lib --by year fresh
    [ "$(names_in fresh)" = ".glassine-views 2020 2021" ]
}

@test "on a file system of Windows the links have names that it allows" {
    inject=$GLS_BINARY_DIR/tests/libgls_inject.so
    [ -e "$inject" ] || skip "nothing can be injected into a build with sanitizers"
    photo card/a.jpg "2020:01:01 10:00:00" one
    glassine import -q -d lib card
    glassine update -q --album 'Mum & Dad: 50*' --title 'what?' "$(find lib -name '*-a.jpg')"
    glassine update -q --album con --add "$(find lib -name '*-a-what*.jpg')"
    env LD_PRELOAD="$inject" GLS_INJECT_STATFS=0x4d44 "$GLS_BINARY_DIR/glassine" views --library lib --by album out
    [ "$(folders_in out)" = "Mum & Dad_ 50_ con_" ]
    [ "$(names_in "out/con_")" = "2020-01-01_10-00-00-a-what_.jpg" ]
    [ -f "out/con_/2020-01-01_10-00-00-a-what_.jpg" ]
}
