/* SPDX-License-Identifier: MIT */
/*
 * What a command of xenpci-front gets and gives. It reads struct arguments,
 * prints its result to standard output unless JSON is asked for, and then fills
 * report->json; main prints that and, in either form, the trouble.
 */
#ifndef FRONT_TOOL_H
#define FRONT_TOOL_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"
#include "exit-code.h"

struct json_object;

#define OPERANDS_MAX 4

/* Which options a command knows; --help, --timeout, --debug are always known. */
enum option {
    OPTION_JSON = 1 << 0,
    OPTION_VERBOSE = 1 << 1,
    OPTION_RAW = 1 << 2,
    OPTION_FOR = 1 << 3,
    OPTION_COUNT = 1 << 4,
    OPTION_READS = 1 << 5,
    OPTION_TIMEOUT = 1 << 6,
    OPTION_DEBUG = 1 << 7,
    OPTION_HELP = 1 << 8,
};

struct arguments {
    const char *operands[OPERANDS_MAX];
    unsigned int noperands;
    unsigned int given; /* enum option */
    /* Those not given have the values of argument_defaults. */
    uint32_t timeout_s;
    uint32_t for_s;
    uint32_t count;
    uint32_t reads;
};

struct report {
    char cause[512];          /* what is the case; "" when all is well */
    char next[512];           /* what to do about it; may be "" */
    struct json_object *json; /* an object; NULL: nothing to show */
};

struct command {
    const char *name;
    enum exit_code (*run)(const struct arguments *args, struct report *report);
    unsigned int min, max; /* operands */
    unsigned int options;  /* enum option */
    const char *synopsis;  /* operands and options, without the name */
    const char *summary;   /* one line */
    const char *help;      /* more lines; may be "" */
};

enum exit_code command_list(const struct arguments *args,
                            struct report *report);
enum exit_code command_dump(const struct arguments *args,
                            struct report *report);
enum exit_code command_read(const struct arguments *args,
                            struct report *report);
enum exit_code command_write(const struct arguments *args,
                             struct report *report);
enum exit_code command_watch(const struct arguments *args,
                             struct report *report);
enum exit_code command_bench(const struct arguments *args,
                             struct report *report);
enum exit_code command_map(const struct arguments *args, struct report *report);

static inline bool has_option(const struct arguments *args, enum option option)
{
    return (args->given & (unsigned int)option) != 0;
}

/*
 * Fill the trouble and return code, so that a command can end with `return
 * report_trouble(report, EXIT_NOT_FOUND, "", "there is no %s", x)`. next may be
 * ""; a later call replaces an earlier one.
 */
enum exit_code report_trouble(struct report *report, enum exit_code code,
                              const char *next, const char *fmt, ...)
    PRINTF(4, 5);

/* The trouble of an enum pcifront_err, and its exit code; what was tried. */
enum exit_code report_error(struct report *report, int err, const char *fmt,
                            ...) PRINTF(3, 4);

/* One note to standard error that changes nothing about the outcome. */
void report_note(const char *fmt, ...) PRINTF(1, 2);

/* A member of report->json, which is made if need be; takes ownership. */
void report_add(struct report *report, const char *key,
                struct json_object *value);

#endif
