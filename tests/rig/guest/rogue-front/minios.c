/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Mini-OS's front: how its pcifront.c (2022) meets a backend, twice.
 *
 *  - it waits until the back is at 4 or less, publishes nodes and state 3 in one
 *    transaction, waits while the back is below 4, starts over at anything
 *    above, and writes 4;
 *  - what there is to see it learns from the store alone: num_devs and dev-N,
 *    and vdev-N with the same N for each access, looked up anew each time;
 *  - it sleeps until the event of an answer comes: an answer without one is none;
 *  - at the back's 7 it writes 7, at 8 it writes 4, and does nothing else; it
 *    scans when its user asks. A scan at once when the back is at 4 again would
 *    still find what was removed: toolstacks take it from the list after that;
 *  - it closes when the back is at 5 or its user asks for it: 5, the back at 5
 *    or more, 6, the back at 6 or more, 1, the back from 2 to 5; then it removes
 *    event-channel (pci-op-ref and magic stay) and ends its grant;
 *  - and then it begins again. All these waits are without limit.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "front.h"
#include "pciregs.h"

#define DEVICES_MAX  8u
#define HEADER_WORDS (PCI_CONFIG_HEADER / 4)
#define PARTS_WORDS  4u
#define BELOW(state) ((1u << (state)) - 1)
#define EVERY_STATE  BELOW(XB_STATE_COUNT)

struct minios {
    struct front *front;
    struct {
        char real[32]; /* as dev-N has it */
        uint32_t words[HEADER_WORDS];
    } devices[DEVICES_MAX];
    unsigned int count;
};

/* Its waits have no limit; a test has. */
static bool back_gets_to(struct minios *minios, const char *where,
                         unsigned int states)
{
    if (front_back_waits(minios->front, states))
        return true;
    wrong("%s: waits for ever, the back is at %u", where,
          (unsigned int)front_back_state(minios->front));
    return false;
}

static bool ask(struct minios *minios, struct pci_op *op)
{
    uint64_t end = now_ms() + ANSWER_MS;

    front_post(minios->front, op);
    while (now_ms() < end) {
        if (front_wait_event(minios->front, ANSWER_MS) &&
            front_answered(minios->front, op))
            return true;
    }
    wrong(front_answered(minios->front, op) ? "an answer without an event"
                                            : "no answer");
    return false;
}

/* A node of the back whose name has a number in it. */
static char *numbered(struct minios *minios, const char *name, unsigned int n)
{
    char leaf[32];

    (void)snprintf(leaf, sizeof(leaf), "%s-%u", name, n);
    return front_read_back(minios->front, leaf);
}

static unsigned int num_devs(struct minios *minios)
{
    char *text = front_read_back(minios->front, "num_devs");
    int n = text ? atoi(text) : 0;

    free(text);
    if (n < 0 || n > (int)DEVICES_MAX) {
        wrong("num_devs is %d", n);
        return 0;
    }
    return (unsigned int)n;
}

struct address {
    unsigned int domain, bus, slot, function;
};

static bool scan_address(const char *text, struct address *a)
{
    return sscanf(text, "%x:%x:%x.%x", &a->domain, &a->bus, &a->slot,
                  &a->function) == 4;
}

/* From what is in dev-N to what is in vdev-N, by the first that fits. */
static bool to_virtual(struct minios *minios, const char *real,
                       struct address *virt)
{
    unsigned int n = num_devs(minios);
    bool found = false;

    for (unsigned int i = 0; i < n && !found; i++) {
        char *dev = numbered(minios, "dev", i), *vdev;

        if (dev && strcmp(dev, real) == 0) {
            vdev = numbered(minios, "vdev", i);
            found = vdev && scan_address(vdev, virt);
            if (!found)
                wrong("vdev-%u of %s is \"%s\"", i, real, vdev ? vdev : "");
            free(vdev);
        }
        free(dev);
    }
    return found;
}

static bool do_op(struct minios *minios, const char *real, struct pci_op *op)
{
    struct address virt;

    if (!to_virtual(minios, real, &virt)) {
        wrong("%s has no address to ask for", real);
        return false;
    }
    op->domain = virt.domain;
    op->bus = virt.bus;
    op->devfn = virt.slot << 3 | virt.function;
    if (!ask(minios, op))
        return false;
    if (op->err != 0)
        wrong("%s, %s: %s", real, pci_wire_cmd_name(op->cmd),
              pci_wire_err_name(op->err));
    return op->err == 0;
}

static uint32_t read_at(struct minios *minios, const char *real, uint32_t at,
                        int32_t size)
{
    struct pci_op op = op_read(0, (int32_t)at, size);

    return do_op(minios, real, &op) ? op.value : 0;
}

/* Its users read in all sizes; the parts must make the whole. */
static void read_parts(struct minios *minios, const char *real, uint32_t at,
                       uint32_t word)
{
    uint32_t bytes = 0, halves = 0;

    for (uint32_t n = 0; n < 4; n++)
        bytes |= read_at(minios, real, at + n, 1) << 8 * n;
    for (uint32_t n = 0; n < 4; n += 2)
        halves |= read_at(minios, real, at + n, 2) << 8 * n;
    if (bytes != word || halves != word)
        wrong("%s at %02" PRIx32 ": %08" PRIx32 ", by halves %08" PRIx32
              ", by bytes %08" PRIx32,
              real, at, word, halves, bytes);
}

