/* SPDX-License-Identifier: MIT */
/* sanitize - text that a file states as a part of a path (law 8). */
#ifndef GLS_PLAN_NAMING_SANITIZE_H
#define GLS_PLAN_NAMING_SANITIZE_H

#include <stdbool.h>

/* Sanitises one path component (law 8): valid UTF-8, no '/', NUL or control
 * characters, no leading or trailing dot or blank, not "." or "..", at most
 * 255 bytes, cut at a character boundary before the extension if `keep_extension`.
 * What is not allowed becomes "_", a line break becomes a blank, "" becomes "_";
 * characters that hide or reorder what stands beside them go.
 * The result is composed (Unicode NFC), so that a name as macOS hands it over and
 * the same name typed elsewhere are one. The caller frees it. NULL: no memory. */
char *gls_sanitize_component(const char *text, bool portable_names, bool keep_extension);
/* A relative path: each component sanitised, empty ones left out; "" stays. The caller
 * frees it. NULL: no memory. */
char *gls_sanitize_folder(const char *path, bool portable_names);
/* As above with "-N" before the extension: the Nth file of that name. Companions
 * pass their shared stem through this too. */
char *gls_numbered_name(const char *name, unsigned number);

#endif
