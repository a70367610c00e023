/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A fuzz target without a fuzzer: some thousand inputs from a seed that is
 * printed, or the files named on the command line (a crash to look at again).
 *
 *	fuzz_TARGET_smoke [FILE...]	FUZZ_SEED, FUZZ_INPUTS in the environment
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

#define INPUT_MAX 4096u

static uint64_t state;

/* Knuth's MMIX generator; the upper bits are the good ones. */
static uint32_t next(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33);
}

static unsigned long setting(const char *name, unsigned long otherwise)
{
    const char *text = getenv(name);

    return text ? strtoul(text, NULL, 0) : otherwise;
}

static bool run_file(const char *path)
{
    uint8_t data[INPUT_MAX];
    FILE *file = fopen(path, "rb");
    size_t len;

    if (!file) {
        perror(path);
        return false;
    }
    len = fread(data, 1, sizeof(data), file);
    (void)fclose(file);
    (void)LLVMFuzzerTestOneInput(data, len);
    printf("%s: %zu bytes, fine\n", path, len);
    return true;
}

int main(int argc, char **argv)
{
    const unsigned long seed = setting("FUZZ_SEED", 1);
    const unsigned long inputs = setting("FUZZ_INPUTS", 2000);
    uint8_t data[512];

    for (int i = 1; i < argc; i++)
        if (!run_file(argv[i]))
            return EXIT_FAILURE;
    if (argc > 1)
        return EXIT_SUCCESS;
    printf("seed %lu, %lu inputs\n", seed, inputs);
    for (unsigned long i = 0; i < inputs; i++) {
        size_t len;

        state = seed + i; /* input i can be had again alone */
        len = next() % sizeof(data);
        for (size_t at = 0; at < len; at++)
            data[at] = (uint8_t)next();
        (void)LLVMFuzzerTestOneInput(data, len);
    }
    printf("100%%: Checks: %lu, Failures: 0, Errors: 0\n", inputs);
    return EXIT_SUCCESS;
}
