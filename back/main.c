/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xenpcid: arguments and roles, nothing else. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker.h"
#include "keeper.h"
#include "log.h"
#include "policy-source.h"
#include "supervise.h"
#include "version.h"

#define EXIT_USAGE 2

static const char usage[] =
    "usage: xenpcid [--config FILE] [--syslog] [--debug] [--run-dir DIR]\n"
    "               [--worker FILE]\n"
    "       xenpcid [--config FILE] --check-config\n"
    "\n"
    "Serves PCI devices to Xen guests: answers their configuration requests,\n"
    "grants their resources, routes their interrupts. Runs in domain 0, in the\n"
    "foreground, until SIGTERM.\n"
    "\n"
    "  -c, --config FILE   what guests may do (default " CONFIG_FILE ",\n"
    "                      which may be absent); SIGHUP reads it again\n"
    "  -k, --check-config  say whether that file is fine, and end\n"
    "  -s, --syslog        log to syslog instead of standard error\n"
    "  -d, --debug         log every step\n"
    "  -r, --run-dir DIR   where the lock lives (default " RUN_DIR ")\n"
    "  -w, --worker FILE   the program that answers a guest (default\n"
    "                      " WORKER_PROGRAM ")\n"
    "  -h, --help          show this\n"
    "  -V, --version       show the version\n"
    "\n"
    "Exit codes: 0 stopped, 1 failed, 2 usage, 4 another xenpcid runs.\n"
    "See xenpcid(8) and xenpci(8).\n";

static const struct option options[] = {
    { "config", required_argument, NULL, 'c' },
    { "check-config", no_argument, NULL, 'k' },
    { "syslog", no_argument, NULL, 's' },
    { "debug", no_argument, NULL, 'd' },
    { "run-dir", required_argument, NULL, 'r' },
    { "worker", required_argument, NULL, 'w' },
    { "help", no_argument, NULL, 'h' },
    { "version", no_argument, NULL, 'V' },
    { NULL, 0, NULL, 0 },
};

struct wishes {
    struct broker_paths paths;
    const char *config;
    enum policy_source source;
    enum log_to to;
    bool debug;
    bool check;
};

/* -1: go on; anything else is the exit code. */
static int take_option(int c, struct wishes *wishes)
{
    switch (c) {
    case 'c':
        wishes->config = optarg;
        wishes->source = POLICY_SOURCE_NAMED;
        return -1;
    case 'k':
        wishes->check = true;
        return -1;
    case 's':
        wishes->to = LOG_TO_SYSLOG;
        return -1;
    case 'd':
        wishes->debug = true;
        return -1;
    case 'r':
        wishes->paths.run_dir = optarg;
        return -1;
    case 'w':
        wishes->paths.worker = optarg;
        return -1;
    case 'h':
        (void)fputs(usage, stdout);
        return EXIT_SUCCESS;
    case 'V':
        (void)printf("xenpcid %s\n", xenpci_version);
        return EXIT_SUCCESS;
    default:
        (void)fputs(usage, stderr);
        return EXIT_USAGE;
    }
}

static bool read_policy(const struct wishes *wishes)
{
    char why[POLICY_WHY];

    if (policy_source_open(wishes->config, wishes->source, why))
        return true;
    log_warnx("%s", why);
    return false;
}

static int check_config(const struct wishes *wishes)
{
    log_open("xenpcid", LOG_TO_STDERR, wishes->debug);
    if (!read_policy(wishes))
        return EXIT_FAILURE;
    (void)printf("%s: no mistakes\n", wishes->config);
    return EXIT_SUCCESS;
}

static int run_broker(void *arg)
{
    const struct wishes *wishes = arg;

    supervise_open();
    return read_policy(wishes) ? broker_main(&wishes->paths) : EXIT_FAILURE;
}

static int serve(struct wishes *wishes)
{
    log_open("xenpcid", wishes->to, wishes->debug);
    return keeper_run(run_broker, wishes);
}

int main(int argc, char **argv)
{
    struct wishes wishes = { .paths = { RUN_DIR, WORKER_PROGRAM },
                             .config = CONFIG_FILE };
    int c, code = -1;

    while (code < 0 &&
           (c = getopt_long(argc, argv, "c:ksdr:w:hV", options, NULL)) != -1)
        code = take_option(c, &wishes);
    if (code >= 0)
        return code;
    if (optind != argc) {
        (void)fprintf(stderr, "xenpcid: unexpected argument \"%s\"\n%s",
                      argv[optind], usage);
        return EXIT_USAGE;
    }
    return wishes.check ? check_config(&wishes) : serve(&wishes);
}
