/* SPDX-License-Identifier: MIT */
/* album - the id of the album with a title, made where the store knows none. */
#ifndef GLS_PLUGINS_GOOGLEPHOTOS_ALBUM_H
#define GLS_PLUGINS_GOOGLEPHOTOS_ALBUM_H

#include "plugins/googlephotos/service.h"

/* *id is the caller's to free. A run that dies between the service's answer and its being
 * kept makes a second one: with this scope the plugin may not list albums. */
enum gls_google_outcome gls_google_album(char **id, struct gls_google *google, const char *title,
                                         struct gls_error *error);
/* It was deleted there: the next call makes it again. */
void gls_google_album_forget(struct gls_plugin_host *host, const char *title);

#endif
