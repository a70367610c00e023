/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Requests without pause while devices come and go (XSA-285), and a page and a
 * port that go while events come in (XSA-331).
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "front.h"
#include "pciregs.h"

#define SLOTS 4u

/* The answer does not matter: the device may be there, or half there. */
static void hammer(struct front *front, unsigned int *asked)
{
    for (uint32_t slot = 0; slot < SLOTS; slot++) {
        struct pci_op ops[] = {
            op_write(DEVFN(slot), PCI_COMMAND, 2,
                     PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER),
            op_msix(DEVFN(slot), 1),
            { .cmd = PCI_OP_ENABLE_MSI, .devfn = DEVFN(slot) },
            op_read(DEVFN(slot), PCI_VENDOR_ID, 4),
        };

        for (size_t i = 0; i < ARRAY_LEN(ops); i++, (*asked)++)
            if (!front_ask(front, &ops[i]))
                wrong("slot %" PRIu32 ": no answer", slot);
    }
}

/* Until dom0 says KEY. A front that agrees to all at once. */
bool cmd_plug(struct front *front, int argc, char **argv)
{
    unsigned int asked = 0, turns = 0;
    bool reconfiguring = false;

    if (argc != 1)
        return false;
    if (!front_connect(front))
        return true;
    say("plug: hammering");
    while (!front_told(front, argv[0]) && wrongs() == 0) {
        enum xb_state back = front_back_state(front);

        if (back == XB_RECONFIGURING && !reconfiguring) {
            front_say_state(front, "7");
            reconfiguring = true;
        } else if (back != XB_RECONFIGURING && reconfiguring) {
            front_say_state(front, "4");
            reconfiguring = false;
            turns++;
        }
        hammer(front, &asked);
    }
    say("plug: %u requests, %u turns", asked, turns);
    return true;
}

struct bell {
    struct front *front;
    bool stop;
};

static void *ring_the_bell(void *arg)
{
    struct bell *bell = arg;

    while (!__atomic_load_n(&bell->stop, __ATOMIC_RELAXED))
        front_notify(bell->front);
    return NULL;
}

/* S: connections that end while events are sent as fast as they can be. */
bool cmd_closing(struct front *front, int argc, char **argv)
{
    struct bell bell = { .front = front };
    unsigned int seconds, n = 0;
    pthread_t thread;
    uint64_t end;

    if (argc != 1 || !read_count(argv[0], &seconds))
        return false;
    if (pthread_create(&thread, NULL, ring_the_bell, &bell) != 0)
        broken("no second thread");
    end = now_ms() + (uint64_t)seconds * 1000;
    for (; now_ms() < end && wrongs() == 0; n++)
        if (!front_connect(front) || !front_leave(front))
            break;
    __atomic_store_n(&bell.stop, true, __ATOMIC_RELAXED);
    (void)pthread_join(thread, NULL);
    say("%u connections closed under events", n);
    if (front_connect(front))
        (void)front_read(front, DEVFN(0), 0, 4);
    return true;
}
