/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What Xen is really told: common/host/hyp*.c over a libxenctrl and a
 * libxencall of our own, which write down each call and answer as told.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hyp.h"

/* First: it turns on the part of Xen's headers that is for tools. */
#include <xenctrl.h>

#include <xen/physdev.h>
#include <xencall.h>

#define DOMID 7

static const struct sbdf device = { .segment = 0x12, .bus = 3, .devfn = 0x0a };

static struct {
    char log[128]; /* the last call */
    int err;       /* the next calls fail with it; -1: without an errno */
    bool no_xc, no_call, no_buffer;
    xc_domaininfo_t info;
    int count;                        /* of domains that Xen knows */
    struct physdev_map_pirq map;      /* as Xen got it */
    struct physdev_map_pirq answered; /* index 1: pirq and entry_nr count */
    struct physdev_pci_device restored;
    unsigned int handles, buffers;
} xen;

static int answer(void)
{
    errno = xen.err > 0 ? xen.err : 0;
    return xen.err != 0 ? -1 : 0;
}

#define CALLED(...) \
    ((void)snprintf(xen.log, sizeof(xen.log), __VA_ARGS__), answer())

xc_interface *xc_interface_open(xentoollog_logger *logger UNUSED,
                                xentoollog_logger *dombuild UNUSED,
                                unsigned int flags UNUSED)
{
    if (xen.no_xc)
        return NULL;
    xen.handles++;
    return (xc_interface *)&xen;
}

int xc_interface_close(xc_interface *xch UNUSED)
{
    xen.handles--;
    return 0;
}

xencall_handle *xencall_open(xentoollog_logger *logger UNUSED,
                             unsigned int flags UNUSED)
{
    if (xen.no_call) {
        errno = EACCES;
        return NULL;
    }
    xen.handles++;
    return (xencall_handle *)&xen;
}

int xencall_close(xencall_handle *handle UNUSED)
{
    xen.handles--;
    return 0;
}

void *xencall_alloc_buffer(xencall_handle *handle UNUSED, size_t size)
{
    if (xen.no_buffer)
        return NULL;
    xen.buffers++;
    return malloc(size);
}

void xencall_free_buffer(xencall_handle *handle UNUSED, void *buffer)
{
    xen.buffers--;
    free(buffer);
}

int xencall2(xencall_handle *handle UNUSED, unsigned int op, uint64_t cmd,
             uint64_t arg)
{
    void *what = (void *)(uintptr_t)arg;

    ck_assert_uint_eq(op, __HYPERVISOR_physdev_op);
    if (cmd == PHYSDEVOP_restore_msi_ext) {
        memcpy(&xen.restored, what, sizeof(xen.restored));
        return CALLED("restore");
    }
    ck_assert_uint_eq(cmd, PHYSDEVOP_map_pirq);
    memcpy(&xen.map, what, sizeof(xen.map));
    if (xen.answered.index == 1) {
        struct physdev_map_pirq *map = what;

        map->pirq = xen.answered.pirq;
        map->entry_nr = xen.answered.entry_nr;
    }
    return CALLED("map");
}

int xc_domain_getinfolist(xc_interface *xch UNUSED, uint32_t first,
                          unsigned int max, xc_domaininfo_t *info)
{
    ck_assert_uint_eq(first, DOMID);
    ck_assert_uint_eq(max, 1);
    *info = xen.info;
    return CALLED("info") < 0 ? -1 : xen.count;
}

int xc_test_assign_device(xc_interface *xch UNUSED, uint32_t domid,
                          uint32_t machine)
{
    return CALLED("test %u %x", domid, machine);
}

int xc_assign_device(xc_interface *xch UNUSED, uint32_t domid, uint32_t machine,
                     uint32_t flags)
{
    return CALLED("assign %u %x %u", domid, machine, flags);
}

int xc_deassign_device(xc_interface *xch UNUSED, uint32_t domid,
                       uint32_t machine)
{
    return CALLED("deassign %u %x", domid, machine);
}

int xc_domain_iomem_permission(xc_interface *xch UNUSED, uint32_t domid,
                               unsigned long first, unsigned long count,
                               uint8_t allow)
{
    return CALLED("iomem %u %lx+%lx %u", domid, first, count, allow);
}

int xc_domain_ioport_permission(xc_interface *xch UNUSED, uint32_t domid,
                                uint32_t first, uint32_t count, uint32_t allow)
{
    return CALLED("ioport %u %x+%x %u", domid, first, count, allow);
}

int xc_domain_irq_permission(xc_interface *xch UNUSED, uint32_t domid,
                             uint32_t pirq, bool allow)
{
    return CALLED("irq %u %u %d", domid, pirq, allow);
}

int xc_domain_pause(xc_interface *xch UNUSED, uint32_t domid)
{
    return CALLED("pause %u", domid);
}

int xc_domain_shutdown(xc_interface *xch UNUSED, uint32_t domid, int reason)
{
    return CALLED("shutdown %u %d", domid, reason);
}

