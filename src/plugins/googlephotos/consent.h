/* SPDX-License-Identifier: MIT */
/*
 * consent - asks a person for leave to upload: OAuth 2.0 for native apps (RFC 8252) with
 * a redirect to 127.0.0.1 on a port of the system's choice, and PKCE by S256 (RFC 7636).
 * No browser is started: the address is shown. Whose browser runs on another machine
 * pastes back the address that it was sent to.
 */
#ifndef GLS_PLUGINS_GOOGLEPHOTOS_CONSENT_H
#define GLS_PLUGINS_GOOGLEPHOTOS_CONSENT_H

#include "plugins/googlephotos/auth.h"

/* Waits for the answer for a quarter of an hour, and keeps the tokens. REFUSED: there is
 * no terminal, or the person said no; *error says what to do. */
enum gls_google_outcome gls_google_consent(struct gls_google_auth *auth,
                                           const struct gls_google_asker *asker,
                                           struct gls_error *error);

#endif
