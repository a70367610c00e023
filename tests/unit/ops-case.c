/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See ops-case.h. */
#include "ops-case.h"

#include <string.h>

#include "pciregs.h"

struct fake_hw case_nvme_hw, case_nic_hw;
struct vdev case_nvme, case_nic;
struct ops case_ops;
struct case_broker case_broker;
static struct cfg_shadow nvme_shadow, nic_shadow;

static int ask(void *ctx UNUSED, const struct msg *request)
{
    if (case_broker.send_err < 0)
        return case_broker.send_err;
    case_broker.asked++;
    case_broker.last = *request;
    return 0;
}

static void make(struct vdev *dev, struct fake_hw *hw,
                 struct cfg_shadow *shadow, const char *dump)
{
    struct cfg_params params = { .irq_line = 11 };

    ck_assert(fake_hw_load(hw, dump));
    params.size = hw->size;
    params.vendor = (uint16_t)fake_hw_get(hw, 0, 2);
    params.device = (uint16_t)fake_hw_get(hw, 2, 2);
    params.bars[0].kind = CFG_BAR_MEM32;
    params.bars[0].base = 0xfe000000;
    params.bars[0].size = 0x20000;
    params.bars[3] = params.bars[0];
    cfgspace_init(&dev->cs, &params, hw->bytes, shadow, fake_hw_ops(hw),
                  CFG_FRESH);
}

void request(uint32_t cmd, uint32_t devfn)
{
    memset(&case_ops.op, 0, sizeof(case_ops.op));
    case_ops.op.cmd = cmd;
    case_ops.op.err = 99;
    case_ops.op.devfn = devfn;
    case_ops.op.value = ECHO;
    case_ops.op.size = 4;
}

void write_command(uint32_t value)
{
    request(PCI_OP_CONF_WRITE, NVME_DEVFN);
    case_ops.op.offset = PCI_COMMAND;
    case_ops.op.size = 2;
    case_ops.op.value = value;
}

void set_command(uint32_t value)
{
    write_command(value);
    if (!ops_start(&case_ops))
        ck_assert(ops_abandon(&case_ops));
    memset(&case_broker, 0, sizeof(case_broker));
}

void ops_case_setup(void)
{
    memset(&case_ops, 0, sizeof(case_ops));
    memset(&case_broker, 0, sizeof(case_broker));
    memset(&case_nvme, 0, sizeof(case_nvme));
    memset(&case_nic, 0, sizeof(case_nic));
    make(&case_nvme, &case_nvme_hw, &nvme_shadow, "nvme");
    make(&case_nic, &case_nic_hw, &nic_shadow, "e1000e");
    case_nvme.handle = NVME_HANDLE;
    case_nvme.virt.devfn = NVME_DEVFN;
    case_nic.handle = NIC_HANDLE;
    case_nic.virt.devfn = NIC_DEVFN;
    case_nvme.next = &case_nic;
    case_ops.devices = &case_nvme;
    case_ops.ask = ask;
    /* The guest has turned memory decoding on: MSI-X needs it. */
    set_command(PCI_COMMAND_MEMORY);
}

void assert_refused(int32_t err)
{
    ck_assert(ops_start(&case_ops));
    ck_assert_int_eq(case_ops.op.err, err);
    ck_assert_uint_eq(case_broker.asked, 0);
    ck_assert(!case_ops.waiting);
}

void assert_asks(uint32_t type, uint32_t handle)
{
    ck_assert(!ops_start(&case_ops));
    ck_assert(case_ops.waiting);
    ck_assert_uint_eq(case_broker.asked, 1);
    ck_assert_uint_eq(case_broker.last.type, type);
    ck_assert_uint_eq(case_broker.last.u.handle.handle, handle);
}

struct msg answer(int32_t err)
{
    struct msg m = { .type = MSG_ANSWER, .serial = case_broker.last.serial };

    m.u.answer.err = err;
    return m;
}

void want_messages(uint32_t count)
{
    case_nic.cs.msi.msi_messages = 4;
    request(PCI_OP_ENABLE_MULTI_MSI, NIC_DEVFN);
    case_ops.op.info = count;
}

void want_msix(uint32_t count)
{
    request(PCI_OP_ENABLE_MSIX, NVME_DEVFN);
    case_ops.op.value = count;
    for (uint32_t i = 0; i < count && i < PCI_WIRE_MSIX_MAX; i++)
        case_ops.op.msix[i].entry = (uint16_t)i;
}
