# SPDX-License-Identifier: MIT
# What the tests that kill and starve glassine share.

load ../cli/helper

rounds=${GLS_FAULT_ROUNDS:-}

# A kill does not ask what the disk has: memory is as good, and many times as fast.
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm

# glassine with faults: injected RULES COMMAND...
injected() {
    local rules=$1
    shift
    env LD_PRELOAD="$GLS_INJECT_LIBRARY" GLS_INJECT="$rules" "$GLS_BINARY_DIR/glassine" "$@"
}

need_injection() {
    [ -f "$GLS_INJECT_LIBRARY" ] || skip "faults cannot be injected into a build with sanitizers"
}

# How many calls that change something a command makes.
calls_of() {
    env LD_PRELOAD="$GLS_INJECT_LIBRARY" GLS_INJECT_COUNT=calls "$GLS_BINARY_DIR/glassine" "$@" >/dev/null 2>&1 || true
    cat calls
}

random_below() {
    echo $(((RANDOM * 32768 + RANDOM) % $1))
}

# A card of at most COUNT files: photos with colliding names, pairs of companions,
# duplicates, files of several blocks and one that cannot be read.
make_card() {
    local card=$1 count=$2 i
    for i in $(seq 1 $((count - 12))); do
        local path="$card/$((i % 5))/IMG_$((i / 5)).JPG"
        photo "$path" "2020:01:0$((i % 2 + 1)) 03:04:05" "salt $i"
        [ $((i % 7)) -ne 0 ] || head -c 300000 /dev/zero >> "$path"
    done
    for i in a b; do
        mkdir -p "$card/$i"
        cp "$fixtures"/sample/DCIM/100GLASS/IMG_000[346].* "$card/$i"
        for f in "$card/$i"/*.JPG "$card/$i"/*.DNG "$card/$i"/*.HEIC; do printf '%s' $i >> "$f"; done
    done
    cp "$card/1/IMG_1.JPG" "$card/duplicate.jpg"
    cp "$fixtures/hostile/really-text.jpg" "$card/no-picture.jpg"
}

# The library's tree with times: what must not depend on how often a run died.
whole_tree() {
    tree "$1"
    (cd "$1" && find . -name .glassine -prune -o -type f -printf '%p %T@\n' | sort)
}

# A copy of the database as a crash left it, so that looking does not repair it.
database_of() {
    rm -rf database
    mkdir database
    # One that died early has none yet.
    cp "$1"/.glassine/library.db* database/ 2>/dev/null || true
}

query() {
    sqlite3 -batch "$1" "$2"
}

# The paths that the database claims (of a library as it stands, dead or alive).
claimed_paths() {
    database_of "$1"
    [ -e database/library.db ] || return 0
    query database/library.db "select cast(path as text) from files order by 1"
}

# What must hold at any instant: nothing half under a final name, nothing claimed
# that is not there. WANTED is the tree() of a library that was not disturbed.
check_dead() {
    local library=$1 wanted=$2 path
    [ -d "$library" ] || return 0
    tree "$library" > now
    grep -vxFf "$wanted" now > strange || true
    [ ! -s strange ] || { echo "not whole:"; cat strange; return 1; }
    claimed_paths "$library" > claimed
    while IFS= read -r path; do
        [ -f "$library/$path" ] || { echo "claimed, but not there: $path"; return 1; }
    done < claimed
}

# What must hold after a run that ended well.
check_done() {
    check_closed "$1"
    glassine verify --library "$1" --json > verified || { cat verified; return 1; }
}

# Each file in the trash has its description, and each description its file.
check_trash() {
    local trash="$XDG_DATA_HOME/Trash"
    [ -d "$trash" ] || return 0
    diff <(ls -A "$trash/files") <(ls -A "$trash/info" | sed 's/\.trashinfo$//') ||
        { echo "the trash is in halves"; return 1; }
}

# Nothing is left to be finished; what is claimed is there, and the other way round.
check_closed() {
    local library=$1
    [ -z "$(ls -A "$library/.glassine/tmp")" ] || { echo "left: $(ls "$library/.glassine/tmp")"; return 1; }
    [ "$(query "$library/.glassine/library.db" 'select count(*) from intents')" = 0 ]
    # The folder holds what a library has, and nothing of a run.
    (cd "$library/.glassine" && ls -A | grep -vxE 'library\.db(-wal|-shm)?|lock|tmp') > unknown || true
    [ ! -s unknown ] || { echo "left:"; cat unknown; return 1; }
    claimed_paths "$library" > claimed
    (cd "$library" && find . -name .glassine -prune -o -type f -printf '%P\n') | LC_ALL=C sort > files
    LC_ALL=C sort claimed | diff - files
}

# Every picture of the list (hashes of sources) is on the card as it was, or a file
# that the library has for it reads as the database says. Prints what is in neither.
lost_of() {
    local pictures=$1 card=$2 library=$3 sha path stored
    claimed_paths "$library" > claimed
    {
        find "$card" -type f -print0 | xargs -0r sha256sum | cut -c1-64
        [ ! -e database/library.db ] || query database/library.db "
            select lower(hex(source_sha256)), lower(hex(stored_xxh128)), cast(path as text) from files
            union select lower(hex(source_sha256)), lower(hex(stored_xxh128)), cast(path as text) from intents" |
            while IFS='|' read -r sha stored path; do
                [ ! -f "$library/$path" ] || [ "$(xxh128sum "$library/$path" | cut -c1-32)" != "$stored" ] || echo "$sha"
            done
    } | sort -u > safe
    comm -23 "$pictures" safe
}
