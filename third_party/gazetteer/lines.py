# SPDX-License-Identifier: MIT
"""How border lines, and the areas of cells, are packed; see make_gazetteer.py."""
import math
import struct

UNIT = 4096        # of a degree: 27 m
BOX = 32           # units that a run's box is drawn by
MARGIN = UNIT // 4  # no segment is longer; how far a run may leave its cell
MAX_SEGMENTS = 24
SEA, SEVERAL = 0, 0xffff


def grid(lat, lon):
    return round((lat + 90) * UNIT), round((lon + 180) * UNIT)


def short_segments(line):
    """The same line on the grid, with no segment longer than a quarter of a degree."""
    points = [grid(*line[0])]
    for y2, x2 in (grid(*point) for point in line[1:]):
        y, x = points[-1]
        parts = math.ceil(max(abs(y2 - y), abs(x2 - x)) / MARGIN)
        points += [(y + round((y2 - y) * i / parts), x + round((x2 - x) * i / parts))
                   for i in range(1, parts + 1)]
    return points


def pack_run(a, b, points, cell):
    south, west = cell[0] * UNIT - MARGIN, cell[1] * UNIT - MARGIN
    ys, xs = [y - south for y, _ in points], [x - west for _, x in points]
    box = [min(ys) // BOX, min(xs) // BOX, max(ys) // BOX, max(xs) // BOX]
    (y, x), out = points[0], struct.pack("<HHB4B", a, b, len(points) - 1, *box)
    out += struct.pack("<I", (y % UNIT) | (x % UNIT) << 12)[:3]
    for (y, x), (y2, x2) in zip(points, points[1:]):
        out += struct.pack("<I", ((y2 - y) & 0xfff) | ((x2 - x) & 0xfff) << 12)[:3]
    return out


def pack_lines(lines, number_of):
    """The runs, and where those of each square degree are. A run is a row of segments
    of one line that begin in one cell; as segments are short, a reader looks a
    quarter of a degree around."""
    cells = {}
    for a, b, line in lines:
        points = short_segments(line)
        run = [points[0]]
        for p, q in zip(points, points[1:]):
            cell = min(179, p[0] // UNIT), p[1] // UNIT % 360
            run.append(q)
            following = min(179, q[0] // UNIT), q[1] // UNIT % 360
            if following != cell or len(run) > MAX_SEGMENTS or q == points[-1]:
                cells.setdefault(cell, bytearray())
                cells[cell] += pack_run(number_of(a), number_of(b), run,
                                        (p[0] // UNIT, p[1] // UNIT))
                run = [q]
    packed, entries, rows = bytearray(), bytearray(), bytearray()
    for row in range(180):
        rows += struct.pack("<H", len(entries) // 5)
        for column in range(360):
            if (row, column) in cells:
                entries += struct.pack("<HI", column, len(packed))[:5]
                packed += cells[row, column]
    rows += struct.pack("<H", len(entries) // 5)
    entries += struct.pack("<HI", 0xffff, len(packed))[:5]
    return bytes(packed), bytes(rows + entries)


def pack_land(cells, number_of):
    """Rows of runs of cells with the same area."""
    rows, entries = bytearray(), bytearray()
    for row in range(360):
        rows += struct.pack("<H", len(entries) // 4)
        last = None
        for column in range(720):
            area = cells.get((row, column), "")
            value = SEA if area == "" else SEVERAL if area is None else number_of(area)
            if value != last:
                entries += struct.pack("<HH", column, value)
                last = value
    rows += struct.pack("<H", len(entries) // 4)
    return bytes(rows + entries)
