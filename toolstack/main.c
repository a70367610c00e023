/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xenpci: find the subcommand, run it, print what it says. Nothing else. */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "cmd.h"
#include "config.h"

static enum exit_code cmd_help(const struct args *args, struct outcome *out);

static const struct cmd commands[] = {
    {
        .name = "assignable-add",
        .run = cmd_assignable_add,
        .min = 1,
        .max = ARGS_MAX,
        .options = ARGS_JSON | ARGS_FORCE | ARGS_NAME,
        .synopsis = "BDF... [--name NAME] [--force]",
        .summary = "take devices from dom0 so that guests can have them",
        .help = "  --name NAME  give the (one) device a name\n"
                "  --force      even if dom0 is using it\n",
    },
    {
        .name = "assignable-remove",
        .run = cmd_assignable_remove,
        .min = 1,
        .max = ARGS_MAX,
        .options = ARGS_JSON | ARGS_NO_REBIND,
        .synopsis = "BDF|NAME... [--no-rebind]",
        .summary = "give devices back to dom0 and their drivers",
        .help = "  --no-rebind  leave them without a driver\n",
    },
    {
        .name = "assignable-list",
        .run = cmd_assignable_list,
        .options = ARGS_JSON,
        .synopsis = "",
        .summary = "list devices that can be attached",
        .help = "",
    },
    {
        .name = "attach",
        .run = cmd_attach,
        .min = 2,
        .max = 2,
        .options = ARGS_JSON | ARGS_TIMEOUT | ARGS_DEVICE,
        .synopsis = "DOM BDF|NAME [OPTION=VALUE,...] [--timeout S]",
        .summary = "give a device to a guest, running or paused",
        .help = "  permissive=1         let the guest write more of the "
                "device's config space\n"
                "  quirks=REG:SIZE:MASK+...\n"
                "                       ... or just these bits, in hex; see "
                "`xenpci denied`\n"
                "  interrupt_control=1  ... or what a stub domain's QEMU needs "
                "for MSI\n"
                "  power=0              keep it from the power state\n"
                "  allow_dirty=1        even if its last reset failed\n"
                "  rdm_policy=relaxed   tolerate reserved memory it shares\n"
                "  --timeout S          seconds to wait for the guest (30)\n",
    },
    {
        .name = "detach",
        .run = cmd_detach,
        .min = 2,
        .max = 2,
        .options = ARGS_JSON | ARGS_FORCE | ARGS_TIMEOUT,
        .synopsis = "DOM BDF|NAME [--force] [--timeout S]",
        .summary = "take a device from a guest",
        .help = "  --force      do not wait for the guest to let go\n"
                "  --timeout S  seconds to wait for it (30)\n",
    },
    {
        .name = "list",
        .run = cmd_list,
        .max = 1,
        .options = ARGS_JSON,
        .synopsis = "[DOM]",
        .summary = "list the devices guests have",
        .help = "",
    },
    {
        .name = "denied",
        .run = cmd_denied,
        .max = 1,
        .options = ARGS_JSON,
        .synopsis = "[BDF|NAME]",
        .summary = "list writes of guests that were refused, and why",
        .help = "",
    },
    {
        .name = "tree",
        .run = cmd_tree,
        .max = 1,
        .options = ARGS_JSON | ARGS_FILE,
        .synopsis = "[DOM] [--file FILE]",
        .summary = "print the pair's xenstore nodes with their meaning",
        .help = "  --file FILE  read the output of `xenstore-ls -f` instead\n"
                "               (\"-\": from standard input)\n",
    },
    {
        .name = "check",
        .run = cmd_check,
        .max = 1,
        .options = ARGS_JSON | ARGS_FILE,
        .synopsis = "[DOM] [--file FILE]",
        .summary = "say whether those nodes are complete and consistent",
        .help = "  --file FILE  read the output of `xenstore-ls -f` instead\n"
                "               (\"-\": from standard input)\n",
    },
    {
        .name = "help",
        .run = cmd_help,
        .max = 1,
        .synopsis = "[COMMAND]",
        .summary = "explain the program or one command",
        .help = "",
    },
};

