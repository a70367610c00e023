/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See cfg-device.h. */
#include "cfg-device.h"

#include <string.h>

#include "bytes.h"
#include "pciregs.h"

struct recorded {
    const char *name;
    struct cfg_bar bars[CFG_BARS];
};

#define MEM32(b, s)                                      \
    {                                                    \
        .kind = CFG_BAR_MEM32, .base = (b), .size = (s), \
    }
#define MEM64(b, s)                                      \
    {                                                    \
        .kind = CFG_BAR_MEM64, .base = (b), .size = (s), \
    }
#define PREF64(b, s)                                                       \
    {                                                                      \
        .kind = CFG_BAR_MEM64, .prefetch = true, .base = (b), .size = (s), \
    }
#define IO(b, s)                                      \
    {                                                 \
        .kind = CFG_BAR_IO, .base = (b), .size = (s), \
    }
#define ROM(b, s)                                      \
    {                                                  \
        .kind = CFG_BAR_ROM, .base = (b), .size = (s), \
    }

static const struct recorded recorded[] = {
    { "nvme", { [0] = MEM64(0xfeb30000, 0x4000) } },
    { "e1000e",
      { [0] = MEM32(0xfeac0000, 0x20000),
        [1] = MEM32(0xfeae0000, 0x20000),
        [2] = IO(0xc080, 0x20),
        [3] = MEM32(0xfeb34000, 0x4000),
        [6] = ROM(0xfea00000, 0x40000) } },
    { "edu", { [0] = MEM32(0xfe900000, 0x100000) } },
    { "virtio-net",
      { [1] = MEM32(0xfeb39000, 0x1000),
        [4] = PREF64(0xfe000000, 0x4000),
        [6] = ROM(0xfea40000, 0x40000) } },
    { "e1000",
      { [0] = MEM32(0xfeb00000, 0x20000),
        [1] = IO(0xc000, 0x40),
        [6] = ROM(0xfea80000, 0x40000) } },
    { "everything",
      { [0] = { CFG_BAR_MEM32, true, 0xf0000000, 0x10000 },
        [1] = IO(0xe000, 0x40),
        [2] = PREF64(UINT64_C(0x1200000000), UINT64_C(0x200000000)),
        [4] = MEM64(UINT64_C(0x3880100000), 0x100000),
        [6] = ROM(0xf0200000, 0x20000) } },
};

const char *const device_names[] = {
    "nvme", "e1000e", "edu", "virtio-net", "e1000", "everything",
};
const unsigned int device_count = ARRAY_LEN(device_names);

/* A register of the invented device. */
struct preset {
    uint16_t offset;
    uint8_t size;
    uint32_t value;
};

static const struct preset everything[] = {
    { PCI_VENDOR_ID, 4, 0xffffffff }, /* as a virtual function answers */
    { PCI_COMMAND, 2, 0x0147 },
    { PCI_STATUS, 2, 0x3910 },
    { PCI_REVISION_ID, 4, 0x02000003 },
    { PCI_CACHE_LINE_SIZE, 4, 0x80804010 },
    { PCI_BAR0 + 0x00, 4, 0xf0000008 },
    { PCI_BAR0 + 0x04, 4, 0x0000e001 },
    { PCI_BAR0 + 0x08, 4, 0x0000000c },
    { PCI_BAR0 + 0x0c, 4, 0x00000012 },
    { PCI_BAR0 + 0x10, 4, 0x80100004 },
    { PCI_BAR0 + 0x14, 4, 0x00000038 },
    { PCI_CARDBUS_CIS, 4, 0x12345678 },
    { PCI_SUBSYSTEM_VENDOR_ID, 4, 0xbeefcafe },
    { PCI_ROM_ADDRESS, 4, 0xf0200000 },
    { PCI_CAPABILITY_LIST, 1, EVERYTHING_PM },
    { PCI_INTERRUPT_LINE, 4, 0x0804010b },
    { EVERYTHING_PM, 4, 0xfe030000 | EVERYTHING_VPD << 8 | PCI_CAP_ID_PM },
    { EVERYTHING_PM + 4, 4, 0x55008108 },
    { EVERYTHING_VPD, 4, 0x80000000 | EVERYTHING_MSI << 8 | PCI_CAP_ID_VPD },
    { EVERYTHING_VPD + 4, 4, 0x44332211 },
    { EVERYTHING_MSI, 4, 0x01800000 | EVERYTHING_MSIX << 8 | PCI_CAP_ID_MSI },
    { EVERYTHING_MSI + 0x04, 4, 0xfee00000 },
    { EVERYTHING_MSI + 0x08, 4, 0x00000001 },
    { EVERYTHING_MSI + 0x0c, 4, 0x00004021 },
    { EVERYTHING_MSI + 0x10, 4, 0x00000001 },
    { EVERYTHING_MSI + 0x14, 4, 0x00000001 },
    { EVERYTHING_MSIX, 4, 0x00070000 | EVERYTHING_EXP << 8 | PCI_CAP_ID_MSIX },
    { EVERYTHING_MSIX + 4, 4, 0x00002004 },
    { EVERYTHING_MSIX + 8, 4, 0x00003004 },
    { EVERYTHING_EXP, 4, 0x00020000 | EVERYTHING_VENDOR << 8 | PCI_CAP_ID_EXP },
    { EVERYTHING_EXP + 0x04, 4, 0x10008fc1 },
    { EVERYTHING_EXP + 0x08, 4, 0x000f2810 },
    { EVERYTHING_EXP + 0x0c, 4, 0x0047f843 },
    { EVERYTHING_EXP + 0x10, 4, 0x10430040 },
    { EVERYTHING_EXP + 0x24, 4, 0x00000812 },
    { EVERYTHING_EXP + 0x2c, 4, 0x0000000e },
    { EVERYTHING_VENDOR, 4, 0x00100000 | EVERYTHING_AF << 8 | 0x09 },
    { EVERYTHING_VENDOR + 4, 4, 0xa5a5a5a5 },
    { EVERYTHING_AF, 4, 0x03060000 | PCI_CAP_ID_AF },
    { EVERYTHING_AER, 4, (uint32_t)EVERYTHING_DSN << 20 | 0x20001 },
    { EVERYTHING_AER + 8, 4, 0x00462030 },
    { EVERYTHING_DSN, 4, 0x00010003 },
    { EVERYTHING_DSN + 4, 4, 0x01020304 },
    { EVERYTHING_DSN + 8, 4, 0x05060708 },
};

