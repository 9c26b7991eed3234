#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The commands of [Hooks]: programs in any language, one process a run.

load helper

# A hook in sh that logs what it is asked, and answers with ANSWER after the id.
hook_program() {
    local answer=$2
    # shellcheck disable=SC2154 # setup() sets it
    cat > "$1" <<END
#!/bin/sh
echo "\$\$" >> $work/started
while IFS= read -r line; do
    printf '%s\n' "\$line" >> $work/lines
    id=\${line#'{"id":'}
    printf '{"id":%s$answer}\n' "\${id%%,*}"
done
echo ended >> $work/ended
END
    chmod +x "$1"
}

# Ctrl-C for the run that was begun last, once its program has written "started".
interrupt_when_started() {
    local pid=$! status=0
    for _ in $(seq 200); do
        [ -s started ] && break
        sleep 0.05
    done
    kill -INT $pid
    wait $pid || status=$?
    [ "$status" -eq 130 ]
}

@test "one process a run and hook, one line a file, with all that the record has" {
    photos 5
    hook_program "$work/a hook" ''
    config '[Hooks]' "before='$work/a hook'" "after=\"$work/a hook\" 'two words'"
    glassine import -q -j 8 card
    [ "$(wc -l < started)" = 2 ]
    [ "$(wc -l < ended)" = 2 ]
    jq -r 'select(.hook == "before") | .source' lines > asked
    [ "$(wc -l < asked)" = 5 ]
    LC_ALL=C sort asked | diff - asked
    [ "$(jq -c 'select(.hook == "after") | [.status, .kind, (.sha256 | length), has("key"), has("destination"), has("date_taken"), has("size_bytes")]' lines | sort -u)" = \
        '["imported","photo",64,true,true,true,true]' ]
    [ "$(jq .id lines | sort -n | uniq -d)" = "" ]
    jq -r 'select(.hook == "after") | .destination' lines | while read -r path; do [ -f "$path" ]; done
}

@test "what the program removed or changed in the library is no copy that empties a card" {
    local damage
    # shellcheck disable=SC2016 # for the hook's shell
    for damage in 'rm "$path"' 'echo more >> "$path"'; do
        rm -rf lib card
        photos 1
        photo card/0/IMG_9.JPG "2020:01:02 03:04:09"
        cat > after <<END
#!/bin/sh
while IFS= read -r line; do
    id=\${line#'{"id":'}
    path=\${line#*'"destination":"'}
    path=\${path%%'"'*}
    case \$path in *img_10*) $damage ;; esac
    printf '{"id":%s}\n' "\${id%%,*}"
done
END
        chmod +x after
        config '[Hooks]' "after=$work/after" '[PluginHooks]' required=yes
        run glassine import --json --move card
        [ "$status" -eq 1 ]
        echo "$output" > report
        [ "$(json_of report IMG_10.JPG source_fate)" = kept ]
        [[ "$(json_of report IMG_10.JPG source_reason)" == *"the library"* ]]
        [ -f card/0/IMG_10.JPG ]
        [ ! -e card/0/IMG_9.JPG ]
    done
}

@test "a veto, and an error" {
    photos 2
    hook_program veto ',"veto":"not today"'
    config '[Hooks]' "before=$work/veto"
    glassine import --json card > report
    [ "$(json_of report IMG_10.JPG status)" = skipped ]
    [ "$(json_of report IMG_10.JPG reason)" = "plugin Hooks: not today" ]
    [ ! -d lib/2020-01-Jan ]
    hook_program failing ',"error":"out of luck"'
    config '[Hooks]' "before=$work/failing" "after=$work/failing" '[PluginHooks]' 'retries=0'
    glassine import card 2> messages
    [ "$(find lib -name '*.jpg' | wc -l)" = 2 ]
    [ "$(grep -c 'plugin Hooks: .*out of luck' messages)" -ge 4 ]
    grep -q 'plugin Hooks: 2 files are queued' messages
    hook_program good ''
    config '[Hooks]' "after=$work/good"
    glassine batch
    [ "$(outbox 'select count(*) from outbox')" = 0 ]
}

@test "a veto is one whatever its reason holds" {
    local answer
    photos 1
    # A NUL that is escaped, a reason of it alone, and a NUL as a byte, which is no JSON.
    for answer in ',"veto":"not\\u0000today"}' ',"veto":"\\u0000"}' '}\0,"veto":"no"}'; do
        rm -rf lib
        cat > veto <<END
#!/usr/bin/env python3
import json, sys
for line in sys.stdin.buffer:
    sys.stdout.buffer.write(b'{"id":%d' % json.loads(line)["id"] + b'$answer\n')
    sys.stdout.flush()
END
        chmod +x veto
        config '[Hooks]' "before=$work/veto"
        glassine import --json card > report 2> messages
        case $answer in
            *u0000*) [ "$(json_of report IMG_10.JPG status)" = skipped ] ;;
            *) grep -q 'plugin Hooks: .*answered with what is no object' messages ;;
        esac || { echo "$answer"; cat report messages; false; }
    done
}

