/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* front: devices that come and go while connected. */
#include <string.h>

#include "front-case.h"
#include "pciregs.h"

static void assert_connected(void)
{
    ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_CONNECTED);
    ck_assert_int_eq(fw.be->state, XB_CONNECTED);
    ck_assert_str_eq(fake_backend_front(fw.be, "state"), "4");
}

START_TEST(hot_add)
{
    front_case_connect("nvme");
    (void)fake_backend_plug(fw.be, "edu", DEVFN(1, 0));
    assert_err(front_world_settle(&fw), 0);
    assert_connected();
    assert_told("+01.0");
    ck_assert_uint_eq(front_case_count(), 2);
    ck_assert_uint_eq(front_case_read(AT(1, 0), 0, 2), 0x1234);
    ck_assert_ptr_nonnull(strstr(fw.be->states, "4 7 4"));
}
END_TEST

START_TEST(hot_add_to_an_empty_bus)
{
    assert_err(front_world_connect(&fw), 0);
    (void)fake_backend_plug(fw.be, "edu", DEVFN(0, 3));
    assert_err(front_world_settle(&fw), 0);
    assert_connected();
    assert_told("+00.3");
}
END_TEST

static uint32_t value_inside;
static enum pcifront_state state_inside;

static void look_inside(struct front_world *w, struct pcifront_addr addr)
{
    state_inside = pcifront_state(w->pf);
    assert_err(pcifront_config_read(w->pf, addr, 0, 2, &value_inside), 0);
}

START_TEST(hot_remove)
{
    uint32_t value;

    front_case_connect("nvme edu");
    fw.inside = look_inside;
    fake_backend_unplug(fw.be, DEVFN(0, 0));
    assert_err(front_world_settle(&fw), 0);
    assert_connected();
    assert_told("-00.0u");
    ck_assert_uint_eq(value_inside, 0x1b36);
    ck_assert_int_eq(state_inside, PCIFRONT_RECONFIGURING);
    ck_assert_uint_eq(front_case_count(), 1);
    assert_err(pcifront_config_read(fw.pf, AT(0, 0), 0, 2, &value),
               PCIFRONT_ERR_NODEV);
    ck_assert_uint_eq(value, UINT32_MAX);
}
END_TEST

START_TEST(vectors_that_are_still_on_are_turned_off)
{
    uint32_t pirqs[2];

    front_case_connect("nvme edu");
    ck_assert_int_eq(pcifront_msix_enable(fw.pf, AT(0, 0), NULL, 2, 2, pirqs),
                     2);
    ck_assert_int_eq(pcifront_msi_enable(fw.pf, AT(1, 0), 1, 1, pirqs), 1);
    fake_backend_unplug(fw.be, DEVFN(0, 0));
    (void)front_world_settle(&fw);
    ck_assert_str_eq(fw.be->trace, "4:0 2:0 5:0");
    fake_backend_unplug(fw.be, DEVFN(1, 0));
    (void)front_world_settle(&fw);
    ck_assert_str_eq(fw.be->trace, "4:0 2:0 5:0 3:0");
    ck_assert_int_eq(fw.be->functions[0]->irq, FAKE_IRQ_NONE);
    ck_assert_int_eq(fw.be->functions[1]->irq, FAKE_IRQ_NONE);
}
END_TEST

static void use_inside(struct front_world *w UNUSED,
                       struct pcifront_addr addr UNUSED)
{
    front_case_use();
}

/* All but what may not be called from a callback, in each of them. */
START_TEST(callbacks_that_use_everything)
{
    front_case_connect("nvme");
    fw.inside = use_inside;
    (void)fake_backend_plug(fw.be, "edu", DEVFN(1, 0));
    assert_err(front_world_settle(&fw), 0);
    fake_backend_unplug(fw.be, DEVFN(0, 0));
    assert_err(front_world_settle(&fw), 0);
    assert_told("+01.0 -00.0u");
    assert_err(pcifront_close(fw.pf, 1000), 0);
    ck_assert_int_eq(fw.be->functions[0]->irq, FAKE_IRQ_NONE);
}
END_TEST

static void refuse_disable(struct fake_backend *be UNUSED, struct pci_op *op)
{
    if (op->cmd == PCI_OP_DISABLE_MSIX)
        op->err = -5;
}

START_TEST(vectors_that_cannot_be_turned_off)
{
    uint32_t pirqs[2];

    front_case_connect("nvme");
    ck_assert_int_eq(pcifront_msix_enable(fw.pf, AT(0, 0), NULL, 2, 2, pirqs),
                     2);
    fw.be->twist = refuse_disable;
    fake_backend_unplug(fw.be, DEVFN(0, 0));
    (void)front_world_settle(&fw);
    assert_told("-00.0u");
    assert_connected();
    ck_assert_uint_ge(fw.k->warnings, 1);
}
END_TEST

START_TEST(one_goes_as_another_comes)
{
    front_case_connect("nvme edu");
    fake_backend_unplug(fw.be, DEVFN(1, 0));
    (void)fake_backend_plug(fw.be, "e1000", DEVFN(2, 0));
    assert_err(front_world_settle(&fw), 0);
    assert_connected();
    assert_told("-01.0u +02.0");
}
END_TEST

