/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of check_link. */
#ifndef TESTS_UNIT_LINK_SUITES_H
#define TESTS_UNIT_LINK_SUITES_H

#include <check.h>

TCase *link_adopt_tests(void);
TCase *link_aer_tests(void);
TCase *link_connect_tests(void);
TCase *link_flood_tests(void);
TCase *link_list_tests(void);
TCase *link_plug_tests(void);
TCase *link_policy_tests(void);
TCase *link_end_tests(void);
TCase *link_peers_tests(void);
TCase *link_worker_tests(void);

#endif
