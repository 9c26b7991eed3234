/* SPDX-License-Identifier: MIT */
/*
 * zone - the table of named zones, inflated from the data inside glassine when
 * the first zone is asked for, and the zones that are not in it: fixed offsets,
 * POSIX rules and files, which are remembered so that callers need free nothing.
 */
#include "plan/time/zone.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/input.h"
#include "base/system/retry.h"
#include "plan/time/zone_rules.h"

enum { MAX_RAW_SIZE = 4 << 20, MAX_FILE_SIZE = 256 << 10, MAX_OTHERS = 512 };

extern const uint8_t gls_zone_data[], gls_zone_data_end[];

struct gls_zone {
    const char *name;
    const struct gls_zone_rules *rules;
};

static const struct gls_zone_rules utc_rules = {.first_offset = 0};
static const struct gls_zone utc = {"UTC", &utc_rules};

/* ---- The embedded table ------------------------------------------------------- */

struct zone_table {
    char version[32];
    struct gls_zone_rules **rules;
    size_t rule_count;
    struct gls_zone *zones; /* ascending by name */
    size_t zone_count;
    char *names;
};

static struct zone_table table; /* filled under table_lock; constant once it is loaded */
static atomic_bool is_loaded;
static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;

struct reader {
    const uint8_t *at;
    const uint8_t *end;
};

static const uint8_t *take(struct reader *r, size_t size)
{
    if ((size_t)(r->end - r->at) < size)
        return NULL;
    const uint8_t *bytes = r->at;
    r->at += size;
    return bytes;
}

static bool take_u16(struct reader *r, size_t *out)
{
    const uint8_t *bytes = take(r, 2);
    if (bytes)
        *out = gls_le16(bytes);
    return bytes != NULL;
}

static const uint8_t *take_text(struct reader *r, size_t *size)
{
    const uint8_t *length = take(r, 1);
    if (!length)
        return NULL;
    *size = *length;
    return take(r, *size);
}

static bool load_rules(struct reader *r)
{
    size_t count, size;
    if (!take_u16(r, &count) || !(table.rules = calloc(count + 1, sizeof *table.rules)))
        return false;
    for (; table.rule_count < count; table.rule_count++) {
        const uint8_t *bytes = take_u16(r, &size) ? take(r, size) : NULL;
        struct gls_zone_rules *rules = bytes ? gls_zone_rules_from_tzif(bytes, size) : NULL;
        if (!rules)
            return false;
        table.rules[table.rule_count] = rules;
    }
    return true;
}

static bool load_names(struct reader *r)
{
    size_t count, size, index;
    if (!take_u16(r, &count))
        return false;
    /* Each name needs no more than its bytes here and a NUL. */
    char *text = table.names = malloc((size_t)(r->end - r->at) + 1);
    table.zones = calloc(count + 1, sizeof *table.zones);
    if (!table.names || !table.zones)
        return false;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *name = take_text(r, &size);
        if (!name || !take_u16(r, &index) || index >= table.rule_count)
            return false;
        table.zones[i] = (struct gls_zone){text, table.rules[index]};
        memcpy(text, name, size);
        text[size] = '\0';
        text += size + 1;
    }
    table.zone_count = count;
    return true;
}

static void drop_table(void)
{
    for (size_t i = 0; i < table.rule_count; i++)
        gls_zone_rules_free(table.rules[i]);
    free(table.rules);
    free(table.zones);
    free(table.names);
    table = (struct zone_table){.rule_count = 0};
}

static bool fill_table(void)
{
    bool ok = false;
    const uint8_t *data = gls_zone_data;
    uLongf raw_size = gls_le32(data);
    uint8_t *raw = raw_size <= MAX_RAW_SIZE ? malloc(raw_size + 1) : NULL;
    if (raw &&
        uncompress(raw, &raw_size, data + 4, (uLong)(gls_zone_data_end - data - 4)) == Z_OK) {
        struct reader r = {raw, raw + raw_size};
        const uint8_t *magic = take(&r, 8);
        size_t size = 0;
        const uint8_t *version =
            magic && memcmp(magic, "GLSZONE1", 8) == 0 ? take_text(&r, &size) : NULL;
        ok = version && size < sizeof table.version && load_rules(&r) && load_names(&r);
        if (ok)
            memcpy(table.version, version, size);
    }
    free(raw);
    return ok;
}

