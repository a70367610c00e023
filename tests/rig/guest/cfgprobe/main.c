/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * In a guest: read and write everything in the configuration spaces of all its
 * devices and report it. In dom0: compare the reports of two guests.
 *
 *	cfgprobe probe NAME...        the Nth function is called the Nth NAME
 *	cfgprobe compare A B ROWS     what differs from A to B, and is not in ROWS
 *
 * Exit status: 0; 1 when widths disagree, a difference is not explained or a
 * row explains nothing; 2 for trouble.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report.h"
#include "rows.h"

#define DEVICES "/sys/bus/pci/devices"

static int usage(void)
{
    fprintf(stderr, "usage: cfgprobe probe NAME...\n"
                    "       cfgprobe compare A B ROWS\n");
    return 2;
}

static int no_dots(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int probe(int count, char **names)
{
    struct dirent **found;
    unsigned int bad = 0;
    int n = scandir(DEVICES, &found, no_dots, alphasort);

    if (n != count) {
        fprintf(stderr, "cfgprobe: %d functions, but %d names\n", n, count);
        return 2;
    }
    for (int i = 0; i < n; i++) {
        char path[512];
        int fd;

        snprintf(path, sizeof(path), DEVICES "/%s/config", found[i]->d_name);
        fd = open(path, O_RDWR | O_CLOEXEC);
        if (fd < 0) {
            fprintf(stderr, "cfgprobe: %s: %s\n", path, strerror(errno));
            return 2;
        }
        bad += probe_function(names[i], found[i]->d_name, fd);
        close(fd);
        free(found[i]);
    }
    free(found);
    return bad != 0;
}

struct tally {
    unsigned int differ;
    unsigned int unexplained;
};

static void compare_dword(const struct report_function *a,
                          const struct report_function *b, unsigned int offset,
                          struct rows *rows, struct tally *tally)
{
    const struct probe_dword *x = &a->dwords[offset / 4];
    const struct probe_dword *y = &b->dwords[offset / 4];
    struct report_place place = report_place(a, offset);
    uint32_t bits = 0, rest = 0;

    for (int q = 0; q < PROBE_QUESTIONS; q++) {
        uint32_t differ = x->answers[q] ^ y->answers[q];

        bits |= differ;
        rest |=
            rows_explain(rows, a->name, &place, (enum probe_question)q, differ);
    }
    if (bits == 0)
        return;
    tally->differ++;
    tally->unexplained += rest != 0;
    printf("%s %s %s+0x%02x bits %08x", rest != 0 ? "UNEXPLAINED" : "explained",
           a->name, place.block, place.offset, bits);
    if (rest != 0)
        printf(", not listed %08x", rest);
    printf("\n  < ");
    probe_print(stdout, a->name, offset, x);
    if (probe_dword_silent(x))
        printf("zero\n");
    printf("  > ");
    probe_print(stdout, b->name, offset, y);
    if (probe_dword_silent(y))
        printf("zero\n");
}

static void compare_function(const struct report_function *a,
                             const struct report_function *b, struct rows *rows,
                             struct tally *tally)
{
    struct report_place size = { .block = "size" };

    if (strcmp(a->bdf, b->bdf) != 0) {
        printf("UNEXPLAINED %s: at %s, then at %s\n", a->name, a->bdf, b->bdf);
        tally->unexplained++;
    }
    if (a->bytes != b->bytes &&
        rows_explain(rows, a->name, &size, PROBE_READ, UINT32_MAX) != 0) {
        printf("UNEXPLAINED %s: %u bytes, then %u\n", a->name, a->bytes,
               b->bytes);
        tally->unexplained++;
    }
    for (unsigned int offset = 0; offset < PROBE_BYTES; offset += 4)
        compare_dword(a, b, offset, rows, tally);
}

static int compare(char **paths)
{
    struct report *a = report_read(paths[0]), *b = report_read(paths[1]);
    struct rows *rows = rows_read(paths[2]);
    struct tally tally = { 0 };
    unsigned int stale;

    if (a->count == 0 || a->count != b->count) {
        printf("%u functions, then %u\n", a->count, b->count);
        return 1;
    }
    for (unsigned int i = 0; i < a->count; i++) {
        const struct report_function *other =
            report_find(b, a->functions[i].name);

        if (other == NULL) {
            printf("no %s any more\n", a->functions[i].name);
            return 1;
        }
        compare_function(&a->functions[i], other, rows, &tally);
    }
    stale = rows_stale(rows);
    printf("%u functions: %u dwords differ, %u of them not explained;"
           " %u rows, %u of them stale\n",
           a->count, tally.differ, tally.unexplained, rows->count, stale);
    return tally.unexplained != 0 || stale != 0;
}

int main(int argc, char **argv)
{
    if (argc >= 3 && strcmp(argv[1], "probe") == 0)
        return probe(argc - 2, argv + 2);
    if (argc == 5 && strcmp(argv[1], "compare") == 0)
        return compare(argv + 2);
    return usage();
}
