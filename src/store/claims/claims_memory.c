/* SPDX-License-Identifier: MIT */
#include "store/claims/claims.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* Running out of memory must reach our caller, not end the process. */
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "store/claims/claims_disk.h"

/* Sizes are counted to two in a table of fixed size. Two sizes may share a
 * bucket: then a file is hashed before it is copied, which costs time only. */
enum { SIZE_BUCKETS = 1 << 22, BUCKETS_PER_WORD = 16 };

/* One claimed path. Claims of one content form a chain whose head, the first
 * of them, is in `by_hash`. */
struct claim {
    char *path;
    char *key; /* the path, folded where names ignore case; equals `path` else */
    int64_t unit_id;
    char sha256[65];
    bool is_media; /* only these are in `by_hash` */
    struct claim *next_same;
    UT_hash_handle by_path;
    UT_hash_handle by_hash;
};

struct gls_claims {
    bool case_insensitive;
    struct claim *paths;
    struct claim *hashes;
    struct gls_claims_disk *disk; /* NULL: in memory */
    /* Words: not every processor has atomic calls on single bytes. */
    _Atomic uint32_t sizes[SIZE_BUCKETS / BUCKETS_PER_WORD];
};

bool gls_claims_new(struct gls_claims **out, bool on_disk, bool case_insensitive_names,
                    struct gls_error *error)
{
    struct gls_claims *claims = calloc(1, sizeof *claims);

    if (claims == NULL)
        return gls_fail_memory(error);
    claims->case_insensitive = case_insensitive_names;
    if (on_disk && !gls_claims_disk_open(&claims->disk, error)) {
        free(claims);
        return false;
    }
    *out = claims;
    return true;
}

static void free_claim(struct claim *claim)
{
    if (claim->key != claim->path)
        free(claim->key);
    free(claim->path);
    free(claim);
}

void gls_claims_free(struct gls_claims *claims)
{
    if (claims == NULL)
        return;
    struct claim *claim, *next;
    HASH_CLEAR(by_hash, claims->hashes);
    HASH_ITER(by_path, claims->paths, claim, next)
    {
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the table goes with its last entry */
        HASH_DELETE(by_path, claims->paths, claim);
        free_claim(claim);
    }
    gls_claims_disk_close(claims->disk);
    free(claims);
}

/* splitmix64: sizes of one camera lie close together, buckets must not. */
static uint64_t mix(uint64_t value)
{
    value += 0x9e3779b97f4a7c15u;
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9u;
    value = (value ^ value >> 27) * 0x94d049bb133111ebu;
    return value ^ value >> 31;
}

/* The word and the shift of a size's two bits: "noted" and "noted again". */
static _Atomic uint32_t *bucket_of(struct gls_claims *claims, uint64_t size_bytes, unsigned *shift)
{
    uint64_t bucket = mix(size_bytes) % SIZE_BUCKETS;

    *shift = (unsigned)(bucket % BUCKETS_PER_WORD) * 2;
    return &claims->sizes[bucket / BUCKETS_PER_WORD];
}

void gls_claims_note_size(struct gls_claims *claims, uint64_t size_bytes)
{
    unsigned shift;
    _Atomic uint32_t *word = bucket_of(claims, size_bytes, &shift);
    uint32_t once = UINT32_C(1) << shift, again = UINT32_C(2) << shift;

    if ((atomic_fetch_or(word, once) & once) != 0)
        atomic_fetch_or(word, again);
}

bool gls_claims_has_size(struct gls_claims *claims, uint64_t size_bytes)
{
    unsigned shift;
    _Atomic uint32_t *word = bucket_of(claims, size_bytes, &shift);

    return (atomic_load(word) >> shift & 2u) != 0;
}

/* A copy of `path` as a file system that ignores case compares it. Bytes that are
 * not UTF-8 are compared as they are. */
static char *fold(const char *path)
{
    utf8proc_uint8_t *folded = NULL;
    utf8proc_ssize_t size =
        utf8proc_map((const utf8proc_uint8_t *)path, 0, &folded,
                     UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);

    if (size >= 0)
        return (char *)folded;
    return size == UTF8PROC_ERROR_NOMEM ? NULL : strdup(path);
}

/* The key of a path: the path itself, or a copy that release_key() frees. */
static char *key_of(const struct gls_claims *claims, const char *path)
{
    return claims->case_insensitive ? fold(path) : (char *)(uintptr_t)path;
}

static void release_key(const struct gls_claims *claims, char *key)
{
    if (claims->case_insensitive)
        free(key);
}

static bool find_path(struct claim **out, struct gls_claims *claims, const char *path,
                      struct gls_error *error)
{
    char *key = key_of(claims, path);

    *out = NULL;
    if (key == NULL)
        return gls_fail_memory(error);
    HASH_FIND(by_path, claims->paths, key, strlen(key), *out);
    release_key(claims, key);
    return true;
}

bool gls_claims_find_sha256(struct gls_claims *claims, const char **out, const char *sha256,
                            struct gls_error *error)
{
    struct claim *claim = NULL;

    if (claims->disk != NULL)
        return gls_claims_disk_find(claims->disk, out, sha256, error);
    HASH_FIND(by_hash, claims->hashes, sha256, strlen(sha256), claim);
    *out = claim == NULL ? NULL : claim->path;
    return true;
}

bool gls_claims_has_path(struct gls_claims *claims, bool *out, const char *relative_path,
                         struct gls_error *error)
{
    struct claim *claim = NULL;

