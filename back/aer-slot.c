/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One error recovery request on a guest's page. */
#include "aer-slot.h"

static void finish(struct aer_slot *slot, enum msg_aer_status status,
                   int32_t result, struct msg *done)
{
    slot->waiting = false;
    *done = (struct msg){ .type = MSG_AER_DONE, .serial = slot->serial };
    done->u.aer_done.status = status;
    done->u.aer_done.result = result;
}

static bool same_question(const struct pci_aer_op *a,
                          const struct pci_aer_op *b)
{
    return a->cmd == b->cmd && a->domain == b->domain && a->bus == b->bus &&
           a->devfn == b->devfn;
}

/*
 * A worker that died may have posted this already. Then the front has it, or
 * has answered; posting it again would have it handled twice.
 */
static bool is_posted(const struct aer_slot *slot, const struct pci_page *page)
{
    struct pci_aer_op there;

    /* Nobody but us sets the flag, unless the guest fools itself. */
    return !ring_aer_collect(page, &there) || same_question(&there, &slot->op);
}

bool aer_slot_ask(struct aer_slot *slot, struct pci_page *page,
                  const struct msg *request, const struct sbdf *virt,
                  struct msg *done)
{
    const struct msg_aer *aer = &request->u.aer;
    struct pci_aer_op op = { .cmd = aer->cmd, .err = aer->channel };

    slot->serial = request->serial;
    if (virt) {
        op.domain = virt->segment;
        op.bus = virt->bus;
        op.devfn = virt->devfn;
    }
    /* Another broker may ask what this worker waits for already. */
    if (!aer->again || !same_question(&op, &slot->op))
        aer_slot_cancel(slot, page);
    if (!page || !virt) {
        finish(slot, MSG_AER_NO_PAGE, 0, done);
        return true;
    }
    if (!ring_front_handles_aer(page)) {
        finish(slot, MSG_AER_NO_HANDLER, 0, done);
        return true;
    }
    slot->op = op;
    if (!slot->waiting && (!aer->again || !is_posted(slot, page)))
        ring_aer_post(page, &slot->op);
    slot->waiting = true;
    return false;
}

bool aer_slot_collect(struct aer_slot *slot, const struct pci_page *page,
                      struct msg *done)
{
    struct pci_aer_op answer;

    if (!slot->waiting || !page || !ring_aer_collect(page, &answer))
        return false;
    finish(slot, MSG_AER_ANSWERED, answer.err, done);
    return true;
}

void aer_slot_cancel(struct aer_slot *slot, struct pci_page *page)
{
    if (slot->waiting && page)
        ring_aer_cancel(page);
    slot->waiting = false;
}
