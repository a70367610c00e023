/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What xenpcid and its worker call themselves. */
#ifndef BACK_VERSION_H
#define BACK_VERSION_H

extern const char xenpci_version[];

#endif
