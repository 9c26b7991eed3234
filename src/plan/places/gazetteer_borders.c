/* SPDX-License-Identifier: MIT */
/*
 * gazetteer_borders - which side of a border a position is on, known by the
 * crossings of the line from it to a place. Each crossing leads from one area to
 * another, so on the whole way only the first and the last area are touched an odd
 * number of times, and none if they are the same.
 */
#include <math.h>
#include <string.h>

#include "plan/places/gazetteer_data.h"

enum {
    CELL_COLUMNS = 360,
    CELL_ROWS = 180,
    ENTRY_SIZE = 5,
    RUN_SIZE = 12, /* without the points behind the first */
    POINT_SIZE = 3,
    UNIT = 4096, /* of a degree */
    MARGIN = UNIT / 4,
    BOX = 32,
    MAX_AREAS = 32
};
/* No segment is longer; it is filed where it begins. */
static const double SEGMENT_DEG = 0.25;
/* As far from a place that the lines put on the wrong side they are not believed. */
static const double LOOSE_DEG = 0.13;
/* How exactly the lines are drawn: about 700 m. */
static const double ON_LINE_DEG = 0.0063;

struct point {
    double x, y; /* degrees from the position, longitude first */
};

/* A square degree. `column` may lie beyond the date line, seen from the position. */
struct cell {
    int row, column;
};

struct box {
    double south, west, north, east; /* degrees from the position */
};

/* The areas that were touched an odd number of times. */
struct crossings {
    struct point target; /* seen from the position */
    uint16_t odd[MAX_AREAS];
    size_t count;
};

static double wrapped(double degrees)
{
    return degrees - 360.0 * floor((degrees + 180.0) / 360.0);
}

/* ---- The lines -------------------------------------------------------------------- */

/* The runs of a cell: from *at to the end that is returned; nothing: NULL. */
static const uint8_t *runs_of(const uint8_t **at, struct cell cell)
{
    const uint8_t *rows = gls_gaz_section(GLS_GAZ_CELLS);
    const uint8_t *entries = rows + 2 * (size_t)(CELL_ROWS + 1);
    const uint8_t *lines = gls_gaz_section(GLS_GAZ_LINES);
    unsigned low = gls_le16(rows + 2 * (size_t)cell.row);
    unsigned end = gls_le16(rows + 2 * (size_t)cell.row + 2), high = end;
    unsigned column = (unsigned)(cell.column + 2 * CELL_COLUMNS) % CELL_COLUMNS;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (gls_le16(entries + (size_t)ENTRY_SIZE * middle) < column)
            low = middle + 1;
        else
            high = middle;
    }
    const uint8_t *entry = entries + (size_t)ENTRY_SIZE * low;
    if (low == end || gls_le16(entry) != column)
        return NULL;
    *at = lines + gls_le24(entry + 2);
    return lines + gls_le24(entry + ENTRY_SIZE + 2);
}

static const uint8_t *next_run(const uint8_t *run)
{
    return run + RUN_SIZE + (size_t)POINT_SIZE * run[4];
}

static bool is_run_in(const uint8_t *run, const struct box *box, struct point corner)
{
    const double degrees = (double)BOX / UNIT, margin = (double)MARGIN / UNIT;
    return corner.y - margin + run[5] * degrees <= box->north &&
           corner.x - margin + run[6] * degrees <= box->east &&
           corner.y - margin + (run[7] + 1) * degrees >= box->south &&
           corner.x - margin + (run[8] + 1) * degrees >= box->west;
}

/* The first point of a run, seen from the position as the cell's corner is. */
static struct point first_point(const uint8_t *run, struct point corner)
{
    uint32_t packed = gls_le24(run + RUN_SIZE - POINT_SIZE);
    return (struct point){corner.x + (packed >> 12) * (1.0 / UNIT),
                          corner.y + (packed & 0xfff) * (1.0 / UNIT)};
}

static struct point next_point(struct point from, const uint8_t *at)
{
    uint32_t packed = gls_le24(at);
    int y = (int)(packed & 0xfff), x = (int)(packed >> 12);
    return (struct point){from.x + (x < 2048 ? x : x - 4096) * (1.0 / UNIT),
                          from.y + (y < 2048 ? y : y - 4096) * (1.0 / UNIT)};
}

