#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Real shared objects, loaded by the real command.

load helper

@test "a plugin is asked before and told after, once each, in input order" {
    photos 30
    config 'plugins=One' '[PluginOne]' "log=$work/log"
    glassine import -q -j 16 card
    [ "$(cut -f1 log | sort | uniq -c | tr -s ' ' | tr '\n' ';')" = " 30 after; 30 before; 1 close; 1 init;" ]
    calls log before | cut -f3 > asked
    LC_ALL=C sort asked | diff - asked
    calls log after | cut -f3 | diff asked -
    # Before, the name is planned; after, it is there.
    calls log after | cut -f4 | while read -r path; do [ -f "$path" ]; done
    [ "$(calls log before | cut -f2,5 | sort -u)" = "-	planned" ]
    [ "$(calls log after | cut -f2 | sort -u | wc -l)" = 30 ]
    [ "$(outbox 'select count(*) from outbox')" = 0 ]
    # The same again: all are duplicates, and nobody is told.
    rm log
    glassine import -q card
    [ "$(calls log after | wc -l)" = 0 ]
}

@test "a veto skips the file and its companions; the source stays" {
    photos 4
    cp -r "$fixtures/sample/DCIM/100GLASS" card/more
    config 'plugins=One' '[PluginOne]' 'before=veto:IMG_0003.DNG'
    glassine import --json --move card > report
    [ "$(json_of report IMG_0003.DNG status)" = skipped ]
    [ "$(json_of report IMG_0003.DNG reason)" = "plugin One: scripted veto" ]
    [ "$(json_of report IMG_0003.JPG status)" = skipped ]
    [[ "$(json_of report IMG_0003.JPG reason)" = "its companion "*"IMG_0003.DNG is not filed: plugin One: scripted veto" ]]
    [ -f card/more/IMG_0003.DNG ] && [ -f card/more/IMG_0003.JPG ]
    [ "$(find lib -name '*img_0003*' | wc -l)" = 0 ]
    [ ! -e card/0/IMG_10.JPG ]
}

@test "tree and report are the same with 1 and 16 workers, whatever the plugins do" {
    photos 40
    config 'plugins=One,Any' '[PluginOne]' 'before=veto:IMG_2' '[PluginAny]' 'before=slow' 'after=slow'
    glassine import --json -j 1 -d lib1 card 2> messages1 | jq -c 'del(.seconds)' | sed 's#/lib1/#/lib/#' > report1
    glassine import --json -j 16 -d lib16 card 2> messages16 | jq -c 'del(.seconds)' | sed 's#/lib16/#/lib/#' > report16
    diff report1 report16
    tree lib1 > tree1
    tree lib16 | diff tree1 -
    [ "$(grep -c '"skipped"' report1)" -gt 5 ]
}

@test "a plugin of one thread is never in two calls at once; one of any thread is" {
    photos 40
    config 'plugins=One,Any' '[PluginOne]' "log=$work/one" 'before=slow:IMG_1' 'after=slow:IMG_1' \
        '[PluginAny]' "log=$work/any" 'before=slow' 'parallel=8'
    glassine import -q -j 16 card
    refute grep OVERLAP one
    [ "$(calls one after | wc -l)" = 40 ]
    [ "$(calls any after | wc -l)" = 40 ]
}

@test "what cannot be loaded costs a warning that names it, and its files are queued" {
    photos 3
    config 'plugins=OldAbi,Missing,NoDescriptor,Misnamed'
    echo 'int nothing;' | "$GLS_CC" -shared -fPIC -x c - -o plugins/NoDescriptor.so
    cp plugins/One.so plugins/Misnamed.so
    glassine import card 2> messages
    [ "$(find lib -name '*.jpg' | wc -l)" = 3 ]
    grep -q 'plugin OldAbi: not used: .*built for plugin interface 0' messages
    grep -q 'plugin Missing: not used: no Missing.so in' messages
    grep -q 'plugin NoDescriptor: not used: .*defines no gls_plugin_descriptor' messages
    grep -q 'plugin Misnamed: not used: .*calls itself "One"' messages
    [ "$(outbox "select count(*) from outbox where plugin = 'Missing'")" = 3 ]
    # Found at last, it is told.
    run glassine batch
    [ "$status" -eq 1 ]
    glassine plugins --json > list
    [ "$(jq -c 'select(.name == "Missing") | [.state, .queued]' list)" = '["unusable",3]' ]
    glassine plugins --drop Missing OldAbi NoDescriptor Misnamed > /dev/null
    glassine batch
}

