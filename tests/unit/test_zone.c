/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

#include "plan/time/zone.h"
#include "plan/time/zone_rules.h"

#define ZONEINFO "/usr/share/zoneinfo"

static int64_t civil(const char *text)
{
    struct tm tm = {0};
    if (!strptime(text, "%Y-%m-%d %H:%M:%S", &tm))
        fail_msg("bad time in the test: %s", text);
    return timegm(&tm);
}

static void offsets_at_civil_times(void **state)
{
    static const struct {
        const char *zone, *civil;
        int32_t offset;
    } rows[] = {
        {"Europe/Berlin", "2024-01-15 12:00:00", 3600},
        {"Europe/Berlin", "2024-07-15 12:00:00", 7200},
        {"Europe/Berlin", "2024-03-31 01:59:59", 3600},
        {"Europe/Berlin", "2024-03-31 02:30:00", 3600}, /* gap: as before it */
        {"Europe/Berlin", "2024-03-31 03:00:00", 7200},
        {"Europe/Berlin", "2024-10-27 01:59:59", 7200},
        {"Europe/Berlin", "2024-10-27 02:30:00", 7200}, /* fold: the earlier instant */
        {"Europe/Berlin", "2024-10-27 03:00:00", 3600},
        {"Europe/Berlin", "2090-07-15 12:00:00", 7200}, /* by the rule behind the table */
        {"Europe/Berlin", "1890-01-01 12:00:00", 3208}, /* before zones: local mean time */
        {"Europe/Berlin", "1945-06-01 12:00:00", 10800},
        {"Europe/London", "1941-07-01 12:00:00", 7200}, /* double summer time */
        {"Europe/London", "1969-12-25 12:00:00", 3600}, /* no winter time from 1968 to 1971 */
        {"Europe/Dublin", "2024-07-01 12:00:00", 3600}, /* winter time is the exception */
        {"Europe/Dublin", "2050-12-01 12:00:00", 0},
        {"Asia/Kolkata", "2024-02-29 23:59:59", 19800},
        {"Asia/Kathmandu", "2024-02-29 00:00:00", 20700},
        {"Asia/Kathmandu", "1985-12-31 23:59:59", 19800},
        {"Australia/Eucla", "2024-06-01 12:00:00", 31500},
        {"Australia/Lord_Howe", "2024-07-01 12:00:00", 37800},
        {"Australia/Lord_Howe", "2024-12-01 12:00:00", 39600},
        {"Australia/Lord_Howe", "2024-10-06 02:15:00", 37800}, /* a gap of half an hour */
        {"Australia/Lord_Howe", "2024-10-06 02:30:00", 39600},
        {"Australia/Lord_Howe", "2024-04-07 01:45:00", 39600}, /* a fold of half an hour */
        {"Australia/Lord_Howe", "2024-04-07 02:00:00", 37800},
        {"Pacific/Apia", "2011-12-29 23:59:59", -36000},
        {"Pacific/Apia", "2011-12-30 12:00:00", -36000}, /* a day that never was */
        {"Pacific/Apia", "2011-12-31 00:00:00", 50400},
        {"Pacific/Chatham", "2024-01-01 00:00:00", 49500},
        {"America/St_Johns", "2024-07-01 00:00:00", -9000},
        {"America/New_York", "2006-03-20 12:00:00", -18000}, /* the rules changed in 2007 */
        {"America/New_York", "2007-03-20 12:00:00", -14400},
        {"America/Nuuk", "2060-07-01 12:00:00", -3600}, /* changes at hour -1 */
        {"Asia/Jerusalem", "2060-07-01 12:00:00", 10800},
        {"Africa/Casablanca", "2024-03-20 12:00:00", 0}, /* Ramadan */
        {"Africa/Monrovia", "1971-06-01 12:00:00", -2670},
        {"Pacific/Kiritimati", "2024-01-01 00:00:00", 50400},
        {"US/Pacific", "2024-07-01 00:00:00", -25200}, /* an old name */
        {"posix/Asia/Tokyo", "2024-07-01 00:00:00", 32400},
        {"UTC", "2024-07-01 00:00:00", 0},
        {"+05:45", "2024-07-01 00:00:00", 20700},
        {"-03:30", "1800-07-01 00:00:00", -12600},
        {"Z", "2024-07-01 00:00:00", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct gls_zone *zone = gls_zone_find(rows[i].zone);
        if (!zone)
            fail_msg("%s is unknown", rows[i].zone);
        int32_t got = gls_zone_offset_at_civil(zone, civil(rows[i].civil));
        if (got != rows[i].offset)
            fail_msg("%s %s: %d, not %d", rows[i].zone, rows[i].civil, got, rows[i].offset);
    }
}

/* Drawn at random, most within a day of a change of the clocks; the offsets are those of
 * Python's zoneinfo with the same edition of the data. */
static const struct {
    const char *zone;
    bool utc; /* else civil time */
    int64_t time_s;
    int32_t offset;
} drawn[] = {
    {"Africa/Lome", false, -4385213042, 292},
    {"America/Bahia_Banderas", true, 2630841829, -21600},
    {"America/Barbados", false, 1362199186, -14400},
    {"America/Cambridge_Bay", false, 1639452403, -25200},
    {"America/Campo_Grande", false, 688017300, -10800},
    {"America/Caracas", false, 1462191660, -14400},
    {"America/Detroit", false, -1108542221, -18000},
    {"America/Detroit", false, 828972240, -14400},
    {"America/Guatemala", false, 2387017670, -21600},
    {"America/Indiana/Marengo", false, 1194132720, -14400},
    {"America/Indiana/Vevay", false, 2341499580, -14400},
    {"America/Inuvik", false, 1478476560, -25200},
    {"America/Kentucky/Louisville", false, 1335330135, -14400},
    {"America/Kralendijk", false, 1260436488, -14400},
    {"America/Los_Angeles", true, -4438368408, -28378},
    {"America/Louisville", false, 1951408380, -18000},
    {"America/Matamoros", false, 2341497240, -18000},
    {"America/Mazatlan", true, 436163056, -25200},
    {"America/Merida", false, 1193602320, -21600},
    {"America/Metlakatla", false, 1951457400, -32400},
    {"America/Moncton", false, 846483120, -14400},
    {"America/North_Dakota/Beulah", false, 828949860, -21600},
    {"America/North_Dakota/New_Salem", false, 1173588720, -18000},
    {"America/Resolute", false, 2362112520, -21600},
    {"America/Shiprock", false, 1173688020, -21600},
    {"America/Shiprock", true, 1351240899, -21600},
    {"America/Yakutat", false, -3484142153, 52865},
    {"America/Yellowknife", false, 1194249960, -25200},
    {"Arctic/Longyearbyen", false, 417611340, 7200},
    {"Asia/Aqtau", true, 1149039118, 18000},
    {"Asia/Bishkek", false, 433814640, 21600},
    {"Asia/Hovd", true, -665889998, 21600},
    {"Asia/Irkutsk", false, 1193615220, 28800},
    {"Asia/Jayapura", true, 1128222913, 32400},
    {"Asia/Manila", true, -412248309, 28800},
    {"Asia/Novokuznetsk", false, 846433080, 25200},
    {"Asia/Qostanay", false, 1709254860, 18000},
    {"Asia/Taipei", true, -888787211, 32400},
    {"Asia/Tbilisi", true, -948868405, 10800},
    {"Atlantic/Azores", false, 2361508620, -3600},
    {"Atlantic/Canary", false, 417692580, 3600},
    {"Atlantic/Faroe", false, 1711841460, 0},
    {"Atlantic/Jan_Mayen", false, 1711902780, 7200},
    {"Australia/Broken_Hill", false, 1728274080, 37800},
    {"Australia/Hobart", false, 2343390180, 36000},
    {"Australia/Lord_Howe", false, 828325440, 37800},
    {"Europe/Andorra", false, 1174937520, 7200},
    {"Europe/Astrakhan", false, 1459195800, 14400},
    {"Europe/Belfast", false, 435805260, 0},
    {"Europe/Belgrade", false, 1174812180, 7200},
    {"Europe/Berlin", false, 846423240, 3600},
    {"Europe/Brussels", false, 1711920000, 7200},
    {"Europe/Bucharest", false, 1477798920, 10800},
    {"Europe/Guernsey", false, 2361426600, 0},
    {"Europe/Helsinki", false, 1711841280, 7200},
    {"Europe/Isle_of_Man", false, 846502200, 0},
    {"Europe/Monaco", false, -3725419791, 1772},
    {"Europe/Monaco", false, 7374108, 3600},
    {"Europe/Monaco", false, 1477885620, 3600},
    {"Europe/Monaco", false, 2342722320, 7200},
    {"Europe/Moscow", false, 418045200, 14400},
    {"Europe/Podgorica", false, -3125040811, 4920},
    {"Europe/Prague", false, 1932751140, 7200},
    {"Europe/Rome", false, -50474160, 7200},
    {"Europe/San_Marino", false, 1950751020, 3600},
    {"Europe/Sarajevo", true, 131371778, 3600},
    {"Europe/Skopje", false, 1459189860, 7200},
    {"Europe/Stockholm", false, 433326300, 3600},
    {"Europe/Tallinn", false, 433822740, 10800},
    {"Europe/Tiraspol", false, 1932725220, 10800},
    {"Europe/Vaduz", false, 1193530500, 7200},
    {"Europe/Vaduz", false, 2342758560, 7200},
    {"Europe/Vienna", false, 433341180, 3600},
    {"Europe/Vilnius", false, 418176060, 14400},
    {"Europe/Volgograd", false, 828382140, 14400},
    {"Indian/Chagos", false, 820576800, 21600},
    {"Indian/Mayotte", false, 1075494107, 10800},
    {"Pacific/Auckland", false, 1727680740, 46800},
    {"Pacific/Funafuti", true, 545801242, 43200},
    {"Pacific/Ponape", false, 1956536751, 39600},
};

static void offsets_that_zoneinfo_gives(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof drawn / sizeof *drawn; i++) {
        const struct gls_zone *zone = gls_zone_find(drawn[i].zone);
        assert_non_null(zone);
        int32_t got = drawn[i].utc ? gls_zone_offset_at_utc(zone, drawn[i].time_s)
                                   : gls_zone_offset_at_civil(zone, drawn[i].time_s);
        if (got != drawn[i].offset)
            fail_msg("%s %lld: %d, not %d", drawn[i].zone, (long long)drawn[i].time_s, got,
                     drawn[i].offset);
    }
}

