/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include "base/strbuf.h"
#include "engine/scan/companion.h"

enum { NAMES_AT_MOST = 13 };

/* What files state, by name, "name=WORD" separated by blanks; and how many were asked. A word is
 * an identifier, "@B1" one of a burst of Apple's, "@A" that it is Apple's, "@L100" a local time in
 * seconds, "@U100" one in UTC, "@!" that the file cannot be read; of a JSON it is the title. */
struct oracle {
    const struct gls_group *group;
    const char *says;
    size_t asked;
};

static bool find_word(const struct oracle *oracle, size_t index, char out[64])
{
    const char *name = gls_group_name(oracle->group, index);
    size_t size = strlen(name);

    for (const char *at = oracle->says; (at = strstr(at, name)) != NULL; at += size)
        if (at[size] == '=' && (at == oracle->says || at[-1] == ' '))
            return sscanf(at + size + 1, "%63s", out) == 1;
    return false;
}

static bool tell_facts(void *user, size_t index, struct gls_shot_facts *out)
{
    struct oracle *oracle = user;
    char word[64] = "";
    long long seconds = 0;

    oracle->asked++;
    out->is_movie = gls_name_kind_of(gls_group_name(oracle->group, index)) == GLS_NAME_MOVIE;
    if (!find_word(oracle, index, word))
        return true;
    if (sscanf(word, "@L%lld", &seconds) == 1)
        out->has_local = true;
    else if (sscanf(word, "@U%lld", &seconds) == 1)
        out->has_utc = true;
    else if (word[0] == '@')
        strcpy(out->burst_id, word[1] == 'B' ? word : "");
    else
        strcpy(out->content_id, word);
    out->is_apple = word[0] == '@' && (word[1] == 'A' || word[1] == 'B');
    out->local_s = seconds;
    out->utc_s = seconds;
    return strcmp(word, "@!") != 0;
}

static bool tell_title(void *user, size_t index, struct gls_strbuf *out)
{
    struct oracle *oracle = user;
    char word[64] = "";

    oracle->asked++;
    gls_strbuf_add_str(out, find_word(oracle, index, word) ? word : "");
    return true;
}

/* Units as text: members separated by blanks, each "name>suffix", the primary with a
 * '*', companions followed by '@' and the media they belong to, orphans by '!', what
 * could not be read by '?'; units separated by " | ". */
static size_t describe(struct gls_strbuf *out, struct gls_group *group)
{
    struct gls_group_unit unit;
    size_t files = 0;

    while (gls_group_next(group, &unit)) {
        gls_strbuf_add_str(out, files > 0 ? " | " : "");
        assert_in_range(unit.count, 1, GLS_UNIT_FILES_AT_MOST);
        for (size_t i = 0; i < unit.count; i++) {
            size_t index = unit.files[i];
            const struct gls_group_file *file = &group->files[index];
            gls_strbuf_addf(out, "%s%s%s>%s", i > 0 ? " " : "",
                            index == unit.primary && unit.count > 1 ? "*" : "",
                            gls_group_name(group, index), gls_group_suffix(group, index));
            if (file->is_unseen)
                gls_strbuf_add_char(out, '?');
            if (file->is_orphan)
                gls_strbuf_add_char(out, '!');
            else if (file->role != GLS_SCAN_MEDIA)
                gls_strbuf_addf(out, "@%s",
                                gls_group_name(group, gls_group_media_of(group, unit.files[i])));
        }
        files += unit.count;
    }
    return files;
}

static struct gls_group_file *add(struct gls_group *group, const char *name)
{
    if (group->texts.size == 0)
        gls_strbuf_add_char(&group->texts, '\0');
    uint32_t offset = (uint32_t)group->texts.size;
    gls_strbuf_add(&group->texts, name, strlen(name) + 1);
    return gls_group_add(group, offset);
}

