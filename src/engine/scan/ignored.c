/* SPDX-License-Identifier: MIT */
#include "engine/scan/ignored.h"

#include <stddef.h>

#include "base/ascii.h"

static const char trash[] = "in a trash";
static const char thumbnails[] = "thumbnails of another program";
static const char versions[] = "old versions that another program keeps";
static const char internals[] = "another program's own files";
static const char system_data[] = "data of the file system";
static const char unfinished[] = "not finished by the program that writes it";

struct ignored {
    const char *pattern; /* without regard to ASCII case; * is any text, ? any byte */
    const char *reason;
    bool is_system;
};

static const struct ignored folders[] = {
    /* File systems and operating systems. */
    {"lost+found", system_data, true},                /* ext2/3/4: fsck */
    {"System Volume Information", system_data, true}, /* Windows, on NTFS and exFAT */
    {"FOUND.???", system_data, true},                 /* Windows: chkdsk */
    {".Spotlight-V100", system_data, true},           /* macOS: search index */
    {".DocumentRevisions-V100", system_data, true},   /* macOS: versions */
    {".fseventsd", system_data, true},                /* macOS: journal of changes */
    {".TemporaryItems", system_data, true},           /* macOS */
    {".MobileBackups", system_data, true},            /* macOS: Time Machine */
    {".zfs", system_data, true},                      /* ZFS: snapshots */
    {".snapshot", system_data, true},                 /* NetApp: snapshots */
    {".snapshots", system_data, true},                /* snapper on Btrfs */
    {"#snapshot", system_data, true},                 /* Synology: snapshots */
    {"@Recently-Snapshot", system_data, true},        /* QNAP: snapshots */
    {"$RECYCLE.BIN", trash, true},                    /* Windows since Vista */
    {"RECYCLER", trash, true},                        /* Windows XP, on NTFS */
    {"RECYCLED", trash, true},                        /* Windows 95, on FAT */
    {".Trashes", trash, true},                        /* macOS, on other volumes */
    {".Trash", trash, true},                          /* freedesktop.org trash 1.0; macOS home */
    {".Trash-*", trash, true},                        /* freedesktop.org trash 1.0 */
    {"#recycle", trash, true},                        /* Synology DSM */
    {"@Recycle", trash, true},                        /* QNAP */
    /* Programs. */
    {".glassine", internals, true},                 /* a library's own folder */
    {"@eaDir", thumbnails, true},                   /* Synology: thumbnails, attributes */
    {"@tmp", internals, true},                      /* Synology */
    {".@__thumb", thumbnails, true},                /* QNAP */
    {".globalTrash", trash, false},                 /* Xiaomi gallery */
    {".dtrash", trash, false},                      /* digiKam */
    {".thumbnails", thumbnails, false},             /* Android, older desktops */
    {".sh_thumbnails", thumbnails, false},          /* freedesktop.org, shared thumbnails */
    {".stversions", versions, false},               /* Syncthing */
    {".stfolder", internals, false},                /* Syncthing */
    {".picasaoriginals", versions, false},          /* Picasa: before its edits */
    {"* Previews.lrdata", thumbnails, false},       /* Lightroom Classic: previews */
    {"* Smart Previews.lrdata", thumbnails, false}, /* Lightroom Classic */
    {"CaptureOne", internals, false},               /* Capture One: cache and settings */
    {".dropbox.cache", internals, false},           /* Dropbox */
    {".sync", internals, false},                    /* Resilio Sync: archive */
};

static const struct ignored files[] = {
    {".trashed-*", trash, false},      /* Android 11: MediaStore's trash */
    {".pending-*", unfinished, false}, /* Android 10: MediaStore's pending items */
};

static bool matches(const char *pattern, const char *name)
{
    for (; *pattern != '\0' && *pattern != '*'; pattern++, name++)
        if (*name == '\0' ||
            (*pattern != '?' && gls_ascii_lower(*pattern) != gls_ascii_lower(*name)))
            return false;
    if (*pattern == '\0')
        return *name == '\0';
    for (;; name++) {
        if (matches(pattern + 1, name))
            return true;
        if (*name == '\0')
            return false;
    }
}

static const struct ignored *find(const struct ignored *rows, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (matches(rows[i].pattern, name))
            return &rows[i];
    return NULL;
}

const char *gls_ignored_folder(const char *name)
{
    const struct ignored *row = find(folders, sizeof(folders) / sizeof(folders[0]), name);

    return row != NULL ? row->reason : NULL;
}

const char *gls_ignored_file(const char *name)
{
    const struct ignored *row = find(files, sizeof(files) / sizeof(files[0]), name);

    return row != NULL ? row->reason : NULL;
}

bool gls_ignored_is_system(const char *name)
{
    const struct ignored *row = find(folders, sizeof(folders) / sizeof(folders[0]), name);

    return row != NULL && row->is_system;
}
