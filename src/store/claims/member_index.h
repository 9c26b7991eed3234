/* SPDX-License-Identifier: MIT */
/*
 * member_index - the members of the archives of one import, in a temporary database that
 * has no name, so that memory stays flat whatever an archive holds. Archives that hold no
 * path twice are one tree of folders, as if they were unpacked in one place: the parts of
 * an export. Others stand in trees of their own.
 *
 * Used by one thread at a time.
 */
#ifndef GLS_STORE_CLAIMS_MEMBER_INDEX_H
#define GLS_STORE_CLAIMS_MEMBER_INDEX_H

#include <stdint.h>

#include "base/digest.h"
#include "base/error.h"

struct gls_member_index;

/* A member. Of a row that is read the strings are the caller's (gls_member_row_clear()). */
struct gls_member_row {
    int64_t id;
    unsigned archive;
    char *folder;                                    /* in its tree; "" is the top */
    char *name;                                      /* in that folder */
    char *shown;                                     /* ARCHIVE/MEMBER */
    char *problem;                                   /* why it cannot be imported; NULL: it can */
    uint64_t place, start, packed_bytes, size_bytes; /* as engine/archive has them */
    int64_t mtime_ns;
    unsigned mode;
    char xxh128[GLS_XXH128_HEX_SIZE]; /* of what a later reading must find again; "": of none */
    bool may_be_media; /* with xxh128: what its first bytes told when it was listed */
    uint8_t *content;  /* size_bytes of a small one that is read often; NULL: it is not kept */
};

/* From where the middle of an archive can be read: `bytes` are the archive's affair. */
struct gls_member_point {
    unsigned archive;
    uint64_t at;
    void *bytes;
    size_t size;
};

bool gls_member_index_open(struct gls_member_index **out, struct gls_error *error);
void gls_member_index_close(struct gls_member_index *index);
void gls_member_row_clear(struct gls_member_row *row);

/* Adds a member of an archive and sets row->id. GLS_ERROR_EXISTS: the archive has one of
 * that name. */
bool gls_member_index_add(struct gls_member_index *index, struct gls_member_row *row,
                          struct gls_error *error);
/* The archive is listed: gives it a tree, and members that lie on each other a problem. */
bool gls_member_index_end_archive(struct gls_member_index *index, unsigned archive,
                                  unsigned *out_tree, struct gls_error *error);
/* All its members get a problem that had none. */
bool gls_member_index_fail_archive(struct gls_member_index *index, unsigned archive,
                                   const char *problem, struct gls_error *error);

/* What stands in a folder of the trees: "/0000/FOLDER", "" is the top. */
bool gls_member_index_list(struct gls_member_index *index, const char *path,
                           bool (*visit)(void *user, const char *name, bool is_folder), void *user,
                           struct gls_error *error);
/* The member of that path in the trees. GLS_ERROR_NOT_FOUND: there is none. */
bool gls_member_index_find(struct gls_member_index *index, struct gls_member_row *out,
                           const char *path, struct gls_error *error);
/* Keeps what the row says of its problem, its hash and its content. */
bool gls_member_index_update(struct gls_member_index *index, const struct gls_member_row *row,
                             struct gls_error *error);

bool gls_member_index_put_point(struct gls_member_index *index,
                                const struct gls_member_point *point, struct gls_error *error);
/* Copies the bytes of an archive's last point that is not above point->at, if they are
 * point->size; leaves point->bytes as they are where there is none. */
bool gls_member_index_find_point(struct gls_member_index *index,
                                 const struct gls_member_point *point, struct gls_error *error);

#endif
