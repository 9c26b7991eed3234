/* SPDX-License-Identifier: MIT */
/* elodie_state - what Elodie knew becomes what the library knows, once. */
#ifndef GLS_ENGINE_IMPORT_ELODIE_STATE_H
#define GLS_ENGINE_IMPORT_ELODIE_STATE_H

#include "engine/filing/session.h"

/* Takes Elodie's hash.json and location.json in if its folder is there and it was
 * not done before. A file that cannot be read is reported and left as it is; false
 * only if the library's own database fails. */
bool gls_take_elodie_state(struct gls_session *run, struct gls_error *error);

#endif
