# SPDX-License-Identifier: MIT
# config.awk - the page glassine-config(5) in man(7) markup, from docs/config.md, whose
# table a test compares with the table that the program reads by.
#   awk -v version=0.2.0 -f config.awk docs/config.md
function escaped(text) {
    gsub(/\\\|/, "|", text)
    gsub(/\\/, "\\e", text)
    gsub(/-/, "\\-", text)
    return text
}
# Code in bold, links as their text.
function inline(text,    out, at) {
    text = escaped(text)
    while (match(text, /\[[^]]*\]\([^)]*\)/)) {
        out = substr(text, RSTART + 1, RLENGTH)
        sub(/\].*/, "", out)
        text = substr(text, 1, RSTART - 1) out substr(text, RSTART + RLENGTH)
    }
    gsub(/\*\*/, "", text)
    gsub(/\\\*/, "*", text)
    for (at = 0; (i = index(text, "`")) > 0; at = !at)
        text = substr(text, 1, i - 1) (at ? "\\fR" : "\\fB") substr(text, i + 1)
    return text
}
function wrap(text,    words, n, i, line) {
    n = split(text, words, " ")
    line = ""
    for (i = 1; i <= n; i++) {
        if (line != "" && length(line) + 1 + length(words[i]) > 78) {
            print line
            line = ""
        }
        if (line == "") line = (words[i] ~ /^[.']/ ? "\\&" : "") words[i]
        else line = line " " words[i]
    }
    if (line != "") print line
}
function flush() {
    if (text != "") {
        if (!fresh || macro != ".PP") print macro
        wrap(inline(text))
        fresh = 0
    }
    text = ""
    macro = ".PP"
}
function trimmed(cell) {
    gsub(/^ +| +$/, "", cell)
    return cell
}
BEGIN {
    macro = ".PP"
    print ".TH GLASSINE\\-CONFIG 5 \"\" \"glassine " version "\" \"File Formats\""
    print ".SH NAME\nglassine\\-config \\- the configuration of glassine"
    print ".SH SYNOPSIS\n.nf\n\\fB~/.config/glassine/config.ini\\fR\n.fi\n.SH DESCRIPTION"
    fresh = 1
}
/^# / { next }
/^## / { flush(); print ".SH " toupper(substr($0, 4)); fresh = 1; next }
/^$/ { flush(); next }
/^\| section \|/ { flush(); print ".SH KEYS"; next }
/^\|-/ { next }
/^\|/ {
    row = $0
    gsub(/\\\|/, "\001", row) # a bar that is no border
    split(row, cells, "|")
    for (i = 2; i <= 5; i++) {
        cells[i] = trimmed(cells[i])
        gsub(/\001/, "|", cells[i])
    }
    if (cells[2] != "") print ".SS [" escaped(cells[2]) "]"
    print ".TP\n\\fB" escaped(cells[3]) "\\fR"
    wrap(inline(cells[4]))
    if (cells[5] != "") {
        print ".br"
        wrap("Without it: " inline(cells[5]))
    }
    next
}
/^[0-9]+\. / { flush(); macro = ".IP " $1 " 4"; sub(/^[0-9]+\. /, "") }
/^\* / { flush(); macro = ".IP \\(bu 3"; sub(/^\* /, "") }
/^\\\* / { flush() }
{ text = text " " $0 }
END {
    flush()
    print ".SH SEE ALSO\n.BR glassine (1),\n.BR glassine (3)"
}