/* ---- Cells around ------------------------------------------------------------------- */

struct cell_range {
    int row, last_row, column, last_column;
};

/* The cells in which a segment may begin that touches the box. */
static struct cell_range cells_around(const struct gls_gaz_borders *b, const struct box *box)
{
    struct cell_range r;
    r.row = (int)floor(b->latitude + box->south - SEGMENT_DEG + 90);
    r.last_row = (int)floor(b->latitude + box->north + SEGMENT_DEG + 90);
    r.row = r.row < 0 ? 0 : r.row;
    r.last_row = r.last_row >= CELL_ROWS ? CELL_ROWS - 1 : r.last_row;
    r.column = (int)floor(b->longitude + box->west - SEGMENT_DEG + 180);
    r.last_column = (int)floor(b->longitude + box->east + SEGMENT_DEG + 180);
    if (r.last_column - r.column >= CELL_COLUMNS)
        r.last_column = r.column + CELL_COLUMNS - 1;
    return r;
}

static struct point corner_of(const struct gls_gaz_borders *b, struct cell cell)
{
    return (struct point){cell.column - 180.0 - b->longitude, cell.row - 90.0 - b->latitude};
}

/* ---- Crossings ------------------------------------------------------------------------ */

static void touch(struct crossings *c, uint16_t area)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->odd[i] == area) {
            c->odd[i] = c->odd[--c->count];
            return;
        }
    if (c->count < MAX_AREAS)
        c->odd[c->count++] = area;
}

/* Does the segment a-b cross the line from the origin to t? */
static bool is_crossed(struct point a, struct point b, struct point t)
{
    double side_a = t.x * a.y - t.y * a.x, side_b = t.x * b.y - t.y * b.x;
    if ((side_a > 0) == (side_b > 0))
        return false;
    double ux = b.x - a.x, uy = b.y - a.y;
    double side_0 = uy * a.x - ux * a.y;
    double side_t = ux * (t.y - a.y) - uy * (t.x - a.x);
    return (side_0 > 0) != (side_t > 0);
}

static void count_in_cell(struct crossings *c, const struct gls_gaz_borders *b,
                          const struct box *box, struct cell cell)
{
    struct point corner = corner_of(b, cell);
    const uint8_t *run, *end = runs_of(&run, cell);
    for (; end && run < end; run = next_run(run)) {
        if (!is_run_in(run, box, corner))
            continue;
        struct point from = first_point(run, corner);
        for (unsigned i = 0; i < run[4]; i++) {
            struct point to = next_point(from, run + RUN_SIZE + (size_t)POINT_SIZE * i);
            if (is_crossed(from, to, c->target)) {
                touch(c, gls_le16(run));
                touch(c, gls_le16(run + 2));
            }
            from = to;
        }
    }
}

bool gls_gaz_is_divided(const struct gls_gaz_borders *borders,
                        const struct gls_gazetteer_record *record)
{
    if (!borders->any)
        return false;
    double x = wrapped(gls_gaz_longitude(record->lon24) - borders->longitude);
    double y = gls_gaz_latitude(record->lat24) - borders->latitude;
    double shrink = cos(gls_gaz_latitude(record->lat24) * M_PI / 180);
    if (record->loose && hypot(x * shrink, y) < LOOSE_DEG)
        return false;
    struct crossings c = {.target = {x, y}, .count = 0};
    const struct box box = {fmin(y, 0), fmin(x, 0), fmax(y, 0), fmax(x, 0)};
    struct cell_range r = cells_around(borders, &box);
    for (int row = r.row; row <= r.last_row; row++)
        for (int column = r.column; column <= r.last_column; column++)
            count_in_cell(&c, borders, &box, (struct cell){row, column});
    return c.count > 0;
}

/* ---- On the line ----------------------------------------------------------------------- */

/* The square of the distance from the origin to a segment, with x shrunk to scale. */
static double squared_distance(struct point a, struct point b, double shrink)
{
    double ax = a.x * shrink, ux = b.x * shrink - ax, uy = b.y - a.y;
    double length = ux * ux + uy * uy;
    double t = length > 0 ? -(ax * ux + a.y * uy) / length : 0;
    t = t < 0 ? 0 : t > 1 ? 1 : t;
    double x = ax + t * ux, y = a.y + t * uy;
    return x * x + y * y;
}

