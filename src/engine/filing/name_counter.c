/* SPDX-License-Identifier: MIT */
#include "engine/filing/name_counter.h"

#include <stdlib.h>
#include <string.h>

/* Out of memory in the table is handled by leaving the entry out. */
#define HASH_NONFATAL_OOM 1
#define uthash_nonfatal_oom(entry) ((entry)->added = false)
#include <uthash.h>

struct entry {
    char *name;
    unsigned next;
    bool added;
    UT_hash_handle hh;
};

struct gls_name_counter {
    struct entry *entries;
};

struct gls_name_counter *gls_name_counter_new(void)
{
    return calloc(1, sizeof(struct gls_name_counter));
}

static void free_entry(struct entry *entry)
{
    free(entry->name);
    free(entry);
}

void gls_name_counter_free(struct gls_name_counter *numbers)
{
    struct entry *next;

    if (numbers == NULL)
        return;
    struct entry *entry = numbers->entries;
    HASH_CLEAR(hh, numbers->entries);
    for (; entry != NULL; entry = next) {
        next = entry->hh.next;
        free_entry(entry);
    }
    free(numbers);
}

static struct entry *find(const struct gls_name_counter *numbers, const char *name)
{
    struct entry *entry = NULL;

    HASH_FIND_STR(numbers->entries, name, entry);
    return entry;
}

unsigned gls_name_counter_first(const struct gls_name_counter *numbers, const char *name)
{
    const struct entry *entry = find(numbers, name);

    return entry != NULL ? entry->next : 0;
}

void gls_name_counter_set(struct gls_name_counter *numbers, const char *name, unsigned next)
{
    struct entry *entry = find(numbers, name);

    if (entry != NULL) {
        entry->next = next;
        return;
    }
    entry = calloc(1, sizeof *entry);
    if (entry == NULL)
        return;
    entry->name = strdup(name);
    entry->next = next;
    entry->added = true;
    if (entry->name != NULL)
        HASH_ADD_KEYPTR(hh, numbers->entries, entry->name, strlen(entry->name), entry);
    if (entry->name == NULL || !entry->added)
        free_entry(entry);
}
