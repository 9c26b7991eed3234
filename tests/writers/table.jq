# What is wrong with the files of one variant: an object a file that was written,
# {number, variant, show: [...], witness: [...], exiftool: [...], rest: [...], essence: [...]}.
# SPDX-License-Identifier: MIT

def number: split("/")[1];
def by_file(key): INDEX(key);

def seconds($offset):
    ($offset | capture("(?<sign>[+-])(?<h>\\d\\d):(?<m>\\d\\d)")) as $o |
    (($o.h | tonumber) * 3600 + ($o.m | tonumber) * 60) * (if $o.sign == "-" then -1 else 1 end);
def instant($text; $offset): ($text + "Z" | fromdateiso8601) - seconds($offset // "+00:00");
def exif_date: gsub("-"; ":") | sub("T"; " ");
def near($a; $b): $a != null and (($a | tonumber) - ($b | tonumber) | fabs) <= 0.000001;

# wrong(NAME; GOT; WANTED): a sentence unless they are equal.
def wrong($name; $got; $wanted):
    if $got == $wanted then empty else "\($name) is \($got | tojson), not \($wanted | tojson)" end;
def far($name; $got; $wanted):
    if near($got; $wanted) then empty else "\($name) is \($got | tojson), not \($wanted)" end;

def is_movie: IN("mov", "mp4", "m4v", "m4a", "3gp", "3g2");
def has_pictures_title: IN("video", "audio") | not;

# ---- glassine's own reading

def show_findings($name):
    . as $show |
    (if $expected.title then wrong("title"; $show.title; $title) else empty end),
    (if $expected.album then wrong("album"; $show.album; $album) else empty end),
    (if $expected.name and $show.kind != "text" then
        (if $show.original_name == null then "original name is missing" else empty end)
     else empty end),
    (if $expected.taken then
        (if $show.kind == "text" then
            wrong("date"; $show.date_taken; $expected.taken)
         elif $show.kind == "photo" then
            wrong("date"; $show.date_taken; $expected.taken),
            wrong("offset"; $show.utc_offset; $expected.offset)
         else
            wrong("instant"; instant($show.date_taken; $show.utc_offset);
                  instant($expected.taken; $expected.offset))
         end)
     else empty end),
    (if $expected.latitude then
        far("latitude"; $show.latitude; $expected.latitude),
        far("longitude"; $show.longitude; $expected.longitude)
     else empty end);

# ---- Exiv2, libexif and libavformat

def exif_of_witness($had_libexif):
    . as $w |
    ($expected.taken | exif_date) as $date |
    (("taken", "digitized", "modified") | wrong(.; $w[.]; $date)),
    (("offset_taken", "offset_digitized", "offset_modified") | wrong(.; $w[.]; $expected.offset)),
    (if $had_libexif then
        ("libexif_taken", "libexif_digitized", "libexif_modified") | wrong(.; $w[.]; $date)
     else empty end);

def refs: [if $expected.latitude < 0 then "S" else "N" end, if $expected.longitude < 0 then "W" else "E" end];

def place_of_witness($jpeg):
    . as $w |
    far("latitude"; $w.latitude; $expected.latitude), far("longitude"; $w.longitude; $expected.longitude),
    wrong("refs"; [$w.latitude_ref, $w.longitude_ref]; refs),
    (if $jpeg then wrong("libexif's refs"; [$w.libexif_latitude_ref, $w.libexif_longitude_ref]; refs) else empty end);

def packet_dates:
    . as $w | ($expected.taken + $expected.offset) as $date |
    ("xmp_taken", "xmp_created", "xmp_date_created") | wrong(.; $w[.]; $date);

def packet_place:
    far("latitude in XMP"; .xmp_latitude; $expected.latitude),
    far("longitude in XMP"; .xmp_longitude; $expected.longitude);

def stated_place($name):
    if .[$name] == null then empty
    else (.[$name] | capture("^(?<a>[+-][0-9.]+)(?<o>[+-][0-9.]+)")) as $p |
        if (($p.a | tonumber) - $expected.latitude | fabs) < 0.0001 and
           (($p.o | tonumber) - $expected.longitude | fabs) < 0.0001 then empty
        else "\($name) is \(.[$name])" end
    end;

def movie_of_witness($before):
    . as $w |
    wrong("tracks"; $w.tracks; $before.tracks),
    (if $expected.taken then
        (instant($expected.taken; $expected.offset) | todateiso8601 | sub("Z$"; ".000000Z")) as $utc |
        (($before | keys[] | select(endswith("creation_time"))) | wrong(.; $w[.]; $utc)),
        wrong("creation_time"; $w.creation_time; $utc),
        ("com.apple.quicktime.creationdate" as $key |
         if $before[$key] then
            wrong($key; $w[$key] // "" | gsub(":"; ""); $expected.taken + $expected.offset | gsub(":"; ""))
         else empty end)
     else empty end),
    (if $expected.latitude then
        packet_place, stated_place("location"), stated_place("com.apple.quicktime.location.ISO6709")
     else empty end);

def texts_of_witness($kind):
    . as $w |
    (if $expected.title then
        wrong("title"; if $kind | has_pictures_title then $w.title else $w.display_name end; $title)
     else empty end),
    (if $expected.album then wrong("album"; $w.album; $album) else empty end),
    (if $expected.name and $w.original_name == null then "original name is missing" else empty end);

def embedded_of_witness($before; $show):
    (if .error then "error: \(.error)" else empty end),
    texts_of_witness($show.kind),
    (if $show.format | is_movie then movie_of_witness($before)
     elif $show.format == "gif" then
        (if $expected.taken then packet_dates else empty end),
        (if $expected.latitude then packet_place else empty end)
     else
        (if $expected.taken then exif_of_witness($show.format == "jpeg") else empty end),
        (if $expected.latitude then place_of_witness($show.format == "jpeg") else empty end)
     end);

def sidecar_of_witness($kind):
    if . == null then "there is no sidecar"
    else
        texts_of_witness($kind),
        (if $expected.taken then packet_dates else empty end),
        (if $expected.latitude then packet_place else empty end)
    end;

# ---- ExifTool: the values, and all other tags

# A tag by its last name in some group of that name.
def tag($group; $name): first(to_entries[] | select(.key | test("^" + $group + ":(.*:)?" + $name + "$")) | .value) // null;

def values_of_exiftool($show; $sidecar):
    . as $e |
    ($show.kind | has_pictures_title) as $picture |
    (if $expected.title then
        wrong("title"; $e | if $picture then tag("XMP-dc"; "Title") else tag("XMP-pmi"; "DisplayName") end; $title)
     else empty end),
    (if $expected.album then wrong("album"; $e | tag("XMP-xmpDM"; "Album"); $album) else empty end),
    (if $expected.taken then
        ($expected.taken | exif_date) as $date |
        if $sidecar or $show.format == "gif" then
            wrong("XMP's date"; $e | tag("XMP-exif"; "DateTimeOriginal"); $date + $expected.offset)
        elif $show.format | is_movie then
            (instant($expected.taken; $expected.offset) | todateiso8601 | rtrimstr("Z") | exif_date) as $utc |
            $e | to_entries[] |
            select(.key | test("^(QuickTime|Track[0-9]+):(.*:)?(Track|Media)?CreateDate$")) | wrong(.key; .value; $utc)
        else
            wrong("DateTimeOriginal"; $e | tag("ExifIFD"; "DateTimeOriginal"); $date),
            wrong("CreateDate"; $e | tag("ExifIFD"; "CreateDate"); $date),
            wrong("ModifyDate"; $e | tag("IFD0"; "ModifyDate"); $date),
            (("OffsetTime", "OffsetTimeOriginal", "OffsetTimeDigitized") as $name |
             wrong($name; $e | tag("ExifIFD"; $name); $expected.offset))
        end
     else empty end),
    (if $expected.latitude then
        if $sidecar or ($show.format | is_movie) or $show.format == "gif" then
            far("XMP's latitude"; $e | tag("XMP-exif"; "GPSLatitude"); $expected.latitude),
            far("XMP's longitude"; $e | tag("XMP-exif"; "GPSLongitude"); $expected.longitude)
        else
            far("GPSLatitude"; $e | tag("GPS"; "GPSLatitude"); $expected.latitude | fabs),
            far("GPSLongitude"; $e | tag("GPS"; "GPSLongitude"); $expected.longitude | fabs),
            wrong("refs"; [($e | tag("GPS"; "GPSLatitudeRef"), tag("GPS"; "GPSLongitudeRef"))]; refs)
        end
     else empty end);

# Of the file itself; where things stand in the file, and how long what holds them
# is; what a first block brings along ("Extended WEBP", GIF89a); the word of the source's
# bytes; and the place that an XMP packet has left.
def harmless:
    test("^(SourceFile$|System:|ExifTool:ExifToolVersion)") or
    test("(MPImageStart|ThumbnailOffset|PreviewImageStart|OtherImageStart|JpgFromRawStart|MediaData|MediaDataOffset|MediaDataSize)$") or
    test("^File:(.*:)?ExifByteOrder$") or test("^(ExifIFD:ExifVersion|GPS:GPSVersionID)$") or
    test("^XMP-glassine:") or test("^RIFF:(.*:)?(WebP_Flags|ImageWidth|ImageHeight)$") or
    test("^UserData:Unknown_free$") or test("^(File:FileType|GIF:GIFVersion)$");

def asked:
    ($expected.title and test("^XMP-(dc:Title|pmi:DisplayName)")) or
    ($expected.album and test("^XMP-(xmpDM|elodie):Album")) or
    ($expected.name and test("^XMP-getty:Original")) or
    ($expected.taken and test("^(IFD0|ExifIFD):(DateTimeOriginal|CreateDate|ModifyDate|(Offset|SubSec)Time.*)$|^(QuickTime|Track[0-9]+):(.*:)?(Track|Media)?CreateDate$|^(Keys|ItemList|UserData):(.*:)?(CreationDate|CreationTime|ContentCreateDate|DateTimeOriginal)|^XMP-(exif:DateTimeOriginal|xmp:CreateDate|photoshop:DateCreated)$")) or
    ($expected.latitude and test("^GPS:GPS(Latitude|Longitude)(Ref)?$|^XMP-exif:GPSL|^(Keys|ItemList|UserData):(.*:)?(GPSCoordinates|LocationInformation)"));

# ExifTool numbers tags of one name through all groups; here all values of a tag
# in its group count. What it cannot read before and can afterwards is no loss.
def other_tags:
    reduce (to_entries[] | .key |= sub("Copy[0-9]+:"; "") | select(.key | (harmless or asked) | not)) as $tag
        ({}; .[$tag.key] += [$tag.value]) | map_values(sort);
def was_unreadable: (.["ExifTool:Warning"] // [] | any(tostring | startswith("Can't currently extract")));

def rest_of_exiftool($before):
    ($before | other_tags) as $b | (. | other_tags) as $a |
    ($b | was_unreadable) as $blind |
    ($b | to_entries[] | select($a[.key] != .value) |
     select(($blind and (.key == "ExifTool:Warning" or .key == "Meta:MetaImageSize")) | not) | "\(.key) was \(.value | tojson | .[:60]), is \($a[.key] | tojson | .[:60])"),
    ($a | to_entries[] | select(.key as $k | $b | has($k) or $blind | not) |
     "\(.key) is new: \(.value | tojson | .[:60])");

# ---- A row

($before_show | INDEX(.file | number)) as $was_shown |
($show | INDEX(.file | number)) as $is_shown |
($witness | map(select(.file | endswith(".xmp") | not)) | INDEX(.file | number)) as $seen |
($witness | map(select(.file | endswith(".xmp"))) | INDEX(.file | number)) as $seen_sidecar |
($before_exiftool | add // [] | INDEX(.SourceFile | number)) as $had |
($exiftool | add // [] | map(select(.SourceFile | endswith(".xmp") | not)) | INDEX(.SourceFile | number)) as $has |
($exiftool | add // [] | map(select(.SourceFile | endswith(".xmp"))) | INDEX(.SourceFile | number)) as $has_sidecar |
($written | INDEX(.number)) as $report |
($index | split("\n")[] | select(. != "") | split("\t")[0]) as $n |
($report[$n] // {status: "missing", reason: "it is not in the report"}) |
($was_shown[$n] // {}) as $before | ($is_shown[$n] // {}) as $after |
(.status == "imported" or (.status == "skipped" and .reason == "nothing to change")) as $done |
($done and $seen_sidecar[$n] == null and $before.kind != "text" and
 ($variant != "name" or .written == "embedded")) as $embedded |
if $done | not then {number: $n, variant: $variant, written: "none", why: .reason, report: ["\(.status): \(.reason)"]} else
{
    number: $n, variant: $variant, written, why: .written_reason, checked: ($has != {}),
    show: [if $variant == "name" and .written != "embedded" then empty else $after | show_findings("") end],
    witness: [
        if $embedded then ($seen[$n] // {}) | embedded_of_witness($before_witness[0][$n] // {}; $after)
        elif .written == "sidecar" then $seen_sidecar[$n] | sidecar_of_witness($before.kind)
        else empty end],
    exiftool: [
        if $has == {} or $has[$n] == null or ($has[$n] | other_tags | was_unreadable) then empty
        elif $embedded then $has[$n] | values_of_exiftool($after; false)
        elif .written == "sidecar" then ($has_sidecar[$n] // {}) | values_of_exiftool($before; true)
        else empty end],
    rest: [if $before.kind == "text" or $has == {} or $has[$n] == null then empty else $has[$n] | rest_of_exiftool($had[$n] // {}) end],
    essence: [wrong("essence"; $after.essence_xxh128; $before.essence_xxh128)]
}
end
