/* SPDX-License-Identifier: MIT */
#include "engine/scan/companion_rules.h"

#include <string.h>

#include "base/ascii.h"
#include "base/path.h"

#define STEM GLS_RULE_STEM
#define APPENDED GLS_RULE_APPENDED
#define STILL GLS_RULE_STILL
#define RAW GLS_RULE_RAW
#define MOVIE GLS_RULE_MOVIE

/* clang-format off */
const struct gls_companion_rule gls_companion_rules[] = {
    /* Metadata and edits of RAW developers. */
    {"xmp",    APPENDED, RAW,   "*",           "*",           "",          "darktable, digiKam, Immich: XMP beside NAME.EXT"},
    {"xmp",    APPENDED, RAW,   "*_%%",        "*",           "_%%",       "darktable: duplicates NAME_01.EXT.xmp"},
    {"xmp",    STEM,     RAW,   "*",           "*",           "",          "XMP part 3, Lightroom, Bridge: STEM.xmp"},
    {"pp3",    APPENDED, RAW,   "*",           "*",           "",          "RawTherapee: processing profile"},
    {"arp",    APPENDED, RAW,   "*",           "*",           "",          "ART: processing profile"},
    {"dop",    APPENDED, RAW,   "*",           "*",           "",          "DxO PhotoLab: settings"},
    {"cos",    APPENDED, RAW,   "*",           "*",           "",          "Capture One: settings"},
    {"nksc",   APPENDED, RAW,   "*",           "*",           "",          "Nikon NX Studio: settings"},
    {"on1",    STEM,     RAW,   "*",           "*",           "",          "ON1 Photo RAW: settings"},
    {"acr",    STEM,     RAW,   "*",           "*",           "",          "Adobe Camera Raw: masks of AI edits"},
    {"vrd",    STEM,     RAW,   "*",           "*",           "",          "Canon Digital Photo Professional 3: recipe"},
    {"dr4",    STEM,     RAW,   "*",           "*",           "",          "Canon Digital Photo Professional 4: recipe"},
    {"ori",    STEM,     RAW,   "*",           "*",           "",          "Olympus: the single frame of a high resolution shot"},
    {"afphoto", STEM,    RAW,   "*",           "*",           "",          "Affinity Photo: document of the same stem"},
    /* Apple. */
    {"aae",    STEM,     STILL, "*",           "*",           "",          "Apple Photos: adjustments"},
    {"aae",    STEM,     STILL, "IMG_E+",      "IMG_+",       "-edited",   "Apple Photos: adjustments of the edited version"},
    {"aae",    STEM,     STILL, "IMG_O+",      "IMG_+",       "-original", "Apple Photos: adjustments of the original"},
    /* Cameras. */
    {"thm",    STEM,     MOVIE, "*",           "*",           "",          "Canon, GoPro, DCF: thumbnail of a movie"},
    {"lrv",    STEM,     MOVIE, "*",           "*",           "",          "GoPro to HERO5: movie of low resolution"},
    {"lrv",    STEM,     MOVIE, "GL######",    "GH######",    "",          "GoPro from HERO6: GL010042.LRV of GH010042.MP4"},
    {"lrv",    STEM,     MOVIE, "GL######",    "GX######",    "",          "GoPro from HERO6, HEVC: GL010042.LRV of GX010042.MP4"},
    {"lrv",    STEM,     MOVIE, "GL######",    "GS######",    "",          "GoPro MAX: GL010042.LRV of GS010042.360"},
    {"lrv",    STEM,     MOVIE, "LRV_*_01_###", "VID_*_00_###", "_lrv",    "Insta360: preview of a movie"},
    {"lrv",    STEM,     MOVIE, "LRV_*_11_###", "VID_*_00_###", "_lrv-11", "Insta360: preview of a movie"},
    {"lrf",    STEM,     MOVIE, "*",           "*",           "",          "DJI: movie of low resolution"},
    {"srt",    STEM,     MOVIE, "*",           "*",           "",          "DJI: telemetry as subtitles; SubRip"},
    {"xml",    STEM,     MOVIE, "*M%%",        "*",           "M%%",       "Sony XAVC: C0001M01.XML of C0001.MP4"},
    {"xml",    STEM,     MOVIE, "*",           "*",           "",          "Canon and Panasonic: clip information"},
    {"cpi",    STEM,     MOVIE, "*",           "*",           "",          "AVCHD: clip information"},
    {"clpi",   STEM,     MOVIE, "*",           "*",           "",          "Blu-ray, BDMV: clip information"},
    {"moi",    STEM,     MOVIE, "*",           "*",           "",          "JVC, Canon, Panasonic: information on a .MOD"},
    {"gpx",    STEM,     MOVIE, "*",           "*",           "",          "dashcams: track; GPX 1.1"},
    {"nmea",   STEM,     MOVIE, "*",           "*",           "",          "dashcams: NMEA 0183 log"},
    {"gps",    STEM,     MOVIE, "*",           "*",           "",          "dashcams: NMEA 0183 log"},
    {"3gf",    STEM,     MOVIE, "*",           "*",           "",          "BlackVue: accelerometer"},
    {"gps",    STEM,     MOVIE, "########_######_*", "########_######_*F", "", "BlackVue: position, DATE_TIME_N.gps of DATE_TIME_NF.mp4, any letter for N; as blackvuesync.py fetches them"},
    {"3gf",    STEM,     MOVIE, "########_######_*", "########_######_*F", "", "BlackVue: accelerometer, DATE_TIME_N.3gf of DATE_TIME_NF.mp4, any letter for N; as blackvuesync.py fetches them"},
    {"glv",    STEM,     MOVIE, "*",           "*",           "",          "Garmin VIRB: movie of low resolution, VIRB0001-1.GLV of VIRB0001-1.MP4; as V360Lab plays them"},
    {"wav",    STEM,     RAW,   "*",           "*",           "",          "Canon, Nikon, Sony: dictation beside a picture"},
    {NULL,     STEM,     RAW,   NULL,          NULL,          NULL,        NULL},
};