static void read_header(struct minios *minios, const char *real,
                        uint32_t words[HEADER_WORDS])
{
    for (uint32_t i = 0; i < HEADER_WORDS && wrongs() == 0; i++)
        words[i] = read_at(minios, real, i * 4, 4);
    for (uint32_t i = 0; i < PARTS_WORDS && wrongs() == 0; i++)
        read_parts(minios, real, i * 4, words[i]);
}

/* Two vectors and none, for a device that has MSI-X. */
static void try_msix(struct minios *minios, const char *real)
{
    struct pci_op on = op_msix(0, 2);
    struct pci_op memory = op_write(0, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
    uint32_t at = read_at(minios, real, PCI_CAPABILITY_LIST, 1);

    while (at != 0 && read_at(minios, real, at, 1) != PCI_CAP_ID_MSIX)
        at = read_at(minios, real, at + PCI_CAP_NEXT, 1);
    if (at == 0 || wrongs() > 0)
        return;
    if (!do_op(minios, real, &memory) || !do_op(minios, real, &on))
        return;
    if (on.msix[0].vector == 0 || on.msix[1].vector == 0 ||
        on.msix[0].vector == on.msix[1].vector)
        wrong("%s has the vectors %u and %u", real, on.msix[0].vector,
              on.msix[1].vector);
    say("minios: %s has two vectors", real);
    /* They stay: a front that closes with interrupts on is a normal one. */
}

static void enumerate(struct minios *minios)
{
    minios->count = num_devs(minios);
    for (unsigned int i = 0; i < minios->count && wrongs() == 0; i++) {
        char *real = numbered(minios, "dev", i);
        struct address unused;

        if (!real || !scan_address(real, &unused)) {
            wrong("dev-%u is \"%s\"", i, real ? real : "");
            minios->count = i;
        } else {
            (void)snprintf(minios->devices[i].real,
                           sizeof(minios->devices[i].real), "%s", real);
            read_header(minios, real, minios->devices[i].words);
            say("minios: %s id 0x%04" PRIx32 " 0x%04" PRIx32, real,
                minios->devices[i].words[0] & 0xffff,
                minios->devices[i].words[0] >> 16);
        }
        free(real);
    }
    say("minios: %u devices", minios->count);
}

static bool connects(struct minios *minios)
{
    if (!back_gets_to(minios, "before it begins",
                      BELOW(XB_CLOSING) & ~STATE(UNKNOWN)))
        return false;
    front_publish(minios->front);
    if (!back_gets_to(minios, "to connect", EVERY_STATE & ~BELOW(XB_CONNECTED)))
        return false;
    if (front_back_state(minios->front) != XB_CONNECTED) {
        wrong("not available, the back is at %u",
              (unsigned int)front_back_state(minios->front));
        return false;
    }
    front_say_state(minios->front, "4");
    return true;
}

/*
 * The thread that watches the back, until it or the user wants the end; and the
 * user, whom dom0 tells when to look: scan-1, scan-2...
 */
static void serve(struct minios *minios)
{
    enum xb_state seen = XB_CONNECTED, state;
    unsigned int scans = 1;
    char key[16] = "scan-1";

    while (wrongs() == 0 && !front_told(minios->front, "close")) {
        if (front_told(minios->front, key)) {
            (void)snprintf(key, sizeof(key), "scan-%u", ++scans);
            enumerate(minios);
        }
        state = front_back_state(minios->front);
        if (state == seen) {
            pause_ms(10);
            continue;
        }
        say("minios: the back is at %u", (unsigned int)state);
        seen = state;
        if (state == XB_RECONFIGURING)
            front_say_state(minios->front, "7");
        else if (state == XB_RECONFIGURED)
            front_say_state(minios->front, "4");
        else if (state == XB_CLOSING)
            return;
    }
}

static void closes(struct minios *minios)
{
    front_say_state(minios->front, "5");
    if (!back_gets_to(minios, "at 5", EVERY_STATE & ~BELOW(XB_CLOSING)))
        return;
    front_say_state(minios->front, "6");
    if (!back_gets_to(minios, "at 6", EVERY_STATE & ~BELOW(XB_CLOSED)))
        return;
    front_say_state(minios->front, "1");
    if (!back_gets_to(minios, "at 1", BELOW(XB_CLOSED) & ~BELOW(XB_INITWAIT)))
        return;
    front_write_node(minios->front, "event-channel", NULL);
    front_renew(minios->front);
    say("minios: closed, the back is at %u",
        (unsigned int)front_back_state(minios->front));
}

/* What a device shows may not depend on how often its front came. */
static void compare(const struct minios *first, const struct minios *second)
{
    if (first->count != second->count)
        wrong("%u devices, then %u", first->count, second->count);
    for (unsigned int i = 0; i < second->count && wrongs() == 0; i++)
        if (memcmp(&first->devices[i], &second->devices[i],
                   sizeof(first->devices[i])) != 0)
            wrong("%s is not what it was", second->devices[i].real);
}

bool cmd_as_minios(struct front *front, int argc, char **argv UNUSED)
{
    static struct minios first, second;

    if (argc != 0)
        return false;
    first.front = second.front = front;
    if (!connects(&first))
        return true;
    enumerate(&first);
    serve(&first);
    for (unsigned int i = 0; i < first.count && wrongs() == 0; i++)
        try_msix(&first, first.devices[i].real);
    if (wrongs() > 0)
        return true;
    closes(&first);
    if (wrongs() > 0 || !connects(&second))
        return true;
    enumerate(&second);
    compare(&first, &second);
    closes(&second);
    return true;
}
