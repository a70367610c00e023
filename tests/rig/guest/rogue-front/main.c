/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A front that breaks the rules, to see what the backend makes of it; or one
 * that plays by them as other systems' fronts do (netbsd.c, minios.c).
 *
 *	rogue-front COMMAND [ARGUMENT]...
 *
 * Exit status: 0, 1 when the backend misbehaved, 2 for trouble of our own.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "front.h"

static const struct command {
    const char *name;
    bool (*run)(struct front *front, int argc, char **argv);
    const char *help;
} commands[] = {
    { "connect", cmd_connect, "[ROUNDS]: honest, reads what is there" },
    { "op", cmd_op, "CMD DOMAIN BUS DEVFN OFFSET SIZE VALUE [ENTRY]..." },
    { "nodes", cmd_nodes, "NAME: publish a bad page, port or magic" },
    { "states", cmd_states, "[S]: states out of order, then S s at random" },
    { "gone", cmd_gone, ": remove the state node" },
    { "ops", cmd_ops, ": every malformed request" },
    { "messages", cmd_messages, ": MSI of several messages" },
    { "flip", cmd_flip, "S: change requests while they are read" },
    { "late", cmd_late, "COUNT: give up on requests that are being answered" },
    { "flood", cmd_flood, "nothing|events|requests|states|nodes S" },
    { "storm", cmd_storm,
      "KEY...: everything at once, from KEY until KEY-end; burn* only spins" },
    { "wire", cmd_wire, "page|events|row|pace COUNT: what answers do" },
    { "everywhere", cmd_everywhere, "SLOT SIZE: write every register" },
    { "aim", cmd_aim, "SLOT: write where MSI goes" },
    { "deaf", cmd_deaf, "SLOT: turn decoding off" },
    { "vain", cmd_vain, "S: interrupts that cannot be had" },
    { "orders", cmd_orders, "S: interrupts in any order" },
    { "pirqs", cmd_pirqs, ": bind every interrupt there is" },
    { "physdev", cmd_physdev, "BUS DEVFN: Xen's own calls for MSI" },
    { "plug", cmd_plug, "KEY: requests while devices come and go" },
    { "closing", cmd_closing, "S: close while events come in" },
    { "as-netbsd", cmd_as_netbsd, "[crash]: NetBSD's front, its whole life" },
    { "as-minios", cmd_as_minios, ": Mini-OS's front, two lives of it" },
};

static unsigned int wrong_count;

static void PRINTF(2, 0) line(const char *lead, const char *fmt, va_list args)
{
    flockfile(stdout);
    (void)printf("%s", lead);
    (void)vprintf(fmt, args);
    (void)printf("\n");
    (void)fflush(stdout);
    funlockfile(stdout);
}

void say(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    line("", fmt, args);
    va_end(args);
}

void wrong(const char *fmt, ...)
{
    va_list args;

    (void)__atomic_fetch_add(&wrong_count, 1, __ATOMIC_RELAXED);
    va_start(args, fmt);
    line("WRONG: ", fmt, args);
    va_end(args);
}

unsigned int wrongs(void)
{
    return __atomic_load_n(&wrong_count, __ATOMIC_RELAXED);
}

void broken(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    line("rogue-front: ", fmt, args);
    va_end(args);
    exit(2);
}

uint64_t now_ms(void)
{
    struct timespec ts;

    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000u + (uint64_t)ts.tv_nsec / 1000000u;
}

void pause_ms(unsigned int ms)
{
    struct timespec ts = { .tv_sec = ms / 1000,
                           .tv_nsec = (long)(ms % 1000) * 1000000 };

    (void)nanosleep(&ts, NULL);
}

bool read_count(const char *text, unsigned int *count)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    if (end == text || *end != '\0' || value == 0 || value > 1000000)
        return false;
    *count = (unsigned int)value;
    return true;
}

static int usage(void)
{
    (void)fprintf(stderr, "usage:\n");
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        (void)fprintf(stderr, "  rogue-front %s %s\n", commands[i].name,
                      commands[i].help);
    return 2;
}

int main(int argc, char **argv)
{
    const struct command *command = NULL;
    struct front *front;

    for (size_t i = 0; argc > 1 && i < ARRAY_LEN(commands); i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            command = &commands[i];
    if (!command)
        return usage();
    front = front_open();
    if (!command->run(front, argc - 2, argv + 2))
        return usage();
    front_close(front);
    if (wrongs() > 0)
        say("%s: %u wrong", argv[1], wrongs());
    return wrongs() > 0 ? 1 : 0;
}
