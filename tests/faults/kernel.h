/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel behind a temporary /sys: it hears what is written to the files of
 * drivers, and moves the links. */
#ifndef TESTS_FAULTS_KERNEL_H
#define TESTS_FAULTS_KERNEL_H

#include <stdbool.h>

/* Drivers nvme and pciback, and their files. */
void fault_kernel_up(const char *sys);
void fault_kernel_bind(const char *address, const char *driver);
bool fault_kernel_has(const char *address, const char *driver);

#endif
