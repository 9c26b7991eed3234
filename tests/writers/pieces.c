/* SPDX-License-Identifier: MIT */
/*
 * pieces FILE - takes a picture or movie apart by rules of its own, and prints a line
 * for each piece that no writer of tags may touch: its name, length and hash. Left out
 * are the blocks that hold tags, creation times, and what only says where things are;
 * so two files that differ in their tags alone print the same lines. For the table.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct file {
    uint8_t *bytes;
    size_t size;
};

/* The bytes at `at`, of which there must be `size`; else the file is cut off. */
static const uint8_t *at(const struct file *file, uint64_t offset, uint64_t size)
{
    if (offset > file->size || size > file->size - offset) {
        printf("cut off at %" PRIu64 "\n", offset);
        exit(0);
    }
    return file->bytes + offset;
}

static uint64_t be(const struct file *file, uint64_t offset, unsigned width)
{
    const uint8_t *p = at(file, offset, width);
    uint64_t value = 0;

    while (width-- > 0)
        value = value << 8 | *p++;
    return value;
}

static uint64_t le(const struct file *file, uint64_t offset, unsigned width)
{
    const uint8_t *p = at(file, offset, width);
    uint64_t value = 0;

    while (width-- > 0)
        value = value << 8 | p[width];
    return value;
}

static uint64_t hash(uint64_t seed, const uint8_t *bytes, uint64_t size)
{
    for (uint64_t i = 0; i < size; i++)
        seed = (seed ^ bytes[i]) * UINT64_C(1099511628211); /* FNV-1a */
    return seed;
}

#define HASH_START UINT64_C(14695981039346656037)

static void tell(const struct file *file, const char *name, uint64_t offset, uint64_t size)
{
    printf("%s %" PRIu64 " %016" PRIx64 "\n", name, size,
           hash(HASH_START, at(file, offset, size), size));
}

static bool says(const struct file *file, uint64_t offset, const char *text, size_t size)
{
    return offset <= file->size && size <= file->size - offset &&
           memcmp(file->bytes + offset, text, size) == 0;
}

/* ---- JPEG, PNG, GIF, WebP ------------------------------------------------------------ */

static void take_jpeg(const struct file *file)
{
    uint64_t p = 2;
    char name[16];

    while (be(file, p, 1) == 0xff) {
        while (be(file, p + 1, 1) == 0xff)
            p++; /* fill bytes */
        unsigned marker = (unsigned)be(file, p + 1, 1);
        uint64_t size = be(file, p + 2, 2);
        bool tags = marker == 0xe1 && (says(file, p + 4, "Exif\0", 5) ||
                                       says(file, p + 4, "http://ns.adobe.com/xap/1.0/", 29));
        if (marker == 0xda)
            break;
        snprintf(name, sizeof name, "jpeg %02x", marker);
        if (!tags)
            tell(file, name, p, 2 + size);
        p += 2 + size;
    }
    tell(file, "jpeg scan and rest", p, file->size - p);
}

static void take_png(const struct file *file)
{
    uint64_t p = 8;
    char name[16];

    while (p < file->size) {
        uint64_t size = be(file, p, 4);
        bool tags = says(file, p + 4, "eXIf", 4) ||
                    says(file, p + 4, "iTXtXML:com.adobe.xmp", 22) ||
                    says(file, p + 4, "zTXtRaw profile type", 20);
        snprintf(name, sizeof name, "png %.4s", (const char *)at(file, p + 4, 4));
        if (!tags)
            tell(file, name, p, 12 + size);
        p += 12 + size;
    }
}

static void take_gif(const struct file *file)
{
    const uint8_t *found = memmem(file->bytes, file->size, "\x21\xff\x0bXMP DataXMP", 14);
    uint64_t start = found != NULL ? (uint64_t)(found - file->bytes) : file->size;
    uint64_t end = start;

    if (found != NULL) { /* the 258 bytes behind the packet lead every reader to its end */
        for (end = start + 14; be(file, end, 1) != 0;)
            end += 1 + be(file, end, 1);
        end++;
    }
    printf("gif %016" PRIx64 "\n", hash(hash(HASH_START, at(file, 6, start - 6), start - 6),
                                        at(file, end, file->size - end), file->size - end));
}

