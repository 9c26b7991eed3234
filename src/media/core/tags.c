/* SPDX-License-Identifier: MIT */
#include "media/core/tags.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/path.h"
#include "base/timestamp.h"

/* One millionth of a degree is a tenth of a metre: what position tags hold. */
#define POSITION_TOLERANCE 1e-6

bool gls_tags_is_empty(const struct gls_tags *tags)
{
    return tags->title == NULL && tags->album == NULL && tags->original_name == NULL &&
           !tags->clear_title && !tags->clear_album && !tags->set_date && !tags->set_position &&
           !tags->clear_position && !gls_tags_need_xmp(tags);
}

bool gls_tags_need_xmp(const struct gls_tags *tags)
{
    return tags->description != NULL || tags->rating != 0 || tags->people_count > 0 ||
           tags->album_count > 0 || tags->left_album_count > 0;
}

/* C0 controls, DEL and C1 controls (which are C2 80..C2 9F in UTF-8). */
static bool has_control(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        if (*p < 0x20 || *p == 0x7f || (*p == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f)) {
            return true;
        }
    }
    return false;
}

/* U+FFFE and U+FFFF are valid UTF-8 and yet no XML can hold them. */
static bool has_noncharacter(const char *text)
{
    for (const char *p = strstr(text, "\xef\xbf"); p != NULL; p = strstr(p + 2, "\xef\xbf")) {
        if (p[2] == '\xbe' || p[2] == '\xbf') {
            return true;
        }
    }
    return false;
}

static bool is_blank(const char *text, size_t size)
{
    return strspn(text, " ") == size;
}

static bool check_text(const char *what, const char *text, struct gls_error *error)
{
    if (text == NULL) {
        return true;
    }
    size_t size = strlen(text);
    if (size > GLS_TEXT_TAG_MAX) {
        return gls_fail(error, GLS_ERROR_ARGUMENT,
                        "the %s has %zu bytes; at most %d can be written", what, size,
                        GLS_TEXT_TAG_MAX);
    }
    if (!gls_utf8_is_valid(text, size)) {
        return gls_fail(error, GLS_ERROR_ARGUMENT, "the %s is not valid UTF-8", what);
    }
    if (is_blank(text, size)) {
        return gls_fail(error, GLS_ERROR_ARGUMENT, "the %s is blank; clear it instead", what);
    }
    if (has_control(text) || has_noncharacter(text)) {
        return gls_fail(error, GLS_ERROR_ARGUMENT,
                        "the %s holds a control character; write it without", what);
    }
    return true;
}

bool gls_text_tag_is_writable(const char *text)
{
    struct gls_error ignored = GLS_ERROR_INIT;
    return check_text("text", text, &ignored);
}

static bool check_texts(const char *what, char *const *texts, size_t count, struct gls_error *error)
{
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        ok = check_text(what, texts[i], error);
    }
    return ok;
}

static bool in_range(double value, double limit)
{
    return isfinite(value) && value >= -limit && value <= limit;
}

bool gls_tags_check(const struct gls_tags *tags, struct gls_error *error)
{
    if (!check_text("title", tags->title, error) || !check_text("album", tags->album, error) ||
        !check_text("original name", tags->original_name, error) ||
        !check_text("description", tags->description, error) ||
        !check_texts("name of a person", tags->people, tags->people_count, error) ||
        !check_texts("album", tags->albums, tags->album_count, error)) {
        return false;
    }
    if (tags->rating < 0 || tags->rating > 5) {
        return gls_fail(error, GLS_ERROR_ARGUMENT, "a rating is 1 to 5");
    }
    if ((tags->clear_title && tags->title != NULL) || (tags->clear_album && tags->album != NULL) ||
        (tags->clear_position && tags->set_position)) {
        return gls_fail(error, GLS_ERROR_ARGUMENT, "a tag cannot be set and cleared at once");
    }
    if (tags->set_date && !gls_datetime_is_valid(&tags->date)) {
        return gls_fail(error, GLS_ERROR_ARGUMENT, "the date is impossible");
    }
    if (tags->set_position &&
        (!in_range(tags->latitude, 90.0) || !in_range(tags->longitude, 180.0))) {
        return gls_fail(error, GLS_ERROR_ARGUMENT,
                        "the position is outside -90..90, -180..180 degrees");
    }
    if (tags->set_position && tags->latitude == 0.0 && tags->longitude == 0.0) {
        return gls_fail(error, GLS_ERROR_ARGUMENT,
                        "0,0 is what receivers without a fix write, and no position; to remove "
                        "one, clear it");
    }
    return true;
}

/* Blanks around a text do not count: reading trims them. */
static bool text_is_stated(const char *requested, bool clear, const char *present)
{
    if (clear) {
        return present == NULL;
    }
    if (requested == NULL) {
        return true;
    }
    if (present == NULL) {
        return false;
    }
    requested += strspn(requested, " ");
    size_t size = strlen(requested);
    while (size > 0 && requested[size - 1] == ' ') {
        size--;
    }
    return strlen(present) == size && memcmp(requested, present, size) == 0;
}

static bool date_is_stated(const struct gls_tags *tags, const struct gls_media *media)
{
    if (!media->has_date) {
        return false;
    }
    bool both = tags->date.has_offset && media->date.has_offset;
    if (media->date_is_utc && tags->date.has_offset) {
        /* The container keeps the instant alone; that must be the same. */
        struct gls_datetime utc = media->date;
        utc.has_offset = true;
        utc.utc_offset_s = 0;
        return gls_datetime_to_utc_s(&utc) == gls_datetime_to_utc_s(&tags->date);
    }
    if (both && tags->date.utc_offset_s != media->date.utc_offset_s) {
        return false;
    }
    return gls_datetime_to_civil_s(&tags->date) == gls_datetime_to_civil_s(&media->date);
}

static bool position_is_stated(const struct gls_tags *tags, const struct gls_media *media)
{
    double turn = fabs(tags->longitude - media->longitude);
    /* 180 east and 180 west are one meridian. */
    return media->has_position && fabs(tags->latitude - media->latitude) <= POSITION_TOLERANCE &&
           (turn <= POSITION_TOLERANCE || fabs(turn - 360.0) <= POSITION_TOLERANCE);
}

static bool lists(char *const *texts, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(texts[i], text) == 0) {
            return true;
        }
    }
    return false;
}

static bool additions_are_stated(const struct gls_tags *tags, const struct gls_media *media)
{
    bool all = (tags->description == NULL || media->description != NULL) &&
               (tags->rating == 0 || media->rating != 0);
    for (size_t i = 0; all && i < tags->left_album_count; i++) {
        all = !lists(media->albums, media->album_count, tags->left_albums[i]);
    }
    for (size_t i = 0; all && i < tags->people_count; i++) {
        all = lists(media->people, media->people_count, tags->people[i]);
    }
    for (size_t i = 0; all && i < tags->album_count; i++) {
        all = lists(media->albums, media->album_count, tags->albums[i]);
    }
    return all;
}

bool gls_tags_are_stated(const struct gls_tags *tags, const struct gls_media *media)
{
    return text_is_stated(tags->title, tags->clear_title, media->title) &&
           text_is_stated(tags->album, tags->clear_album, media->album) &&
           text_is_stated(tags->original_name, false, media->original_name) &&
           (!tags->set_date || date_is_stated(tags, media)) &&
           (!tags->set_position || position_is_stated(tags, media)) &&
           (!tags->clear_position || !media->has_position) && additions_are_stated(tags, media);
}
