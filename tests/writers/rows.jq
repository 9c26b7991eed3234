# The rows of the table and its last line.
# SPDX-License-Identifier: MIT

def table($text): $text | split("\n") | map(select(. != "") | split("\t"));
def verdict: if . == null then "-" elif . == [] then "ok" else "BAD" end;

(table($before) | INDEX(.[0])) as $was |
(table($after) | INDEX(.[0])) as $is |
(table($refused) | map(.[0]) | map(select(startswith("#") | not))) as $may_refuse |
($findings | group_by(.number) | map({key: .[0].number, value: .}) | from_entries) as $found |
($written | INDEX(.number)) as $all |
[
    table($index)[] | .[0] as $n | .[2] as $path |
    ($found[$n] // []) as $variants |
    ($variants | map(select(.variant == "all")) | .[0]) as $one |
    (if $was[$n][1] == "" then "-" elif $was[$n][1] == $is[$n][1] then "ok" else "BAD" end) as $pixels |
    ($was[$n][2] == $is[$n][2] or $path[-4:] == ".txt") as $whole |
    (if $one == null or $one.report then
        {written: "none", why: ($all[$n].reason // "not in the report" | split(": ") | last), checks: [], details: []}
     else
        {
            written: $one.written,
            why: ($one.why // "" | split(": ") | last),
            checks: ([$one.show, $one.witness, (if $one.checked then $one.exiftool, $one.rest else null, null end),
                      $one.essence | verdict] +
                     [$pixels, if $whole then "ok" else "BAD" end] +
                     [[$variants[] | select(.variant != "all") | (.report, .show, .witness, .exiftool, .rest, .essence)[]?] | verdict]),
            details: ([$variants[] | .variant as $v | to_entries[] | select(.value | type == "array") |
                       .key as $k | .value[] | "    \($v), \($k): \(.)"] +
                      (if $pixels == "BAD" then ["    all, decoded: differs"] else [] end) +
                      (if $whole then [] else ["    all, pieces: what are no tags differs"] end))
        }
     end) |
    (($may_refuse | any(. as $p | $path | test($p; "i"))) or .written == "embedded") as $expected |
    .details += (if $expected then [] else ["    \(.written), which is not expected: \(.why)"] end) |
    .label = $path | .failed = (.details != [])
] as $rows |
("\("file" | . + " " * (66 - length)) written  show witness exiftool rest essence decoded pieces alone"),
($rows[] |
    (.label + " " * ([66 - (.label | length), 1] | max)) + (.written + " " * (9 - (.written | length))) +
    ([.checks, [4, 7, 8, 4, 7, 7, 6, 5]] | transpose | map(select(.[0]) | .[0] + " " * (.[1] + 1 - (.[0] | length))) | join("")) +
    (if .written == "embedded" then "" else .why end),
    (.details[:12][])),
"\($rows | length) files: \($rows | map(select(.written == "embedded")) | length) embedded, \(
    $rows | map(select(.written == "sidecar")) | length) with a sidecar, \(
    $rows | map(select(.written == "none")) | length) not written, \($rows | map(select(.failed)) | length) failed"