static const struct {
    const char *what;
    const char *names[NAMES_AT_MOST]; /* up to NULL */
    const char *says;
    const char *units;
    size_t asked;
} cases[] = {
    {"nothing", {NULL}, "", "", 0},
    {"unrelated", {"a.jpg", "b.JPG", NULL}, "", "a.jpg>.jpg | b.JPG>.JPG", 0},
    {"raw and jpeg",
     {"DSC_1.JPG", "DSC_1.NEF", "DSC_2.JPG", NULL},
     "",
     "*DSC_1.JPG>.JPG DSC_1.NEF>.NEF | "
     "DSC_2.JPG>.JPG",
     2},
    {"case of stems", {"DSC_1.NEF", "dsc_1.jpg", NULL}, "", "*dsc_1.jpg>.jpg DSC_1.NEF>.NEF", 2},
    {"two raws", {"a.dng", "a.nef", NULL}, "", "*a.dng>.dng a.nef>.nef", 2},
    {"raw, heic and jpeg",
     {"a.arw", "a.heic", "a.jpg", NULL},
     "",
     "a.arw>.arw *a.heic>.heic a.jpg>.jpg",
     3},
    {"stills of one stem are one shot; a png is not",
     {"a.heic", "a.jpg", "a.png", NULL},
     "",
     "*a.heic>.heic a.jpg>.jpg | "
     "a.png>.png",
     2},
    {"same name in two cases",
     {"a.JPG", "a.jpg", "a.nef", NULL},
     "",
     "*a.JPG>.JPG a.nef>.nef | "
     "a.jpg>.jpg",
     3},
    {"live photo", {"IMG_1.HEIC", "IMG_1.MOV", NULL}, "", "*IMG_1.HEIC>.HEIC IMG_1.MOV>.MOV", 2},
    {"jpeg and mp4", {"a.jpg", "a.mp4", NULL}, "", "*a.jpg>.jpg a.mp4>.mp4", 2},
    {"one movie of two",
     {"a.heic", "a.mov", "a.mp4", NULL},
     "",
     "*a.heic>.heic a.mov>.mov | "
     "a.mp4>.mp4",
     2},
    {"heic, jpeg and movie are one shot",
     {"a.heic", "a.jpg", "a.mov", NULL},
     "",
     "*a.heic>.heic a.jpg>.jpg a.mov>.mov",
     3},
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
    {"identifier among unrelated",
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
    {"a movie for a still that has one",
     {"a.heic", "a.mov", "c.mov", NULL},
     "c.mov=X a.heic=X",
     "*a.heic>.heic a.mov>.mov | "
     "c.mov>.mov",
     2},
    {"frames of bursts, of an iPhone",
     {"IMG_0001.HEIC", "IMG_0002.JPG", "IMG_0003.AAE", "IMG_0003.JPG", "IMG_0004.JPG",
      "IMG_0005.JPG", "IMG_0006.JPG", "IMG_006.JPG", NULL},
     "IMG_0001.HEIC=@A IMG_0002.JPG=@B1 IMG_0003.JPG=@B1 IMG_0004.JPG=@B2 IMG_0005.JPG=@B2",
     "IMG_0001.HEIC>.HEIC | *IMG_0002.JPG>.JPG IMG_0003.AAE>-burst-0003.AAE@IMG_0003.JPG "
     "IMG_0003.JPG>-burst-0003.JPG | *IMG_0004.JPG>.JPG IMG_0005.JPG>-burst-0005.JPG | "
     "IMG_0006.JPG>.JPG | IMG_006.JPG>.JPG",
     6},
    {"a frame of a burst with its edited version, as they come and as glassine files them",
     {"IMG_0002.JPG", "IMG_0003.AAE", "IMG_0003.JPG", "IMG_E0003.JPG", "a-burst-0003-edited.jpg",
      "a-burst-0003.jpg", "a.jpg", NULL},
     "IMG_0002.JPG=@B1 IMG_0003.JPG=@B1",
     "*a.jpg>.jpg a-burst-0003.jpg>-burst-0003.jpg a-burst-0003-edited.jpg>-burst-0003-edited.jpg "
     "| "
     "*IMG_0002.JPG>.JPG IMG_0003.AAE>-burst-0003.AAE@IMG_0003.JPG "
     "IMG_0003.JPG>-burst-0003.JPG IMG_E0003.JPG>-burst-0003-edited.JPG",
     6},
    {"frames of a burst in two formats, which do not go together",
     {"IMG_0002.HEIC", "IMG_0002.JPG", "IMG_0003.DNG", "IMG_0003.JPG", NULL},
     "IMG_0002.HEIC=@B1 IMG_0002.JPG=@B1 IMG_0003.DNG=@B1 IMG_0003.JPG=@B1",
     "*IMG_0002.HEIC>.HEIC IMG_0002.JPG>.JPG | IMG_0003.DNG>.DNG *IMG_0003.JPG>.JPG",
     4},
    {"another maker's pictures are not asked on",
     {"IMG_0001.JPG", "IMG_0002.JPG", "IMG_0003.JPG", "IMG_0004.JPG", "IMG_0005.JPG",
      "IMG_0006.JPG", "IMG_0007.JPG", "IMG_0008.JPG", "IMG_0009.JPG", "IMG_0010.JPG",
      "IMG_0011.JPG", NULL},
     "IMG_0010.JPG=@B1 IMG_0011.JPG=@B1",
     "IMG_0001.JPG>.JPG | IMG_0002.JPG>.JPG | IMG_0003.JPG>.JPG | IMG_0004.JPG>.JPG | "
     "IMG_0005.JPG>.JPG | IMG_0006.JPG>.JPG | IMG_0007.JPG>.JPG | IMG_0008.JPG>.JPG | "
     "IMG_0009.JPG>.JPG | IMG_0010.JPG>.JPG | IMG_0011.JPG>.JPG",
     9},
    {"a movie of an edited motion photo whose picture is not edited",
     {"PXL_1.MP", "PXL_1.MP.jpg", "PXL_1.MP~2", "PXL_2.MV", "PXL_2.jpg", NULL},
     "",
     "PXL_1.MP>.MP PXL_1.MP~2>.MP~2 *PXL_1.MP.jpg>.jpg | *PXL_2.jpg>.jpg PXL_2.MV>.MV",
     5},
    {"JSONs that are cut to one name: the second is numbered, its picture is not",
     {"a234567890123456789012345678901234567890123456(1).json",
      "a234567890123456789012345678901234567890123456.json",
      "a2345678901234567890123456789012345678901234561.jpg",
      "a2345678901234567890123456789012345678901234562.jpg", NULL},
     "a234567890123456789012345678901234567890123456(1).json="
     "a2345678901234567890123456789012345678901234562.jpg "
     "a234567890123456789012345678901234567890123456.json="
     "a2345678901234567890123456789012345678901234561.jpg",
     "a234567890123456789012345678901234567890123456.json>.jpg.json@"
     "a2345678901234567890123456789012345678901234561.jpg "
     "*a2345678901234567890123456789012345678901234561.jpg>.jpg | "
     "a234567890123456789012345678901234567890123456(1).json>.jpg.json@"
     "a2345678901234567890123456789012345678901234562.jpg "
     "*a2345678901234567890123456789012345678901234562.jpg>.jpg",
     3},
    {"the JSON of a second picture that is not there is none of the first",
     {"a234567890123456789012345678901234567890123456(1).json",
      "a234567890123456789012345678901234567890123456.json",
      "a2345678901234567890123456789012345678901234561.jpg", NULL},
     "a234567890123456789012345678901234567890123456(1).json="
     "a2345678901234567890123456789012345678901234561.jpg "
     "a234567890123456789012345678901234567890123456.json="
     "a2345678901234567890123456789012345678901234561.jpg",
     "a234567890123456789012345678901234567890123456.json>.jpg.json@"
     "a2345678901234567890123456789012345678901234561.jpg "
     "*a2345678901234567890123456789012345678901234561.jpg>.jpg | "
     "a234567890123456789012345678901234567890123456(1).json>.json!",
     3},
    {"mp4 is not asked",
     {"a.heic", "c.mp4", NULL},
     "c.mp4=X a.heic=X",
     "a.heic>.heic | c.mp4>.mp4",
     0},
    {"xmp by whole name",
     {"a.jpg", "a.jpg.xmp", "a.nef", "a.nef.xmp", NULL},
     "",
     "*a.jpg>.jpg a.nef>.nef a.jpg.xmp>.jpg.xmp@a.jpg a.nef.xmp>.nef.xmp@a.nef",
     2},
    {"xmp by stem goes to the raw",
     {"a.jpg", "a.nef", "a.xmp", NULL},
     "",
     "*a.jpg>.jpg a.nef>.nef a.xmp>.xmp@a.nef",
     2},
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
     "b.xmp>.xmp! | "
     "c.AAE>.AAE! | "
     "d.jpg.json>.json! | "
     "package.json>.json!",
     2},
    {"apple's edits",
     {"IMG_12.AAE", "IMG_12.HEIC", "IMG_12.MOV", "IMG_E12.HEIC", "IMG_E12.MOV", "IMG_O12.AAE",
      NULL},
     "",
     "IMG_12.AAE>.AAE@IMG_12.HEIC *IMG_12.HEIC>.HEIC IMG_12.MOV>.MOV IMG_E12.HEIC>-edited.HEIC "
     "IMG_E12.MOV>-edited.MOV IMG_O12.AAE>-original.AAE@IMG_12.HEIC",
     4},
    {"edit without its original",
     {"IMG_E12.JPG", "IMG_E12.MOV", NULL},
     "",
     "*IMG_E12.JPG>.JPG IMG_E12.MOV>.MOV",
     2},
    {"edited jpeg of a heic",
     {"IMG_12.HEIC", "IMG_E12.JPG", "IMG_E12.xmp", NULL},
     "",
     "*IMG_12.HEIC>.HEIC IMG_E12.JPG>-edited.JPG IMG_E12.xmp>-edited.xmp@IMG_E12.JPG",
     2},
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
     "*b.jpg>.jpg b.jpg.supplem.json>.jpg.supplem.json@b.jpg | "
     "c.jpg.suppose.json>.json!",
     1},
    {"takeout, numbered",
     {"a(1).jpg", "a.jpg", "a.jpg(1).json", "a.jpg.json", "b(2).jpg",
      "b.jpg.supplemental-metadata(2).json", NULL},
     "",
     "*a.jpg>.jpg a.jpg.json>.jpg.json@a.jpg | "
     "*a(1).jpg>.jpg a.jpg(1).json>.jpg.json@a(1).jpg | "
     "*b(2).jpg>.jpg b.jpg.supplemental-metadata(2).json>.jpg.json@b(2).jpg",
     0},
    {"takeout, name cut too",
     {"a-name-with-46-bytes-before-the-cut-comes-ok12.json",
      "a-name-with-46-bytes-before-the-cut-comes-ok1234.jpg", NULL},
     "",
     "a-name-with-46-bytes-before-the-cut-comes-ok12.json>.jpg.json@a-name-with-46-bytes-before-"
     "the-cut-comes-ok1234.jpg *a-name-with-46-bytes-before-the-cut-comes-ok1234.jpg>.jpg",
     1},
    {"takeout, cut names that are numbered",
     {"a-name-with-46-bytes-before-the-cut-comes-ok12(1).json",
      "a-name-with-46-bytes-before-the-cut-comes-ok12.json",
      "a-name-with-46-bytes-before-the-cut-comes-ok123(1).jpg",
      "a-name-with-46-bytes-before-the-cut-comes-ok123.jpg", NULL},
     "",
     "a-name-with-46-bytes-before-the-cut-comes-ok12.json>.jpg.json@a-name-with-46-bytes-before-"
     "the-cut-comes-ok123.jpg *a-name-with-46-bytes-before-the-cut-comes-ok123.jpg>.jpg | "
     "a-name-with-46-bytes-before-the-cut-comes-ok12(1).json>.jpg.json@a-name-with-46-bytes-before-"
     "the-cut-comes-ok123(1).jpg *a-name-with-46-bytes-before-the-cut-comes-ok123(1).jpg>.jpg",
     2},
    {"takeout, by the stem alone",
     {"a.jpg", "a.json", "b.heic", "b.json", "b.mp4", "c(1).png", "c(1).json", NULL},
     "",
     "*a.jpg>.jpg a.json>.jpg.json@a.jpg | "
     "*b.heic>.heic b.json>.heic.json@b.heic b.mp4>.mp4 | "
     "c(1).json>.png.json@c(1).png *c(1).png>.png",
     5},
    {"takeout, edited",
     {"a-edited.jpg", "a.jpg", "a.jpg.supplemental-meta.json", NULL},
     "",
     "*a.jpg>.jpg a-edited.jpg>-edited.jpg "
     "a.jpg.supplemental-meta.json>.jpg.supplemental-meta.json@a.jpg",
     2},
    {"takeout, cut name of two",
     {"a-name-with-46-bytes-before-the-cut-comes-ok12.json",
      "a-name-with-46-bytes-before-the-cut-comes-ok123.jpg",
      "a-name-with-46-bytes-before-the-cut-comes-ok124.jpg", NULL},
     "",
     "a-name-with-46-bytes-before-the-cut-comes-ok12.json>.json! | "
     "a-name-with-46-bytes-before-the-cut-comes-ok123.jpg>.jpg | "
     "a-name-with-46-bytes-before-the-cut-comes-ok124.jpg>.jpg",
     1},
    {"unrelated of one stem: raw and jpeg",
     {"DSC_7.JPG", "DSC_7.NEF", "DSC_7.xmp", "DSC_7.JPG.json", NULL},
     "DSC_7.JPG=@L1546398245 DSC_7.NEF=@L1336288089",
     "*DSC_7.JPG>.JPG DSC_7.JPG.json>.JPG.json@DSC_7.JPG | *DSC_7.NEF>.NEF "
     "DSC_7.xmp>.xmp@DSC_7.NEF",
     2},
    {"edited by a word that is cut, or that no table has",
     {"a-ha edi(1).jpg", "a-x.jpg", "a-12.jpg", "a(1).jpg", "a.jpg", "a.jpg(1).json", "a.jpg.json",
      "b-edi.jpg", "b.jpg", "c-maria.jpg", "c.jpg", "c.jpg.json", NULL},
     "a-ha edi(1).jpg=@L100 a(1).jpg=@L101 a-x.jpg=@L100 a.jpg=@L100 b-edi.jpg=@L9 b.jpg=@L9",
     "*a.jpg>.jpg a.jpg.json>.jpg.json@a.jpg | *a(1).jpg>.jpg a-ha edi(1).jpg>-edited.jpg "
     "a.jpg(1).json>.jpg.json@a(1).jpg | a-12.jpg>.jpg | a-x.jpg>.jpg | b.jpg>.jpg | "
     "b-edi.jpg>.jpg | *c.jpg>.jpg c.jpg.json>.jpg.json@c.jpg | c-maria.jpg>.jpg",
     4},
    {"edited a second time, as glassine files it; a picture is none of a movie",
     {"a-edited.jpg", "a-reedited.jpg", "a.jpg", "v-mix.jpg", "v.mp4", NULL},
     "",
     "*a.jpg>.jpg a-edited.jpg>-edited.jpg a-reedited.jpg>-reedited.jpg | v.mp4>.mp4 | "
     "v-mix.jpg>.jpg",
     3},
    {"edited by a word that no table has: with a JSON of its own, at another time, as a movie's",
     {"a-muokattu.jpg", "a-muokattu.jpg.json", "a.jpg", "a.jpg.json", "b-muokattu.jpg", "b.jpg",
      "b.jpg.json", "c-muokattu.jpg", "c.jpg", "c.jpg.json", "c.mp4", NULL},
     "b-muokattu.jpg=@L900 b.jpg=@L100 c-muokattu.jpg=@U100 c.jpg=@U100",
     "*a.jpg>.jpg a.jpg.json>.jpg.json@a.jpg | "
     "*a-muokattu.jpg>.jpg a-muokattu.jpg.json>.jpg.json@a-muokattu.jpg | "
     "*b.jpg>.jpg b.jpg.json>.jpg.json@b.jpg | b-muokattu.jpg>.jpg | "
     "*c.jpg>.jpg c.mp4>.mp4 c-muokattu.jpg>-edited.jpg c.jpg.json>.jpg.json@c.jpg",
     5},
    {"unrelated of one stem: three, of which two are one shot",
     {"a.heic", "a.jpg", "a.nef", NULL},
     "a.heic=@L100 a.jpg=@L101 a.nef=@L900",
     "*a.heic>.heic a.jpg>.jpg | a.nef>.nef",
     3},
    {"two seconds are one shot, three are not",
     {"a.jpg", "a.nef", "b.jpg", "b.nef", NULL},
     "a.jpg=@L102 a.nef=@L100 b.jpg=@L103 b.nef=@L100",
     "*a.jpg>.jpg a.nef>.nef | b.jpg>.jpg | b.nef>.nef",
     4},
    {"a movie in UTC: whole quarter hours are a zone, 15 hours are none",
     {"a.heic", "a.mov", "b.heic", "b.mov", "c.heic", "c.mov", NULL},
     "a.heic=@L100000 a.mov=@U79299 b.heic=@L100000 b.mov=@U46000 c.heic=@L100000 c.mov=@U99500",
     "*a.heic>.heic a.mov>.mov | b.heic>.heic | b.mov>.mov | c.heic>.heic | c.mov>.mov",
     6},
    {"a live movie begins before its still, not long before, not after",
     {"a.heic", "a.mov", "b.heic", "b.mov", "c.heic", "c.mov", NULL},
     "a.heic=@L100 a.mov=@L91 b.heic=@L100 b.mov=@L80 c.heic=@L100 c.mov=@L105",
     "*a.heic>.heic a.mov>.mov | b.heic>.heic | b.mov>.mov | c.heic>.heic | c.mov>.mov",
     6},
    {"identifiers decide",
     {"a.heic", "a.mov", "b.heic", "b.mov", NULL},
     "a.heic=X a.mov=X b.heic=X b.mov=Z",
     "*a.heic>.heic a.mov>.mov | b.heic>.heic | b.mov>.mov",
     4},
    {"what is missing contradicts nothing",
     {"a.heic", "a.mov", "b.heic", "b.mov", NULL},
     "a.heic=@L5 b.mov=X",
     "*a.heic>.heic a.mov>.mov | *b.heic>.heic b.mov>.mov",
     4},
    {"a day without a time contradicts another day alone",
     {"a.jpg", "a.nef", "b.jpg", "b.nef", "c.heic", "c.mov", "d.heic", "d.mov", NULL},
     "a.jpg=@L86400 a.nef=@L100000 b.jpg=@L86400 b.nef=@L180000 c.heic=@L86400 c.mov=@U50000 "
     "d.heic=@L86400 d.mov=@U20000",
     "*a.jpg>.jpg a.nef>.nef | b.jpg>.jpg | b.nef>.nef | *c.heic>.heic c.mov>.mov | "
     "d.heic>.heic | d.mov>.mov",
     8},
    {"a midnight that is meant: the other half lies before it",
     {"a.dng", "a.jpg", "b.heic", "b.mov", "c.dng", "c.jpg", NULL},
     "a.jpg=@L86400 a.dng=@L86399 b.heic=@L86400 b.mov=@L86392 c.jpg=@L86400 c.dng=@L86390",
     "a.dng>.dng *a.jpg>.jpg | *b.heic>.heic b.mov>.mov | c.dng>.dng | c.jpg>.jpg",
     6},
    {"what cannot be read may be of the shot",
     {"a.jpg", "a.nef", "b.heic", "c.mov", NULL},
     "a.nef=@! c.mov=@!",
     "*a.jpg>.jpg a.nef>.nef? | b.heic>.heic | c.mov>.mov?",
     3},
    {"edited years later: no version of it",
     {"IMG_1.JPG", "IMG_E1.JPG", NULL},
     "IMG_1.JPG=@L100 IMG_E1.JPG=@L99999",
     "IMG_1.JPG>.JPG | IMG_E1.JPG>.JPG",
     2},
    {"composed and decomposed, upper and lower case",
     {"a\xCC\x88.jpg", "\xC3\xA4.nef", "\xC3\x84.xmp", "a\xCC\x88.jpg.json", NULL},
     "",
     "*a\xCC\x88.jpg>.jpg \xC3\xA4.nef>.nef \xC3\x84.xmp>.xmp@\xC3\xA4.nef "
     "a\xCC\x88.jpg.json>.jpg.json@a\xCC\x88.jpg",
     2},
    {"the plain name before its copies",
     {"x (1).jpg", "x - Copy (2).jpg", "x - Copy.jpg", "x copy 2.jpg", "x copy.jpg", "x(1).jpg",
      "x-y.jpg", "x.jpg", "x0.jpg", NULL},
     "",
     "x.jpg>.jpg | x - Copy.jpg>.jpg | x copy.jpg>.jpg | x (1).jpg>.jpg | "
     "x(1).jpg>.jpg | x - Copy (2).jpg>.jpg | x copy 2.jpg>.jpg | x-y.jpg>.jpg | x0.jpg>.jpg",
     0},
    {"takeout, a title decides between two cut names",
     {"a-name-with-46-bytes-before-the-cut-comes-ok12.json",
      "a-name-with-46-bytes-before-the-cut-comes-ok123.jpg",
      "a-name-with-46-bytes-before-the-cut-comes-ok124.jpg", NULL},
     "a-name-with-46-bytes-before-the-cut-comes-ok12.json="
     "a-name-with-46-bytes-before-the-cut-comes-ok124.jpg",
     "a-name-with-46-bytes-before-the-cut-comes-ok12.json>.jpg.json"
     "@a-name-with-46-bytes-before-the-cut-comes-ok124.jpg "
     "*a-name-with-46-bytes-before-the-cut-comes-ok124.jpg>.jpg | "
     "a-name-with-46-bytes-before-the-cut-comes-ok123.jpg>.jpg",
     1},
    {"takeout, a title that contradicts the stem",
     {"a.jpg", "a.json", "b.jpg", "c.json", NULL},
     "a.json=z.jpg c.json=b.jpg",
     "a.jpg>.jpg | a.json>.json! | *b.jpg>.jpg c.json>.jpg.json@b.jpg",
     2},
    {"takeout, only the edited picture is there; in German",
     {"a-bearbeitet.jpg", "a.jpg.json", "b-edited(1).jpg", "b.jpg(1).json", NULL},
     "",
     "*a-bearbeitet.jpg>.jpg a.jpg.json>.jpg.json@a-bearbeitet.jpg | "
     "*b-edited(1).jpg>.jpg b.jpg(1).json>.jpg.json@b-edited(1).jpg",
     0},
    {"takeout, a name with refused characters",
     {"Tom _ Jerry_s.jpg", "x.json", NULL},
     "x.json=Tom&amp;Jerry",
     "Tom _ Jerry_s.jpg>.jpg | x.json>.json!",
     1},
    {"library: versions as glassine names them",
     {"a-burst-02.jpg", "a-original.jpg", "a.jpg", "b-main.mp4", "b.mp4", "b_lrv.mp4", NULL},
     "",
     "*a.jpg>.jpg a-burst-02.jpg>-burst-02.jpg a-original.jpg>-original.jpg | "
     "*b.mp4>.mp4 b-main.mp4>-main.mp4 b_lrv.mp4>_lrv.mp4",
     6},
    {"library: a number may be that of another file of the name",
     {"a-02.mp4", "a.mp4", NULL},
     "",
     "a.mp4>.mp4 | a-02.mp4>.mp4",
     0},
    {"library: another time is another shot",
     {"a-main.mp4", "a.mp4", NULL},
     "a-main.mp4=@L100 a.mp4=@L200",
     "a.mp4>.mp4 | a-main.mp4>.mp4",
     2},
    {"elsewhere such names say nothing",
     {"a-original.jpg", "a.jpg", NULL},
     "",
     "a.jpg>.jpg | a-original.jpg>.jpg",
     0},
    {"hidden names",
     {".a.jpg", ".a.xmp", ".jpg", ".xmp", NULL},
     "",
     "*.a.jpg>.jpg .a.xmp>.xmp@.a.jpg | .jpg> | .xmp>",
     0},
};

