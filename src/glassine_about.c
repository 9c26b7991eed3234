/* SPDX-License-Identifier: MIT */
/* What this libglassine stands on: the versions that are loaded, not those that
 * it was built with, and the licences and sources that have to be named. */
#define PCRE2_CODE_UNIT_WIDTH 8

#include <expat.h>
#include <jansson.h>
#include <pcre2.h>
#include <utf8proc.h>
#include <xxhash.h>
#include <zlib.h>

#include "base/digest.h"
#include "base/strbuf.h"
#include "media/media.h"
#include "plan/places/gazetteer.h"
#include "plan/time/zone.h"
#include "store/library/library_db.h"

const char *gls_version(void)
{
    return GLS_VERSION;
}

char *gls_about(void)
{
    struct gls_strbuf text = GLS_STRBUF_INIT;
    XML_Expat_Version expat = XML_ExpatVersionInfo();
    unsigned xxhash = XXH_versionNumber();
    char pcre2[64] = "";

    gls_media_add_about(&text);
    gls_strbuf_addf(&text, "SQLite %s (public domain)\n", gls_store_sqlite_version());
    gls_strbuf_addf(&text, "%s (Apache-2.0)\n", gls_digest_library_version());
    gls_strbuf_addf(&text, "xxHash %u.%u.%u (BSD-2-Clause)\n", xxhash / 10000, xxhash / 100 % 100,
                    xxhash % 100);
    gls_strbuf_addf(&text, "Expat %d.%d.%d (MIT)\n", expat.major, expat.minor, expat.micro);
    gls_strbuf_addf(&text, "zlib %s (Zlib)\n", zlibVersion());
    gls_strbuf_addf(&text, "Jansson %s (MIT)\n", jansson_version_str());
    gls_strbuf_addf(&text, "utf8proc %s (MIT, Unicode data)\n", utf8proc_version());
    if (pcre2_config(PCRE2_CONFIG_VERSION, NULL) < (int)sizeof pcre2 &&
        pcre2_config(PCRE2_CONFIG_VERSION, pcre2) > 0)
        gls_strbuf_addf(&text, "PCRE2 %s (BSD-3-Clause)\n", pcre2);
    gls_strbuf_add_str(&text, "inih (BSD-3-Clause)\n");
    gls_strbuf_addf(&text, "time zones: tz database %s (public domain)\n", gls_zone_data_version());
    gls_strbuf_addf(&text, "places: %s\n", gls_gazetteer_attribution());
    return gls_strbuf_take(&text);
}
