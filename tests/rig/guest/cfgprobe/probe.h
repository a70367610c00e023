/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What one dword of a function's configuration space holds and what writes do
 * to it, as a guest sees both. One line of text each, so that two backends can
 * be compared.
 */
#ifndef CFGPROBE_PROBE_H
#define CFGPROBE_PROBE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define PROBE_BYTES  4096u
#define PROBE_DWORDS (PROBE_BYTES / 4u)

/* What a dword is asked; each has a value in struct probe_dword. */
enum probe_question {
    PROBE_READ,     /* the value as found */
    PROBE_INVERTED, /* read back after the value's complement was written */
    PROBE_ZEROS,    /* after 0 was written */
    PROBE_ONES,     /* after all ones were written */
    PROBE_WORD,     /* bits that changed when a half was inverted or all ones */
    PROBE_BYTE,     /* bits that changed when a byte was inverted or all ones */
    PROBE_BIT,      /* bits that changed when single bits were inverted */
    PROBE_LEFT,     /* the value at the end, when all was written back */
    PROBE_QUESTIONS
};

struct probe_dword {
    uint32_t answers[PROBE_QUESTIONS];
};

/* The answers of a register that is zero and that no write changes. */
static inline bool probe_dword_silent(const struct probe_dword *d)
{
    uint32_t any = 0;

    for (int q = 0; q < PROBE_QUESTIONS; q++)
        any |= d->answers[q];
    return any == 0;
}

/* Answers that equal this one are not worth printing. */
static inline uint32_t probe_usual(const struct probe_dword *d,
                                   enum probe_question q)
{
    bool mask = q == PROBE_WORD || q == PROBE_BYTE || q == PROBE_BIT;

    return mask ? 0 : d->answers[PROBE_READ];
}

/* The words in a report, by question. */
extern const char *const probe_words[PROBE_QUESTIONS];

/*
 * Probe the function whose config file is fd and print its report under name.
 * 0, or the number of places that read differently in another width; a read
 * or write that fails ends the process.
 */
unsigned int probe_function(const char *name, const char *bdf, int fd);

/* Print one dword's line, or nothing if it is silent. */
void probe_print(FILE *out, const char *name, unsigned int offset,
                 const struct probe_dword *d);

#endif
