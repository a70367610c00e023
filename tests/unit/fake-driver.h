/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Binding in a fake /sys: link fake-driver.o and the functions of
 * common/host/sysfs-driver.c move the driver links of the temporary tree, as
 * the kernel would when those files are written.
 */
#ifndef TESTS_UNIT_FAKE_DRIVER_H
#define TESTS_UNIT_FAKE_DRIVER_H

/* What the next calls answer instead of doing anything; 0: they work. */
struct fake_driver {
    int bind_ret;
    int unbind_ret;
    int hold_ret;
    int drop_ret;
    const char *probe; /* the driver that drivers_probe finds; NULL: none */
    unsigned int probes;
};

extern struct fake_driver fake_driver;

#endif
