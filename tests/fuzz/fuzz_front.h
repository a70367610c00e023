/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The entry that libFuzzer and fuzz_smoke.c call. */
#ifndef TESTS_FUZZ_FUZZ_FRONT_H
#define TESTS_FUZZ_FUZZ_FRONT_H

#include <stddef.h>
#include <stdint.h>

/* Always 0; a fault ends the process. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
