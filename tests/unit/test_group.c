/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "base/strbuf.h"
#include "engine/scan/companion.h"

enum { NAMES_AT_MOST = 12 };

/* Content identifiers by name, "name=id" separated by blanks; and who was asked. */
struct oracle {
    const struct gls_group_file *files;
    const char *identifiers;
    size_t asked;
};

static bool content_id(void *user, size_t index, char out[64])
{
    struct oracle *oracle = user;
    const char *name = oracle->files[index].name;
    size_t size = strlen(name);

    oracle->asked++;
    for (const char *at = oracle->identifiers; (at = strstr(at, name)) != NULL; at += size)
        if (at[size] == '=')
            return sscanf(at + size + 1, "%63s", out) == 1;
    return false;
}

/* Units as text: members separated by blanks, each "name>suffix", the primary
 * with a '*', sidecars followed by '@' and the media they belong to, orphans by
 * '!'; units separated by " | ". */
static void describe(struct gls_strbuf *out, const struct gls_group *group,
                     const struct gls_group_file *files)
{
    for (size_t u = 0; u < group->unit_count; u++) {
        const struct gls_group_unit *unit = &group->units[u];
        gls_strbuf_add_str(out, u > 0 ? " | " : "");
        for (size_t i = 0; i < unit->count; i++) {
            size_t index = group->order[unit->first + i];
            const struct gls_group_file *file = &files[index];
            assert_int_equal(file->unit, u);
            gls_strbuf_addf(out, "%s%s%s>%s", i > 0 ? " " : "",
                            index == unit->primary && unit->count > 1 ? "*" : "", file->name,
                            file->suffix);
            if (file->is_orphan)
                gls_strbuf_add_char(out, '!');
            else if (file->role != GLS_SCAN_MEDIA)
                gls_strbuf_addf(out, "@%s", files[file->of].name);
        }
    }
}

