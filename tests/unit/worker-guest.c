/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guest of worker-world.h, and what a test waits for. */
#include <check.h>

#include "worker-world.h"

static void post(struct pci_op op)
{
    ck_assert(ring_idle(guest_page));
    ring_post(guest_page, &op);
}

void guest_posts_read(uint32_t offset)
{
    post((struct pci_op){
        .cmd = PCI_OP_CONF_READ, .offset = (int32_t)offset, .size = 4 });
}

void guest_posts_write(uint32_t offset, uint32_t value)
{
    post((struct pci_op){ .cmd = PCI_OP_CONF_WRITE,
                          .offset = (int32_t)offset,
                          .size = 2,
                          .value = value });
}

bool guest_has_answer(void)
{
    return ring_idle(guest_page);
}

static bool answer_is_there(void *arg UNUSED)
{
    return ring_idle(guest_page);
}

uint32_t guest_collects(void)
{
    struct pci_op op;

    eventually_in_loop(answer_is_there, NULL, "the guest is answered");
    ck_assert(ring_collect(guest_page, &op));
    ck_assert_int_eq(op.err, PCI_ERR_SUCCESS);
    return op.value;
}

uint32_t guest_reads(uint32_t offset)
{
    guest_posts_read(offset);
    return guest_collects();
}

bool test_is_connected(void *arg UNUSED)
{
    return test_seen.connected > 0;
}

bool test_is_settled(void *arg UNUSED)
{
    return test_seen.settled > 0;
}

bool test_is_gone(void *arg UNUSED)
{
    return test_seen.gone > 0;
}

bool broker_was_asked(void *arg)
{
    const struct broker_seen *seen = arg;

    return seen->requests > 0;
}
