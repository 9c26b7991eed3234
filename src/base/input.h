/* SPDX-License-Identifier: MIT */
/*
 * input - random access to bytes that are read, never written and never
 * mapped: a card that is pulled out gives an error on its file, no SIGBUS.
 *
 * Three kinds stand behind one face: a file or a part of one (pread on an open
 * descriptor; its first bytes, as far as they are read on from the start, and some around what
 * was read last stay in memory, so that parsing costs few system calls), a part of
 * memory (tests, fuzzing, embedded blocks), and a patched view of another input
 * (what a file would be after an edit, before one byte of it is written).
 * An input is used by one thread at a time.
 */
#ifndef GLS_BASE_INPUT_H
#define GLS_BASE_INPUT_H

#include "base/error.h"
#include "base/patch.h"

struct gls_input;

/* Opens a regular file with O_RDONLY|O_CLOEXEC|O_NOCTTY|O_NONBLOCK (so that a
 * FIFO cannot hang it) and refuses everything that is no regular file. */
bool gls_input_open(struct gls_input **out, const char *path, struct gls_error *error);
/* The same under another name for messages, which is copied. */
bool gls_input_open_as(struct gls_input **out, const char *path, const char *name,
                       struct gls_error *error);
/* Over `size` bytes from `offset` on of a file whose descriptor stays the caller's. False:
 * no memory. */
bool gls_input_from_part(struct gls_input **out, int fd, uint64_t offset, uint64_t size,
                         const char *name);
/* Over a descriptor that stays the caller's; `name` (copied) is for messages. */
bool gls_input_from_fd(struct gls_input **out, int fd, const char *name, struct gls_error *error);
/* The same of one that is the input's from now on; after a failure it is closed. */
bool gls_input_take_fd(struct gls_input **out, int fd, const char *name, struct gls_error *error);
/* Over memory that stays the caller's and must outlive the input. */
bool gls_input_from_memory(struct gls_input **out, const void *bytes, size_t size, const char *name,
                           struct gls_error *error);
/* The view of `base` with `patch` applied. Both stay the caller's and must
 * outlive the view. */
bool gls_input_from_patch(struct gls_input **out, struct gls_input *base,
                          const struct gls_patch *patch, struct gls_error *error);
void gls_input_free(struct gls_input *input);

/* What parsers keep with an input, so as not to make it twice: one thing of each kind, which the
 * input frees at its end, or when another of its kind comes. A patched view keeps it with its
 * base. NULL: nothing is kept. */
enum gls_kept_kind { GLS_KEPT_XMP, GLS_KEPT_EXIF, GLS_KEPT_KINDS };
void gls_input_keep(struct gls_input *input, enum gls_kept_kind kind, void *thing,
                    void (*free_thing)(void *));
void *gls_input_kept(struct gls_input *input, enum gls_kept_kind kind);

uint64_t gls_input_size(const struct gls_input *input);
const char *gls_input_name(const struct gls_input *input);
/* Fails with GLS_ERROR_UNSUPPORTED: "NAME: why". False, always. */
bool gls_input_refuse(const struct gls_input *input, const char *why, struct gls_error *error);
/* The descriptor of a file input, -1 for the other kinds. */
int gls_input_fd(const struct gls_input *input);

/* Reads exactly `size` bytes at `offset`. Beyond the end: GLS_ERROR_FORMAT
 * ("ends too early"). A read error: GLS_ERROR_IO. */
bool gls_input_read(struct gls_input *input, uint64_t offset, void *buffer, size_t size,
                    struct gls_error *error);
/* Reads up to *size bytes; *size becomes how many, which is less only at the end, and 0
 * on an error. */
bool gls_input_read_some(struct gls_input *input, uint64_t offset, void *buffer, size_t *size,
                         struct gls_error *error);

/* Integers from bytes. */
static inline uint16_t gls_be16(const uint8_t *p)
{
    return (uint16_t)((unsigned)p[0] << 8 | p[1]);
}
static inline uint32_t gls_be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}
static inline uint64_t gls_be64(const uint8_t *p)
{
    return (uint64_t)gls_be32(p) << 32 | gls_be32(p + 4);
}
static inline uint16_t gls_le16(const uint8_t *p)
{
    return (uint16_t)((unsigned)p[1] << 8 | p[0]);
}
static inline uint32_t gls_le32(const uint8_t *p)
{
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}
static inline uint64_t gls_le64(const uint8_t *p)
{
    return (uint64_t)gls_le32(p + 4) << 32 | gls_le32(p);
}
static inline void gls_put_be16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}
static inline void gls_put_be32(uint8_t *p, uint32_t v)
{
    gls_put_be16(p, (uint16_t)(v >> 16));
    gls_put_be16(p + 2, (uint16_t)v);
}
static inline void gls_put_be64(uint8_t *p, uint64_t v)
{
    gls_put_be32(p, (uint32_t)(v >> 32));
    gls_put_be32(p + 4, (uint32_t)v);
}
static inline void gls_put_le16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}
static inline void gls_put_le32(uint8_t *p, uint32_t v)
{
    gls_put_le16(p, (uint16_t)v);
    gls_put_le16(p + 2, (uint16_t)(v >> 16));
}

#endif
