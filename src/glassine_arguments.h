/* SPDX-License-Identifier: MIT */
/* glassine_arguments - the structs that callers of other versions hand in and have
 * filled in ("Versions" in glassine.h), and a configuration where none is given. */
#ifndef GLS_GLASSINE_ARGUMENTS_H
#define GLS_GLASSINE_ARGUMENTS_H

#include <stdalign.h>
#include <string.h>

#include "base/error.h"
#include "plan/config/config.h"

/* The bytes of a struct up to the end of a member: the least that one can be,
 * whatever version of the header made it. */
#define UP_TO(type, member) (offsetof(struct type, member) + sizeof(((struct type *)0)->member))

/* The struct_size that a caller set, if a header of this soname can have had it. */
static inline bool take_size(size_t *size, const void *given, size_t least, struct gls_error *error)
{
    if (given == NULL)
        return gls_fail(error, GLS_ERROR_ARGUMENT, "no options were given");
    memcpy(size, given, sizeof *size);
    if (*size < least || *size % alignof(void *) != 0)
        return gls_fail(error, GLS_ERROR_ARGUMENT,
                        "struct_size is %zu, which no version of the struct had; begin it with "
                        "its _INIT macro",
                        *size);
    return true;
}

/* Members are only ever added at the end, and zero is each member's default. So
 * an older caller's struct is shorter and the rest is zero; a newer one's is
 * longer, which is well as long as it asks for nothing that is not known here. */
static inline bool take_struct(void *own, size_t own_size, const void *given, size_t least,
                               struct gls_error *error)
{
    const unsigned char *bytes = given;
    size_t size = 0;

    if (!take_size(&size, given, least, error))
        return false;
    memset(own, 0, own_size);
    memcpy(own, given, size < own_size ? size : own_size);
    for (size_t i = own_size; i < size; i++) {
        if (bytes[i] != 0)
            return gls_fail(error, GLS_ERROR_UNSUPPORTED,
                            "an option is set that this version of libglassine, %s, does not know",
                            gls_version());
    }
    return true;
}

/* Fills in what the caller's struct has room for; its struct_size stays. */
static inline void give_struct(void *out, const void *own, size_t own_size)
{
    size_t size;

    memcpy(&size, out, sizeof size);
    memset((char *)out + sizeof size, 0, size - sizeof size);
    memcpy((char *)out + sizeof size, (const char *)own + sizeof size,
           (size < own_size ? size : own_size) - sizeof size);
}

/* *config, or the defaults where it is NULL; *own is what to free afterwards. */
static inline bool take_config(const struct gls_config **config, struct gls_config **own,
                               struct gls_error *error)
{
    *own = NULL;
    if (*config != NULL)
        return true;
    if (!gls_config_defaults(own, error))
        return false;
    *config = *own;
    return true;
}

#endif