@test "a plugin that others could replace is not loaded" {
    photos 1
    config 'plugins=One' '[PluginOne]' "log=$work/log"
    chmod o+w plugins/One.so
    glassine import card 2> messages
    grep -q 'plugin One: not used: .*One.so can be written to by others' messages
    chmod o-w plugins/One.so
    chmod g+w plugins
    glassine import card 2> messages
    grep -q 'plugin One: not used: .*plugins can be written to by others' messages
    chmod g-w plugins
    mkdir -m 777 open
    mv plugins open/
    sed -i "s#path=.*#path=$work/open/plugins#" config.ini
    glassine import card 2> messages
    grep -q 'plugin One: not used: .*open can be written to by others' messages
    [ ! -e log ]
}

@test "where plugins are looked for: path=, the environment, beside the configuration" {
    photos 1
    config 'plugins=One,Any,Queue'
    mkdir -p env config/plugins
    mv plugins/Any.so env/
    mv plugins/Queue.so config/plugins/
    mv config.ini config/
    GLASSINE_PLUGIN_PATH="$work/nowhere:$work/env" GLASSINE_CONFIG="$work/config/config.ini" glassine plugins --json > list
    [ "$(jq -r .path list | tr '\n' ' ')" = "$work/plugins/One.so $work/env/Any.so $work/config/plugins/Queue.so " ]
    [ "$(jq -c .hooks list | tr '\n' ' ')" = '["before","after"] ["before","after"] ["after","batch"] ' ]
    [ "$(jq -r .state list | sort -u)" = usable ]
}

@test "failures are warnings; five in a row rest the plugin, and what is queued is told" {
    photos 9
    config 'plugins=One' '[PluginOne]' "log=$work/log" 'before=error' 'after=error' 'retries=0'
    glassine import card 2> messages
    [ "$(find lib -name '*.jpg' | wc -l)" = 9 ]
    [ "$(calls log before | wc -l)" = 5 ]
    [ "$(calls log after | wc -l)" = 0 ]
    [ "$(grep -c 'IMG_.*: before: scripted error' messages)" = 5 ]
    grep -q 'plugin One: rests until the next run: 5 failures in a row, the last: scripted error' messages
    grep -q 'plugin One: 9 files are queued' messages
    # The next run tells it.
    sed -i '/^before=\|^after=/d' config.ini
    glassine batch
    [ "$(calls log after | wc -l)" = 9 ]
}

@test "a failure of after is tried again, with the same key" {
    photos 2
    config 'plugins=One' '[PluginOne]' "log=$work/log" 'fail_first=1' 'retries=1'
    glassine import -q card
    [ "$(cut -f1 log | grep -c failed)" = 1 ]
    [ "$(calls log failed | cut -f2)" = "$(calls log after | head -n 1 | cut -f2)" ]
    [ "$(calls log after | wc -l)" = 2 ]
    [ "$(outbox 'select count(*) from outbox')" = 0 ]
}

@test "one that hangs is abandoned, and the import goes on" {
    photos 3
    config 'plugins=One' '[PluginOne]' 'before=hang:IMG_11' 'timeout_s=0.3'
    glassine import card 2> messages
    [ "$(find lib -name '*.jpg' | wc -l)" = 3 ]
    grep -q 'IMG_11.JPG: before: did not return within 0.3 s and was abandoned' messages
    config 'plugins=Any' '[PluginAny]' 'after=hang' 'timeout_s=0.2' 'parallel=2' 'retries=0'
    glassine import -d lib2 card 2> messages
    grep -q 'plugin Any: 3 files are queued' messages
    # One file that hangs costs one thread, and no other file.
    config 'plugins=Any' '[PluginAny]' 'after=hang:IMG_11' 'timeout_s=3' 'parallel=2'
    glassine import -d lib5 card 2> messages
    grep -q 'plugin Any: 1 file is queued' messages
    # The plugin's own limit, and the configuration's over it.
    config 'plugins=Short' '[PluginShort]' 'after=hang:IMG_11' 'retries=0'
    glassine import -d lib6 card 2> messages
    grep -q 'did not return within 2 s' messages
    config 'plugins=Short' '[PluginShort]' 'after=hang' 'timeout_s=0.2' 'retries=0'
    glassine import -d lib7 card 2> messages
    grep -q 'did not return within 0.2 s' messages
    config 'plugins=One' '[PluginOne]' 'init=hang' 'timeout_s=0.2'
    glassine import -d lib3 card 2> messages
    grep -q 'plugin One: not used: did not return within' messages
    config 'plugins=One' '[PluginOne]' 'close=hang' 'timeout_s=0.2'
    glassine import -q -d lib4 card
}

