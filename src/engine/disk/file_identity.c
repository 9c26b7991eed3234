/* SPDX-License-Identifier: MIT */
#include "engine/disk/file_identity.h"

bool gls_is_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

bool gls_is_unchanged(const struct stat *before, const struct stat *now)
{
    return gls_is_same_file(before, now) && before->st_size == now->st_size &&
           before->st_mtim.tv_sec == now->st_mtim.tv_sec &&
           before->st_mtim.tv_nsec == now->st_mtim.tv_nsec;
}

bool gls_paths_are_same_file(const char *a, const char *b)
{
    struct stat left, right;

    return lstat(a, &left) == 0 && lstat(b, &right) == 0 && gls_is_same_file(&left, &right);
}
