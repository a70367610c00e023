/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parts of check_front share: one world, and how to say what it is. */
#ifndef TESTS_UNIT_FRONT_CASE_H
#define TESTS_UNIT_FRONT_CASE_H

#include <check.h>

#include "front-world.h"

extern struct front_world fw;

void front_case_setup(void);
/* Fails the test if anything is left over. */
void front_case_teardown(void);

/* Fail unless the call's result is this; says both in words. */
#define assert_err(call, want) \
    front_case_err(__FILE__, __LINE__, #call, (call), (want))
#define assert_told(text) ck_assert_str_eq(front_world_told(&fw), (text))

void front_case_err(const char *file, int line, const char *call, int got,
                    int want);

/* Connect fw with these dumps, as devices 0, 1, 2 of bus 0: "nvme edu". */
void front_case_connect(const char *names);

/* A configuration read that must succeed. */
uint32_t front_case_read(struct pcifront_addr addr, uint16_t offset,
                         uint8_t size);

/* Fail unless it is closed, and stays so. */
void front_case_closed(void);

/* How many devices the library knows. */
size_t front_case_count(void);

/* Numbers that look random; the same for the same seed. */
void front_case_seed(uint64_t seed);
uint32_t front_case_pick(uint32_t below);

/* Everything a kernel calls, whatever comes of it, within bounds. */
void front_case_use(void);

TCase *front_life_tests(void);
TCase *front_directory_tests(void);
TCase *front_anew_tests(void);
TCase *front_end_tests(void);
TCase *front_gone_tests(void);
TCase *front_devices_tests(void);
TCase *front_roots_tests(void);
TCase *front_plug_tests(void);
TCase *front_config_tests(void);
TCase *front_caps_tests(void);
TCase *front_power_tests(void);
TCase *front_bars_tests(void);
TCase *front_map_tests(void);
TCase *front_msix_tests(void);
TCase *front_msi_tests(void);
TCase *front_aer_tests(void);
TCase *front_slot_tests(void);
TCase *front_hostile_tests(void);
TCase *front_threads_tests(void);
TCase *front_walk_tests(void);
TCase *front_fault_tests(void);

#endif