static void make_everything(struct fake_hw *hw)
{
    memset(hw, 0, sizeof(*hw));
    hw->size = PCI_CONFIG_SIZE_EXT;
    for (unsigned int i = 0; i < ARRAY_LEN(everything); i++)
        fake_hw_set(hw, everything[i].offset, everything[i].size,
                    everything[i].value);
}

void device_start(struct cfg_device *d)
{
    memcpy(d->pristine, d->hw.bytes, sizeof(d->pristine));
    cfgspace_init(&d->cs, &d->params, d->hw.bytes, &d->shadow,
                  fake_hw_ops(&d->hw), CFG_FRESH);
    cfgspace_init(&d->broker, &d->params, d->hw.bytes, &d->broker_shadow,
                  fake_hw_ops(&d->hw), CFG_FRESH);
    d->hw.reads = 0;
}

void device_open(struct cfg_device *d, const char *name)
{
    const struct recorded *r = NULL;

    memset(d, 0, sizeof(*d));
    for (unsigned int i = 0; i < ARRAY_LEN(recorded); i++)
        if (strcmp(recorded[i].name, name) == 0)
            r = &recorded[i];
    ck_assert_ptr_nonnull(r);
    if (strcmp(name, "everything") == 0)
        make_everything(&d->hw);
    else
        ck_assert_msg(fake_hw_load(&d->hw, name), "cannot load %s", name);
    memcpy(d->params.bars, r->bars, sizeof(r->bars));
    d->params.size = d->hw.size;
    d->params.vendor = le16_load(&d->hw.bytes[PCI_VENDOR_ID]);
    d->params.device = le16_load(&d->hw.bytes[PCI_DEVICE_ID]);
    if (d->params.vendor == 0xffff) {
        d->params.vendor = 0x1234;
        d->params.device = 0x5678;
    }
    d->params.irq_line = 23;
    oracle_learn(d);
    device_start(d);
}

void device_open_with(struct cfg_device *d, const char *name,
                      const struct cfg_knobs *knobs)
{
    device_open(d, name);
    d->params.knobs = *knobs;
    oracle_learn(d);
    device_start(d);
}

/* Below, plain ifs: Check takes notes of every assertion that holds. */
uint32_t device_read(struct cfg_device *d, uint16_t offset, uint8_t size)
{
    uint32_t value;
    enum pci_wire_err err = cfgspace_read(&d->cs, offset, size, &value);

    if (err != PCI_ERR_SUCCESS)
        ck_abort_msg("read %03x/%u: %s", offset, size, pci_wire_err_name(err));
    return value;
}

void device_judge(const struct cfg_device *d, const uint8_t *before)
{
    if (memcmp(d->hw.bytes, before, d->hw.size) == 0)
        return;
    for (unsigned int i = 0; i < d->hw.size; i++) {
        unsigned int changed = d->hw.bytes[i] ^ before[i];

        if ((changed & ~d->may[i]) != 0)
            ck_abort_msg("byte %03x went from %02x to %02x", i, before[i],
                         d->hw.bytes[i]);
    }
}

enum pci_wire_err device_write(struct cfg_device *d, uint16_t offset,
                               uint8_t size, uint32_t value)
{
    uint8_t before[CFG_SIZE_MAX];
    enum pci_wire_err err =
        cfgspace_write(&d->cs, offset, size, value, &d->plan);

    memcpy(before, d->hw.bytes, sizeof(before));
    if (d->plan.count > (err == PCI_ERR_SUCCESS ? CFG_PLAN_MAX : 0))
        ck_abort_msg("write %03x/%u plans %u writes and says %s", offset, size,
                     d->plan.count, pci_wire_err_name(err));
    for (unsigned int i = 0; i < d->plan.count; i++) {
        const struct cfg_write *w = &d->plan.writes[i];

        if (!cfgspace_permits(&d->broker, w))
            ck_abort_msg("write %03x/%u of %x plans %03x/%u = %x", offset, size,
                         value, w->offset, w->size, w->value);
        fake_hw_write(&d->hw, w);
    }
    device_judge(d, before);
    return err;
}
