/* SPDX-License-Identifier: MIT */
/* What this libglassine stands on: the versions that are loaded, not those that
 * it was built with, and the licences and sources that have to be named. */
#define PCRE2_CODE_UNIT_WIDTH 8

#include <expat.h>
#include <jansson.h>
#include <pcre2.h>
#include <string.h>
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

bool gls_capabilities(struct gls_capabilities *out, struct gls_error *error)
{
    struct gls_capabilities own = {
        .struct_size = out->struct_size,
        .exiv2 = GLS_WITH_EXIV2,
        .libexif = GLS_WITH_LIBEXIF,
        .http = GLS_WITH_HTTP,
        .has_places = gls_gazetteer_is_there(),
        .avformat = GLS_AVFORMAT_CHOICE,
        .sha256 = GLS_SHA256_CHOICE,
        .places = GLS_PLACES_CHOICE,
        .plugins = GLS_WITH_PLUGINS,
        .archives = GLS_ARCHIVES_CHOICE,
    };
    size_t size = out->struct_size;

    if (size < offsetof(struct gls_capabilities, places) + sizeof own.places)
        return gls_fail(error, GLS_ERROR_ARGUMENT,
                        "struct_size is %zu, which no version of the struct had; begin it with "
                        "GLS_CAPABILITIES_INIT",
                        size);
    memset(out, 0, size);
    memcpy(out, &own, size < sizeof own ? size : sizeof own);
    return true;
}

/* One line, in the words of the build's options. */
static void add_options(struct gls_strbuf *text)
{
    gls_strbuf_addf(text,
                    "built with: Exiv2 %s, libexif %s, libavformat %s, SHA-256 %s, places %s, "
                    "HTTP %s, plugins %s, archives %s\n",
                    GLS_WITH_EXIV2 ? "on" : "off", GLS_WITH_LIBEXIF ? "on" : "off",
                    GLS_AVFORMAT_CHOICE, GLS_SHA256_CHOICE, GLS_PLACES_CHOICE,
                    GLS_WITH_HTTP ? "on" : "off", GLS_WITH_PLUGINS ? "on" : "off",
                    GLS_ARCHIVES_CHOICE);
}

char *gls_about(void)
{
    struct gls_strbuf text = GLS_STRBUF_INIT;
    XML_Expat_Version expat = XML_ExpatVersionInfo();
    unsigned xxhash = XXH_versionNumber();
    char pcre2[64] = "";

    add_options(&text);
    gls_media_add_about(&text);
    gls_strbuf_addf(&text, "SQLite %s (public domain)\n", gls_store_sqlite_version());
    gls_sha256_add_about(&text);
    gls_strbuf_addf(&text, "xxHash %u.%u.%u (BSD-2-Clause)\n", xxhash / 10000, xxhash / 100 % 100,
                    xxhash % 100);
    gls_strbuf_addf(&text, "Expat %d.%d.%d (MIT)\n", expat.major, expat.minor, expat.micro);
    gls_strbuf_addf(&text, "zlib %s (Zlib)\n", zlibVersion());
    gls_strbuf_addf(&text, "Jansson %s (MIT)\n", jansson_version_str());
    gls_strbuf_addf(&text, "utf8proc %s (MIT, Unicode data)\n", utf8proc_version());
    if (pcre2_config(PCRE2_CONFIG_VERSION, NULL) < (int)sizeof pcre2 &&
        pcre2_config(PCRE2_CONFIG_VERSION, pcre2) > 0)
        gls_strbuf_addf(&text, "PCRE2 %s (BSD-3-Clause)\n", pcre2);
    if (GLS_WITH_ARCHIVES)
        gls_strbuf_add_str(&text, GLS_LINKS_ARCHIVES
                                      ? "libarchive (BSD-2-Clause)\n"
                                      : "libarchive (BSD-2-Clause), loaded for archives\n");
    gls_strbuf_addf(&text, "time zones: tz database %s (public domain)\n", gls_zone_data_version());
    gls_strbuf_addf(&text, "places: %s\n", gls_gazetteer_attribution());
    return gls_strbuf_take(&text);
}
