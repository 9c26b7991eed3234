/* SPDX-License-Identifier: MIT */
/*
 * zone - time zone rules, from data inside glassine, so that a machine without
 * /usr/share/zoneinfo tells the same time. Thread-safe.
 */
#ifndef GLS_PLAN_TIME_ZONE_H
#define GLS_PLAN_TIME_ZONE_H

#include "base/error.h"
#include "base/timestamp.h"

struct gls_zone; /* immutable, owned by the module's table; never freed by callers */

/* An IANA name ("Europe/Berlin"), "UTC", or a fixed offset ("+05:45"). NULL:
 * unknown. */
const struct gls_zone *gls_zone_find(const char *name);
/* The machine's: $TZ (name or POSIX rule or file), else /etc/localtime, else UTC.
 * Read at each call, so that a test may change TZ. */
const struct gls_zone *gls_zone_local(void);
/* The zone of that name, else the machine's. */
const struct gls_zone *gls_zone_home(const char *name);
/* The offset in force at an instant. */
int32_t gls_zone_offset_at_utc(const struct gls_zone *zone, int64_t utc_s);
/* The offset for a civil time. In a fold the earlier instant (DST) counts, in a
 * gap the offset from before it. */
int32_t gls_zone_offset_at_civil(const struct gls_zone *zone, int64_t civil_s);

/* False, with *error: since this thread's last call of this, a zone that may well be known could
 * not be had by it, for want of memory or because a file could not be read. Then a time that was
 * resolved since may be another. To be asked after the look-ups for one thing. */
bool gls_zone_check(struct gls_error *error);
/* The edition of the zone data inside glassine, e.g. "2024a". Static. "": there is no memory to
 * load them. */
const char *gls_zone_data_version(void);

#endif
