/* SPDX-License-Identifier: MIT */
/* Small files of which a reader, or the next start, must never see half. */
#ifndef COMMON_HOST_REPLACE_H
#define COMMON_HOST_REPLACE_H

#include "compiler.h"

/* The longest path, without the end. */
#define REPLACE_PATH 300

/*
 * The file at path is this text from now on, for its owner alone (0600). 0 or a
 * negative errno: what was there stays. PATH.new is the name of the next one
 * while it is written. Not for what has to survive a crash of the host: nothing
 * is flushed.
 */
MUST_USE int replace_file(const char *path, const char *text);

#endif