int xc_physdev_map_pirq(xc_interface *xch UNUSED, uint32_t domid, int index,
                        int *pirq)
{
    ck_assert_int_eq(*pirq, index); /* the GSI's own number is asked for */
    *pirq = 44;
    return CALLED("gsi %u %d", domid, index);
}

int xc_physdev_unmap_pirq(xc_interface *xch UNUSED, uint32_t domid, int pirq)
{
    return CALLED("unmap %u %d", domid, pirq);
}

/* ---- the tests ---- */

static struct hyp *hyp;

static void setup(void)
{
    memset(&xen, 0, sizeof(xen));
    hyp = hyp_open();
    ck_assert_ptr_nonnull(hyp);
}

static void teardown(void)
{
    hyp_close(hyp);
    ck_assert_uint_eq(xen.handles, 0);
    ck_assert_uint_eq(xen.buffers, 0);
}

START_TEST(not_on_xen)
{
    xen.no_xc = true;
    errno = 0;
    ck_assert_ptr_null(hyp_open());
    ck_assert_int_eq(errno, ENOENT);
    xen.no_xc = false;
    xen.no_call = true;
    ck_assert_ptr_null(hyp_open());
    ck_assert_int_eq(errno, EACCES);
    ck_assert_uint_eq(xen.handles, 2); /* those of the fixture */
    hyp_close(NULL);
}
END_TEST

START_TEST(a_domain)
{
    struct hyp_domain d;

    ck_assert_int_eq(hyp_domain(hyp, DOMID, &d), 0);
    ck_assert(!d.exists);
    xen.count = 1;
    xen.info.domain = DOMID + 1; /* the next one there is */
    ck_assert_int_eq(hyp_domain(hyp, DOMID, &d), 0);
    ck_assert(!d.exists);
    xen.info.domain = DOMID;
    xen.info.handle[15] = 0x99;
    xen.info.flags = XEN_DOMINF_paused | XEN_DOMINF_hvm_guest;
    ck_assert_int_eq(hyp_domain(hyp, DOMID, &d), 0);
    ck_assert(d.exists && d.paused && d.hvm && !d.dying && !d.shutdown);
    ck_assert_uint_eq(d.uuid[15], 0x99);
    xen.info.flags = XEN_DOMINF_dying | XEN_DOMINF_shutdown |
                     (uint32_t)SHUTDOWN_crash << XEN_DOMINF_shutdownshift;
    ck_assert_int_eq(hyp_domain(hyp, DOMID, &d), 0);
    ck_assert(d.dying && d.shutdown && d.crashed && !d.paused && !d.hvm);
    xen.info.flags = XEN_DOMINF_shutdown;
    ck_assert_int_eq(hyp_domain(hyp, DOMID, &d), 0);
    ck_assert(d.shutdown && !d.crashed);
    xen.err = EPERM;
    ck_assert_int_eq(hyp_domain(hyp, DOMID, &d), -EPERM);
    ck_assert(!d.exists);
}
END_TEST

static int assign_strict(void)
{
    return hyp_assign(hyp, DOMID, device, false);
}

static int assign_relaxed(void)
{
    return hyp_assign(hyp, DOMID, device, true);
}

static int assign_test(void)
{
    return hyp_assign_test(hyp, DOMID, device);
}

static int deassign(void)
{
    return hyp_deassign(hyp, DOMID, device);
}

static int iomem(void)
{
    return hyp_iomem(hyp, DOMID, UINT64_C(0x123456789), 4, true);
}

static int ioport(void)
{
    return hyp_ioport(hyp, DOMID, 0xc000, 0x20, false);
}

static int irq(void)
{
    return hyp_irq(hyp, DOMID, 19, true);
}

static int unmap(void)
{
    return hyp_unmap_pirq(hyp, DOMID, 101);
}

static int suspend(void)
{
    return hyp_pause(hyp, DOMID);
}

static int crash(void)
{
    return hyp_crash(hyp, DOMID);
}

static int restore(void)
{
    return hyp_restore_msi(hyp, device);
}

static const struct row {
    int (*call)(void);
    const char *log;
} rows[] = {
    { assign_test, "test 7 12030a" },
    { assign_strict, "assign 7 12030a 0" },
    { assign_relaxed, "assign 7 12030a 1" },
    { deassign, "deassign 7 12030a" },
    { iomem, "iomem 7 123456789+4 1" },
    { ioport, "ioport 7 c000+20 0" },
    { irq, "irq 7 19 1" },
    { unmap, "unmap 7 101" },
    { suspend, "pause 7" },
    { crash, "shutdown 7 3" },
    { restore, "restore" },
};

/* The call, its errno, and a failure without one. */
START_TEST(one_call)
{
    const struct row *row = &rows[_i];

    ck_assert_int_eq(row->call(), 0);
    ck_assert_str_eq(xen.log, row->log);
    xen.err = EBUSY;
    ck_assert_int_eq(row->call(), -EBUSY);
    xen.err = -1;
    ck_assert_int_eq(row->call(), -EIO);
}
END_TEST