static void unknown_names(void **state)
{
    static const char *const names[] = {
        "",     "Europe/Nowhere", "europe/berlin",      "../Europe/Berlin",
        "EST9", "+25:00",         "right/Europe/Berlin"};
    (void)state;
    assert_null(gls_zone_find(NULL));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (gls_zone_find(names[i]))
            fail_msg("\"%s\" should be unknown", names[i]);
    assert_int_equal(gls_zone_offset_at_utc(gls_zone_find("Asia/Tokyo"), 0), 9 * 3600);
    assert_ptr_equal(gls_zone_find("+01:00"), gls_zone_find("+01:00"));
    assert_true(strlen(gls_zone_data_version()) >= 5);
}

static void extreme_instants(void **state)
{
    static const int64_t instants[] = {INT64_MIN, INT64_MIN + 1,    -(INT64_C(1) << 58),
                                       0,         INT64_C(1) << 58, INT64_MAX};
    (void)state;
    const struct gls_zone *zone = gls_zone_find("Europe/Berlin");
    for (size_t i = 0; i < sizeof instants / sizeof *instants; i++) {
        int32_t utc = gls_zone_offset_at_utc(zone, instants[i]);
        int32_t local = gls_zone_offset_at_civil(zone, instants[i]);
        assert_in_range(utc, 3208, 7200);
        assert_in_range(local, 3208, 7200);
    }
}

