/* SPDX-License-Identifier: MIT */
#include "engine/names/ignored.h"

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
    {"lost+found", rescued, GLS_IGNORED_SYSTEM},                    /* ext2/3/4: fsck */
    {"System Volume Information", system_data, GLS_IGNORED_CLOSED}, /* Windows, on NTFS and exFAT */
    {"FOUND.???", rescued, GLS_IGNORED_SYSTEM},                     /* Windows: chkdsk */
    {".Spotlight-V100", system_data, GLS_IGNORED_CLOSED},           /* macOS: search index */
    {".DocumentRevisions-V100", system_data, GLS_IGNORED_CLOSED},   /* macOS: versions */
    {".fseventsd", system_data, GLS_IGNORED_CLOSED},                /* macOS: journal of changes */
    {".TemporaryItems", system_data, GLS_IGNORED_CLOSED},           /* macOS */
    {".MobileBackups", system_data, GLS_IGNORED_CLOSED},            /* macOS: Time Machine */
    {".zfs", system_data, GLS_IGNORED_CLOSED},                      /* ZFS: snapshots */
    {".snapshot", system_data, GLS_IGNORED_CLOSED},                 /* NetApp: snapshots */
    {".snapshots", system_data, GLS_IGNORED_CLOSED},                /* snapper on Btrfs */
    {".AppleDouble", system_data, GLS_IGNORED_CLOSED},              /* netatalk: attributes */
    {"Network Trash Folder", trash, GLS_IGNORED_SYSTEM},            /* AFP */
    {"Temporary Items", system_data, GLS_IGNORED_CLOSED},           /* AFP */
    {"#snapshot", system_data, GLS_IGNORED_CLOSED},                 /* Synology: snapshots */
    {"@Recently-Snapshot", system_data, GLS_IGNORED_CLOSED},        /* QNAP: snapshots */
    {"$RECYCLE.BIN", trash, GLS_IGNORED_SYSTEM},                    /* Windows since Vista */
    {"RECYCLER", trash, GLS_IGNORED_SYSTEM},                        /* Windows XP, on NTFS */
    {"RECYCLED", trash, GLS_IGNORED_SYSTEM},                        /* Windows 95, on FAT */
    {".Trashes", trash, GLS_IGNORED_SYSTEM},                        /* macOS, on other volumes */
    {".Trash", trash, GLS_IGNORED_SYSTEM},   /* freedesktop.org trash 1.0; macOS home */
    {".Trash-*", trash, GLS_IGNORED_SYSTEM}, /* freedesktop.org trash 1.0 */
    {"#recycle", trash, GLS_IGNORED_SYSTEM}, /* Synology DSM */
    {"@Recycle", trash, GLS_IGNORED_SYSTEM}, /* QNAP */
    /* Programs. */
    {".glassine", internals, GLS_IGNORED_CLOSED},      /* a library's own folder */
    {"@eaDir", thumbnails, GLS_IGNORED_SYSTEM},        /* Synology: thumbnails, attributes */
    {"@tmp", internals, GLS_IGNORED_CLOSED},           /* Synology */
    {".@__thumb", thumbnails, GLS_IGNORED_SYSTEM},     /* QNAP */
    {"@Transcode", derived, GLS_IGNORED_SYSTEM},       /* QNAP: movies for small screens */
    {".globalTrash", trash, GLS_IGNORED_PROGRAM},      /* Xiaomi gallery */
    {".dtrash", trash, GLS_IGNORED_PROGRAM},           /* digiKam */
    {"files_trashbin", trash, GLS_IGNORED_PROGRAM},    /* Nextcloud, in its data folder */
    {"files_versions", versions, GLS_IGNORED_PROGRAM}, /* Nextcloud, in its data folder */
    {"appdata_*", internals, GLS_IGNORED_PROGRAM},     /* Nextcloud: previews */
    {"iCloud Photos*/Recently Deleted", trash, GLS_IGNORED_PROGRAM}, /* privacy.apple.com */
    {"M4ROOT/THMBNL", thumbnails, GLS_IGNORED_PROGRAM},              /* Sony XAVC: C0001T01.JPG */
    {"M4ROOT/SUB", derived, GLS_IGNORED_PROGRAM},        /* Sony XAVC: proxies, C0001S03.MP4 */
    {"XDROOT/Thmbnl", thumbnails, GLS_IGNORED_PROGRAM},  /* Sony XDCAM */
    {"XDROOT/Sub", derived, GLS_IGNORED_PROGRAM},        /* Sony XDCAM: proxies */
    {".cache", internals, GLS_IGNORED_PROGRAM},          /* XDG base directories */
    {".thumbnails", thumbnails, GLS_IGNORED_PROGRAM},    /* Android, older desktops */
    {".sh_thumbnails", thumbnails, GLS_IGNORED_PROGRAM}, /* freedesktop.org, shared thumbnails */
    {".stversions", versions, GLS_IGNORED_PROGRAM},      /* Syncthing */
    {".stfolder", internals, GLS_IGNORED_PROGRAM},       /* Syncthing */
    {".picasaoriginals", versions, GLS_IGNORED_PROGRAM}, /* Picasa: before its edits */
    {"*.lrdata", thumbnails, GLS_IGNORED_PROGRAM},       /* Lightroom Classic: previews, indices */
    {"CaptureOne", internals, GLS_IGNORED_PROGRAM},      /* Capture One: cache and settings */
    {"*.cocatalog/Cache", thumbnails, GLS_IGNORED_PROGRAM}, /* Capture One: catalogue */
    {"*.photoslibrary/resources", derived,
     GLS_IGNORED_PROGRAM}, /* Apple Photos: derivatives, renders */
    {"*.photoslibrary/private", internals, GLS_IGNORED_PROGRAM}, /* Apple Photos */
    {"*.photoslibrary/Thumbnails", thumbnails,
     GLS_IGNORED_PROGRAM}, /* Apple Photos until macOS 10.14 */
    {"*.photolibrary/Thumbnails", thumbnails, GLS_IGNORED_PROGRAM}, /* iPhoto */
    {"*.photolibrary/Previews", thumbnails, GLS_IGNORED_PROGRAM},   /* iPhoto */
    {"*.aplibrary/Thumbnails", thumbnails, GLS_IGNORED_PROGRAM},    /* Aperture */
    {"*.aplibrary/Previews", thumbnails, GLS_IGNORED_PROGRAM},      /* Aperture */
    {".ordigi", internals, GLS_IGNORED_PROGRAM},                    /* Ordigi: its database */
    {"cache2/entries", internals, GLS_IGNORED_PROGRAM},             /* Firefox: cache of pages */
    {".wdmc", thumbnails, GLS_IGNORED_PROGRAM},           /* Western Digital: media crawler */
    {"encoded-video", derived, GLS_IGNORED_PROGRAM},      /* Immich: transcoded movies */
    {".dropbox.cache", internals, GLS_IGNORED_PROGRAM},   /* Dropbox */
    {".tmb", thumbnails, GLS_IGNORED_PROGRAM},            /* elFinder, file managers of NAS */
    {"com.*/cache", internals, GLS_IGNORED_PROGRAM},      /* Android/data: caches of apps */
    {".sync", internals, GLS_IGNORED_PROGRAM},            /* Resilio Sync: archive */
    {"idb/*.files", internals, GLS_IGNORED_PROGRAM},      /* Firefox: IndexedDB of pages */
    {"cache/morgue", internals, GLS_IGNORED_PROGRAM},     /* Firefox: Cache API of pages */
    {"*.indexeddb.blob", internals, GLS_IGNORED_PROGRAM}, /* Chrome: IndexedDB of pages */
    {"lfs/objects", internals, GLS_IGNORED_PROGRAM},      /* Git LFS, in a bare repository */
    {NULL, NULL, GLS_IGNORED_PROGRAM},
};

