/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Vital product data: a guest may read it. Writing it would outlive the guest. */
#include "pciregs.h"
#include "table.h"

static enum pci_wire_err address_check(const struct cfgspace *cs UNUSED,
                                       const struct cfg_edit *edit)
{
    return (edit->value & PCI_VPD_ADDR_FLAG) == 0 ? PCI_ERR_SUCCESS
                                                  : PCI_ERR_ACCESS_DENIED;
}

static const struct cfg_field fields[] = {
    CFG_CAP_HEADER,
    {
        .name = "VPD Address and F",
        .offset = PCI_VPD_ADDR,
        .width = 2,
        .direct = 0xffff,
        .check = address_check,
        .send = CFG_SEND_ALWAYS, /* the write itself starts the transfer */
        .reason = "F=0 reads the product data; F=1 would change it for good",
        .spec = "PCI 3.0 appendix I",
    },
    {
        .name = "VPD Data",
        .offset = PCI_VPD_DATA,
        .width = 4,
        .reason = "only the host may write product data",
        .spec = "PCI 3.0 appendix I",
    },
};

const struct cfg_block cfg_block_vpd = {
    .name = "Vital Product Data",
    .where = CFG_IN_CAP,
    .id = PCI_CAP_ID_VPD,
    .fields = fields,
    .nfields = ARRAY_LEN(fields),
    .bytes = PCI_VPD_SIZE,
    .spec = "PCI 3.0 appendix I",
};