static bool is_on_line_of(const struct gls_gaz_borders *b, const struct box *box, double shrink,
                          struct cell cell)
{
    struct point corner = corner_of(b, cell);
    const uint8_t *run, *end = runs_of(&run, cell);
    for (; end && run < end; run = next_run(run)) {
        if (!is_run_in(run, box, corner))
            continue;
        struct point from = first_point(run, corner);
        for (unsigned i = 0; i < run[4]; i++) {
            struct point to = next_point(from, run + RUN_SIZE + (size_t)POINT_SIZE * i);
            if (squared_distance(from, to, shrink) < ON_LINE_DEG * ON_LINE_DEG)
                return true;
            from = to;
        }
    }
    return false;
}

static bool is_on_line(const struct gls_gaz_borders *b)
{
    double shrink = fmax(cos(b->latitude * M_PI / 180), 0.02), wide = ON_LINE_DEG / shrink;
    const struct box box = {-ON_LINE_DEG, -wide, ON_LINE_DEG, wide};
    struct cell_range r = cells_around(b, &box);
    for (int row = r.row; row <= r.last_row; row++)
        for (int column = r.column; column <= r.last_column; column++)
            if (is_on_line_of(b, &box, shrink, (struct cell){row, column}))
                return true;
    return false;
}

struct gls_gaz_borders gls_gaz_borders_around(double latitude, double longitude, double reach_km)
{
    double dlat = reach_km / 111.0;
    double dlon = dlat / fmax(cos(fmin(fabs(latitude) + dlat, 89.0) * M_PI / 180), 0.02);
    const struct box box = {-dlat, -dlon, dlat, dlon};
    struct gls_gaz_borders b = {latitude, longitude, false};
    struct cell_range r = cells_around(&b, &box);
    const uint8_t *run;
    for (int row = r.row; row <= r.last_row && !b.any; row++)
        for (int column = r.column; column <= r.last_column && !b.any; column++)
            b.any = runs_of(&run, (struct cell){row, column}) != NULL;
    b.any = b.any && !is_on_line(&b);
    return b;
}

/* ---- Land -------------------------------------------------------------------------------- */

static uint16_t cell_value(double latitude, double longitude)
{
    enum { ROWS = 2 * CELL_ROWS, COLUMNS = 2 * CELL_COLUMNS, LAND_SIZE = 4 };
    int row = (int)floor((latitude + 90) * 2), column = (int)floor((longitude + 180) * 2);
    row = row < 0 ? 0 : row >= ROWS ? ROWS - 1 : row;
    column = (column % COLUMNS + COLUMNS) % COLUMNS;
    const uint8_t *rows = gls_gaz_section(GLS_GAZ_LAND) + 2 * (size_t)row;
    const uint8_t *entries = gls_gaz_section(GLS_GAZ_LAND) + 2 * (size_t)(ROWS + 1);
    unsigned low = gls_le16(rows), high = gls_le16(rows + 2);
    while (low + 1 < high) { /* the last entry that begins at or before the column */
        unsigned middle = (low + high) / 2;
        if (gls_le16(entries + (size_t)LAND_SIZE * middle) <= column)
            low = middle;
        else
            high = middle;
    }
    return gls_le16(entries + (size_t)LAND_SIZE * low + 2);
}

struct gls_gaz_cell gls_gaz_cell_at(double latitude, double longitude)
{
    enum { SEA = 0, SEVERAL = 0xffff, COUNTRY_BIT = 0x8000 };
    uint16_t value = cell_value(latitude, longitude);
    if (value == SEA)
        return (struct gls_gaz_cell){GLS_GAZ_SEA, 0};
    if (value == SEVERAL)
        return (struct gls_gaz_cell){GLS_GAZ_SEVERAL, 0};
    if (value & COUNTRY_BIT)
        return (struct gls_gaz_cell){value & ~COUNTRY_BIT, 0};
    return (struct gls_gaz_cell){gls_gaz_admin1_country(value), value};
}

bool gls_gaz_is_near_land(double latitude, double longitude)
{
    for (int row = -1; row <= 1; row++)
        for (int column = -1; column <= 1; column++)
            if (cell_value(latitude + row * 0.5, longitude + column * 0.5) != 0)
                return true;
    return false;
}
