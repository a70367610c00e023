/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ask a function everything. Each question ends with the value being written
 * back, so that the next one starts from the same place; a power state or a
 * BAR that is being sized comes back that way too.
 *
 * The kernel's config file answers an aligned pread or pwrite of 1, 2 or 4
 * bytes with one access of that size, and hides the error of a write.
 */
#include "probe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER_AND_CAPS 256u

const char *const probe_words[PROBE_QUESTIONS] = {
    [PROBE_READ] = "read",         [PROBE_INVERTED] = "inverted",
    [PROBE_ZEROS] = "zeros",       [PROBE_ONES] = "ones",
    [PROBE_WORD] = "word-changes", [PROBE_BYTE] = "byte-changes",
    [PROBE_BIT] = "bit-changes",   [PROBE_LEFT] = "left",
};

static void trouble(const char *what, unsigned int offset)
{
    fprintf(stderr, "cfgprobe: %s at 0x%x: %s\n", what, offset,
            strerror(errno));
    exit(2);
}

static uint32_t get(int fd, unsigned int offset, unsigned int size)
{
    uint32_t value = 0;

    if (pread(fd, &value, size, (off_t)offset) != (ssize_t)size)
        trouble("read", offset);
    return value;
}

static void put(int fd, unsigned int offset, unsigned int size, uint32_t value)
{
    if (pwrite(fd, &value, size, (off_t)offset) != (ssize_t)size)
        trouble("write", offset);
}

/* Write it, see what stuck, write back what was there if anything did. */
static uint32_t ask(int fd, unsigned int offset, uint32_t value, uint32_t was)
{
    uint32_t got;

    put(fd, offset, 4, value);
    got = get(fd, offset, 4);
    if (got != was)
        put(fd, offset, 4, was);
    return got;
}

/* The same by pieces of 1 or 2 bytes: bits that any piece changed. */
static uint32_t ask_pieces(int fd, unsigned int offset, unsigned int size,
                           uint32_t value, uint32_t was)
{
    uint32_t changes = 0;

    for (unsigned int at = 0; at < 4; at += size) {
        uint32_t got;

        put(fd, offset + at, size, value >> (8 * at));
        got = get(fd, offset, 4);
        if (got != was)
            put(fd, offset, 4, was);
        changes |= got ^ was;
    }
    return changes;
}

static uint32_t ask_bits(int fd, unsigned int offset, uint32_t was)
{
    uint32_t changes = 0;

    for (unsigned int bit = 0; bit < 32; bit++)
        changes |= ask(fd, offset, was ^ (uint32_t)1 << bit, was) ^ was;
    return changes;
}

static struct probe_dword probe_dword(int fd, unsigned int offset)
{
    struct probe_dword d = { { 0 } };
    uint32_t *a = d.answers;
    uint32_t was = get(fd, offset, 4);

    a[PROBE_READ] = was;
    a[PROBE_INVERTED] = ask(fd, offset, ~was, was);
    a[PROBE_ZEROS] = was == 0 ? 0 : ask(fd, offset, 0, was);
    a[PROBE_ONES] =
        was == 0 ? a[PROBE_INVERTED] : ask(fd, offset, UINT32_MAX, was);
    /* Far out, empty space is asked in full only if it answered at all. */
    if (offset < HEADER_AND_CAPS || was != 0 || a[PROBE_INVERTED] != was) {
        for (unsigned int size = 2; size > 0; size--) {
            uint32_t *changes = &a[size == 2 ? PROBE_WORD : PROBE_BYTE];

            *changes = ask_pieces(fd, offset, size, ~was, was);
            if (was != 0)
                *changes |= ask_pieces(fd, offset, size, UINT32_MAX, was);
        }
        a[PROBE_BIT] = ask_bits(fd, offset, was);
    }
    a[PROBE_LEFT] = get(fd, offset, 4);
    return d;
}

/* Does every width read the same bytes? Before anything is written. */
static unsigned int check_widths(const char *name, int fd, unsigned int bytes)
{
    unsigned int bad = 0;

    for (unsigned int offset = 0; offset < bytes; offset += 4) {
        uint32_t whole = get(fd, offset, 4), words = 0, singles = 0;

        if (offset >= HEADER_AND_CAPS && whole == 0)
            continue;
        for (unsigned int at = 0; at < 4; at += 2)
            words |= get(fd, offset + at, 2) << (8 * at);
        for (unsigned int at = 0; at < 4; at++)
            singles |= get(fd, offset + at, 1) << (8 * at);
        if (words == whole && singles == whole)
            continue;
        printf("%s %03x reads %08x, by words %08x, by bytes %08x\n", name,
               offset, whole, words, singles);
        bad++;
    }
    return bad;
}

void probe_print(FILE *out, const char *name, unsigned int offset,
                 const struct probe_dword *d)
{
    if (probe_dword_silent(d))
        return;
    fprintf(out, "%s %03x", name, offset);
    for (int q = 0; q < PROBE_QUESTIONS; q++)
        if (q == PROBE_READ ||
            d->answers[q] != probe_usual(d, (enum probe_question)q))
            fprintf(out, " %s=%08x", probe_words[q], d->answers[q]);
    fputc('\n', out);
}

unsigned int probe_function(const char *name, const char *bdf, int fd)
{
    unsigned int bytes, bad;
    struct stat st;

    if (fstat(fd, &st) != 0)
        trouble("stat", 0);
    bytes = st.st_size < PROBE_BYTES ? (unsigned int)st.st_size : PROBE_BYTES;
    printf("%s is %s with %u bytes\n", name, bdf, bytes);
    bad = check_widths(name, fd, bytes);
    for (unsigned int offset = 0; offset < bytes; offset += 4) {
        struct probe_dword d = probe_dword(fd, offset);

        probe_print(stdout, name, offset, &d);
    }
    printf("%s done\n", name);
    fflush(stdout);
    return bad;
}
