/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where xenpcid keeps what it refused; tests have a directory of their own. */
#ifndef TOOLSTACK_DENIED_H
#define TOOLSTACK_DENIED_H

extern const char *denied_dir;

#endif
