/* SPDX-License-Identifier: MIT */
/* call - what every call of a public operation has in common. glassine_operations.c fills
 * it in; all but `cancel` is set, and all is borrowed until the operation returns. */
#ifndef GLS_ENGINE_OPERATION_CALL_H
#define GLS_ENGINE_OPERATION_CALL_H

#include "glassine.h"

struct gls_engine_call {
    const struct gls_config *config;
    const struct gls_callbacks *callbacks; /* of verify: user, on_progress and on_message */
    const struct gls_cancel *cancel;       /* NULL: it cannot be cancelled */
};

#endif
