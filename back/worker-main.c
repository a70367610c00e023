/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xenpcid-worker: xenpcid starts it, nobody else does. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "config.h"
#include "log.h"
#include "worker.h"

#define EXIT_USAGE 2

static const char usage[] =
    "usage: xenpcid-worker VERSION DOMAIN\n"
    "\n"
    "Answers one guest's configuration requests for xenpcid, which starts it.\n"
    "See xenpcid(8).\n";

int main(int argc, char **argv)
{
    static char name[64];

    if (argc != 3) {
        (void)fputs(usage, stderr);
        return EXIT_USAGE;
    }
    (void)snprintf(name, sizeof(name), "xenpcid-worker[%s]", argv[2]);
    log_open(name, LOG_TO_STDERR, false);
    /* Started by descriptor, it would be named by its number (Linux < 6.14). */
    (void)prctl(PR_SET_NAME, "xenpcid-worker");
    /* The messages between the two have no meaning across versions. */
    if (strcmp(argv[1], PACKAGE_VERSION) != 0)
        fatalx("this is version %s and xenpcid is %s; start xenpcid again",
               PACKAGE_VERSION, argv[1]);
    /* Whatever else the broker had open: none of a guest's business. */
    if (close_range(WORKER_SOCKET_FD + 1, ~0u, 0) < 0)
        fatal("cannot close descriptors");
    return worker_main();
}
