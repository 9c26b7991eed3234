/* SPDX-License-Identifier: MIT */
/*
 * auth - who the plugin is and what it may do: the client of secrets_file= (Google's
 * "installed" form), the tokens of auth_file= (google-auth's Credentials, as Elodie's
 * library wrote them; members that are not known stay), and refreshing them (RFC 6749,
 * section 6).
 */
#ifndef GLS_PLUGINS_GOOGLEPHOTOS_AUTH_H
#define GLS_PLUGINS_GOOGLEPHOTOS_AUTH_H

#include "plugins/googlephotos/ask.h"

#define GLS_GOOGLE_SCOPE "https://www.googleapis.com/auth/photoslibrary.appendonly"

struct gls_google_auth {
    char *secrets_path; /* absolute */
    char *auth_path;
    json_t *client; /* of secrets_file=; NULL: not read, or not there */
    json_t *tokens; /* of auth_file=; NULL: there are none yet */
};

/* Reads both files. A token file that others could read is mended, and that is said. */
bool gls_google_auth_load(struct gls_google_auth *auth, struct gls_plugin_host *host,
                          struct gls_error *error);
void gls_google_auth_unload(struct gls_google_auth *auth);

/* The access token; NULL: there is none, or its time is over. Valid until it is
 * refreshed. */
const char *gls_google_auth_token(const struct gls_google_auth *auth);
/* Gets a new one. REFUSED: only a person can help, by consenting anew. */
enum gls_google_outcome gls_google_auth_refresh(struct gls_google_auth *auth,
                                                const struct gls_google_asker *asker,
                                                struct gls_error *error);
/* Posts `form` to the token endpoint and keeps what it answers. */
enum gls_google_outcome gls_google_auth_fetch(struct gls_google_auth *auth,
                                              const struct gls_google_asker *asker,
                                              const struct gls_strbuf *form,
                                              struct gls_error *error);

#endif
