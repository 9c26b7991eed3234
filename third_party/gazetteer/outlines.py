# SPDX-License-Identifier: MIT
"""Outlines of states: whose they are, what they hold, and the lines between them.

Natural Earth draws districts where other lists have regions, and states of other
years. So an outline belongs to the state that most of the places in it have; where
they do not agree, it tells the country alone."""
import collections
import json
import math

BAND = 0.125
FAR = 0.25         # degrees of latitude: no slip of the drawing
WITNESSES = 7
LARGEST_SLIP = 500000  # people; larger places are known
AGREED = 0.75     # this share of the places in an outline have its state,
TRUSTED = 0.85    # and this share of a country's places lie in their own state's
TOLERANCE = 0.002  # degrees of latitude that a simplified line may stray, about 220 m


class Outline:
    """Rings of (lat, lon), and which area they enclose: "CC.state", "CC" or None."""

    def __init__(self, rings, country=None, area=None):
        self.rings, self.country, self.area = rings, country, area
        lats = [lat for ring in rings for lat, _ in ring]
        lons = [lon for ring in rings for _, lon in ring]
        self.south, self.north = min(lats), max(lats)
        self.west, self.east = min(lons), max(lons)
        self.bands = None

    def _edges(self, band):
        if self.bands is None:
            self.bands = collections.defaultdict(list)
            for ring in self.rings:
                for p, q in zip(ring, ring[1:] + ring[:1]):
                    low, high = sorted((p[0], q[0]))
                    for b in range(math.floor(low / BAND), math.floor(high / BAND) + 1):
                        self.bands[b].append((p, q))
        return self.bands.get(band, ())

    def holds(self, lat, lon):
        if not (self.south <= lat <= self.north and self.west <= lon <= self.east):
            return False
        inside = False
        for (lat1, lon1), (lat2, lon2) in self._edges(math.floor(lat / BAND)):
            if (lat1 > lat) != (lat2 > lat) \
                    and lon < lon1 + (lat - lat1) / (lat2 - lat1) * (lon2 - lon1):
                inside = not inside
        return inside


class Finder:
    """Which outline a position is in."""

    def __init__(self, outlines):
        self.cells = collections.defaultdict(list)
        for outline in outlines:
            for row in range(math.floor(outline.south), math.floor(outline.north) + 1):
                for column in range(math.floor(outline.west), math.floor(outline.east) + 1):
                    self.cells[row, column].append(outline)

    def find(self, lat, lon):
        for outline in self.cells.get((math.floor(lat), math.floor(lon)), ()):
            if outline.holds(lat, lon):
                return outline
        return None


def read(path):
    """The polygons of a GeoJSON file of Natural Earth's admin 1, unassigned."""
    with open(path, encoding="utf-8") as f:
        features = json.load(f)["features"]
    for feature in features:
        shape = feature["geometry"]
        polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" \
            else [shape["coordinates"]]
        group = feature["properties"]["adm1_code"]
        for polygon in polygons:
            rings = [[(round(lat, 5), round(lon, 5)) for lon, lat in ring[:-1]]
                     for ring in polygon]
            yield group, Outline(rings, feature["properties"]["iso_a2"].strip())


def key(place):
    return place.country + "." + place.admin1


def most(count):
    """The commonest and its share; of several the first by name."""
    best = min(count, key=lambda k: (-count[k], k))
    return best, count[best] / sum(count.values())


def country_of(outline, count):
    """Overseas, the drawing names the country that rules; places tell better, unless
    they are but its neighbours' along a border."""
    nations = collections.Counter()
    for state, n in count.items():
        nations[state[:2]] += n
    by_places, _ = most(nations)
    return outline.country if nations[outline.country] * 4 >= nations[by_places] else by_places


def assign(groups, places, countries):
    """Gives each outline its area, by what the places in it say. Islands of one state
    count as one; what holds no place is of the country that the drawing names."""
    finder = Finder([outline for _, outline in groups])
    group_of = {id(outline): group for group, outline in groups}
    votes = collections.defaultdict(collections.Counter)
    for place in places:
        outline = finder.find(place.lat, place.lon)
        if outline:
            votes[group_of[id(outline)]][key(place)] += 1
    chosen, agreed, total = {}, collections.Counter(), collections.Counter()
    for group, outline in groups:
        if group not in votes:
            outline.area = outline.country if outline.country in countries else None
        elif group not in chosen:
            country = country_of(outline, votes[group])
            own = collections.Counter({s: n for s, n in votes[group].items() if s[:2] == country})
            chosen[group] = most(own)
            agreed[country] += own[chosen[group][0]]
            total[country] += sum(own.values())
    for group, outline in groups:
        if group in chosen:
            area, share = chosen[group]
            country = area[:2]
            known = share >= AGREED and agreed[country] >= TRUSTED * total[country]
            outline.area = area if known else country


