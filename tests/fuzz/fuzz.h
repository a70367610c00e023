/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What every fuzz target is and has. A target takes its input byte by byte and
 * builds from it what an adversary does; fuzz_smoke.c or libFuzzer calls it.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compiler.h"

/* libFuzzer's entry point (its documentation): always 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Begin with this input; what input_*() give comes from it. */
void input_begin(const uint8_t *data, size_t size);
size_t input_left(void);

/* The next byte; 0 when the input is at its end. */
uint8_t input_byte(void);
uint16_t input_half(void);
/* One byte for a small number, five for any. */
uint32_t input_word(void);
/* The next byte without taking it. */
uint8_t input_peek(void);

/* Something that must never be was: say so and abort, for the fuzzer to see. */
void fuzz_fail(const char *fmt, ...) __attribute__((noreturn)) PRINTF(1, 2);

#endif