const struct gls_companion_folder gls_companion_folders[] = {
    {"STREAM", "CLIPINF", "AVCHD: BDMV/STREAM/00000.MTS with BDMV/CLIPINF/00000.CPI; Blu-ray"},
    {NULL,     NULL,      NULL},
};

const struct gls_companion_rule gls_version_rules[] = {
    {NULL,     STEM,     STILL, "IMG_E+",      "IMG_+",       "-edited",   "Apple Photos: the edited version"},
    {"dng",    STEM,     STILL, "*.RAW-02.ORIGINAL", "*.RAW-01.COVER", "", "Google Pixel: RAW of a JPEG"},
    {"dng",    STEM,     STILL, "*.RAW-02.ORIGINAL", "*.RAW-01.MP.COVER", "", "Google Pixel: RAW of a motion photo"},
    {NULL,     STEM,     STILL, "*.PORTRAIT-02.ORIGINAL", "*.PORTRAIT-01.COVER", "-original", "Google Pixel: portrait before blurring"},
    {NULL,     STEM,     STILL, "*.PORTRAIT.ORIGINAL", "*.PORTRAIT", "-original", "Google Pixel from 6: portrait before blurring"},
    {NULL,     STEM,     STILL, "*.MOTION-02.ORIGINAL", "*.MOTION-01.COVER", "-original", "Google Pixel: action pan before blurring"},
    {NULL,     STEM,     STILL, "*.LONG_EXPOSURE-02.ORIGINAL", "*.LONG_EXPOSURE-01.COVER", "-original", "Google Pixel: long exposure, its sharp frame"},
    {NULL,     STEM,     STILL, "*.LONG_EXPOSURE-02.ORIGINA", "*.LONG_EXPOSURE-01.COVER", "-original", "Google Takeout: the same, cut to 46 characters"},
    {NULL,     STEM,     STILL, "*.BURST-%%",  "*.BURST-01.COVER", "-burst-%%", "Google Pixel: burst"},
    {NULL,     STEM,     STILL, "*_BURST%%%",  "*_BURST001_COVER", "-burst-%%%", "Huawei: burst"},
    {NULL,     STEM,     STILL, "########_######_%%%", "########_######_001", "-burst-%%%", "Samsung: burst"},
    {NULL,     STEM,     STILL, "*-burst-%%%%", "*",          "-burst-%%%%", "glassine's own: frames of a burst of Apple's (shot_ids.c)"},
    {NULL,     STEM,     MOVIE, "*.VB-02.MAIN", "*.VB-01.COVER", "-main", "Google Pixel: Video Boost"},
    {NULL,     STEM,     STILL, "PXL_*~%",     "PXL_*",       "~%",        "Google Photos on a Pixel: edited version"},
    {"psd",    STEM,     RAW,   "*",           "*",           "",          "Photoshop: document of the same stem"},
    {"psb",    STEM,     RAW,   "*",           "*",           "",          "Photoshop: large document of the same stem"},
    {NULL,     STEM,     MOVIE, "GH%%####",    "GH01####",    "-%%",       "GoPro from HERO6: chapters"},
    {NULL,     STEM,     MOVIE, "GX%%####",    "GX01####",    "-%%",       "GoPro from HERO6, HEVC: chapters"},
    {NULL,     STEM,     MOVIE, "GS%%####",    "GS01####",    "-%%",       "GoPro MAX: chapters"},
    {NULL,     STEM,     MOVIE, "GP%%####",    "GOPR####",    "-%%",       "GoPro to HERO5: chapters"},
    {NULL,     STEM,     MOVIE, "VID_*_10_###", "VID_*_00_###", "_10",     "Insta360: the other lens"},
    {NULL,     STEM,     MOVIE, "LRV_*_01_###", "VID_*_00_###", "_lrv",    "Insta360: preview of a movie"},
    {NULL,     STEM,     MOVIE, "LRV_*_11_###", "VID_*_00_###", "_lrv-11", "Insta360: preview of a movie"},
    /* Google Photos names the edited version by the language of the account. */
    {NULL,     STEM,     STILL, "*-edited",    "*",           "-edited",   "Google Photos, English; and glassine's own"},
    {NULL,     STEM,     STILL, "*-reedited",  "*",           "-reedited", "glassine's own: a second edited version of one picture"},
    {NULL,     STEM,     STILL, "*-effects",   "*",           "-effects",  "Google Photos: automatic effects"},
    {NULL,     STEM,     STILL, "*-smile",     "*",           "-smile",    "Google Photos: automatic smile"},
    {NULL,     STEM,     STILL, "*-mix",       "*",           "-mix",      "Google Photos: automatic mix"},
    {NULL,     STEM,     STILL, "*-bearbeitet", "*",          "-edited",   "Google Photos, German"},
    {NULL,     STEM,     STILL, "*-modifi\xC3\xA9", "*",      "-edited",   "Google Photos, French"},
    {NULL,     STEM,     STILL, "*-ha editado", "*",          "-edited",   "Google Photos, Spanish"},
    {NULL,     STEM,     STILL, "*-editado",   "*",           "-edited",   "Google Photos, Spanish and Portuguese"},
    {NULL,     STEM,     STILL, "*-editada",   "*",           "-edited",   "Google Photos, Portuguese"},
    {NULL,     STEM,     STILL, "*-modificato", "*",          "-edited",   "Google Photos, Italian"},
    {NULL,     STEM,     STILL, "*-bewerkt",   "*",           "-edited",   "Google Photos, Dutch"},
    {NULL,     STEM,     STILL, "*-edytowane", "*",           "-edited",   "Google Photos, Polish"},
    {NULL,     STEM,     STILL, "*-editat",    "*",           "-edited",   "Google Photos, Catalan"},
    {NULL,     STEM,     STILL, "*-\xE7\xB7\xA8\xE9\x9B\x86\xE6\xB8\x88\xE3\x81\xBF", "*", "-edited", "Google Photos, Japanese"},
    {NULL,     STEM,     STILL, "*-modifie\xCC\x81", "*", "-edited", "Google Photos, French, decomposed"},
    {NULL,     STEM,     STILL, "*-\xE7\xBC\x96\xE8\xBE\x91", "*", "-edited", "Google Photos, Chinese"},
    {NULL,     STEM,     STILL, "*-\xE5\xB7\xB2\xE7\xB7\xA8\xE8\xBC\xAF", "*", "-edited", "Google Photos, Chinese (Taiwan)"},
    {NULL,     STEM,     STILL, NULL,          NULL,          NULL,        NULL},
};
/* clang-format on */

