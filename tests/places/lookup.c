/* SPDX-License-Identifier: MIT */
/*
 * lookup - names the positions on standard input, "LATITUDE LONGITUDE" a line, for
 * accuracy.py: city, state, country code, zone and distance, tab-separated. With
 * --time it prints how long one look-up takes instead.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "plan/places/gazetteer.h"

enum { MAX_TIMED = 100000 };

static double cpu_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int time_it(void)
{
    static double positions[MAX_TIMED][2];
    struct gls_place place;
    size_t count = 0;
    while (count < MAX_TIMED && scanf("%lf %lf", &positions[count][0], &positions[count][1]) == 2)
        count++;
    double best = 0;
    for (int round = 0; round < 5 && count > 0; round++) {
        double start = cpu_us();
        for (size_t i = 0; i < count; i++)
            gls_gazetteer_at(&place, positions[i][0], positions[i][1], true);
        double each = (cpu_us() - start) / (double)count;
        best = round == 0 || each < best ? each : best;
    }
    printf("%zu look-ups, best of 5 rounds: %.2f us of processor time each\n", count, best);
    return 0;
}

int main(int argc, char **argv)
{
    double latitude, longitude;
    if (argc > 1 && strcmp(argv[1], "--time") == 0)
        return time_it();
    while (scanf("%lf %lf", &latitude, &longitude) == 2) {
        struct gls_place place;
        gls_gazetteer_at(&place, latitude, longitude, true);
        printf("%s\t%s\t%s\t%s\t%.0f\n", place.city, place.state, place.country_code,
               place.time_zone, place.distance_m);
    }
    return 0;
}
