/* SPDX-License-Identifier: MIT */
#include "engine/scan/ignored.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/path.h"

static const char trash[] = "in a trash";
static const char thumbnails[] = "thumbnails of another program";
static const char versions[] = "old versions that another program keeps";
static const char internals[] = "another program's own files";
static const char system_data[] = "data of the file system";
static const char rescued[] = "what a check of the file system found";
static const char derived[] = "derived from other files by another program";
static const char unfinished[] = "not finished by the program that writes it";

const struct gls_ignored gls_ignored_folders[] = {
    /* File systems and operating systems. */
    {"lost+found", rescued, true},                    /* ext2/3/4: fsck */
    {"System Volume Information", system_data, true}, /* Windows, on NTFS and exFAT */
    {"FOUND.???", rescued, true},                     /* Windows: chkdsk */
    {".Spotlight-V100", system_data, true},           /* macOS: search index */
    {".DocumentRevisions-V100", system_data, true},   /* macOS: versions */
    {".fseventsd", system_data, true},                /* macOS: journal of changes */
    {".TemporaryItems", system_data, true},           /* macOS */
    {".MobileBackups", system_data, true},            /* macOS: Time Machine */
    {".zfs", system_data, true},                      /* ZFS: snapshots */
    {".snapshot", system_data, true},                 /* NetApp: snapshots */
    {".snapshots", system_data, true},                /* snapper on Btrfs */
    {".AppleDouble", system_data, true},              /* netatalk: attributes */
    {"Network Trash Folder", trash, true},            /* AFP */
    {"Temporary Items", system_data, true},           /* AFP */
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
    {".glassine", internals, true},                    /* a library's own folder */
    {"@eaDir", thumbnails, true},                      /* Synology: thumbnails, attributes */
    {"@tmp", internals, true},                         /* Synology */
    {".@__thumb", thumbnails, true},                   /* QNAP */
    {"@Transcode", derived, true},                     /* QNAP: movies for small screens */
    {".globalTrash", trash, false},                    /* Xiaomi gallery */
    {".dtrash", trash, false},                         /* digiKam */
    {"files_trashbin", trash, false},                  /* Nextcloud, in its data folder */
    {"files_versions", versions, false},               /* Nextcloud, in its data folder */
    {"appdata_*", internals, false},                   /* Nextcloud: previews */
    {"iCloud Photos*/Recently Deleted", trash, false}, /* privacy.apple.com */
    {"M4ROOT/THMBNL", thumbnails, false},              /* Sony XAVC: C0001T01.JPG */
    {"M4ROOT/SUB", derived, false},                    /* Sony XAVC: proxies, C0001S03.MP4 */
    {"XDROOT/Thmbnl", thumbnails, false},              /* Sony XDCAM */
    {"XDROOT/Sub", derived, false},                    /* Sony XDCAM: proxies */
    {".cache", internals, false},                      /* XDG base directories */
    {".thumbnails", thumbnails, false},                /* Android, older desktops */
    {".sh_thumbnails", thumbnails, false},             /* freedesktop.org, shared thumbnails */
    {".stversions", versions, false},                  /* Syncthing */
    {".stfolder", internals, false},                   /* Syncthing */
    {".picasaoriginals", versions, false},             /* Picasa: before its edits */
    {"*.lrdata", thumbnails, false},                   /* Lightroom Classic: previews, indices */
    {"CaptureOne", internals, false},                  /* Capture One: cache and settings */
    {"*.cocatalog/Cache", thumbnails, false},          /* Capture One: catalogue */
    {"*.photoslibrary/resources", derived, false},     /* Apple Photos: derivatives, renders */
    {"*.photoslibrary/private", internals, false},     /* Apple Photos */
    {"*.photoslibrary/Thumbnails", thumbnails, false}, /* Apple Photos until macOS 10.14 */
    {"*.photolibrary/Thumbnails", thumbnails, false},  /* iPhoto */
    {"*.photolibrary/Previews", thumbnails, false},    /* iPhoto */
    {"*.aplibrary/Thumbnails", thumbnails, false},     /* Aperture */
    {"*.aplibrary/Previews", thumbnails, false},       /* Aperture */
    {".ordigi", internals, false},                     /* Ordigi: its database */
    {"encoded-video", derived, false},                 /* Immich: transcoded movies */
    {".dropbox.cache", internals, false},              /* Dropbox */
    {".sync", internals, false},                       /* Resilio Sync: archive */
    {NULL, NULL, false},
};

const struct gls_ignored gls_ignored_files[] = {
    {".trashed-*", trash, false},      /* Android 11: MediaStore's trash */
    {".pending-*", unfinished, false}, /* Android 10: MediaStore's pending items */
    {NULL, NULL, false},
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

/* Indices that a camera keeps beside its movies. Of types that nobody files. */
static const char *const structure[] = {
    "*.mpl", "*.bdm",      "*.mpls", "*.bdmv", "*.bdjo", /* AVCHD, Blu-ray */
    "*.tid", "*.tdt",                                    /* AVCHDTN: thumbnails */
    "*.ctg", "STATUS.BIN",                               /* Canon; Sony */
};

static const char *last_names(const char *path, const char *pattern)
{
    const char *name = gls_path_base(path);

    if (strchr(pattern, '/') == NULL || name == path)
        return name;
    for (name--; name > path && name[-1] != '/';)
        name--;
    return name;
}

static const struct gls_ignored *find(const struct gls_ignored *rows, const char *path)
{
    for (; rows->pattern != NULL; rows++)
        if (matches(rows->pattern, last_names(path, rows->pattern)))
            return rows;
    return NULL;
}

const char *gls_ignored_folder(const char *path)
{
    const struct gls_ignored *row = find(gls_ignored_folders, path);

    return row != NULL ? row->reason : NULL;
}

const char *gls_ignored_file(const char *path)
{
    const struct gls_ignored *row = find(gls_ignored_files, path);

    return row != NULL ? row->reason : NULL;
}

bool gls_ignored_below(const char *path)
{
    char *folder = strdup(path);
    bool is_ignored = gls_ignored_file(path) != NULL;

    for (char *end = folder; !is_ignored && end != NULL;) {
        end = strrchr(folder, '/');
        if (end != NULL) {
            *end = '\0';
            is_ignored = gls_ignored_folder(folder) != NULL;
        }
    }
    free(folder);
    return is_ignored;
}

bool gls_ignored_is_system(const char *path)
{
    const struct gls_ignored *row = find(gls_ignored_folders, path);

    return row != NULL && row->is_system;
}

bool gls_ignored_is_closed(const char *path)
{
    const struct gls_ignored *row = find(gls_ignored_folders, path);

    return row != NULL && row->is_system &&
           (row->reason == system_data || row->reason == internals);
}

const char *gls_ignored_type(const char *path)
{
    for (size_t i = 0; i < sizeof(structure) / sizeof(structure[0]); i++)
        if (matches(structure[i], gls_path_base(path)))
            return "an index that the camera keeps";
    return "not a supported file type";
}
