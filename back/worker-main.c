/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xenpcid-worker: xenpcid starts it, nobody else does. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "log.h"
#include "version.h"
#include "worker.h"

#define EXIT_USAGE 2

static const char usage[] =
    "usage: xenpcid-worker VERSION " WORKER_IDLE "\n"
    "\n"
    "Answers one guest's configuration requests for xenpcid, which starts it.\n"
    "See xenpcid(8).\n";

int main(int argc, char **argv)
{
    if (argc != 3 || strcmp(argv[2], WORKER_IDLE) != 0) {
        (void)fputs(usage, stderr);
        return EXIT_USAGE;
    }
    log_open("xenpcid-worker", LOG_TO_STDERR, false);
    /* Started by descriptor, it would be named by its number (Linux < 6.14). */
    (void)prctl(PR_SET_NAME, "xenpcid-worker");
    if (strcmp(argv[1], xenpci_version) != 0)
        fatalx("this is version %s and xenpcid is %s; start xenpcid again",
               xenpci_version, argv[1]);
    /* Whatever else the broker had open: none of a guest's business. */
    if (close_range(WORKER_LISTENER_FD + 1, ~0u, 0) < 0)
        fatal("cannot close descriptors");
    return worker_main(argv[2]);
}
