/* SPDX-License-Identifier: MIT */
#include "engine/disk/device.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "engine/disk/rename.h"

/* Does the disk's attribute say 1? A partition has its disk's beside it. Kernel:
 * Documentation/ABI/stable/sysfs-block. */
static bool says_one(const char *sys, dev_t device, const char *name)
{
    static const char *const places[] = {"", "../"};
    char path[512], value = '\0';
    int fd = -1;

    for (size_t i = 0; fd < 0 && i < sizeof places / sizeof *places; i++) {
        snprintf(path, sizeof path, "%s/%u:%u/%s%s", sys, major(device), minor(device), places[i],
                 name);
        fd = open(path, O_RDONLY | O_CLOEXEC);
    }
    bool is_one = fd >= 0 && read(fd, &value, 1) == 1 && value == '1';
    if (fd >= 0)
        close(fd);
    return is_one;
}

/* Numbers: the kernel's Documentation/admin-guide/devices.txt. Virtual disks call themselves
 * rotating, but are none of these. */
static bool is_scsi_disk(unsigned number)
{
    return number == 8 || (number >= 65 && number <= 71) || (number >= 128 && number <= 135);
}

enum gls_device gls_device_in(const char *sys, dev_t device)
{
    enum { MMC = 179 };

    if (major(device) == MMC)
        return GLS_DEVICE_CARD;
    if (!is_scsi_disk(major(device)))
        return GLS_DEVICE_OTHER;
    /* A card reader does not know that nothing turns in a card. */
    if (says_one(sys, device, "removable"))
        return GLS_DEVICE_CARD;
    return says_one(sys, device, "queue/rotational") ? GLS_DEVICE_ROTATING : GLS_DEVICE_OTHER;
}

enum gls_device gls_device_of(const char *path)
{
    struct stat status;

    if (gls_is_on_network(path))
        return GLS_DEVICE_NETWORK;
    return stat(path, &status) == 0 ? gls_device_in("/sys/dev/block", status.st_dev)
                                    : GLS_DEVICE_OTHER;
}
