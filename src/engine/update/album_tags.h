/* SPDX-License-Identifier: MIT */
/* album_tags - [Metadata] album_tags=yes: what joined or left an album since its keywords were
 * written gets them now. */
#ifndef GLS_ENGINE_UPDATE_ALBUM_TAGS_H
#define GLS_ENGINE_UPDATE_ALBUM_TAGS_H

#include "engine/operation/call.h"

/* After an operation on the library that `inside` lies in (NULL: none). No file gets another name.
 * Does nothing without the option, and where `like` writes no tags or is a dry run. Of `like` jobs,
 * command_line, write_metadata, hooks and waiting count. What cannot be written is told by
 * on_message, with the reason, and not tried again; where the library cannot be used, or it is
 * cancelled, the rest waits for the next time. */
void gls_engine_write_album_tags(const struct gls_engine_call *call, const char *inside,
                                 const struct gls_update_options *like);

#endif
