/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All that a guest can do without end, at once: operations, events and states,
 * each by a thread of its own, until dom0 says so. It stays connected, so that
 * the kernel's backend, which connects to a guest once, can be compared.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "front.h"
#include "pciregs.h"

#define BATCH    64u
#define STORM_MS 180000u /* if dom0 says nothing */

struct storm {
    struct front *front;
    bool stop;
    unsigned int posted, answered, events, states;
};

static bool goes_on(const struct storm *storm)
{
    return !__atomic_load_n(&storm->stop, __ATOMIC_RELAXED);
}

/* Of each kind of work: memory, hardware, the broker, Xen, and none. */
static struct pci_op any_op(unsigned int i)
{
    switch (i % 8) {
    case 0:
        return op_write(DEVFN(0), PCI_COMMAND, 2,
                        PCI_COMMAND_MEMORY | (i & 8 ? PCI_COMMAND_MASTER : 0));
    case 1:
        return op_read(DEVFN(0), PCI_COMMAND, 4);
    case 2:
        return op_write(DEVFN(0), PCI_BAR0, 4, UINT32_MAX);
    case 3:
        return op_msix(DEVFN(0), 4);
    case 4: {
        struct pci_op off = op_msix(DEVFN(0), 0);

        off.cmd = PCI_OP_DISABLE_MSIX;
        return off;
    }
    case 5:
        return op_read(DEVFN(31), 0, 4);
    case 6:
        return op_write(DEVFN(0), PCI_VENDOR_ID, 4, i);
    default:
        return op_read(DEVFN(0), 0, 4);
    }
}

/* Now and then without the patience to wait. */
static void *operations(void *arg)
{
    struct storm *storm = arg;

    while (goes_on(storm)) {
        struct pci_op op = any_op(storm->posted++);
        uint64_t end = now_ms() + (storm->posted % BATCH == 0 ? 1 : ANSWER_MS);
        bool done = false;

        front_post(storm->front, &op);
        while (!done && goes_on(storm) && now_ms() < end)
            done = front_answered(storm->front, &op);
        storm->answered += done;
        if (!done)
            front_give_up(storm->front);
    }
    return NULL;
}

static void *events(void *arg)
{
    struct storm *storm = arg;

    for (; goes_on(storm); storm->events++)
        front_notify(storm->front);
    return NULL;
}

/* Until dom0 tells the guest KEY-end. */
static bool is_over(struct front *front, const char *key, uint64_t begun)
{
    char end[32];

    (void)snprintf(end, sizeof(end), "%s-end", key);
    return now_ms() > begun + STORM_MS || front_told(front, end);
}

static void rage(struct front *front, const char *key)
{
    static const char *const texts[] = { "4", "8", "4", "7" };
    struct storm storm = { .front = front };
    uint64_t begun = now_ms();
    pthread_t threads[2];

    if (pthread_create(&threads[0], NULL, operations, &storm) != 0 ||
        pthread_create(&threads[1], NULL, events, &storm) != 0)
        broken("no threads");
    do
        for (unsigned int i = 0; i < BATCH; i++, storm.states++)
            front_say_state(front, texts[i % ARRAY_LEN(texts)]);
    while (!is_over(front, key, begun));
    __atomic_store_n(&storm.stop, true, __ATOMIC_RELAXED);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        (void)pthread_join(threads[i], NULL);
    front_say_state(front, "4");
    say("%s: %u operations, %u answered, %u events, %u states in %u ms", key,
        storm.posted, storm.answered, storm.events, storm.states,
        (unsigned int)(now_ms() - begun));
}

/* For comparison: what a guest's share of the processors alone does. */
static void burn(struct front *front, const char *key)
{
    uint64_t begun = now_ms();

    do
        for (volatile unsigned int i = 0; i < 1000000; i++)
            ;
    while (!is_over(front, key, begun));
    say("%s: over", key);
}

/* The kernel's backend waits at 3 and takes no closing for an answer. */
static bool is_connected(struct front *front)
{
    if (front_back_state(front) != XB_INITIALISED)
        return front_connect(front);
    front_publish(front);
    if (!front_back_waits(front, STATE(CONNECTED))) {
        wrong("the back does not connect");
        return false;
    }
    front_say_state(front, "4");
    return true;
}

bool cmd_storm(struct front *front, int argc, char **argv)
{
    if (argc == 0)
        return false;
    if (!is_connected(front))
        return true;
    say("storm: ready");
    for (int i = 0; i < argc; i++) {
        uint64_t end = now_ms() + STORM_MS;

        while (!front_told(front, argv[i]) && now_ms() < end)
            pause_ms(20);
        if (strncmp(argv[i], "burn", 4) == 0)
            burn(front, argv[i]);
        else
            rage(front, argv[i]);
    }
    (void)front_read(front, DEVFN(0), 0, 4);
    return true;
}
