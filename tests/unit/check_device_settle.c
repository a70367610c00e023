/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A broker that died while mappings changed, and its successor. */
#include <errno.h>
#include <string.h>

#include "device-case.h"
#include "link.h"
#include "pciregs.h"
#include "state.h"

/* The record as it is while Xen maps or unmaps for the Nth time. */
static struct state_record half_way;
static unsigned int calls_until_death;

static void dies_in_the_middle(const char *line)
{
    if ((strncmp(line, "msi", 3) == 0 || strncmp(line, "unmap", 5) == 0) &&
        calls_until_death-- == 1)
        ck_assert_int_eq(state_load(case_nvme, &half_way), 0);
}

static const uint16_t four_entries[] = { 0, 1, 2, 3 };

static struct device *broker_dies(struct device *dev)
{
    fake_xen_on_call(NULL);
    device_free(dev);
    ck_assert_int_eq(state_save(&half_way), 0);
    dev = device_adopt(world_hyp, case_nvme);
    ck_assert_ptr_nonnull(dev);
    /* Xen gives from the top: the next is below those that were given. */
    fake_xen_next_pirq(50);
    device_irq_settle(dev);
    case_rest(dev);
    /* Looking for leftovers, it unmaps what is not there. */
    fake_xen_forgive();
    return dev;
}

static void assert_settled(struct device *dev)
{
    struct state_record r;

    ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 0);
    ck_assert_uint_eq(
        world_get(case_nvme, MSIX_CONTROL, 2) & PCI_MSIX_FLAGS_ENABLE, 0);
    ck_assert_int_eq(state_load(case_nvme, &r), 0);
    ck_assert(!r.irq.changing);
    ck_assert_uint_eq(r.irq.count, 0);
    ck_assert_int_eq(release_device(dev), 0);
    ck_assert_uint_eq(fake_xen_holdings(BACK_DOMID), 0);
}

START_TEST(a_broker_that_died_while_it_mapped)
{
    struct device *dev = claim_ok(case_nvme);
    unsigned int granted;

    calls_until_death = (unsigned int)_i;
    fake_xen_on_call(dies_in_the_middle);
    ck_assert_int_eq(case_msix_on(dev, four_entries, 4, &granted), 0);
    dev = broker_dies(dev);
    assert_settled(dev);
}
END_TEST

START_TEST(a_broker_that_died_while_it_unmapped)
{
    struct device *dev = claim_ok(case_nvme);
    unsigned int granted;

    ck_assert_int_eq(case_msix_on(dev, four_entries, 4, &granted), 0);
    calls_until_death = (unsigned int)_i;
    fake_xen_on_call(dies_in_the_middle);
    case_msi_off(dev);
    ck_assert_uint_eq(half_way.irq.count, 4);
    dev = broker_dies(dev);
    assert_settled(dev);
}
END_TEST

/* What other devices of the guest have is no leftover. */
START_TEST(settling_spares_the_others)
{
    struct device *nic = claim_ok(case_nic), *dev = claim_ok(case_nvme);
    unsigned int granted;
    uint32_t pirq;

    calls_until_death = 2;
    fake_xen_on_call(dies_in_the_middle);
    ck_assert_int_eq(case_msix_on(dev, four_entries, 4, &granted), 0);
    ck_assert_int_eq(case_msi_on(nic, 1, &pirq), 0);
    dev = broker_dies(dev);
    ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 1);
    ck_assert_uint_eq(nic->irq.pirqs[0], pirq);
    ck_assert_int_eq(release_device(nic), 0);
    assert_settled(dev);
}
END_TEST

START_TEST(a_sound_record_is_left_alone)
{
    struct device *dev = claim_ok(case_nvme);
    unsigned int granted;

    ck_assert_int_eq(case_msix_on(dev, four_entries, 4, &granted), 0);
    device_free(dev);
    dev = device_adopt(world_hyp, case_nvme);
    fake_xen_clear_log();
    device_irq_settle(dev);
    case_rest(dev);
    ck_assert_str_eq(fake_xen_log(), "");
    ck_assert_uint_eq(fake_xen_msis(BACK_DOMID), 4);
    ck_assert_int_eq(release_device(dev), 0);
}
END_TEST

static const char *deadly;

static void dies_while_it_gives(const char *line)
{
    if (strncmp(line, deadly, strlen(deadly)) == 0)
        ck_assert_int_eq(state_load(case_nvme, &half_way), 0);
}

/* Registers that a guest may reach, of a device that nobody would take back. */
START_TEST(a_broker_that_died_while_it_gave)
{
    static const char *const calls[] = { "iomem", "gsi", "irq", "assign" };
    struct device *dev;
    struct state_record r;

    memset(&half_way, 0, sizeof(half_way));
    deadly = calls[_i];
    fake_xen_on_call(dies_while_it_gives);
    dev = claim_ok(case_nvme);
    fake_xen_on_call(NULL);
    ck_assert(half_way.grants.planned);
    ck_assert_uint_eq(half_way.grants.nranges, dev->grants.nranges);
    ck_assert_uint_eq(half_way.grants.gsi, dev->grants.gsi);
    device_free(dev);
    ck_assert_int_eq(state_save(&half_way), 0);
    link_adopt_devices(world_hyp);
    ck_assert_ptr_null(device_by_sbdf(case_nvme));
    ck_assert_uint_eq(fake_xen_holdings(BACK_DOMID), 0);
    ck_assert_uint_eq(fake_xen_owner(case_nvme), HYP_DOMID_IO);
    ck_assert_int_eq(state_load(case_nvme, &r), -ENOENT);
}
END_TEST

TCase *device_settle_tests(void)
{
    TCase *tc = tcase_create("settle");

    tcase_add_loop_test(tc, a_broker_that_died_while_it_mapped, 1, 5);
    tcase_add_loop_test(tc, a_broker_that_died_while_it_unmapped, 1, 5);
    tcase_add_test(tc, settling_spares_the_others);
    tcase_add_test(tc, a_sound_record_is_left_alone);
    tcase_add_loop_test(tc, a_broker_that_died_while_it_gave, 0, 4);
    return tc;
}
