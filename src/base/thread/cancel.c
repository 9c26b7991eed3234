/* SPDX-License-Identifier: MIT */
#include "base/thread/cancel.h"

#include <stdatomic.h>
#include <stdlib.h>

/* Lock-free, so that a signal handler may set it: an int, for a bool is not on every processor
 * (RISC-V has no atomic calls on single bytes). */
struct gls_cancel {
    atomic_int requested;
};
_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "a cancel token must be async-signal-safe");

struct gls_cancel *gls_cancel_new(void)
{
    struct gls_cancel *cancel = malloc(sizeof(*cancel));

    if (cancel != NULL)
        atomic_init(&cancel->requested, 0);
    return cancel;
}

void gls_cancel_free(struct gls_cancel *cancel)
{
    free(cancel);
}

void gls_cancel_request(struct gls_cancel *cancel)
{
    atomic_store_explicit(&cancel->requested, 1, memory_order_relaxed);
}

bool gls_cancel_is_requested(const struct gls_cancel *cancel)
{
    return cancel != NULL && atomic_load_explicit(&cancel->requested, memory_order_relaxed) != 0;
}