static void test_table(void **state)
{
    size_t failures = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
        struct gls_error error = GLS_ERROR_INIT;
        struct gls_group group = {0};
        struct oracle oracle = {&group, cases[i].says, 0};
        const struct gls_group_asker asker = {&oracle, 2, tell_facts, tell_title,
                                              strncmp(cases[i].what, "library: ", 9) == 0};
        for (size_t n = 0; cases[i].names[n] != NULL; n++)
            add(&group, cases[i].names[n]);
        gls_group_sort(&group);
        assert_true(gls_group_join(&group, &asker, &error));
        describe(&text, &group);
        if (strcmp(gls_strbuf_str(&text), cases[i].units) != 0 || oracle.asked != cases[i].asked) {
            print_error("%s: asked %zu: %s\n", cases[i].what, oracle.asked, gls_strbuf_str(&text));
            failures++;
        }
        gls_group_clear(&group);
    }
    assert_int_equal(failures, 0);
}

/* A file that cannot be imported takes nothing with it. */
static void test_stands_alone(void **state)
{
    GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
    struct gls_error error = GLS_ERROR_INIT;
    struct gls_group group = {0};

    (void)state;
    add(&group, "a.jpg")->verdict = GLS_SCAN_SKIPPED;
    add(&group, "a.jpg.xmp");
    add(&group, "a.nef");
    add(&group, "a.xmp");
    assert_true(gls_group_join(&group, NULL, &error));
    describe(&text, &group);
    assert_string_equal(text.data, "a.jpg>.jpg | a.jpg.xmp>.xmp! | *a.nef>.nef a.xmp>.xmp@a.nef");
    gls_group_clear(&group);
}