@test "what an answer denies it does not say: null and false" {
    photos 2
    hook_program denies ',"veto":null,"error":false,"keep":null'
    config '[Hooks]' "before=$work/denies" "after=$work/denies"
    glassine import -q card 2> messages
    [ "$(find lib -name '*.jpg' | wc -l)" = 2 ]
    [ "$(outbox 'select count(*) from outbox')" = 0 ]
    [ ! -s messages ]
}

@test "a dry run refuses the settings that a run refuses" {
    photos 1
    config '[Plugins]' plugins=One '[PluginOne]' timeout_s=soon
    run glassine import --dry-run card
    [ "$status" -eq 2 ]
    config '[Plugins]' plugins=Gone '[PluginGone]' required=yes
    run glassine import --dry-run card
    [ "$status" -eq 2 ]
    [[ $output == *"plugin Gone, which is required, cannot be used"* ]]
    config '[Hooks]' "before='$work/open" '[PluginHooks]' required=yes
    run glassine import --dry-run card
    [ "$status" -eq 2 ]
    [[ $output == *"[Hooks] before"* ]]
    hook_program good ''
    config '[Hooks]' "before=$work/good"
    glassine import --dry-run card
    [ ! -e started ]
}

@test "batch, by a program of its own, for what after keeps or has no hook for" {
    photos 3
    hook_program good ''
    config '[Hooks]' "batch=$work/good"
    glassine import -q card
    [ ! -e started ]
    glassine batch
    [ "$(jq -r .hook lines | sort -u)" = batch ]
    [ "$(wc -l < lines)" = 3 ]
    [ "$(wc -l < started)" = 1 ]
}

@test "a program that ends, hangs, says nonsense or is not there costs a warning" {
    photos 2
    printf '#!/bin/sh\nread -r line\nexit 3\n' > ends
    printf '#!/bin/sh\nwhile :; do sleep 1; done\n' > hangs
    printf '#!/bin/sh\nwhile read -r line; do echo hello; done\n' > babbles
    printf '#!/bin/sh\ncat /dev/zero\n' > floods
    chmod +x ends hangs babbles floods
    for program in ends hangs babbles floods gone; do
        rm -rf lib
        config '[Hooks]' "before=$work/$program" '[PluginHooks]' 'timeout_s=0.3'
        timeout 60 "$GLS_BINARY_DIR/glassine" import card 2> messages
        [ "$(find lib -name '*.jpg' | wc -l)" = 2 ] || { echo $program; false; }
        grep -q "plugin Hooks: .*$program" messages || { echo $program; cat messages; false; }
    done
    refute pgrep -f "$work/hangs"
    refute pgrep -f "$work/floods"
}

@test "a line of any size goes through while the program talks" {
    photos 1
    title=$(head -c 100000 /dev/zero | tr '\0' 'x')
    cat > talks <<'END'
#!/usr/bin/env python3
import json, sys
for line in sys.stdin:
    question = json.loads(line)
    print(json.dumps({"id": -1, "noise": "n" * 200000}))
    print(json.dumps({"id": question["id"]}), flush=True)
END
    chmod +x talks
    config '[Hooks]' "before=$work/talks" "after=$work/talks" '[PluginHooks]' 'timeout_s=20'
    glassine import card 2> messages
    refute grep -q 'plugin Hooks' messages
    [ -n "$title" ]
}

