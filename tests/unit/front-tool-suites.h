/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of check_front_tool and check_front_linux. */
#ifndef TESTS_FRONT_TOOL_SUITES_H
#define TESTS_FRONT_TOOL_SUITES_H

#include <check.h>

TCase *front_linux_pair_case(void);
TCase *front_tool_place_case(void);
TCase *front_tool_space_case(void);

#endif
