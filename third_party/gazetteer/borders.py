# SPDX-License-Identifier: MIT
"""Land borders between countries and between the states of the USA, as lines.

Only arcs that two areas share are kept: no coast. Whether two positions lie on
different sides is told by counting the crossings of the line between them."""
import json
import math

# Areas of Natural Earth without a code of their own, by the country that the
# place data gives them to. None: no border is drawn around them.
NAMED = {"Kosovo": "XK", "N. Cyprus": "CY", "Cyprus U.N. Buffer Zone": "CY", "Dhekelia": "CY",
         "Akrotiri": "CY", "Somaliland": "SO", "Baikonur": "KZ", "USNB Guantanamo Bay": "CU",
         "Siachen Glacier": None}


def load_topology(path, name):
    with open(path, encoding="utf-8") as f:
        topology = json.load(f)
    sx, sy = topology["transform"]["scale"]
    tx, ty = topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x += dx
            y += dy
            points.append((y * sy + ty, x * sx + tx))
        arcs.append(points)
    return arcs, topology["objects"][name]["geometries"]


def arc_numbers(node):
    if isinstance(node, int):
        yield node if node >= 0 else ~node
    else:
        for child in node:
            yield from arc_numbers(child)


def shared_arcs(arcs, geometries, area_of):
    """(area, area, points) of every arc between two different known areas."""
    users = {}
    for geometry in geometries:
        for number in arc_numbers(geometry.get("arcs", [])):
            users.setdefault(number, []).append(area_of(geometry))
    for number, areas in sorted(users.items()):
        if len(areas) == 2 and None not in areas and areas[0] != areas[1]:
            yield min(areas), max(areas), arcs[number]


def sea_borders(path):
    with open(path, encoding="utf-8") as f:
        for line in f:
            if line.startswith("#"):
                continue
            a, b, numbers = line.rstrip("\n").split("\t")
            values = [float(n) for n in numbers.split()]
            yield a, b, list(zip(values[::2], values[1::2]))


def country_of(geometry, country_of_numeric):
    name = geometry["properties"]["name"]
    return NAMED.get(name, country_of_numeric.get(geometry.get("id")))


def read(world_path, states_path, sea_path, country_of_numeric, state_of_name):
    lines = list(shared_arcs(*load_topology(world_path, "countries"),
                             lambda g: country_of(g, country_of_numeric)))
    lines += shared_arcs(*load_topology(states_path, "states"),
                         lambda g: state_of_name.get(g["properties"]["name"]))
    return lines + list(sea_borders(sea_path))


def crossings_by_row(points, step, edges, seam):
    """Where a line crosses the middle of each row, and the antimeridian (in `seam`)."""
    height = len(edges)
    # A point on the antimeridian is a hair east of Asia, always the same one.
    points = [(lat, lon if abs(lon) < 180 else 180 - 1e-9) for lat, lon in points]
    for (lat1, lon1), (lat2, lon2) in zip(points, points[1:]):
        if abs(lon2 - lon1) > 180:
            lon2 += 360 if lon1 > 0 else -360
            edge = 180 if lon1 > 0 else -180
            seam.append(lat1 + (edge - lon1) / (lon2 - lon1) * (lat2 - lat1))
        low, high = sorted((lat1, lat2))
        row = max(0, math.ceil((low + 90) / step - 0.5))
        while row < height and (row + 0.5) * step - 90 < high:
            at = (row + 0.5) * step - 90
            lon = lon1 + (at - lat1) / (lat2 - lat1) * (lon2 - lon1)
            edges[row].append((lon + 180) % 360 - 180)
            row += 1


def touched_cells(points, step):
    """The cells (row, column) that a line passes through."""
    for (lat1, lon1), (lat2, lon2) in zip(points, points[1:]):
        if abs(lon2 - lon1) > 180:
            lon2 += 360 if lon1 > 0 else -360
        parts = math.ceil(max(abs(lat2 - lat1), abs(lon2 - lon1)) / step * 8) or 1
        for i in range(parts + 1):
            lat = lat1 + (lat2 - lat1) * i / parts
            lon = lon1 + (lon2 - lon1) * i / parts
            yield (min(round(180 / step) - 1, int((lat + 90) / step)),
                   int((lon + 180) / step) % round(360 / step))


def cells_of(arcs, geometry, step):
    """The cells that an area covers or touches."""
    width, height = round(360 / step), round(180 / step)
    edges, seam, cells = [[] for _ in range(height)], [], set()
    for number in arc_numbers(geometry.get("arcs", [])):
        crossings_by_row(arcs[number], step, edges, seam)
        cells.update(touched_cells(arcs[number], step))
    for row in range(height):
        if not edges[row] and not seam:
            continue
        # The north pole is sea: count down the antimeridian from there.
        inside = sum(lat > (row + 0.5) * step - 90 for lat in seam) % 2 == 1
        limits = sorted(edges[row]) + [181]
        for column in range(width):
            while limits[0] <= (column + 0.5) * step - 180:
                inside = not inside
                limits.pop(0)
            if inside:
                cells.add((row, column))
    return cells


def countries_by_cell(world_path, step, country_of_numeric):
    """{(row, column): set of countries}, "" for an area that is no country here."""
    arcs, geometries = load_topology(world_path, "countries")
    cells = {}
    for geometry in geometries:
        code = country_of(geometry, country_of_numeric) or ""
        for cell in cells_of(arcs, geometry, step):
            cells.setdefault(cell, set()).add(code)
    return cells