/* Hostile folders: thousands of names that all look like one another's companions. */
static void test_hostile(void **state)
{
    enum { FILES = 20000 };
    struct gls_error error = GLS_ERROR_INIT;

    (void)state;
    for (int shape = 0; shape < 3; shape++) {
        GLS_STRBUF_AUTO text = GLS_STRBUF_INIT;
        struct gls_group group = {0};
        struct oracle oracle = {&group, "", 0};
        const struct gls_group_asker asker = {&oracle, 2, tell_facts, tell_title, false};
        for (size_t i = 0; i < FILES; i++) {
            static const char *const extensions[] = {"jpg", "json", "nef", "xmp"};
            char name[64] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
            if (shape == 0) {
                for (size_t bit = 0; bit < 16; bit++)
                    name[bit] = (char)((i / 4) >> (15 - bit) & 1 ? 'a' : 'A');
                sprintf(name + 51, ".%s", extensions[i % 4]);
            } else if (shape == 1) {
                sprintf(name + 46, "%05zu.%s", i, i % 2 ? "json" : "jpg");
            } else {
                sprintf(name + 40, "%05zu.%s", i, i % 2 ? "mov" : "heic");
            }
            assert_non_null(add(&group, name));
        }
        gls_group_sort(&group);
        assert_true(gls_group_join(&group, &asker, &error));
        assert_int_equal(describe(&text, &group), FILES);
        gls_group_clear(&group);
    }
}

/* What a folder of a million pictures costs is bounded by what a file costs here. */
_Static_assert(sizeof(struct gls_group_file) <= 20, "a file of a group grew");

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_stands_alone),
        cmocka_unit_test(test_hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
