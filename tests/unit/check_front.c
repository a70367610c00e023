/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libxenpcifront before a scripted kernel and a scripted backend. */
#include <stdio.h>
#include <stdlib.h>

#include "fake-store.h"
#include "front-case.h"

struct front_world fw;

void front_case_setup(void)
{
    fake_store_reset();
    front_world_begin(&fw, FRONT_DOMID);
}

void front_case_teardown(void)
{
    front_world_end(&fw);
    ck_assert_uint_eq(fake_store_open_count(), 0);
}

void front_case_err(const char *file, int line, const char *call, int got,
                    int want)
{
    ck_assert_msg(got == want, "%s:%d: %s is %d (%s), not %d (%s)", file, line,
                  call, got, pcifront_strerror(got), want,
                  pcifront_strerror(want));
}

void front_case_connect(const char *names)
{
    char name[16];
    int used;

    for (uint8_t i = 0; sscanf(names, " %15[^ ]%n", name, &used) == 1; i++) {
        (void)fake_backend_add(fw.be, name, DEVFN(i, 0));
        names += used;
    }
    assert_err(front_world_connect(&fw), 0);
    (void)front_world_told(&fw);
}

uint32_t front_case_read(struct pcifront_addr addr, uint16_t offset,
                         uint8_t size)
{
    uint32_t value = 0x5a5a5a5a;

    assert_err(pcifront_config_read(fw.pf, addr, offset, size, &value), 0);
    return value;
}

size_t front_case_count(void)
{
    return pcifront_devices(fw.pf, NULL, 0);
}

void front_case_closed(void)
{
    uint32_t value = 0;

    ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_CLOSED);
    ck_assert_uint_eq(front_case_count(), 0);
    assert_err(pcifront_config_read(fw.pf, AT(0, 0), 0, 4, &value),
               PCIFRONT_ERR_OFFLINE);
    ck_assert_uint_eq(value, UINT32_MAX);
    assert_err(pcifront_config_write(fw.pf, AT(0, 0), 4, 2, 0),
               PCIFRONT_ERR_OFFLINE);
    ck_assert_uint_eq(fake_kernel_pages(fw.k), 0);
    ck_assert_uint_eq(fake_kernel_ports(fw.k), 0);
    assert_err(pcifront_step(fw.pf), 0);
    ck_assert_int_eq(pcifront_state(fw.pf), PCIFRONT_CLOSED);
}

static Suite *suite(void)
{
    Suite *s = suite_create("front");
    TCase *const cases[] = {
        front_life_tests(),    front_directory_tests(), front_end_tests(),
        front_devices_tests(), front_roots_tests(),     front_plug_tests(),
        front_config_tests(),  front_caps_tests(),      front_bars_tests(),
        front_map_tests(),     front_msix_tests(),      front_msi_tests(),
        front_aer_tests(),     front_slot_tests(),      front_hostile_tests(),
        front_walk_tests(),    front_fault_tests(),     front_gone_tests(),
        front_threads_tests(), front_power_tests(),     front_anew_tests(),
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        tcase_add_checked_fixture(cases[i], front_case_setup,
                                  front_case_teardown);
        tcase_set_timeout(cases[i], 60);
        suite_add_tcase(s, cases[i]);
    }
    return s;
}

int main(void)
{
    SRunner *runner = srunner_create(suite());
    int failed;

    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
