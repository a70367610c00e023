/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* As much as a guest can do of something, for a while; then honest again. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "front.h"

/* How often each is repeated between two looks at the clock. */
#define BATCH 64u

/* For comparison: what a guest's share of the processors alone does. */
static void flood_nothing(struct front *front UNUSED)
{
    for (volatile unsigned int i = 0; i < 100000; i++)
        ;
}

static void flood_events(struct front *front)
{
    for (unsigned int i = 0; i < BATCH; i++)
        front_notify(front);
}

/* Requests without waiting for an answer, and without giving one time. */
static void flood_requests(struct front *front)
{
    const struct pci_op read = op_read(DEVFN(0), 0, 4);

    for (unsigned int i = 0; i < BATCH; i++) {
        front_post(front, &read);
        front_give_up(front);
    }
}

/* Among them those that make a back connect and close. */
static void flood_states(struct front *front)
{
    static const char *const texts[] = { "1", "3", "4", "7",   "4",
                                         "5", "6", "8", "abc", "3" };

    for (unsigned int i = 0; i < BATCH; i++)
        front_say_state(front, texts[(size_t)rand() % ARRAY_LEN(texts)]);
}

/* Full turns: each costs the back a mapping, or a failure to report. */
static void flood_nodes(struct front *front)
{
    for (unsigned int i = 0; i < 4; i++) {
        if (i % 2 == 0)
            front_write_real_nodes(front);
        else
            front_write_nodes(front, "4294967280", "abc", "7");
        front_say_state(front, "6");
        (void)front_back_waits(front, STATE(CLOSED));
        front_say_state(front, "1");
        (void)front_back_waits(front, STATE(INITIALISED));
        front_say_state(front, "3");
        (void)front_back_waits(front, STATE(CONNECTED) | STATE(CLOSING));
    }
}

static const struct kind {
    const char *name;
    void (*flood)(struct front *front);
} kinds[] = {
    { "nothing", flood_nothing },   { "events", flood_events },
    { "requests", flood_requests }, { "states", flood_states },
    { "nodes", flood_nodes },
};

bool cmd_flood(struct front *front, int argc, char **argv)
{
    const struct kind *kind = NULL;
    unsigned int seconds, batches = 0;
    uint64_t end;

    for (size_t i = 0; argc == 2 && i < ARRAY_LEN(kinds); i++)
        if (strcmp(argv[0], kinds[i].name) == 0)
            kind = &kinds[i];
    if (!kind || !read_count(argv[1], &seconds))
        return false;
    if (!front_connect(front))
        return true;
    srand(1);
    front_write_real_nodes(front);
    end = now_ms() + (uint64_t)seconds * 1000;
    for (; now_ms() < end; batches++)
        kind->flood(front);
    say("%s: %u batches", kind->name, batches);
    if (front_connect(front))
        (void)front_read(front, DEVFN(0), 0, 4);
    return true;
}
