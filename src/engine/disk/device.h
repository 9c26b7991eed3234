/* SPDX-License-Identifier: MIT */
/*
 * device - on what kind of device a path lies, as far as the number of workers depends on it
 * (docs/performance.md has the measurements).
 */
#ifndef GLS_ENGINE_DISK_DEVICE_H
#define GLS_ENGINE_DISK_DEVICE_H

#include <sys/types.h>

enum gls_device {
    GLS_DEVICE_OTHER,    /* an SSD, or not known */
    GLS_DEVICE_NETWORK,  /* on another machine: every request is answered late */
    GLS_DEVICE_ROTATING, /* one head, which goes to and fro between files */
    GLS_DEVICE_CARD      /* an SD card, a stick: requests are answered late, too */
};

enum gls_device gls_device_of(const char *path);

/* gls_device_of() for a block device that the folder `sys` describes, which is
 * /sys/dev/block but in a test. */
enum gls_device gls_device_in(const char *sys, dev_t device);

#endif