static const struct {
    const char *what;
    const char *names[NAMES_AT_MOST]; /* sorted, up to NULL */
    const char *identifiers;
    const char *units;
    size_t asked;
} cases[] = {
    {"nothing", {NULL}, "", "", 0},
    {"strangers", {"a.jpg", "b.JPG", NULL}, "", "a.jpg>.jpg | b.JPG>.JPG", 0},
    {"raw and jpeg",
     {"DSC_1.JPG", "DSC_1.NEF", "DSC_2.JPG", NULL},
     "",
     "*DSC_1.JPG>.JPG DSC_1.NEF>.NEF | DSC_2.JPG>.JPG",
     0},
    {"case of stems", {"DSC_1.NEF", "dsc_1.jpg", NULL}, "", "DSC_1.NEF>.NEF *dsc_1.jpg>.jpg", 0},
    {"two raws", {"a.dng", "a.nef", NULL}, "", "*a.dng>.dng a.nef>.nef", 0},
    {"raw, heic and jpeg",
     {"a.arw", "a.heic", "a.jpg", NULL},
     "",
     "a.arw>.arw *a.heic>.heic a.jpg>.jpg",
     0},
    {"stills without a raw are two shots",
     {"a.heic", "a.jpg", "a.png", NULL},
     "",
     "a.heic>.heic | a.jpg>.jpg | a.png>.png",
     0},
    {"same name in two cases",
     {"a.JPG", "a.jpg", "a.nef", NULL},
     "",
     "*a.JPG>.JPG a.nef>.nef | a.jpg>.jpg",
     0},
    {"live photo", {"IMG_1.HEIC", "IMG_1.MOV", NULL}, "", "*IMG_1.HEIC>.HEIC IMG_1.MOV>.MOV", 0},
    {"jpeg and mp4", {"a.jpg", "a.mp4", NULL}, "", "*a.jpg>.jpg a.mp4>.mp4", 0},
    {"one movie of two",
     {"a.heic", "a.mov", "a.mp4", NULL},
     "",
     "*a.heic>.heic a.mov>.mov | a.mp4>.mp4",
     0},
    {"movie goes to the heic",
     {"a.heic", "a.jpg", "a.mov", NULL},
     "",
     "*a.heic>.heic a.mov>.mov | a.jpg>.jpg",
     0},
    {"nef and mov are no pair", {"a.mov", "a.nef", NULL}, "", "a.mov>.mov | a.nef>.nef", 0},
    {"png, text and audio stand alone",
     {"a.jpg", "a.m4a", "a.png", "a.txt", NULL},
     "",
     "a.jpg>.jpg | a.m4a>.m4a | a.png>.png | a.txt>.txt",
     0},
    {"live photo by identifier",
     {"IMG_7.HEIC", "IMG_7_HEVC.MOV", "IMG_8.HEIC", NULL},
     "IMG_7.HEIC=X IMG_7_HEVC.MOV=X IMG_8.HEIC=Y",
     "*IMG_7.HEIC>.HEIC IMG_7_HEVC.MOV>.MOV | IMG_8.HEIC>.HEIC",
     2},
    {"identifier among strangers",
     {"a.jpg", "b.heic", "c.mov", NULL},
     "b.heic=X c.mov=X",
     "a.jpg>.jpg | *b.heic>.heic c.mov>.mov",
     3},
    {"other identifier",
     {"IMG_7.HEIC", "IMG_7_HEVC.MOV", NULL},
     "IMG_7.HEIC=X IMG_7_HEVC.MOV=Y",
     "IMG_7.HEIC>.HEIC | IMG_7_HEVC.MOV>.MOV",
     2},
    {"movie without identifier asks no still",
     {"a.heic", "b.heic", "c.mov", NULL},
     "",
     "a.heic>.heic | b.heic>.heic | c.mov>.mov",
     1},
    {"paired ones are not asked",
     {"a.heic", "a.mov", "c.mov", NULL},
     "c.mov=X a.heic=X",
     "*a.heic>.heic a.mov>.mov | c.mov>.mov",
     0},
    {"mp4 is not asked",
     {"a.heic", "c.mp4", NULL},
     "c.mp4=X a.heic=X",
     "a.heic>.heic | c.mp4>.mp4",
     0},
    {"xmp by whole name",
     {"a.jpg", "a.jpg.xmp", "a.nef", "a.nef.xmp", NULL},
     "",
     "*a.jpg>.jpg a.jpg.xmp>.jpg.xmp@a.jpg a.nef>.nef a.nef.xmp>.nef.xmp@a.nef",
     0},
    {"xmp by stem goes to the raw",
     {"a.jpg", "a.nef", "a.xmp", NULL},
     "",
     "*a.jpg>.jpg a.nef>.nef a.xmp>.xmp@a.nef",
     0},
    {"xmp of a movie, a png, a text",
     {"a.mkv", "a.mkv.xmp", "b.png", "b.xmp", "c.txt", "c.txt.xmp", "d.txt", "d.xmp", NULL},
     "",
     "*a.mkv>.mkv a.mkv.xmp>.mkv.xmp@a.mkv | *b.png>.png b.xmp>.xmp@b.png | "
     "*c.txt>.txt c.txt.xmp>.txt.xmp@c.txt | d.txt>.txt | d.xmp>.xmp!",
     0},
    {"xmp in upper case",
     {"A.JPG", "a.jpg.XMP", NULL},
     "",
     "*A.JPG>.JPG a.jpg.XMP>.JPG.XMP@A.JPG",
     0},
    {"orphans",
     {"b.xmp", "c.AAE", "d.jpg.json", "package.json", NULL},
     "",
     "b.xmp>.xmp! | c.AAE>.AAE! | d.jpg.json>.json! | package.json>.json!",
     0},
    {"apple's edits",
     {"IMG_12.AAE", "IMG_12.HEIC", "IMG_12.MOV", "IMG_E12.HEIC", "IMG_E12.MOV", "IMG_O12.AAE",
      NULL},
     "",
     "IMG_12.AAE>.AAE@IMG_12.HEIC *IMG_12.HEIC>.HEIC IMG_12.MOV>.MOV "
     "IMG_E12.HEIC>-edited.HEIC IMG_E12.MOV>-edited.MOV IMG_O12.AAE>-original.AAE@IMG_12.HEIC",
     0},
    {"edit without its original",
     {"IMG_E12.JPG", "IMG_E12.MOV", NULL},
     "",
     "*IMG_E12.JPG>.JPG IMG_E12.MOV>.MOV",
     0},
    {"edited jpeg of a heic",
     {"IMG_12.HEIC", "IMG_E12.JPG", "IMG_E12.xmp", NULL},
     "",
     "*IMG_12.HEIC>.HEIC IMG_E12.JPG>-edited.JPG IMG_E12.xmp>-edited.xmp@IMG_E12.JPG",
     0},
    {"no apple names",
     {"IMG_1.JPG", "IMG_E1x.JPG", "IMG_X1.JPG", NULL},
     "",
     "IMG_1.JPG>.JPG | IMG_E1x.JPG>.JPG | IMG_X1.JPG>.JPG",
     0},
    {"takeout",
     {"a.jpg", "a.jpg.json", "b.mp4", "b.mp4.supplemental-metadata.json", NULL},
     "",
     "*a.jpg>.jpg a.jpg.json>.jpg.json@a.jpg | "
     "*b.mp4>.mp4 b.mp4.supplemental-metadata.json>.mp4.supplemental-metadata.json@b.mp4",
     0},
    {"takeout, cut",
     {"a.jpg", "a.jpg..json", "b.jpg", "b.jpg.supplem.json", "c.jpg.suppose.json", NULL},
     "",
     "*a.jpg>.jpg a.jpg..json>.jpg..json@a.jpg | "
     "*b.jpg>.jpg b.jpg.supplem.json>.jpg.supplem.json@b.jpg | c.jpg.suppose.json>.json!",
     0},
    {"takeout, numbered",
     {"a(1).jpg", "a.jpg", "a.jpg(1).json", "a.jpg.json", "b(2).jpg",
      "b.jpg.supplemental-metadata(2).json", NULL},
     "",
     "*a(1).jpg>.jpg a.jpg(1).json>.jpg.json@a(1).jpg | *a.jpg>.jpg a.jpg.json>.jpg.json@a.jpg | "
     "*b(2).jpg>.jpg b.jpg.supplemental-metadata(2).json>.jpg.json@b(2).jpg",
     0},
    {"takeout, name cut too",
     {"a-name-with-46-bytes-before-the-cut-comes-ok12.json",
      "a-name-with-46-bytes-before-the-cut-comes-ok1234.jpg", NULL},
     "",
     "a-name-with-46-bytes-before-the-cut-comes-ok12.json>.jpg.json"
     "@a-name-with-46-bytes-before-the-cut-comes-ok1234.jpg "
     "*a-name-with-46-bytes-before-the-cut-comes-ok1234.jpg>.jpg",
     0},
    {"takeout, cut names that are numbered",
     {"a-name-with-46-bytes-before-the-cut-comes-ok12(1).json",
      "a-name-with-46-bytes-before-the-cut-comes-ok12.json",
      "a-name-with-46-bytes-before-the-cut-comes-ok123(1).jpg",
      "a-name-with-46-bytes-before-the-cut-comes-ok123.jpg", NULL},
     "",
     "a-name-with-46-bytes-before-the-cut-comes-ok12(1).json>.jpg.json"
     "@a-name-with-46-bytes-before-the-cut-comes-ok123(1).jpg "
     "*a-name-with-46-bytes-before-the-cut-comes-ok123(1).jpg>.jpg | "
     "a-name-with-46-bytes-before-the-cut-comes-ok12.json>.jpg.json"
     "@a-name-with-46-bytes-before-the-cut-comes-ok123.jpg "
     "*a-name-with-46-bytes-before-the-cut-comes-ok123.jpg>.jpg",
     0},
    {"takeout, by the stem alone",
     {"a.jpg", "a.json", "b.heic", "b.json", "b.mp4", "c(1).png", "c(1).json", NULL},
     "",
     "*a.jpg>.jpg a.json>.jpg.json@a.jpg | "
     "*b.heic>.heic b.json>.heic.json@b.heic b.mp4>.mp4 | "
     "*c(1).png>.png c(1).json>.png.json@c(1).png",
     0},
    {"takeout, edited: a picture of its own",
     {"a-edited.jpg", "a.jpg", "a.jpg.supplemental-meta.json", NULL},
     "",
     "a-edited.jpg>.jpg | *a.jpg>.jpg "
     "a.jpg.supplemental-meta.json>.jpg.supplemental-meta.json@a.jpg",
     0},
    {"takeout, cut name of two",
     {"a-name-with-46-bytes-before-the-cut-comes-ok12.json",
      "a-name-with-46-bytes-before-the-cut-comes-ok123.jpg",
      "a-name-with-46-bytes-before-the-cut-comes-ok124.jpg", NULL},
     "",
     "a-name-with-46-bytes-before-the-cut-comes-ok12.json>.json! | "
     "a-name-with-46-bytes-before-the-cut-comes-ok123.jpg>.jpg | "
     "a-name-with-46-bytes-before-the-cut-comes-ok124.jpg>.jpg",
     0},
    {"hidden names",
     {".a.jpg", ".a.xmp", ".jpg", ".xmp", NULL},
     "",
     "*.a.jpg>.jpg .a.xmp>.xmp@.a.jpg | .jpg> | .xmp>",
     0},
};

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_group_file files[NAMES_AT_MOST] = {0};
        struct gls_group group;
        struct oracle oracle = {files, cases[i].identifiers, 0};
        const struct gls_group_asker asker = {&oracle, content_id};
        size_t count = 0;
        for (; cases[i].names[count] != NULL; count++)
            files[count].name = cases[i].names[count];
        assert_true(gls_group_files(&group, files, count, &asker, &error));
        describe(&text, &group, files);
        if (strcmp(gls_strbuf_str(&text), cases[i].units) != 0)
            fail_msg("%s: %s", cases[i].what, gls_strbuf_str(&text));
        if (oracle.asked != cases[i].asked)
            fail_msg("%s: asked %zu", cases[i].what, oracle.asked);
        gls_group_clear(&group, files, count);
    }
}

