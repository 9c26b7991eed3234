/* SPDX-License-Identifier: MIT */
/*
 * place_cache - the answers of online place services, kept in the library's
 * database. A run finds what was kept before it was opened, never what it keeps
 * itself: else the order in which workers ask would tell. Workers borrow a read connection each, so
 * that no lock is held while one of them waits for the disk.
 */
#ifndef GLS_ENGINE_FILING_PLACE_CACHE_H
#define GLS_ENGINE_FILING_PLACE_CACHE_H

#include "plan/places/geocode.h"
#include "store/write/db_writer.h"

struct gls_place_store;

/* A store for `users` threads at once. `writer` NULL: answers are not kept. Both
 * stay the caller's and must outlive it. */
bool gls_place_store_open(struct gls_place_store **out, struct gls_library *library,
                          struct gls_db_writer *writer, unsigned users, struct gls_error *error);
void gls_place_store_close(struct gls_place_store *store);
/* The face that the geocoder wants; valid as long as the store. NULL for NULL. */
const struct gls_place_cache *gls_place_store_cache(const struct gls_place_store *store);

#endif