@test "no shell: what a shell would read is an argument" {
    photos 1
    printf '#!/bin/sh\nprintf "%%s|" "$@" > %s/arguments\nexec cat > /dev/null\n' "$work" > program
    chmod +x program
    # shellcheck disable=SC2016
    config '[Hooks]' "before=$work/program \$HOME \"two words\" 'a\"b' c\\ d ; >x \`id\`"
    glassine import -q card 2> /dev/null
    # shellcheck disable=SC2016
    [ "$(cat arguments)" = '$HOME|two words|a"b|c d|;|>x|`id`|' ]
    config '[Hooks]' "before=$work/program 'open"
    glassine import card 2> messages
    grep -q 'plugin Hooks: not used: \[Hooks\] before: a quote is not closed' messages
}

@test "--no-hooks starts nothing and queues nothing" {
    photos 1
    hook_program good ''
    config '[Hooks]' "before=$work/good" "after=$work/good" "batch=$work/good"
    glassine import -q --no-hooks card
    glassine update -q --no-hooks --title x lib/2020-01-Jan/*/*.jpg
    glassine batch --no-hooks
    [ ! -e started ]
    [ "$(outbox 'select count(*) from outbox')" = 0 ]
}

@test "the program sees none of glassine's files, and the signals as usual" {
    photos 1
    # Not a shell: some clear the mask of signals when they begin.
    cat > looks << 'END'
#!/usr/bin/env python3
import os, sys
with open("open", "w") as out:
    for fd in os.listdir("/proc/self/fd"):
        try:
            print(os.readlink("/proc/self/fd/" + fd), file=out)
        except OSError:
            pass
with open("signals", "w") as out:
    out.write(open("/proc/self/status").read())
sys.stdin.readline()
print('{"id":1}', flush=True)
END
    chmod +x looks
    config '[Hooks]' "before=$work/looks"
    glassine import -q card
    refute grep -q "$work/lib" open
    [ "$(awk '/SigBlk/ { print $2 }' signals)" = 0000000000000000 ]
}

@test "Ctrl-C ends the run, and the program with it" {
    photos 30
    cat > slow <<'END'
#!/bin/sh
echo now > started
while IFS= read -r line; do
    sleep 0.2
    id=${line#'{"id":'}
    printf '{"id":%s}\n' "${id%%,*}"
done
END
    chmod +x slow
    config '[Hooks]' "after=$work/slow"
    "$GLS_BINARY_DIR/glassine" import -q card &
    interrupt_when_started
    refute pgrep -f "$work/slow"
    [ "$(outbox 'select count(*) from files')" = 30 ]
    [ "$(outbox 'select count(*) from outbox')" -gt 0 ]
    glassine batch
    [ "$(outbox 'select count(*) from outbox')" = 0 ]
}

@test "Ctrl-C waits five seconds for a program, and files nothing that it might have vetoed" {
    photos 3
    printf '#!/bin/sh\necho now > %s/started\nwhile :; do sleep 1; done\n' "$work" > hangs
    chmod +x hangs
    config '[Hooks]' "before=$work/hangs" '[PluginHooks]' timeout_s=900
    "$GLS_BINARY_DIR/glassine" import --json -j 4 card > report &
    interrupt_when_started
    refute pgrep -f "$work/hangs"
    [ "$(find lib -name '*.jpg' | wc -l)" = 0 ]
    [ "$(jq -r 'select(.event == "file") | .status' report | sort -u)" = skipped ]
}

@test "a build without plugins in C says so and files all the same" {
    glassine --version | grep -q '^built with:.*plugins off' || skip 'this build has plugins'
    photos 1
    config '[Plugins]' plugins=One
    glassine import --json card > report 2> messages
    [ "$(json_of report IMG_10.JPG status)" = imported ]
    grep -q 'plugin One: not used: .*built without plugins in C' messages
}
