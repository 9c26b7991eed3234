/* SPDX-License-Identifier: MIT */
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/path.h"
#include "engine/disk/device.h"
#include "tests/support/temp_dir.h"

/* A disk as /sys has it, with one partition: `number` is a link to the disk, or to that. Its model
 * is its name. */
static void make_disk(const char *sys, const char *name, const char *rotational,
                      const char *removable)
{
    char path[64];

    snprintf(path, sizeof path, "devices/%s/queue/rotational", name);
    free(temp_text_file(sys, path, rotational));
    snprintf(path, sizeof path, "devices/%s/removable", name);
    free(temp_text_file(sys, path, removable));
    snprintf(path, sizeof path, "devices/%s/device/model", name);
    free(temp_text_file(sys, path, name));
    snprintf(path, sizeof path, "devices/%s/part/size", name);
    free(temp_text_file(sys, path, "1\n"));
}

static void add_number(const char *sys, const char *number, const char *target)
{
    char *link = gls_path_join(sys, number);

    assert_int_equal(symlink(target, link), 0);
    free(link);
}

static void knows_disks_and_partitions(void **state)
{
    char *sys = temp_dir_new();

    (void)state;
    make_disk(sys, "turning", "1\n", "0\n");
    make_disk(sys, "ssd", "0\n", "0\n");
    make_disk(sys, "reader", "1\n", "1\n");
    make_disk(sys, "virtual", "1\n", "0\n");
    add_number(sys, "8:0", "devices/turning");
    add_number(sys, "8:1", "devices/turning/part");
    add_number(sys, "8:17", "devices/ssd/part");
    add_number(sys, "65:1", "devices/reader/part");
    make_disk(sys, "QEMU HARDDISK", "1\n", "0\n");
    add_number(sys, "8:49", "devices/QEMU HARDDISK/part");
    add_number(sys, "254:1", "devices/virtual/part");
    assert_int_equal(gls_device_in(sys, makedev(8, 0)), GLS_DEVICE_ROTATING);
    assert_int_equal(gls_device_in(sys, makedev(8, 1)), GLS_DEVICE_ROTATING);
    assert_int_equal(gls_device_in(sys, makedev(8, 17)), GLS_DEVICE_OTHER);
    assert_int_equal(gls_device_in(sys, makedev(65, 1)), GLS_DEVICE_CARD);
    assert_int_equal(gls_device_in(sys, makedev(8, 49)), GLS_DEVICE_OTHER);
    assert_int_equal(gls_device_in(sys, makedev(254, 1)), GLS_DEVICE_OTHER);
    assert_int_equal(gls_device_in(sys, makedev(179, 1)), GLS_DEVICE_CARD);
    /* Of what /sys says nothing, nothing is known. */
    assert_int_equal(gls_device_in(sys, makedev(8, 33)), GLS_DEVICE_OTHER);
    temp_dir_remove(sys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(knows_disks_and_partitions)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