/* ---- The machine's zone -------------------------------------------------------- */

static void set_tz(const char *value)
{
    if (value)
        assert_int_equal(setenv("TZ", value, 1), 0);
    else
        assert_int_equal(unsetenv("TZ"), 0);
}

static void zones_from_the_environment(void **state)
{
    static const struct {
        const char *tz;
        int32_t january, july; /* of 2024 */
    } rows[] = {
        {"Europe/Berlin", 3600, 7200},
        {":America/New_York", -18000, -14400},
        {"EST5EDT,M3.2.0,M11.1.0", -18000, -14400},
        {"ABC5DEF", -18000, -14400},
        {"<+0330>-3:30", 12600, 12600},
        {"NZST-12NZDT,M9.5.0,M4.1.0/3", 46800, 43200},
        {"XXX3YYY,J60/0,J300/0", -10800, -7200},
        {"XXX3YYY2:30,59,300", -10800, -9000},
        {"XXX3EDT4,0/0,J365/23", -14400, -14400}, /* daylight all year */
        {"", 0, 0},
        {":", 0, 0},
        {"Mars/Olympus", 0, 0},
        {"AB5", 0, 0},
        {"EST5EDT,M13.2.0,M11.1.0", 0, 0},
        {"EST5EDT,M3.2.0", 0, 0},
        {"/nonexistent/zone", 0, 0},
        {"/dev/zero", 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        set_tz(rows[i].tz);
        const struct gls_zone *zone = gls_zone_local();
        int32_t january = gls_zone_offset_at_civil(zone, civil("2024-01-15 12:00:00"));
        int32_t july = gls_zone_offset_at_civil(zone, civil("2024-07-15 12:00:00"));
        if (january != rows[i].january || july != rows[i].july)
            fail_msg("TZ=%s: %d %d", rows[i].tz, january, july);
    }
    set_tz(NULL);
    assert_non_null(gls_zone_local());
}

/* A hand-made file: version 2, one change at 1000 from +1 h to +2 h, rule "AAA-2". */
static size_t make_tzif(uint8_t out[256])
{
    static const uint8_t types[] = {0, 0, 0x0e, 0x10, 0, 0, 0, 0, 0x1c, 0x20, 0, 0};
    size_t n = 0;
    memset(out, 0, 256);
    memcpy(out, "TZif2", 5);
    n = 44;
    memcpy(out + n, "TZif2", 5);
    out[n + 35] = 1;
    out[n + 39] = 2;
    out[n + 43] = 4;
    n += 44;
    out[n + 6] = 0x03;
    out[n + 7] = 0xe8;
    out[n + 8] = 1;
    memcpy(out + n + 9, types, sizeof types);
    n += 9 + sizeof types + 4;
    memcpy(out + n, "\nAAA-2\n", 7);
    return n + 7;
}

/* The same on the disk, at *path; the caller closes and removes it. */
static int make_zone_file(size_t *size, char *path)
{
    uint8_t bytes[256];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    *size = make_tzif(bytes);
    assert_int_equal(write(fd, bytes, *size), *size);
    return fd;
}

static void zones_from_files(void **state)
{
    char path[] = "/tmp/glassine-zone-XXXXXX";
    size_t size;
    int fd = make_zone_file(&size, path);
    (void)state;
    set_tz(path);
    const struct gls_zone *zone = gls_zone_local();
    assert_int_equal(gls_zone_offset_at_utc(zone, 999), 3600);
    assert_int_equal(gls_zone_offset_at_utc(zone, 1000), 7200);
    assert_ptr_equal(zone, gls_zone_local());
    /* Cut short: as if it were not there. */
    assert_int_equal(ftruncate(fd, (off_t)size - 3), 0);
    assert_int_equal(gls_zone_offset_at_utc(gls_zone_local(), 1000), 0);
    close(fd);
    unlink(path);
    set_tz(NULL);
}

/* A zone that cannot be read at the moment is told once, by the thread that missed it, and one that
 * is not there never. */
static void missed_zones(void **state)
{
    struct rlimit limit, none;
    struct gls_error error = GLS_ERROR_INIT;
    char path[] = "/tmp/glassine-zone-XXXXXX";
    int fd = make_zone_file(&(size_t){0}, path);
    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    none = limit;
    none.rlim_cur = 0;
    assert_true(gls_zone_check(&error));
    set_tz(path);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    (void)gls_zone_local();
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_false(gls_zone_check(&error));
    assert_true(gls_zone_check(&error));
    assert_int_equal(gls_zone_offset_at_utc(gls_zone_local(), 1000), 7200);
    assert_true(gls_zone_check(&error));
    set_tz("/nonexistent/zone");
    (void)gls_zone_local();
    assert_null(gls_zone_find("No/Where"));
    errno = ENOMEM; /* as a malloc() that was served may leave it */
    set_tz("Europe/Berlin");
    (void)gls_zone_local();
    assert_true(gls_zone_check(&error));
    close(fd);
    unlink(path);
    set_tz(NULL);
}

/* Every single cut and every changed byte is refused or read, never worse. */
static void hostile_files(void **state)
{
    uint8_t bytes[256], copy[256];
    size_t size = make_tzif(bytes);
    (void)state;
    for (size_t cut = 0; cut < size; cut++) {
        uint8_t *exact = malloc(cut + 1);
        memcpy(exact, bytes, cut);
        assert_null(gls_zone_rules_from_tzif(exact, cut));
        free(exact);
    }
    for (size_t i = 0; i < size; i++) {
        for (unsigned value = 0; value < 256; value += 5) {
            memcpy(copy, bytes, size);
            copy[i] = (uint8_t)value;
            struct gls_zone_rules *rules = gls_zone_rules_from_tzif(copy, size);
            if (rules)
                assert_in_range(gls_zone_rules_span(rules, 5000).offset_s + 93600, 0, 187200);
            gls_zone_rules_free(rules);
        }
    }
}

/* ---- Against the C library --------------------------------------------------------- */

/* The names of the installed data when it is the edition inside glassine. */
static FILE *installed_names(void)
{
    char line[256], version[64];
    FILE *file = fopen(ZONEINFO "/tzdata.zi", "r");
    bool same = file && fgets(line, sizeof line, file) &&
                sscanf(line, "# version %63s", version) == 1 &&
                strcmp(version, gls_zone_data_version()) == 0;
    if (file && !same) {
        fclose(file);
        file = NULL;
    }
    if (!file)
        print_message("no zone data of edition %s on this machine: skipped\n",
                      gls_zone_data_version());
    return file;
}

/* Zone and link lines of tzdata.zi: "Z NAME ..." and "L TARGET NAME". */
static bool next_name(FILE *file, char name[128])
{
    char line[512];
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "Z %127s", name) == 1 || sscanf(line, "L %*s %127s", name) == 1)
            return true;
    return false;
}

