/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The broker process: owns Xen's control interface, xenstore and everything
 * that changes hardware; sees nothing a guest wrote except xenstore texts and
 * its workers' short messages.
 */
#ifndef BACK_BROKER_H
#define BACK_BROKER_H

struct broker_paths {
    const char *run_dir;
    const char *worker; /* the program xenpcid-worker */
};

/*
 * Serve until SIGTERM or SIGINT; SIGHUP reads the configuration again. Returns
 * the program's exit code.
 */
int broker_main(const struct broker_paths *paths);

#endif
