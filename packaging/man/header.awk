# SPDX-License-Identifier: MIT
# header.awk - the page glassine(3) in man(7) markup, from src/glassine.h: its first comment,
# then section by section what it declares, each behind the comment that explains it.
#   awk -v version=0.2.0 -f header.awk src/glassine.h
function escaped(text) {
    gsub(/\\/, "\\e", text)
    gsub(/-/, "\\-", text)
    if (text ~ /^[.']/) text = "\\&" text
    return text
}
# Words in lines of at most 78 bytes; in code, what goes over is indented further.
function wrap(text, indent,    words, n, i, line) {
    n = split(text, words, " ")
    line = ""
    for (i = 1; i <= n; i++) {
        if (line != "" && length(line) + 1 + length(words[i]) > 78) {
            print escaped(line)
            line = indent words[i]
        } else line = line == "" ? words[i] : line " " words[i]
    }
    if (line != "") print escaped(line)
}
function paragraph() {
    if (text != "") {
        if (item) print ".IP \\(bu 3"
        else if (!fresh) print ".PP"
        wrap(text, "")
    }
    if (text != "") fresh = 0
    text = ""
    item = 0
}
function code(line,    at, indent) {
    if (!in_code) print (fresh ? ".nf" : ".PP\n.nf")
    fresh = 0
    in_code = 1
    at = index(line, "/*")
    if (length(line) > 76 && at > 1 && substr(line, 1, at - 1) ~ /[^ ]/) {
        code(substr(line, 1, at - 1))
        code("        " substr(line, at))
        return
    }
    sub(/ +$/, "", line)
    match(line, /^ */)
    indent = substr(line, 1, RLENGTH)
    while (length(line) > 78) {
        for (at = 78; at > RLENGTH && substr(line, at, 1) != " "; at--) ;
        if (at <= length(indent)) break
        print escaped(substr(line, 1, at - 1))
        line = indent "    " substr(line, at + 1)
    }
    print escaped(line)
}
function end_code() {
    if (in_code) print ".fi"
    in_code = 0
}
BEGIN {
    print ".TH GLASSINE 3 \"\" \"glassine " version "\" \"Library Functions\""
    print ".SH NAME\nlibglassine \\- file photos and videos, and never harm them"
    print ".SH SYNOPSIS\n.nf\n.B #include <glassine.h>\n"
    print ".B cc program.c $(pkg\\-config \\-\\-cflags \\-\\-libs glassine)\n.fi\n.SH DESCRIPTION"
    fresh = 1
}
NR == 1 { next }
# Its first comment, in paragraphs and items.
!opened {
    line = $0
    if (line ~ /^ \*\/$/) {
        paragraph()
        opened = 1
    } else if (line ~ /^( \*|\/\*)$/) {
        paragraph()
    } else {
        sub(/^ \* ?/, "", line)
        if (line ~ /^ *- /) {
            paragraph()
            item = 1
            sub(/^ *- /, "", line)
        } else if (line !~ /^ / && item) paragraph()
        text = text " " line
    }
    next
}
# "/* ---- Title ---- */"
/^\/\* ---- .* -+ \*\/$/ {
    end_code()
    title = $0
    gsub(/^\/\* -+ | -+ \*\/$/, "", title)
    print ".SH " toupper(title)
    fresh = 1
    in_section = 1
    next
}
!in_section { next }
/^#ifdef __cplusplus/ { exit }
# A comment at the begin of a line explains what follows.
/^\/\*/ { in_comment = 1; end_code() }
in_comment {
    line = $0
    done = line ~ /\*\/$/
    gsub(/^(\/\*| \*) ?| ?\*\/$/, "", line)
    text = text " " line
    if (done) {
        in_comment = 0
        paragraph()
    }
    next
}
/^$/ { end_code(); next }
/^#define GLS_[A-Z_]*INIT/ && !/\\$/ { code($0); next }
{
    sub(/^GLS_API /, "")
    sub(/ *\\$/, " \\")
    code($0)
}
END {
    end_code()
    print ".SH SEE ALSO\n.BR glassine (1),\n.BR glassine\\-config (5)"
}