@test "one that is required: no answer is a veto, and without it nothing is begun" {
    photos 2
    config 'plugins=One' '[PluginOne]' 'before=error:IMG_10' 'required=yes'
    glassine import --json card > report
    [ "$(json_of report IMG_10.JPG status)" = skipped ]
    [ "$(json_of report IMG_10.JPG reason)" = "plugin One, which is required, did not agree: scripted error" ]
    [ "$(json_of report IMG_11.JPG status)" = imported ]
    config 'plugins=OldAbi' '[PluginOldAbi]' 'required=yes'
    run glassine import -d lib2 card
    [ "$status" -eq 2 ]
    [[ "$output" = *"plugin OldAbi, which is required, cannot be used"* ]]
}

@test "--move waits for one that is required to have taken the file" {
    photos 4
    config 'plugins=One' '[PluginOne]' 'after=error:IMG_12' 'required=yes' 'retries=0'
    glassine import --json --move card > report
    [ "$(find card -type f)" = card/0/IMG_12.JPG ]
    [ "$(json_of report IMG_12.JPG status)" = imported ]
    [[ "$(json_of report IMG_12.JPG source_reason)" = "plugin One, which is required, has not taken it yet"* ]]
    sed -i '/^after=/d' config.ini
    glassine batch
    glassine import -q --move card
    [ "$(find card -type f)" = "" ]
    # Also where a rename would do, which leaves no second copy.
    photos 4
    config 'plugins=One' '[PluginOne]' 'after=error:IMG_12' 'required=yes' 'retries=0'
    glassine import -q --move --write-metadata none -d lib2 card 2> /dev/null
    [ "$(find card -type f)" = card/0/IMG_12.JPG ]
}

@test "a dry run calls nobody" {
    photos 2
    config 'plugins=One' '[PluginOne]' "log=$work/log" '[Hooks]' "before=touch $work/started"
    glassine import -q -n card
    [ ! -e log ] && [ ! -e started ]
}

