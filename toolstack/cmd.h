/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a subcommand gets and gives. A handler reads struct args, prints its
 * result to stdout when args->json is false, and otherwise fills out->json;
 * main prints the JSON and, in either form, the trouble.
 */
#ifndef TOOLSTACK_CMD_H
#define TOOLSTACK_CMD_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"
#include "exit-code.h"
#include "options.h"

struct json_object;

#define ARGS_MAX 64

struct args {
    const char *operands[ARGS_MAX];
    unsigned int noperands;
    bool json;
    bool force;
    bool no_rebind;
    bool help;
    const char *name; /* --name; NULL when absent */
    const char *file; /* --file; NULL when absent, "-" is stdin */
    bool has_timeout;
    uint32_t timeout_s;     /* --timeout */
    struct options options; /* of the device, as xl spells them */
};

/* Which options a subcommand knows; --help is always known. */
enum args_option {
    ARGS_JSON = 1 << 0,
    ARGS_FORCE = 1 << 1,
    ARGS_NO_REBIND = 1 << 2,
    ARGS_NAME = 1 << 3,
    ARGS_FILE = 1 << 4,
    ARGS_TIMEOUT = 1 << 5,
    ARGS_DEVICE = 1 << 6, /* permissive=1,... as the last operand */
};

/* The trouble, in three parts, and the result for --json. */
struct outcome {
    char cause[512];          /* what is the case; "" when all is well */
    char effect[256];         /* what that did or did not do */
    char next[512];           /* what to type next */
    struct json_object *json; /* an object; NULL: nothing to show */
};

struct cmd {
    const char *name;
    enum exit_code (*run)(const struct args *args, struct outcome *out);
    unsigned int min, max; /* operands */
    unsigned int options;  /* enum args_option */
    const char *synopsis;  /* operands and options, without the name */
    const char *summary;   /* one line */
    const char *help;      /* more lines; may be "" */
};

enum exit_code cmd_assignable_add(const struct args *args, struct outcome *out);
enum exit_code cmd_assignable_remove(const struct args *args,
                                     struct outcome *out);
enum exit_code cmd_assignable_list(const struct args *args,
                                   struct outcome *out);
enum exit_code cmd_attach(const struct args *args, struct outcome *out);
enum exit_code cmd_denied(const struct args *args, struct outcome *out);
enum exit_code cmd_detach(const struct args *args, struct outcome *out);
enum exit_code cmd_list(const struct args *args, struct outcome *out);
enum exit_code cmd_tree(const struct args *args, struct outcome *out);
enum exit_code cmd_check(const struct args *args, struct outcome *out);

/*
 * Fill the trouble and return code, so that a handler can end with
 * `return trouble(out, EXIT_BUSY, effect, next, "cause %s", x)`. effect and
 * next may be ""; a later call replaces an earlier one.
 */
enum exit_code trouble(struct outcome *out, enum exit_code code,
                       const char *effect, const char *next, const char *fmt,
                       ...) PRINTF(5, 6);

/* One note to stderr that changes nothing about the outcome. */
void note(const char *fmt, ...) PRINTF(1, 2);

/* Print text to stdout with its control bytes replaced. */
void print_tame(const char *text);

#endif