static void take_webp(const struct file *file)
{
    uint64_t p = 12;
    char name[16];

    while (p < file->size) {
        uint64_t size = le(file, p + 4, 4);
        snprintf(name, sizeof name, "webp %.4s", (const char *)at(file, p, 4));
        if (!says(file, p, "VP8X", 4) && !says(file, p, "EXIF", 4) && !says(file, p, "XMP ", 4))
            tell(file, name, p + 8, size);
        p += 8 + size + size % 2;
    }
}

/* ---- TIFF --------------------------------------------------------------------------------- */

struct tiff {
    const struct file *file;
    bool big;
    unsigned directories;
};

static uint64_t number(const struct tiff *tiff, uint64_t offset, unsigned width)
{
    return tiff->big ? be(tiff->file, offset, width) : le(tiff->file, offset, width);
}

static const uint8_t type_sizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};

/* Dates, sub-seconds and offsets; the XMP; a GPS directory's position and version. */
static bool is_tag(unsigned directory, unsigned tag)
{
    static const uint16_t tags[] = {0x0132, 0x9003, 0x9004, 0x9010, 0x9011, 0x9012,
                                    0x9290, 0x9291, 0x9292, 0x02bc, 0x9000};

    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (tags[i] == tag)
            return true;
    return directory == 0x8825 && tag <= 4;
}

/* The strips, tiles or JPEG that the pair of arrays names. */
static void take_data(const struct tiff *tiff, uint64_t places, uint64_t sizes)
{
    uint64_t count = number(tiff, places + 4, 4);
    unsigned place_width = type_sizes[number(tiff, places + 2, 2) % 14];
    unsigned size_width = type_sizes[number(tiff, sizes + 2, 2) % 14];
    uint64_t p = count * place_width > 4 ? number(tiff, places + 8, 4) : places + 8;
    uint64_t s = count * size_width > 4 ? number(tiff, sizes + 8, 4) : sizes + 8;

    for (uint64_t i = 0; i < count; i++)
        tell(tiff->file, "tiff data", number(tiff, p + i * place_width, place_width),
             number(tiff, s + i * size_width, size_width));
}

static void take_directory(struct tiff *tiff, unsigned name, uint64_t offset)
{
    static const uint16_t pairs[][2] = {{0x0111, 0x0117}, {0x0144, 0x0145}, {0x0201, 0x0202}};
    uint64_t count = number(tiff, offset, 2);
    uint64_t found[3][2] = {{0}};

    if (offset == 0 || tiff->directories++ > 64)
        return;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t entry = offset + 2 + 12 * i;
        unsigned tag = (unsigned)number(tiff, entry, 2);
        uint64_t size = number(tiff, entry + 4, 4) * type_sizes[number(tiff, entry + 2, 2) % 14];
        uint64_t value = size > 4 ? number(tiff, entry + 8, 4) : entry + 8;
        char text[32];
        snprintf(text, sizeof text, "tiff %04x.%04x", name, tag);
        for (size_t k = 0; k < 6; k++)
            if (pairs[k / 2][k % 2] == tag)
                found[k / 2][k % 2] = entry;
        if (tag == 0x8769 || tag == 0x8825)
            take_directory(tiff, tag, number(tiff, entry + 8, 4));
        else if (tag == 0x014a)
            for (uint64_t k = 0; k < size / 4; k++)
                take_directory(tiff, tag, number(tiff, value + 4 * k, 4));
        else if (!is_tag(name, tag))
            tell(tiff->file, text, value, size);
    }
    for (size_t k = 0; k < 3; k++)
        if (found[k][0] != 0 && found[k][1] != 0)
            take_data(tiff, found[k][0], found[k][1]);
    take_directory(tiff, name + 1, number(tiff, offset + 2 + 12 * count, 4));
}

