/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Races a front can run against the backend: changing a request while it is
 * read (XSA-155), and giving up on one that is being answered.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "front.h"
#include "pciregs.h"

#define PATTERN 0x5aa55aa5u

/* One word of a request flips between two values. */
struct flip {
    const char *name;
    enum front_word word;
    uint32_t values[2];
    struct pci_op op;
};

/* What the backend says when nothing flips. */
struct honest {
    int32_t err[2];
    uint32_t value[2];
};

struct flipper {
    struct front *front;
    const struct flip *flip;
    bool stop;
};

static struct pci_op with_value(struct pci_op op, uint32_t value)
{
    op.value = value;
    return op;
}

static void *flip_word(void *arg)
{
    struct flipper *f = arg;
    unsigned int i = 0;

    while (!__atomic_load_n(&f->stop, __ATOMIC_RELAXED))
        front_poke(f->front, f->flip->word, f->flip->values[i++ & 1]);
    return NULL;
}

static void set_word(struct pci_op *op, enum front_word word, uint32_t value)
{
    memcpy((char *)op + 4u * ((size_t)word - WORD_CMD), &value, sizeof(value));
}

static bool ask_honestly(struct front *front, const struct flip *flip,
                         struct honest *honest)
{
    for (int i = 0; i < 2; i++) {
        struct pci_op op = flip->op;

        set_word(&op, flip->word, flip->values[i]);
        if (!front_ask(front, &op)) {
            wrong("%s: no answer to an honest request", flip->name);
            return false;
        }
        honest->err[i] = op.err;
        honest->value[i] = op.value;
    }
    return true;
}

/*
 * Which of the two it is; -1 for neither. The value means nothing where the
 * other thread keeps writing over it.
 */
static int which_of(const struct flip *flip, const struct honest *honest,
                    const struct pci_op *op)
{
    for (int i = 0; i < 2; i++)
        if (op->err == honest->err[i] &&
            (flip->word == WORD_VALUE || op->value == honest->value[i]))
            return i;
    return -1;
}

static void run_flip(struct front *front, const struct flip *flip,
                     unsigned int seconds)
{
    struct flipper flipper = { .front = front, .flip = flip };
    unsigned int answers[2] = { 0 };
    int which = 0;
    struct honest honest;
    pthread_t thread;
    uint64_t end;

    if (!ask_honestly(front, flip, &honest))
        return;
    if (pthread_create(&thread, NULL, flip_word, &flipper) != 0)
        broken("no second thread");
    end = now_ms() + (uint64_t)seconds * 1000;
    while (now_ms() < end && which >= 0) {
        struct pci_op op = flip->op;

        which = front_ask(front, &op) ? which_of(flip, &honest, &op) : -1;
        if (which >= 0)
            answers[which]++;
        else
            wrong("%s: err %" PRId32 " value %08" PRIx32, flip->name, op.err,
                  op.value);
    }
    __atomic_store_n(&flipper.stop, true, __ATOMIC_RELAXED);
    (void)pthread_join(thread, NULL);
    say("%s: %u answers of the one kind, %u of the other", flip->name,
        answers[0], answers[1]);
}

bool cmd_flip(struct front *front, int argc, char **argv)
{
    const struct flip flips[] = {
        { "offset",
          WORD_OFFSET,
          { 0, 8 },
          with_value(op_read(DEVFN(0), 0, 4), PATTERN) },
        { "offset, inside and outside",
          WORD_OFFSET,
          { 0, 4096 },
          with_value(op_read(DEVFN(0), 0, 4), PATTERN) },
        { "size",
          WORD_SIZE,
          { 4, 3 },
          with_value(op_read(DEVFN(0), 0, 4), PATTERN) },
        { "devfn",
          WORD_DEVFN,
          { 0, DEVFN(9) },
          with_value(op_read(DEVFN(0), 0, 4), PATTERN) },
        { "command",
          WORD_CMD,
          { PCI_OP_CONF_READ, 99 },
          with_value(op_read(DEVFN(0), 0, 4), PATTERN) },
        { "write or read",
          WORD_CMD,
          { PCI_OP_CONF_READ, PCI_OP_CONF_WRITE },
          with_value(op_read(DEVFN(0), 0, 4), PATTERN) },
        { "MSI-X count", WORD_VALUE, { 1, UINT32_MAX }, op_msix(DEVFN(0), 1) },
        /* Both halves of the first entry: index 0, or 65535. */
        { "MSI-X index", WORD_MSIX, { 0, UINT32_MAX }, op_msix(DEVFN(0), 1) },
    };
    unsigned int seconds;
    struct pci_op decode = op_write(DEVFN(0), PCI_COMMAND, 2,
                                    PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
    struct pci_op off = { .cmd = PCI_OP_DISABLE_MSIX };

    if (argc != 1 || !read_count(argv[0], &seconds))
        return false;
    if (!front_connect(front) || !front_ask(front, &decode))
        return true;
    for (size_t i = 0; i < ARRAY_LEN(flips); i++)
        run_flip(front, &flips[i], seconds);
    if (!front_ask(front, &off))
        wrong("no answer at the end");
    return true;
}

static void spin(unsigned int n)
{
    for (volatile unsigned int i = 0; i < n; i++)
        ;
}

/*
 * Between the backend's last look at the page and its answer lie a few stores.
 * A front that gives up just there gets the old answer, and nothing on this
 * wire can prevent it (ring.c); more than this share is no accident.
 */
#define ACCIDENTS_PERCENT 2u

struct late {
    unsigned int asked;
    unsigned int wrong;
    unsigned int silent;
};

/* Give up on one request, ask another at once. */
static void too_late(struct front *front, const struct pci_op *given_up,
                     struct late *late)
{
    struct pci_op op =
        with_value(op_read(DEVFN(0), PCI_REVISION_ID, 4), PATTERN);
    static uint32_t expected;

    if (late->asked++ == 0)
        expected = front_read(front, DEVFN(0), PCI_REVISION_ID, 4);
    front_post(front, given_up);
    spin((unsigned int)rand() % 20000);
    front_give_up(front);
    if (!front_ask(front, &op))
        late->silent++;
    else if (op.err != PCI_ERR_SUCCESS || op.value != expected)
        late->wrong++;
}

bool cmd_late(struct front *front, int argc, char **argv)
{
    const struct pci_op given_up[] = {
        op_read(DEVFN(0), PCI_VENDOR_ID, 4),
        op_read(DEVFN(9), PCI_VENDOR_ID, 4),
        op_write(DEVFN(0), PCI_CACHE_LINE_SIZE, 1, 16), /* asks the broker */
        op_msix(DEVFN(0), 2),
    };
    struct late late = { 0 };
    struct pci_op off = { .cmd = PCI_OP_DISABLE_MSIX };
    unsigned int count;

    if (argc != 1 || !read_count(argv[0], &count))
        return false;
    if (!front_connect(front))
        return true;
    srand(1);
    for (unsigned int i = 0; i < count; i++)
        too_late(front, &given_up[i % ARRAY_LEN(given_up)], &late);
    say("%u requests after one given up: %u wrong, %u without answer",
        late.asked, late.wrong, late.silent);
    if (late.silent > 0 || late.wrong * 100 > late.asked * ACCIDENTS_PERCENT)
        wrong("more than by accident");
    if (!front_ask(front, &off))
        wrong("no answer at the end");
    return true;
}