bool gls_is_companion_name(const char *name)
{
    const char *extension = gls_path_extension(name);

    for (const struct gls_companion_rule *rule = gls_companion_rules; rule->source != NULL; rule++)
        if (gls_ascii_equal(rule->extension, extension))
            return true;
    return false;
}

bool gls_rule_of_library(struct gls_companion_rule *out, struct gls_strbuf *pattern,
                         const struct gls_companion_rule *rule)
{
    gls_strbuf_clear(pattern);
    gls_strbuf_add_char(pattern, '*');
    gls_strbuf_add_str(pattern, rule->variant);
    *out = *rule;
    out->stem = gls_strbuf_str(pattern);
    out->base = "*";
    return rule->variant[strspn(rule->variant, "-%")] != '\0';
}

/* How many bytes the pattern takes besides its shared part. */
static size_t fixed_size(const char *pattern)
{
    size_t size = 0;

    for (; *pattern != '\0'; pattern++)
        size += *pattern != '*' && *pattern != '+';
    return size;
}

/* The parts of a name that a pattern took out of it. */
struct parts {
    const char *shared; /* of '*' or '+' */
    size_t shared_size;
    char digits[16]; /* of each '#' */
    char own[16];    /* of each '%' */
    size_t digit_count, own_count;
};

/* Does a name end as the pattern does? The cheap question that most names fail. */
static bool may_end(const char *pattern, const char *stem, size_t size)
{
    size_t length = strlen(pattern);
    char last = length > 0 ? pattern[length - 1] : '*';

    if (last == '*' || size == 0)
        return true;
    if (last == '+' || last == '#' || last == '%')
        return gls_ascii_is_digit(stem[size - 1]);
    return gls_ascii_lower(last) == gls_ascii_lower(stem[size - 1]);
}