static void take_tiff(const struct file *file)
{
    struct tiff tiff = {file, file->bytes[0] == 'M', 0};

    take_directory(&tiff, 0, number(&tiff, 4, 4));
}

/* ---- Boxes ----------------------------------------------------------------------------------- */

struct box {
    uint64_t offset, payload, end;
    char type[5];
};

static bool next_box(struct box *box, const struct file *file, uint64_t offset, uint64_t end)
{
    if (offset + 8 > end)
        return false;
    uint64_t size = be(file, offset, 4);
    *box = (struct box){.offset = offset, .payload = offset + 8};
    memcpy(box->type, at(file, offset + 4, 4), 4);
    if (size == 1) {
        size = be(file, offset + 8, 8);
        box->payload += 8;
    }
    box->end = size == 0 ? end : offset + size;
    return box->end > box->payload - 1 && box->end <= end;
}

static bool is_one_of(const char *type, const char *list)
{
    return strlen(type) == 4 && strstr(list, type) != NULL;
}

static const char xmp_uuid[] = "\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac";

/* Tags, and the room that they leave. */
static bool holds_tags(const struct file *file, const struct box *box)
{
    return is_one_of(box->type, "free skip XMP_ \xa9xyz loci date \xa9"
                                "day") ||
           (strcmp(box->type, "uuid") == 0 && says(file, box->payload, xmp_uuid, 16));
}

static void tell_header(const struct file *file, const char *path, const struct box *box)
{
    unsigned width = be(file, box->payload, 1) == 1 ? 8 : 4;

    tell(file, path, box->payload, 4);
    tell(file, path, box->payload + 4 + width, box->end - box->payload - 4 - width);
}

static void take_boxes(const struct file *file, const char *parent, uint64_t offset, uint64_t end)
{
    struct box box;
    char path[256];

    for (; next_box(&box, file, offset, end); offset = box.end) {
        snprintf(path, sizeof path, "%s/%.4s", parent, box.type);
        if (holds_tags(file, &box))
            continue;
        if (is_one_of(box.type, "moov trak mdia minf stbl edts udta dinf moof traf mvex"))
            take_boxes(file, path, box.payload, box.end);
        else if (strcmp(box.type, "meta") == 0)
            take_boxes(file, path, box.payload + (says(file, box.payload + 4, "hdlr", 4) ? 0 : 4),
                       box.end);
        else if (strcmp(box.type, "ilst") == 0)
            printf("%s %" PRIu64 "\n", path, box.end - box.offset); /* dates and positions too */
        else if (is_one_of(box.type, "mvhd tkhd mdhd"))
            tell_header(file, path, &box);
        else if (strcmp(box.type, "mdat") == 0)
            tell(file, path, box.payload, box.end - box.payload);
        else
            tell(file, path, box.offset, box.end - box.offset);
    }
}

/* ---- Items ----------------------------------------------------------------------- */

static bool find_box(struct box *box, const struct file *file, const struct box *in, unsigned skip,
                     const char *type)
{
    for (uint64_t p = in->payload + skip; next_box(box, file, p, in->end); p = box->end)
        if (strcmp(box->type, type) == 0)
            return true;
    return false;
}

/* The type of an item; "" if there is none such. Only versions 2 and 3 have types. */
static void item_type(char out[5], const struct file *file, const struct box *iinf, uint64_t id)
{
    unsigned skip = be(file, iinf->payload, 1) == 0 ? 6 : 8;
    struct box infe;

    out[0] = '\0';
    for (uint64_t p = iinf->payload + skip; next_box(&infe, file, p, iinf->end); p = infe.end) {
        unsigned width = be(file, infe.payload, 1) == 3 ? 4 : 2;
        if (be(file, infe.payload + 4, width) == id) {
            memcpy(out, at(file, infe.payload + 6 + width, 4), 4);
            out[4] = '\0';
        }
    }
}

struct iloc {
    const struct file *file;
    uint64_t p; /* of what is read next */
    uint64_t idat;
};

static uint64_t take(struct iloc *iloc, unsigned width)
{
    uint64_t value = be(iloc->file, iloc->p, width);

    iloc->p += width;
    return value;
}

