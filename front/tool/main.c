/* SPDX-License-Identifier: MIT */
/* xenpci-front: find the command, run it, print what it says. Nothing else. */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "config.h"
#include "tool.h"

static enum exit_code command_help(const struct arguments *args,
                                   struct report *report);

static const struct command commands[] = {
    {
        .name = "list",
        .run = command_list,
        .options = OPTION_JSON | OPTION_VERBOSE,
        .synopsis = "[-v]",
        .summary = "list the PCI devices this guest has",
        .help = "  -v, --verbose  with BARs and capabilities\n",
    },
    {
        .name = "dump",
        .run = command_dump,
        .max = 1,
        .options = OPTION_JSON | OPTION_RAW,
        .synopsis = "[ADDR] [--raw]",
        .summary = "print the whole configuration space of devices",
        .help = "Without ADDR, of all of them.\n"
                "  --raw  the bytes themselves, of one device\n",
    },
    {
        .name = "read",
        .run = command_read,
        .min = 2,
        .max = 3,
        .options = OPTION_JSON,
        .synopsis = "ADDR OFFSET [SIZE]",
        .summary = "read a configuration register",
        .help = "OFFSET and SIZE (1, 2 or 4 bytes; 4 if not given) are decimal "
                "or, after 0x,\nhexadecimal.\n",
    },
    {
        .name = "write",
        .run = command_write,
        .min = 4,
        .max = 4,
        .options = OPTION_JSON,
        .synopsis = "ADDR OFFSET SIZE VALUE",
        .summary = "write a configuration register",
        .help = "The backend may keep the write from the device and still say "
                "that all is well;\nwhat the register reads afterwards is "
                "printed.\n",
    },
    {
        .name = "watch",
        .run = command_watch,
        .options = OPTION_JSON | OPTION_FOR | OPTION_COUNT,
        .synopsis = "[--for S] [--count N]",
        .summary = "tell of devices that come and go, and of errors",
        .help = "Waits for the first one, too.\n"
                "  --for S    end after that many seconds\n"
                "  --count N  end after that many events; devices that were "
                "there before do\n             not count\n"
                "With --json each event is an object on a line of its own.\n",
    },
    {
        .name = "bench",
        .run = command_bench,
        .min = 1,
        .max = 1,
        .options = OPTION_JSON | OPTION_READS,
        .synopsis = "ADDR [-n N]",
        .summary = "time configuration reads",
        .help = "  -n N  how many (1000)\n",
    },
    {
        .name = "map",
        .run = command_map,
        .min = 3,
        .max = 4,
        .options = OPTION_JSON,
        .synopsis = "ADDR BAR OFFSET [COUNT]",
        .summary = "read 32-bit registers of a memory BAR through /dev/mem",
        .help = "Memory decoding is turned on meanwhile if it was off.\n",
    },
    {
        .name = "help",
        .run = command_help,
        .max = 1,
        .synopsis = "[COMMAND]",
        .summary = "explain the program or one command",
        .help = "",
    },
};

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

static void print_usage(FILE *to)
{
    (void)fprintf(to,
                  "usage: xenpci-front COMMAND [OPERANDS] [OPTIONS]\n\n"
                  "The PCI front of a Linux guest on Xen, in a program: for "
                  "guests whose kernel has\nno xen-pcifront loaded.\n\n");
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        (void)fprintf(to, "  %-6s %s\n", commands[i].name, commands[i].summary);
    (void)fprintf(to, "\n`xenpci-front COMMAND --help` says more; "
                      "xenpci-front(8) says it all.\n");
}

static void print_help(const struct command *command)
{
    printf("usage: xenpci-front %s %s%s [--timeout S] [--debug]\n\n%s.\n%s%s",
           command->name, command->synopsis,
           (command->options & OPTION_JSON) != 0 ? " [--json]" : "",
           command->summary, command->help[0] != '\0' ? "\n" : "",
           command->help);
    printf("\n");
    if ((command->options & OPTION_JSON) != 0)
        printf("  --json       the result as JSON\n");
    printf("  --timeout S  seconds to wait for the backend (30)\n"
           "  --debug      tell each step on standard error\n");
}

static enum exit_code command_help(const struct arguments *args,
                                   struct report *report)
{
    const struct command *command;

    if (args->noperands == 0) {
        print_usage(stdout);
        return EXIT_DONE;
    }
    command = find_command(args->operands[0]);
    if (command == NULL)
        return report_trouble(
            report, EXIT_USAGE, "`xenpci-front help` lists them.",
            "there is no command \"%.40s\"", args->operands[0]);
    print_help(command);
    return EXIT_DONE;
}

static void add_text(struct json_object *json, const char *key,
                     const char *value)
{
    if (value[0] != '\0')
        (void)json_object_object_add(json, key, json_object_new_string(value));
}

static void print_json(const struct report *report, enum exit_code code,
                       int style)
{
    struct json_object *top = json_object_new_object();

    (void)json_object_object_add(top, "version", json_object_new_int(1));
    if (report->json != NULL) {
        json_object_object_foreach(report->json, key, value)
        {
            (void)json_object_object_add(top, key, json_object_get(value));
        }
    }
    if (report->cause[0] != '\0') {
        struct json_object *error = json_object_new_object();

        (void)json_object_object_add(error, "code",
                                     json_object_new_int((int)code));
        add_text(error, "cause", report->cause);
        add_text(error, "next", report->next);
        (void)json_object_object_add(top, "error", error);
    }
    printf("%s\n", json_object_to_json_string_ext(
                       top, style | JSON_C_TO_STRING_NOSLASHESCAPE));
    (void)json_object_put(top);
}

static int run(const struct command *command, char *const *words,
               unsigned int count)
{
    struct report report = { .cause = "" };
    enum exit_code code = EXIT_USAGE;
    char why[ARGUMENTS_WHY];
    struct arguments args;

    if (!arguments_parse(command, words, count, &args, why)) {
        (void)fprintf(stderr,
                      "xenpci-front: %s\n"
                      "  `xenpci-front %s --help` explains.\n",
                      why, command->name);
        return EXIT_USAGE;
    }
    if (has_option(&args, OPTION_HELP)) {
        print_help(command);
        return EXIT_DONE;
    }
    code = command->run(&args, &report);
    /* What watch says comes in lines of its own. */
    if (has_option(&args, OPTION_JSON) &&
        (command->run != command_watch || report.cause[0] != '\0'))
        print_json(&report, code,
                   command->run == command_watch ? JSON_C_TO_STRING_PLAIN
                                                 : JSON_C_TO_STRING_PRETTY);
    if (report.cause[0] != '\0') {
        report_note("%s", report.cause);
        if (report.next[0] != '\0')
            (void)fprintf(stderr, "  %s\n", report.next);
    }
    (void)json_object_put(report.json);
    if (fflush(stdout) != 0 && code == EXIT_DONE)
        return EXIT_FAILED;
    return (int)code;
}

int main(int argc, char **argv)
{
    const struct command *command;

    if (argc < 2) {
        print_usage(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("xenpci-front %s\n", PACKAGE_VERSION);
        return EXIT_DONE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_usage(stdout);
        return EXIT_DONE;
    }
    command = find_command(argv[1]);
    if (command == NULL) {
        (void)fprintf(stderr,
                      "xenpci-front: there is no command \"%.40s\"\n"
                      "  `xenpci-front help` lists them.\n",
                      argv[1]);
        return EXIT_USAGE;
    }
    return run(command, argv + 2, (unsigned int)argc - 2);
}
