/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The power management capability. Wake-up belongs to the host. */
#include "bytes.h"
#include "pciregs.h"
#include "table.h"

/* D1 and D2 are options that PMC announces; the row before this one has it. */
static bool has_state(const struct cfgspace *cs, const struct cfg_edit *edit)
{
    uint16_t pmc =
        le16_load(&cs->snapshot[edit->offset - PCI_PM_CTRL + PCI_PM_PMC]);

    switch (edit->value & PCI_PM_CTRL_STATE) {
    case PCI_PM_CTRL_D1:
        return (pmc & PCI_PM_PMC_D1) != 0;
    case PCI_PM_CTRL_D2:
        return (pmc & PCI_PM_PMC_D2) != 0;
    default:
        return true;
    }
}

static enum pci_wire_err power_check(const struct cfgspace *cs,
                                     const struct cfg_edit *edit)
{
    uint32_t changed = (edit->value ^ edit->seen) & PCI_PM_CTRL_STATE;

    return changed != 0 && (cs->params.knobs.no_power || !has_state(cs, edit))
               ? PCI_ERR_ACCESS_DENIED
               : PCI_ERR_SUCCESS;
}

static const struct cfg_field fields[] = {
    CFG_CAP_HEADER,
    {
        .name = "PMC",
        .offset = PCI_PM_PMC,
        .width = 2,
        .frozen = 0xffff & ~PCI_PM_PMC_PME,
        .keep = PCI_PM_PMC_PME,
        .reason = "no PME is delivered to a guest, so none is promised",
        .spec = "PM 1.2 3.2.3",
    },
    {
        .name = "PMCSR",
        .offset = PCI_PM_CTRL,
        .width = 2,
        .direct = PCI_PM_CTRL_STATE | PCI_PM_CTRL_DATA_SEL,
        .clear1 = PCI_PM_CTRL_PME_STATUS,
        .check = power_check,
        .reason = "the guest may put its device to sleep, in a state that it "
                  "has, and wake it, unless its administrator keeps the power "
                  "on; PME_En never, since a PME would wake the host",
        .spec = "PM 1.2 3.2.4",
    },
    CFG_FROZEN("PMCSR Bridge Support Extensions", PCI_PM_BRIDGE, 1,
               "PM 1.2 3.2.5"),
    CFG_READ_ONLY("PM Data", PCI_PM_DATA, 1, "PM 1.2 3.2.6"),
};

const struct cfg_block cfg_block_pm = {
    .name = "Power Management",
    .where = CFG_IN_CAP,
    .id = PCI_CAP_ID_PM,
    .fields = fields,
    .nfields = ARRAY_LEN(fields),
    .bytes = PCI_PM_SIZE,
    .spec = "PM 1.2 3.2",
};