def degrees(place, lat, lon):
    return math.hypot(lat - place.lat, (lon - place.lon) * math.cos(math.radians(place.lat)))


def is_slip(place, area, ring, around):
    """Is a place that lies in another state's outline far from its own, and does what
    is next to it agree? Then its entry is wrong, not the drawing."""
    if min((degrees(place, *point) for point in ring), default=0) < FAR:
        return False
    row, column = math.floor(place.lat), math.floor(place.lon)
    near = [other for r in range(row - 1, row + 2) for c in range(column - 1, column + 2)
            for other in around.get((r, c), ()) if other is not place]
    near.sort(key=lambda other: degrees(place, other.lat, other.lon))
    return sum(key(other) == area for other in near[:WITNESSES]) > WITNESSES / 2


def mend(places, outlines, finder):
    """Gives places whose entry has a slip the state that they lie in. How many."""
    rings, around = collections.defaultdict(list), collections.defaultdict(list)
    for outline in outlines:
        rings[outline.area] += [point for ring in outline.rings for point in ring]
    for place in places:
        around[math.floor(place.lat), math.floor(place.lon)].append(place)
    slips = []
    for place in places:
        here = finder.find(place.lat, place.lon)
        if here and len(here.area) > 2 and here.area != key(place) \
                and here.area[:2] == place.country and place.population < LARGEST_SLIP \
                and is_slip(place, here.area, rings[key(place)], around):
            slips.append((place, here.area[3:]))
    for place, state in slips:
        place.admin1 = state
    return len(slips)


def is_drawn(a, b):
    """No line where one side of it, within a country, is not known."""
    if a is None or b is None or a == b:
        return False
    return a[:2] != b[:2] or (len(a) > 2 and len(b) > 2)


def chains(edges):
    """Lines of a heap of edges, [point, ...] each."""
    ends = collections.defaultdict(list)
    for p, q in edges:
        ends[p].append(q)
        ends[q].append(p)

    def walk(start):
        line = [start]
        while ends[line[-1]]:
            after = ends[line[-1]].pop()
            ends[after].remove(line[-1])
            line.append(after)
            if len(ends[after]) > 1:
                break
        return line

    for odd_first in (True, False):
        for point in list(ends):
            while ends[point] and (not odd_first or len(ends[point]) != 2):
                yield walk(point)


def simplified(line):
    """The line less the points that lie within TOLERANCE of it without them."""
    shrink = math.cos(math.radians(line[len(line) // 2][0]))
    keep, stack = {0, len(line) - 1}, [(0, len(line) - 1)]
    while stack:
        first, last = stack.pop()
        y0, x0 = line[first]
        uy, ux = line[last][0] - y0, (line[last][1] - x0) * shrink
        length = uy * uy + ux * ux
        worst, at = 0, None
        for i in range(first + 1, last):
            y, x = line[i][0] - y0, (line[i][1] - x0) * shrink
            t = min(1, max(0, (y * uy + x * ux) / length)) if length else 0
            off = (y - t * uy) ** 2 + (x - t * ux) ** 2
            if off > worst:
                worst, at = off, i
        if worst > TOLERANCE ** 2:
            keep |= {at}
            stack += [(first, at), (at, last)]
    return [line[i] for i in sorted(keep)]


def lines(outlines):
    """(area, area, points) between outlines that share edges."""
    users = {}
    for outline in outlines:
        for ring in outline.rings:
            for p, q in zip(ring, ring[1:] + ring[:1]):
                edge = (p, q) if p < q else (q, p)
                users.setdefault(edge, []).append(outline.area)
    between = collections.defaultdict(list)
    for edge, areas in users.items():
        if len(areas) == 2 and is_drawn(*areas):
            between[min(areas), max(areas)].append(edge)
    for (a, b), edges in sorted(between.items()):
        for line in chains(edges):
            yield a, b, simplified(line)
