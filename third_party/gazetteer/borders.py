# SPDX-License-Identifier: MIT
"""The outlines of the states of the USA; borders at sea; which areas a cell has."""
import json
import math

from outlines import Outline

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


def sea_borders(path):
    with open(path, encoding="utf-8") as f:
        for line in f:
            if line.startswith("#"):
                continue
            a, b, numbers = line.rstrip("\n").split("\t")
            values = [float(n) for n in numbers.split()]
            yield a, b, list(zip(values[::2], values[1::2]))


def rings(arcs, geometry):
    """Each polygon's rings, as lists of points that do not repeat the first."""
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    for polygon in polygons:
        out = []
        for ring in polygon:
            points = []
            for number in ring:
                arc = arcs[number] if number >= 0 else arcs[~number][::-1]
                points += arc[:-1]
            out.append(points)
        yield out


def states_of_usa(path, state_of_name):
    """Outlines of the Census Bureau, which knows its states better than the world's map."""
    arcs, geometries = load_topology(path, "states")
    for geometry in geometries:
        area = state_of_name.get(geometry["properties"]["name"])
        for polygon in rings(arcs, geometry):
            if area:
                yield Outline(polygon, "US", area)


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


def cells_of(outline, step):
    """The cells that an area covers or touches."""
    width, height = round(360 / step), round(180 / step)
    edges, seam, cells = [[] for _ in range(height)], [], set()
    for ring in outline.rings:
        closed = ring + ring[:1]
        crossings_by_row(closed, step, edges, seam)
        cells.update(touched_cells(closed, step))
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


def areas_by_cell(outlines, step):
    """{(row, column): set of areas}, "" for one that is not known."""
    cells = {}
    for outline in outlines:
        for cell in cells_of(outline, step):
            cells.setdefault(cell, set()).add(outline.area or "")
    return cells
