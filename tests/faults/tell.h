/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the product said about a failure. */
#ifndef TESTS_FAULTS_TELL_H
#define TESTS_FAULTS_TELL_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Is there a complaint in the log (from that offset) or in an error node?
 * why: "", or what is wrong with one, as a sentence without an error's name.
 */
bool tell_complaints(int log_fd, off_t from, char why[256]);

#endif
