/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an answer does to the page, how many events it costs, how long it takes. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "front-private.h"
#include "pciregs.h"

#define UNKNOWN_FLAGS 0xfffffff0u
#define PATTERN       0xa5a5a5a5u
#define PAGE_WORDS    (PCI_WIRE_PAGE_SIZE / 4u)
#define WORD_ERR      2u
#define WORD_AER      138u /* and all behind it */

/* What an op must be done in: nearly always, and ever. */
#define USUAL_MS 100u
#define WORST_MS 1500u
/* An emulated machine stands still now and then; a backend does not. */
#define USUAL_PERCENT 99u

static const struct pci_op asked[] = {
    { .cmd = PCI_OP_CONF_READ, .size = 4 },
    { .cmd = PCI_OP_CONF_READ, .offset = -4, .size = 4 },
    { .cmd = PCI_OP_CONF_READ, .devfn = DEVFN(9), .size = 4 },
    { .cmd = PCI_OP_CONF_WRITE, .size = 2, .value = 5 },
    { .cmd = PCI_OP_CONF_WRITE,
      .offset = (int)PCI_COMMAND,
      .size = 2,
      .value = PCI_COMMAND_MEMORY },
    { .cmd = PCI_OP_CONF_WRITE,
      .offset = (int)PCI_COMMAND,
      .size = 2,
      .value = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER },
    { .cmd = PCI_OP_ENABLE_MSIX, .value = 129 },
    { .cmd = PCI_OP_DISABLE_MSI },
    { .cmd = PCI_OP_AER_RESUME },
    { .cmd = 99, .value = 7 },
};

/* Ask; then every word but the answer's must be as it was. */
static void page_once(struct front *front, const struct pci_op *op)
{
    uint32_t before[PAGE_WORDS];
    struct pci_op answer = *op;

    for (size_t i = WORD_AER; i < PAGE_WORDS; i++)
        front->words[i] = PATTERN;
    front_poke(front, WORD_FLAGS, UNKNOWN_FLAGS);
    answer.info = PATTERN;
    for (size_t i = 0; i < ARRAY_LEN(answer.msix); i++)
        answer.msix[i] = (struct pci_msix_entry){ 0xffff, (uint16_t)i };
    ring_post(front->page, &answer);
    memcpy(before, front->words, sizeof(before));
    front_notify(front);
    if (!front_collect(front, &answer)) {
        wrong("no answer to command %" PRIu32, op->cmd);
        return;
    }
    before[WORD_FLAGS] &= ~FLAG_ACTIVE;
    before[WORD_ERR] = front->words[WORD_ERR];
    before[WORD_VALUE] = front->words[WORD_VALUE];
    for (size_t i = 0; i < PAGE_WORDS; i++)
        if (front->words[i] != before[i])
            wrong("command %" PRIu32 ": word %zu is %08" PRIx32
                  ", it was %08" PRIx32,
                  op->cmd, i, front->words[i], before[i]);
}

static void page(struct front *front, unsigned int count)
{
    for (unsigned int i = 0; i < count; i++)
        page_once(front, &asked[i % ARRAY_LEN(asked)]);
    say("%u answers left the rest of the page alone", count);
}

/* Each event must bring an answer, and each answer an event. */
static void events(struct front *front, unsigned int count)
{
    while (front_wait_event(front, 300))
        ;
    for (unsigned int i = 0; i < count && wrongs() == 0; i++) {
        struct pci_op op = asked[i % ARRAY_LEN(asked)];

        front_post(front, &op);
        if (!front_wait_event(front, ANSWER_MS))
            wrong("request %u: no event", i);
        else if (!front_answered(front, &op))
            wrong("request %u: an event without an answer", i);
    }
    if (front_wait_event(front, 300))
        wrong("one event more than answers");
    say("%u requests, an event each", count);
}

/* The next request the moment the flag is clear, before the event is there. */
static void row(struct front *front, unsigned int count)
{
    for (unsigned int i = 0; i < count && wrongs() == 0; i++) {
        struct pci_op op = asked[i % ARRAY_LEN(asked)];
        uint64_t end = now_ms() + ANSWER_MS;

        front_post(front, &op);
        while (!front_answered(front, &op) && now_ms() < end)
            ;
        if (now_ms() >= end)
            wrong("request %u was overlooked", i);
    }
    say("%u requests in a row", count);
}

static void pace(struct front *front, unsigned int count)
{
    unsigned int slow = 0;
    uint64_t worst = 0;

    for (unsigned int i = 0; i < count; i++) {
        struct pci_op op = asked[i % ARRAY_LEN(asked)];
        uint64_t begun = now_ms(), took;

        if (!front_ask(front, &op))
            wrong("request %u: no answer", i);
        took = now_ms() - begun;
        worst = took > worst ? took : worst;
        slow += took >= USUAL_MS ? 1 : 0;
    }
    say("%u requests: %u took %u ms and more, the longest %" PRIu64 " ms",
        count, slow, USUAL_MS, worst);
    if (worst >= WORST_MS || slow * 100 > count * (100 - USUAL_PERCENT))
        wrong("answers come too late");
}

static const struct kind {
    const char *name;
    void (*run)(struct front *front, unsigned int count);
} kinds[] = {
    { "page", page },
    { "events", events },
    { "row", row },
    { "pace", pace },
};

bool cmd_wire(struct front *front, int argc, char **argv)
{
    const struct kind *kind = NULL;
    unsigned int count;

    for (size_t i = 0; argc == 2 && i < ARRAY_LEN(kinds); i++)
        if (strcmp(argv[0], kinds[i].name) == 0)
            kind = &kinds[i];
    if (!kind || !read_count(argv[1], &count))
        return false;
    if (front_connect(front))
        kind->run(front, count);
    return true;
}