    *out = false;
    if (claims->disk == NULL) {
        bool ok = find_path(&claim, claims, relative_path, error);
        *out = claim != NULL;
        return ok;
    }
    char *key = key_of(claims, relative_path);
    bool ok =
        key != NULL ? gls_claims_disk_has(claims->disk, out, key, error) : gls_fail_memory(error);
    release_key(claims, key);
    return ok;
}

/* False: no memory. */
static bool link_hash(struct gls_claims *claims, struct claim *claim)
{
    struct claim *head = NULL;

    if (!claim->is_media || claim->sha256[0] == '\0')
        return true;
    HASH_FIND(by_hash, claims->hashes, claim->sha256, strlen(claim->sha256), head);
    if (head == NULL) {
        HASH_ADD(by_hash, claims->hashes, sha256[0], strlen(claim->sha256), claim);
        return claim->by_hash.tbl != NULL;
    }
    /* Behind the head, which stays the one that is found. */
    claim->next_same = head->next_same;
    head->next_same = claim;
    return true;
}

bool gls_claims_has_content(struct gls_claims *claims, bool *out,
                            const struct gls_claim_request *request, struct gls_error *error)
{
    struct claim *claim = NULL;

    *out = false;
    if (claims->disk == NULL) {
        bool ok = find_path(&claim, claims, request->relative_path, error);
        *out = claim != NULL && claim->sha256[0] != '\0' &&
               strcmp(claim->sha256, request->sha256) == 0;
        return ok;
    }
    char *key = key_of(claims, request->relative_path);
    const char *const both[2] = {key, request->sha256};
    bool ok = key != NULL ? gls_claims_disk_has_content(claims->disk, out, both, error)
                          : gls_fail_memory(error);
    release_key(claims, key);
    return ok;
}

bool gls_claims_unit_of(struct gls_claims *claims, int64_t *out, const char *relative_path,
                        struct gls_error *error)
{
    struct claim *claim = NULL;
    bool ok = claims->disk != NULL || find_path(&claim, claims, relative_path, error);

    *out = claim != NULL ? claim->unit_id : 0;
    return ok;
}

static bool add_in_memory(struct gls_claims *claims, const struct gls_claim_request *request,
                          struct gls_error *error)
{
    const char *sha256 = request->sha256;
    struct claim *claim = calloc(1, sizeof *claim);

    if (claim == NULL)
        return gls_fail_memory(error);
    claim->is_media = request->is_media;
    claim->unit_id = request->unit_id;
    claim->path = strdup(request->relative_path);
    claim->key = claim->path;
    if (claims->case_insensitive && claim->path != NULL)
        claim->key = fold(claim->path);
    if (claim->path == NULL || claim->key == NULL) {
        free_claim(claim);
        return gls_fail_memory(error);
    }
    if (sha256 != NULL && strlen(sha256) < sizeof claim->sha256)
        memcpy(claim->sha256, sha256, strlen(sha256) + 1);
    HASH_ADD_KEYPTR(by_path, claims->paths, claim->key, strlen(claim->key), claim);
    if (claim->by_path.tbl != NULL && link_hash(claims, claim))
        return true;
    if (claim->by_path.tbl != NULL)
        HASH_DELETE(by_path, claims->paths, claim);
    free_claim(claim);
    return gls_fail_memory(error);
}

bool gls_claims_add(struct gls_claims *claims, const struct gls_claim_request *request,
                    struct gls_error *error)
{
    if (claims->disk == NULL) {
        struct claim *earlier = NULL;
        if (!find_path(&earlier, claims, request->relative_path, error))
            return false;
        if (earlier != NULL)
            return gls_fail(error, GLS_ERROR_EXISTS, "%s: is claimed twice",
                            request->relative_path);
        return add_in_memory(claims, request, error);
    }
    char *key = key_of(claims, request->relative_path);
    bool ok = key == NULL ? gls_fail_memory(error)
                          : gls_claims_disk_add(claims->disk, request, key, error);
    release_key(claims, key);
    return ok;
}

static void unlink_hash(struct gls_claims *claims, struct claim *claim)
{
    struct claim *head = NULL;

    if (!claim->is_media || claim->sha256[0] == '\0')
        return;
    HASH_FIND(by_hash, claims->hashes, claim->sha256, strlen(claim->sha256), head);
    if (head != claim) {
        while (head != NULL && head->next_same != claim)
            head = head->next_same;
        if (head != NULL)
            head->next_same = claim->next_same;
        return;
    }
    HASH_DELETE(by_hash, claims->hashes, claim);
    if (claim->next_same != NULL)
        HASH_ADD(by_hash, claims->hashes, sha256[0], strlen(claim->sha256), claim->next_same);
}

void gls_claims_drop(struct gls_claims *claims, const char *relative_path, const char *sha256)
{
    if (claims->disk != NULL) {
        char *key = key_of(claims, relative_path);
        if (key != NULL)
            gls_claims_disk_drop(claims->disk, key);
        release_key(claims, key);
        return;
    }
    struct gls_error ignored = GLS_ERROR_INIT;
    struct claim *claim = NULL;
    /* A claim that stays keeps its name from others, and no more. */
    if (!find_path(&claim, claims, relative_path, &ignored) || claim == NULL ||
        (sha256 != NULL && strcmp(claim->sha256, sha256) != 0))
        return;
    unlink_hash(claims, claim);
    HASH_DELETE(by_path, claims->paths, claim);
    free_claim(claim);
}
