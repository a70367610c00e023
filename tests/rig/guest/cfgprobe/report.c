/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reports as text, and the capability chains in them. */
#include "report.h"

#include <stdlib.h>
#include <string.h>

#define STATUS_CAP_LIST 0x00100000u /* in the dword at 4 */
#define EXT_START       0x100u

/* The usual names of capabilities; others go by number. */
static const struct {
    unsigned int id;
    const char *name;
} caps[] = {
    { 0x01, "pm" },     { 0x03, "vpd" },  { 0x05, "msi" }, { 0x09, "vendor" },
    { 0x10, "pcie" },   { 0x11, "msix" }, { 0x13, "af" },
}, extcaps[] = {
    { 0x01, "aer" },    { 0x03, "dsn" },  { 0x0d, "acs" }, { 0x0e, "ari" },
    { 0x0f, "ats" },    { 0x10, "sriov" },
};

static struct report_function *function_at(struct report *report,
                                           const char *name)
{
    for (unsigned int i = 0; i < report->count; i++)
        if (strcmp(report->functions[i].name, name) == 0)
            return &report->functions[i];
    return NULL;
}

const struct report_function *report_find(const struct report *report,
                                          const char *name)
{
    for (unsigned int i = 0; i < report->count; i++)
        if (strcmp(report->functions[i].name, name) == 0)
            return &report->functions[i];
    return NULL;
}

static void nonsense(const char *path, const char *line)
{
    fprintf(stderr, "cfgprobe: %s has a line that no report has: %s\n", path,
            line);
    exit(2);
}

/* "QUESTION=VALUE", over what is usual. */
static bool answer(struct probe_dword *d, char *word)
{
    char *value = strchr(word, '=');
    int q = 0;

    if (value == NULL)
        return false;
    *value++ = '\0';
    while (q < PROBE_QUESTIONS && strcmp(word, probe_words[q]) != 0)
        q++;
    if (q == PROBE_QUESTIONS)
        return false;
    d->answers[q] = (uint32_t)strtoul(value, NULL, 16);
    return true;
}

/* "NAME OFFSET read=... ...": false if it is something else. */
static bool dword_line(struct report *report, char *line)
{
    char *rest, *name = strtok_r(line, " \n", &rest);
    char *at = strtok_r(NULL, " \n", &rest), *word, *end;
    struct report_function *f = name ? function_at(report, name) : NULL;
    struct probe_dword *d;
    unsigned long offset;

    if (f == NULL || at == NULL)
        return false;
    offset = strtoul(at, &end, 16);
    word = strtok_r(NULL, " \n", &rest);
    if (*end != '\0' || offset % 4 != 0 || offset >= PROBE_BYTES ||
        word == NULL || strncmp(word, "read=", 5) != 0)
        return false;
    d = &f->dwords[offset / 4];
    if (!answer(d, word))
        return false;
    for (int q = 0; q < PROBE_QUESTIONS; q++)
        d->answers[q] = probe_usual(d, (enum probe_question)q);
    while ((word = strtok_r(NULL, " \n", &rest)) != NULL)
        if (!answer(d, word))
            return false;
    return true;
}

static void report_line(struct report *report, const char *path, char *line)
{
    struct report_function *f = &report->functions[report->count];
    char name[REPORT_NAME_MAX], word[8];
    char copy[256];

    if (sscanf(line, "%31s is %31s with %u bytes", f->name, f->bdf,
               &f->bytes) == 3) {
        if (++report->count == REPORT_FUNCTIONS_MAX)
            nonsense(path, line);
        return;
    }
    if (sscanf(line, "%31s %7s", name, word) != 2 ||
        function_at(report, name) == NULL)
        return;
    if (strcmp(word, "done") == 0) {
        function_at(report, name)->done = true;
        return;
    }
    snprintf(copy, sizeof(copy), "%s", line);
    if (!dword_line(report, line))
        nonsense(path, copy);
}

struct report *report_read(const char *path)
{
    struct report *report = calloc(1, sizeof(*report));
    FILE *in = fopen(path, "r");
    char line[256];

    if (report == NULL || in == NULL) {
        perror(path);
        exit(2);
    }
    while (fgets(line, sizeof(line), in) != NULL)
        report_line(report, path, line);
    fclose(in);
    for (unsigned int i = 0; i < report->count; i++)
        if (!report->functions[i].done) {
            fprintf(stderr, "cfgprobe: %s: the report of %s is not whole\n",
                    path, report->functions[i].name);
            exit(2);
        }
    return report;
}

static uint32_t dword(const struct report_function *f, unsigned int offset)
{
    return f->dwords[offset / 4].answers[PROBE_READ];
}

/* The capability that starts last at or before offset; 0 if there is none. */
static unsigned int cap_before(const struct report_function *f,
                               unsigned int offset)
{
    unsigned int best = 0, at = dword(f, 0x34) & 0xfcu;

    if ((dword(f, 4) & STATUS_CAP_LIST) == 0)
        return 0;
    for (int hops = 0; at != 0 && hops < 64; hops++) {
        if (at <= offset && at > best)
            best = at;
        at = dword(f, at) >> 8 & 0xfcu;
    }
    return best;
}

static unsigned int extcap_before(const struct report_function *f,
                                  unsigned int offset)
{
    unsigned int best = 0, at = EXT_START;

    for (int hops = 0; at >= EXT_START && hops < 64; hops++) {
        if (dword(f, at) == 0)
            break;
        if (at <= offset && at > best)
            best = at;
        at = dword(f, at) >> 20 & 0xffcu;
    }
    return best;
}

struct report_place report_place(const struct report_function *f,
                                 unsigned int offset)
{
    struct report_place place = { .block = "header", .offset = offset };
    bool ext = offset >= EXT_START;
    unsigned int at = ext ? extcap_before(f, offset) : cap_before(f, offset);
    size_t n = ext ? sizeof(extcaps) / sizeof(extcaps[0])
                   : sizeof(caps) / sizeof(caps[0]);
    unsigned int id;

    if (offset < 0x40)
        return place;
    if (at == 0) {
        snprintf(place.block, sizeof(place.block), "outside");
        return place;
    }
    id = dword(f, at) & (ext ? 0xffffu : 0xffu);
    place.offset = offset - at;
    snprintf(place.block, sizeof(place.block), ext ? "ext-%04x" : "cap-%02x",
             id);
    for (size_t i = 0; i < n; i++)
        if ((ext ? extcaps[i].id : caps[i].id) == id)
            snprintf(place.block, sizeof(place.block), "%s",
                     ext ? extcaps[i].name : caps[i].name);
    return place;
}