static bool take_apart(struct parts *parts, const char *pattern, const char *stem, size_t size)
{
    size_t fixed = fixed_size(pattern);
    bool has_shared = pattern[strcspn(pattern, "*+")] != '\0';

    if (has_shared ? size <= fixed : size != fixed)
        return false;
    for (const char *at = stem; *pattern != '\0'; pattern++) {
        size_t used = *pattern == '*' || *pattern == '+' ? size - fixed : 1;
        if (*pattern == '+' || *pattern == '#' || *pattern == '%') {
            for (size_t i = 0; i < used; i++)
                if (!gls_ascii_is_digit(at[i]))
                    return false;
        }
        if (*pattern == '*' || *pattern == '+') {
            parts->shared = at;
            parts->shared_size = used;
        } else if (*pattern == '#') {
            parts->digits[parts->digit_count++] = *at;
        } else if (*pattern == '%') {
            parts->own[parts->own_count++] = *at;
        } else if (gls_ascii_lower(*pattern) != gls_ascii_lower(*at)) {
            return false;
        }
        at += used;
    }
    return true;
}

static void put_together(struct gls_strbuf *out, const char *pattern, const struct parts *parts)
{
    size_t digit = 0;
    size_t own = 0;

    gls_strbuf_clear(out);
    gls_strbuf_add(out, "", 0);
    for (; *pattern != '\0'; pattern++) {
        if (*pattern == '*' || *pattern == '+')
            gls_strbuf_add(out, parts->shared, parts->shared_size);
        else if (*pattern == '#')
            gls_strbuf_add_char(out, parts->digits[digit++]);
        else if (*pattern == '%')
            gls_strbuf_add_char(out, parts->own[own++]);
        else
            gls_strbuf_add_char(out, *pattern);
    }
}

bool gls_rule_match(const struct gls_companion_rule *rule, const char *stem, size_t size,
                    struct gls_strbuf *base, struct gls_strbuf *variant)
{
    struct parts parts = {.shared = ""};

    if (!may_end(rule->stem, stem, size) || !take_apart(&parts, rule->stem, stem, size))
        return false;
    put_together(base, rule->base, &parts);
    put_together(variant, rule->variant, &parts);
    return true;
}