static void compare_instant(const char *name, const struct gls_zone *zone, time_t t)
{
    struct tm tm;
    assert_non_null(localtime_r(&t, &tm));
    int32_t got = gls_zone_offset_at_utc(zone, t);
    if (got != tm.tm_gmtoff)
        fail_msg("%s at %lld: %d, not %ld", name, (long long)t, got, tm.tm_gmtoff);
}

static void agrees_with_the_c_library(void **state)
{
    char name[128];
    size_t names = 0;
    FILE *file = installed_names();
    (void)state;
    if (!file)
        skip();
    while (next_name(file, name)) {
        const struct gls_zone *zone = gls_zone_find(name);
        if (!zone)
            fail_msg("%s is unknown", name);
        set_tz(name);
        tzset();
        assert_ptr_equal(gls_zone_local(), zone);
        /* 1826 to 2120, about 4,300 instants a zone, at no round step. */
        for (time_t t = INT64_C(-4544467200); t < INT64_C(4733510400); t += 2147483 + (t & 0xfff))
            compare_instant(name, zone, t);
        names++;
    }
    fclose(file);
    set_tz(NULL);
    tzset();
    assert_true(names > 500);
}

/* Where the offset changes between `low` and `high`. */
static int64_t bisect(const struct gls_zone *zone, int64_t low, int64_t high)
{
    int32_t before = gls_zone_offset_at_utc(zone, low);
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (gls_zone_offset_at_utc(zone, middle) == before)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static void check_change(const char *name, const struct gls_zone *zone, int64_t at)
{
    int32_t before = gls_zone_offset_at_utc(zone, at - 1), after = gls_zone_offset_at_utc(zone, at);
    int32_t high = before > after ? before : after;
    int32_t low = before > after ? after : before;
    const struct {
        int64_t civil;
        int32_t offset;
    } rows[] = {
        {at + low - 1, before},  {at + low, before}, {at + (low + high) / 2, before},
        {at + high - 1, before}, {at + high, after},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (gls_zone_offset_at_civil(zone, rows[i].civil) != rows[i].offset)
            fail_msg("%s, change at %lld, row %zu", name, (long long)at, i);
    compare_instant(name, zone, at - 1);
    compare_instant(name, zone, at);
}

static void folds_and_gaps_everywhere(void **state)
{
    const int64_t step = 3 * 86400;
    char name[128];
    size_t changes = 0;
    FILE *file = installed_names();
    (void)state;
    if (!file)
        skip();
    while (next_name(file, name)) {
        const struct gls_zone *zone = gls_zone_find(name);
        set_tz(name);
        tzset();
        for (int64_t t = INT64_C(-2840140800); t < INT64_C(2524608000); t += step) {
            if (gls_zone_offset_at_utc(zone, t) == gls_zone_offset_at_utc(zone, t + step))
                continue;
            int64_t at = bisect(zone, t, t + step);
            check_change(name, zone, at);
            changes++;
        }
    }
    fclose(file);
    set_tz(NULL);
    tzset();
    assert_true(changes > 40000);
}

/* ---- Threads ------------------------------------------------------------------------ */

static void *ask_often(void *context)
{
    (void)context;
    for (int i = 0; i < 2000; i++) {
        char offset[16];
        snprintf(offset, sizeof offset, "+%02d:%02d", i % 12, (i / 12) % 4 * 15);
        const struct gls_zone *zone = gls_zone_find(offset);
        if (!zone || gls_zone_offset_at_utc(zone, i) != i % 12 * 3600 + (i / 12) % 4 * 900 ||
            gls_zone_find("Europe/Berlin") == NULL)
            return "wrong";
    }
    return NULL;
}

static void many_threads(void **state)
{
    pthread_t threads[8];
    (void)state;
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_often, NULL), 0);
    for (size_t i = 0; i < 8; i++) {
        void *result;
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_null(result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_threads),
        cmocka_unit_test(offsets_at_civil_times),
        cmocka_unit_test(offsets_that_zoneinfo_gives),
        cmocka_unit_test(unknown_names),
        cmocka_unit_test(extreme_instants),
        cmocka_unit_test(zones_from_the_environment),
        cmocka_unit_test(zones_from_files),
        cmocka_unit_test(missed_zones),
        cmocka_unit_test(hostile_files),
        cmocka_unit_test(agrees_with_the_c_library),
        cmocka_unit_test(folds_and_gaps_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
