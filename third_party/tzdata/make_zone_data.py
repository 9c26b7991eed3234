#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Builds zones.bin, the time zone rules inside glassine, from installed zone data.

usage: make_zone_data.py [--source /usr/share/zoneinfo] OUT

Run by a developer when the distribution's tzdata changes; the result is
committed. Of each TZif file (RFC 9636) the 64-bit block and the rule behind it
are kept; the 32-bit block and the marks that only concern default rules are
dropped, equal files are kept once. (Compiling tzdata.zi with the zic at hand was
tried and was wrong: an older zic than the data was made for gets the rules
behind the last change wrong.) The layout, all integers little-endian, is read
by src/plan/time/zone.c:

  u32 raw_size, then a zlib stream of raw_size bytes:
    "GLSZONE1"  u8 n, n bytes: the version of the data
    u16 files   each: u16 size, a TZif file
    u16 names   each: u8 n, n bytes, u16 index of its file; ascending by bytes
"""
import argparse
import os
import struct
import zlib

HEADER = 44
LEFT_OUT = {"posix", "right"}  # the same again, and with leap seconds
NO_ZONES = {"localtime", "posixrules"}


def counts(data, at):
    """ut, standard, leap, time, type and char counts of the block at `at`."""
    if data[at:at + 4] != b"TZif":
        raise ValueError("no TZif header")
    return struct.unpack(">6I", data[at + 20:at + HEADER])


def slim(data):
    ut, std, leap, times, types, chars = counts(data, 0)
    second = HEADER + times * 5 + types * 6 + chars + leap * 8 + std + ut
    ut, std, leap, times, types, chars = counts(data, second)
    if leap:
        raise ValueError("leap seconds")
    body = second + HEADER
    kept = times * 9 + types * 6 + chars
    footer = body + kept + std + ut
    header = data[second:second + 20]
    return (header + struct.pack(">6I", 0, 0, 0, 0, 1, 1) + bytes(6 + 1)
            + header + struct.pack(">6I", 0, 0, 0, times, types, chars)
            + data[body:body + kept] + data[footer:])


def read_zones(source):
    zones = {}
    for root, folders, names in os.walk(source):
        if root == source:
            folders[:] = [f for f in folders if f not in LEFT_OUT]
            names = [n for n in names if n not in NO_ZONES]
        for name in names:
            path = os.path.join(root, name)
            with open(path, "rb") as f:
                data = f.read()
            if data[:4] == b"TZif":
                zones[os.path.relpath(path, source).encode()] = slim(data)
    return zones


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", default="/usr/share/zoneinfo")
    parser.add_argument("out")
    args = parser.parse_args()
    with open(os.path.join(args.source, "tzdata.zi"), encoding="utf-8") as f:
        version = f.readline().split()[-1].encode()
    zones = read_zones(args.source)
    files = sorted(set(zones.values()))
    index = {data: i for i, data in enumerate(files)}
    raw = bytearray(b"GLSZONE1")
    raw += struct.pack("B", len(version)) + version
    raw += struct.pack("<H", len(files))
    for data in files:
        raw += struct.pack("<H", len(data)) + data
    raw += struct.pack("<H", len(zones))
    for name in sorted(zones):
        raw += struct.pack("B", len(name)) + name + struct.pack("<H", index[zones[name]])
    packed = struct.pack("<I", len(raw)) + zlib.compress(bytes(raw), 9)
    with open(args.out, "wb") as f:
        f.write(packed)
    print(f"{version.decode()}: {len(zones)} names, {len(files)} sets of rules, {len(packed)} bytes")


if __name__ == "__main__":
    main()
