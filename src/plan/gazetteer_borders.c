/* SPDX-License-Identifier: MIT */
/*
 * gazetteer_borders - which side of a border a position is on, told by the
 * parity of crossings: a line from the position to a place that crosses the
 * border between two areas an odd number of times ends in the other area.
 */
#include <math.h>
#include <string.h>

#include "plan/gazetteer_data.h"

enum { CELL_COLUMNS = 360, CELL_ROWS = 180, POINT_SIZE = 6, RUN_SIZE = 6, MAX_PAIRS = 16 };
/* No segment is longer; it is filed where it begins. */
static const double SEGMENT_DEG = 0.25;
/* As far from a place that the lines put on the wrong side they are not believed. */
static const double LOOSE_DEG = 0.13;
/* How exactly the lines are drawn: about 700 m. */
static const double ON_LINE_DEG = 0.0063;

struct point {
    double x, y; /* degrees from the position, longitude first */
};

struct crossings {
    struct point target; /* seen from the position */
    uint16_t pair[MAX_PAIRS];
    bool odd[MAX_PAIRS];
    size_t count;
};

static double wrapped(double degrees)
{
    return degrees - 360.0 * floor((degrees + 180.0) / 360.0);
}

static void count_crossing(struct crossings *c, uint16_t pair)
{
    size_t i = 0;
    while (i < c->count && c->pair[i] != pair)
        i++;
    if (i == MAX_PAIRS)
        return;
    if (i == c->count) {
        c->pair[c->count] = pair;
        c->odd[c->count++] = false;
    }
    c->odd[i] = !c->odd[i];
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

static struct point read_point(const struct gls_gaz_borders *b, const uint8_t *at)
{
    return (struct point){wrapped(gls_gaz_longitude((int32_t)gls_le24(at + 3)) - b->longitude),
                          gls_gaz_latitude((int32_t)gls_le24(at)) - b->latitude};
}

static void count_in_cell(struct crossings *c, const struct gls_gaz_borders *b, size_t cell)
{
    const uint8_t *index = gls_gaz_section(GLS_GAZ_CELLS) + 4 * cell;
    const uint8_t *points = gls_gaz_section(GLS_GAZ_POINTS);
    const uint8_t *run = gls_gaz_section(GLS_GAZ_RUNS) + (size_t)RUN_SIZE * gls_le32(index);
    const uint8_t *end = gls_gaz_section(GLS_GAZ_RUNS) + (size_t)RUN_SIZE * gls_le32(index + 4);
    for (; run < end; run += RUN_SIZE) {
        const uint8_t *at = points + (size_t)POINT_SIZE * gls_le24(run);
        struct point from = read_point(b, at);
        for (unsigned i = 0; i < run[3]; i++) {
            struct point to = read_point(b, at += POINT_SIZE);
            if (is_crossed(from, to, c->target))
                count_crossing(c, gls_le16(run + 4));
            from = to;
        }
    }
}

struct cell_range {
    int row, last_row, column, column_count;
};

/* The cells in which a segment may begin that touches the box between two points. */
static struct cell_range cells_between(double lat1, double lat2, double lon1, double lon2)
{
    struct cell_range r;
    r.row = (int)floor(fmin(lat1, lat2) - SEGMENT_DEG + 90);
    r.last_row = (int)floor(fmax(lat1, lat2) + SEGMENT_DEG + 90);
    r.row = r.row < 0 ? 0 : r.row;
    r.last_row = r.last_row >= CELL_ROWS ? CELL_ROWS - 1 : r.last_row;
    r.column = (int)floor(fmin(lon1, lon2) - SEGMENT_DEG + 180);
    r.column_count = (int)floor(fmax(lon1, lon2) + SEGMENT_DEG + 180) - r.column + 1;
    r.column_count = r.column_count > CELL_COLUMNS ? CELL_COLUMNS : r.column_count;
    return r;
}

static size_t cell_at(const struct cell_range *r, int row, int step)
{
    return (size_t)row * CELL_COLUMNS +
           (size_t)((r->column + step + 2 * CELL_COLUMNS) % CELL_COLUMNS);
}

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

static bool is_on_line(const struct gls_gaz_borders *b)
{
    const uint8_t *points = gls_gaz_section(GLS_GAZ_POINTS), *runs = gls_gaz_section(GLS_GAZ_RUNS);
    const uint8_t *index = gls_gaz_section(GLS_GAZ_CELLS);
    double shrink = cos(b->latitude * M_PI / 180), limit = ON_LINE_DEG * ON_LINE_DEG;
    struct cell_range r = cells_between(b->latitude, b->latitude, b->longitude, b->longitude);
    for (int row = r.row; row <= r.last_row; row++)
        for (int step = 0; step < r.column_count; step++) {
            const uint8_t *cell = index + 4 * cell_at(&r, row, step);
            for (uint32_t i = gls_le32(cell); i < gls_le32(cell + 4); i++) {
                const uint8_t *run = runs + (size_t)RUN_SIZE * i;
                const uint8_t *at = points + (size_t)POINT_SIZE * gls_le24(run);
                for (unsigned k = 0; k < run[3]; k++, at += POINT_SIZE)
                    if (squared_distance(read_point(b, at), read_point(b, at + POINT_SIZE),
                                         shrink) < limit)
                        return true;
            }
        }
    return false;
}

struct gls_gaz_borders gls_gaz_borders_around(double latitude, double longitude, double reach_km)
{
    double dlat = reach_km / 111.0;
    double dlon = dlat / fmax(cos(fmin(fabs(latitude) + dlat, 89.0) * M_PI / 180), 0.02);
    struct gls_gaz_borders b = {latitude, longitude, false};
    struct cell_range r =
        cells_between(latitude - dlat, latitude + dlat, longitude - dlon, longitude + dlon);
    const uint8_t *index = gls_gaz_section(GLS_GAZ_CELLS);
    for (int row = r.row; row <= r.last_row && !b.any; row++)
        for (int step = 0; step < r.column_count && !b.any; step++) {
            const uint8_t *cell = index + 4 * cell_at(&r, row, step);
            b.any = gls_le32(cell) != gls_le32(cell + 4);
        }
    b.any = b.any && !is_on_line(&b);
    return b;
}

bool gls_gaz_is_divided(const struct gls_gaz_borders *borders,
                        const struct gls_gazetteer_record *record)
{
    if (!borders->any)
        return false;
    double dlon = wrapped(gls_gaz_longitude(record->lon24) - borders->longitude);
    double lat = gls_gaz_latitude(record->lat24);
    if (record->loose && hypot(dlon * cos(lat * M_PI / 180), lat - borders->latitude) < LOOSE_DEG)
        return false;
    struct crossings c = {.target = {dlon, lat - borders->latitude}};
    struct cell_range r =
        cells_between(borders->latitude, lat, borders->longitude, borders->longitude + dlon);
    for (int row = r.row; row <= r.last_row; row++)
        for (int step = 0; step < r.column_count; step++)
            count_in_cell(&c, borders, cell_at(&r, row, step));
    for (size_t i = 0; i < c.count; i++)
        if (c.odd[i])
            return true;
    return false;
}

int gls_gaz_cell_country(double latitude, double longitude)
{
    enum { SEVERAL = 255 };
    int row = (int)floor((latitude + 90) * 2), column = (int)floor((longitude + 180) * 2);
    row = row < 0 ? 0 : row >= 2 * CELL_ROWS ? 2 * CELL_ROWS - 1 : row;
    column = (column % (2 * CELL_COLUMNS) + 2 * CELL_COLUMNS) % (2 * CELL_COLUMNS);
    uint8_t cell = gls_gaz_section(GLS_GAZ_LAND)[(size_t)row * 2 * CELL_COLUMNS + (size_t)column];
    return cell == 0 ? GLS_GAZ_SEA : cell == SEVERAL ? GLS_GAZ_SEVERAL : cell - 1;
}

bool gls_gaz_is_near_land(double latitude, double longitude)
{
    for (int row = -1; row <= 1; row++)
        for (int column = -1; column <= 1; column++)
            if (gls_gaz_cell_country(latitude + row * 0.5, longitude + column * 0.5) != GLS_GAZ_SEA)
                return true;
    return false;
}