/* A file that cannot be imported takes nothing with it. */
static void test_stands_alone(void **state)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_group_file files[] = {{.name = "a.jpg", .stands_alone = true},
                                     {.name = "a.jpg.xmp"},
                                     {.name = "a.nef"},
                                     {.name = "a.xmp"}};
    struct gls_group group;

    (void)state;
    assert_true(gls_group_files(&group, files, 4, NULL, &error));
    describe(&text, &group, files);
    assert_string_equal(text.data, "a.jpg>.jpg | a.jpg.xmp>.xmp! | "
                                   "*a.nef>.nef a.xmp>.xmp@a.nef");
    gls_group_clear(&group, files, 4);
}

/* Hostile folders: thousands of names that all look like one another's companions. */
static void test_hostile(void **state)
{
    enum { FILES = 20000 };
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_group_file *files = calloc(FILES, sizeof(*files));
    char(*names)[64] = calloc(FILES, sizeof(*names));
    struct gls_group group;
    struct oracle oracle = {files, "", 0};
    const struct gls_group_asker asker = {&oracle, content_id};
    size_t seen = 0;

    (void)state;
    for (int shape = 0; shape < 3; shape++) {
        for (size_t i = 0; i < FILES; i++) {
            static const char *const extensions[] = {"jpg", "json", "nef", "xmp"};
            strcpy(names[i], "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
            if (shape == 0) {
                for (size_t bit = 0; bit < 16; bit++)
                    names[i][bit] = (char)((i / 4) >> (15 - bit) & 1 ? 'a' : 'A');
                sprintf(names[i] + 51, ".%s", extensions[i % 4]);
            } else if (shape == 1) {
                sprintf(names[i] + 46, "%05zu.%s", i, i % 2 ? "json" : "jpg");
            } else {
                sprintf(names[i] + 40, "%05zu.%s", i, i % 2 ? "mov" : "heic");
            }
        }
        qsort(names, FILES, sizeof(*names), (int (*)(const void *, const void *))strcmp);
        for (size_t i = 0; i < FILES; i++)
            files[i] = (struct gls_group_file){.name = names[i]};
        assert_true(gls_group_files(&group, files, FILES, &asker, &error));
        seen = 0;
        for (size_t u = 0; u < group.unit_count; u++) {
            assert_in_range(group.units[u].count, 1, 64);
            seen += group.units[u].count;
        }
        assert_int_equal(seen, FILES);
        gls_group_clear(&group, files, FILES);
    }
    free(names);
    free(files);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_stands_alone),
        cmocka_unit_test(test_hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