static const struct cmd *find_command(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

static void print_usage(FILE *to)
{
    (void)fprintf(to, "usage: xenpci COMMAND [OPERANDS] [OPTIONS]\n\n");
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        (void)fprintf(to, "  %-18s %s\n", commands[i].name,
                      commands[i].summary);
    (void)fprintf(to, "\n`xenpci COMMAND --help` says more; xenpci(8) says it "
                      "all.\n");
}

static void print_help(const struct cmd *cmd)
{
    printf("usage: xenpci %s %s%s\n\n%s.\n%s%s", cmd->name, cmd->synopsis,
           (cmd->options & ARGS_JSON) != 0 ? " [--json]" : "", cmd->summary,
           cmd->help[0] != '\0' ? "\n" : "", cmd->help);
}

static enum exit_code cmd_help(const struct args *args, struct outcome *out)
{
    const struct cmd *cmd;

    if (args->noperands == 0) {
        print_usage(stdout);
        return EXIT_DONE;
    }
    cmd = find_command(args->operands[0]);
    if (cmd == NULL)
        return trouble(out, EXIT_USAGE, "", "`xenpci help` lists them.",
                       "there is no command \"%.40s\"", args->operands[0]);
    print_help(cmd);
    return EXIT_DONE;
}

static void add_text(struct json_object *json, const char *key,
                     const char *value)
{
    if (value[0] != '\0')
        (void)json_object_object_add(json, key, json_object_new_string(value));
}

static void print_json(struct outcome *out, enum exit_code code)
{
    struct json_object *top = json_object_new_object();

    (void)json_object_object_add(top, "version", json_object_new_int(1));
    if (out->json != NULL) {
        json_object_object_foreach(out->json, key, value)
        {
            (void)json_object_object_add(top, key, json_object_get(value));
        }
    }
    if (out->cause[0] != '\0') {
        struct json_object *error = json_object_new_object();

        (void)json_object_object_add(error, "code",
                                     json_object_new_int((int)code));
        add_text(error, "cause", out->cause);
        add_text(error, "effect", out->effect);
        add_text(error, "next", out->next);
        (void)json_object_object_add(top, "error", error);
    }
    printf("%s\n",
           json_object_to_json_string_ext(
               top, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
    out->json = top;
}

static void print_trouble(const struct outcome *out)
{
    if (out->cause[0] == '\0')
        return;
    (void)fprintf(stderr, "xenpci: %s\n", out->cause);
    if (out->effect[0] != '\0')
        (void)fprintf(stderr, "  %s\n", out->effect);
    if (out->next[0] != '\0')
        (void)fprintf(stderr, "  %s\n", out->next);
}

static int run(const struct cmd *cmd, char *const *words, unsigned int count)
{
    struct outcome out = { .cause = "" };
    enum exit_code code = EXIT_USAGE;
    char why[ARGS_WHY];
    struct args args;

    if (!args_parse(cmd, words, count, &args, why)) {
        (void)fprintf(stderr, "xenpci: %s\n  `xenpci %s --help` explains.\n",
                      why, cmd->name);
        return EXIT_USAGE;
    }
    if (args.help) {
        print_help(cmd);
        return EXIT_DONE;
    }
    code = cmd->run(&args, &out);
    if (args.json)
        print_json(&out, code);
    print_trouble(&out);
    (void)json_object_put(out.json);
    if (fflush(stdout) != 0 && code == EXIT_DONE)
        return EXIT_FAILED;
    return (int)code;
}

int main(int argc, char **argv)
{
    const struct cmd *cmd;

    if (argc < 2) {
        print_usage(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("xenpci %s\n", PACKAGE_VERSION);
        return EXIT_DONE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_usage(stdout);
        return EXIT_DONE;
    }
    cmd = find_command(argv[1]);
    if (cmd == NULL) {
        (void)fprintf(stderr,
                      "xenpci: there is no command \"%.40s\"\n"
                      "  `xenpci help` lists them.\n",
                      argv[1]);
        return EXIT_USAGE;
    }
    return run(cmd, argv + 2, (unsigned int)argc - 2);
}
