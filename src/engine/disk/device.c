/* SPDX-License-Identifier: MIT */
#include "engine/disk/device.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/system/retry.h"
#include "engine/disk/rename.h"

/* The disk's attribute, up to `size` bytes; "" where there is none. A partition has its disk's
 * beside it. Kernel: Documentation/ABI/stable/sysfs-block. */
static void read_attribute(char *out, size_t size, const char *sys, dev_t device, const char *name)
{
    static const char *const places[] = {"", "../"};
    char path[512];
    int fd = -1;

    for (size_t i = 0; fd < 0 && i < sizeof places / sizeof *places; i++) {
        snprintf(path, sizeof path, "%s/%u:%u/%s%s", sys, major(device), minor(device), places[i],
                 name);
        fd = gls_open(path, O_RDONLY, 0);
    }
    ssize_t count = fd >= 0 ? gls_read(fd, out, size - 1) : 0;
    out[count > 0 ? count : 0] = '\0';
    if (fd >= 0)
        close(fd);
}

static bool says_one(const char *sys, dev_t device, const char *name)
{
    char value[2];

    read_attribute(value, sizeof value, sys, device, name);
    return value[0] == '1';
}

/* Virtual disks call themselves rotating, and their model or vendor by what makes them up. */
static bool is_virtual(const char *sys, dev_t device)
{
    static const char *const attributes[] = {"device/vendor", "device/model"};
    static const char *const makers[] = {"QEMU", "VMware", "VBOX", "Msft", "Virtual", "Google"};
    char value[32];

    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
        read_attribute(value, sizeof value, sys, device, attributes[i]);
        for (size_t j = 0; j < sizeof makers / sizeof *makers; j++) {
            if (strncmp(value, makers[j], strlen(makers[j])) == 0)
                return true;
        }
    }
    return false;
}

/* Numbers: the kernel's Documentation/admin-guide/devices.txt. */
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
    return says_one(sys, device, "queue/rotational") && !is_virtual(sys, device)
               ? GLS_DEVICE_ROTATING
               : GLS_DEVICE_OTHER;
}

enum gls_device gls_device_of(const char *path)
{
    struct stat status;

    if (gls_is_on_network(path))
        return GLS_DEVICE_NETWORK;
    return stat(path, &status) == 0 ? gls_device_in("/sys/dev/block", status.st_dev)
                                    : GLS_DEVICE_OTHER;
}