@test "update tells of what it changes, and where it was" {
    photos 2
    config 'plugins=One' '[PluginOne]' "log=$work/log"
    glassine import -q card
    rm log
    glassine update -q --time '2021-05-06 07:08:09' lib/2020-01-Jan/*/*.jpg
    [ "$(calls log after | cut -f5 | sort -u)" = updated ]
    [ "$(calls log after | wc -l)" = 2 ]
    calls log after | cut -f4 | while read -r path; do [[ "$path" = */2021-05-May/* ]] && [ -f "$path" ]; done
}

@test "batch: after first, then what after keeps; refused ones are set aside; values last" {
    photos 6
    config 'plugins=Queue,Batch' '[PluginQueue]' "log=$work/queue" 'after=keep' 'batch=refuse:IMG_12' \
        '[PluginBatch]' "log=$work/batch"
    glassine import card 2> messages
    grep -q 'plugin Queue: 6 files are queued; "glassine batch" goes on with them' messages
    [ "$(calls queue after | wc -l)" = 6 ]
    [ ! -e batch ] || [ "$(calls batch batch | wc -l)" = 0 ]
    run glassine batch --json
    [ "$status" -eq 1 ]
    [ "$(jq -c 'select(.event == "summary") | [.queued, .set_aside]' <<< "${lines[-1]}")" = '[1,1]' ]
    [ "$(calls queue batch | wc -l)" = 7 ] # the hook itself, and a line a file
    [ "$(calls batch batch | wc -l)" = 7 ]
    [ "$(outbox "select value from plugin_values where plugin = 'Queue' and key = 'seen'")" = 6 ]
    # Set aside: not tried again until a person asks for it.
    run glassine batch
    [ "$(calls queue batch | wc -l)" = 8 ]
    [ "$(glassine plugins --json Queue | jq -c '[.queued, .set_aside, .last_error]')" = '[1,1,"scripted refuse"]' ]
    sed -i '/^batch=/d' config.ini
    glassine plugins --retry Queue > /dev/null
    glassine batch Queue 2> messages
    grep -q 'plugin Queue: batch is through' messages
    refute grep -q 'a detail' messages
    [ "$(outbox 'select count(*) from outbox')" = 0 ]
    run glassine batch Nobody
    [ "$status" -eq 2 ]
}

@test "a batch that stops keeps its queue" {
    photos 4
    config 'plugins=Batch' '[PluginBatch]' 'batch=stop:IMG_12'
    glassine import -q card
    run glassine batch
    [ "$status" -eq 1 ]
    [[ "$output" = *"plugin Batch: rests until the next run: scripted stop"* ]]
    [ "$(outbox 'select count(*) from outbox')" = 3 ] || [ "$(outbox 'select count(*) from outbox')" = 2 ]
}

@test "batch with no library, or with none configured, is done" {
    config 'plugins=Batch'
    glassine batch
    GLASSINE_CONFIG=/dev/null glassine batch
    run glassine batch --library nowhere
    [ "$status" -eq 3 ]
}

@test "a batch while another glassine writes says so, or waits" {
    photos 2
    config 'plugins=Batch'
    glassine import -q card
    # The lock that a writer holds.
    flock lib/.glassine/lock sleep 2 &
    sleep 0.3
    run glassine batch --wait 0
    [ "$status" -eq 3 ]
    run glassine plugins --drop Batch --wait 0
    [ "$status" -eq 3 ]
    glassine plugins > /dev/null # reading waits for nobody
    glassine batch --wait 20
    [ "$(outbox 'select count(*) from outbox')" = 0 ]
    wait
}

@test "a crash in any hook leaves a library that the next run completes" {
    photos 20
    for hook in init before after close; do
        rm -rf lib log
        config 'plugins=Queue,One' '[PluginOne]' "log=$work/log" "$hook=crash" '[PluginQueue]' "log=$work/queue"
        run glassine import -q card
        [ "$status" -gt 128 ] || { echo "$hook: $status"; false; }
        config 'plugins=Queue,One' '[PluginOne]' "log=$work/log" '[PluginQueue]' "log=$work/queue"
        glassine import -q card
        glassine verify -q
        [ "$(outbox 'select count(*) from files')" = 20 ]
        [ "$(calls log after | cut -f2 | sort -u | wc -l)" = 20 ] || { echo "$hook"; cut -f2 log | sort | uniq -c; false; }
    done
    config 'plugins=Batch' '[PluginBatch]' 'batch=crash'
    rm -rf lib
    glassine import -q card
    run glassine batch
    [ "$status" -gt 128 ]
    [ "$(outbox 'select count(*) from outbox')" = 20 ]
}

@test "generate-db keeps what plugins have still to be told" {
    photos 3
    config 'plugins=Batch' '[PluginBatch]' "log=$work/log"
    glassine import -q card
    glassine generate-db -q --source lib
    [ "$(outbox 'select count(*) from outbox')" = 3 ]
    glassine batch
    calls log batch | tail -n +2 | cut -f4 | while read -r path; do [ -f "$path" ]; done
    [ "$(calls log batch | wc -l)" = 4 ]
}

@test "limits that make no sense are refused" {
    photos 1
    for line in 'timeout_s=soon' 'timeout_s=0' 'max_per_second=-1' 'parallel=1e9' 'backoff_s=61' 'required=perhaps'; do
        config 'plugins=One' '[PluginOne]' "$line"
        run glassine import card
        [ "$status" -eq 2 ] || { echo "$line: $status $output"; false; }
        [[ "$output" = *"[PluginOne] ${line%%=*}"* ]]
    done
}
