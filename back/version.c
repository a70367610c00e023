/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* In a file of its own: tests of upgrades link the programs with another. */
#include "version.h"

#include "config.h"

#ifndef XENPCI_VERSION
#define XENPCI_VERSION PACKAGE_VERSION
#endif

const char xenpci_version[] = XENPCI_VERSION;
