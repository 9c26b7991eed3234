# SPDX-License-Identifier: MIT
"""The key by which place names are compared. src/plan/places/place_name.c does the same;
tests/unit/test_gazetteer.c checks the order of the whole index with it."""
import unicodedata

LETTERS = {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d",
           "þ": "th", "ŧ": "t", "ŋ": "n", "ə": "e", "ĸ": "k"}
SILENT = set("'\u2018\u2019\u02bb\u02bc\u02bd\u02be\u02bf\u02b9\u02ba`\u00b4\u2032\u0640")
WORDS = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort"}


def is_mark(c):
    """Accents of Latin, Greek and Cyrillic; points of Hebrew and Arabic."""
    o = ord(c)
    return (0x300 <= o <= 0x36f or 0x591 <= o <= 0x5c7 or 0x610 <= o <= 0x61a
            or 0x64b <= o <= 0x65f or o == 0x670)


def fold(text):
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    out = []
    for c in text:
        if is_mark(c) or c in SILENT:
            continue
        if c in LETTERS:
            out.append(LETTERS[c])
        elif unicodedata.category(c)[0] in "LMN":
            out.append(c)
        else:
            out.append(" ")
    return " ".join(WORDS.get(w, w) for w in "".join(out).split())