/* False: no memory; the next call tries again. */
static bool load_table(void)
{
    if (atomic_load(&is_loaded))
        return true;
    pthread_mutex_lock(&table_lock);
    bool ok = atomic_load(&is_loaded) || fill_table();
    if (ok)
        atomic_store(&is_loaded, true);
    else
        drop_table();
    pthread_mutex_unlock(&table_lock);
    return ok;
}

static int compare_name(const void *name, const void *zone)
{
    return strcmp(name, ((const struct gls_zone *)zone)->name);
}

static _Thread_local int missed; /* an errno; see gls_zone_check() */

bool gls_zone_check(struct gls_error *error)
{
    int cause = missed;
    missed = 0;
    return cause == 0 ||
           gls_fail_errno(error, cause, "a time zone cannot be had, so its date would be another");
}

/* Right where a call failed with that errno. What is not there, or is no zone, is no error. */
static void note_errno(int cause)
{
    if (cause == ENOMEM || cause == EIO || cause == EMFILE || cause == ENFILE)
        missed = cause;
}

static const struct gls_zone *find_embedded(const char *name)
{
    if (!load_table()) {
        note_errno(ENOMEM);
        return NULL;
    }
    if (strncmp(name, "posix/", 6) == 0)
        name += 6;
    return bsearch(name, table.zones, table.zone_count, sizeof *table.zones, compare_name);
}

const char *gls_zone_data_version(void)
{
    return load_table() ? table.version : "";
}

/* ---- Other zones, remembered by a key --------------------------------------------- */

struct other_zone {
    struct gls_zone zone;
    struct other_zone *next;
    char key[]; /* "kind:...\n" and the zone's name */
};

static pthread_mutex_t others_lock = PTHREAD_MUTEX_INITIALIZER;
static struct other_zone *others; /* guarded by others_lock; entries never change or go */
static size_t other_count;        /* guarded by others_lock */

static const struct gls_zone *find_other_locked(const char *key)
{
    for (const struct other_zone *other = others; other; other = other->next)
        if (strcmp(other->key, key) == 0)
            return &other->zone;
    return NULL;
}

static const struct gls_zone *find_other(const char *key)
{
    pthread_mutex_lock(&others_lock);
    const struct gls_zone *zone = find_other_locked(key);
    pthread_mutex_unlock(&others_lock);
    return zone;
}

/* Takes over `rules`. Another thread may have been faster: then its zone counts. */
static const struct gls_zone *remember(const char *key, struct gls_zone_rules *rules)
{
    size_t size = strlen(key) + 1;
    struct other_zone *other = rules ? malloc(sizeof *other + size) : NULL;
    const struct gls_zone *zone = NULL;
    if (other) {
        memcpy(other->key, key, size);
        other->zone = (struct gls_zone){strchr(other->key, '\n') + 1, rules};
        pthread_mutex_lock(&others_lock);
        zone = find_other_locked(key);
        if (!zone && other_count < MAX_OTHERS) {
            other->next = others;
            others = other;
            other_count++;
            zone = &other->zone;
            other = NULL;
            rules = NULL;
        }
        pthread_mutex_unlock(&others_lock);
    } else if (rules) {
        note_errno(ENOMEM);
    }
    free(other);
    gls_zone_rules_free(rules);
    return zone;
}

static const struct gls_zone *from_rule(const char *kind, const char *name,
                                        const struct gls_posix_rule *rule)
{
    char key[256];
    int size = snprintf(key, sizeof key, "%s\n%s", kind, name);
    if (size < 0 || (size_t)size >= sizeof key)
        return NULL;
    const struct gls_zone *zone = find_other(key);
    if (!zone) {
        struct gls_zone_rules *rules = gls_zone_rules_from_posix(rule);
        if (!rules)
            note_errno(ENOMEM);
        zone = remember(key, rules);
    }
    return zone;
}

/* ---- Files ------------------------------------------------------------------------------ */

static struct gls_zone_rules *read_tzif(int fd)
{
    struct gls_zone_rules *rules = NULL;
    uint8_t *bytes = malloc(MAX_FILE_SIZE);
    size_t size = 0;
    ssize_t got = 1;
    if (!bytes)
        note_errno(ENOMEM);
    while (bytes && got > 0 && size < MAX_FILE_SIZE) {
        got = gls_read(fd, bytes + size, MAX_FILE_SIZE - size);
        if (got < 0)
            note_errno(errno);
        else
            size += (size_t)got;
    }
    if (bytes && got == 0) {
        rules = gls_zone_rules_from_tzif(bytes, size);
        if (!rules)
            note_errno(errno);
    }
    free(bytes);
    return rules;
}