const struct gls_ignored gls_ignored_files[] = {
    {".glassine-*", unfinished, GLS_IGNORED_PROGRAM}, /* what update --in-place left, views' list */
    {".trashed-*", trash, GLS_IGNORED_PROGRAM},       /* Android 11: MediaStore's trash */
    {".pending-*", unfinished, GLS_IGNORED_PROGRAM},  /* Android 10: MediaStore's pending items */
    {"*.part", unfinished, GLS_IGNORED_PROGRAM},      /* Firefox, wget, KDE */
    {"*.partial", unfinished, GLS_IGNORED_PROGRAM},   /* Edge */
    {"*.crdownload", unfinished, GLS_IGNORED_PROGRAM}, /* Chrome */
    {"*.opdownload", unfinished, GLS_IGNORED_PROGRAM}, /* Opera */
    {"*.download", unfinished, GLS_IGNORED_PROGRAM},   /* Safari */
    {"*.filepart", unfinished, GLS_IGNORED_PROGRAM},   /* WinSCP */
    {"*.tmp", unfinished, GLS_IGNORED_PROGRAM},        /* programs that rename when they are done */
    {"*.temp", unfinished, GLS_IGNORED_PROGRAM},       /* the same */
    {".*.??????", unfinished, GLS_IGNORED_PROGRAM},    /* rsync: .NAME.EXT.Xy1z2A */
    {"*.part-Frag*", unfinished, GLS_IGNORED_PROGRAM}, /* yt-dlp */
    {"*.downloading", unfinished, GLS_IGNORED_PROGRAM}, /* download managers */
    {"*.dlpart", unfinished, GLS_IGNORED_PROGRAM},      /* the same */
    {"*.!qB", unfinished, GLS_IGNORED_PROGRAM},         /* qBittorrent */
    {"*.!ut", unfinished, GLS_IGNORED_PROGRAM},         /* uTorrent */
    {"*.bc!", unfinished, GLS_IGNORED_PROGRAM},         /* BitComet */
    {"*.!sync", unfinished, GLS_IGNORED_PROGRAM},       /* Resilio Sync */
    {"*.exo", internals, GLS_IGNORED_PROGRAM},          /* Android, ExoPlayer: cache */
    {"*.cnt", internals, GLS_IGNORED_PROGRAM},          /* Android, Fresco: cache */
    {"*.cot", internals, GLS_IGNORED_PROGRAM},          /* the same */
    {"????????????????????????????????.?", internals, GLS_IGNORED_PROGRAM}, /* Android: MD5.0 */
    {"????????????????????????????????????????????????????????????????.?", internals,
     GLS_IGNORED_PROGRAM},                                   /* Glide: SHA256.0 */
    {"*.*_original", versions, GLS_IGNORED_PROGRAM},         /* ExifTool: NAME.EXT_original */
    {"*~", versions, GLS_IGNORED_PROGRAM},                   /* editors: backup of NAME.EXT */
    {"*.ithmb", thumbnails, GLS_IGNORED_PROGRAM},            /* iPod and iPhoto */
    {"*.thumb", thumbnails, GLS_IGNORED_PROGRAM},            /* apps on Android */
    {"Cache/f_??????", internals, GLS_IGNORED_PROGRAM},      /* Chrome, Electron: cache of pages */
    {"Cache_Data/f_??????", internals, GLS_IGNORED_PROGRAM}, /* the same, newer */
    {NULL, NULL, GLS_IGNORED_PROGRAM},
};