START_TEST(another_device_in_the_same_place)
{
    struct pcifront_device d;

    front_case_connect("nvme");
    fake_backend_unplug(fw.be, DEVFN(0, 0));
    assert_err(front_world_settle(&fw), 0);
    fw.be->functions[0]->addr.devfn = 0xff;
    (void)fake_backend_plug(fw.be, "edu", DEVFN(0, 0));
    assert_err(front_world_settle(&fw), 0);
    assert_told("-00.0u +00.0");
    ck_assert_uint_eq(pcifront_devices(fw.pf, &d, 1), 1);
    ck_assert_uint_eq(d.vendor, 0x1234);
}
END_TEST

START_TEST(many_times)
{
    const unsigned int blocks = 64;

    front_case_connect("nvme");
    for (unsigned int i = 0; i < 20; i++) {
        const uint8_t devfn = DEVFN(1 + i % 8, i % 3);

        fake_backend_plug(fw.be, "edu", devfn);
        assert_err(front_world_settle(&fw), 0);
        assert_connected();
        fake_backend_unplug(fw.be, devfn);
        assert_err(front_world_settle(&fw), 0);
        assert_connected();
        fw.be->functions[fw.be->nfunctions - 1]->addr.bus = 0xff;
        ck_assert_uint_eq(front_case_count(), 1);
        ck_assert_uint_lt(fake_kernel_blocks(fw.k), blocks);
    }
}
END_TEST

/* Some toolstacks delete the nodes, and the device just does not answer. */
START_TEST(gone_without_a_word)
{
    front_case_connect("nvme edu");
    fw.be->functions[1]->listed = false;
    fake_backend_set_state(fw.be, XB_RECONFIGURING);
    assert_err(front_world_settle(&fw), 0);
    assert_connected();
    assert_told("-01.0g");
    ck_assert_uint_eq(front_case_count(), 1);
}
END_TEST

/* The front was slow: the backend has news before it was at 4. */
START_TEST(a_missed_4)
{
    (void)fake_backend_add(fw.be, "nvme", DEVFN(0, 0));
    fw.be->deaf_to_store = true;
    fake_backend_set_state(fw.be, XB_INITIALISED);
    assert_err(front_world_connect(&fw), PCIFRONT_ERR_TIMEOUT);
    fake_backend_connect(fw.be);
    (void)fake_backend_plug(fw.be, "edu", DEVFN(1, 0));
    fw.be->deaf_to_store = false;
    assert_err(front_world_settle(&fw), 0);
    assert_connected();
    assert_told("+00.0 +01.0");
}
END_TEST

/* A backend that did not wait for the front to reach 7 and is at 4 again. */
START_TEST(a_missed_8)
{
    front_case_connect("nvme");
    fw.be->deaf_to_store = true;
    fake_backend_plug(fw.be, "edu", DEVFN(1, 0))->present = true;
    assert_err(front_world_settle(&fw), 0);
    ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_RECONFIGURING);
    fake_backend_set_state(fw.be, XB_CONNECTED);
    assert_err(front_world_settle(&fw), 0);
    assert_connected();
    assert_told("+01.0");
}
END_TEST

START_TEST(closed_while_reconfiguring)
{
    front_case_connect("nvme");
    fw.be->deaf_to_store = true;
    (void)fake_backend_plug(fw.be, "edu", DEVFN(1, 0));
    (void)front_world_settle(&fw);
    fake_backend_close(fw.be);
    (void)front_world_settle(&fw);
    ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_CLOSED);
    ck_assert_uint_eq(front_case_count(), 0);
    ck_assert_uint_eq(fake_kernel_given_up(fw.k), 0);
}
END_TEST

START_TEST(closing_while_reconfiguring)
{
    front_case_connect("nvme");
    fw.be->deaf_to_store = true;
    (void)fake_backend_plug(fw.be, "edu", DEVFN(1, 0));
    (void)front_world_settle(&fw);
    fw.be->deaf_to_store = false;
    fw.be->state = XB_CONNECTED;
    assert_err(pcifront_close(fw.pf, 1000), 0);
    assert_told("-00.0u");
}
END_TEST

TCase *front_plug_tests(void)
{
    TCase *tc = tcase_create("plug");

    tcase_add_test(tc, hot_add);
    tcase_add_test(tc, hot_add_to_an_empty_bus);
    tcase_add_test(tc, hot_remove);
    tcase_add_test(tc, vectors_that_are_still_on_are_turned_off);
    tcase_add_test(tc, callbacks_that_use_everything);
    tcase_add_test(tc, vectors_that_cannot_be_turned_off);
    tcase_add_test(tc, one_goes_as_another_comes);
    tcase_add_test(tc, another_device_in_the_same_place);
    tcase_add_test(tc, many_times);
    tcase_add_test(tc, gone_without_a_word);
    tcase_add_test(tc, a_missed_4);
    tcase_add_test(tc, a_missed_8);
    tcase_add_test(tc, closed_while_reconfiguring);
    tcase_add_test(tc, closing_while_reconfiguring);
    return tc;
}
