/* SPDX-License-Identifier: MIT */
/* tzif - reads compiled time zone files, RFC 9636 (versions 1 to 4). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/input.h"
#include "plan/time/zone_rules.h"

enum { HEADER_SIZE = 44, MAX_TRANSITIONS = 100000, MAX_OFFSET_S = 26 * 3600 };

struct block {
    const uint8_t *at; /* behind the header */
    uint64_t size;     /* of the data behind the header */
    uint32_t ut_count, standard_count, leap_count, time_count, type_count, char_count;
    unsigned time_size; /* 4 or 8 */
};

static bool read_block(struct block *out, const uint8_t *bytes, size_t size, unsigned time_size)
{
    if (size < HEADER_SIZE || memcmp(bytes, "TZif", 4) != 0)
        return false;
    out->at = bytes + HEADER_SIZE;
    out->ut_count = gls_be32(bytes + 20);
    out->standard_count = gls_be32(bytes + 24);
    out->leap_count = gls_be32(bytes + 28);
    out->time_count = gls_be32(bytes + 32);
    out->type_count = gls_be32(bytes + 36);
    out->char_count = gls_be32(bytes + 40);
    out->time_size = time_size;
    out->size = (uint64_t)out->time_count * (time_size + 1) + (uint64_t)out->type_count * 6 +
                out->char_count + (uint64_t)out->leap_count * (time_size + 4) +
                out->standard_count + out->ut_count;
    return out->size <= size - HEADER_SIZE;
}

static bool read_offset(int32_t *out, const struct block *block, unsigned type)
{
    const uint8_t *types = block->at + (size_t)block->time_count * (block->time_size + 1);
    if (type >= block->type_count)
        return false;
    *out = (int32_t)gls_be32(types + (size_t)type * 6);
    return *out >= -MAX_OFFSET_S && *out <= MAX_OFFSET_S;
}

static int64_t read_time(const struct block *block, size_t index)
{
    const uint8_t *p = block->at + index * block->time_size;
    return block->time_size == 8 ? (int64_t)gls_be64(p) : (int32_t)gls_be32(p);
}

/* Puts why it failed into *cause, if that is not what the bytes say. */
static bool fill(struct gls_zone_rules *rules, const struct block *block, int *cause)
{
    const uint8_t *types = block->at + (size_t)block->time_count * block->time_size;
    if (block->leap_count > 0 || block->time_count > MAX_TRANSITIONS ||
        !read_offset(&rules->first_offset, block, 0))
        return false;
    rules->at = calloc((size_t)block->time_count + 1, sizeof *rules->at);
    rules->offset = calloc((size_t)block->time_count + 1, sizeof *rules->offset);
    if (!rules->at || !rules->offset) {
        *cause = ENOMEM;
        return false;
    }
    for (size_t i = 0; i < block->time_count; i++) {
        rules->at[i] = read_time(block, i);
        if (!read_offset(&rules->offset[i], block, types[i]) ||
            (i > 0 && rules->at[i] <= rules->at[i - 1]))
            return false;
    }
    rules->count = block->time_count;
    return true;
}

/* "\n<rule>\n" behind the second block; an empty rule means that none is known. */
static bool read_footer(struct gls_zone_rules *rules, const uint8_t *bytes, size_t size)
{
    if (size < 2 || bytes[0] != '\n')
        return false;
    const uint8_t *end = memchr(bytes + 1, '\n', size - 1);
    if (!end)
        return false;
    if (end == bytes + 1)
        return true;
    rules->has_tail =
        gls_posix_rule_parse(&rules->tail, (const char *)bytes + 1, (size_t)(end - bytes - 1));
    return rules->has_tail;
}

static bool read_file(struct gls_zone_rules *rules, const uint8_t *bytes, size_t size, int *cause)
{
    struct block first, second;
    if (!read_block(&first, bytes, size, 4))
        return false;
    if (bytes[4] < '2')
        return fill(rules, &first, cause);
    const uint8_t *next = first.at + first.size;
    const uint8_t *end = bytes + size;
    if (!read_block(&second, next, (size_t)(end - next), 8))
        return false;
    const uint8_t *footer = second.at + second.size;
    return fill(rules, &second, cause) && read_footer(rules, footer, (size_t)(end - footer));
}

struct gls_zone_rules *gls_zone_rules_from_tzif(const uint8_t *bytes, size_t size)
{
    struct gls_zone_rules *rules = calloc(1, sizeof *rules);
    int cause = EINVAL;
    if (!rules) {
        errno = ENOMEM;
    } else if (!read_file(rules, bytes, size, &cause)) {
        gls_zone_rules_free(rules);
        rules = NULL;
        errno = cause;
    }
    return rules;
}

struct gls_zone_rules *gls_zone_rules_from_posix(const struct gls_posix_rule *rule)
{
    struct gls_zone_rules *rules = calloc(1, sizeof *rules);
    if (rules) {
        rules->first_offset = rule->standard_s;
        rules->has_tail = true;
        rules->tail = *rule;
    }
    return rules;
}

void gls_zone_rules_free(struct gls_zone_rules *rules)
{
    if (!rules)
        return;
    free(rules->at);
    free(rules->offset);
    free(rules);
}

struct gls_zone_span gls_zone_rules_span(const struct gls_zone_rules *rules, int64_t utc_s)
{
    size_t low = 0, high = rules->count; /* the first transition behind utc_s */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rules->at[middle] <= utc_s)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == rules->count && rules->has_tail)
        return gls_posix_rule_span(&rules->tail, utc_s);
    return (struct gls_zone_span){
        low == 0 ? rules->first_offset : rules->offset[low - 1],
        low < rules->count ? rules->at[low] : INT64_MAX,
    };
}