static bool matches(const char *pattern, const char *name)
{
    for (; *pattern != '\0' && *pattern != '*'; pattern++, name++)
        if (*name == '\0' ||
            (*pattern == '?' ? *name == '.' : gls_ascii_lower(*pattern) != gls_ascii_lower(*name)))
            return false;
    if (*pattern == '\0')
        return *name == '\0';
    /* Behind the last star stands what the name ends with. */
    size_t size = strlen(name), end_size = strlen(pattern + 1);
    if (strchr(pattern + 1, '*') == NULL)
        return size >= end_size && matches(pattern + 1, name + size - end_size);
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

/* The last two names of a path, or the only one. */
static const char *last_two(const char *path, const char *name)
{
    if (name == path)
        return name;
    for (name--; name > path && name[-1] != '/';)
        name--;
    return name;
}

/* Of most names the first letter tells already that they are none of these. */
static const struct gls_ignored *find(const struct gls_ignored *rows, const char *path)
{
    const char *name = gls_path_base(path);
    const char *two = last_two(path, name);

    for (; rows->pattern != NULL; rows++) {
        char first = rows->pattern[0];
        bool may_match = first == '*' || first == '?' ||
                         gls_ascii_lower(first) == gls_ascii_lower(name[0]) ||
                         gls_ascii_lower(first) == gls_ascii_lower(two[0]);
        if (may_match && matches(rows->pattern, strchr(rows->pattern, '/') != NULL ? two : name))
            return rows;
    }
    return NULL;
}

const char *gls_ignored_folder(const char *path)
{
    const struct gls_ignored *row = find(gls_ignored_folders, path);

    return row != NULL ? row->reason : NULL;
}

/* rsync --temp-dir: NAME.EXT.Xy1z2A. Words and numbers are of one kind of character. */
static bool is_of_rsync(const char *path)
{
    const char *end = strrchr(gls_path_base(path), '.');
    bool has_digit = false, has_upper = false, has_lower = false;

    if (end == NULL || strlen(end) != 7 ||
        memchr(gls_path_base(path), '.', (size_t)(end - gls_path_base(path))) == NULL)
        return false;
    while (*++end != '\0') {
        has_digit |= *end >= '0' && *end <= '9';
        has_upper |= *end >= 'A' && *end <= 'Z';
        has_lower |= *end >= 'a' && *end <= 'z';
    }
    return has_digit + has_upper + has_lower > 1;
}

const char *gls_ignored_file(const char *path, bool is_also)
{
    const struct gls_ignored *row = find(gls_ignored_files, path);
    bool is_by_extension = row != NULL && (row->pattern[0] == '*' || row->pattern[0] == '?');

    if (row != NULL && !(is_by_extension && is_also))
        return row->reason;
    return !is_also && is_of_rsync(path) ? unfinished : NULL;
}

bool gls_ignored_below(const char *path, bool is_also)
{
    char *folder = strdup(path);
    bool is_ignored = gls_ignored_file(path, is_also) != NULL;

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

    return row != NULL && row->kind != GLS_IGNORED_PROGRAM;
}

bool gls_ignored_is_closed(const char *path)
{
    const struct gls_ignored *row = find(gls_ignored_folders, path);

    return row != NULL && row->kind == GLS_IGNORED_CLOSED;
}

const char *gls_ignored_type(const char *path)
{
    for (size_t i = 0; i < sizeof(structure) / sizeof(structure[0]); i++)
        if (matches(structure[i], gls_path_base(path)))
            return "an index that the camera keeps";
    return "not a supported file type";
}
