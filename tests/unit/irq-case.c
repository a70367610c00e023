/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See irq-case.h. */
#include "irq-case.h"

#include <errno.h>
#include <string.h>

#include "fake-xen.h"
#include "pciregs.h"
#include "sysfs.h"

const struct cfg_msi case_msi = {
    .msi_control = MSI_AT,
    .msi_messages = 32,
    .msix_control = MSIX_AT,
    .msix_entries = 16,
};

struct irq case_irq;
struct irq_device case_dev;

/* sysfs-config.o stays out: case_registers are an array, and accesses are recorded. */
struct irq_bus case_bus;

uint8_t case_registers[REGISTERS];

int sysfs_config_read(int fd UNUSED, uint16_t offset, uint8_t size,
                      uint32_t *value)
{
    *value = 0;
    for (uint8_t i = size; i-- > 0;)
        *value = *value << 8 | case_registers[offset + i];
    return 0;
}

int sysfs_config_write(int fd UNUSED, uint16_t offset, uint8_t size,
                       uint32_t value)
{
    if (case_bus.fail_at[offset])
        return -EIO;
    case_bus.writes++;
    case_bus.size_at[offset] = size;
    for (uint8_t i = 0; i < size; i++)
        case_registers[offset + i] = (uint8_t)(value >> 8 * i);
    return 0;
}

uint16_t get(uint16_t offset)
{
    uint32_t value;

    (void)!sysfs_config_read(-1, offset, 2, &value);
    return (uint16_t)value;
}

/* The hand, without a process. */
static void ask_at_once(void *ctx UNUSED, const struct regs_request *request,
                        regs_done_fn *then, void *arg)
{
    static struct cfgspace cs;
    struct regs_reply reply;

    cs.msi = case_msi;
    regs_do(-1, &cs, request, &reply);
    then(arg, &reply);
}

void irq_case_setup(void)
{
    memset(&case_irq, 0, sizeof(case_irq));
    memset(&case_bus, 0, sizeof(case_bus));
    memset(case_registers, 0, sizeof(case_registers));
    case_registers[PCI_COMMAND] = PCI_COMMAND_MEMORY;
    case_registers[MSI_AT] = 0x8a; /* 64-bit, 32 messages possible */
    case_registers[MSIX_AT] = 15;
    case_registers[MSIX_AT + 1] = PCI_MSIX_FLAGS_MASKALL >> 8;
    case_dev = (struct irq_device){
        .hyp = fake_xen_reset(),
        .domid = DOMID,
        .sbdf = { .bus = 3 },
        .msi = &case_msi,
        .msix_table_bar = TABLE_BAR,
        .ask = ask_at_once,
    };
    fake_xen_domain(DOMID)->exists = true;
    fake_xen_add_device(case_dev.sbdf);
    fake_xen_set_owner(case_dev.sbdf, DOMID);
}

/* Whatever a test did, turning it off leaves nothing behind. */
void irq_case_teardown(void)
{
    memset(case_bus.fail_at, 0, sizeof(case_bus.fail_at));
    off();
    ck_assert_uint_eq(fake_xen_holdings(DOMID), 0);
    ck_assert_uint_eq(fake_xen_mistakes(), 0);
    ck_assert_uint_eq(get(MSI_AT) & PCI_MSI_FLAGS_ENABLE, 0);
    ck_assert_uint_eq(get(MSIX_AT) & PCI_MSIX_FLAGS_ENABLE, 0);
    ck_assert_uint_eq(get(PCI_COMMAND), PCI_COMMAND_MEMORY);
}

static void on_done(void *arg)
{
    *(bool *)arg = true;
}

static bool call_done;

static struct irq_call new_call(unsigned int wanted)
{
    call_done = false;
    return (struct irq_call){
        .irq = &case_irq,
        .dev = case_dev,
        .wanted = wanted,
        .done = on_done,
        .arg = &call_done,
    };
}

int msix_on_at(const uint16_t *entries, unsigned int count,
               unsigned int *granted)
{
    struct irq_call call = new_call(count);

    /* A count that is too large is refused before an entry is looked at. */
    if (count <= PCI_WIRE_MSIX_MAX)
        memcpy(call.entries, entries, count * sizeof(entries[0]));
    irq_msix_on(&call);
    ck_assert(call_done);
    *granted = call.count;
    return call.err;
}

int msix_on(unsigned int count, unsigned int *granted)
{
    static const uint16_t entries[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 };

    return msix_on_at(entries, count, granted);
}

int msi_on_or(unsigned int *count, uint32_t *pirq)
{
    struct irq_call call = new_call(*count);

    irq_msi_on(&call);
    ck_assert(call_done);
    *count = call.count;
    *pirq = call.pirq;
    return call.err;
}

int msi_on(unsigned int count, uint32_t *pirq)
{
    return msi_on_or(&count, pirq);
}

void off(void)
{
    struct irq_call call = new_call(0);

    irq_off(&call);
    ck_assert(call_done);
}

void assert_off(void)
{
    ck_assert_int_eq(case_irq.mode, IRQ_INTX);
    ck_assert_uint_eq(case_irq.count, 0);
    ck_assert_uint_eq(fake_xen_holdings(DOMID), 0);
    ck_assert_uint_eq(get(MSI_AT) & PCI_MSI_FLAGS_ENABLE, 0);
    ck_assert_uint_eq(get(MSIX_AT) & PCI_MSIX_FLAGS_ENABLE, 0);
    ck_assert_uint_eq(get(PCI_COMMAND) & PCI_COMMAND_INTX_DISABLE, 0);
}
