/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A temporary directory that a test fills with a fake /sys or /proc. */
#ifndef TESTS_UNIT_TEMP_TREE_H
#define TESTS_UNIT_TEMP_TREE_H

#include <stddef.h>

/* Make it and return its path; one at a time. */
const char *temp_tree_make(void);
/* Remove it with all it holds. */
void temp_tree_drop(void);

/* Create a file (and the directories above it) below the tree. */
void temp_tree_file(const char *path, const char *text);
void temp_tree_bytes(const char *path, const void *bytes, size_t len);
void temp_tree_dir(const char *path);
/* A symbolic link with exactly this target. */
void temp_tree_link(const char *path, const char *target);
void temp_tree_remove(const char *path);
/* A file's text, NUL-terminated; valid until the next call. */
const char *temp_tree_text(const char *path);

#endif