/* Each item's bytes, of pictures and of what is not Exif or XMP. */
static void take_items(const struct file *file, const struct box *meta)
{
    struct box iinf, box;
    struct iloc iloc = {.file = file};

    if (!find_box(&iinf, file, meta, 4, "iinf") || !find_box(&box, file, meta, 4, "iloc"))
        return;
    iloc.p = box.payload;
    iloc.idat = find_box(&box, file, meta, 4, "idat") ? box.payload : 0;
    unsigned version = (unsigned)take(&iloc, 4) >> 24;
    unsigned sizes = (unsigned)take(&iloc, 2);
    for (uint64_t left = take(&iloc, version < 2 ? 2 : 4); left > 0; left--) {
        uint64_t id = take(&iloc, version < 2 ? 2 : 4);
        unsigned method = version > 0 ? (unsigned)take(&iloc, 2) & 15 : 0;
        char type[5], name[48];
        (void)take(&iloc, 2);
        uint64_t base = take(&iloc, sizes >> 4 & 15);
        uint64_t extents = take(&iloc, 2);
        item_type(type, file, &iinf, id);
        snprintf(name, sizeof name, "item %" PRIu64 " %s", id, type);
        for (; extents > 0; extents--) {
            if (version > 0)
                (void)take(&iloc, sizes & 15);
            uint64_t offset = base + take(&iloc, sizes >> 12) + (method == 1 ? iloc.idat : 0);
            uint64_t size = take(&iloc, sizes >> 8 & 15);
            if (!is_one_of(type, "Exif mime") && method < 2)
                tell(file, name, offset, size);
        }
    }
}

/* The tables of `meta` that say what the items are, but not those of the tags. */
static void take_heif(const struct file *file)
{
    struct box top, box;

    for (uint64_t p = 0; next_box(&top, file, p, file->size); p = top.end) {
        if (strcmp(top.type, "meta") == 0) {
            take_items(file, &top);
            for (uint64_t q = top.payload + 4; next_box(&box, file, q, top.end); q = box.end)
                if (!is_one_of(box.type, "iinf iloc iref idat"))
                    tell(file, box.type, box.offset, box.end - box.offset);
        } else if (!is_one_of(top.type, "mdat moov") && !holds_tags(file, &top)) {
            tell(file, top.type, top.offset, top.end - top.offset);
        }
    }
}

/* ---- The file
 * ------------------------------------------------------------------------------------- */

static bool read_file(struct file *out, const char *path)
{
    FILE *stream = fopen(path, "rb");
    bool ok = stream != NULL && fseek(stream, 0, SEEK_END) == 0 && ftell(stream) >= 16;

    if (ok) {
        out->size = (size_t)ftell(stream);
        out->bytes = malloc(out->size);
        rewind(stream);
        ok = out->bytes != NULL && fread(out->bytes, 1, out->size, stream) == out->size;
    }
    if (stream != NULL)
        fclose(stream);
    return ok;
}

int main(int argc, char **argv)
{
    struct file file = {0};

    if (argc != 2 || !read_file(&file, argv[1]))
        return 1;
    if (says(&file, 0, "\xff\xd8\xff", 3))
        take_jpeg(&file);
    else if (says(&file, 0, "\x89PNG", 4))
        take_png(&file);
    else if (says(&file, 0, "GIF8", 4))
        take_gif(&file);
    else if (says(&file, 0, "RIFF", 4) && says(&file, 8, "WEBP", 4))
        take_webp(&file);
    else if (says(&file, 0, "II*\0", 4) || says(&file, 0, "MM\0*", 4) ||
             says(&file, 0, "IIR", 3)) /* Olympus */
        take_tiff(&file);
    else if (says(&file, 4, "ftyp", 4) && (says(&file, 8, "he", 2) || says(&file, 8, "mi", 2) ||
                                           says(&file, 8, "ms", 2) || says(&file, 8, "av", 2)))
        take_heif(&file);
    else
        take_boxes(&file, "", 0, file.size);
    free(file.bytes);
    return 0;
}
