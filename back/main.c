/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xenpcid: arguments and roles, nothing else. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker.h"
#include "config.h"
#include "log.h"
#include "worker.h"

#define EXIT_USAGE 2

static const char usage[] =
    "usage: xenpcid [--syslog] [--debug] [--run-dir DIR]\n"
    "\n"
    "Serves PCI devices to Xen guests: answers their configuration requests,\n"
    "grants their resources, routes their interrupts. Runs in domain 0, in the\n"
    "foreground, until SIGTERM.\n"
    "\n"
    "  -s, --syslog       log to syslog instead of standard error\n"
    "  -d, --debug        log every step\n"
    "  -r, --run-dir DIR  where the lock lives (default " RUN_DIR ")\n"
    "  -h, --help         show this\n"
    "  -V, --version      show the version\n"
    "\n"
    "Exit codes: 0 stopped, 1 failed, 2 usage, 4 another xenpcid runs.\n"
    "See xenpcid(8) and xenpci(8).\n";

static const struct option options[] = {
    { "syslog", no_argument, NULL, 's' },
    { "debug", no_argument, NULL, 'd' },
    { "run-dir", required_argument, NULL, 'r' },
    { "help", no_argument, NULL, 'h' },
    { "version", no_argument, NULL, 'V' },
    { NULL, 0, NULL, 0 },
};

/* The broker starts "xenpcid --worker DOMID"; nobody else does. */
static int run_worker(const char *domid)
{
    static char name[32];

    (void)snprintf(name, sizeof(name), "xenpcid[d%s]", domid);
    log_open(name, LOG_TO_STDERR, false);
    return worker_main();
}

int main(int argc, char **argv)
{
    const char *run_dir = RUN_DIR;
    enum log_to to = LOG_TO_STDERR;
    bool debug = false;
    int c;

    if (argc == 3 && strcmp(argv[1], "--worker") == 0)
        return run_worker(argv[2]);
    while ((c = getopt_long(argc, argv, "sdr:hV", options, NULL)) != -1) {
        switch (c) {
        case 's':
            to = LOG_TO_SYSLOG;
            break;
        case 'd':
            debug = true;
            break;
        case 'r':
            run_dir = optarg;
            break;
        case 'h':
            (void)fputs(usage, stdout);
            return EXIT_SUCCESS;
        case 'V':
            (void)puts("xenpcid " PACKAGE_VERSION);
            return EXIT_SUCCESS;
        default:
            (void)fputs(usage, stderr);
            return EXIT_USAGE;
        }
    }
    if (optind != argc) {
        (void)fprintf(stderr, "xenpcid: unexpected argument \"%s\"\n%s",
                      argv[optind], usage);
        return EXIT_USAGE;
    }
    log_open("xenpcid", to, debug);
    return broker_main(run_dir);
}
