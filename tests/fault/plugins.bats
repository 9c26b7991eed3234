#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# kill -9 while plugins are told: each file is queued once, and told at least once with
# the same key.

load helper

# Photos, and two plugins that write down what they are told: One takes it, Queue keeps
# it for batch.
prepare() {
    local i
    for i in $(seq 1 12); do
        photo "card/IMG_$i.JPG" "2020:01:0$((i % 4 + 1)) 03:04:05" "salt $i"
    done
    mkdir -p plugins
    cp "$GLS_BINARY_DIR"/tests/plugins/{One,Queue}.so plugins/
    chmod -R go-w plugins
    cat > config.ini << END
[Plugins]
plugins=One,Queue
path=$work/plugins
[PluginOne]
log=$work/one
[PluginQueue]
log=$work/queue
after=keep
END
    export GLASSINE_CONFIG="$work/config.ini"
}

# Each file of the library was told of by one key. Prints how many lines are repeats.
check_log() {
    local log=$1 hook=$2 files
    files=$(query lib/.glassine/library.db 'select count(*) from files')
    awk -F'\t' -v hook="$hook" '$1 == hook && $2 != "-" { print $2 "\t" $4 }' "$log" > told
    [ "$(cut -f2 told | sort -u | wc -l)" = "$files" ] || { echo "$log $hook: files not told of"; return 1; }
    [ "$(sort -u told | wc -l)" = "$files" ] || { echo "$log $hook: one file, two keys"; sort -u told; return 1; }
    echo "$(($(wc -l < told) - files))" >> repeats
}

# What the test kills at: every call, or as many as are asked for.
steps() {
    local calls=$1 wanted=${rounds:-8} i
    if [ "$wanted" -ge "$calls" ]; then
        seq 1 "$calls"
    else
        for i in $(seq 1 "$wanted"); do echo $((i * calls / wanted - random_below_step)); done
    fi
}

@test "an import that is killed at any call tells each plugin of each file" {
    need_injection
    prepare
    calls=$(calls_of import -q -d counted card)
    random_below_step=$(random_below 5)
    for at in $(steps "$calls"); do
        rm -rf lib one queue
        injected "any:$at:KILL" import -q -d lib card > /dev/null 2>&1 || true
        glassine import -q -d lib card
        [ "$(query lib/.glassine/library.db "select count(*) from outbox where plugin = 'One'")" = 0 ] || { echo "call $at"; false; }
        [ "$(query lib/.glassine/library.db "select count(*) from outbox where plugin = 'Queue' and hook = 'batch'")" = 12 ] || { echo "call $at"; false; }
        check_log one after || { echo "call $at"; false; }
        check_log queue after || { echo "call $at"; false; }
        check_done lib || { echo "call $at"; false; }
    done
    echo "# of $(steps "$calls" | wc -l) kills among $calls calls: $(awk '{ n += $1 } END { print n + 0 }' repeats) repeats" >&3
}

@test "a batch that is killed at any call tells of each file" {
    need_injection
    prepare
    glassine import -q -d start card
    cp -a start counted
    calls=$(calls_of batch --library counted)
    random_below_step=$(random_below 5)
    for at in $(steps "$calls"); do
        rm -rf lib one queue
        cp -a start lib
        injected "any:$at:KILL" batch --library lib > /dev/null 2>&1 || true
        glassine batch -q --library lib
        check_log queue batch || { echo "call $at"; false; }
        [ "$(query lib/.glassine/library.db 'select count(*) from outbox')" = 0 ] || { echo "call $at"; false; }
        # What it counted in its store is what it finished, or one more for each death.
        seen=$(query lib/.glassine/library.db "select value from plugin_values where key = 'seen'")
        [ "$seen" = 12 ] || [ "$seen" = 13 ] || { echo "call $at: counted $seen"; false; }
    done
    echo "# of $(steps "$calls" | wc -l) kills among $calls calls: $(awk '{ n += $1 } END { print n + 0 }' repeats) repeats" >&3
}

@test "what a dead run had to tell is told, though the run that completes it has no plugins" {
    need_injection
    prepare
    photo other.jpg "2019:01:02 03:04:05" other
    calls=$(calls_of import -q -d counted card)
    # Dead between the names and the rows: the next run completes the files.
    for at in $(seq $((calls / 2)) 9 "$calls"); do
        rm -rf lib one queue
        injected "any:$at:KILL" import -q -d lib card > /dev/null 2>&1 || true
        GLASSINE_CONFIG=/dev/null glassine import -q -d lib other.jpg
        glassine import -q -d lib card
        [ "$(awk -F'\t' '$1 == "after" { print $2 }' one | sort -u | wc -l)" = 12 ] || { echo "call $at"; false; }
    done
}

@test "a run that cannot begin tells no plugin of anything" {
    need_injection
    prepare
    glassine import -q -d lib card
    sqlite3 -batch lib/.glassine/library.db "insert into outbox (plugin, hook, file_id, file_key, payload)
        select 'One', 'after', id, 'key' || id, '{}' from files limit 3"
    cp -a lib stored
    opened=$(env LD_PRELOAD="$GLS_INJECT_LIBRARY" GLS_INJECT_COUNT=calls GLS_INJECT="open:999999:EIO:lib/.glassine/library.db" \
        "$GLS_BINARY_DIR/glassine" import -q -j 2 -d lib plugins > /dev/null; sed -n 2p calls)
    told=0
    for at in $(seq 1 "$opened"); do
        rm -rf lib one queue
        cp -a stored lib
        status=0
        injected "open:$at+:EIO:lib/.glassine/library.db" import -j 2 -d lib plugins > messages 2>&1 || status=$?
        [ "$status" -eq 3 ] || continue
        told=$((told + 1))
        ! grep -qs ^after one || { echo "open $at"; cat messages one; false; }
    done
    [ "$told" -gt 3 ]
}
