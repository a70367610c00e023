/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * MSI of several messages (operation 10), which stock fronts never ask for: two
 * devices of 16 messages in slots 0 and 1, and Xen has 20 pirqs for both. Ends
 * with all messages of the second one on.
 */
#include <inttypes.h>
#include <stddef.h>

#include "front.h"
#include "pciregs.h"

#define FAILED       (-5)
#define CONTROL_BITS (PCI_MSI_FLAGS_QSIZE | PCI_MSI_FLAGS_ENABLE)

static const struct step {
    const char *name;
    uint32_t slot;
    uint32_t cmd;
    uint32_t info;
    int32_t err;
    uint32_t instead; /* after a failure */
    uint32_t control; /* Multiple Message Enable and Enable: PCI 3.0 6.8.1.3 */
} steps[] = {
    { "none", 0, PCI_OP_ENABLE_MULTI_MSI, 0, FAILED, 0, 0x00 },
    { "3", 0, PCI_OP_ENABLE_MULTI_MSI, 3, FAILED, 2, 0x00 },
    { "32", 0, PCI_OP_ENABLE_MULTI_MSI, 32, FAILED, 16, 0x00 },
    { "2^31", 0, PCI_OP_ENABLE_MULTI_MSI, 1u << 31, FAILED, 16, 0x00 },
    { "2^32-1", 0, PCI_OP_ENABLE_MULTI_MSI, UINT32_MAX, FAILED, 16, 0x00 },
    { "2", 0, PCI_OP_ENABLE_MULTI_MSI, 2, 0, 0, 0x11 },
    { "16 over 2", 0, PCI_OP_ENABLE_MULTI_MSI, 16, 0, 0, 0x41 },
    { "one over 16", 0, PCI_OP_ENABLE_MSI, 0, 0, 0, 0x01 },
    { "16 again", 0, PCI_OP_ENABLE_MULTI_MSI, 16, 0, 0, 0x41 },
    { "16 of 4", 1, PCI_OP_ENABLE_MULTI_MSI, 16, FAILED, 4, 0x00 },
    { "8 of 4", 1, PCI_OP_ENABLE_MULTI_MSI, 8, FAILED, 4, 0x00 },
    { "4 of 4", 1, PCI_OP_ENABLE_MULTI_MSI, 4, 0, 0, 0x21 },
};

static const struct step later[] = {
    { "off as MSI-X", 0, PCI_OP_DISABLE_MSIX, 0, 0, 0, 0x40 },
    { "off again", 0, PCI_OP_DISABLE_MSI, 0, 0, 0, 0x40 },
    { "16 of 20", 1, PCI_OP_ENABLE_MULTI_MSI, 16, 0, 0, 0x41 },
};

static uint32_t control_of(struct front *front, uint32_t slot)
{
    uint8_t cap = front_capability(front, DEVFN(slot), PCI_CAP_ID_MSI);

    if (cap == 0)
        broken("slot %" PRIu32 " has no MSI", slot);
    return front_read(front, DEVFN(slot), cap + (int)PCI_MSI_FLAGS, 1);
}

static void take(struct front *front, const struct step *step)
{
    struct pci_op op = { .cmd = step->cmd,
                         .devfn = DEVFN(step->slot),
                         .info = step->info };
    bool on = step->err == 0 && (step->control & PCI_MSI_FLAGS_ENABLE) != 0;
    uint32_t control;

    if (!front_ask(front, &op)) {
        wrong("%s: no answer", step->name);
        return;
    }
    control = control_of(front, step->slot);
    say("%-12s err %" PRId32 " value %" PRIu32 " info %" PRIu32
        " control %02" PRIx32,
        step->name, op.err, op.value, op.info, control);
    if (op.err != step->err || (step->err != 0 && op.info != step->instead))
        wrong("%s: expected %" PRId32 " and %" PRIu32, step->name, step->err,
              step->instead);
    if ((on && op.value == 0) || (step->err != 0 && op.value != 0))
        wrong("%s: value %" PRIu32, step->name, op.value);
    if ((control & CONTROL_BITS) != step->control)
        wrong("%s: control %02" PRIx32, step->name, control);
}

bool cmd_messages(struct front *front, int argc, char **argv UNUSED)
{
    uint64_t end = now_ms() + 60000;

    if (argc != 0)
        return false;
    if (!front_connect(front))
        return true;
    for (size_t i = 0; i < ARRAY_LEN(steps); i++)
        take(front, &steps[i]);
    say("messages-on");
    while (!front_told(front, "messages-seen") && now_ms() < end)
        pause_ms(50);
    for (size_t i = 0; i < ARRAY_LEN(later); i++)
        take(front, &later[i]);
    return true;
}
