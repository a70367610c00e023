/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A small machine for tests of xenpci's subcommands: a fake /sys and /proc, a
 * store and a hypervisor in memory, an NVMe disk at 0000:01:00.0 driven by
 * nvme, its sibling 0000:01:00.1, a bridge at 0000:00:01.0, and the running PV
 * guest "work" (d3).
 */
#ifndef TESTS_UNIT_CLI_WORLD_H
#define TESTS_UNIT_CLI_WORLD_H

#include "cmd.h"

#define WORLD_NVME "01:00.0"

void world_make(void);
void world_drop(void);

/* xenpcid runs, or (by default) it does not. */
void world_start_daemon(void);
void world_stop_daemon(void);

/* Bind a driver by hand; NULL: none. */
void world_bind(const char *address, const char *driver);
const char *world_driver(const char *address);

/* Run a subcommand with --json on these words (NULL ends them). */
enum exit_code world_run(const struct cmd *cmd, const char *const *words);

/* What the last run said; the JSON as one line. */
extern struct outcome world_out;
const char *world_json(void);

#endif