/* A file that is replaced by another gets another key. */
static const struct gls_zone *from_file(const char *path)
{
    char key[4096 + 128];
    struct stat st;
    const struct gls_zone *zone = NULL;
    int fd = gls_open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK, 0);
    if (fd < 0) {
        note_errno(errno);
        return NULL;
    }
    if (fstat(fd, &st) != 0) {
        note_errno(errno);
    } else if (S_ISREG(st.st_mode)) {
        int size =
            snprintf(key, sizeof key, "file:%llu:%llu:%lld:%lld.%ld\n%s",
                     (unsigned long long)st.st_dev, (unsigned long long)st.st_ino,
                     (long long)st.st_size, (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec, path);
        if (size > 0 && (size_t)size < sizeof key) {
            zone = find_other(key);
            if (!zone)
                zone = remember(key, read_tzif(fd));
        }
    }
    close(fd);
    return zone;
}

/* A zone that the machine knows and glassine does not: newer or home-made data. */
static const struct gls_zone *from_system(const char *name)
{
    char path[4096];
    const char *folder = getenv("TZDIR");
    if (strstr(name, ".."))
        return NULL;
    int size = snprintf(path, sizeof path, "%s/%s", folder ? folder : "/usr/share/zoneinfo", name);
    return size > 0 && (size_t)size < sizeof path ? from_file(path) : NULL;
}

/* The name of the zone is what stands behind "zoneinfo/" in the link. */
static const struct gls_zone *from_localtime(const char *path)
{
    char target[4096];
    ssize_t size = readlink(path, target, sizeof target - 1);
    if (size > 0) {
        target[size] = '\0';
        const char *name = strstr(target, "zoneinfo/");
        const struct gls_zone *zone = name ? find_embedded(name + strlen("zoneinfo/")) : NULL;
        if (zone)
            return zone;
    }
    return from_file(path);
}

/* ---- The interface ----------------------------------------------------------------------- */

const struct gls_zone *gls_zone_find(const char *name)
{
    struct gls_posix_rule rule = {0};
    if (!name || !*name)
        return NULL;
    const int missed_before = missed;
    const struct gls_zone *zone = find_embedded(name);
    if (!zone && gls_utc_offset_parse(&rule.standard_s, name))
        zone = from_rule("offset", name, &rule);
    if (zone) /* found in another way than the one that failed */
        missed = missed_before;
    return zone;
}

const struct gls_zone *gls_zone_local(void)
{
    struct gls_posix_rule rule;
    const struct gls_zone *zone = NULL;
    const char *tz = getenv("TZ");
    const int missed_before = missed;
    if (!tz) {
        zone = from_localtime("/etc/localtime");
    } else {
        tz += *tz == ':';
        if (*tz == '/')
            zone = from_file(tz);
        else if (*tz)
            zone = find_embedded(tz);
        if (!zone && gls_posix_rule_parse(&rule, tz, strlen(tz)))
            zone = from_rule("rule", tz, &rule);
        if (!zone && *tz && *tz != '/')
            zone = from_system(tz);
    }
    if (zone)
        missed = missed_before;
    return zone ? zone : &utc;
}

const struct gls_zone *gls_zone_home(const char *name)
{
    const struct gls_zone *zone = gls_zone_find(name);
    return zone ? zone : gls_zone_local();
}

/* Beyond some ten billion years nobody's clock counts, and sums stay in range. */
static int64_t bounded(int64_t seconds)
{
    const int64_t limit = INT64_C(1) << 58;
    return seconds > limit ? limit : seconds < -limit ? -limit : seconds;
}

int32_t gls_zone_offset_at_utc(const struct gls_zone *zone, int64_t utc_s)
{
    return gls_zone_rules_span(zone->rules, bounded(utc_s)).offset_s;
}

int32_t gls_zone_offset_at_civil(const struct gls_zone *zone, int64_t civil_s)
{
    /* Walks the spans that can hold the civil time, earliest first: no offset
     * is beyond 26 hours. */
    int64_t civil = bounded(civil_s), from = civil - 26 * 3600;
    struct gls_zone_span span = gls_zone_rules_span(zone->rules, from);
    int32_t before = span.offset_s;
    for (;;) {
        int64_t instant = civil - span.offset_s;
        if (instant < from)
            return before; /* skipped by the change at `from` */
        if (instant < span.until_s)
            return span.offset_s;
        before = span.offset_s;
        from = span.until_s;
        span = gls_zone_rules_span(zone->rules, from);
    }
}