START_TEST(xsa_476_frames_are_not_cut)
{
    ck_assert_int_eq(hyp_iomem(hyp, DOMID, UINT64_MAX, 2, true), -EOVERFLOW);
    ck_assert_int_eq(hyp_iomem(hyp, DOMID, 2, UINT64_MAX, true), -EOVERFLOW);
    ck_assert_str_eq(xen.log, "");
}
END_TEST

START_TEST(a_gsi)
{
    uint32_t pirq = 0;

    ck_assert_int_eq(hyp_map_gsi(hyp, DOMID, 0x80000000, &pirq), -EINVAL);
    ck_assert_int_eq(hyp_unmap_pirq(hyp, DOMID, 0x80000000), -EINVAL);
    ck_assert_str_eq(xen.log, "");
    ck_assert_int_eq(hyp_map_gsi(hyp, DOMID, 19, &pirq), 0);
    ck_assert_str_eq(xen.log, "gsi 7 19");
    ck_assert_uint_eq(pirq, 44);
    xen.err = ENOSPC;
    pirq = 3;
    ck_assert_int_eq(hyp_map_gsi(hyp, DOMID, 19, &pirq), -ENOSPC);
    ck_assert_uint_eq(pirq, 3);
}
END_TEST

static void answers(int pirq, int count)
{
    xen.answered.index = 1;
    xen.answered.pirq = pirq;
    xen.answered.entry_nr = count;
}

/* The segment is there: the library's own call loses it. */
START_TEST(an_msix_entry)
{
    uint32_t pirq = 0;

    answers(55, 0);
    ck_assert_int_eq(
        hyp_map_msi(hyp, DOMID, device, 3, UINT64_C(0x3880002000), &pirq), 0);
    ck_assert_uint_eq(pirq, 55);
    ck_assert_int_eq(xen.map.type, MAP_PIRQ_TYPE_MSI_SEG);
    ck_assert_int_eq(xen.map.bus, 0x120003);
    ck_assert_int_eq(xen.map.devfn, 0x0a);
    ck_assert_int_eq(xen.map.entry_nr, 3);
    ck_assert_int_eq(xen.map.index, -1);
    ck_assert_int_eq(xen.map.pirq, -1);
    ck_assert_uint_eq(xen.map.domid, DOMID);
    ck_assert_uint_eq(xen.map.table_base, UINT64_C(0x3880002000));
    xen.err = ENODATA;
    pirq = 3;
    ck_assert_int_eq(hyp_map_msi(hyp, DOMID, device, 3, 0, &pirq), -ENODATA);
    ck_assert_uint_eq(pirq, 3);
}
END_TEST

static const struct messages {
    int err;                /* Xen's */
    int entry_nr;           /* what it leaves there */
    unsigned int want, got; /* 4 are asked for */
} messages[] = {
    { 0, 4, 0, 4 },           { ENFILE, 2, ENFILE, 2 },
    { ENOSPC, 4, ENOSPC, 0 }, { EOPNOTSUPP, 4, EOPNOTSUPP, 1 },
    { EINVAL, 0, EINVAL, 0 },
};

START_TEST(several_messages)
{
    const struct messages *row = &messages[_i];
    unsigned int count = 4;
    uint32_t pirq = 3;

    xen.err = row->err;
    answers(60, row->entry_nr);
    ck_assert_int_eq(hyp_map_multi_msi(hyp, DOMID, device, &count, &pirq),
                     -(int)row->want);
    ck_assert_uint_eq(count, row->got);
    ck_assert_uint_eq(pirq, row->err == 0 ? 60 : 3);
    ck_assert_int_eq(xen.map.type, MAP_PIRQ_TYPE_MULTI_MSI);
    ck_assert_int_eq(xen.map.entry_nr, 4);
}
END_TEST

START_TEST(restored_with_its_segment)
{
    ck_assert_int_eq(hyp_restore_msi(hyp, device), 0);
    ck_assert_uint_eq(xen.restored.seg, 0x12);
    ck_assert_uint_eq(xen.restored.bus, 3);
    ck_assert_uint_eq(xen.restored.devfn, 0x0a);
}
END_TEST

START_TEST(no_memory_that_xen_can_see)
{
    unsigned int count = 4;
    uint32_t pirq;

    xen.no_buffer = true;
    ck_assert_int_eq(hyp_map_msi(hyp, DOMID, device, 0, 0, &pirq), -ENOMEM);
    ck_assert_int_eq(hyp_map_multi_msi(hyp, DOMID, device, &count, &pirq),
                     -ENOMEM);
    ck_assert_int_eq(hyp_restore_msi(hyp, device), -ENOMEM);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hyp");
    TCase *tc = tcase_create("calls");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, not_on_xen);
    tcase_add_test(tc, a_domain);
    tcase_add_loop_test(tc, one_call, 0, (int)ARRAY_LEN(rows));
    tcase_add_test(tc, xsa_476_frames_are_not_cut);
    tcase_add_test(tc, a_gsi);
    tcase_add_test(tc, an_msix_entry);
    tcase_add_loop_test(tc, several_messages, 0, (int)ARRAY_LEN(messages));
    tcase_add_test(tc, restored_with_its_segment);
    tcase_add_test(tc, no_memory_that_xen_can_see);
    suite_add_tcase(suite, tc);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
